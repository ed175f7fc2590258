"""Roles: asked for by one, approved by another, ended at once, each at a node."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tortoise.exceptions import IntegrityError

from services import accounts, approvals, roles
from services.approvals import ApprovalQuery, ApprovalState, Whose
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError
from services.rights import Actor, RoleName, load_grants, scope_of
from services.roles import AccountQuery, GrantIn
from services.scope import entered
from services.transactions import transaction
from tests.services.roles_world import Town, make_town
from tests.support.factories import NOW, hours, make_account
from tests.support.signing import token_of


@pytest.fixture
async def town(database: str) -> Town:
    return await make_town()


def asking(town: Town, role: RoleName = RoleName.ORGANISER, **given: object) -> GrantIn:
    known = {
        "account_id": town.newcomer.account_id,
        "role": role,
        "organisation_id": town.street,
        "reason": "新来的同事",
    }
    return GrantIn(**{**known, **given})  # type: ignore[arg-type]


async def held(account: Actor) -> list[tuple[RoleName, UUID]]:
    grants = await load_grants(account.account_id, NOW)
    return [(grant.role, grant.organisation_id) for grant in grants if grant.role]


async def given(town: Town, role: RoleName = RoleName.ORGANISER) -> UUID:
    """The id of a grant that two people made."""
    asked = await roles.request(town.one, asking(town, role), NOW)
    await approvals.approve(town.two, asked.id, NOW)
    [row] = await rows("SELECT id FROM role_grant WHERE approval_id = $1", asked.id)
    found: UUID = row["id"]
    return found


async def acts() -> list[str]:
    found = await rows("SELECT act, facts->>'decision' AS decision FROM audit_event ORDER BY id")
    return [f"{row['act']}:{row['decision']}" if row["decision"] else row["act"] for row in found]


async def test_a_role_is_there_once_a_second_person_approves(town: Town) -> None:
    asked = await roles.request(town.one, asking(town), NOW)
    assert asked.state is ApprovalState.REQUESTED
    assert asked.command == {
        "account_id": str(town.newcomer.account_id),
        "role": "organiser",
    }
    assert await held(town.newcomer) == []

    done = await approvals.approve(town.two, asked.id, NOW)

    assert (done.state, done.decided_by_name) == (ApprovalState.APPROVED, town.two.name)
    assert await held(town.newcomer) == [(RoleName.ORGANISER, town.street)]
    assert (await acts())[-3:] == [
        "approval_requested",
        "role_granted",
        "approval_decided:approved",
    ]


async def test_whoever_asked_does_not_approve(town: Town) -> None:
    asked = await roles.request(town.one, asking(town), NOW)

    for decide in (approvals.approve, approvals.refuse):
        with pytest.raises(Forbidden) as refused:
            await decide(town.one, asked.id, NOW)
        assert refused.value.reason == "second_person_needed"
    assert await held(town.newcomer) == []


async def test_whoever_gains_does_not_approve(town: Town) -> None:
    """An administrator of the street is to be its coordinator as well."""
    command = asking(town, RoleName.COORDINATOR, account_id=town.two.account_id)
    asked = await roles.request(town.one, command, NOW)

    with pytest.raises(Forbidden) as refused:
        await approvals.approve(town.two, asked.id, NOW)
    assert refused.value.reason == "not_for_oneself"


async def test_nobody_asks_for_themselves(town: Town) -> None:
    with pytest.raises(Forbidden) as refused:
        await roles.request(town.one, asking(town, account_id=town.one.account_id), NOW)
    assert refused.value.reason == "not_for_oneself"


async def test_an_administrator_next_door_neither_asks_nor_sees_nor_approves(town: Town) -> None:
    with pytest.raises(NotFound):
        await roles.request(town.other, asking(town), NOW)
    asked = await roles.request(town.one, asking(town), NOW)
    for act in (approvals.get, approvals.approve, approvals.refuse, approvals.withdraw):
        with pytest.raises(NotFound):
            await act(town.other, asked.id, NOW)
    assert (await approvals.list_page(town.other, ApprovalQuery(), NOW)).items == []
    assert await approvals.count_to_decide(town.other, NOW) == 0


async def test_an_organiser_neither_asks_nor_approves(town: Town) -> None:
    organiser = await make_account((RoleName.ORGANISER, town.street))
    with pytest.raises(Forbidden) as refused:
        await roles.request(organiser, asking(town), NOW)
    assert refused.value.parameters == {"right": "grant_roles"}
    asked = await roles.request(town.one, asking(town), NOW)
    with pytest.raises(NotFound):
        await approvals.approve(organiser, asked.id, NOW)


async def test_who_administers_above_may_approve(town: Town) -> None:
    above = await make_account((RoleName.NODE_ADMINISTRATOR, town.city))
    asked = await roles.request(town.one, asking(town), NOW)
    await approvals.approve(above, asked.id, NOW)
    assert len(await held(town.newcomer)) == 1


async def test_nobody_is_shown_a_decision_that_is_not_theirs(town: Town) -> None:
    """An administrator of the city may approve roles there, but gives none of the three."""
    security = [await make_account((RoleName.SECURITY_ADMINISTRATOR, town.city)) for _ in range(2)]
    above = await make_account((RoleName.NODE_ADMINISTRATOR, town.city))
    command = asking(town, RoleName.AUDIT_ADMINISTRATOR, organisation_id=town.city)
    asked = await roles.request(security[0], command, NOW)

    assert (await approvals.get(above, asked.id, NOW)).may_decide is False
    waiting = ApprovalQuery(whose=Whose.TO_DECIDE)
    assert (await approvals.list_page(above, waiting, NOW)).items == []
    assert await approvals.count_to_decide(above, NOW) == 0
    for decide in (approvals.approve, approvals.refuse):
        with pytest.raises(Forbidden) as refused:
            await decide(above, asked.id, NOW)
        assert refused.value.reason == "top_only"
    [open_one] = (await approvals.list_page(security[1], waiting, NOW)).items
    assert (open_one.id, open_one.may_decide) == (asked.id, True)
    assert await approvals.count_to_decide(security[1], NOW) == 1


async def test_approving_twice_is_refused_and_gives_nothing_twice(town: Town) -> None:
    third = await make_account((RoleName.NODE_ADMINISTRATOR, town.street))
    asked = await roles.request(town.one, asking(town), NOW)
    await approvals.approve(town.two, asked.id, NOW)

    for again in (town.two, third):
        with pytest.raises(Conflict) as refused:
            await approvals.approve(again, asked.id, NOW)
        assert refused.value.reason == "approval_decided"
        assert refused.value.parameters == {"state": "approved"}
    assert len(await held(town.newcomer)) == 1


async def test_after_a_week_it_is_too_late(town: Town) -> None:
    asked = await roles.request(town.one, asking(town), NOW)
    late = NOW + approvals.GOOD_FOR

    with pytest.raises(Conflict) as refused:
        await approvals.approve(town.two, asked.id, late)
    assert refused.value.reason == "approval_expired"
    assert await approvals.expire_due(late - timedelta(seconds=1)) == 0
    assert await approvals.expire_due(late) == 1
    assert await approvals.expire_due(late) == 0
    assert (await approvals.get(town.one, asked.id, late)).state is ApprovalState.EXPIRED
    assert (await acts())[-1] == "approval_decided:expired"


async def test_a_request_is_taken_back_by_whoever_made_it(town: Town) -> None:
    asked = await roles.request(town.one, asking(town), NOW)
    with pytest.raises(Forbidden) as refused:
        await approvals.withdraw(town.two, asked.id, NOW)
    assert refused.value.reason == "not_your_request"

    gone = await approvals.withdraw(town.one, asked.id, NOW)

    assert gone.state is ApprovalState.WITHDRAWN
    with pytest.raises(Conflict):
        await approvals.approve(town.two, asked.id, NOW)
    assert await held(town.newcomer) == []


async def test_a_refused_request_gives_nothing(town: Town) -> None:
    asked = await roles.request(town.one, asking(town), NOW)
    assert (await approvals.refuse(town.two, asked.id, NOW)).state is ApprovalState.REFUSED
    assert await held(town.newcomer) == []


async def test_the_same_is_not_asked_twice(town: Town) -> None:
    await roles.request(town.one, asking(town), NOW)
    with pytest.raises(Conflict) as refused:
        await roles.request(town.two, asking(town, reason="again"), NOW)
    assert refused.value.reason == "already_asked"


async def test_what_can_no_longer_be_done_is_not_approved(town: Town) -> None:
    asked = await roles.request(town.one, asking(town), NOW)
    await rows("UPDATE account SET state = 'locked' WHERE id = $1", town.newcomer.account_id)

    with pytest.raises(Conflict) as refused:
        await approvals.approve(town.two, asked.id, NOW)

    assert refused.value.reason == "account_not_active"
    assert (await approvals.get(town.one, asked.id, NOW)).state is ApprovalState.REQUESTED
    assert "role_granted" not in await acts()


@pytest.mark.parametrize("role", [RoleName.AUDITOR, *sorted(roles.THREE)])
async def test_an_administrator_of_a_node_gives_no_role_that_watches_or_rules(
    town: Town, role: RoleName
) -> None:
    with pytest.raises(Forbidden) as refused:
        await roles.request(town.one, asking(town, role), NOW)
    assert refused.value.reason in ("role_not_yours", "top_only")


async def test_the_three_are_given_at_the_top_by_two_security_administrators(town: Town) -> None:
    first, second = [
        await make_account((RoleName.SECURITY_ADMINISTRATOR, town.city)) for _ in range(2)
    ]
    chief = await make_account((RoleName.NODE_ADMINISTRATOR, town.city))
    role = RoleName.SYSTEM_ADMINISTRATOR
    with pytest.raises(Forbidden) as below:
        await roles.request(first, asking(town, role), NOW)
    assert below.value.reason == "top_only"

    asked = await roles.request(first, asking(town, role, organisation_id=town.city), NOW)
    with pytest.raises(Forbidden) as refused:
        await approvals.approve(chief, asked.id, NOW)
    assert refused.value.reason == "top_only"
    await approvals.approve(second, asked.id, NOW)
    assert await held(town.newcomer) == [(role, town.city)]

    for other in roles.THREE - {role}:
        with pytest.raises(Conflict) as apart:
            await roles.request(first, asking(town, other, organisation_id=town.city), NOW)
        assert apart.value.reason == "three_apart"


async def test_three_apart_holds_for_two_requests_at_once(town: Town) -> None:
    first, second = [
        await make_account((RoleName.SECURITY_ADMINISTRATOR, town.city)) for _ in range(2)
    ]
    asked = [
        await roles.request(first, asking(town, role, organisation_id=town.city), NOW)
        for role in (RoleName.SYSTEM_ADMINISTRATOR, RoleName.AUDIT_ADMINISTRATOR)
    ]
    await approvals.approve(second, asked[0].id, NOW)
    with pytest.raises(Conflict) as refused:
        await approvals.approve(second, asked[1].id, NOW)
    assert refused.value.reason == "three_apart"


async def test_a_role_is_ended_by_one_person_and_the_sessions_with_it(town: Town) -> None:
    grant_id = await given(town)
    token = await token_of(town.newcomer.account_id)

    await roles.end(town.one, grant_id, NOW)

    assert await held(town.newcomer) == []
    assert await accounts.actor_of(token, NOW) is None
    assert await accounts.why_ended(token, NOW) == "role_lost"
    assert "role_ended" in await acts()
    with pytest.raises(NotFound):
        await roles.end(town.one, grant_id, NOW)


async def test_nobody_next_door_ends_a_role_and_its_owner_may(town: Town) -> None:
    grant_id = await given(town)
    with pytest.raises(NotFound):
        await roles.end(town.other, grant_id, NOW)
    await roles.end(town.newcomer, grant_id, NOW)
    assert await held(town.newcomer) == []


async def test_the_last_security_administrator_stays(town: Town) -> None:
    last = await make_account((RoleName.SECURITY_ADMINISTRATOR, town.city))
    [row] = await rows("SELECT id FROM role_grant WHERE account_id = $1", last.account_id)
    with pytest.raises(Conflict) as refused:
        await roles.end(last, row["id"], NOW)
    assert refused.value.reason == "last_of_its_kind"
    await make_account((RoleName.SECURITY_ADMINISTRATOR, town.city))
    await roles.end(last, row["id"], NOW)


async def test_a_role_ends_by_itself_at_its_date(town: Town) -> None:
    asked = await roles.request(town.one, asking(town, ends_at=hours(5)), NOW)
    await approvals.approve(town.two, asked.id, NOW)
    token = await token_of(town.newcomer.account_id)
    assert await roles.end_due(hours(4)) == 0

    # Before any job has run, the role no longer counts.
    assert await load_grants(town.newcomer.account_id, hours(5)) == ()
    assert await roles.end_due(hours(5)) == 1
    assert await roles.end_due(hours(6)) == 0
    assert await accounts.actor_of(token, NOW) is None
    with pytest.raises(Invalid):
        await roles.request(town.one, asking(town, ends_at=NOW), NOW)


async def test_a_request_that_is_approved_after_its_end_is_refused(town: Town) -> None:
    asked = await roles.request(town.one, asking(town, ends_at=hours(5)), NOW)
    with pytest.raises(Conflict) as refused:
        await approvals.approve(town.two, asked.id, hours(6))
    assert refused.value.reason == "approval_expired"


async def test_each_side_sees_only_its_own_lines(town: Town) -> None:
    await given(town)
    elsewhere = asking(town, RoleName.REPORTER, organisation_id=town.other_street)
    another = await make_account((RoleName.NODE_ADMINISTRATOR, town.other_street))
    asked = await roles.request(town.other, elsewhere, NOW)
    await approvals.approve(another, asked.id, NOW)

    here = await roles.get(town.one, town.newcomer.account_id)
    there = await roles.get(town.other, town.newcomer.account_id)

    assert [role.role for role in here.roles] == [RoleName.ORGANISER]
    assert [role.role for role in there.roles] == [RoleName.REPORTER]
    assert here.roles[0].may_end
    with pytest.raises(NotFound):
        await roles.get(town.other, town.one.account_id)


async def test_accounts_are_listed_by_page_role_and_name(town: Town) -> None:
    await given(town)
    first = await roles.list_page(town.one, AccountQuery(limit=2))
    second = await roles.list_page(town.one, AccountQuery(limit=2, after=first.next))
    assert [each.id for each in first.items + second.items] == [
        town.one.account_id,
        town.two.account_id,
        town.newcomer.account_id,
    ]
    organisers = await roles.list_page(town.one, AccountQuery(role=RoleName.ORGANISER))
    assert [each.id for each in organisers.items] == [town.newcomer.account_id]
    named = await roles.list_page(town.one, AccountQuery(search=town.two.name.upper()))
    assert town.two.account_id in [each.id for each in named.items]
    with pytest.raises(Forbidden):
        await roles.list_page(town.newcomer, AccountQuery())


async def test_requests_are_listed_by_whose_they_are(town: Town) -> None:
    asked = await roles.request(town.one, asking(town), NOW)

    async def ids(actor: Actor, whose: Whose) -> list[UUID]:
        page = await approvals.list_page(actor, ApprovalQuery(whose=whose), NOW)
        return [each.id for each in page.items]

    assert await ids(town.one, Whose.MINE) == [asked.id]
    assert await ids(town.one, Whose.TO_DECIDE) == []
    assert await ids(town.two, Whose.TO_DECIDE) == [asked.id]
    assert await ids(town.two, Whose.MINE) == []
    assert await ids(town.newcomer, Whose.ALL) == [asked.id]
    assert await approvals.count_to_decide(town.two, NOW) == 1
    [seen] = (await approvals.list_page(town.two, ApprovalQuery(), NOW)).items
    assert (seen.may_decide, seen.may_withdraw) == (True, False)


async def test_an_account_is_found_by_its_whole_name_only(town: Town) -> None:
    found = await roles.find(town.one, town.newcomer.name)
    assert (found.id, found.roles) == (town.newcomer.account_id, [])
    with pytest.raises(NotFound) as refused:
        await roles.find(town.one, town.newcomer.name[:-1])
    assert refused.value.reason == "account_unknown"
    with pytest.raises(Forbidden):
        await roles.find(town.newcomer, town.one.name)


async def test_the_database_itself_asks_for_two_people(town: Town) -> None:
    """Whoever gets past the service, as anybody but the service itself, is stopped there."""
    asked = await roles.request(town.one, asking(town), NOW)

    async def refused(actor: Actor, sql: str, *arguments: object) -> str:
        try:
            async with entered(scope_of(actor)), transaction():
                await rows(sql, *arguments)
        except ServiceError as error:
            return error.reason
        except IntegrityError as error:
            return str(error)
        return "done"

    approve = (
        "UPDATE approval SET state = 'approved', decided_by = $2, decided_at = $3 WHERE id = $1"
    )
    for person in (town.one.account_id, town.newcomer.account_id):
        assert await refused(town.one, approve, asked.id, person, NOW) == "out_of_bounds"
    late = NOW + approvals.GOOD_FOR
    assert await refused(town.two, approve, asked.id, town.two.account_id, late) == "out_of_bounds"

    give = (
        "INSERT INTO role_grant (id, created_at, account_id, role, organisation_id, approval_id) "
        "VALUES ($1, now(), $2, 'organiser', $3, $4)"
    )
    gains = (uuid4(), town.newcomer.account_id, town.street)
    assert await refused(town.one, give, *gains, None) == "second_person_needed"
    assert await refused(town.one, give, *gains, asked.id) == "second_person_needed"
    await approvals.approve(town.two, asked.id, NOW)
    assert await refused(town.two, approve, asked.id, uuid4(), NOW) == "approval_decided"
