"""One's own record: every stay, who noted it, its sums; and nobody else's."""

from datetime import timedelta

import pytest

from models.core import Evidence
from services import attendance, my_record
from services.attendance import ConfirmIn
from services.errors import Forbidden, NotFound
from services.my_record import EnteredBy, Holder, RecordQuery, StayState, TotalsQuery
from services.my_record.reading import hours_of
from services.points import AwardIn, award
from tests.services.attendance.world import IN, OUT, SETTINGS, make_day
from tests.services.my_record.world import make_past
from tests.support.factories import NOW, make_person
from tests.support.families import make_family


async def test_a_stay_says_when_how_and_by_whom(database: str) -> None:
    past = await make_past()
    await past.day.scans(past.day.ada, IN, 1)
    running = await past.line(5)
    assert (running.state, running.stay.minutes, running.stay.left) == (
        StayState.RUNNING,
        None,
        None,
    )
    await past.day.taps(past.day.adas, OUT, 90)
    line = await past.line()
    came, left = line.stay.came, line.stay.left
    assert left is not None
    assert (came.at, came.evidence, came.by) == (past.day.at(1), Evidence.QR, EnteredBy.SELF)
    assert (left.at, left.evidence, left.by) == (past.day.at(90), Evidence.LEAD, EnteredBy.LEAD)
    assert (line.state, line.stay.minutes) == (StayState.NOTED, 89)
    assert [(each.holder, each.state) for each in line.holdings] == [
        (Holder.MULIN, StayState.NOTED)
    ]
    assert line.holdings[0].since == past.day.at(90)


async def test_a_forgotten_end_is_nobodys_until_the_lead_confirms_it(database: str) -> None:
    past = await make_past()
    await past.day.scans(past.day.ada, IN, 0)
    await attendance.close_due(past.day.at(200), SETTINGS)
    line = await past.line()
    assert line.stay.left is not None
    assert (line.state, line.stay.left.by) == (StayState.TO_BE_CONFIRMED, EnteredBy.NOBODY)
    assert (await past.totals()).to_be_confirmed_minutes == 120
    late = ConfirmIn(out_at=past.day.at(100))
    await attendance.confirm(past.day.lead, past.day.adas, late, past.day.at(300), SETTINGS)
    entry = await past.entry()
    assert (entry.line.state, entry.line.stay.minutes) == (StayState.NOTED, 100)
    assert [each.minutes for each in entry.former] == [120]
    assert (await past.totals()).to_be_confirmed_minutes == 0


async def test_a_total_is_the_rounding_of_the_sum(database: str) -> None:
    """Three stays of 10 minutes: 0.17 h each, and 0.5 h together (A2)."""
    past = await make_past()
    days = [past.day, *[await make_day(starts_at=NOW + timedelta(days=n)) for n in (20, 40)]]
    for number, day in enumerate(days):
        who = past.day.ada if number == 0 else day.ada
        await day.scans(who, IN, 0)
        await day.scans(who, OUT, 10.9)
    one = await past.totals()
    assert (one.minutes, one.hours) == (10, 0.17)
    assert hours_of(30) == 0.5 != round(3 * hours_of(10), 2)
    assert [(each.month, each.stays, each.minutes) for each in one.months] == [("2026-11", 1, 10)]


async def test_months_are_those_of_the_services_calendar(database: str) -> None:
    """Half past midnight on the first of December in Shanghai is still November in Greenwich."""
    day = await make_day(starts_at=NOW.replace(month=11, day=30, hour=16, minute=30))
    await day.scans(day.ada, IN, 0)
    await day.scans(day.ada, OUT, 60)
    totals = await my_record.totals(day.ada, TotalsQuery(), SETTINGS)
    assert [each.month for each in totals.months] == ["2026-12"]


async def test_points_are_a_balance_beside_it_and_nothing_follows_from_hours(database: str) -> None:
    past = await make_past()
    await past.day.scans(past.day.ada, IN, 0)
    await past.day.scans(past.day.ada, OUT, 60)
    assert (await past.totals()).points == 0
    assert past.day.ada.volunteer_id is not None
    gift = AwardIn(volunteer_id=past.day.ada.volunteer_id, points=7, reason="thanks", key="k")
    await award(past.day.boss, gift, NOW)
    assert (await past.totals()).points == 7


async def test_pages_of_a_record_tell_each_stay_once(database: str) -> None:
    past = await make_past()
    await past.day.scans(past.day.ada, IN, 0)
    first = RecordQuery(limit=1)
    page = await my_record.list_mine(past.day.ada, first, past.day.at(5), SETTINGS)
    assert [each.claim_id for each in page.items] == [past.day.adas]
    assert page.next is None
    nobody = await my_record.list_mine(past.day.ben, first, past.day.at(5), SETTINGS)
    assert nobody.items == []


async def test_nobody_else_reads_it(database: str) -> None:
    past = await make_past()
    await past.day.scans(past.day.ada, IN, 0)
    stranger = await make_person(past.day.boss)
    now = past.day.at(5)
    for who in (past.day.ben, stranger, past.day.lead, past.day.boss):
        with pytest.raises(NotFound):
            await my_record.get(who, past.day.adas, now, SETTINGS)
    ada = past.day.ada.volunteer_id
    for who in (past.day.ben, past.day.boss):
        with pytest.raises(NotFound):
            await my_record.list_mine(who, RecordQuery(volunteer_id=ada), now, SETTINGS)
        with pytest.raises(NotFound):
            await my_record.totals(who, TotalsQuery(volunteer_id=ada), SETTINGS)
    with pytest.raises(Forbidden):
        await my_record.list_mine(past.day.boss, RecordQuery(), now, SETTINGS)


async def test_a_guardian_reads_a_wards_record(database: str) -> None:
    past = await make_past()
    family = await make_family(past.day.boss)
    query = RecordQuery(volunteer_id=family.teen.volunteer_id)
    found = await my_record.list_mine(family.guardian, query, NOW, SETTINGS)
    assert found.items == []
    with pytest.raises(NotFound):
        await my_record.list_mine(past.day.ada, query, NOW, SETTINGS)


async def test_a_seat_without_a_stay_has_no_record(database: str) -> None:
    past = await make_past()
    assert await past.lines() == []
    with pytest.raises(NotFound):
        await past.entry()
