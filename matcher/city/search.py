"""The cheapest people for a slot, found cell by cell outwards until none can be cheaper."""

from typing import NamedTuple

import numpy as np

from matcher.city.arrays import NEVER, PRICE_UNITS, Array, Demand, Folk, Grid, Numbers
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
    with_bound: bool,
    most: int,
) -> tuple[int, int]:
    """Fill `found` with the people whose cost and `ask` together are least, in order.

    How many were found, and a price below which nobody who is left out is: `NEVER` if everybody
    was seen. Nobody whose cost alone is above `most` is looked for. All in units of price.
    """
    shift = demand.slot_shift[slot]
    size = 0
    for at in range(demand.special_first[shift], demand.special_first[shift + 1]):
        person = demand.special[at]
        if is_free(folk, person, demand.start[shift], demand.end[shift]):
            size = _offer(folk, demand, numbers, ask, slot, person, at, found, size, with_bound)
    cells = grid.columns * grid.rows
    # People without a home can be anywhere at once: nothing says that they are dear.
    size = _cell(grid, folk, demand, numbers, ask, slot, cells, 0, found, size, with_bound, most)
    least = PRICE_UNITS * numbers.invite * demand.has_invited[shift]
    is_located = not np.isnan(demand.longitude[shift])
    column, row = _home_cell(grid, demand, shift)
    beyond = NEVER
    for ring in range(max(grid.columns, grid.rows)):
        floor = least
        if is_located:
            away = max(0.0, grid.step_m * (ring - 1))
            if 0 <= grid.reach_m < away:
                break
            floor += PRICE_UNITS * numbers.travel * (int(away) // TRAVEL_UNIT_M)
        if floor >= _worst(found, size, most):
            beyond = floor
            break
        size = _ring(
            grid, folk, demand, numbers, ask, slot, column, row, ring, floor, found, size,
            with_bound, most,
        )  # fmt: skip
    if size == len(found.total):
        beyond = min(beyond, found.total[size - 1])
    return size, beyond


@compiled
def _worst(found: Found, size: int, most: int) -> int:
    return found.total[size - 1] if size == len(found.total) else most


@compiled
def _home_cell(grid: Grid, demand: Demand, shift: int) -> tuple[int, int]:
    """The cell of the shift, or the nearest to it."""
    if np.isnan(demand.longitude[shift]):
        return 0, 0
    across = np.floor((demand.longitude[shift] - grid.left) / grid.width)
    up = np.floor((np.degrees(demand.latitude[shift]) - grid.bottom) / grid.height)
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
    size: int,
    with_bound: bool,
    most: int,
) -> int:
    """The cells at this many steps from the middle."""
    for y in range(max(0, row - ring), min(grid.rows, row + ring + 1)):
        step = 1 if abs(y - row) == ring or ring == 0 else 2 * ring
        for x in range(column - ring, column + ring + 1, step):
            if 0 <= x < grid.columns:
                size = _cell(
                    grid, folk, demand, numbers, ask, slot, y * grid.columns + x, floor, found,
                    size, with_bound, most,
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
    size: int,
    with_bound: bool,
    most: int,
) -> int:
    """The people of one cell, until all that follow are too dear."""
    shift = demand.slot_shift[slot]
    start, end = demand.start[shift], demand.end[shift]
    kind = demand.cause[shift] + 1 if len(grid.by_cause) > 1 else 0
    last = grid.first[cell + 1] if cell < grid.columns * grid.rows else grid.people
    for at in range(grid.first[cell], last):
        worst = _worst(found, size, most)
        if floor + grid.floor[kind, at] >= worst:
            break
        person = grid.by_cause[kind, at]
        if size == len(found.total) and ask[person] + floor >= worst:
            continue
        if is_free(folk, person, start, end) and special_of(demand, person, shift) < 0:
            size = _offer(folk, demand, numbers, ask, slot, person, -1, found, size, with_bound)
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
    size: int,
    with_bound: bool,
) -> int:
    """Put a person who is free into the list if they fit and are cheap enough; the new size."""
    shift = demand.slot_shift[slot]
    if (folk.is_bound[person] and not with_bound) or not is_suited(folk, demand, person, slot):
        return size
    way = travelled(folk, demand, person, shift)
    if 0 <= folk.limit_m[person] < way:
        return size
    cost = PRICE_UNITS * own_cost(folk, demand, numbers, person, shift, way, special)
    total = cost + ask[person]
    wanted = len(found.total)
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
