"""What is asked and answered about the shifts that somebody holds."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import BuddyState, HandOverState
from services.claims import Claim
from services.paging import PageQuery
from services.positions import CoordinateSystem, bring_inside
from services.shifts import ShiftBrief
from services.types import INTEGER_MAX, Instant, Key, Line, Location, Weekday

Version = Annotated[int, Meta(ge=0, le=INTEGER_MAX, description="Of the risks that were read")]
Code = Annotated[
    str, Meta(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_-]+$", description="Of a link")
]
LEAD_MINUTES_MAX = 30 * 24 * 60
LEADS_MAX = 5
Lead = Annotated[
    int, Meta(ge=10, le=LEAD_MINUTES_MAX, description="How many minutes before the start")
]


class Phase(StrEnum):
    """Where a claim stands for its person."""

    COMING = "coming"
    ASKED = "asked"
    PAST = "past"


class Act(StrEnum):
    """What the person can do with a claim now."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    CANNOT_COME = "cannot_come"
    COME_AFTER_ALL = "come_after_all"
    HAND_OVER = "hand_over"
    WITHDRAW = "withdraw"
    ANSWER = "answer"


class MyShiftQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which claims: by where they stand, and a ward's or one's own."""

    phase: Phase = Phase.COMING
    volunteer_id: UUID | None = None


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """A seat that its person would give away. `is_open_to_all`: whoever may take it can; else
    whoever has the code. With `in_return` it is a swap for that shift."""

    id: UUID
    code: str
    state: HandOverState
    is_open_to_all: bool
    claim_id: UUID
    shift: ShiftBrief
    role_name: str
    giver_name: str
    is_mine: bool
    risk_statement: str
    risk_statement_version: int
    in_return: ShiftBrief | None = None
    in_return_claim_id: UUID | None = None
    made_at: datetime


class MyShift(msgspec.Struct, frozen=True, kw_only=True):
    """A claim with all that its person can do. `cutoff_at` is until when cancelling is free;
    `asked_until` is set where the shift was moved and an answer is due. `is_shift_called_off`: the
    shift takes place for nobody."""

    id: UUID
    claim: Claim
    phase: Phase
    acts: list[Act]
    cutoff_at: datetime
    coming_at: datetime | None = None
    asked_until: datetime | None = None
    is_shift_called_off: bool = False
    hand_over: HandOver | None = None
    swaps: list[HandOver] = []
    buddy_code: str | None = None
    series_id: UUID | None = None


class HandOverIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To everybody who may take the seat, or to whoever is sent the code."""

    is_open_to_all: bool = False


class TakeIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take the seat, having read these risks; for oneself or for a ward. The code of the link,
    where the seat is not open to everybody."""

    risk_statement_version: Version
    volunteer_id: UUID | None = None
    code: Code | None = None


class SwapIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of one's own claims is offered in return, the risks of the other having been read."""

    claim_id: UUID
    risk_statement_version: Version
    code: Code | None = None


class BuddyGroupIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many come together, the first of them having read these risks.

    `is_planned_together`: while the group has no seats yet, plans keep it together too.
    """

    size: Annotated[int, Meta(ge=2, le=8)]
    risk_statement_version: Version
    is_planned_together: bool = True
    volunteer_id: UUID | None = None


class JoinIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Come along by the code of the link, having read these risks; oneself or a ward."""

    code: Code
    risk_statement_version: Version
    volunteer_id: UUID | None = None


class ForWhom(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Oneself, or a ward who is named."""

    volunteer_id: UUID | None = None


class Buddy(msgspec.Struct, frozen=True, kw_only=True):
    """One of a group, by name: whoever is in it sees who else is."""

    name: str
    is_me: bool
    has_seat: bool


class BuddyGroup(msgspec.Struct, frozen=True, kw_only=True):
    """People who take seats of one shift together or not at all."""

    id: UUID
    code: str
    shift: ShiftBrief
    state: BuddyState
    size: int
    joined: int
    is_planned_together: bool
    is_mine: bool
    members: list[Buddy]
    risk_statement: str
    risk_statement_version: int


class SeriesIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Come to every shift of a project that begins on this weekday at this local time."""

    project_id: UUID
    weekday: Weekday
    start_minute: Annotated[int, Meta(ge=0, le=1439, description="Minutes since local midnight")]
    risk_statement_version: Version
    starts_on: date
    ends_on: date | None = None
    role: Key | None = None
    volunteer_id: UUID | None = None


class SeriesDay(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one day: a seat, the reason why not, or that the person skips it."""

    day: date
    is_skipped: bool
    claim_id: UUID | None = None
    reason: str | None = None


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """A standing sign-up. `days` are those from yesterday on."""

    id: UUID
    project_id: UUID
    project_name: str
    weekday: int
    start_minute: int
    role_key: str | None = None
    starts_on: date
    ends_on: date | None = None
    ended_at: datetime | None = None
    days: list[SeriesDay] = []


class CodeQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a link leads to; without a code, what is open to the person or is theirs."""

    code: Code | None = None
    volunteer_id: UUID | None = None


class DayIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day of the series, by the local calendar."""

    day: date


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a calendar may read the shifts; the address is told once, when it is made."""

    made_at: datetime | None = None
    path: str | None = None


class ReminderSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long before a shift to be reminded; no lead at all means never."""

    lead_minutes: Annotated[list[Lead], Meta(max_length=LEADS_MAX)]


class ShiftMoveIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The new time and place of a shift; what is not named stays. `location` is
    [longitude, latitude], as `position_system` has it."""

    starts_at: Instant
    ends_at: Instant
    place: Line | None = None
    location: Location | None = None
    position_system: CoordinateSystem = CoordinateSystem.WGS84

    def __post_init__(self) -> None:
        bring_inside(self, self.position_system, "location")


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """What a move did to those who held the shift: asked again, or called off because another
    shift of theirs stands in the way."""

    shift_id: UUID
    asked_again: int
    called_off: int
