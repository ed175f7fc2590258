"""What is said of a volunteer: what comes in, and what is shown."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import AvailabilityExceptionKind, VolunteerState
from services.birth import age_on as age_on
from services.positions import CoordinateSystem, bring_inside
from services.skills.types import SkillIn
from services.types import (
    MINUTES_PER_DAY,
    Cause,
    Count,
    Instant,
    Key,
    LikingLevel,
    Location,
    Metres,
    Minutes,
    Name,
    Weekday,
)

Skill = SkillIn
PhoneChange = Annotated[
    str,
    Meta(
        max_length=40,
        pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)",
        description="A mobile number. Left out, or as it was shown: stays. Empty: is taken away",
        examples=["138 0013 8000"],
    ),
]


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A weekly window in local time; `end_minute` above 1440 runs on into the next day."""

    weekday: Weekday
    start_minute: Annotated[int, Meta(ge=0, lt=MINUTES_PER_DAY)]
    end_minute: Annotated[int, Meta(ge=1, le=2 * MINUTES_PER_DAY)]


class AvailabilityChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A span in which the weekly windows do not hold: off, or available beside them."""

    kind: AvailabilityExceptionKind
    starts_at: Instant
    ends_at: Instant


class Liking(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much somebody likes a cause, 0–3. A cause that is not named counts 1."""

    cause: Cause
    liking: LikingLevel


class VolunteerIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A volunteer as an organiser writes them, or as they change themselves.

    `organisation_id` is who registers the person; without it the organiser's own, on an edit the
    present one. `groups` are organisations to which the person belongs; what changes in them is
    team memberships at the editor's own nodes, from today.

    Birth date and phone may be left out on an edit: what an editor does not see, they do not
    change. A registration needs the birth date. `home` is [longitude, latitude], as
    `position_system` has it.
    """

    name: Name
    birth_date: date | None = None
    phone: PhoneChange | None = None
    external_key: Key | None = None
    organisation_id: UUID | None = None
    home: Location | None = None
    position_system: CoordinateSystem = CoordinateSystem.WGS84
    max_travel_m: Metres | None = None
    groups: list[UUID] = []
    skills: list[Skill] = []
    windows: list[Window] = []
    changes: list[AvailabilityChange] = []
    likes: list[Liking] = []
    max_minutes: Minutes = 2400
    max_minutes_per_day: Minutes = 480
    max_shifts: Count = 7
    served_minutes: Minutes = 0

    def __post_init__(self) -> None:
        bring_inside(self, self.position_system, "home")


class Volunteer(msgspec.Struct, frozen=True, kw_only=True):
    """A volunteer as the asker may see them.

    The birth date and the whole phone number are for the person alone. The organisers above the
    registering organisation see the age, the home, and a part of the number; organisers of a
    group to which the person belongs see the age and the rest, but neither minutes nor points,
    which are of all the places where the person serves.
    """

    id: UUID
    organisation_id: UUID
    external_key: str
    name: str
    age: int
    state: VolunteerState = VolunteerState.ACTIVE
    birth_date: date | None = None
    phone: str | None = None
    home: Location | None = None
    max_travel_m: int | None = None
    groups: list[UUID] = []
    skills: list[Skill] = []
    windows: list[Window] = []
    changes: list[AvailabilityChange] = []
    likes: list[Liking] = []
    max_minutes: int
    max_minutes_per_day: int
    max_shifts: int
    served_minutes: int | None = None
    points: int | None = None
