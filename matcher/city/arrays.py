"""What the loops over a city read and write: named tuples of arrays, which Numba takes as they are.

People stand in the order of the cells of a grid, so that neighbours are neighbours in memory.
Minutes count from the horizon's start, longitudes are in degrees and latitudes in radians, prices
are in eighths of a unit of cost.
"""

from typing import Any, NamedTuple

from numpy.typing import NDArray

Array = NDArray[Any]

PRICE_UNITS = 8
"""Prices are whole numbers of this part of one unit of cost."""
NEVER = 1 << 60
"""A price that nobody pays."""


class Grid(NamedTuple):
    """Cells of equal size in degrees; the people of cell c are `first[c]` to `first[c + 1]`.

    Whoever is k cells away is at least `step_m * (k - 1)` metres away. After the last cell come
    people without a home, up to `people`. No person travels farther than `reach_m`, if that is
    not below 0. `by_cause` has a row for shifts without a cause and one for each cause: everybody
    cell by cell, in each cell first those whom such a shift costs least, way apart; `floor` is
    that cost, in units of price. Causes beyond its rows share the first.
    """

    columns: int
    rows: int
    left: float
    bottom: float
    width: float
    height: float
    step_m: float
    reach_m: int
    first: Array
    people: int
    by_cause: Array
    floor: Array


class Folk(NamedTuple):
    """People in the grid's order, each with lists beside: what row i owns begins at `first[i]`."""

    longitude: Array
    latitude: Array
    cos_latitude: Array
    limit_m: Array
    age: Array
    minutes: Array
    day_minutes: Array
    shifts: Array
    base: Array
    is_bound: Array
    skill_first: Array
    skill_name: Array
    skill_level: Array
    group_first: Array
    group_name: Array
    free_first: Array
    free_start: Array
    free_end: Array
    like_first: Array
    like_name: Array
    like_level: Array
    engaged_first: Array
    engaged_start: Array
    engaged_end: Array
    engaged_day: Array
    engaged_longitude: Array
    engaged_latitude: Array
    engaged_counts: Array
    foe_first: Array
    foe: Array


class Demand(NamedTuple):
    """Shifts, and the slots that their roles fall into: like seats with like demands.

    The first slots are the roles themselves; then each role has one that asks for an adult as
    well, and one for each line of its shift's team that asks for its skill.
    Specials are people whom a shift knows by name: invited, or on it in the plan before.
    """

    start: Array
    end: Array
    day: Array
    longitude: Array
    latitude: Array
    cos_latitude: Array
    cause: Array
    has_invited: Array
    special_first: Array
    special: Array
    special_invited: Array
    special_current: Array
    banned_first: Array
    banned: Array
    slot_shift: Array
    slot_role: Array
    slot_min_age: Array
    slot_max_age: Array
    slot_skill_first: Array
    slot_skill: Array
    slot_level: Array
    slot_group_first: Array
    slot_group: Array


class Numbers(NamedTuple):
    """The rules' numbers and the weights."""

    min_rest: int
    speed: int
    transfer: int
    travel: int
    cause: int
    fairness: int
    invite: int
    change: int


class State(NamedTuple):
    """Who sits where, and what was paid. A seat is a row; fixed lines are seats that nobody moves.

    The seats of one person are a chain from `head` by `next`; -1 ends it. `ask` is the least that
    one more seat with this person costs, whatever the times. `status`: 0 waiting, 1 taken, 2 open
    for good, 3 fixed, 4 taken by one of a group that came together.
    """

    seat_slot: Array
    seat_worth: Array
    seat_person: Array
    seat_paid: Array
    seat_next: Array
    seat_status: Array
    seat_evicted: Array
    head: Array
    held: Array
    ask: Array


class Cache(NamedTuple):
    """For each slot the cheapest people as they were last looked for.

    Nobody outside the list is cheaper than `beyond`; `wanted` is how many to look for next time.
    """

    person: Array
    cost: Array
    size: Array
    beyond: Array
    wanted: Array
