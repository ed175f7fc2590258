"""What the loops read: people in cells, shifts and roles, and the rules' numbers.

People stand in the order of their cells, shifts and roles in that of the columns.
"""

from typing import Any, NamedTuple

from numpy.typing import NDArray

from matcher.tables.tables import Bools, Floats, Int32s, Int64s

Array = NDArray[Any]

PRICE_UNITS = 8
"""Prices are whole numbers of this part of one unit of cost."""
ANY_DISTANCE = 1 << 40
"""As a limit in metres: farther than any two places are apart."""


class Crowd(NamedTuple):
    """People and their lists in the order of their cells, with what they are asked in minutes.

    `minutes`, `shifts` and `day_minutes` are limits, the first two less what was promised
    elsewhere. Longitudes are in degrees, latitudes in radians; `space` is the place on a sphere of
    radius 1. `base` is b of the fairness.
    """

    price: Int64s
    longitude: Floats
    latitude: Floats
    space: Floats
    limit_m: Int64s
    age: Int64s
    minutes: Int64s
    day_minutes: Int64s
    shifts: Int64s
    base: Int64s
    skill_first: Int64s
    skill: Int32s
    skill_level: Array
    group_first: Int64s
    group: Int32s
    free_first: Int64s
    free_start: Int64s
    free_end: Int64s
    like_first: Int64s
    like: Int32s
    like_level: Array
    engaged_first: Int64s
    engaged_start: Int64s
    engaged_end: Int64s
    engaged_day: Int64s
    engaged_counts: Bools
    engaged_longitude: Floats
    engaged_latitude: Floats


class Cells(NamedTuple):
    """The people of cell c are `first[c]` to `first[c + 1]`, in the order of their prices.

    All are within `radius[c]` of `middle[c]`, go at most `reach_m[c]` and cost at least `least[c]`.
    People without a home are in cells of endless radius: they may be anywhere.
    """

    first: Int64s
    middle: Floats
    radius: Floats
    reach_m: Int64s
    least: Int64s


class Numbers(NamedTuple):
    """The rules' numbers and the weights that one line's cost has in it."""

    min_rest: int
    speed_kmh: int
    transfer: int
    travel: int
    cause: int
    invite: int
    change: int


class Asked(NamedTuple):
    """Shifts, then their roles, then what both ask for.

    `known` are the people, by their places in the crowd and in their order, whom a shift knows by
    name: `known_lines` says how many lines of the plan before each has there, `known_invited` who
    was asked for. `banned` are those who are never there, in their order. `wanted` is how many
    people a role can have beside its fixed lines, and `below` how many of them are below its
    minimum. Team lines that ask for nobody, and those of shifts with a fixed line, are left out.
    """

    start: Int64s
    end: Int64s
    day: Int64s
    longitude: Floats
    latitude: Floats
    space: Floats
    cause: Int32s
    priority: Int64s
    has_invited: Bools
    first_role: Int64s
    known_first: Int64s
    known: Int64s
    known_lines: Int64s
    known_invited: Bools
    banned_first: Int64s
    banned: Int64s
    team_first: Int64s
    team_skill: Int64s
    team_level: Int64s
    wanted: Int64s
    below: Int64s
    min_age: Int64s
    max_age: Int64s
    skill_first: Int64s
    skill: Int32s
    skill_level: Array
    group_first: Int64s
    group: Int32s
