"""Changes of the tree: what moves along, what ends, what stays in sight, and the history of it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from models.core import OrganisationKind, RoleName
from services import organisations, rights, scope, volunteers
from services import reorganising as change
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed
from services.organisations import (
    CloseIn,
    MergeIn,
    MoveIn,
    Organisation,
    OrganisationEdit,
    OrganisationIn,
)
from services.paging import PageQuery
from services.rights import Actor, Right
from services.versions import etag_of
from tests.support.factories import (
    NOW,
    TODAY,
    make_account,
    make_city,
    make_organisation,
    make_organiser,
    make_shift,
    make_volunteer,
)

K = OrganisationKind
WHY = "2026 区划调整"


async def make_coded(boss: Actor, kind: K, code: str, parent: Organisation) -> Organisation:
    return await organisations.create(
        boss, OrganisationIn(kind=kind, name=f"{kind} {code}", code=code, parent_id=parent.id)
    )


async def two_districts() -> tuple[Actor, Organisation, Organisation, Organisation, Organisation]:
    """A city's organiser; 闸北 310108 with a street 310108001, and 静安 310106 with another."""
    city, boss = await make_city()
    one = await make_coded(boss, K.DISTRICT, "310108", city)
    other = await make_coded(boss, K.DISTRICT, "310106", city)
    street = await make_coded(boss, K.STREET, "310108001", one)
    beside = await make_coded(boss, K.STREET, "310106001", other)
    return boss, one, other, street, beside


async def closure_of(root: UUID) -> set[UUID]:
    return set(await organisations.subtree_ids([root]))


async def events_of(actor: Actor, node: UUID) -> list[str]:
    page = await organisations.history(actor, node, PageQuery())
    return [event.kind.value for event in page.items]


async def test_a_new_name_and_code_stand_in_the_history_and_lead_the_codes_below(
    database: str,
) -> None:
    boss, one, _, street, _ = await two_districts()
    command = OrganisationEdit(name="新区", code="310115", reason=WHY)
    with pytest.raises(PreconditionFailed):
        await change.edit(boss, one.id, command, "another")
    changed = await change.edit(boss, one.id, command, etag_of(one))
    assert (changed.name, changed.code) == ("新区", "310115")
    assert (await organisations.get(boss, street.id)).code == "310115001"

    page = await organisations.history(boss, one.id, PageQuery())
    assert [event.kind for event in page.items] == ["renamed", "made"]
    [latest, _] = page.items
    assert latest.before is not None
    assert (latest.before.name, latest.before.code) == (one.name, "310108")
    assert (latest.after.name, latest.reason, latest.account_id) == ("新区", WHY, boss.account_id)
    assert await events_of(boss, street.id) == ["recoded", "made"]
    found = await organisations.list_page(boss, PageQuery(), text="310108")
    assert one.id in {each.id for each in found.items}, "a code that was given up is found whole"
    [line] = await rows(
        "SELECT facts, account_id FROM audit_event WHERE act = 'tree_changed' AND subject_id = $1 "
        "ORDER BY id DESC LIMIT 1",
        one.id,
    )
    assert line["account_id"] == boss.account_id
    assert "新区" not in str(line["facts"])


async def test_codes_that_would_not_begin_each_other_are_refused(database: str) -> None:
    boss, one, other, street, _ = await two_districts()
    for node, code in ((street, "310106009"), (one, "310106")):
        with pytest.raises((Invalid, Conflict)) as caught:
            await change.edit(
                boss, node.id, OrganisationEdit(name=node.name, code=code, reason=WHY), None
            )
        assert "code" in str(getattr(caught.value, "defects", caught.value))
    bare = await organisations.create(boss, OrganisationIn(kind=K.DISTRICT, name="无代码区"))
    below = await make_coded(boss, K.STREET, "310109001", bare)
    with pytest.raises(Invalid) as wrong:
        await change.edit(
            boss, bare.id, OrganisationEdit(name=bare.name, code="310110", reason=WHY), None
        )
    assert wrong.value.defects[0].code == "codes_below_differ"
    assert (await organisations.get(boss, below.id)).code == "310109001"
    assert (await organisations.get(boss, other.id)).code == "310106"


