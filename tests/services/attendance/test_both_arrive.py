"""A stand-in and the owner of a seat arrive both: one of them has it, and both are told kindly."""

import asyncio

import pytest

from services import attendance
from services.database import rows
from services.errors import Conflict
from services.my_shifts import answering, hand_over_reading, handing_over
from services.my_shifts.types import CodeQuery, HandOver, TakeIn
from services.rights import Actor
from tests.services.attendance.world import IN, SETTINGS, Day, make_day
from tests.support.factories import make_person

SEATED = "state IN ('confirmed', 'seeking_standin', 'checked_in', 'served')"


async def seeks(day: Day) -> tuple[Actor, HandOver]:
    """Ada cannot come; somebody sees the seat."""
    await answering.cannot_come(day.ada, day.adas, day.at(-100))
    stand_in = await make_person(day.boss)
    seen = await hand_over_reading.list_open(stand_in, CodeQuery(), day.at(-90), SETTINGS)
    [found] = [each for each in seen.items if each.shift.id == day.shift.id]
    return stand_in, found


async def takes(day: Day, stand_in: Actor, found: HandOver, minutes: float) -> None:
    command = TakeIn(risk_statement_version=day.shift.risk_statement_version)
    await handing_over.take(stand_in, found.id, command, day.at(minutes), SETTINGS)


async def test_the_stand_in_was_first(database: str) -> None:
    day = await make_day()
    stand_in, found = await seeks(day)
    await takes(day, stand_in, found, -20)
    with pytest.raises(Conflict, match="handed_over"):
        await day.scans(day.ada, IN, -5)
    came = await day.scans(stand_in, IN, -5)
    assert (came.state, came.volunteer_id) == ("checked_in", stand_in.volunteer_id)
    board = await attendance.board(day.lead, day.shift.id, SETTINGS)
    assert {each.volunteer_id for each in board.people} == {
        day.ben.volunteer_id,
        stand_in.volunteer_id,
    }


async def test_the_owner_came_after_all(database: str) -> None:
    day = await make_day()
    stand_in, found = await seeks(day)
    came = await day.scans(day.ada, IN, -5)
    assert came.state == "checked_in"
    with pytest.raises(Conflict, match="hand_over_over"):
        await takes(day, stand_in, found, -4)
    with pytest.raises(Conflict, match="no_seat_here"):
        await day.scans(stand_in, IN, -4)


async def test_both_at_the_same_moment_leave_one_seat_with_one_person(database: str) -> None:
    for _ in range(4):
        day = await make_day()
        stand_in, found = await seeks(day)
        code = await day.code(-10)
        scan = attendance.ScanIn(code=code, way=IN)
        outcomes = await asyncio.gather(
            attendance.scan(day.ada, scan, day.at(-10), SETTINGS),
            takes(day, stand_in, found, -10),
            return_exceptions=True,
        )
        failed = [each for each in outcomes if isinstance(each, BaseException)]
        assert len(failed) == 1
        assert isinstance(failed[0], Conflict)
        assert failed[0].reason in {"handed_over", "hand_over_over"}
        held = await rows(
            f"SELECT volunteer_id FROM claim WHERE shift_id = $1 AND {SEATED}", day.shift.id
        )
        assert len(held) == 2
