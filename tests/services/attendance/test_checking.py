"""Coming and going: by code, digits and hand; early, late, offline, twice, and by the wrong one."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from models.core import Evidence, RoleName, Whereabouts
from services import attendance
from services.accounts.attempts import TooManyAttempts
from services.attendance import ByHandIn, DigitsIn, GeofenceIn, LeadIn, ScanIn, codes, keys
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.my_shifts import answering
from services.positions import CoordinateSystem, PositionIn
from tests.services.attendance.world import (
    IN,
    OUT,
    PLACE,
    SETTINGS,
    Day,
    make_day,
    make_shift_lead,
)
from tests.support.factories import NOW, make_account, make_person, node_of


async def test_one_scan_in_and_one_out_make_a_service(database: str) -> None:
    day = await make_day()
    came = await day.scans(day.ada, IN, -5)
    assert (came.state, came.in_at, came.in_evidence) == ("checked_in", day.at(-5), Evidence.QR)
    assert (came.out_at, came.minutes) == (None, None)
    went = await day.scans(day.ada, OUT, 118)
    assert (went.state, went.out_at, went.minutes) == ("served", day.at(118), 123)
    assert not went.needs_confirmation


async def test_the_time_is_that_of_the_code_whatever_any_clock_says(database: str) -> None:
    """A phone without a network sends later; its own clock is never asked."""
    day = await make_day()
    came = await day.scans(day.ada, IN, 3, sent=300)
    assert (came.in_at, came.in_evidence) == (day.at(3), Evidence.QR_LATER)
    went = await day.scans(day.ada, OUT, 119.5, sent=301)
    assert (went.out_at, went.state) == (day.at(119.5), "served")
    with pytest.raises(Conflict, match="scan_too_old"):
        await day.scans(day.ben, IN, 3, sent=3 + 60 * SETTINGS.scan_hours + 1)
    with pytest.raises(Conflict, match="code_from_future"):
        await day.scans(day.ben, IN, 3, sent=2)


async def test_the_same_scan_again_changes_nothing(database: str) -> None:
    day = await make_day()
    first = await day.scans(day.ada, IN, 0)
    assert await day.scans(day.ada, IN, 0, sent=9) == first
    assert await day.scans(day.ada, IN, 20) == first
    gone = await day.scans(day.ada, OUT, 60)
    assert await day.scans(day.ada, OUT, 61) == gone
    assert await day.scans(day.ada, IN, 62) == gone


async def test_two_phones_that_send_at_once_count_once(database: str) -> None:
    day = await make_day()
    command = ScanIn(code=await day.code(0), way=IN)
    sent = [attendance.scan(day.ada, command, day.at(0.1), SETTINGS) for _ in range(4)]
    answers = await asyncio.gather(*sent)
    assert answers == [answers[0]] * 4
    [kept] = await rows("SELECT count(*) AS stays FROM attendance")
    assert kept["stays"] == 1


async def test_it_opens_a_quarter_of_an_hour_before_and_ends_with_the_shift(database: str) -> None:
    day = await make_day()
    with pytest.raises(Conflict, match="check_in_not_open") as refused:
        await day.shown(-15.1)
    assert refused.value.parameters == {"opens_at": day.at(-15)}
    with pytest.raises(Conflict, match="check_in_not_open"):
        await _scan_stolen(day, -16)
    assert (await day.scans(day.ada, IN, -15)).in_at == day.at(-15)
    with pytest.raises(Conflict, match="ended"):
        await day.scans(day.ben, IN, 120)
    with pytest.raises(Conflict, match="ended"):
        await day.shown(120 + SETTINGS.check_out_grace_minutes + 1)


async def _scan_stolen(day: Day, minutes: float) -> None:
    """A code of a moment at which no lead is shown one, as whoever stole the key could make."""
    key = await keys.key_of(day.shift.id)
    code = codes.code_at(key, day.shift.id, codes.step_of(day.at(minutes)))
    await attendance.scan(day.ada, ScanIn(code=code, way=IN), day.at(minutes), SETTINGS)


async def test_nobody_goes_before_they_came(database: str) -> None:
    day = await make_day()
    with pytest.raises(Conflict, match="not_checked_in"):
        await day.scans(day.ada, OUT, 30)
    earlier = await day.code(5)
    await day.scans(day.ada, IN, 10)
    with pytest.raises(Conflict, match="out_before_in"):
        await attendance.scan(day.ada, ScanIn(code=earlier, way=OUT), day.at(11), SETTINGS)
    with pytest.raises(Conflict, match="check_out_over"):
        await attendance.by_hand(day.lead, day.adas, ByHandIn(way=OUT), day.at(181), SETTINGS)


async def test_what_was_not_shown_is_refused(database: str) -> None:
    day = await make_day()
    good = await day.code(0)

    async def scan(code: str) -> None:
        await attendance.scan(day.ada, ScanIn(code=code, way=IN), day.at(0), SETTINGS)

    with pytest.raises(Conflict, match="code_unreadable"):
        await scan("https://example.com/a-menu")
    with pytest.raises(Conflict, match="code_not_genuine"):
        await scan(good[:-1] + ("A" if good[-1] != "A" else "B"))
    with pytest.raises(Conflict, match="code_not_genuine"):
        await scan(codes.code_at(bytes(32), uuid4(), codes.step_of(day.at(0))))


async def test_whoever_has_no_seat_is_told_so(database: str) -> None:
    day = await make_day()
    other = await make_person(day.boss)
    with pytest.raises(Conflict, match="no_seat_here"):
        await day.scans(other, IN, 0)
    with pytest.raises(NotFound):
        await day.types(other, day.adas, IN, 0)
    with pytest.raises(Forbidden):
        await day.types(day.boss, day.adas, IN, 0)


async def test_digits_are_good_for_a_minute_and_guessing_is_not(database: str) -> None:
    day = await make_day()
    shown = (await day.shown(0)).digits
    late = DigitsIn(digits=shown, way=IN)
    with pytest.raises(Conflict, match="digits_wrong") as refused:
        await attendance.by_digits(day.ada, day.adas, late, day.at(1.5), SETTINGS)
    assert refused.value.parameters == {"left": 4}
    wrong = DigitsIn(digits=f"{(int(shown) + 1) % 10**6:06}", way=IN)
    for _ in range(4):
        with pytest.raises(Conflict, match="digits_wrong"):
            await attendance.by_digits(day.ada, day.adas, wrong, day.at(1), SETTINGS)
    with pytest.raises(TooManyAttempts):
        await attendance.by_digits(day.ada, day.adas, late, day.at(1), SETTINGS)
    came = await day.types(day.ada, day.adas, IN, 13)
    assert (came.in_at, came.in_evidence) == (day.at(13), Evidence.CODE)


async def test_the_lead_checks_in_a_flat_phone_with_one_tap(database: str) -> None:
    day = await make_day()
    came = await day.taps(day.adas, IN, 2)
    assert came.in_evidence is Evidence.LEAD
    went = await day.taps(day.adas, OUT, 100)
    assert went.minutes == 98
    [line] = await rows(
        "SELECT account_id, facts->>'what' AS what FROM audit_event "
        "WHERE act = 'attendance_changed' AND facts->>'what' = 'in'"
    )
    assert (line["account_id"], line["what"]) == (day.lead.account_id, "in")


async def test_nobody_vouches_for_themselves(database: str) -> None:
    day = await make_day()
    await attendance.name_lead(day.boss, day.shift.id, LeadIn(claim_id=day.adas), NOW)
    ada_leads = ByHandIn(way=IN)
    with pytest.raises(Conflict, match="own_attendance"):
        await attendance.by_hand(day.ada, day.adas, ada_leads, day.at(0), SETTINGS)
    other = await attendance.by_hand(day.ada, day.bens, ada_leads, day.at(0), SETTINGS)
    assert other.state == "checked_in"


async def test_who_may_lead_and_see_the_codes(database: str) -> None:
    day = await make_day()
    by_role = await make_shift_lead(day)
    elsewhere = await make_account((RoleName.SHIFT_LEAD, node_of((await make_day()).boss)))
    at = day.at(0)
    for who in (day.lead, day.boss, by_role):
        assert (await attendance.show_code(who, day.shift.id, at, SETTINGS)).shift_id
        assert (await attendance.board(who, day.shift.id, SETTINGS)).expected == 2
    for who in (day.ada, day.ben):
        with pytest.raises(Forbidden):
            await attendance.show_code(who, day.shift.id, at, SETTINGS)
        with pytest.raises(Forbidden):
            await attendance.by_hand(who, day.adas if who is day.ada else day.bens,
                                     ByHandIn(way=IN), at, SETTINGS)  # fmt: skip
    with pytest.raises(NotFound):
        await attendance.show_code(elsewhere, day.shift.id, at, SETTINGS)
    [lead] = (await attendance.list_leads(day.boss, day.shift.id)).items
    await attendance.end_lead(day.boss, day.shift.id, lead.id, NOW)
    with pytest.raises(Forbidden):
        await attendance.show_code(day.lead, day.shift.id, at, SETTINGS)


async def test_the_lead_sees_who_said_that_they_come(database: str) -> None:
    day = await make_day()
    await answering.confirm(day.ada, day.adas, NOW)
    board = await attendance.board(day.lead, day.shift.id, SETTINGS)
    said = {each.claim_id: each.coming_at for each in board.people}
    assert said == {day.adas: NOW, day.bens: None}


async def test_digits_ask_for_nearness_where_the_shift_does(database: str) -> None:
    day = await make_day()
    board = await attendance.set_geofence(day.lead, day.shift.id, GeofenceIn(metres=200), SETTINGS)
    assert board.geofence_m == 200
    digits = (await day.shown(0)).digits

    async def come(position: PositionIn | None) -> attendance.Attendance:
        command = DigitsIn(digits=digits, way=IN, position=position)
        return await attendance.by_digits(day.ada, day.adas, command, day.at(0), SETTINGS)

    far = (PLACE[0] + 0.01, PLACE[1])
    with pytest.raises(Conflict, match="position_needed"):
        await come(None)
    with pytest.raises(Conflict, match="not_near"):
        await come(PositionIn(location=far))
    with pytest.raises(Conflict, match="not_near"):
        await come(PositionIn(location=far, accuracy_m=50_000))
    # What a Chinese map calls this place lies more than 400 metres away on any other.
    as_gaode_says = (121.478182, 31.228459)
    with pytest.raises(Conflict, match="not_near"):
        await come(PositionIn(location=as_gaode_says))
    there = PositionIn(location=as_gaode_says, system=CoordinateSystem.GCJ02, accuracy_m=20)
    assert (await come(there)).in_place is Whereabouts.INSIDE


async def test_a_scan_from_afar_counts_and_says_so(database: str) -> None:
    day = await make_day()
    await attendance.set_geofence(day.lead, day.shift.id, GeofenceIn(metres=200), SETTINGS)
    far = PositionIn(location=(PLACE[0] + 0.02, PLACE[1]))
    command = ScanIn(code=await day.code(0), way=IN, position=far)
    came = await attendance.scan(day.ada, command, day.at(0), SETTINGS)
    assert came.in_place is Whereabouts.OUTSIDE
    kept = await rows("SELECT * FROM attendance")
    assert not any("121.4" in str(value) or "31.2" in str(value) for value in kept[0].values())


async def test_a_shift_across_midnight_is_one_shift(database: str) -> None:
    late = datetime.fromisoformat("2026-11-22T23:30:00+08:00")
    day = await make_day(starts_at=late)
    await day.scans(day.ada, IN, -10)
    went = await day.scans(day.ada, OUT, 115)
    assert went.minutes == 125
    assert went.out_at == late + timedelta(minutes=115)