async def test_what_moves_takes_everything_below_along(database: str) -> None:
    boss, one, other, street, _ = await two_districts()
    team = await make_organisation(boss, parent_id=street.id)
    with pytest.raises(Invalid) as caught:
        await change.move(boss, street.id, MoveIn(parent_id=other.id, reason=WHY))
    assert caught.value.defects[0].code == "code_not_of_parent"
    moved = await change.move(
        boss, street.id, MoveIn(parent_id=other.id, code="310106008", reason=WHY)
    )
    assert (moved.parent_id, moved.code) == (other.id, "310106008")
    assert await closure_of(one.id) == {one.id}
    assert {street.id, team.id} < await closure_of(other.id)
    with pytest.raises(Conflict, match="organisation_cycle"):
        await change.move(boss, street.id, MoveIn(parent_id=team.id, reason=WHY))
    with pytest.raises(Conflict, match="wrong_parent"):
        await change.move(boss, other.id, MoveIn(parent_id=one.id, reason=WHY))
    last = (await organisations.history(boss, street.id, PageQuery())).items[0]
    assert last.before is not None
    assert (last.before.parent_name, last.after.parent_name) == (one.name, other.name)


async def test_both_ends_of_a_move_must_be_the_accounts(database: str) -> None:
    _, one, other, street, beside = await two_districts()
    at_one = await make_account((RoleName.NODE_ADMINISTRATOR, one.id))
    at_street = await make_account((RoleName.NODE_ADMINISTRATOR, street.id))
    lead = await make_account((RoleName.SHIFT_LEAD, one.id))
    with pytest.raises(Invalid):
        await change.move(at_one, street.id, MoveIn(parent_id=other.id, code="", reason=WHY))
    with pytest.raises(NotFound):
        await change.move(at_one, beside.id, MoveIn(parent_id=one.id, code="", reason=WHY))
    with pytest.raises(NotFound):
        await change.move(at_street, street.id, MoveIn(parent_id=street.id, code="", reason=WHY))
    with pytest.raises(Forbidden):
        await change.close(lead, street.id, CloseIn(reason=WHY), NOW, TODAY)
    with pytest.raises(NotFound):
        await change.merge_preview(at_one, street.id, beside.id, NOW, TODAY)
    with pytest.raises(Invalid):
        await change.merge(at_one, street.id, MergeIn(into_id=beside.id, reason=WHY), NOW, TODAY)


async def live_at(node: UUID, day: date = TODAY) -> list[dict[str, Any]]:
    return await rows(
        "SELECT volunteer_id, kind, starts_on, ends_on FROM membership WHERE organisation_id = $1 "
        "AND starts_on <= $2 AND coalesce(ends_on, 'infinity') >= $2 ORDER BY volunteer_id",
        node,
        day,
    )


async def test_a_merger_does_what_its_preview_said(database: str) -> None:
    boss, one, other, street, beside = await two_districts()
    boss_here = await make_organiser(one.id)
    ada = await make_volunteer(boss_here, organisation_id=one.id, groups=[one.id])
    bob = await make_volunteer(boss, groups=[one.id, other.id])
    shift = await make_shift(boss_here)
    await rows("UPDATE membership SET starts_on = $1", TODAY - timedelta(days=30))

    preview = await change.merge_preview(boss, one.id, other.id, NOW, TODAY)
    assert preview.refusals == []
    assert [each.id for each in preview.moving] == [street.id]
    assert [each.id for each in preview.codes_lost] == [street.id]
    assert (preview.memberships, preview.roles_ending) == (2, 2)
    assert (preview.people_staying, preview.projects_staying, preview.shifts_to_come) == (1, 1, 1)
    assert (await organisations.get(boss, one.id)).state == "active", "a preview changes nothing"

    merged = await change.merge(boss, one.id, MergeIn(into_id=other.id, reason=WHY), NOW, TODAY)

    assert (merged.state, merged.merged_into_id, merged.parent_id) == ("merged", other.id, other.id)
    assert (merged.code, (await organisations.get(boss, street.id)).code) == (None, None)
    assert await closure_of(other.id) == {one.id, other.id, street.id, beside.id}
    assert await live_at(one.id) == []
    assert {row["volunteer_id"] for row in await live_at(other.id)} == {ada.id, bob.id}
    assert all(
        row["starts_on"] == TODAY
        for row in await live_at(other.id)
        if row["volunteer_id"] == ada.id
    )
    at_other = await make_organiser(other.id)
    assert (await volunteers.get(at_other, ada.id, today=TODAY)).organisation_id == one.id
    assert await rights.covers(at_other, Right.RUN_WORK, one.id), "its shifts are run from there"
    assert shift.id
    assert (await events_of(boss, one.id))[0] == "merged"
    took = (await organisations.history(boss, other.id, PageQuery())).items[0]
    assert (took.kind, took.after.took_over_id) == ("merged", one.id)
    for act in (
        lambda: change.merge(boss, one.id, MergeIn(into_id=other.id, reason=WHY), NOW, TODAY),
        lambda: change.close(boss, one.id, CloseIn(reason=WHY), NOW, TODAY),
        lambda: change.move(boss, street.id, MoveIn(parent_id=one.id, code="", reason=WHY)),
        lambda: make_organisation(boss, parent_id=one.id),
    ):
        with pytest.raises(Conflict, match="organisation_not_active"):
            await act()


