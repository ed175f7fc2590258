"""What an input asks to be stored, in one form for sheets and problems.

Only what the input states is in `fields`; the rest stays as it is, or takes the table's default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from services.imports.times_free import Change, Window
from services.imports.views import Outcome, RowDefect

Position = tuple[float, float]
Evidence = tuple[str, str]
"""Which kind of evidence, and what it is in words."""
Engaged = tuple[datetime, datetime, Position | None]


class VolunteerFields(TypedDict, total=False):
    """A volunteer's columns and lists, in a form that can be compared."""

    name: str
    birth_date: date
    phone: str | None
    home: Position | None
    max_travel_m: int | None
    groups: frozenset[UUID]
    skills: Mapping[str, tuple[int, date | None]]
    evidence: Mapping[str, Evidence]
    windows: frozenset[Window]
    changes: frozenset[Change]
    likes: Mapping[str, int]
    engaged: tuple[Engaged, ...]
    max_minutes: int
    max_minutes_per_day: int
    max_shifts: int
    served_minutes: int


class RoleFields(TypedDict):
    """A role's columns and lists. What an input calls max is the target and the maximum."""

    minimum: int
    target: int
    maximum: int
    min_age: int
    max_age: int
    skills: Mapping[str, int]
    groups: frozenset[UUID]


class ShiftFields(TypedDict, total=False):
    """A shift's columns and lists."""

    project: UUID
    starts_at: datetime
    ends_at: datetime
    place: str
    location: Position | None
    priority: int
    cancel_below_minimum: bool
    roles: Mapping[str, RoleFields]
    team: frozenset[tuple[str, int, int]]
    invited: frozenset[UUID]


VOLUNTEER_DEFAULTS = VolunteerFields(
    phone=None,
    home=None,
    max_travel_m=None,
    groups=frozenset(),
    skills={},
    evidence={},
    windows=frozenset(),
    changes=frozenset(),
    likes={},
    engaged=(),
    max_minutes=2400,
    max_minutes_per_day=480,
    max_shifts=7,
    served_minutes=0,
)
SHIFT_DEFAULTS = ShiftFields(
    place="",
    location=None,
    priority=5,
    cancel_below_minimum=False,
    roles={},
    team=frozenset(),
    invited=frozenset(),
)


@dataclass(frozen=True, slots=True)
class StoredVolunteer:
    """A volunteer as the tables have them; `confirmed` are skills that somebody has confirmed."""

    id: UUID
    fields: VolunteerFields
    is_open: bool = True  # Not erased, and not merged into somebody registered elsewhere.
    phone_proven: bool = False
    confirmed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StoredRole:
    """A role's id, how many people hold its seats, and whether anybody ever claimed one."""

    id: UUID
    held: int
    claimed: bool


@dataclass(frozen=True, slots=True)
class StoredShift:
    """A shift as the tables have it."""

    id: UUID
    version: int
    open: bool
    fields: ShiftFields
    roles: Mapping[str, StoredRole]


@dataclass(slots=True)
class WantedVolunteer:
    """One volunteer of the input. `age` stands in for a birth date that is not given."""

    row: int
    place: str
    key: str
    id: UUID
    fields: VolunteerFields
    age: int | None = None
    defects: list[RowDefect] = field(default_factory=list)
    stored: StoredVolunteer | None = None
    changed: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """What storing does with the volunteer."""
        return _outcome(bool(self.defects), self.stored is not None, bool(self.changed))

    @property
    def complete(self) -> VolunteerFields:
        """All fields as they will be stored."""
        return {**VOLUNTEER_DEFAULTS, **(self.stored.fields if self.stored else {}), **self.fields}


@dataclass(slots=True)
class WantedShift:
    """One shift of the input. A sheet has one row for each of its roles."""

    rows: list[tuple[int, str]]
    key: str
    id: UUID
    fields: ShiftFields
    defects: dict[int, list[RowDefect]] = field(default_factory=dict)
    stored: StoredShift | None = None
    changed: list[str] = field(default_factory=list)
    role_ids: dict[str, UUID] = field(default_factory=dict)

    def refuse(self, defect: RowDefect, row: int | None = None) -> None:
        """Note a defect of one of the rows; without `row`, of the first."""
        self.defects.setdefault(self.rows[0][0] if row is None else row, []).append(defect)

    @property
    def outcome(self) -> Outcome:
        """What storing does with the shift."""
        return _outcome(bool(self.defects), self.stored is not None, bool(self.changed))

    @property
    def complete(self) -> ShiftFields:
        """All fields as they will be stored."""
        return {**SHIFT_DEFAULTS, **(self.stored.fields if self.stored else {}), **self.fields}


def _outcome(refused: bool, stored: bool, changed: bool) -> Outcome:
    if refused:
        return "refused"
    if not stored:
        return "new"
    return "changed" if changed else "same"


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project that the input asks for and that does not exist. Without a statement: a draft."""

    id: UUID
    key: str
    name: str
    category: str | None
    risk_statement: str


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A service team that the input names and that does not exist."""

    id: UUID
    name: str
