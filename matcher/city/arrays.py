"""What the loops over a city read and write: named tuples of arrays, which Numba takes as they are.

People stand in the order of the cells of a grid, so that neighbours are neighbours in memory.
Minutes count from the horizon's start, longitudes are in degrees and latitudes in radians, prices
are in eighths of a unit of cost.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.tables.compiled import compiled

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


PERSON = np.dtype(
    [
        ("longitude", "f8"),
        ("latitude", "f8"),
        ("cos_latitude", "f8"),
        ("limit_m", "i8"),
        ("minutes", "i8"),
        ("day_minutes", "i8"),
        ("shifts", "i8"),
        ("base", "i4"),
        ("age", "i4"),
        ("free_first", "i8"),
        ("free_last", "i8"),
        ("skill_first", "i8"),
        ("skill_last", "i8"),
        ("group_first", "i8"),
        ("group_last", "i8"),
        ("like_first", "i8"),
        ("like_last", "i8"),
        ("engaged_first", "i8"),
        ("engaged_last", "i8"),
        ("foe_first", "i8"),
        ("foe_last", "i8"),
        ("is_bound", "b1"),
    ],
    align=True,
)
NAMED = np.dtype([("name", "i4"), ("level", "i4")], align=True)
SPAN = np.dtype([("start", "i4"), ("end", "i4")], align=True)
ENGAGED = np.dtype(
    [
        ("start", "i8"),
        ("end", "i8"),
        ("day", "i8"),
        ("longitude", "f8"),
        ("latitude", "f8"),
        ("counts", "b1"),
    ],
    align=True,
)
SHIFT = np.dtype(
    [
        ("start", "i8"),
        ("end", "i8"),
        ("day", "i8"),
        ("longitude", "f8"),
        ("latitude", "f8"),
        ("cos_latitude", "f8"),
        ("cause", "i8"),
        ("special_first", "i8"),
        ("special_last", "i8"),
        ("banned_first", "i8"),
        ("banned_last", "i8"),
        ("has_invited", "b1"),
    ],
    align=True,
)
SPECIAL = np.dtype([("person", "i4"), ("current", "i4"), ("invited", "b1")], align=True)
SLOT = np.dtype(
    [
        ("shift", "i4"),
        ("role", "i4"),
        ("min_age", "i8"),
        ("max_age", "i8"),
        ("skill_first", "i8"),
        ("skill_last", "i8"),
        ("group_first", "i8"),
        ("group_last", "i8"),
    ],
    align=True,
)
SEAT = np.dtype(
    [
        ("worth", "i8"),
        ("paid", "i8"),
        ("slot", "i4"),
        ("person", "i4"),
        ("next", "i4"),
        ("evicted", "i4"),
        ("status", "i4"),
    ],
    align=True,
)
HOLDER = np.dtype([("head", "i4"), ("held", "i4")], align=True)


class Folk(NamedTuple):
    """People (`PERSON`) in the grid's order, and their lists, each from `first` to `last`.

    `skill` and `like` are `NAMED`, `free` is `SPAN`, `engaged` is `ENGAGED`; `group` are names and
    `foe` people.
    """

    person: Array
    skill: Array
    group: Array
    free: Array
    like: Array
    engaged: Array
    foe: Array


class Demand(NamedTuple):
    """Shifts (`SHIFT`), and the slots (`SLOT`) of their roles: like seats with like demands.

    The first slots are the roles themselves; then each role has one that asks for an adult as
    well, and one for each line of its shift's team that asks for its skill. `special` (`SPECIAL`)
    are people whom a shift knows by name: invited, or on it in the plan before; `banned` are those
    who are never there. `skill` (`NAMED`) and `group` are what slots ask for.
    """

    shift: Array
    special: Array
    banned: Array
    slot: Array
    skill: Array
    group: Array


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
    """Who sits where, and what was paid: `seat` (`SEAT`) and `person` (`HOLDER`).

    Fixed lines are seats that nobody moves. The seats of one person are a chain from `head` by
    `next`; -1 ends it. `ask` is the least that one more seat with this person costs, whatever the
    times. `status`: 0 waiting, 1 taken, 2 open for good, 3 fixed, 4 taken by one of a group that
    came together.
    """

    seat: Array
    person: Array
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


@compiled
def wide(number: Any) -> Any:
    """The number in 64 bits: loops are compiled once for each width that they are called with."""
    return np.int64(number)
