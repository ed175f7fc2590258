"""Makes of the columns of a problem what the loops need: people in a grid, slots, seats."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from matcher.city.arrays import NEVER, PRICE_UNITS, Array, Demand, Folk, Grid, Numbers, State
from matcher.city.pairs import cosines
from matcher.geometry import EARTH_RADIUS_M
from matcher.problem import MINUTES_PER_DAY
from matcher.score import LIKING_DEFAULT, LIKING_MOST, SERVED_UNIT_MINUTES, SERVED_UNITS_MOST
from matcher.tables import NO_LIMIT, Tables

__all__ = ["LIKING_DEFAULT", "City", "prepare"]

# So many people share a cell on average: few enough to skip, enough to be worth a look.
_PEOPLE_PER_CELL = 24
_CELLS_MOST = 4_000_000
# An order of everybody for each cause takes 12 bytes a person.
_CAUSES_MOST = 24
BELOW_MINIMUM = 20
"""So many times as much counts a seat below its role's minimum."""
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
    folk = _folk(tables, order, place)
    slots = _Slots(tables)
    roles, fixed = tables.roles, tables.relations.fixed
    # More seats than people are never taken.
    seats = np.minimum(roles.max, len(tables.people))
    first_seat = np.concatenate([[0], np.cumsum(seats)]).astype(np.int64)
    seat_role = np.repeat(np.arange(len(roles)), seats)
    is_fixed = np.zeros(len(tables.shifts), bool)
    is_fixed[roles.shift[fixed.role]] = True
    unit_first, unit = _units(tables, place)
    return City(
        tables=tables,
        order=order,
        place=place,
        grid=_by_cause(tables, grid, folk, cell),
        folk=folk,
        demand=_demand(tables, place, slots),
        numbers=_numbers(tables),
        extra_first=slots.extra_first,
        seat_role=seat_role.astype(np.int32),
        seat_worth=_worths(
            tables, seat_role, np.arange(len(seat_role)) - first_seat[seat_role], worth
        ),
        seat_first=first_seat[tables.shifts.first_role],
        fixed_person=place[fixed.person],
        fixed_seat=_fixed_seats(tables, first_seat),
        is_fixed=is_fixed,
        unit_first=unit_first,
        unit=unit,
    )


def empty_state(city: City) -> State:
    """Only the fixed lines."""
    people, seats = len(city.order), len(city.seat_role)
    state = State(
        seat_slot=city.seat_role.copy(),
        seat_worth=city.seat_worth,
        seat_person=np.full(seats, -1, np.int32),
        seat_paid=np.zeros(seats, np.int64),
        seat_next=np.full(seats, -1, np.int32),
        seat_status=np.zeros(seats, np.int8),
        seat_evicted=np.zeros(seats, np.int32),
        head=np.full(people, -1, np.int32),
        held=np.zeros(people, np.int32),
        ask=np.zeros(people, np.int64),
    )
    for person, seat in zip(city.fixed_person.tolist(), city.fixed_seat.tolist(), strict=True):
        state.seat_person[seat], state.seat_status[seat] = person, 3
        state.seat_paid[seat] = NEVER
        state.seat_next[seat], state.head[person] = state.head[person], seat
        state.held[person] += 1
    fair = city.numbers.fairness * PRICE_UNITS
    state.ask[:] = fair * (city.folk.base.astype(np.int64) + state.held)
    return state


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
    owner = np.repeat(np.arange(people), np.diff(folk.like_first))
    by_cause, floor = np.empty((rows, people), np.int32), np.empty((rows, people), np.int64)
    for row in range(rows):
        liking = np.full(people, LIKING_DEFAULT if row or rows > 1 else LIKING_MOST)
        named = folk.like_name == row - 1
        liking[owner[named]] = folk.like_level[named]
        cost = weights.cause * (LIKING_MOST - liking) + weights.fairness * folk.base
        order = np.lexsort((cost, cell))
        by_cause[row], floor[row] = order, cost[order] * PRICE_UNITS
    return grid._replace(by_cause=by_cause, floor=floor)