async def test_roles_and_sessions_at_a_merged_node_end(database: str) -> None:
    boss, one, other, *_ = await two_districts()
    lost = await make_organiser(one.id)
    kept = await make_organiser(other.id)
    for actor in (lost, kept):
        await rows(
            "INSERT INTO sign_in_session (id, created_at, account_id, token_digest, method, "
            "has_second_factor, device, seen_at, expires_at, ended_reason) VALUES "
            "(gen_random_uuid(), $2, $1::uuid, $1::text, 'password', false, '', $2, $3, '')",
            str(actor.account_id),
            NOW,
            NOW + timedelta(days=1),
        )
    await change.merge(boss, one.id, MergeIn(into_id=other.id, reason=WHY), NOW, TODAY)
    found = await rows("SELECT account_id, revoked_at, ended_reason FROM sign_in_session")
    ended = {row["account_id"]: row["ended_reason"] for row in found if row["revoked_at"]}
    assert ended == {lost.account_id: "role_lost"}
    assert await rights.load_grants(lost.account_id, NOW) == ()
    assert len(await rights.load_grants(kept.account_id, NOW)) == 2
    lines = await rows("SELECT account_id FROM audit_event WHERE act = 'role_ended'")
    assert [row["account_id"] for row in lines] == [boss.account_id] * 2


async def test_mergers_that_cannot_be(database: str) -> None:
    boss, one, other, street, beside = await two_districts()
    [city_id] = {grant.organisation_id for grant in boss.grants}
    school = await make_organisation(boss, K.SCHOOL, one.id)
    inner = await make_organisation(boss, K.SCHOOL, school.id)
    same = await make_organisation(boss, parent_id=street.id, name="志愿服务队")
    await make_organisation(boss, parent_id=beside.id, name="志愿服务队")
    for node, into, reason in (
        (one.id, street.id, "merge_other_kind"),
        (school.id, inner.id, "organisation_cycle"),
        (one.id, one.id, "organisation_cycle"),
        (city_id, one.id, "city_stays"),
        (street.id, beside.id, "names_clash"),
    ):
        with pytest.raises(Conflict) as caught:
            await change.merge(boss, node, MergeIn(into_id=into, reason=WHY), NOW, TODAY)
        assert caught.value.reason == reason
        preview = await change.merge_preview(boss, node, into, NOW, TODAY)
        assert reason in preview.refusals
    assert (await organisations.get(boss, same.id)).parent_id == street.id
    into_its_own_parent = await change.merge(
        boss, inner.id, MergeIn(into_id=school.id, reason=WHY), NOW, TODAY
    )
    assert into_its_own_parent.state == "merged"
    assert (await organisations.get(boss, other.id)).state == "active"


async def test_a_node_closes_when_nothing_waits_there(database: str) -> None:
    boss, one, _, street, _ = await two_districts()
    team = await make_organisation(boss, parent_id=street.id)
    lead = await make_organiser(team.id)
    ada = await make_volunteer(boss, groups=[team.id])
    shift = await make_shift(lead)
    with pytest.raises(Conflict, match="has_active_below"):
        await change.close(boss, street.id, CloseIn(reason=WHY), NOW, TODAY)
    with pytest.raises(Conflict, match="shifts_to_come"):
        await change.close(boss, team.id, CloseIn(reason=WHY), NOW, TODAY)
    later = shift.ends_at + timedelta(days=1)
    closed = await change.close(boss, team.id, CloseIn(reason=WHY), later, later.date())
    assert closed.state == "closed"
    assert await live_at(team.id, later.date()) == []
    assert await rights.load_grants(lead.account_id, later) == ()
    assert (await volunteers.get(boss, ada.id, today=later.date())).groups == []
    assert (await events_of(boss, team.id))[0] == "closed"
    assert one.state == "active"


async def test_history_is_only_ever_added_to(database: str) -> None:
    _, boss = await make_city()
    team = await make_organisation(boss)
    for statement in (
        "UPDATE organisation_event SET reason = 'x' WHERE organisation_id = $1",
        "DELETE FROM organisation_event WHERE organisation_id = $1",
    ):
        with pytest.raises(Exception, match=r"append-only|permission denied"):
            async with scope.entered(scope.SYSTEM):
                await rows(statement, team.id)
