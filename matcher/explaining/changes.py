"""What could be otherwise so that a seat is filled, and what each such change is held to cost.

A price orders changes of different kinds; it is a convention, not money. What asks a little of one
person who may say no is cheap, what moves a whole shift is dearer, and what lowers a demand that
somebody made for safety is dearest. `docs/matching.md` has the table.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from matcher.problem import Problem, Role, Shift, Volunteer

Kind = Literal[
    "replan", "radius", "available", "limit", "time", "group", "age", "skills", "team", "minimum"
]
KINDS: tuple[Kind, ...] = (
    "replan",
    "radius",
    "available",
    "limit",
    "time",
    "group",
    "age",
    "skills",
    "team",
    "minimum",
)

RADIUS_UNIT_M = 500
MINUTES_UNIT = 30


def units(amount: int, unit: int) -> int:
    """How many units have begun."""
    return -(-amount // unit)


@dataclass(frozen=True, slots=True)
class Replan:
    """Nothing but another look: people change places and the seat is filled."""

    kind: ClassVar[Kind] = "replan"

    @property
    def price(self) -> int:
        """Nothing has to change."""
        return 0

    def applied(self, problem: Problem) -> Problem:
        """The problem as it is."""
        return problem


@dataclass(frozen=True, slots=True)
class Radius:
    """One person travels up to `metres`, which is `metres_more` than now."""

    kind: ClassVar[Kind] = "radius"
    volunteer: str
    metres: int
    metres_more: int

    @property
    def price(self) -> int:
        """1 for each 500 m begun."""
        return units(self.metres_more, RADIUS_UNIT_M)

    def applied(self, problem: Problem) -> Problem:
        """The problem with the wider radius."""
        return _with_volunteer(
            problem, self.volunteer, lambda who: replace(who, max_travel_m=self.metres)
        )


@dataclass(frozen=True, slots=True)
class Available:
    """One person can serve from `start_minute` to `end_minute`, `minutes_more` of it new."""

    kind: ClassVar[Kind] = "available"
    volunteer: str
    start_minute: int
    end_minute: int
    minutes_more: int

    @property
    def price(self) -> int:
        """1 for each half hour begun, and 1 for asking."""
        return 1 + units(self.minutes_more, MINUTES_UNIT)

    def applied(self, problem: Problem) -> Problem:
        """The problem with the further interval."""
        more = (self.start_minute, self.end_minute)
        return _with_volunteer(
            problem, self.volunteer, lambda who: replace(who, available=(*who.available, more))
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """One person takes more shifts, more minutes in all or more minutes on one day."""

    kind: ClassVar[Kind] = "limit"
    volunteer: str
    shifts_more: int
    minutes_more: int
    minutes_per_day_more: int

    @property
    def price(self) -> int:
        """3 for each shift, and 1 for each half hour begun beyond the minutes agreed."""
        minutes = max(self.minutes_more, self.minutes_per_day_more)
        return 3 * self.shifts_more + units(minutes, MINUTES_UNIT)

    def applied(self, problem: Problem) -> Problem:
        """The problem with the higher limits."""
        return _with_volunteer(
            problem,
            self.volunteer,
            lambda who: replace(
                who,
                max_shifts=who.max_shifts + self.shifts_more,
                max_minutes=who.max_minutes + self.minutes_more,
                max_minutes_per_day=who.max_minutes_per_day + self.minutes_per_day_more,
            ),
        )


@dataclass(frozen=True, slots=True)
class Moved:
    """The shift begins and ends `minutes_later`; below 0, earlier."""

    kind: ClassVar[Kind] = "time"
    shift: str
    minutes_later: int

    @property
    def price(self) -> int:
        """4 for telling everybody, and 1 for each half hour begun."""
        return 4 + units(abs(self.minutes_later), MINUTES_UNIT)

    def applied(self, problem: Problem) -> Problem:
        """The problem with the shift at its new time."""
        return _with_shift(
            problem,
            self.shift,
            lambda shift: replace(
                shift,
                start_minute=shift.start_minute + self.minutes_later,
                end_minute=shift.end_minute + self.minutes_later,
            ),
        )


@dataclass(frozen=True, slots=True)
class Groups:
    """The role is open to these groups as well."""

    kind: ClassVar[Kind] = "group"
    shift: str
    role: str
    groups: tuple[str, ...]

    @property
    def price(self) -> int:
        """5 for each group."""
        return 5 * len(self.groups)

    def applied(self, problem: Problem) -> Problem:
        """The problem with the wider choice."""
        return _with_role(
            problem,
            self.shift,
            self.role,
            lambda role: replace(role, groups=tuple(dict.fromkeys((*role.groups, *self.groups)))),
        )


@dataclass(frozen=True, slots=True)
class Ages:
    """The role takes people from `min_age` to `max_age`: `years` more, below and above."""

    kind: ClassVar[Kind] = "age"
    shift: str
    role: str
    min_age: int
    max_age: int
    years: int

    @property
    def price(self) -> int:
        """3 for each year."""
        return 3 * self.years

    def applied(self, problem: Problem) -> Problem:
        """The problem with the wider range."""
        return _with_role(
            problem,
            self.shift,
            self.role,
            lambda role: replace(
                role,
                min_age=min(role.min_age, self.min_age),
                max_age=max(role.max_age, self.max_age),
            ),
        )


@dataclass(frozen=True, slots=True)
class SkillLevels:
    """The role asks for no more than these levels, 0 for not at all: `steps` lower in all."""

    kind: ClassVar[Kind] = "skills"
    shift: str
    role: str
    levels: tuple[tuple[str, int], ...]
    steps: int

    @property
    def price(self) -> int:
        """6 for each level."""
        return 6 * self.steps

    def applied(self, problem: Problem) -> Problem:
        """The problem with the lower levels."""
        return _with_role(problem, self.shift, self.role, self._lowered)

    def _lowered(self, role: Role) -> Role:
        most = dict(self.levels)
        lowered = {
            skill: min(level, most.get(skill, level)) for skill, level in role.skills.items()
        }
        return replace(role, skills={skill: level for skill, level in lowered.items() if level})


@dataclass(frozen=True, slots=True)
class Team:
    """The shift's team lines ask for these counts, in their order: `people` fewer in all."""

    kind: ClassVar[Kind] = "team"
    shift: str
    counts: tuple[int, ...]
    people: int

    @property
    def price(self) -> int:
        """12 for each person."""
        return 12 * self.people

    def applied(self, problem: Problem) -> Problem:
        """The problem with the smaller team; a line that asks for nobody is left out."""
        return _with_shift(problem, self.shift, self._smaller)

    def _smaller(self, shift: Shift) -> Shift:
        lines = [
            replace(line, count=min(line.count, count))
            for line, count in zip(shift.team, self.counts, strict=True)
        ]
        return replace(shift, team=tuple(line for line in lines if line.count > 0))


