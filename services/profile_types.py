"""What a person says of themselves: when, how much and how far, and what they like."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import AvailabilityExceptionKind
from services.positions import CoordinateSystem, bring_inside
from services.shifts import ShiftBrief
from services.types import Count, Location, Metres, Minutes
from services.volunteer_types import AvailabilityChange, Liking, Window

ChangeKind = AvailabilityExceptionKind
Windows = Annotated[list[Window], Meta(max_length=200)]
Changes = Annotated[list[AvailabilityChange], Meta(max_length=400)]
Likes = Annotated[list[Liking], Meta(max_length=100)]


class AvailabilityIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When somebody has time: each week, and the days that are different."""

    windows: Windows = []
    changes: Changes = []


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody has time. `id` is the person's."""

    id: UUID
    windows: list[Window]
    changes: list[AvailabilityChange]


class ProfileIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much and how far somebody is ready to go, from where, and what they like.

    The limits of time and shifts hold for any seven days; without `max_travel_m` any way will do.
    `home` is [longitude, latitude], as `position_system` has it; it is kept to three decimals.
    """

    home: Location | None = None
    position_system: CoordinateSystem = CoordinateSystem.WGS84
    max_travel_m: Metres | None = None
    likes: Likes = []
    max_minutes: Minutes = 2400
    max_minutes_per_day: Minutes = 480
    max_shifts: Count = 7

    def __post_init__(self) -> None:
        bring_inside(self, self.position_system, "home")


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """The same as it stands. `id` is the person's.

    `is_matched`: rounds may propose them. `is_on_call`: they may be called in an emergency. Both
    are answered as consents.
    """

    id: UUID
    home: Location | None
    max_travel_m: int | None
    likes: list[Liking]
    max_minutes: int
    max_minutes_per_day: int
    max_shifts: int
    is_matched: bool
    is_on_call: bool
    age: int


class TodoKind(StrEnum):
    """What is worth a person's attention, the most pressing first."""

    SEAT_AT_RISK = "seat_at_risk"
    OFFERS = "offers"
    SKILL_REFUSED = "skill_refused"
    SKILL_ENDED = "skill_ended"
    SKILL_ENDS = "skill_ends"
    SKILL_NEEDS_EVIDENCE = "skill_needs_evidence"
    NO_TIMES = "no_times"
    NO_HOME = "no_home"


class Todo(msgspec.Struct, frozen=True, kw_only=True):
    """One such thing, with the facts that its sentence needs."""

    kind: TodoKind
    skill_id: UUID | None = None
    skill: str = ""
    shift: ShiftBrief | None = None
    day: date | None = None
    count: int = 0


class NextSeat(msgspec.Struct, frozen=True, kw_only=True):
    """The next shift on which a seat is the person's."""

    claim_id: UUID
    shift: ShiftBrief
    role_name: str


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """A person at a glance. `id` is theirs."""

    id: UUID
    name: str
    age: int
    organisation_name: str
    served_minutes: int
    points: int
    shifts_to_come: int
    next_seat: NextSeat | None
    todo: list[Todo]
    since: datetime
