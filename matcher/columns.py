"""A problem as arrays: one row for each volunteer, shift and role, indexed from 0.

Ids stay behind in `problem`; everything that compares many people with many shifts works on
these arrays. `matcher.rules` says the same things about one person and one shift.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.geometry import distances_m
from matcher.problem import Line, Location, Problem
from matcher.rules import TRANSFER_FREE_M
from matcher.score import fairness_base

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_T = TypeVar("_T", bound=Hashable)

# Engagements are held against all shifts this many at a time, to bound the memory.
_BLOCK_ROWS = 4096


@dataclass(frozen=True, slots=True)
class Stays:
    """Times and places of shifts or engagements; `place` is a row of `Columns.places` or -1."""

    start: Ints
    end: Ints
    day: Ints
    place: Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """The compiled problem. `day` counts only days on which a shift starts, from 0."""

    problem: Problem
    volunteer_at: dict[str, int]
    shift_at: dict[str, int]
    role_at: dict[tuple[str, str], int]
    places: NDArray[np.float64]
    metres: Ints
    # by volunteer
    home: NDArray[np.float64]
    has_home: Bools
    is_adult: Bools
    minutes_left: Ints
    shifts_left: Ints
    day_minutes_left: Ints
    blocked: Bools
    fairness_base: Ints
    # by shift
    shifts: Stays
    minutes: Ints
    day: Ints
    days: int
    conflict: Bools
    is_fixed: Bools
    # by role
    role_shift: Ints
    role_min: Ints
    role_max: Ints
    first_role: Ints
    # fixed lines
    fixed_volunteer: Ints
    fixed_role: Ints


def compile_columns(problem: Problem) -> Columns:
    """The arrays of a problem that is free of defects."""
    volunteer_at = {each.id: row for row, each in enumerate(problem.volunteers)}
    shift_at = {each.id: row for row, each in enumerate(problem.shifts)}
    roles = [(shift.id, role.id) for shift in problem.shifts for role in shift.roles]
    role_at = {key: row for row, key in enumerate(roles)}
    stays = _Places(problem)
    shifts = stays.of_shifts()
    metres = distances_m(stays.coordinates, stays.coordinates)
    day_numbers, day = np.unique(shifts.day, return_inverse=True)
    conflict = conflicts(problem, shifts, shifts, metres)
    np.fill_diagonal(conflict, val=True)
    counts = np.array([len(shift.roles) for shift in problem.shifts], np.int64)
    fixed = problem.fixed
    engaged = _Engaged(problem, stays, day_numbers)
    return Columns(
        problem=problem,
        volunteer_at=volunteer_at,
        shift_at=shift_at,
        role_at=role_at,
        places=stays.coordinates,
        metres=metres,
        home=np.array([each.location or (0.0, 0.0) for each in problem.volunteers]).reshape(-1, 2),
        has_home=np.array([each.location is not None for each in problem.volunteers], bool),
        is_adult=np.array(
            [each.age >= problem.rules.adult_age for each in problem.volunteers], bool
        ),
        minutes_left=_volunteers(problem, "max_minutes") - engaged.minutes,
        shifts_left=_volunteers(problem, "max_shifts") - engaged.count,
        day_minutes_left=_volunteers(problem, "max_minutes_per_day")[:, None] - engaged.day_minutes,
        blocked=engaged.blocked(problem, shifts, metres),
        fairness_base=ints([fairness_base(each) for each in problem.volunteers]),
        shifts=shifts,
        minutes=shifts.end - shifts.start,
        day=day.astype(np.int64),
        days=len(day_numbers),
        conflict=conflict,
        is_fixed=mark(len(problem.shifts), [shift_at[line.shift] for line in fixed]),
        role_shift=np.repeat(np.arange(len(problem.shifts)), counts),
        role_min=ints([role.min for shift in problem.shifts for role in shift.roles]),
        role_max=ints([role.max for shift in problem.shifts for role in shift.roles]),
        first_role=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        fixed_volunteer=ints([volunteer_at[line.volunteer] for line in fixed]),
        fixed_role=ints([role_at[line.shift, line.role] for line in fixed]),
    )


def conflicts(problem: Problem, ones: Stays, twos: Stays, metres: Ints) -> Bools:
    """H4 and H5: which of `ones` cannot go with which of `twos` for one person."""
    rules = problem.rules
    gap = np.maximum(
        twos.start[None, :] - ones.end[:, None], ones.start[:, None] - twos.end[None, :]
    )
    same_day = ones.day[:, None] == twos.day[None, :]
    located = (ones.place >= 0)[:, None] & (twos.place >= 0)[None, :]
    needed = np.zeros(gap.shape, np.int64)
    if metres.size:
        apart = metres[np.ix_(np.maximum(ones.place, 0), np.maximum(twos.place, 0))]
        ride = -(-60 * apart // (1000 * rules.speed_kmh))
        away = located & (apart > TRANSFER_FREE_M)
        needed = np.where(away, rules.transfer_minutes + ride, 0)
    least = np.where(same_day, needed, rules.min_rest_minutes)
    found: Bools = gap < least
    return found


def lines_of(columns: Columns, volunteers: Ints, roles: Ints) -> tuple[Line, ...]:
    """The lines of these rows, in the problem's order of shifts, roles and volunteers."""
    keys = list(columns.role_at)
    order = np.lexsort((volunteers, roles))
    return tuple(
        Line(columns.problem.volunteers[volunteers[row]].id, *keys[roles[row]]) for row in order
    )


