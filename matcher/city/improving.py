"""A first plan for a city, and a plan made better: what their loops are given."""

from collections.abc import Callable

import numpy as np

from matcher.city.arrays import Folk, State
from matcher.city.folk import grouped
from matcher.city.polish import (
    SEATS_MOST,
    SHIFTS_MOST,
    Bench,
    note_wanting,
    polish,
    seat_them,
)
from matcher.city.prepare import City, empty_state
from matcher.city.seed import by_slack, counted_slack, estimated_slack, fill_what_is_open
from matcher.city.town import Lists, Ties, Town
from matcher.city.whole import Wholes
from matcher.tables import Assignments

_LIST_MOST = 256  # Candidates of a role that are looked for: all of them where people are scarce.
# Above so many people times shifts slack is estimated and only the nearest are asked.
_COUNTED_MOST = 200_000_000
_NEAREST_OF_A_SEAT = 32
_SHIFTS_AT_ONCE = 1_000
STEPS_AT_ONCE = 250
# By so much prices are blurred, in units of cost: a little way, or more than anybody costs.
_NOISE = (0, 20, 100, 1000)
# After so many steps that filled nothing it is enough.
_IDLE_LEAST, _IDLE_PER_SHIFT, _IDLE_MOST = 250, 20, 10_000


def seeded(city: City, town: Town, lists: Lists, is_out: Callable[[], bool]) -> Assignments:
    """The fixed lines and as many more as are found until `is_out`: always a valid plan."""
    shifts, people = city.tables.shifts, len(city.order)
    state = empty_state(city)
    order = np.lexsort((np.arange(len(shifts)), shifts.start, -shifts.priority))
    is_counted = people * len(shifts) <= _COUNTED_MOST
    slack = counted_slack(town, state) if is_counted else estimated_slack(city)
    rank = slack * max(1, people) + city.order
    asked = people if is_counted else _NEAREST_OF_A_SEAT
    alone = town._replace(folk=_in_any_group(city))
    found = np.zeros(max(1, people), np.int32)
    for at in range(0, len(order), _SHIFTS_AT_ONCE):
        by_slack(alone, state, order[at : at + _SHIFTS_AT_ONCE], rank, asked, found)
        if is_out():
            return lines_in(city, state)
    for at in range(0, len(order), _SHIFTS_AT_ONCE):
        fill_what_is_open(town, state, lists, order[at : at + _SHIFTS_AT_ONCE])
        if is_out():
            break
    return lines_in(city, state)


def _in_any_group(city: City) -> Folk:
    """People as they are, but whoever is in a group at all, be it of one, is left out."""
    together = city.tables.relations.together
    if not (np.diff(together.first) == 1).any():
        return city.folk
    person = city.folk.person.copy()
    person["is_bound"][city.place[together.item]] = True
    return city.folk._replace(person=person)


# ---- better ------------------------------------------------------------------------------------


class Polishing:
    """A plan that gets better, a few hundred steps at a time."""

    def __init__(self, city: City, town: Town, lists: Lists, lines: Assignments) -> None:
        self._city, self._town, self._lists = city, town, lists
        self._state = state_of(city, lines)
        self._bench = Bench(
            shift=np.zeros(SHIFTS_MOST, np.int64),
            before=np.zeros((SHIFTS_MOST, SEATS_MOST), np.int64),
            order=np.zeros(SHIFTS_MOST, np.int64),
            wanting=np.zeros(len(city.seat_first), np.int64),
            noise=np.array(_NOISE, np.int64),
        )
        self._wanting = note_wanting(town, self._state, self._bench)
        self._idle = 0

    def goes_on(self) -> bool:
        """Whether seats were filled not long ago; cost alone is not worth so many steps."""
        shifts = len(self._city.is_fixed)
        alike = min(_IDLE_PER_SHIFT * shifts, _IDLE_MOST)
        return shifts > 0 and self._idle < _IDLE_LEAST + alike + _IDLE_PER_SHIFT * self._wanting

    def some(self) -> None:
        """`STEPS_AT_ONCE` steps."""
        filled = polish(
            self._town, self._state, self._lists, self._bench, self._wanting, STEPS_AT_ONCE
        )
        self._wanting = note_wanting(self._town, self._state, self._bench)
        self._idle = 0 if filled else self._idle + STEPS_AT_ONCE

    def lines(self) -> Assignments:
        """The plan as it is now."""
        return lines_in(self._city, self._state)


def state_of(city: City, lines: Assignments) -> State:
    """Who sits where by these lines, which hold every fixed line."""
    state, fixed, roles = empty_state(city), city.tables.relations.fixed, len(city.tables.roles)
    person, role = city.place[lines.person], lines.role.astype(np.int64)
    keys, promised = person * roles + role, city.place[fixed.person] * roles + fixed.role
    further = np.nonzero(~np.isin(keys, promised))[0]
    order = further[np.argsort(role[further], kind="stable")]
    number = np.arange(len(order)) - np.searchsorted(role[order], role[order])
    taken = np.bincount(fixed.role, minlength=roles)
    seat = np.searchsorted(city.seat_role, role[order]) + taken[role[order]] + number
    seat_them(city.folk, city.numbers, state, seat, person[order])
    return state


# ---- what the loops read -----------------------------------------------------------------------


def town_of(city: City, wholes: Wholes) -> Town:
    """The city as these loops read it."""
    shifts = city.tables.shifts
    return Town(
        city.grid, city.folk, city.demand, city.numbers, wholes, _ties(city), shifts.first_role,
        shifts.priority,
    )  # fmt: skip


def lists_of(city: City, seed: int) -> Lists:
    """Nobody looked for yet."""
    roles = np.diff(city.tables.shifts.first_role).max(initial=1)
    most = max(1, min(_LIST_MOST, len(city.order)))
    size = int(roles) * most
    return Lists(
        person=np.zeros((len(city.tables.roles), most), np.int32),
        size=np.full(len(city.tables.roles), -1, np.int32),
        chosen=np.zeros(size, np.int64),
        seat=np.zeros(size, np.int64),
        price=np.zeros(size, np.int64),
        unit=np.zeros((2, len(city.order) + 1), np.int64),
        lacks=np.zeros(int(np.diff(city.tables.shifts.team.first).max(initial=1)), np.int64),
        chance=np.array([seed + 1], np.int64),
    )


def lines_in(city: City, state: State) -> Assignments:
    """The lines of a state."""
    seats = np.nonzero(state.seat["person"] >= 0)[0]
    return Assignments(
        person=city.order[state.seat["person"][seats]].astype(np.int32),
        role=city.seat_role[seats].astype(np.int32),
    )


def _ties(city: City) -> Ties:
    together = city.tables.relations.together
    size = np.diff(together.first)
    kept = np.nonzero(size > 1)[0]
    inside = np.repeat(size > 1, size)
    member = city.place[together.item[inside]]
    first = np.concatenate([[0], np.cumsum(size[kept])]).astype(np.int64)
    of_first, of = grouped(member, np.repeat(np.arange(len(kept)), size[kept]), len(city.order))
    return Ties(first, member.astype(np.int64), of_first, of)
