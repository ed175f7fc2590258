"""H14 and H1 to H3 in arrays: what keeps each volunteer from each role, plan or no plan."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.columns import Bools, Columns, Ints, ints
from matcher.geometry import distances_m
from matcher.plan import REASONS
from matcher.problem import Role
from matcher.rules import merged

Codes = NDArray[np.uint8]

# Codes are places in REASONS; this one says that nothing stands in the way.
NOTHING = np.uint8(255)
_CODES: dict[str, np.uint8] = {reason: np.uint8(code) for code, reason in enumerate(REASONS)}


class Obstacles:
    """Answers for blocks of volunteers and chosen roles."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        problem = columns.problem
        self._people = problem.volunteers
        self._roles = [role for shift in problem.shifts for role in shift.roles]
        self._age = ints([each.age for each in self._people])
        self._limit = ints(
            [-1 if each.max_travel_m is None else each.max_travel_m for each in self._people]
        )
        self._skills = self._levels()
        self._groups = self._memberships()
        self._forbidden = self._forbidden_pairs()
        self._intervals = _Intervals(columns)

    def first(self, people: slice, roles: Ints) -> Codes:
        """The first obstacle's code, a row for each volunteer and a column for each role.

        Lines that are fixed are not asked: a person decided them.
        """
        columns = self._columns
        shifts, of_role = np.unique(columns.role_shift[roles], return_inverse=True)
        unavailable = ~self._intervals.hold(people, shifts)
        too_far = self._too_far(people, shifts)
        codes = np.full(unavailable.shape, NOTHING)
        codes[too_far] = _CODES["too_far"]
        codes[unavailable] = _CODES["unavailable"]
        by_role: Codes = codes[:, of_role]
        self._unsuited(people, roles, by_role)
        forbidden = self._forbidden_block(people, shifts)
        by_role[forbidden[:, of_role]] = _CODES["forbidden"]
        return by_role

    def _unsuited(self, people: slice, roles: Ints, codes: Codes) -> None:
        """H1, once for each different set of demands."""
        same: dict[object, list[int]] = {}
        for column, row in enumerate(roles):
            role = self._roles[row]
            demands = (
                frozenset(role.skills.items()),
                role.min_age,
                role.max_age,
                frozenset(role.groups),
            )
            same.setdefault(demands, []).append(column)
        for like in same.values():
            role = self._roles[roles[like[0]]]
            columns = ints(like)
            for reason, lacking in self._lacking(people, role):
                codes[np.ix_(np.nonzero(lacking)[0], columns)] = _CODES[reason]

    def _lacking(self, people: slice, role: Role) -> Sequence[tuple[str, Bools]]:
        """The parts of H1 from the last to the first, so that the first is written last."""
        age = self._age[people]
        lacking: list[tuple[str, Bools]] = []
        if role.groups:
            member = np.zeros(len(age), bool)
            for group in role.groups:
                member |= self._groups[group][people]
            lacking.append(("group", ~member))
        lacking.append(("age", (age < role.min_age) | (age > role.max_age)))
        unskilled = np.zeros(len(age), bool)
        for skill, level in role.skills.items():
            unskilled |= self._skills[skill][people] < level
        return [*lacking, ("skills", unskilled)]

    def _levels(self) -> dict[str, Ints]:
        names = {skill for role in self._roles for skill in role.skills}
        return {name: ints([each.skills.get(name, 0) for each in self._people]) for name in names}

    def _memberships(self) -> dict[str, Bools]:
        names = {group for role in self._roles for group in role.groups}
        found = {name: np.zeros(len(self._people), bool) for name in names}
        for row, each in enumerate(self._people):
            for group in each.groups:
                if group in found:
                    found[group][row] = True
        return found

    def _too_far(self, people: slice, shifts: Ints) -> Bools:
        columns = self._columns
        limit, has_home = self._limit[people], columns.has_home[people]
        place = columns.shifts.place[shifts]
        found = np.zeros((len(limit), len(shifts)), bool)
        bound, located = np.nonzero((limit >= 0) & has_home)[0], np.nonzero(place >= 0)[0]
        if bound.size and located.size:
            rows, of_shift = np.unique(place[located], return_inverse=True)
            metres = distances_m(columns.home[people][bound], columns.places[rows])
            found[np.ix_(bound, located)] = (metres > limit[bound, None])[:, of_shift]
        return found

    def _forbidden_pairs(self) -> tuple[Ints, Ints]:
        columns, problem = self._columns, self._columns.problem
        promised = {(line.volunteer, line.shift) for line in problem.fixed}
        pairs = {(each.volunteer, each.shift) for each in problem.forbidden} - promised
        rows = sorted((columns.volunteer_at[who], columns.shift_at[where]) for who, where in pairs)
        return ints([who for who, _ in rows]), ints([where for _, where in rows])

    def _forbidden_block(self, people: slice, shifts: Ints) -> Bools:
        first, last, _ = people.indices(len(self._people))
        who, where = self._forbidden
        found = np.zeros((last - first, len(shifts)), bool)
        inside = (who >= first) & (who < last) & np.isin(where, shifts)
        found[who[inside] - first, np.searchsorted(shifts, where[inside])] = True
        return found


class _Intervals:
    """H2: the merged available intervals of everybody, one after another."""

    def __init__(self, columns: Columns) -> None:
        self._shifts = columns.shifts
        owned = [
            (row, start, end)
            for row, each in enumerate(columns.problem.volunteers)
            for start, end in merged(each.available)
        ]
        self._owner = ints([row for row, _, _ in owned])
        self._start = ints([start for _, start, _ in owned])
        self._end = ints([end for _, _, end in owned])
        starts = np.concatenate([self._start, columns.shifts.start])
        self._least = int(starts.min(initial=0))
        self._span = int(starts.max(initial=0)) - self._least + 1

    def hold(self, people: slice, shifts: Ints) -> Bools:
        """Whether each of `shifts` lies within one interval of each of `people`.

        One sorted key of owner and start finds the last interval that starts no later.
        """
        rows = np.arange(people.start, people.stop)
        start, end = self._shifts.start[shifts], self._shifts.end[shifts]
        keys = self._owner * self._span + (self._start - self._least)
        wanted = rows[:, None] * self._span + (start - self._least)[None, :]
        at = np.searchsorted(keys, wanted, side="right") - 1
        found = np.zeros(wanted.shape, bool)
        if self._owner.size:
            own = (at >= 0) & (self._owner[at] == rows[:, None])
            found = own & (self._end[at] >= end[None, :])
        return found
