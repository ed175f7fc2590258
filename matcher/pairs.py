"""The lines that a plan may have: every volunteer and role that no rule parts for good."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.columns import Bools, Columns, Ints, ints
from matcher.geometry import distances_m
from matcher.load import Load
from matcher.obstacles import NOTHING, Obstacles
from matcher.score import LIKING_DEFAULT, LIKING_MOST, TRAVEL_UNIT_M
from matcher.teams import Teams

# Volunteers are held against all roles this many at a time, to bound the memory.
_BLOCK_VOLUNTEERS = 1024
# Weights above this are cut for the arrays, which then only guide; `score` stays exact.
WEIGHT_MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Pairs:
    """Possible lines in the order of roles, then volunteers.

    `cost` is what the line adds to the cost by itself, less what keeping a current line saves;
    fairness is not in it. `first` says where each role's lines begin.
    """

    volunteer: Ints
    role: Ints
    shift: Ints
    cost: Ints
    is_fixed: Bools
    first: Ints

    def of_role(self, role: int) -> slice:
        """The lines of one role."""
        return slice(int(self.first[role]), int(self.first[role + 1]))

    def kept(self, keep: Bools) -> "Pairs":
        """Only some of these lines."""
        role = self.role[keep]
        return Pairs(
            self.volunteer[keep],
            role,
            self.shift[keep],
            self.cost[keep],
            self.is_fixed[keep],
            np.searchsorted(role, np.arange(len(self.first))),
        )


def possible_pairs(columns: Columns, teams: Teams) -> Pairs:
    """All lines that may stand beside the fixed ones, and the fixed ones themselves."""
    fixed_shift = columns.role_shift[columns.fixed_role]
    load = Load.of(columns, columns.fixed_volunteer, fixed_shift)
    blocked = load.blocked | _apart_from_fixed(columns, teams)
    full = np.bincount(columns.fixed_role, minlength=len(columns.role_max)) >= columns.role_max
    obstacles, costs = Obstacles(columns), _Costs(columns)
    roles = np.nonzero(~full)[0]
    found: list[tuple[Ints, Ints, Ints]] = []
    for first in range(0, len(columns.problem.volunteers), _BLOCK_VOLUNTEERS):
        people = slice(first, min(first + _BLOCK_VOLUNTEERS, len(columns.problem.volunteers)))
        free = (obstacles.first(people, roles) == NOTHING) & (
            _has_time(columns, load, people) & ~blocked[people]
        )[:, columns.role_shift[roles]]
        rows, at = np.nonzero(free)
        found.append(
            (rows + first, roles[at], costs.of(people, rows, columns.role_shift[roles[at]]))
        )
    pairs = _with_fixed(columns, costs, found)
    return _without_split_groups(columns, teams, pairs)


def _has_time(columns: Columns, load: Load, people: slice) -> Bools:
    minutes = columns.minutes[None, :]
    free: Bools = (
        (load.minutes_left[people, None] >= minutes)
        & (load.day_minutes_left[people][:, columns.day] >= minutes)
        & (load.shifts_left[people, None] > 0)
    )
    return free


def _apart_from_fixed(columns: Columns, teams: Teams) -> Bools:
    found = np.zeros(columns.blocked.shape, bool)
    shifts = columns.role_shift[columns.fixed_role]
    for volunteer, shift in zip(columns.fixed_volunteer.tolist(), shifts.tolist(), strict=True):
        found[teams.apart.get(volunteer, []), shift] = True
    return found


def _with_fixed(columns: Columns, costs: "_Costs", found: list[tuple[Ints, Ints, Ints]]) -> Pairs:
    fixed_cost = [
        costs.of(slice(volunteer, volunteer + 1), ints([0]), columns.role_shift[role : role + 1])
        for volunteer, role in zip(
            columns.fixed_volunteer.tolist(), columns.fixed_role.tolist(), strict=True
        )
    ]
    volunteer = np.concatenate([columns.fixed_volunteer, *(each[0] for each in found)])
    role = np.concatenate([columns.fixed_role, *(each[1] for each in found)])
    cost = np.concatenate([ints([]), *fixed_cost, *(each[2] for each in found)])
    is_fixed = np.arange(len(volunteer)) < len(columns.fixed_volunteer)
    order = np.lexsort((volunteer, role))
    first = np.searchsorted(role[order], np.arange(len(columns.role_max) + 1))
    shift = columns.role_shift[role]
    return Pairs(volunteer[order], role[order], shift[order], cost[order], is_fixed[order], first)


def _without_split_groups(columns: Columns, teams: Teams, pairs: Pairs) -> Pairs:
    """H12: nobody of a bound group can serve where another member never can."""
    while teams.groups:
        can = np.zeros(columns.blocked.shape, bool)
        can[pairs.volunteer, pairs.shift] = True
        for group in teams.groups:
            members = list(group)
            whole: Bools = np.all(can[members], axis=0)
            for shift in np.nonzero(~whole & can[members].any(axis=0))[0].tolist():
                whole[shift] = not teams.is_bound(group, shift)
            can[members] &= whole
        keep = can[pairs.volunteer, pairs.shift]
        if keep.all():
            break
        pairs = pairs.kept(keep)
    return pairs


class _Costs:
    """What single lines cost."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        problem = columns.problem
        self._weights = {
            name: min(WEIGHT_MOST, getattr(problem.weights, name))
            for name in ("travel", "cause", "invite", "change")
        }
        causes = {shift.cause for shift in problem.shifts if shift.cause is not None}
        row_of = {cause: row for row, cause in enumerate(sorted(causes), start=1)}
        # Row 0 is for shifts without a cause, which is not the cause with an empty name.
        self._cause = ints(
            [0 if shift.cause is None else row_of[shift.cause] for shift in problem.shifts]
        )
        self._liking = np.full((len(problem.volunteers), len(row_of) + 1), LIKING_DEFAULT)
        for row, volunteer in enumerate(problem.volunteers):
            for cause, liking in volunteer.likes.items():
                if cause in row_of:
                    self._liking[row, row_of[cause]] = liking
        self._invited = self._invitations()
        self._saved = self._current_lines()

    def of(self, people: slice, rows: Ints, shifts: Ints) -> Ints:
        """The cost of each line: a row within `people` and a shift."""
        columns, weights = self._columns, self._weights
        volunteers = rows + people.start
        place = columns.shifts.place[shifts]
        metres: Ints = np.zeros(len(rows), np.int64)
        if weights["travel"] and len(columns.places):
            travelled = distances_m(columns.home[people], columns.places)[rows, place]
            metres = np.where(columns.has_home[volunteers] & (place >= 0), travelled, 0)
        liking = self._liking[volunteers, self._cause[shifts]]
        cost: Ints = (
            weights["travel"] * (metres // TRAVEL_UNIT_M)
            + weights["cause"] * (LIKING_MOST - liking)
            + weights["invite"] * self._uninvited(volunteers, shifts)
            - weights["change"] * self._current(volunteers, shifts)
        )
        return cost

    def _uninvited(self, volunteers: Ints, shifts: Ints) -> NDArray[np.bool_]:
        asks, invited = self._invited
        return asks[shifts] & ~np.isin(self._key(volunteers, shifts), invited)

    def _current(self, volunteers: Ints, shifts: Ints) -> Ints:
        keys, counts = self._saved
        if not len(keys):
            return np.zeros(len(shifts), np.int64)
        wanted = self._key(volunteers, shifts)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, counts[at], 0)

    def _key(self, volunteers: Ints, shifts: Ints) -> Ints:
        return volunteers * len(self._columns.problem.shifts) + shifts

    def _invitations(self) -> tuple[Bools, Ints]:
        columns = self._columns
        invited = [
            (columns.volunteer_at[person], row)
            for row, shift in enumerate(columns.problem.shifts)
            for person in shift.invited
        ]
        asks = np.array([bool(shift.invited) for shift in columns.problem.shifts], bool)
        return asks, self._key(ints([who for who, _ in invited]), ints([at for _, at in invited]))

    def _current_lines(self) -> tuple[Ints, Ints]:
        columns = self._columns
        known = [
            (columns.volunteer_at[line.volunteer], columns.shift_at[line.shift])
            for line in columns.problem.current
            if line.volunteer in columns.volunteer_at and line.shift in columns.shift_at
        ]
        keys = self._key(ints([who for who, _ in known]), ints([at for _, at in known]))
        unique, counts = np.unique(keys, return_counts=True)
        return unique, counts.astype(np.int64)