@dataclass(frozen=True, slots=True)
class Minima:
    """The shift is held from these people on, by role: `people` fewer in all."""

    kind: ClassVar[Kind] = "minimum"
    shift: str
    minima: tuple[tuple[str, int], ...]
    people: int

    @property
    def price(self) -> int:
        """8 for each person."""
        return 8 * self.people

    def applied(self, problem: Problem) -> Problem:
        """The problem with the lower minima."""
        lower = dict(self.minima)
        return _with_shift(
            problem,
            self.shift,
            lambda shift: replace(
                shift,
                roles=tuple(
                    replace(role, min=min(role.min, lower.get(role.id, role.min)))
                    for role in shift.roles
                ),
            ),
        )


Change = Replan | Radius | Available | Limit | Moved | Groups | Ages | SkillLevels | Team | Minima


def applied(problem: Problem, changes: Iterable[Change]) -> Problem:
    """The problem with all of these changes, which name different people or widen one demand."""
    smaller: dict[str, Team] = {}
    for change in changes:
        if isinstance(change, Team):
            before = smaller.get(change.shift, change)
            counts = tuple(map(min, before.counts, change.counts))
            smaller[change.shift] = replace(change, counts=counts)
        else:
            problem = change.applied(problem)
    for team in smaller.values():
        problem = team.applied(problem)
    return problem


def _with_volunteer(
    problem: Problem, volunteer_id: str, changed: Callable[[Volunteer], Volunteer]
) -> Problem:
    return replace(
        problem,
        volunteers=tuple(
            changed(each) if each.id == volunteer_id else each for each in problem.volunteers
        ),
    )


def _with_shift(problem: Problem, shift_id: str, changed: Callable[[Shift], Shift]) -> Problem:
    return replace(
        problem,
        shifts=tuple(changed(each) if each.id == shift_id else each for each in problem.shifts),
    )


def _with_role(
    problem: Problem, shift_id: str, role_id: str, changed: Callable[[Role], Role]
) -> Problem:
    def with_role(shift: Shift) -> Shift:
        roles = (changed(role) if role.id == role_id else role for role in shift.roles)
        return replace(shift, roles=tuple(roles))

    return _with_shift(problem, shift_id, with_role)
