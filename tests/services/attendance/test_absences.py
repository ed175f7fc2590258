"""Who did not come: the lead's mark, the person's word, and the organiser's decision."""

import pytest

from models.core import AbsenceOutcome, Evidence
from services import attendance
from services.attendance import ObjectionDecision, ObjectionIn
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.rights import Actor
from tests.services.attendance.world import IN, OUT, SETTINGS, Day, make_day
from tests.support.factories import make_organiser, make_person, make_shift, node_of

WHY = ObjectionIn(text="我九点就到了，在后门。")
DAYS_TWO = 48 * 60


async def objects(day: Day, who: Actor, minutes: float) -> attendance.Attendance:
    return await attendance.object_to(who, day.bens, WHY, day.at(minutes), SETTINGS)


async def decides(day: Day, who: Actor, outcome: str, minutes: float) -> attendance.Attendance:
    command = ObjectionDecision(outcome=AbsenceOutcome(outcome))
    return await attendance.decide(who, day.bens, command, day.at(minutes), SETTINGS)


async def reads(day: Day, who: Actor) -> tuple[str | None, bool]:
    """What this reader is told of the objection, and whether they are asked to decide."""
    absence = (await attendance.of_claim(who, day.bens, SETTINGS)).absence
    assert absence is not None
    return absence.objection, absence.can_decide


async def test_nobody_is_marked_before_a_quarter_of_an_hour_is_over(database: str) -> None:
    day = await make_day()
    with pytest.raises(Conflict, match="too_early_to_mark") as refused:
        await day.marks(day.bens, 14.9)
    assert refused.value.parameters == {"first": day.at(15)}
    marked = await day.marks(day.bens, 15)
    assert marked.state == "no_show"
    assert marked.absence is not None
    assert marked.absence.object_until == day.at(15 + DAYS_TWO)
    assert await day.marks(day.bens, 20) == marked
    [told] = await rows("SELECT kind, volunteer_id FROM notification WHERE kind = 'absence_marked'")
    assert told["volunteer_id"] == day.ben.volunteer_id


async def test_whoever_is_there_cannot_be_marked(database: str) -> None:
    day = await make_day()
    await day.scans(day.ben, IN, 10)
    with pytest.raises(Conflict, match="state_change_refused"):
        await day.marks(day.bens, 20)


async def test_an_objection_is_heard_for_two_days(database: str) -> None:
    day = await make_day()
    with pytest.raises(Conflict, match="not_marked"):
        await objects(day, day.ben, 10)
    await day.marks(day.bens, 15)
    with pytest.raises(NotFound):
        await objects(day, day.ada, 20)
    with pytest.raises(Conflict, match="objection_too_late"):
        await objects(day, day.ben, 15 + DAYS_TWO + 0.1)
    said = await objects(day, day.ben, 15 + DAYS_TWO)
    assert said.absence is not None
    assert said.absence.objection == WHY.text
    with pytest.raises(Conflict, match="objected_already"):
        await objects(day, day.ben, 20)
    [stored] = await rows("SELECT objection_cipher FROM absence")
    assert WHY.text.encode() not in stored["objection_cipher"]
    [asked] = await rows("SELECT account_id FROM notification WHERE kind = 'objection_made'")
    assert asked["account_id"] == day.boss.account_id


@pytest.mark.parametrize(
    ("outcome", "state"), [("served", "served"), ("excused", "excused"), ("stands", "no_show")]
)
async def test_the_organiser_decides_and_not_the_lead(
    outcome: str, state: str, database: str
) -> None:
    day = await make_day()
    await day.marks(day.bens, 15)
    with pytest.raises(Conflict, match="no_objection"):
        await decides(day, day.boss, outcome, 30)
    await objects(day, day.ben, 60)
    with pytest.raises(Forbidden):
        await decides(day, day.lead, outcome, 90)
    done = await decides(day, day.boss, outcome, 90)
    assert done.state == state
    assert done.absence is not None
    assert done.absence.outcome == outcome
    assert done.minutes == (120 if outcome == "served" else None)
    with pytest.raises(Conflict, match="objection_decided"):
        await decides(day, day.boss, outcome, 91)


async def test_an_organiser_does_not_judge_their_own_mark(database: str) -> None:
    day = await make_day()
    other = await make_organiser(node_of(day.boss))
    await attendance.mark_absent(day.boss, day.bens, day.at(15), SETTINGS)
    await objects(day, day.ben, 60)
    [asked] = await rows("SELECT account_id FROM notification WHERE kind = 'objection_made'")
    assert asked["account_id"] == other.account_id
    with pytest.raises(Conflict, match="objection_needs_another"):
        await decides(day, day.boss, "stands", 90)
    assert await reads(day, day.boss) == (None, False)
    assert await reads(day, other) == (WHY.text, True)
    assert (await decides(day, other, "excused", 90)).state == "excused"


async def test_an_objection_is_read_by_its_person_and_by_those_who_decide(database: str) -> None:
    day = await make_day()
    await attendance.mark_absent(day.boss, day.bens, day.at(15), SETTINGS)
    other = await make_organiser(node_of(day.boss))
    await objects(day, day.ben, 60)
    assert await reads(day, day.lead) == (None, False)
    for who, seen in ((other, WHY.text), (day.boss, None), (day.lead, None)):
        board = await attendance.board(who, day.shift.id, SETTINGS)
        [line] = [each for each in board.people if each.claim_id == day.bens]
        assert line.absence is not None
        assert (line.absence.objection, line.absence.can_decide) == (seen, seen is not None)
        assert board.can_organise is (who is not day.lead)
    await decides(day, other, "excused", 90)
    assert await reads(day, day.ben) == (WHY.text, False)
    assert await reads(day, other) == (WHY.text, False)


async def test_a_seat_that_somebody_else_has_by_now_is_not_given_twice(database: str) -> None:
    day = await make_day()
    await day.marks(day.bens, 15)
    await objects(day, day.ben, 16)
    cai = await make_person(day.boss)
    await rows(
        "INSERT INTO claim (id, created_at, changed_at, shift_id, role_id, volunteer_id, state, "
        "starts_at, ends_at, version) SELECT gen_random_uuid(), now(), now(), shift_id, role_id, "
        "$2, 'confirmed', starts_at, ends_at, 1 FROM claim WHERE id = $1",
        day.bens,
        cai.volunteer_id,
    )
    with pytest.raises(Conflict, match="full"):
        await decides(day, day.boss, "served", 90)
    assert (await decides(day, day.boss, "excused", 90)).state == "excused"


async def test_whoever_comes_after_all_is_let_in_by_the_lead(database: str) -> None:
    day = await make_day()
    await day.marks(day.bens, 15)
    with pytest.raises(Conflict, match="marked_absent"):
        await day.scans(day.ben, IN, 25)
    came = await day.taps(day.bens, IN, 26)
    assert (came.state, came.in_at, came.out_at) == ("served", day.at(26), None)
    assert came.absence is not None
    assert came.absence.outcome == "served"
    went = await day.scans(day.ben, OUT, 110)
    assert (went.minutes, went.out_evidence) == (84, Evidence.QR)


async def test_a_mark_is_shown_to_nobody_else(database: str) -> None:
    day = await make_day()
    await day.marks(day.bens, 15)
    for who in (day.ada, await make_person(day.boss)):
        with pytest.raises(NotFound):
            await attendance.of_claim(who, day.bens, SETTINGS)
    other = await make_shift(day.boss)
    assert other.roles[0].held == 0
    assert (await attendance.of_claim(day.ben, day.bens, SETTINGS)).absence is not None