def _grid(tables: Tables) -> tuple[Grid, Array, Array]:
    people = tables.people
    has_home = ~np.isnan(people.longitude)
    longitude, latitude = people.longitude[has_home], people.latitude[has_home]
    cells = max(1, min(_CELLS_MOST, len(longitude) // _PEOPLE_PER_CELL))
    left, right = float(longitude.min(initial=180.0)), float(longitude.max(initial=-180.0))
    bottom, top = float(latitude.min(initial=90.0)), float(latitude.max(initial=-90.0))
    if not len(longitude):
        left = right = bottom = top = 0.0
    narrow = float(np.cos(np.radians(max(abs(bottom), abs(top)))))
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
    step = _SURELY * min(
        EARTH_RADIUS_M * np.radians(height),
        2
        * EARTH_RADIUS_M
        * np.arcsin(min(1.0, narrow * np.sin(np.radians(min(width, 180.0)) / 2))),
    )
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


# ---- people ----------------------------------------------------------------------------------


def _folk(tables: Tables, order: Array, place: Array) -> Folk:
    people, horizon = tables.people, tables.horizon
    begin = horizon.start_minute
    skill_first, skill_at = _reordered(people.skills.first, order)
    group_first, group_at = _reordered(people.groups.first, order)
    free_first, free_at = _reordered(people.available.first, order)
    like_first, like_at = _reordered(people.likes.first, order)
    engaged_first, engaged_at = _reordered(people.engaged.first, order)
    engaged = people.engaged
    inside = (engaged.start >= begin) & (engaged.start < horizon.end_minute)
    minutes, shifts = people.max_minutes.copy(), people.max_shifts.copy()
    owner = np.repeat(np.arange(len(people)), np.diff(engaged.first))
    np.subtract.at(minutes, owner[inside], (engaged.end - engaged.start)[inside])
    np.subtract.at(shifts, owner[inside], 1)
    foe_first, foe = _foes(tables, place)
    latitude = np.radians(people.latitude[order])
    return Folk(
        longitude=people.longitude[order],
        latitude=latitude,
        cos_latitude=cosines(latitude),
        limit_m=people.max_travel_m[order],
        age=people.age[order].astype(np.int16),
        minutes=minutes[order],
        day_minutes=people.max_minutes_per_day[order],
        shifts=shifts[order],
        base=np.minimum(SERVED_UNITS_MOST, people.served_minutes[order] // SERVED_UNIT_MINUTES),
        is_bound=_bound(tables)[order],
        skill_first=skill_first,
        skill_name=people.skills.name[skill_at],
        skill_level=people.skills.level[skill_at],
        group_first=group_first,
        group_name=people.groups.item[group_at],
        free_first=free_first,
        free_start=people.available.start[free_at] - begin,
        free_end=people.available.end[free_at] - begin,
        like_first=like_first,
        like_name=people.likes.name[like_at],
        like_level=people.likes.level[like_at],
        engaged_first=engaged_first,
        engaged_start=engaged.start[engaged_at] - begin,
        engaged_end=engaged.end[engaged_at] - begin,
        engaged_day=(engaged.start[engaged_at] + horizon.offset_minutes) // MINUTES_PER_DAY,
        engaged_longitude=engaged.longitude[engaged_at],
        engaged_latitude=np.radians(engaged.latitude[engaged_at]),
        engaged_counts=inside[engaged_at],
        foe_first=foe_first,
        foe=foe,
    )


def _reordered(first: Array, order: Array) -> tuple[Array, Array]:
    """Where each row's list begins in the new order, and which old entries follow each other."""
    size = np.diff(first)[order]
    begins = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    at = np.repeat(first[:-1][order] - begins[:-1], size) + np.arange(int(begins[-1]))
    return begins, at


def _bound(tables: Tables) -> Array:
    """Who is in a group of two at least, and so never serves alone."""
    together = tables.relations.together
    size = np.diff(together.first)
    bound = np.zeros(len(tables.people), bool)
    bound[together.item[np.repeat(size > 1, size)]] = True
    return bound


def _foes(tables: Tables, place: Array) -> tuple[Array, Array]:
    one, other = place[tables.relations.apart_one], place[tables.relations.apart_other]
    return grouped(np.concatenate([one, other]), np.concatenate([other, one]), len(place))


def grouped(row: Array, value: Array, rows: int) -> tuple[Array, Array]:
    """The values of each row one after another, and where each row begins."""
    order = np.argsort(row, kind="stable")
    first = np.searchsorted(row[order], np.arange(rows + 1)).astype(np.int64)
    return first, value[order].astype(np.int32)


# ---- shifts ----------------------------------------------------------------------------------


class _Slots:
    """A slot for each role, and one more for an adult in it and for each line of its team.

    Seats begin in the slot of their role; settling the teams moves some to a slot that asks more.
    """

    def __init__(self, tables: Tables) -> None:
        roles, team = tables.roles, tables.shifts.team
        lines = np.diff(team.first)[roles.shift]
        count = len(roles)
        self.extra_first = count + np.concatenate([[0], np.cumsum(1 + lines)]).astype(np.int64)
        extra_role = np.repeat(np.arange(count), 1 + lines)
        kind = np.arange(len(extra_role)) + count - self.extra_first[extra_role]
        line = (team.first[roles.shift[extra_role]] + kind - 1)[kind > 0]
        self.role = np.concatenate([np.arange(count), extra_role]).astype(np.int32)
        adult = np.where(kind == 0, tables.rules.adult_age, 0)
        self.min_age = roles.min_age[self.role]
        self.min_age[count:] = np.maximum(self.min_age[count:], adult)
        first, at = _reordered(roles.skills.first, self.role.astype(np.int64))
        owner = np.repeat(np.arange(len(self.role)), np.diff(first))
        asked = count + np.nonzero(kind > 0)[0]
        every = np.concatenate([owner, asked])
        order = np.argsort(every, kind="stable")
        self.skill = np.concatenate([roles.skills.name[at], team.name[line]])[order]
        self.level = np.concatenate([roles.skills.level[at], team.level[line]])[order]
        self.skill_first = np.searchsorted(every[order], np.arange(len(self.role) + 1)).astype(
            np.int64
        )


def _demand(tables: Tables, place: Array, slots: _Slots) -> Demand:
    shifts, relations, roles = tables.shifts, tables.relations, tables.roles
    latitude = np.radians(shifts.latitude)
    special_first, special, invited, current = _specials(tables, place)
    banned_first, banned = grouped(
        relations.forbidden_shift, place[relations.forbidden_person], len(shifts)
    )
    group_first, group_at = _reordered(roles.groups.first, slots.role.astype(np.int64))
    return Demand(
        start=shifts.start - tables.horizon.start_minute,
        end=shifts.end - tables.horizon.start_minute,
        day=(shifts.start + tables.horizon.offset_minutes) // MINUTES_PER_DAY,
        longitude=shifts.longitude,
        latitude=latitude,
        cos_latitude=cosines(latitude),
        cause=shifts.cause,
        has_invited=np.diff(shifts.invited.first) > 0,
        special_first=special_first,
        special=special,
        special_invited=invited,
        special_current=current,
        banned_first=banned_first,
        banned=banned,
        slot_shift=roles.shift[slots.role],
        slot_role=slots.role,
        slot_min_age=slots.min_age.astype(np.int64),
        slot_max_age=roles.max_age[slots.role],
        slot_skill_first=slots.skill_first,
        slot_skill=slots.skill.astype(np.int32),
        slot_level=slots.level.astype(np.int8),
        slot_group_first=group_first,
        slot_group=roles.groups.item[group_at],
    )


def _worths(tables: Tables, seat_role: Array, number: Array, worth: int) -> Array:
    """What a seat is worth: far more below the role's minimum."""
    priority = tables.shifts.priority[tables.roles.shift[seat_role]]
    below = number < tables.roles.min[seat_role]
    return np.where(below, BELOW_MINIMUM, 1) * priority * worth * PRICE_UNITS


def _fixed_seats(tables: Tables, first_seat: Array) -> Array:
    """The seat of each fixed line: the first of its role that no other line has."""
    role = tables.relations.fixed.role.astype(np.int64)
    order = np.argsort(role, kind="stable")
    sorted_role = role[order]
    number = np.arange(len(role)) - np.searchsorted(sorted_role, sorted_role)
    seats = np.empty(len(role), np.int64)
    seats[order] = first_seat[sorted_role] + number
    return seats


def _units(tables: Tables, place: Array) -> tuple[Array, Array]:
    """People who serve the same shifts or none, group by group: groups that share one are one."""
    together = tables.relations.together
    size = np.diff(together.first)
    people = len(tables.people)
    owner = np.repeat(np.arange(len(size)), size)[np.repeat(size > 1, size)]
    member = place[together.item[np.repeat(size > 1, size)]]
    edges = sparse.coo_array(
        (np.ones(len(owner), np.int8), (owner, member)), shape=(len(size), people)
    )
    ties = sparse.bmat([[None, edges], [edges.T, None]], format="csr")
    if not len(owner):
        return np.zeros(1, np.int64), np.zeros(0, np.int32)
    _, label = csgraph.connected_components(ties, directed=False)
    members = np.unique(member)
    label = np.unique(label[len(size) + members], return_inverse=True)[1]
    return grouped(label, members, int(label.max()) + 1)


def _specials(tables: Tables, place: Array) -> tuple[Array, Array, Array, Array]:
    """For each shift the people whom it knows by name, whether invited, and lines before."""
    shifts, relations = tables.shifts, tables.relations
    invited_shift = np.repeat(np.arange(len(shifts)), np.diff(shifts.invited.first))
    shift = np.concatenate([invited_shift, relations.current_shift])
    person = place[np.concatenate([shifts.invited.item, relations.current_person])]
    is_invited = np.arange(len(shift)) < len(invited_shift)
    key = shift.astype(np.int64) * max(1, len(place)) + person
    unique, at = np.unique(key, return_inverse=True)
    invited = np.zeros(len(unique), bool)
    invited[at[is_invited]] = True
    current = np.bincount(at[~is_invited], minlength=len(unique)).astype(np.int64)
    first = np.searchsorted(unique // max(1, len(place)), np.arange(len(shifts) + 1))
    return first.astype(np.int64), (unique % max(1, len(place))).astype(np.int32), invited, current
