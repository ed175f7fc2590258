"""Shifts: what organisers write, what everybody reads, what is not done to people with seats."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services import claims, shifts
from services.claims import ClaimIn
from services.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed
from services.shifts import RoleIn, Shift, ShiftIn, ShiftQuery, TeamLine
from services.versions import etag_of
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_project,
    make_shift,
    make_volunteer,
    node_of,
)


def as_command(view: Shift, **changes: Any) -> ShiftIn:
    told = {*ShiftIn.__struct_fields__} & {*view.__struct_fields__} - {"roles"}
    known = {name: getattr(view, name) for name in told}
    fields = RoleIn.__struct_fields__
    roles = [RoleIn(**{name: getattr(role, name) for name in fields}) for role in view.roles]
    return ShiftIn(**{"roles": roles, **known, **changes})


async def test_what_is_written_is_read_and_written_again_unchanged(database: str) -> None:
    _, boss = await make_city()
    team, ada = await make_organisation(boss), await make_volunteer(boss)
    made = await make_shift(
        boss,
        roles=[
            RoleIn(
                key="zeta", name="领队", target=2, minimum=1, maximum=3, skills={"b": 2, "a": 1}
            ),
            RoleIn(key="alpha", target=1, groups=[team.id], min_age=18, max_age=60),
        ],
        place="社区中心",
        location=(121.47, 31.23),
        priority=9,
        cancel_below_minimum=True,
        team=[TeamLine(skill="a", level=1, count=2)],
        invited=[ada.id],
    )
    assert [role.key for role in made.roles] == ["zeta", "alpha"], "in the order written"
    assert (made.roles[1].name, made.roles[1].maximum, made.urgent) == ("alpha", 1, True)
    assert await shifts.get(boss, made.id) == made
    assert await shifts.replace(boss, made.id, as_command(made), etag_of(made), NOW) == made


async def test_keys_and_invited_are_not_for_everybody(database: str) -> None:
    _, boss = await make_city()
    person = await make_person(boss)
    shift = await make_shift(boss, invited=[person.volunteer_id], external_key="7")
    for reader in (None, person):
        seen = await shifts.get(reader, shift.id)
        assert (seen.invited, seen.external_key) == ([], None)


async def test_shifts_of_a_draft_are_for_those_who_organise_it(database: str) -> None:
    _, boss = await make_city()
    stranger = await make_organiser((await make_organisation(boss)).id)
    draft = await make_project(boss, is_published=False)
    hidden = await make_shift(boss, project_id=draft.id)
    assert await shifts.get(boss, hidden.id) == hidden
    for reader in (None, stranger, await make_person(boss)):
        with pytest.raises(NotFound):
            await shifts.get(reader, hidden.id)
    assert (await shifts.list_open(ShiftQuery(), NOW)).items == []


async def test_every_defect_is_named_with_its_place(database: str) -> None:
    _, boss = await make_city()
    with pytest.raises(Invalid) as caught:
        await make_shift(
            boss,
            project_id=uuid4(),
            starts_at=hours(24),
            ends_at=hours(24),
            roles=[
                RoleIn(key="r", target=2, minimum=3),
                RoleIn(key="r", target=2, maximum=1, groups=[uuid4()], min_age=9, max_age=8),
            ],
            team=[TeamLine(skill="a", level=1, count=1)] * 2,
            invited=[uuid4()],
        )
    assert sorted((each.place, each.code) for each in caught.value.defects) == [
        ("ends_at", "end_not_after_start"),
        ("invited[0]", "unknown_id"),
        ("project_id", "unknown_id"),
        ("roles[0].target", "seats_out_of_order"),
        ("roles[1]", "listed_twice"),
        ("roles[1].groups[0]", "unknown_id"),
        ("roles[1].max_age", "ages_out_of_order"),
        ("roles[1].target", "seats_out_of_order"),
        ("team[1]", "listed_twice"),
    ]


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        (NOW + timedelta(seconds=1), "not_whole_minutes"),
        (datetime(1, 1, 1, tzinfo=UTC), "time_out_of_range"),
        (datetime(9999, 1, 1, tzinfo=UTC), "time_out_of_range"),
    ],
)
async def test_times_are_whole_minutes_of_this_age(
    database: str, starts_at: datetime, code: str
) -> None:
    _, boss = await make_city()
    with pytest.raises(Invalid) as caught:
        await make_shift(boss, starts_at=starts_at)
    assert code in {each.code for each in caught.value.defects}


async def test_a_shift_has_roles(database: str) -> None:
    _, boss = await make_city()
    made = await make_shift(boss)
    with pytest.raises(Invalid) as caught:
        await shifts.replace(boss, made.id, as_command(made, roles=[]), None, NOW)
    assert [each.code for each in caught.value.defects] == ["no_roles"]


async def test_roles_come_go_and_change_while_nobody_holds_them(database: str) -> None:
    _, boss = await make_city()
    made = await make_shift(boss, roles=[RoleIn(key="a", target=1), RoleIn(key="b", target=1)])
    wanted = [RoleIn(key="b", target=4, skills={"s": 1}), RoleIn(key="c", target=2)]
    after = await shifts.replace(boss, made.id, as_command(made, roles=wanted), None, NOW)
    assert [(role.key, role.maximum, role.skills) for role in after.roles] == [
        ("b", 4, {"s": 1}),
        ("c", 2, {}),
    ]
    assert after.roles[0].id == made.roles[1].id


async def test_nobody_with_a_seat_is_moved_or_loses_it_by_an_edit(database: str) -> None:
    _, boss = await make_city()
    roles = [RoleIn(key="a", target=2), RoleIn(key="b", target=1)]
    made = await make_shift(boss, roles=roles, place="Hall")
    for _ in range(2):
        await claims.claim(
            await make_person(boss),
            made.id,
            ClaimIn(risk_statement_version=1, role="a"),
            NOW,
            SETTINGS,
        )
    refusals = {
        "shift_has_claims": {"starts_at": hours(23)},
        "role_has_claims": {"roles": roles[1:]},
        "below_held": {"roles": [RoleIn(key="a", target=1), roles[1]]},
    }
    for code, changes in refusals.items():
        with pytest.raises(Conflict, match=code):
            await shifts.replace(boss, made.id, as_command(made, **changes), None, NOW)
    for changes in ({"place": "Elsewhere"}, {"location": (121.0, 31.0)}):
        with pytest.raises(Conflict, match="shift_has_claims"):
            await shifts.replace(boss, made.id, as_command(made, **changes), None, NOW)
    wider = as_command(made, roles=[RoleIn(key="a", target=9)], priority=9)
    after = await shifts.replace(boss, made.id, wider, None, NOW)
    assert [(role.key, role.held, role.free) for role in after.roles] == [("a", 2, 7)]


async def test_an_edit_of_something_else_than_was_read_is_refused(database: str) -> None:
    _, boss = await make_city()
    made = await make_shift(boss)
    await claims.claim(
        await make_person(boss), made.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS
    )
    with pytest.raises(PreconditionFailed):
        await shifts.replace(boss, made.id, as_command(made), etag_of(made), NOW)


async def test_what_is_over_or_called_off_is_not_edited(database: str) -> None:
    _, boss = await make_city()
    made = await make_shift(boss)
    with pytest.raises(Conflict, match="ended"):
        await shifts.replace(boss, made.id, as_command(made), None, made.ends_at)
    with pytest.raises(Conflict, match="ended"):
        await shifts.call_off(boss, made.id, made.ends_at)
    await shifts.call_off(boss, made.id, NOW)
    with pytest.raises(Conflict, match="called_off"):
        await shifts.replace(boss, made.id, as_command(made), None, NOW)


async def test_shifts_are_written_in_the_own_subtree_only(database: str) -> None:
    _, boss = await make_city()
    stranger = await make_organiser((await make_organisation(boss)).id)
    ada = await make_person(boss)
    made = await make_shift(boss)
    with pytest.raises(Invalid):
        await shifts.create(stranger, as_command(made))
    other = await make_project(boss)
    with pytest.raises(Invalid):
        await shifts.replace(boss, made.id, as_command(made, project_id=other.id), None, NOW)
    for actor, error in ((stranger, NotFound), (ada, Forbidden)):
        with pytest.raises(error):
            await shifts.replace(actor, made.id, as_command(made), None, NOW)
        with pytest.raises(error):
            await shifts.call_off(actor, made.id, NOW)


async def test_open_shifts_are_listed_by_their_start(database: str) -> None:
    _, boss = await make_city()
    project = await make_project(boss)
    late, early, running, over, off = [
        await make_shift(boss, project_id=project.id, starts_at=hours(start))
        for start in (48, 24, -1, -2, 30)
    ]
    await shifts.call_off(boss, off.id, NOW)
    found = await shifts.list_open(ShiftQuery(), NOW)
    assert [each.id for each in found.items] == [running.id, early.id, late.id]
    assert over.id not in {each.id for each in found.items}
    first = await shifts.list_open(ShiftQuery(limit=2), NOW)
    second = await shifts.list_open(ShiftQuery(limit=2, after=first.next), NOW)
    assert [*first.items, *second.items] == found.items
    assert second.next is None


async def test_open_shifts_are_filtered(database: str) -> None:
    _, boss = await make_city()
    team = await make_organisation(boss)
    lead = await make_organiser(team.id)
    parks = await make_project(lead, category="parks")
    in_team = await make_shift(lead, project_id=parks.id, starts_at=hours(24))
    in_city = await make_shift(boss, starts_at=hours(48))

    async def ids(**query: Any) -> list[object]:
        return [each.id for each in (await shifts.list_open(ShiftQuery(**query), NOW)).items]

    assert await ids(category="parks") == [in_team.id]
    assert await ids(organisation_id=team.id) == [in_team.id]
    assert await ids(organisation_id=node_of(boss)) == [in_team.id, in_city.id]
    assert await ids(organisation_id=uuid4()) == []
    assert await ids(starts_after=hours(24), starts_before=hours(48)) == [in_team.id]
    assert await ids(starts_after=hours(25)) == [in_city.id]
