"""What people do with the shifts they hold: hand them on, come together, come every week."""

import functools
from enum import StrEnum
from json import dumps, loads
from typing import Any

from tortoise import fields

from models.base import Table


class HandOverState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class HandOver(Table):
    """A seat that its person would give to somebody: to one person, to whoever has the link, or
    to everybody who may take it. With `wanted` it is a swap: one seat for the other.

    The claim stays its person's until somebody takes the seat.
    """

    claim: Any = fields.ForeignKeyField(
        "core.Claim", related_name="hand_overs", on_delete=fields.CASCADE, db_index=True
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer",
        related_name="hand_overs",
        on_delete=fields.CASCADE,
        null=True,
        db_index=True,
    )  # for whom it is, where it is for one person
    is_open_to_all = fields.BooleanField()
    wanted: Any = fields.ForeignKeyField(
        "core.Claim", related_name="swaps", on_delete=fields.CASCADE, null=True, db_index=True
    )
    code = fields.CharField(max_length=32)
    risk_statement_version = fields.IntField(null=True)  # that who proposes a swap has read
    state = fields.CharEnumField(HandOverState, max_length=10, default=HandOverState.OPEN)
    answered_at = fields.DatetimeField(null=True)
    taken: Any = fields.ForeignKeyField(
        "core.Claim", related_name="taken_over", on_delete=fields.CASCADE, null=True, db_index=True
    )

    class Meta:
        table = "hand_over"
        unique_together = (("code",),)


class BuddyState(StrEnum):
    GATHERING = "gathering"
    CLAIMED = "claimed"
    ENDED = "ended"


class BuddyGroup(Table):
    """Two to eight people who take seats of one shift together or not at all."""

    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="buddy_groups", on_delete=fields.CASCADE, db_index=True
    )
    code = fields.CharField(max_length=32)
    size = fields.SmallIntField()
    state = fields.CharEnumField(BuddyState, max_length=10, default=BuddyState.GATHERING)
    is_planned_together = fields.BooleanField()

    class Meta:
        table = "buddy_group"
        unique_together = (("code",),)


class BuddyMember(Table):
    """One of a group, who agreed to the shift and to these risks; the first one began it."""

    group: Any = fields.ForeignKeyField(
        "core.BuddyGroup", related_name="members", on_delete=fields.CASCADE
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="buddies", on_delete=fields.CASCADE, db_index=True
    )
    risk_statement_version = fields.IntField()
    left_at = fields.DatetimeField(null=True)
    claim: Any = fields.ForeignKeyField(
        "core.Claim", related_name="buddies", on_delete=fields.CASCADE, null=True, db_index=True
    )

    class Meta:
        table = "buddy_member"
        unique_together = (("group_id", "volunteer_id"),)


class Series(Table):
    """A person comes to every shift of a project that begins on this weekday at this minute."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="series", on_delete=fields.CASCADE, db_index=True
    )
    project: Any = fields.ForeignKeyField(
        "core.Project", related_name="series", on_delete=fields.CASCADE, db_index=True
    )
    weekday = fields.SmallIntField()
    start_minute = fields.SmallIntField()
    role_key = fields.CharField(max_length=120, null=True)
    risk_statement_version = fields.IntField()
    starts_on = fields.DateField()
    ends_on = fields.DateField(null=True)
    ended_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "series"


class SeriesSkip(Table):
    """A day on which the person does not come."""

    series: Any = fields.ForeignKeyField(
        "core.Series", related_name="skips", on_delete=fields.CASCADE
    )
    day = fields.DateField()

    class Meta:
        table = "series_skip"
        unique_together = (("series_id", "day"),)


class SeriesOutcome(Table):
    """What came of one shift of a series: a claim, or the reason why there is none."""

    series: Any = fields.ForeignKeyField(
        "core.Series", related_name="outcomes", on_delete=fields.CASCADE
    )
    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="series_outcomes", on_delete=fields.CASCADE, db_index=True
    )
    claim: Any = fields.ForeignKeyField(
        "core.Claim", related_name="series_outcomes", on_delete=fields.CASCADE, null=True,
        db_index=True,
    )  # fmt: skip
    reason = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "series_outcome"
        unique_together = (("series_id", "shift_id"),)


class CalendarFeed(Table):
    """An address at which a calendar reads somebody's shifts; only a digest of it is kept."""

    volunteer: Any = fields.OneToOneField(
        "core.Volunteer", related_name="calendar_feed", on_delete=fields.CASCADE
    )
    token_digest = fields.CharField(max_length=64)

    class Meta:
        table = "calendar_feed"
        unique_together = (("token_digest",),)


class ReminderSetting(Table):
    """How long before a shift somebody wants to be reminded; without a row, as by default."""

    volunteer: Any = fields.OneToOneField(
        "core.Volunteer", related_name="reminder_setting", on_delete=fields.CASCADE
    )
    lead_minutes: Any = fields.JSONField(
        encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
    )

    class Meta:
        table = "reminder_setting"


class Reminder(Table):
    """A reminder of a claim, due at a time: once for each lead and start."""

    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="reminders", on_delete=fields.CASCADE, db_index=True
    )
    claim: Any = fields.ForeignKeyField(
        "core.Claim", related_name="reminders", on_delete=fields.CASCADE
    )
    lead_minutes = fields.IntField()
    starts_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "reminder"
        unique_together = (("claim_id", "lead_minutes", "starts_at"),)
