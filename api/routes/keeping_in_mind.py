"""Calendars, reminders, and shifts that are moved."""

from uuid import UUID

import msgspec

from api.layer.operations import Call, Operations, Words
from services.my_shifts import calendar_feed, moving, reminders
from services.my_shifts.types import Feed, ForWhom, Moved, ReminderSetting, ShiftMoveIn

operations = Operations("calendar", Words("日历与提醒", "Calendar and reminders"))


class Whose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One's own, or a ward's who is named."""

    volunteer_id: UUID | None = None


@operations(
    "GET",
    "/calendar-feed",
    Words("日历订阅", "Read my calendar feed"),
    refuses=("volunteers_only", "not_found"),
)
async def read_calendar_feed(call: Call, query: Whose) -> Feed:
    """Whether there is an address at which a calendar reads one's shifts, and since when."""
    return await calendar_feed.state(call.actor, query.volunteer_id)


@operations(
    "POST",
    "/calendar-feed",
    Words("生成订阅地址", "Make a calendar address"),
    refuses=("volunteers_only", "not_found"),
)
async def make_calendar_feed(call: Call, body: ForWhom) -> Feed:
    """A new address, told this once; an earlier one leads nowhere from then on."""
    return await calendar_feed.make(call.actor, body.volunteer_id, call.now)


@operations(
    "DELETE",
    "/calendar-feed",
    Words("停用订阅地址", "Revoke the calendar address"),
    refuses=("volunteers_only", "not_found"),
)
async def revoke_calendar_feed(call: Call, query: Whose) -> None:
    """The address leads nowhere any more. Again: nothing changes."""
    await calendar_feed.revoke(call.actor, query.volunteer_id)


@operations(
    "GET",
    "/reminder-setting",
    Words("提醒时间", "Read my reminders"),
    refuses=("volunteers_only", "not_found"),
)
async def read_reminder_setting(call: Call, query: Whose) -> ReminderSetting:
    """How long before a shift one is reminded."""
    return await reminders.setting(call.actor, query.volunteer_id)


@operations(
    "PUT",
    "/reminder-setting",
    Words("更改提醒时间", "Choose my reminders"),
    refuses=("volunteers_only", "not_found"),
)
async def choose_reminder_setting(
    call: Call, query: Whose, body: ReminderSetting
) -> ReminderSetting:
    """Is reminded so long before each shift from now on; an empty list means never."""
    return await reminders.choose(call.actor, query.volunteer_id, body, call.now)


@operations(
    "POST",
    "/shifts/{shift_id}/move",
    Words("班次改期", "Move a shift"),
    refuses=("right_missing", "already_started", "called_off"),
)
async def move_shift(call: Call, shift_id: UUID, body: ShiftMoveIn, if_match: str) -> Moved:
    """Gives a shift another time or place. Whoever holds a seat is asked again at once, and a no
    or silence frees it at no cost; whose other shifts clash is called off and told."""
    return await moving.move(call.actor, shift_id, body, if_match, call.now, call.settings)
