"""What is asked and answered when somebody looks for a shift."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from matcher.plan import Reason
from matcher.ranking import Because
from services.paging import PageQuery
from services.positions import CoordinateSystem, bring_inside, to_wgs84
from services.shifts import Shift
from services.types import Cause, Instant, Latitude, Location, Longitude, SkillName

SearchText = Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")]
Within = Annotated[int, Meta(ge=100, le=200_000, description="Metres as the crow flies")]


class Order(StrEnum):
    """By the start; the nearest first; where most people are missing below the minimum first; what
    fits the person best first."""

    TIME = "time"
    DISTANCE = "distance"
    URGENCY = "urgency"
    FIT = "fit"


class Box(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of the map by its edges, in degrees."""

    west: Longitude
    south: Latitude
    east: Longitude
    north: Latitude


class FindIn(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which open shifts. What is left out does not matter.

    `text`: each of its words stands in the project, the place, the organisation, a role or a skill.
    `position`, else home, is where distances begin; it is used for this answer and kept nowhere.
    `when_free`: inside the times that the person gave, and beside nothing that they promised.
    `with_declined`: also what the person has said no to. `position_system` is that of the position
    and of the box.
    """

    text: SearchText = ""
    starts_after: Instant | None = None
    starts_before: Instant | None = None
    category: Cause | None = None
    skill: SkillName | None = None
    organisation_id: UUID | None = None
    position: Location | None = None
    position_system: CoordinateSystem = CoordinateSystem.WGS84
    within_m: Within | None = None
    box: Box | None = None
    when_free: bool = False
    with_seats: bool = False
    with_declined: bool = False
    order: Order = Order.TIME

    def __post_init__(self) -> None:
        if self.box is not None:
            moved = _inside(self.box, self.position_system)
            msgspec.structs.force_setattr(self, "box", moved)
        bring_inside(self, self.position_system, "position")


def _inside(box: Box, system: CoordinateSystem) -> Box:
    """The box in WGS 84, by two of its corners: across a city the others lie within metres."""
    west, south = to_wgs84((box.west, box.south), system)
    east, north = to_wgs84((box.east, box.north), system)
    return Box(west=west, south=south, east=east, north=north)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A shift, and how far it is from where the person is, where both are known."""

    shift: Shift
    way_m: int | None = None


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """A shift on the map."""

    id: UUID
    project_name: str
    place: str
    starts_at: datetime
    ends_at: datetime
    location: Location
    urgent: bool


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to choose among the shifts to come."""

    categories: list[str]
    skills: list[str]


class RecommendationQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many, over how many days, and for which ward if not for oneself."""

    limit: Annotated[int, Meta(ge=1, le=50)] = 20
    days: Annotated[int, Meta(ge=1, le=28)] = 14
    volunteer_id: UUID | None = None


class Recommended(msgspec.Struct, frozen=True, kw_only=True):
    """A shift that fits, for which role, and why. The reasons are kept as they are shown here."""

    shift: Shift
    role: str
    role_name: str
    score: int
    about_km: int | None
    because: list[Because]


class NotYet(msgspec.Struct, frozen=True, kw_only=True):
    """A shift near by that cannot be, and the first thing in the way."""

    shift: Shift
    role_name: str
    about_km: int
    obstacle: Reason


class Recommendations(msgspec.Struct, frozen=True, kw_only=True):
    """The best first. Nothing is worked out for whoever refused being matched (`is_refused`); the
    plain list is open to them as to everybody."""

    volunteer_id: UUID
    is_refused: bool
    items: list[Recommended]
    near_but: list[NotYet]
