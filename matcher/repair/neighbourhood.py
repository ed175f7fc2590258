"""Which lines a repair looks at: all of a small problem, else those near the seats that are open.

Near is at most a chain of three: somebody takes the open seat; or somebody leaves his for it and
another takes that; or he in turn leaves his for that one. Longer chains would free too many people.
"""

from collections.abc import Iterable

import numpy as np

from matcher.columns import Bools, Ints, ints
from matcher.draft import Draft

# Of so many possible lines all are looked at.
EVERYTHING_PAIRS_MOST = 4_000

# How many people are looked at for a seat: whoever is free, and whoever would leave another.
_FREE_FOR_OPEN, _MOVING_FOR_OPEN = 24, 14
_FREE_FOR_LEFT, _MOVING_FOR_LEFT = 6, 4
_FREE_FOR_LAST = 3
# Open seats are looked at in this many roles, those that the changes opened first.
_ROLES_MOST = 60


def near(draft: Draft, kept: Bools, opened: Iterable[int]) -> Bools:
    """Which of the task's possible lines to search: the kept ones and those near open seats.

    `draft` holds the kept lines; `opened` are roles in which the changes left a seat.
    """
    if len(kept) <= EVERYTHING_PAIRS_MOST:
        return np.ones(len(kept), bool)
    return _Near(draft, kept).of(opened)


class _Near:
    def __init__(self, draft: Draft, kept: Bools) -> None:
        self._draft = draft
        self._pairs = draft.task.pairs
        self._chosen = kept.copy()
        columns = draft.task.columns
        self._fixed = set(
            zip(columns.fixed_volunteer.tolist(), columns.fixed_role.tolist(), strict=True)
        )

    def of(self, opened: Iterable[int]) -> Bools:
        open_ = np.nonzero(self._draft.seats_left > 0)[0].tolist()
        first = [role for role in dict.fromkeys(opened) if self._draft.seats_left[role] > 0]
        seats = list(dict.fromkeys([*first, *open_]))[:_ROLES_MOST]
        left = self._reached(seats, _FREE_FOR_OPEN, _MOVING_FOR_OPEN)
        last = self._reached(left, _FREE_FOR_LEFT, _MOVING_FOR_LEFT)
        self._reached(last, _FREE_FOR_LAST, 0)
        self._add_among_chosen(seats)
        return self._chosen

    def _reached(self, roles: Iterable[int], free_most: int, moving_most: int) -> list[int]:
        """Choose people for these roles; the roles that those who would move leave."""
        left: dict[int, None] = {}
        for role in roles:
            rows = self._pairs.of_role(role)
            every = np.arange(rows.start, rows.stop)
            is_free = self._is_free(every, role)
            self._choose(every[is_free], free_most)
            serves = self._draft.given[self._pairs.volunteer[every]] > 0
            for row in self._choose(every[~is_free & serves], moving_most):
                person = int(self._pairs.volunteer[row])
                for own in self._draft.roles_of[person]:
                    if (person, own) not in self._fixed:
                        left[own] = None
        return list(left)

    def _is_free(self, rows: Ints, role: int) -> Bools:
        shift = int(self._draft.task.columns.role_shift[role])
        return self._draft.load.can_take_these(self._pairs.volunteer[rows], shift)

    def _choose(self, rows: Ints, most: int) -> Ints:
        """The cheapest of these lines, and whoever must come along to their shift."""
        best: Ints = rows[np.argsort(self._draft.price(rows), kind="stable")[:most]]
        self._chosen[best] = True
        for row in best.tolist():
            self._add_friends(int(self._pairs.volunteer[row]), int(self._pairs.shift[row]))
        return best

    def _add_friends(self, person: int, shift: int) -> None:
        friends = self._draft.task.teams.unit(person, shift)[1:]
        if friends:
            first, last = self._draft.task.columns.first_role[shift : shift + 2]
            rows = np.arange(self._pairs.first[first], self._pairs.first[last])
            self._chosen[rows[np.isin(self._pairs.volunteer[rows], ints(friends))]] = True

    def _add_among_chosen(self, seats: Iterable[int]) -> None:
        """Every open seat that somebody chosen for another could take as well."""
        people = np.unique(self._pairs.volunteer[self._chosen])
        for role in seats:
            rows = self._pairs.of_role(role)
            every = np.arange(rows.start, rows.stop)
            known = every[np.isin(self._pairs.volunteer[every], people)]
            self._chosen[known[self._is_free(known, role)]] = True
