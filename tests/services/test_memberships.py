"""Memberships: 双报到, requests and answers, days, and what each side sees."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from models.core import OrganisationKind
from services import calendars, claims, consents, memberships, served, volunteers
from services.claims import ClaimIn
from services.consents import Purpose
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotFound
from services.memberships import Membership, MembershipEnd, MembershipIn, MembershipKind
from services.organisations import Organisation
from services.paging import PageQuery
from services.rights import Actor
from services.versions import etag_of
from services.volunteers import VolunteerIn
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    hours,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_shift,
    make_volunteer,
)

K, M = OrganisationKind, MembershipKind
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
LONG_AGO = date(2020, 1, 1)


class TwoSides:
    """A person's home community and unit, each with an organiser, and the one above both."""

    def __init__(
        self, boss: Actor, home: Organisation, unit: Organisation, at_home: Actor, at_unit: Actor
    ) -> None:
        self.boss, self.home, self.unit = boss, home, unit
        self.at_home, self.at_unit = at_home, at_unit


async def two_sides() -> TwoSides:
    _, boss = await make_city()
    home = await make_organisation(boss, K.NEIGHBOURHOOD, name="梧桐居委会")
    unit = await make_organisation(boss, K.EMPLOYER, name="码头公司")
    return TwoSides(boss, home, unit, await make_organiser(home.id), await make_organiser(unit.id))


def to(node: Organisation, kind: M, **given: object) -> MembershipIn:
    return MembershipIn(organisation_id=node.id, kind=kind, **given)  # type: ignore[arg-type]


async def lines(actor: Actor, volunteer_id: UUID) -> list[tuple[str, str]]:
    found = await memberships.list_of(actor, volunteer_id, today=TODAY)
    return [(each.kind.value, each.organisation_name or "–") for each in found]


async def test_a_user_of_two_organisations_belongs_to_both_and_each_sees_its_own_line(
    database: str,
) -> None:
    sides = await two_sides()
    ada = await make_person(sides.boss)
    assert ada.volunteer_id
    for node, kind in ((sides.home, M.HOME), (sides.unit, M.UNIT)):
        await memberships.add(sides.boss, ada.volunteer_id, to(node, kind), today=TODAY)
    both = [("home", "梧桐居委会"), ("unit", "码头公司")]
    assert await lines(ada, ada.volunteer_id) == both
    assert await lines(sides.boss, ada.volunteer_id) == both
    assert await lines(sides.at_home, ada.volunteer_id) == both[:1]
    assert await lines(sides.at_unit, ada.volunteer_id) == both[1:]
    seen = await volunteers.get(sides.at_unit, ada.volunteer_id, today=TODAY)
    assert seen.groups == [sides.unit.id]
    assert (seen.served_minutes, seen.points, seen.home) == (None, None, None)
    whole = await volunteers.get(sides.boss, ada.volunteer_id, today=TODAY)
    assert (whole.served_minutes, whole.points) == (0, 0)
    stranger = await make_organiser((await make_organisation(sides.boss)).id)
    with pytest.raises(NotFound):
        await lines(stranger, ada.volunteer_id)


async def test_a_request_counts_for_nothing_until_it_is_answered(database: str) -> None:
    sides = await two_sides()
    ada = await make_person(sides.boss, phone="15400001111")
    assert ada.volunteer_id
    asked = await memberships.add(ada, ada.volunteer_id, to(sides.home, M.HOME), today=TODAY)
    assert asked.is_requested
    with pytest.raises(NotFound):
        await volunteers.get(sides.at_home, ada.volunteer_id, today=TODAY)
    assert (await volunteers.get(ada, ada.volunteer_id, today=TODAY)).groups == []
    with pytest.raises(Conflict, match="member_already"):
        await memberships.add(ada, ada.volunteer_id, to(sides.home, M.HOME), today=TODAY)
    for not_asked in (ada, sides.at_unit):
        with pytest.raises((Forbidden, NotFound)):
            await memberships.accept(not_asked, asked.id, today=TODAY)
    [request] = (
        await memberships.members(
            sides.at_home, sides.home.id, PageQuery(), today=TODAY, when="requested"
        )
    ).items
    assert (request.id, request.volunteer_name) == (asked.id, ada_name(await own(ada)))

    accepted = await memberships.accept(sides.at_home, asked.id, today=TODAY)

    assert not accepted.is_requested
    assert (await volunteers.get(sides.at_home, ada.volunteer_id, today=TODAY)).groups == [
        sides.home.id
    ]
    assert await told() == ["membership_accepted"]
    with pytest.raises(Conflict, match="membership_not_requested"):
        await memberships.refuse(sides.at_home, asked.id)


async def told() -> list[str]:
    return [row["kind"] for row in await rows("SELECT kind FROM message ORDER BY id")]


async def own(actor: Actor) -> volunteers.Volunteer:
    assert actor.volunteer_id
    return await volunteers.get(actor, actor.volunteer_id, today=TODAY)