def rows_of(columns: Columns, lines: Sequence[Line]) -> tuple[Ints, Ints]:
    """The volunteer and role of each line; its ids must exist."""
    volunteers = ints([columns.volunteer_at[line.volunteer] for line in lines])
    return volunteers, ints([columns.role_at[line.shift, line.role] for line in lines])


def ints(values: Sequence[int]) -> Ints:
    """Whole numbers as an array, also when there are none."""
    return np.array(values, np.int64)


def mark(length: int, rows: Sequence[int]) -> Bools:
    """True in these rows."""
    marked = np.zeros(length, bool)
    marked[ints(rows)] = True
    return marked


def _volunteers(problem: Problem, name: str) -> Ints:
    return ints([getattr(each, name) for each in problem.volunteers])


class _Places:
    """The different locations of shifts and engagements, each a row."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._rows: dict[Location, int] = {}
        self._shift_places = [self._row(shift.location) for shift in problem.shifts]
        self.engaged = [
            (row, engaged, self._row(engaged.location))
            for row, volunteer in enumerate(problem.volunteers)
            for engaged in volunteer.engaged
        ]
        self.coordinates = np.array(list(self._rows), np.float64).reshape(-1, 2)

    def _row(self, location: Location | None) -> int:
        return -1 if location is None else self._rows.setdefault(location, len(self._rows))

    def of_shifts(self) -> Stays:
        shifts, horizon = self.problem.shifts, self.problem.horizon
        return Stays(
            start=ints([shift.start_minute for shift in shifts]),
            end=ints([shift.end_minute for shift in shifts]),
            day=ints([horizon.day(shift.start_minute) for shift in shifts]),
            place=ints(self._shift_places),
        )

    def of_engagements(self) -> Stays:
        horizon = self.problem.horizon
        return Stays(
            start=ints([engaged.start_minute for _, engaged, _ in self.engaged]),
            end=ints([engaged.end_minute for _, engaged, _ in self.engaged]),
            day=ints([horizon.day(engaged.start_minute) for _, engaged, _ in self.engaged]),
            place=ints([place for _, _, place in self.engaged]),
        )


class _Engaged:
    """What service promised elsewhere takes from each volunteer."""

    def __init__(self, problem: Problem, places: _Places, day_numbers: Ints) -> None:
        people = len(problem.volunteers)
        self._stays = places.of_engagements()
        self._people = ints([row for row, _, _ in places.engaged])
        inside = (self._stays.start >= problem.horizon.start_minute) & (
            self._stays.start < problem.horizon.end_minute
        )
        who, minutes = self._people[inside], (self._stays.end - self._stays.start)[inside]
        self.minutes, self.count = np.zeros(people, np.int64), np.zeros(people, np.int64)
        np.add.at(self.minutes, who, minutes)
        np.add.at(self.count, who, 1)
        self.day_minutes = np.zeros((people, len(day_numbers)), np.int64)
        days = self._stays.day[inside]
        column = np.searchsorted(day_numbers, days)
        # A day on which no shift starts has no column: nothing can be given on it.
        has_column = np.isin(days, day_numbers)
        np.add.at(self.day_minutes, (who[has_column], column[has_column]), minutes[has_column])

    def blocked(self, problem: Problem, shifts: Stays, metres: Ints) -> Bools:
        """Which shifts each volunteer cannot reach or rest for beside an engagement."""
        found = np.zeros((len(problem.volunteers), len(shifts.start)), bool)
        for first in range(0, len(self._people), _BLOCK_ROWS):
            rows = slice(first, first + _BLOCK_ROWS)
            stays = self._stays
            ones = Stays(stays.start[rows], stays.end[rows], stays.day[rows], stays.place[rows])
            clash = conflicts(problem, ones, shifts, metres)
            np.logical_or.at(found, self._people[rows], clash)
        return found
