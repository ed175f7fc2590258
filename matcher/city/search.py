"""The cheapest people for a slot, found cell by cell outwards until none can be cheaper."""

from typing import NamedTuple

import numpy as np

from matcher.city.arrays import NEVER, PRICE_UNITS, Array, Demand, Folk, Grid, Numbers, wide
from matcher.city.pairs import (
    TRAVEL_UNIT_M,
    has_time,
    is_banned,
    is_free,
    is_suited,
    own_cost,
    special_of,
    travelled,
)
from matcher.tables.compiled import compiled


class Found(NamedTuple):
    """The best so far, the cheapest first: people, what they cost, and that with their price."""

    person: Array
    cost: Array
    total: Array


@compiled
def cheapest(
    grid: Grid,
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    ask: Array,
    slot: int,
    found: Found,
    wanted: int,
    most: int,
) -> tuple[int, int]:
    """Fill `found` with the `wanted` people whose cost and `ask` together are least, in order.

    How many were found, and a price below which nobody who is left out is: `NEVER` if everybody
    was seen. Nobody whose cost alone is above `most` is looked for. All in units of price.
    """
    shift = wide(demand.slot[slot].shift)
    size = wide(0)
    for at in range(demand.shift[shift].special_first, demand.shift[shift].special_last):
        person = wide(demand.special[at].person)
        if is_free(folk, person, demand.shift[shift].start, demand.shift[shift].end):
            size = _offer(folk, demand, numbers, ask, slot, person, at, found, wanted, size)
    cells = grid.columns * grid.rows
    least = PRICE_UNITS * numbers.invite * demand.shift[shift].has_invited
    # People without a home can be anywhere at once: nothing says that they are dear.
    size = _cell(grid, folk, demand, numbers, ask, slot, cells, least, found, wanted, size, most)
    is_located = not np.isnan(demand.shift[shift].longitude)
    column, row = home_cell(grid, demand, shift)
    beyond = NEVER
    for ring in range(max(grid.columns, grid.rows)):
        floor = least
        if is_located:
            away = max(0.0, grid.step_m * (ring - 1))
            if 0 <= grid.reach_m < away:
                break
            floor += PRICE_UNITS * numbers.travel * (int(away) // TRAVEL_UNIT_M)
        if floor >= _worst(found, wanted, size, most):
            beyond = floor
            break
        size = _ring(
            grid, folk, demand, numbers, ask, slot, column, row, ring, floor, found, wanted, size,
            most,
        )  # fmt: skip
    if size == wanted:
        beyond = min(beyond, found.total[size - 1])
    return size, beyond


@compiled
def _worst(found: Found, wanted: int, size: int, most: int) -> int:
    return found.total[size - 1] if size == wanted else most


@compiled
def home_cell(grid: Grid, demand: Demand, shift: int) -> tuple[int, int]:
    """The cell of the shift, or the nearest to it."""
    if np.isnan(demand.shift[shift].longitude):
        return 0, 0
    across = np.floor((demand.shift[shift].longitude - grid.left) / grid.width)
    up = np.floor((np.degrees(demand.shift[shift].latitude) - grid.bottom) / grid.height)
    column = min(grid.columns - 1.0, max(0.0, across))
    row = min(grid.rows - 1.0, max(0.0, up))
    return int(column), int(row)


@compiled
def _ring(
    grid: Grid,
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    ask: Array,
    slot: int,
    column: int,
    row: int,
    ring: int,
    floor: int,
    found: Found,
    wanted: int,
    size: int,
    most: int,
) -> int:
    """The cells at this many steps from the middle."""
    for y in range(max(0, row - ring), min(grid.rows, row + ring + 1)):
        step = 1 if abs(y - row) == ring or ring == 0 else 2 * ring
        for x in range(column - ring, column + ring + 1, step):
            if 0 <= x < grid.columns:
                size = _cell(
                    grid, folk, demand, numbers, ask, slot, y * grid.columns + x, floor, found,
                    wanted, size, most,
                )  # fmt: skip
    return size


@compiled
def _cell(
    grid: Grid,
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    ask: Array,
    slot: int,
    cell: int,
    floor: int,
    found: Found,
    wanted: int,
    size: int,
    most: int,
) -> int:
    """The people of one cell, until all that follow are too dear."""
    shift = wide(demand.slot[slot].shift)
    start, end = demand.shift[shift].start, demand.shift[shift].end
    kind = demand.shift[shift].cause + 1 if len(grid.by_cause) > 1 else 0
    last = grid.first[cell + 1] if cell < grid.columns * grid.rows else grid.people
    for at in range(grid.first[cell], last):
        worst = _worst(found, wanted, size, most)
        if floor + grid.floor[kind, at] >= worst:
            break
        person = wide(grid.by_cause[kind, at])
        if size == wanted and ask[person] + floor >= worst:
            continue
        special = special_of(demand, person, shift)
        if special < 0 and is_free(folk, person, start, end):
            size = _offer(folk, demand, numbers, ask, slot, person, special, found, wanted, size)
    return size


@compiled
def _offer(
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    ask: Array,
    slot: int,
    person: int,
    special: int,
    found: Found,
    wanted: int,
    size: int,
) -> int:
    """Put a person who is free into the list if they fit and are cheap enough; the new size."""
    shift = wide(demand.slot[slot].shift)
    if folk.person[person].is_bound or not is_suited(folk, demand, person, slot):
        return size
    way = travelled(folk, demand, person, shift)
    if 0 <= folk.person[person].limit_m < way:
        return size
    cost = PRICE_UNITS * own_cost(folk, demand, numbers, person, shift, way, special)
    total = cost + ask[person]
    if size == wanted and total >= found.total[size - 1]:
        return size
    if is_banned(demand, person, shift) or not has_time(folk, demand, numbers, person, shift):
        return size
    at = size if size < wanted else size - 1
    while at > 0 and found.total[at - 1] > total:
        found.person[at] = found.person[at - 1]
        found.cost[at] = found.cost[at - 1]
        found.total[at] = found.total[at - 1]
        at -= 1
    found.person[at], found.cost[at], found.total[at] = person, cost, total
    return min(size + 1, wanted)