def ada_name(person: volunteers.Volunteer) -> str:
    return person.name


async def test_a_refused_request_and_one_taken_back_leave_nothing(database: str) -> None:
    sides = await two_sides()
    ada = await make_person(sides.boss, phone="15400001111")
    assert ada.volunteer_id
    for answer in ("refuse", "take back"):
        asked = await memberships.add(ada, ada.volunteer_id, to(sides.home, M.HOME), today=TODAY)
        if answer == "refuse":
            await memberships.refuse(sides.at_home, asked.id)
        else:
            await memberships.end(ada, asked.id, MembershipEnd(), today=TODAY)
        assert await lines(ada, ada.volunteer_id) == []
    assert await told() == ["membership_refused"]
    found = await rows(
        "SELECT facts ->> 'change' AS change FROM audit_event "
        "WHERE act = 'personal_data_changed' AND facts ->> 'kind' = 'home' ORDER BY id"
    )
    assert [row["change"] for row in found] == ["requested", "refused", "requested", "taken_back"]


async def test_a_new_home_community_takes_the_place_of_the_one_before(database: str) -> None:
    sides = await two_sides()
    ada = await make_person(sides.boss)
    assert ada.volunteer_id
    new_home = await make_organisation(sides.boss, K.NEIGHBOURHOOD)
    at_new = await make_organiser(new_home.id)
    before = await memberships.add(
        sides.boss, ada.volunteer_id, to(sides.home, M.HOME, starts_on=LONG_AGO), today=TODAY
    )
    with pytest.raises(Conflict, match="has_home"):
        await memberships.add(sides.boss, ada.volunteer_id, to(new_home, M.HOME), today=TODAY)
    asked = await memberships.add(ada, ada.volunteer_id, to(new_home, M.HOME), today=TODAY)
    await memberships.accept(at_new, asked.id, today=TODAY)
    assert (await memberships.get(ada, before.id)).ends_on == YESTERDAY
    assert (await own(ada)).groups == [new_home.id]


async def test_whoever_leaves_is_seen_to_the_last_day_and_not_after(database: str) -> None:
    sides = await two_sides()
    ada = await make_person(sides.boss)
    assert ada.volunteer_id
    made = await memberships.add(
        sides.boss, ada.volunteer_id, to(sides.unit, M.UNIT, starts_on=LONG_AGO), today=TODAY
    )
    with pytest.raises(Invalid):
        await memberships.end(
            ada, made.id, MembershipEnd(ends_on=LONG_AGO - timedelta(days=1)), today=TODAY
        )
    far = date(2999, 1, 1)
    await memberships.end(ada, made.id, MembershipEnd(ends_on=far), today=TODAY)
    assert (await volunteers.get(sides.at_unit, ada.volunteer_id, today=far)).groups
    with pytest.raises(NotFound):
        await volunteers.get(sides.at_unit, ada.volunteer_id, today=far + timedelta(days=1))

    await rows("UPDATE membership SET ends_on = '2020-12-31' WHERE id = $1", made.id)

    for path in ("get", "page", "wall"):
        if path == "get":
            with pytest.raises(NotFound):
                await volunteers.get(sides.at_unit, ada.volunteer_id, today=TODAY)
        elif path == "page":
            page = await volunteers.list_page(sides.at_unit, PageQuery(), today=TODAY)
            assert page.items == []
        else:
            assert await volunteers.visible_ids(sides.at_unit, [ada.volunteer_id]) == set()
    [line] = (
        await memberships.members(sides.at_unit, sides.unit.id, PageQuery(), today=TODAY)
    ).items
    assert (line.id, line.volunteer_name) == (made.id, None), "their own line, without the name"
    with pytest.raises(Conflict, match="membership_over"):
        await memberships.end(ada, made.id, MembershipEnd(), today=TODAY)


async def test_a_group_counts_for_shifts_that_the_membership_outlasts(database: str) -> None:
    sides = await two_sides()
    ada = await make_volunteer(sides.boss)
    added = to(sides.unit, M.UNIT, starts_on=TODAY, ends_on=TOMORROW)
    await memberships.add(sides.boss, ada.id, added, today=TODAY)

    async def groups(start: float, end: float) -> tuple[str, ...]:
        person = await calendars.load_person(ada.id, hours(start), hours(end), SETTINGS.zone)
        return person.groups

    assert NOW.astimezone(SETTINGS.zone).date() == TODAY
    assert await groups(1, 3) == (str(sides.unit.id),)
    assert await groups(24, 36) == (str(sides.unit.id),)
    assert await groups(24, 40) == (), "it ends while the shift goes on"
    assert await groups(-24, -22) == (), "it had not begun"


