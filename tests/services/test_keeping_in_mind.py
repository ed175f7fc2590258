"""Reminders and calendars."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core import NotificationChoice
from services import claims, shifts
from services.claims import Claim, ClaimIn
from services.database import rows
from services.errors import NotFound
from services.my_shifts import answering, calendar_feed, moving, reminders
from services.my_shifts.types import ReminderSetting, ShiftMoveIn
from services.rights import Actor
from tests.support.factories import NOW, SETTINGS, hours, make_city, make_person, make_shift

WISH = ClaimIn(risk_statement_version=1)


async def seat(boss: Actor, ada: Actor, starts_in: float) -> Claim:
    shift = await make_shift(boss, starts_at=hours(starts_in), place="Hall 3")
    return await claims.claim(ada, shift.id, WISH, NOW, SETTINGS)


async def reminded() -> list[UUID]:
    found = await rows("SELECT about FROM notification WHERE kind = 'shift_reminder' ORDER BY id")
    return [row["about"] for row in found]


async def tick(now: datetime) -> int:
    await reminders.plan(now, SETTINGS)
    return await reminders.send_due(now)


async def test_one_is_reminded_a_day_and_two_hours_before_and_never_twice(database: str) -> None:
    _, boss = await make_city()
    held = await seat(boss, await make_person(boss), 48)

    assert await tick(hours(23.9)) == 0
    assert sum(await asyncio.gather(*(tick(hours(24)) for _ in range(4)))) == 1
    assert await tick(hours(25)) == 0
    assert await tick(hours(46)) == 1
    assert await tick(hours(47)) == 0

    assert await reminded() == [held.id, held.id]


async def test_ones_own_lead_times_hold_and_none_is_a_choice(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    early, never = await seat(boss, ada, 48), await seat(boss, ben, 48)
    await reminders.plan(NOW, SETTINGS)
    await reminders.choose(ada, None, ReminderSetting(lead_minutes=[2160]), NOW)
    await reminders.choose(ben, None, ReminderSetting(lead_minutes=[]), NOW)

    for hour in range(0, 49, 3):
        await tick(hours(hour))

    assert await reminded() == [early.id]
    assert never.id not in await reminded()
    assert (await reminders.setting(ada, None)).lead_minutes == [2160]


async def test_of_several_that_were_missed_one_is_sent_and_none_after_the_start(
    database: str,
) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    held, over = await seat(boss, ada, 48), await seat(boss, ada, 30)
    await reminders.plan(NOW, SETTINGS)
    assert await tick(hours(47)) == 1  # Nothing ran for two days.
    assert await reminded() == [held.id]
    assert over.id not in await reminded()


async def test_who_gave_the_seat_back_or_has_just_taken_it_is_not_reminded(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    gone = await seat(boss, ada, 48)
    await seat(boss, ben, 1)  # Taken an hour before: two hours before is long over.
    await reminders.plan(NOW, SETTINGS)
    await claims.withdraw(ada, gone.id, NOW, SETTINGS)
    for hour in (0.5, 24, 46):
        assert await tick(hours(hour)) == 0


async def test_a_moved_shift_is_told_at_once_and_reminds_of_its_new_start(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    held = await seat(boss, ada, 48)
    await reminders.plan(NOW, SETTINGS)
    shift = await shifts.get(boss, held.shift.id)
    command = ShiftMoveIn(
        starts_at=shift.starts_at + timedelta(hours=10),
        ends_at=shift.ends_at + timedelta(hours=10),
    )
    await moving.move(boss, shift.id, command, None, NOW, SETTINGS)
    [urgent] = await rows("SELECT is_urgent FROM notification WHERE kind = 'shift_moved'")
    assert urgent["is_urgent"]

    assert await tick(hours(24)) == 0  # The old start's reminder.
    await rows("UPDATE claim SET asked_until = NULL")
    assert await tick(hours(34)) == 1
    await answering.confirm(ada, held.id, hours(34))


@given(
    quiet=st.tuples(st.integers(0, 1439), st.integers(0, 1439)),
    lead=st.integers(10, 43_200),
    start=st.integers(0, 20_000),
)
def test_no_reminder_is_due_in_quiet_hours_nor_later_than_wanted(
    quiet: tuple[int, int], lead: int, start: int
) -> None:
    starts_at = NOW + timedelta(minutes=start)
    due = reminders.due_at(starts_at, lead, quiet, SETTINGS)
    wanted = starts_at - timedelta(minutes=lead)
    local = due.astimezone(SETTINGS.zone)
    minute = local.hour * 60 + local.minute
    length = (quiet[1] - quiet[0]) % 1440
    assert wanted - timedelta(days=1) <= due <= wanted
    assert length == 0 or (minute - quiet[0]) % 1440 >= length


async def test_quiet_hours_bring_a_reminder_forward(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    await NotificationChoice.create(
        volunteer_id=ada.volunteer_id, channels="sms", language="zh", changed_at=NOW,
        quiet_from_minute=22 * 60, quiet_until_minute=8 * 60,
    )  # fmt: skip
    # Nine in the morning on Monday: two hours before is seven, when Ada sleeps.
    held = await seat(boss, ada, 47)
    await reminders.choose(ada, None, ReminderSetting(lead_minutes=[120]), NOW)
    await reminders.plan(NOW, SETTINGS)
    [row] = await rows("SELECT due_at FROM reminder WHERE claim_id = $1", held.id)
    local = row["due_at"].astimezone(SETTINGS.zone)
    assert (local.hour, local.minute) == (21, 59)


def events_of(text: bytes) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(text)
    return {str(each["UID"]): each for each in calendar.walk("VEVENT")}


def token_of(feed: calendar_feed.Feed) -> str:
    assert feed.path is not None
    return feed.path.removeprefix("/calendar/").removesuffix(".ics")


async def test_a_calendar_keeps_up_with_every_change(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    held = await seat(boss, ada, 48)
    token = token_of(await calendar_feed.make(ada, None, NOW))

    async def event() -> icalendar.Event:
        text = await calendar_feed.read(token, NOW, SETTINGS, "en")
        [found] = events_of(text).values()
        return found

    first = await event()
    assert first["UID"] == f"{held.id}@mulin"
    assert (first["STATUS"], first["LOCATION"]) == ("CONFIRMED", "Hall 3")
    assert first.decoded("DTSTART") == hours(48)

    shift = await shifts.get(boss, held.shift.id)
    command = ShiftMoveIn(
        starts_at=shift.starts_at + timedelta(hours=5), ends_at=shift.ends_at + timedelta(hours=5)
    )
    await moving.move(boss, shift.id, command, None, NOW, SETTINGS)
    second = await event()
    await claims.withdraw(ada, held.id, NOW, SETTINGS)
    third = await event()

    assert second.decoded("DTSTART") == hours(53)
    assert third["STATUS"] == "CANCELLED"
    assert [each["UID"] for each in (first, second, third)] == [first["UID"]] * 3
    assert first["SEQUENCE"] < second["SEQUENCE"] < third["SEQUENCE"]


async def test_a_calendar_is_read_by_its_address_until_it_is_revoked(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    await seat(boss, ada, 48)
    old = token_of(await calendar_feed.make(ada, None, NOW))
    new = token_of(await calendar_feed.make(ada, None, NOW))
    for token in (old, "guessed", ""):
        with pytest.raises(NotFound):
            await calendar_feed.read(token, NOW, SETTINGS, "zh")
    text = await calendar_feed.read(new, NOW, SETTINGS, "zh")
    assert text == await calendar_feed.read(new, NOW, SETTINGS, "zh")
    of_ben = token_of(await calendar_feed.make(ben, None, NOW))
    assert events_of(await calendar_feed.read(of_ben, NOW, SETTINGS, "zh")) == {}
    [stored] = await rows(
        "SELECT token_digest FROM calendar_feed WHERE volunteer_id = $1", ada.volunteer_id
    )
    assert new not in stored["token_digest"]

    await calendar_feed.revoke(ada, None)
    await calendar_feed.revoke(ada, None)

    assert (await calendar_feed.state(ada, None)).made_at is None
    with pytest.raises(NotFound):
        await calendar_feed.read(new, NOW, SETTINGS, "zh")
