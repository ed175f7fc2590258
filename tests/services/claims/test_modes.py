"""Seats by the organiser's yes and by a draw; when claims open; which risks were read."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tortoise.exceptions import IntegrityError

from matcher.problem import Role as MatcherRole
from matcher.problem import Volunteer as Person
from models.core import Claim as ClaimRow
from models.core import ClaimMode, ShiftDraw
from services import claims, projects, shifts
from services.claims import ClaimIn, RefuseIn
from services.claims.draws import order_of
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotFound
from services.projects import ProjectIn
from services.refusals import Refusal, Refused, Seat, refuse_role
from services.shifts import RoleIn, Shift, ShiftIn
from tests.services.claims.world import TIRELESS, claim, plain_refusal, refusal, state_of, wait
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
)

SEED = "00112233445566778899aabbccddeeff"
DRAW = {"claim_mode": ClaimMode.DRAW, "draw_at": hours(12)}


async def draw(shift: Shift) -> int:
    return await claims.draw_due(hours(12), SETTINGS, lambda: SEED)


async def test_a_shift_opens_at_its_moment_and_not_before(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    shift = await make_shift(boss, opens_at=hours(3))
    refused = await refusal(ada, shift, at=hours(3) - timedelta(seconds=1))
    assert (refused.reason, refused.parameters) == ("opens_at", {"opens_at": hours(3)})
    assert (await claim(ada, shift, at=hours(3))).state == "confirmed"


async def test_other_words_about_the_risks_have_to_be_read_first(database: str) -> None:
    _, boss = await make_city()
    ada, project = await make_person(boss), await make_project(boss)
    shift = await make_shift(boss, project_id=project.id)
    reworded = ProjectIn(
        organisation_id=project.organisation_id, name="Same", risk_statement="With fire."
    )
    await projects.replace(boss, project.id, reworded, None, NOW)
    refused = await plain_refusal(ada, shift)
    facts = {"shown": 1, "version": 2}
    assert (refused.reason, refused.parameters) == ("risk_statement_changed", facts)
    made = await claim(ada, await shifts.get(ada, shift.id))
    assert (await ClaimRow.get(id=made.id)).risk_statement_version == 2


async def test_where_the_organiser_decides_a_claim_holds_no_seat_until_then(
    database: str,
) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    shift = await make_shift(boss, claim_mode=ClaimMode.APPROVE)
    asked, also = await claim(ada, shift), await claim(ben, shift)
    assert (asked.state, also.state) == ("requested", "requested")
    assert (await shifts.get(boss, shift.id)).roles[0].held == 0
    assert (await plain_refusal(ada, shift)).reason == "already_claimed"

    taken = await claims.approve(boss, asked.id, NOW, SETTINGS)
    assert taken.state == "confirmed"
    assert (await claims.approve(boss, asked.id, NOW, SETTINGS)).state == "confirmed"
    with pytest.raises(Conflict, match="full"):
        await claims.approve(boss, also.id, NOW, SETTINGS)

    refused = await claims.refuse(boss, also.id, RefuseIn(reason="Full by now"), NOW)
    assert refused.state == "refused"
    assert (await claims.refuse(boss, also.id, RefuseIn(), NOW)).state == "refused"
    with pytest.raises(Conflict, match="not_requested"):
        await claims.refuse(boss, asked.id, RefuseIn(), NOW)
    told = await rows("SELECT kind, volunteer_id FROM notification ORDER BY created_at, id")
    assert {(row["kind"], row["volunteer_id"]) for row in told} == {
        ("claim_approved", ada.volunteer_id),
        ("claim_refused_because", ben.volunteer_id),
    }
    # Where it is full nobody asks for an answer that cannot come; they may wait.
    cai = await make_person(boss)
    full = await refusal(cai, shift)
    assert (full.reason, full.parameters) == ("full", {"seats": 1, "waitlist_place": 1})


async def test_only_who_runs_the_work_decides_and_reads_nothing_of_the_persons_own(
    database: str,
) -> None:
    _, boss = await make_city()
    stranger = await make_organiser((await make_organisation(boss)).id)
    ada = await make_person(boss)
    shift = await make_shift(boss, claim_mode=ClaimMode.APPROVE)
    asked = await claim(ada, shift)
    await claim(ada, await make_shift(boss, starts_at=hours(25)))
    with pytest.raises(NotFound):
        await claims.approve(stranger, asked.id, NOW, SETTINGS)
    with pytest.raises(Forbidden):
        await claims.approve(ada, asked.id, NOW, SETTINGS)
    with pytest.raises(NotFound):
        await claims.approve(boss, uuid4(), NOW, SETTINGS)
    with pytest.raises(Conflict) as caught:
        await claims.approve(boss, asked.id, NOW, SETTINGS)
    assert (caught.value.reason, caught.value.parameters) == ("cannot_be_taken", {})
    assert await state_of(asked) == "requested"


async def test_a_draw_gives_the_seats_in_an_order_that_everybody_can_repeat(
    database: str,
) -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=2, **DRAW)
    people = [await make_person(boss) for _ in range(5)]
    entered = [await claim(each, shift) for each in people]
    assert {each.state for each in entered} == {"entered"}
    assert await claims.draw_due(hours(12) - timedelta(seconds=1), SETTINGS) == 0

    assert await draw(shift) == 1
    order = order_of(SEED, [each.id for each in entered])
    states = [await state_of(each) for each in order]
    assert states == ["confirmed"] * 2 + ["waitlisted"] * 3
    assert await draw(shift) == 0
    record = await claims.read_draw(people[0], shift.id)
    assert (record.seed, record.entered, record.seated) == (SEED, 5, 2)
    assert [each.claim_id for each in record.claims] == order
    # Whoever was not drawn waits in the order of the draw.
    by_id = {each.id: person for each, person in zip(entered, people, strict=True)}
    places = [(await claims.get(by_id[each], each)).waitlist_place for each in order[2:]]
    assert places == [1, 2, 3]
    told = await rows("SELECT kind, count(*) AS people FROM notification GROUP BY kind")
    assert {row["kind"]: row["people"] for row in told} == {"draw_seat": 2, "draw_waits": 3}


def test_every_order_of_a_draw_is_as_likely() -> None:
    """Not by luck: of 24 orders of four claims each comes about as often as any other."""
    ids = [uuid4() for _ in range(4)]
    counted: dict[tuple[int, ...], int] = {}
    for number in range(4800):
        order = order_of(f"{number:032x}", ids)
        key = tuple(ids.index(each) for each in order)
        counted[key] = counted.get(key, 0) + 1
    assert len(counted) == 24
    assert all(140 < count < 260 for count in counted.values())  # 200 ± more than four deviations


async def test_a_draw_passes_over_who_cannot_come_any_more(database: str) -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, **DRAW)
    busy, free = await make_person(boss), await make_person(boss)
    entered = {(await claim(each, shift)).id: each for each in (busy, free)}
    first = order_of(SEED, list(entered))[0]
    # The one who will be drawn first promises the time elsewhere before the draw.
    await claim(entered[first], await make_shift(boss, starts_at=hours(25)))
    await draw(shift)
    assert await state_of(first) == "waitlisted"
    [other] = [each for each in entered if each != first]
    assert await state_of(other) == "confirmed"


async def test_after_the_draw_seats_are_had_at_once_again_or_waited_for(database: str) -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=2, **DRAW)
    await claim(await make_person(boss), shift)
    await draw(shift)
    late, later = await make_person(boss), await make_person(boss)
    assert (await claim(late, shift, at=hours(13))).state == "confirmed"
    waiting = await wait(later, shift, at=hours(13))
    assert waiting.waitlist_place == 1


async def test_a_draw_without_anybody_is_held_and_one_called_off_is_not(database: str) -> None:
    _, boss = await make_city()
    quiet, off = await make_shift(boss, **DRAW), await make_shift(boss, **DRAW)
    await shifts.call_off(boss, off.id, NOW)
    assert await draw(quiet) == 1
    assert await ShiftDraw.all().values_list("shift_id", flat=True) == [quiet.id]
    with pytest.raises(NotFound, match="not_drawn"):
        await claims.read_draw(boss, off.id)
    with pytest.raises(NotFound):
        await claims.read_draw(boss, uuid4())


@pytest.mark.parametrize(
    ("given", "place", "code"),
    [
        ({"claim_mode": ClaimMode.DRAW}, "draw_at", "draw_without_moment"),
        ({"draw_at": hours(12)}, "draw_at", "draw_without_mode"),
        ({"claim_mode": ClaimMode.DRAW, "draw_at": hours(25)}, "draw_at", "draw_out_of_time"),
        ({**DRAW, "opens_at": hours(12)}, "draw_at", "draw_out_of_time"),
        ({"opens_at": hours(26)}, "opens_at", "opens_too_late"),
    ],
)
async def test_a_mode_that_makes_no_sense_is_refused_with_its_place(
    database: str, given: dict[str, object], place: str, code: str
) -> None:
    _, boss = await make_city()
    with pytest.raises(Invalid) as caught:
        await make_shift(boss, **given)
    assert [(each.place, each.code) for each in caught.value.defects] == [(place, code)]


async def test_who_asked_under_one_mode_is_not_moved_to_another(database: str) -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, **DRAW)
    await claim(await make_person(boss), shift)
    with pytest.raises(Conflict, match="claim_mode_in_use"):
        await shifts.replace(boss, shift.id, _as_instant(shift), None, NOW)
    await draw(shift)
    with pytest.raises(Conflict, match="already_drawn"):
        await shifts.replace(boss, shift.id, _as_instant(shift), None, hours(13))
    other = await make_shift(boss, claim_mode=ClaimMode.APPROVE)
    changed = await shifts.replace(boss, other.id, _as_instant(other), None, NOW)
    assert changed.claim_mode is ClaimMode.INSTANT


def _as_instant(shift: Shift) -> ShiftIn:
    return ShiftIn(
        project_id=shift.project_id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        roles=[RoleIn(key=role.key, target=role.target) for role in shift.roles],
    )


async def test_a_role_without_seats_is_refused_where_it_is_written_and_where_it_is_claimed(
    database: str,
) -> None:
    """A capacity of 0: nobody writes one, and one that were there would be full for everybody."""
    _, boss = await make_city()
    ada = await make_person(boss, **TIRELESS)
    shift = await make_shift(boss)
    none = ShiftIn(
        project_id=shift.project_id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        roles=[RoleIn(key="helper", target=0, maximum=0)],
    )
    with pytest.raises(Conflict, match="seats_out_of_order"):
        await shifts.replace(boss, shift.id, none, None, NOW)
    assert (await shifts.get(boss, shift.id)).roles[0].maximum == 1
    with pytest.raises(IntegrityError, match="role_seats"):
        await rows("UPDATE role SET target = 0, maximum = 0 WHERE shift_id = $1", shift.id)
    empty = Seat(shift.id, MatcherRole(id="helper", max=0), held=0)
    assert refuse_role(Person(id="ada", age=30), empty) == Refused(Refusal.FULL, {"seats": 0})
    assert (await claim(ada, shift)).state == "confirmed"


async def test_a_version_that_was_never_shown_takes_no_seat(
    database: str,
) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    shift = await make_shift(boss)
    with pytest.raises(Conflict, match="risk_statement_changed"):
        await claims.claim(ada, shift.id, ClaimIn(risk_statement_version=0), NOW, SETTINGS)
    assert await rows("SELECT 1 FROM claim WHERE shift_id = $1", shift.id) == []
