"""Why seats stay open: for each role short of people, the first obstacle of everybody else."""

from collections.abc import Iterator, Sequence

import numpy as np

from matcher.columns import Bools, Columns, Ints, compile_columns, mark, rows_of
from matcher.load import Load
from matcher.obstacles import NOTHING, Codes, Obstacles
from matcher.plan import REASONS, REASONS_VOLUNTEERS_MAX, Reason, Unfilled
from matcher.problem import Line, Problem
from matcher.teams import Teams

# Roles are asked this many at a time, to bound the memory.
_BLOCK_ROLES = 256


def unfilled(
    problem: Problem, assignments: Sequence[Line], optimal: bool, reasons: bool | None = None
) -> tuple[Unfilled, ...]:
    """A line for every role with fewer than `max` people, in the problem's order.

    Reasons are counted up to 10,000 volunteers, or as `reasons` says. In a plan that is proven
    optimal nobody is `free`: that line would have been taken. Only a shift with a fixed line may
    be without a minor who is, because he would leave it short of one more adult.
    """
    del optimal  # What is proven changes no count; the format only says what it implies.
    columns = compile_columns(problem)
    explanation = Explanation(columns, assignments)
    if reasons is None:
        reasons = len(problem.volunteers) <= REASONS_VOLUNTEERS_MAX
    people = explanation.people_by_role
    short = np.nonzero(people < columns.role_max)[0]
    counts = explanation.counts(short) if reasons else iter([None] * len(short))
    keys = list(columns.role_at)
    return tuple(
        Unfilled(*keys[role], missing=int(columns.role_max[role] - people[role]), reasons=counted)
        for role, counted in zip(short.tolist(), counts, strict=True)
    )


def obstacles_of(
    problem: Problem, assignments: Sequence[Line], volunteer: str
) -> dict[tuple[str, str], Reason | None]:
    """What keeps one volunteer from each shift and role; None on the shifts he serves.

    `free` says nothing of whether a seat is left.
    """
    columns = compile_columns(problem)
    row = columns.volunteer_at[volunteer]
    codes = Explanation(columns, assignments).codes(np.arange(len(columns.role_max)))
    return {
        key: None if of_role[row] == ON_SHIFT else REASONS[int(of_role[row])]
        for key, of_role in zip(columns.role_at, codes, strict=True)
    }


ON_SHIFT = 254


class Explanation:
    """The obstacles of a plan's open seats."""

    def __init__(self, columns: Columns, assignments: Sequence[Line]) -> None:
        self._columns = columns
        self._obstacles = Obstacles(columns)
        self._volunteers, self._roles = rows_of(columns, assignments)
        self._shifts = columns.role_shift[self._roles]
        self._load = Load.of(columns, self._volunteers, self._shifts)
        self._teams = Teams(columns)
        self.people_by_role = np.bincount(self._roles, minlength=len(columns.role_max))

    def counts(self, roles: Ints) -> Iterator[dict[Reason, int]]:
        """For each role, how many have each first obstacle; none that are zero."""
        for codes in self.codes(roles):
            counted = np.bincount(codes, minlength=ON_SHIFT + 1)
            yield {
                reason: int(counted[code]) for code, reason in enumerate(REASONS) if counted[code]
            }

    def codes(self, roles: Ints) -> Iterator[Codes]:
        """For each role, the code of every volunteer's first obstacle; `ON_SHIFT` for those on."""
        everybody = slice(0, len(self._columns.problem.volunteers))
        for first in range(0, len(roles), _BLOCK_ROLES):
            block = roles[first : first + _BLOCK_ROLES]
            codes = self._obstacles.first(everybody, block)
            for column, role in enumerate(block.tolist()):
                yield self._beyond(role, codes[:, column].copy())

    def _beyond(self, role: int, codes: Codes) -> Codes:
        """The obstacles that depend on the plan, where there is no other."""
        shift = int(self._columns.role_shift[role])
        here = self._shifts == shift
        open_ = codes == NOTHING
        busy = open_ & ~self._load.can_take(shift)
        spoils = self._teams.spoiled_by_one(shift, self._volunteers[here], self._roles[here], role)
        codes[open_] = REASONS.index("free")
        codes[open_ & spoils] = REASONS.index("team")
        codes[busy] = REASONS.index("busy")
        codes[self._on(here)] = ON_SHIFT
        return codes

    def _on(self, here: Bools) -> Bools:
        return mark(len(self._columns.problem.volunteers), self._volunteers[here].tolist())
