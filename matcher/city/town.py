"""What the loops that seat people ask of a city: who sits where, and what a shift lacks."""

from typing import NamedTuple

from matcher.city.arrays import PRICE_UNITS, Array, Demand, Folk, Grid, Numbers, State, wide
from matcher.city.auction import release, take
from matcher.city.settle import level_of, price_in
from matcher.city.whole import Wholes
from matcher.tables.compiled import compiled

FIXED = 3
"""The status of a seat with a promised line."""


class Ties(NamedTuple):
    """Groups of two at least (H12), and those of each person; people in the grid's order."""

    first: Array
    member: Array
    of_first: Array
    of: Array


class Lists(NamedTuple):
    """For each role the nearest people who fit it, as long as it was looked for: size is -1 else.

    `chosen`, `seat`, `price`, `unit` and `lacks` are room for one shift's work; `chance` is where
    a row of random numbers stands.
    """

    person: Array
    size: Array
    chosen: Array
    seat: Array
    price: Array
    unit: Array
    lacks: Array
    chance: Array


class Town(NamedTuple):
    """All that the loops ask of a city, and that no plan changes."""

    grid: Grid
    folk: Folk
    demand: Demand
    numbers: Numbers
    wholes: Wholes
    ties: Ties
    first_role: Array
    priority: Array


# ---- what a shift lacks ------------------------------------------------------------------------


@compiled
def levels_of(town: Town, state: State, shift: int) -> tuple[int, int]:
    """What the shift adds to shortfall and open as it stands, whether it is whole or not."""
    wholes = town.wholes
    first, last = wholes.seat_first[shift], wholes.seat_first[shift + 1]
    short = open_ = 0
    seat = first
    while seat < last:
        role, people = wholes.seat_role[seat], 0
        while seat < last and wholes.seat_role[seat] == role:
            people += state.seat[seat].person >= 0
            open_ += state.seat[seat].person < 0
            seat += 1
        short += max(0, wholes.role_min[role] - people)
    if wholes.is_fixed[shift]:
        short += adults_missing(town, state, shift, 0, 0)
        for line in range(wholes.team_first[shift], wholes.team_first[shift + 1]):
            short += team_missing(town, state, shift, line)
    priority = town.priority[shift]
    return int(short * priority), int(open_ * priority)


@compiled
def adults_missing(town: Town, state: State, shift: int, adults: int, minors: int) -> int:
    """How many adults the shift lacks (H10) with so many more people."""
    wholes = town.wholes
    for seat in range(wholes.seat_first[shift], wholes.seat_first[shift + 1]):
        person = wide(state.seat[seat].person)
        if person >= 0:
            adults += town.folk.person[person].age >= wholes.adult_age
            minors += town.folk.person[person].age < wholes.adult_age
    return max(0, (minors + wholes.per_adult - 1) // wholes.per_adult - adults)


@compiled
def team_missing(town: Town, state: State, shift: int, line: int) -> int:
    """How many people a line of the team lacks (H9)."""
    wholes, have = town.wholes, 0
    for seat in range(wholes.seat_first[shift], wholes.seat_first[shift + 1]):
        person = wide(state.seat[seat].person)
        have += person >= 0 and (
            level_of(town.folk, person, wholes.team_skill[line]) >= wholes.team_level[line]
        )
    return int(max(0, wholes.team_count[line] - have))


@compiled
def open_seat_of(town: Town, state: State, role: int) -> int:
    """The first seat of the role that nobody has, or -1."""
    wholes = town.wholes
    shift = wide(town.demand.slot[role].shift)
    for seat in range(wholes.seat_first[shift], wholes.seat_first[shift + 1]):
        if wholes.seat_role[seat] == role and state.seat[seat].person < 0:
            return int(seat)
    return -1


@compiled
def open_seats_of(town: Town, state: State, role: int) -> int:
    """How many seats of the role nobody has."""
    wholes, count = town.wholes, 0
    shift = wide(town.demand.slot[role].shift)
    for seat in range(wholes.seat_first[shift], wholes.seat_first[shift + 1]):
        count += wholes.seat_role[seat] == role and state.seat[seat].person < 0
    return count


@compiled
def below_minimum(town: Town, state: State, role: int) -> bool:
    wholes = town.wholes
    shift = wide(town.demand.slot[role].shift)
    missing = wholes.role_min[role]
    for seat in range(wholes.seat_first[shift], wholes.seat_first[shift + 1]):
        missing -= wholes.seat_role[seat] == role and state.seat[seat].person >= 0
    return bool(missing > 0)


# ---- chance ------------------------------------------------------------------------------------


@compiled
def drawn(chance: Array, below: int) -> int:
    """A whole number from 0 on, below this one: the same row of numbers for the same seed."""
    chance[0] = chance[0] * 6364136223846793005 + 1442695040888963407
    return int(((chance[0] >> 33) & 0x3FFFFFFF) % below)


# ---- who sits where ----------------------------------------------------------------------------


@compiled
def sit(town: Town, state: State, seat: int, person: int) -> int:
    """Give the seat this person; what that costs, in units of cost."""
    shift = wide(town.demand.slot[state.seat[seat].slot].shift)
    cost = price_in(town.folk, town.demand, town.numbers, person, shift) // PRICE_UNITS
    cost += town.numbers.fairness * (
        town.folk.person[person].base + wide(state.person[person].held)
    )
    take(town.folk, town.numbers, state, seat, person, 0)
    return int(cost)


@compiled
def leave(town: Town, state: State, seat: int) -> int:
    """Free whoever has the seat; what that adds to the cost: mostly less than 0."""
    person = wide(state.seat[seat].person)
    shift = wide(town.demand.slot[state.seat[seat].slot].shift)
    release(town.folk, town.numbers, state, seat)
    state.seat[seat].status = 2
    cost = price_in(town.folk, town.demand, town.numbers, person, shift) // PRICE_UNITS
    cost += town.numbers.fairness * (
        town.folk.person[person].base + wide(state.person[person].held)
    )
    return -int(cost)


@compiled
def seat_on(town: Town, state: State, person: int, shift: int) -> int:
    """The seat that the person has on the shift, or -1."""
    seat = wide(state.person[person].head)
    while seat >= 0 and town.demand.slot[state.seat[seat].slot].shift != shift:
        seat = wide(state.seat[seat].next)
    return int(seat)
