"""Whoever could take a seat of a role, the nearest first. Loops for Numba."""

import numpy as np

from matcher.city.arrays import Array, Demand, Folk, Grid, Numbers, State, wide
from matcher.city.pairs import (
    goes_with,
    has_time,
    is_banned,
    is_free,
    is_suited,
    travelled,
)
from matcher.city.search import home_cell
from matcher.tables.compiled import compiled


@compiled
def gather(
    grid: Grid,
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    slot: int,
    enough: int,
    is_now: bool,
    found: Array,
) -> int:
    """Put into `found` who fits the slot by H1 to H3, H14 and their own limits; how many there are.

    Cells are read ring by ring around the shift until `enough` people are found; `found` has room
    for them. `is_now`: only who has time beside the seats that they have, and is in no group.
    """
    shift = wide(demand.slot[slot].shift)
    cells = grid.columns * grid.rows
    size = _of_cell(
        folk, demand, numbers, state, slot, grid.first[cells], grid.people, enough, is_now, found, 0
    )
    is_located = not np.isnan(demand.shift[shift].longitude)
    column, row = home_cell(grid, demand, shift)
    for ring in range(max(grid.columns, grid.rows)):
        is_beyond = is_located and 0 <= grid.reach_m < grid.step_m * (ring - 1)
        if is_beyond or size >= enough:
            break
        for y in range(max(0, row - ring), min(grid.rows, row + ring + 1)):
            step = 1 if abs(y - row) == ring or ring == 0 else 2 * ring
            for x in range(column - ring, column + ring + 1, step):
                if 0 <= x < grid.columns:
                    cell = y * grid.columns + x
                    size = _of_cell(
                        folk, demand, numbers, state, slot, grid.first[cell], grid.first[cell + 1],
                        enough, is_now, found, size,
                    )  # fmt: skip
    return size


@compiled
def _of_cell(
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    slot: int,
    first: int,
    last: int,
    enough: int,
    is_now: bool,
    found: Array,
    size: int,
) -> int:
    """The people from `first` to `last` who could take the seat."""
    shift = wide(demand.slot[slot].shift)
    start, end = demand.shift[shift].start, demand.shift[shift].end
    for person in range(first, last):
        if size >= enough:
            break
        if is_free(folk, person, start, end) and _fits(
            folk, demand, numbers, state, person, slot, is_now
        ):
            found[size] = person
            size += 1
    return size


@compiled
def _fits(
    folk: Folk, demand: Demand, numbers: Numbers, state: State, person: int, slot: int, is_now: bool
) -> bool:
    shift = wide(demand.slot[slot].shift)
    if is_now and (
        folk.person[person].is_bound or state.person[person].held >= folk.person[person].shifts
    ):
        return False
    if not is_suited(folk, demand, person, slot):
        return False
    limit = folk.person[person].limit_m
    if limit >= 0 and travelled(folk, demand, person, shift) > limit:
        return False
    if is_banned(demand, person, shift) or not has_time(folk, demand, numbers, person, shift):
        return False
    return not is_now or goes_with(folk, demand, numbers, state, person, shift, -1)
