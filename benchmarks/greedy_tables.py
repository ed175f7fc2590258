"""The plain greedy over columns, compiled: the rule of `benchmarks.plain_greedy` line for line.

Frozen with it: a test holds the two against each other. It shares the words of the rules with the
matcher (`matcher.city.pairs`) and the arrays that they read, and nothing that looks for a plan.
Everybody is asked for every shift, so its time grows with people times shifts.
"""

import numpy as np
from numba import prange

from matcher.city.arrays import Array, Demand, Folk, Numbers, State, wide
from matcher.city.auction import release, take
from matcher.city.pairs import (
    goes_with,
    has_time,
    is_banned,
    is_free,
    is_suited,
    meets_foe,
    travelled,
)
from matcher.city.prepare import City, empty_state, prepare
from matcher.city.whole import Wholes, is_whole, wholes_of
from matcher.tables import Assignments, Tables
from matcher.tables.compiled import compiled, compiled_parallel

_FIXED = 3


def greedy_of_tables(tables: Tables) -> Assignments:
    """A valid plan. Whoever must serve together with others is left out, unless promised."""
    city = prepare(tables, 1)
    state, wholes, shifts = empty_state(city), wholes_of(city), tables.shifts
    first_role, in_group = shifts.first_role, np.zeros(len(city.order), bool)
    in_group[city.place[tables.relations.together.item]] = True
    slack = _slack(city.folk, city.demand, state, first_role)
    order = np.lexsort((np.arange(len(shifts)), shifts.start, -shifts.priority))
    _fill(
        city.folk, city.demand, city.numbers, state, wholes, first_role, order,
        slack * max(1, len(city.order)) + city.order, in_group,
        np.zeros(len(city.order) + 1, np.int64),
    )  # fmt: skip
    return _lines(city, state)


def _lines(city: City, state: State) -> Assignments:
    seats = np.nonzero(state.seat["person"] >= 0)[0]
    return Assignments(
        person=city.order[state.seat["person"][seats]].astype(np.int32),
        role=city.seat_role[seats].astype(np.int32),
    )


@compiled_parallel
def _slack(folk: Folk, demand: Demand, state: State, first_role: Array) -> Array:
    """On how many shifts each person could serve at all, or is promised."""
    found = np.zeros(len(folk.person), np.int64)
    for person in prange(len(folk.person)):
        number = 0
        for shift in range(len(demand.shift)):
            number += _could_serve(folk, demand, first_role, person, shift) or (
                state.person[person].head >= 0 and _is_promised(demand, state, person, shift)
            )
        found[person] = number
    return found


@compiled
def _is_promised(demand: Demand, state: State, person: int, shift: int) -> bool:
    seat, found = wide(state.person[person].head), False
    while seat >= 0:
        is_here = demand.slot[state.seat[seat].slot].shift == shift
        found = found or (is_here and state.seat[seat].status == _FIXED)
        seat = wide(state.seat[seat].next)
    return found


@compiled
def _could_serve(folk: Folk, demand: Demand, first_role: Array, person: int, shift: int) -> bool:
    """Whether H1 to H3 and H14 allow the person some role of the shift."""
    if not is_free(folk, person, demand.shift[shift].start, demand.shift[shift].end):
        return False
    is_asked = False
    for role in range(first_role[shift], first_role[shift + 1]):
        is_asked = is_asked or is_suited(folk, demand, person, role)
    if not is_asked or is_banned(demand, person, shift):
        return False
    limit = folk.person[person].limit_m
    return bool(limit < 0 or travelled(folk, demand, person, shift) <= limit)


@compiled
def _fill(
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    wholes: Wholes,
    first_role: Array,
    order: Array,
    rank: Array,
    in_group: Array,
    waiting: Array,
) -> None:
    """Shift by shift, role by role; whoever came leaves again where the shift is not whole."""
    for at in range(len(order)):
        shift, size = wide(order[at]), 0
        for person in range(len(folk.person)):
            if (
                is_free(folk, person, demand.shift[shift].start, demand.shift[shift].end)
                and not in_group[person]
                and _could_serve(folk, demand, first_role, person, shift)
                and _has_time(folk, demand, numbers, state, person, shift)
            ):
                waiting[size] = person
                size += 1
        for role in range(first_role[shift], first_role[shift + 1]):
            _fill_role(folk, demand, numbers, state, wholes, shift, role, rank, waiting[:size])
        if not wholes.is_fixed[shift] and not is_whole(folk, state, wholes, shift):
            for seat in range(wholes.seat_first[shift], wholes.seat_first[shift + 1]):
                if state.seat[seat].person >= 0:
                    release(folk, numbers, state, seat)


@compiled
def _has_time(
    folk: Folk, demand: Demand, numbers: Numbers, state: State, person: int, shift: int
) -> bool:
    return has_time(folk, demand, numbers, person, shift) and goes_with(
        folk, demand, numbers, state, person, shift, -1
    )


@compiled
def _fill_role(
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    wholes: Wholes,
    shift: int,
    role: int,
    rank: Array,
    waiting: Array,
) -> None:
    """The people who wait, in the order of their rank, as long as a seat of the role is open."""
    suited, tried = _suited(folk, demand, role, waiting), -1
    for seat in range(wholes.seat_first[shift], wholes.seat_first[shift + 1]):
        if wholes.seat_role[seat] != role or state.seat[seat].person >= 0:
            continue
        while True:
            person = _next(rank, suited, tried)
            if person < 0:
                return
            tried = rank[person]
            if (
                goes_with(folk, demand, numbers, state, person, shift, -1)
                and not meets_foe(folk, demand, state, person, shift)
                and _is_in_company(folk, state, wholes, person, shift)
            ):
                take(folk, numbers, state, seat, person, 0)
                break


@compiled
def _suited(folk: Folk, demand: Demand, role: int, waiting: Array) -> Array:
    """Those who wait and fit the role by H1."""
    found, size = np.empty_like(waiting), 0
    for at in range(len(waiting)):
        if is_suited(folk, demand, wide(waiting[at]), role):
            found[size] = waiting[at]
            size += 1
    return found[:size]


@compiled
def _next(rank: Array, waiting: Array, tried: int) -> int:
    """Whoever has the least rank above the one that was tried last, or -1."""
    best = -1
    for at in range(len(waiting)):
        person = wide(waiting[at])
        if rank[person] > tried and (best < 0 or rank[person] < rank[best]):
            best = person
    return best


@compiled
def _is_in_company(folk: Folk, state: State, wholes: Wholes, person: int, shift: int) -> bool:
    """H10 with this person, who is refused for it only if they are a minor."""
    if folk.person[person].age >= wholes.adult_age:
        return True
    adults, minors = 0, 1
    for seat in range(wholes.seat_first[shift], wholes.seat_first[shift + 1]):
        other = wide(state.seat[seat].person)
        if other >= 0:
            adults += folk.person[other].age >= wholes.adult_age
            minors += folk.person[other].age < wholes.adult_age
    return (minors + wholes.per_adult - 1) // wholes.per_adult <= adults