async def test_an_edit_writes_teams_of_its_own_nodes_and_touches_no_others(database: str) -> None:
    sides = await two_sides()
    team = await make_organisation(sides.boss, parent_id=sides.home.id)
    other = await make_organisation(sides.boss, parent_id=sides.home.id)
    ada = await make_volunteer(sides.at_home)
    await memberships.add(sides.boss, ada.id, to(sides.unit, M.UNIT), today=TODAY)
    await memberships.add(sides.boss, ada.id, to(sides.home, M.HOME), today=TODAY)

    async def put(groups: list[UUID], day: date) -> list[UUID]:
        seen = await volunteers.get(sides.at_home, ada.id, today=day)
        command = VolunteerIn(name=seen.name, groups=groups)
        after = await volunteers.replace(sides.at_home, ada.id, command, etag_of(seen), today=day)
        return after.groups

    assert set(await put([team.id], TODAY)) == {sides.home.id, team.id}
    assert set(await put([sides.home.id, team.id], TODAY)) == {sides.home.id, team.id}
    assert set(await put([sides.home.id, other.id], TOMORROW)) == {sides.home.id, other.id}
    found = await rows(
        "SELECT kind, organisation_id, starts_on, ends_on FROM membership WHERE volunteer_id = $1",
        ada.id,
    )
    assert sorted((row["kind"], row["starts_on"], row["ends_on"]) for row in found) == [
        ("home", TODAY, None),
        ("team", TODAY, TODAY),
        ("team", TOMORROW, None),
        ("unit", TODAY, None),
    ]


@pytest.mark.parametrize(
    ("kind", "node"),
    [
        (M.HOME, K.SCHOOL),
        (M.HOME, K.DISTRICT),
        (M.UNIT, K.NEIGHBOURHOOD),
        (M.STUDENT, K.EMPLOYER),
    ],
)
async def test_a_kind_has_its_places(database: str, kind: M, node: K) -> None:
    _, boss = await make_city()
    there = await make_organisation(boss, node)
    ada = await make_volunteer(boss)
    with pytest.raises(Conflict, match="membership_kind_elsewhere"):
        await memberships.add(boss, ada.id, to(there, kind), today=TODAY)


async def test_nobody_adds_people_to_organisations_of_others(database: str) -> None:
    sides = await two_sides()
    ada = await make_person(sides.at_home)
    bob = await make_person(sides.at_unit)
    assert ada.volunteer_id
    assert bob.volunteer_id
    with pytest.raises(NotFound):
        await memberships.add(sides.at_home, ada.volunteer_id, to(sides.unit, M.UNIT), today=TODAY)
    with pytest.raises(NotFound):
        await memberships.add(sides.at_home, bob.volunteer_id, to(sides.home, M.HOME), today=TODAY)
    with pytest.raises(Invalid):
        await memberships.add(
            sides.boss,
            ada.volunteer_id,
            to(sides.home, M.HOME, starts_on=TODAY, ends_on=YESTERDAY),
            today=TODAY,
        )
    made: Membership = await memberships.add(
        sides.at_home, ada.volunteer_id, to(sides.home, M.HOME), today=TODAY
    )
    for stranger in (bob, sides.at_unit):
        with pytest.raises((NotFound, Forbidden)):
            await memberships.end(stranger, made.id, MembershipEnd(), today=TODAY)


async def serve(organiser: Actor, person: Actor, starts_in_hours: float, hours_long: float) -> None:
    shift = await make_shift(organiser, starts_at=hours(starts_in_hours), hours_long=hours_long)
    claim = await claims.claim(person, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)
    for state in ("checked_in", "served"):
        await rows("UPDATE claim SET state = $2 WHERE id = $1", claim.id, state)


async def test_each_side_sees_what_was_served_for_it_and_the_total_only_if_it_is_shown(
    database: str,
) -> None:
    sides = await two_sides()
    ada = await make_person(sides.boss)
    assert ada.volunteer_id
    for node, kind in ((sides.home, M.HOME), (sides.unit, M.UNIT)):
        await memberships.add(sides.boss, ada.volunteer_id, to(node, kind), today=TODAY)
    await serve(sides.at_home, ada, 24, 2)
    await serve(sides.at_unit, ada, 72, 3)

    async def seen(actor: Actor) -> tuple[list[int], int | None]:
        assert ada.volunteer_id
        found = await served.of_person(actor, ada.volunteer_id, today=TODAY)
        return [line.minutes for line in found.lines], found.total_minutes

    assert await seen(sides.at_home) == ([120], None)
    assert await seen(sides.at_unit) == ([180], None)
    everything, total = await seen(ada)
    assert (sorted(everything), total) == ([120, 180], 300)

    given = await consents.give(
        ada, ada.volunteer_id, Purpose.SHARE_TOTAL, str(sides.unit.id), now=NOW
    )

    assert await seen(sides.at_unit) == ([180], 300)
    assert await seen(sides.at_home) == ([120], None), "the other side was not asked"
    await consents.withdraw(ada, given.id, NOW)
    assert await seen(sides.at_unit) == ([180], None)
