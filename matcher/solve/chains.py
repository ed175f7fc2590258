"""Fill one more seat by a chain: somebody leaves a seat for the open one, and another takes that.

Each chain fills a seat that stayed open and leaves every other as full as it was, so levels 1 and
2 only get better. Chains are looked for breadth first from all open seats at once; when none is
found, every seat that could be vacated has been asked once.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matcher.columns import Ints, ints
from matcher.draft import Draft

# So many of the people who are free are tried for a seat before others are asked to move.
_FREE_TRIED = 4
_ROLES_ASKED = 500


@dataclass(frozen=True, slots=True)
class _Link:
    """`volunteer` would leave `role` to sit in the seat that `next` needs filled."""

    role: int
    volunteer: int
    next: "_Link | None"


def fill_by_chains(draft: Draft, stop: Callable[[], bool]) -> int:
    """Fill seats of a valid draft until no chain is found; how many were filled.

    At most `_ROLES_ASKED` seats are looked at in all: what is left, the exact search finds.
    """
    filled = 0
    chains = _Chains(draft)
    while not stop() and chains.fill_one():
        filled += 1
    return filled


class _Chains:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        task = draft.task
        columns = task.columns
        self._fixed = set(
            zip(columns.fixed_volunteer.tolist(), columns.fixed_role.tolist(), strict=True)
        )
        priority = ints([shift.priority for shift in columns.problem.shifts])
        self._worth = priority[columns.role_shift]
        self._asked = 0

    def fill_one(self) -> bool:
        """Look from every open seat, the most wanted first."""
        draft = self._draft
        columns = draft.task.columns
        people = columns.role_max - draft.seats_left
        is_short = people < columns.role_min
        open_ = np.nonzero(draft.seats_left > 0)[0]
        order = open_[np.lexsort((-self._worth[open_], ~is_short[open_]))]
        waiting = deque(_Link(int(role), -1, None) for role in order)
        seen = set(order.tolist())
        while waiting and self._asked < _ROLES_ASKED:
            link = waiting.popleft()
            self._asked += 1
            for volunteer in self._free(link.role):
                if self._apply(link, volunteer):
                    return True
            for volunteer, role in self._could_move(link.role):
                if role not in seen:
                    seen.add(role)
                    waiting.append(_Link(role, volunteer, link))
        return False

    def _free(self, role: int) -> list[int]:
        """Whoever could take a seat of the role at once, the cheapest first; a few are enough."""
        draft = self._draft
        shift = int(draft.task.columns.role_shift[role])
        pairs = draft.task.pairs
        rows = pairs.of_role(role)
        free = np.nonzero(draft.load.can_take_these(pairs.volunteer[rows], shift))[0] + rows.start
        if not free.size:
            return []
        best: Ints = free[np.argsort(draft.price(free), kind="stable")[:_FREE_TRIED]]
        return [int(each) for each in pairs.volunteer[best]]

    def _could_move(self, role: int) -> list[tuple[int, int]]:
        """Volunteers who could sit here if they left one seat, and that seat."""
        draft, columns = self._draft, self._draft.task.columns
        shift = int(columns.role_shift[role])
        pairs = draft.task.pairs
        people = pairs.volunteer[pairs.of_role(role)]
        people = people[~columns.blocked[people, shift] & (draft.given[people] > 0)]
        return [
            (volunteer, left)
            for volunteer in people.tolist()
            for left in draft.roles_of[volunteer]
            if (volunteer, left) not in self._fixed and self._fits_without(volunteer, left, shift)
        ]

    def _fits_without(self, volunteer: int, left: int, shift: int) -> bool:
        draft, columns = self._draft, self._draft.task.columns
        old = int(columns.role_shift[left])
        if old == shift:
            return False
        load = draft.load
        minutes, freed = columns.minutes[shift], columns.minutes[old]
        same_day = columns.day[old] == columns.day[shift]
        day_left = load.day_minutes_left[volunteer, columns.day[shift]] + freed * same_day
        if load.minutes_left[volunteer] + freed < minutes or day_left < minutes:
            return False
        return not any(
            columns.conflict[columns.role_shift[other], shift]
            for other in draft.roles_of[volunteer]
            if other != left
        )

    def _apply(self, link: _Link, volunteer: int) -> bool:
        """Move everybody along the chain, or nobody if a rule of a shift would break."""
        moves: list[tuple[int, int, int]] = []
        person, here = volunteer, link
        moves.append((person, -1, here.role))
        while here.next is not None:
            moves.append((here.volunteer, here.role, here.next.role))
            here = here.next
        if len({who for who, _, _ in moves}) < len(moves):
            return False
        draft = self._draft
        for who, left, _ in moves:
            if left >= 0:
                draft.take_off(who, left)
        for who, _, taken in moves:
            draft.put(who, taken)
        if all(self._is_valid(taken) for _, _, taken in moves):
            return True
        for who, _, taken in moves:
            draft.take_off(who, taken)
        for who, left, _ in moves:
            if left >= 0:
                draft.put(who, left)
        return False

    def _is_valid(self, role: int) -> bool:
        shift = int(self._draft.task.columns.role_shift[role])
        return self._draft.task.teams.is_valid(shift, *self._draft.crew(shift))
