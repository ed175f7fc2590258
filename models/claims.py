"""Claims and offers: one person's hold on one seat, from offered to served."""

from enum import StrEnum
from typing import Any

from tortoise import fields

from models.base import Table


class ClaimState(StrEnum):
    REQUESTED = "requested"
    ENTERED = "entered"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    LATE_CANCELLED = "late_cancelled"
    SEEKING_STANDIN = "seeking_standin"
    HANDED_OVER = "handed_over"
    CHECKED_IN = "checked_in"
    SERVED = "served"
    NO_SHOW = "no_show"
    EXCUSED = "excused"
    CALLED_OFF = "called_off"


LIVE_STATES = frozenset(
    {
        ClaimState.REQUESTED,
        ClaimState.ENTERED,
        ClaimState.WAITLISTED,
        ClaimState.OFFERED,
        ClaimState.CONFIRMED,
        ClaimState.SEEKING_STANDIN,
        ClaimState.CHECKED_IN,
    }
)
"""States from which a claim can still be called off; a person has one such claim per shift."""

SEAT_STATES = frozenset(
    {
        ClaimState.OFFERED,
        ClaimState.CONFIRMED,
        ClaimState.SEEKING_STANDIN,
        ClaimState.CHECKED_IN,
        ClaimState.SERVED,
    }
)
"""States that hold a seat. An open offer holds one, so that a yes is never answered with *full*."""


class Claim(Table):
    """One person on one role. Its span is the shift's, so that the database can refuse overlaps."""

    shift: Any = fields.ForeignKeyField(
        "core.Shift", related_name="claims", on_delete=fields.RESTRICT, db_index=True
    )
    role: Any = fields.ForeignKeyField(
        "core.Role", related_name="claims", on_delete=fields.RESTRICT, db_index=True
    )
    volunteer: Any = fields.ForeignKeyField(
        "core.Volunteer", related_name="claims", on_delete=fields.RESTRICT, db_index=True
    )
    organisation: Any = fields.ForeignKeyField(
        "core.Organisation", related_name="claims", on_delete=fields.RESTRICT, db_index=True
    )  # the project's, copied by a trigger: whose line this is
    state = fields.CharEnumField(ClaimState, max_length=16)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    changed_at = fields.DatetimeField(auto_now=True)
    version = fields.IntField(default=1)
    risk_statement_version = fields.IntField(null=True)
    queue_place = fields.IntField(null=True)  # in a waiting list or a draw: the lowest is first
    coming_at = fields.DatetimeField(null=True)  # when the person last said that they come
    asked_until = fields.DatetimeField(null=True)  # the shift was moved: an answer is due

    class Meta:
        table = "claim"


class OfferSource(StrEnum):
    """What proposes a seat: a published plan, a waiting list, a call-up or the organiser."""

    ROUND = "round"
    WAITLIST = "waitlist"
    CALL_UP = "call_up"
    INVITATION = "invitation"


class Offer(Table):
    """A proposal: this seat, for this person, until the deadline. A plan's names its round."""

    claim: Any = fields.OneToOneField("core.Claim", related_name="offer", on_delete=fields.CASCADE)
    source = fields.CharEnumField(OfferSource, max_length=12, default=OfferSource.ROUND)
    round: Any = fields.ForeignKeyField(
        "core.Round", related_name="offers", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    deadline_at = fields.DatetimeField(db_index=True)
    answered_at = fields.DatetimeField(null=True)
    told_at = fields.DatetimeField(null=True)  # when a notification of it was written

    class Meta:
        table = "offer"
