"""Makes of the columns of a problem what the loops need: people in a grid, slots, seats."""

from dataclasses import dataclass

import numpy as np

from matcher.city.arrays import (
    HOLDER,
    NEVER,
    PRICE_UNITS,
    SEAT,
    Array,
    Demand,
    Folk,
    Grid,
    Numbers,
    State,
)
from matcher.city.demand import Slots, demand_of, fixed_seats, units_of, worths
from matcher.city.folk import folk_of
from matcher.geometry import EARTH_RADIUS_M
from matcher.score import LIKING_DEFAULT, LIKING_MOST
from matcher.tables import NO_LIMIT, Tables

# So many people share a cell on average: few enough to skip, enough to be worth a look.
_PEOPLE_PER_CELL = 24
_CELLS_MOST = 4_000_000
# An order of everybody for each cause takes 12 bytes a person.
_CAUSES_MOST = 24
# A hair less than the true distance, so that rounding never makes a bound too high.
_SURELY = 0.999


@dataclass(frozen=True, slots=True)
class City:
    """A problem ready for the loops. `order[i]` is the row of the i-th person in `tables`.

    The seats of shift s are `seat_first[s]` to `seat_first[s + 1]`, role by role.
    """

    tables: Tables
    order: Array
    place: Array
    grid: Grid
    folk: Folk
    demand: Demand
    numbers: Numbers
    extra_first: Array
    seat_role: Array
    seat_worth: Array
    seat_first: Array
    fixed_person: Array
    fixed_seat: Array
    is_fixed: Array
    unit_first: Array
    unit: Array


def prepare(tables: Tables, worth: int) -> City:
    """The arrays. `worth` is what one open seat of priority 1 counts as, in units of cost."""
    grid, order, cell = _grid(tables)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    folk = folk_of(tables, order, place)
    slots = Slots(tables)
    roles, fixed = tables.roles, tables.relations.fixed
    # More seats than people are never taken.
    seats = np.minimum(roles.max, len(tables.people))
    first_seat = np.concatenate([[0], np.cumsum(seats)]).astype(np.int64)
    seat_role = np.repeat(np.arange(len(roles)), seats)
    is_fixed = np.zeros(len(tables.shifts), bool)
    is_fixed[roles.shift[fixed.role]] = True
    unit_first, unit = units_of(tables, place)
    return City(
        tables=tables,
        order=order,
        place=place,
        grid=_by_cause(tables, grid, folk, cell),
        folk=folk,
        demand=demand_of(tables, place, slots),
        numbers=_numbers(tables),
        extra_first=slots.extra_first,
        seat_role=seat_role.astype(np.int32),
        seat_worth=worths(
            tables, seat_role, np.arange(len(seat_role)) - first_seat[seat_role], worth
        ),
        seat_first=first_seat[tables.shifts.first_role],
        fixed_person=place[fixed.person],
        fixed_seat=fixed_seats(tables, first_seat),
        is_fixed=is_fixed,
        unit_first=unit_first,
        unit=unit,
    )


def empty_state(city: City) -> State:
    """Only the fixed lines."""
    seat = np.zeros(len(city.seat_role), SEAT)
    seat["slot"], seat["worth"] = city.seat_role, city.seat_worth
    seat["person"] = seat["next"] = -1
    person = np.zeros(len(city.order), HOLDER)
    person["head"] = -1
    for who, row in zip(city.fixed_person.tolist(), city.fixed_seat.tolist(), strict=True):
        seat[row] = (seat[row]["worth"], NEVER, seat[row]["slot"], who, person[who]["head"], 0, 3)
        person[who]["head"] = row
        person[who]["held"] += 1
    fair = city.numbers.fairness * PRICE_UNITS
    ask = fair * (city.folk.person["base"].astype(np.int64) + person["held"])
    return State(seat, person, ask)


def _numbers(tables: Tables) -> Numbers:
    rules, weights = tables.rules, tables.weights
    return Numbers(
        min_rest=rules.min_rest_minutes,
        speed=rules.speed_kmh,
        transfer=rules.transfer_minutes,
        travel=weights.travel,
        cause=weights.cause,
        fairness=weights.fairness,
        invite=weights.invite,
        change=weights.change,
    )


