"""What is said of a shift: what comes in, and what is shown."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import ClaimMode, ShiftState
from services.paging import PageQuery
from services.positions import CoordinateSystem, bring_inside
from services.types import (
    Age,
    Cause,
    Count,
    Instant,
    Key,
    Level,
    Line,
    Location,
    Name,
    Priority,
    SeatCount,
    SkillName,
)

CutoffMinutes = Annotated[int, Meta(ge=0, le=43_200, description="Whole minutes")]


class RoleIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seats of one kind. Rounds plan up to `target`; claims by hand may go on to `maximum`."""

    key: Key
    target: SeatCount
    name: Name | None = None
    minimum: Count = 0
    maximum: SeatCount | None = None
    skills: dict[SkillName, Level] = {}
    groups: list[UUID] = []
    min_age: Age = 0
    max_age: Age = 150


class TeamLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shift with anybody on it has at least `count` people with `skill` at `level`."""

    skill: SkillName
    level: Level
    count: Count


class ShiftIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shift as an organiser writes it, with all its roles.

    Seats are had at once, with the organiser's yes (`approve`) or by a `draw`, which needs its
    moment; claims open at `opens_at` and are cancelled freely until `cutoff_minutes` before the
    start, or as long as the service's setting says. `location` is [longitude, latitude], as
    `position_system` has it.
    """

    project_id: UUID
    starts_at: Instant
    ends_at: Instant
    roles: list[RoleIn]
    external_key: Key | None = None
    place: Line = ""
    location: Location | None = None
    position_system: CoordinateSystem = CoordinateSystem.WGS84
    priority: Priority = 5
    cancel_below_minimum: bool = False
    team: list[TeamLine] = []
    invited: list[UUID] = []
    claim_mode: ClaimMode = ClaimMode.INSTANT
    opens_at: Instant | None = None
    draw_at: Instant | None = None
    cutoff_minutes: CutoffMinutes | None = None

    def __post_init__(self) -> None:
        bring_inside(self, self.position_system, "location")


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """Seats of one kind on a shift, with how many are held and free."""

    id: UUID
    key: str
    name: str
    minimum: int
    target: int
    maximum: int
    held: int
    free: int
    skills: dict[str, int] = {}
    groups: list[UUID] = []
    min_age: int = 0
    max_age: int = 150


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """A shift as anybody may read it. `urgent`: a role is held below its minimum.

    The key and the invited are shown to the organisers of the project only.
    """

    id: UUID
    project_id: UUID
    project_name: str
    organisation_id: UUID
    organisation_name: str
    category: str | None = None
    starts_at: datetime
    ends_at: datetime
    place: str
    location: Location | None = None
    priority: int
    cancel_below_minimum: bool
    state: ShiftState
    roles: list[Role]
    team: list[TeamLine] = []
    risk_statement: str
    risk_statement_version: int
    urgent: bool
    claim_mode: ClaimMode = ClaimMode.INSTANT
    opens_at: datetime | None = None
    draw_at: datetime | None = None
    is_drawn: bool = False
    cutoff_minutes: int | None = None
    is_dangerous: bool = False
    is_heavy_risk: bool = False
    external_key: str | None = None
    invited: list[UUID] = []


class ShiftBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A shift in one line."""

    id: UUID
    project_name: str
    place: str
    starts_at: datetime
    ends_at: datetime


class ShiftQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which open shifts: by when they start, by category, in which part of the tree."""

    starts_after: Instant | None = None
    starts_before: Instant | None = None
    category: Cause | None = None
    organisation_id: UUID | None = None
