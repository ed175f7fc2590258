"""Whoever forgot to check out: capped, marked, and settled by a word or by a late scan."""

import pytest

from models.core import Evidence
from services import attendance
from services.attendance import ConfirmIn
from services.database import rows
from services.errors import Conflict, Forbidden
from tests.services.attendance.world import IN, OUT, SETTINGS, make_day

GRACE = SETTINGS.check_out_grace_minutes


async def test_the_planned_end_stands_and_waits_for_a_word(database: str) -> None:
    day = await make_day()
    await day.scans(day.ada, IN, 1)
    assert await attendance.close_due(day.at(120 + GRACE), SETTINGS) == 0
    assert await attendance.close_due(day.at(121 + GRACE), SETTINGS) == 1
    assert await attendance.close_due(day.at(122 + GRACE), SETTINGS) == 0
    seen = await attendance.of_claim(day.ada, day.adas, SETTINGS)
    assert (seen.out_at, seen.out_evidence, seen.state) == (day.at(120), Evidence.CAPPED, "served")
    assert seen.needs_confirmation
    [told] = await rows("SELECT volunteer_id FROM notification WHERE kind = 'check_out_forgotten'")
    assert told["volunteer_id"] == day.ada.volunteer_id


async def test_the_lead_says_when_it_was_and_never_later_than_planned(database: str) -> None:
    day = await make_day()
    await day.scans(day.ada, IN, 1)
    now = day.at(200)
    with pytest.raises(Conflict, match="nothing_to_confirm"):
        await attendance.confirm(day.lead, day.adas, ConfirmIn(), now, SETTINGS)
    await attendance.close_due(now, SETTINGS)
    for minutes, reason in ((121, "out_after_end"), (0, "out_before_in")):
        wrong = ConfirmIn(out_at=day.at(minutes))
        with pytest.raises(Conflict, match=reason):
            await attendance.confirm(day.lead, day.adas, wrong, now, SETTINGS)
    with pytest.raises(Forbidden):
        await attendance.confirm(day.ada, day.adas, ConfirmIn(), now, SETTINGS)
    left = ConfirmIn(out_at=day.at(90))
    done = await attendance.confirm(day.lead, day.adas, left, now, SETTINGS)
    assert (done.out_at, done.needs_confirmation, done.confirmed_at) == (day.at(90), False, now)
    assert await attendance.confirm(day.lead, day.adas, ConfirmIn(), now, SETTINGS) == done


async def test_a_scan_that_comes_late_is_better_than_a_guess(database: str) -> None:
    day = await make_day()
    await day.scans(day.ada, IN, 1)
    await attendance.close_due(day.at(200), SETTINGS)
    known = await day.scans(day.ada, OUT, 116, sent=600)
    assert (known.out_at, known.out_evidence) == (day.at(116), Evidence.QR_LATER)
    assert not known.needs_confirmation


async def test_what_was_confirmed_stays(database: str) -> None:
    day = await make_day()
    await day.scans(day.ada, IN, 1)
    await attendance.close_due(day.at(200), SETTINGS)
    done = await attendance.confirm(day.lead, day.adas, ConfirmIn(), day.at(201), SETTINGS)
    assert await day.scans(day.ada, OUT, 116, sent=600) == done


async def test_two_ticks_at_once_close_it_once(database: str) -> None:
    day = await make_day()
    await day.scans(day.ada, IN, 1)
    await day.scans(day.ben, IN, 1)
    assert await attendance.close_due(day.at(999), SETTINGS) == 2
    kept = await rows("SELECT out_evidence FROM attendance")
    assert [row["out_evidence"] for row in kept] == ["capped", "capped"]