# ---- the grid --------------------------------------------------------------------------------


def _by_cause(tables: Tables, grid: Grid, folk: Folk, cell: Array) -> Grid:
    """The grid with its people in the order of what a shift of each cause costs them."""
    weights, people = tables.weights, len(cell)
    rows = 1 + (len(tables.causes) if len(tables.causes) <= _CAUSES_MOST else 0)
    owner = np.repeat(np.arange(people), folk.person["like_last"] - folk.person["like_first"])
    by_cause, floor = np.empty((rows, people), np.int32), np.empty((rows, people), np.int64)
    for row in range(rows):
        liking = np.full(people, LIKING_DEFAULT if row or rows > 1 else LIKING_MOST)
        named = folk.like["name"] == row - 1
        liking[owner[named]] = folk.like["level"][named]
        cost = weights.cause * (LIKING_MOST - liking) + weights.fairness * folk.person[
            "base"
        ].astype(np.int64)
        order = np.lexsort((cost, cell))
        by_cause[row], floor[row] = order, cost[order] * PRICE_UNITS
    return grid._replace(by_cause=by_cause, floor=floor)


def _narrow_and_wide(
    tables: Tables, left: float, right: float, farthest: float
) -> tuple[float, float]:
    """What is left of a degree's width at the latitude farthest from the equator, and how many
    degrees of longitude people and shifts lie across."""
    shifts = tables.shifts
    placed = ~np.isnan(shifts.longitude)
    longitude, latitude = shifts.longitude[placed], np.abs(shifts.latitude[placed])
    narrow = float(np.cos(np.radians(max(farthest, float(latitude.max(initial=0.0))))))
    west, east = (
        min(left, float(longitude.min(initial=left))),
        max(right, float(longitude.max(initial=right))),
    )
    return narrow, max(1e-9, east - west)


def _grid(tables: Tables) -> tuple[Grid, Array, Array]:
    people = tables.people
    has_home = ~np.isnan(people.longitude)
    longitude, latitude = people.longitude[has_home], people.latitude[has_home]
    cells = max(1, min(_CELLS_MOST, len(longitude) // _PEOPLE_PER_CELL))
    left, right = float(longitude.min(initial=180.0)), float(longitude.max(initial=-180.0))
    bottom, top = float(latitude.min(initial=90.0)), float(latitude.max(initial=-90.0))
    if not len(longitude):
        left = right = bottom = top = 0.0
    narrow, wide = _narrow_and_wide(tables, left, right, max(abs(bottom), abs(top)))
    across = max(1e-9, (right - left) * max(0.01, narrow))
    up = max(1e-9, top - bottom)
    side = np.sqrt(across * up / cells)
    columns = int(np.clip(np.ceil(across / side), 1, cells))
    rows = int(np.clip(np.ceil(up / side), 1, cells))
    width, height = max(1e-9, (right - left) / columns), max(1e-9, up / rows)
    column = np.clip(((longitude - left) / width).astype(np.int64), 0, columns - 1)
    row = np.clip(((latitude - bottom) / height).astype(np.int64), 0, rows - 1)
    cell = np.full(len(people), columns * rows, np.int64)
    cell[has_home] = row * columns + column
    order = np.argsort(cell, kind="stable")
    first = np.searchsorted(cell[order], np.arange(columns * rows + 1)).astype(np.int64)
    limit = people.max_travel_m
    unlimited = bool((limit == NO_LIMIT).any())
    # The way along a parallel bends, so that each of many columns is less than one by itself: each
    # counts as its share of them all. Beyond half the globe the way may go round the other side.
    round_ = 2 * EARTH_RADIUS_M * np.arcsin(min(1.0, narrow * np.sin(np.radians(wide) / 2)))
    along = round_ * width / wide if 0 < wide <= 180 else 0.0
    step = _SURELY * min(EARTH_RADIUS_M * np.radians(height), along)
    reach = -1 if unlimited else int(limit.max(initial=0))
    grid = Grid(
        columns,
        rows,
        left,
        bottom,
        width,
        height,
        float(step),
        reach,
        first,
        len(people),
        by_cause=np.zeros((1, 0), np.int32),
        floor=np.zeros((1, 0), np.int64),
    )
    return grid, order, cell[order]
