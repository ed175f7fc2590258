"""What a record says, and what is said against a line of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import DisputeState, Evidence
from services.attendance.entries import EnteredBy as EnteredBy
from services.paging import PageQuery
from services.shifts import ShiftBrief
from services.types import Instant

Words = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=4000,
        pattern=r"^[^\x00]*[^\x00-\x20\u3000][^\x00]*$",
        description="In one's own words; not blank",
    ),
]


class StayState(StrEnum):
    """Where a stay stands."""

    RUNNING = "running"
    TO_BE_CONFIRMED = "to_be_confirmed"  # nobody said when it ended; the planned end stands
    NOTED = "noted"
    DISPUTED = "disputed"
    CORRECTED = "corrected"
    STRUCK = "struck"  # it was decided that the person was never there


class Holder(StrEnum):
    """Where a stay is held. So far nowhere but here: no platform has been sent any."""

    MULIN = "mulin"


class RecordQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of the record of whoever asks, or of a ward."""

    volunteer_id: UUID | None = None


class TotalsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose totals: a ward's; without it, those of whoever asks."""

    volunteer_id: UUID | None = None


class StayMoment(msgspec.Struct, frozen=True, kw_only=True):
    """Coming or going: when, by what it is known, and who noted it when."""

    at: datetime
    evidence: Evidence
    by: EnteredBy
    noted_at: datetime


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """From when to when somebody was there, as it stands or as it stood before.

    `minutes` are whole ones; none while it goes on, 0 where it was struck out. A lead has confirmed
    the end at `confirmed_at`; an organiser has corrected the stay at `corrected_at`.
    """

    came: StayMoment
    left: StayMoment | None = None
    minutes: int | None = None
    confirmed_at: datetime | None = None
    corrected_at: datetime | None = None
    is_struck: bool = False


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """Where the stay is held, as what, and since when."""

    holder: Holder
    state: StayState
    since: datetime


class RecordLine(msgspec.Struct, frozen=True, kw_only=True):
    """One stay in a person's name. It can be disputed until `dispute_until`."""

    claim_id: UUID
    volunteer_id: UUID
    shift: ShiftBrief
    role_name: str
    organisation_name: str
    stay: Stay
    state: StayState
    holdings: list[Holding]
    dispute_until: datetime
    can_dispute: bool


class MonthTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What was given in one month of the service's calendar, such as `2026-11`."""

    month: str
    stays: int
    minutes: int
    hours: float


class RecordTotals(msgspec.Struct, frozen=True, kw_only=True):
    """All minutes of the stays as they stand; `hours` are their sum, rounded once.

    Of them some wait to be confirmed, and some are disputed. `points` is the balance of the points
    account: points are awarded by hand and do not follow from minutes.
    """

    stays: int
    minutes: int
    hours: float
    to_be_confirmed_minutes: int
    disputed_minutes: int
    points: int
    months: list[MonthTotal]


class DisputeIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wrong with a stay."""

    text: Words


class DisputeOutcome(StrEnum):
    """What an organiser decides."""

    STANDS = "stands"
    CORRECTED = "corrected"
    STRUCK = "struck"


class DisputeDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The stay stands, has other times, or is struck out; and why, for the person to read.

    A time that is not given stays as it is.
    """

    outcome: DisputeOutcome
    answer: Words
    in_at: Instant | None = None
    out_at: Instant | None = None


class Dispute(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says against a stay, until when it is to be answered, and the answer."""

    id: UUID
    claim_id: UUID
    state: DisputeState
    text: str | None = None
    made_at: datetime
    due_at: datetime
    decided_at: datetime | None = None
    answer: str | None = None


class RecordEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One stay with all that it said before, the oldest first, and every dispute about it."""

    line: RecordLine
    former: list[Stay]
    disputes: list[Dispute]


class DisputeCase(msgspec.Struct, frozen=True, kw_only=True):
    """A dispute as an organiser sees it. `can_decide` is false for whoever led the shift or entered
    any of it, and for those whose stay it is."""

    dispute: Dispute
    volunteer_name: str
    line: RecordLine
    former: list[Stay]
    can_decide: bool
