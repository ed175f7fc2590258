"""The matching problem as values. `docs/format.md` says what each field means.

Times are whole minutes since 1970-01-01T00:00Z; locations are `(longitude, latitude)`.
Nothing here refuses anything: `matcher.validate.validate` names every defect of a problem at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Location = tuple[float, float]
Interval = tuple[int, int]

MINUTES_PER_DAY = 1440


@dataclass(frozen=True, slots=True)
class Horizon:
    """The time that the problem plans. Days are calendar days at `offset_minutes`."""

    start_minute: int
    end_minute: int
    offset_minutes: int = 0

    def day(self, minute: int) -> int:
        """The number of the calendar day of `minute`, at the horizon's own offset."""
        return (minute + self.offset_minutes) // MINUTES_PER_DAY

    def holds(self, minute: int) -> bool:
        """Whether `minute` is inside the half-open horizon."""
        return self.start_minute <= minute < self.end_minute


@dataclass(frozen=True, slots=True)
class Rules:
    """Numbers that the hard rules use."""

    min_rest_minutes: int = 480
    speed_kmh: int = 15
    transfer_minutes: int = 10
    adult_age: int = 18
    minors_per_adult: int = 5


@dataclass(frozen=True, slots=True)
class Weights:
    """What one unit of each soft wish costs."""

    travel: int = 1
    cause: int = 20
    fairness: int = 15
    invite: int = 10
    change: int = 50


@dataclass(frozen=True, slots=True)
class Engagement:
    """Service promised outside the problem. It counts like a shift in H4 to H6."""

    start_minute: int
    end_minute: int
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Volunteer:
    """A person who may serve. `available` may touch or overlap; it then counts as one interval."""

    id: str
    available: tuple[Interval, ...] = ()
    location: Location | None = None
    max_travel_m: int | None = None
    age: int = 30
    skills: Mapping[str, int] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    max_minutes: int = 2400
    max_minutes_per_day: int = 480
    max_shifts: int = 7
    served_minutes: int = 0
    engaged: tuple[Engagement, ...] = ()
    likes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TeamLine:
    """At least `count` of the people on the shift have `skill` at `level` or above."""

    skill: str
    level: int
    count: int


@dataclass(frozen=True, slots=True)
class Role:
    """One kind of seat on a shift."""

    id: str
    max: int
    min: int = 0
    skills: Mapping[str, int] = field(default_factory=dict)
    min_age: int = 0
    max_age: int = 150
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """A time and place at which people serve, with its roles."""

    id: str
    project: str
    start_minute: int
    end_minute: int
    roles: tuple[Role, ...]
    cause: str | None = None
    location: Location | None = None
    priority: int = 5
    cancel_below_minimum: bool = False
    team: tuple[TeamLine, ...] = ()
    invited: tuple[str, ...] = ()

    @property
    def minutes(self) -> int:
        """How long the shift lasts."""
        return self.end_minute - self.start_minute


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One volunteer in one role of one shift, by ids."""

    volunteer: str
    shift: str
    role: str


@dataclass(frozen=True, slots=True)
class Forbidden:
    """This volunteer never serves on this shift, and why in a short word."""

    volunteer: str
    shift: str
    reason: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that a plan is made from."""

    horizon: Horizon
    volunteers: tuple[Volunteer, ...] = ()
    shifts: tuple[Shift, ...] = ()
    rules: Rules = Rules()
    weights: Weights = Weights()
    together: tuple[tuple[str, ...], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    fixed: tuple[Line, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    current: tuple[Line, ...] = ()
