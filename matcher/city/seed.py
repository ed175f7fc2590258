"""A valid plan at once: by priority, each seat to the free person with the least slack.

Slack is on how many shifts a person could serve at all. Where people times shifts are few it is
counted, and everybody is asked: then this is the plain greedy of the benchmarks, line for line,
and what it had to give up is tried once more as a whole. In a city slack is how many shifts lie
near home in hours that are free, by a table of places and times, and the nearest are asked.
"""

from typing import TYPE_CHECKING

import numpy as np

from matcher.city.arrays import Array, Demand, Folk, State, wide
from matcher.city.auction import take
from matcher.city.filling import fill
from matcher.city.gather import gather
from matcher.city.pairs import is_banned, is_free, is_suited, meets_foe, travelled
from matcher.city.settle import empty
from matcher.city.town import Lists, Town, open_seat_of, open_seats_of, seat_on
from matcher.city.whole import is_whole
from matcher.tables.compiled import compiled

if TYPE_CHECKING:
    from matcher.city.prepare import City

# For more seats than these the people of a role are sorted; else the least is looked for each time.
_SORTED_FROM = 64
_SQUARES, _TIMES = 64, 512
_METRES_PER_DEGREE = 111_195.0


@compiled
def by_slack(town: Town, state: State, order: Array, rank: Array, asked: int, found: Array) -> None:
    """Each shift in this order, role by role; emptied again if it is not whole then.

    For each open seat the nearest `asked` people are looked at, or as many as `found` has room for.
    """
    wholes = town.wholes
    for at in range(len(order)):
        shift = wide(order[at])
        for role in range(town.first_role[shift], town.first_role[shift + 1]):
            _fill_role(town, state, role, rank, asked, found)
        if not wholes.is_fixed[shift] and not is_whole(town.folk, state, wholes, shift):
            first, last = wholes.seat_first[shift], wholes.seat_first[shift + 1]
            empty(town.folk, town.numbers, state, first, last)


@compiled
def _fill_role(town: Town, state: State, role: int, rank: Array, asked: int, found: Array) -> None:
    """Whoever is free and has least slack, as long as a seat is open."""
    left = open_seats_of(town, state, role)
    if left == 0:
        return
    shift, wholes = wide(town.demand.slot[role].shift), town.wholes
    size = gather(
        town.grid, town.folk, town.demand, town.numbers, state, role,
        min(len(found), asked * left), True, found,
    )  # fmt: skip
    if left > _SORTED_FROM:
        found[:size] = found[:size][np.argsort(-rank[found[:size]])]
    seat = open_seat_of(town, state, role)
    adults, minors = _ages(town, state, shift)
    while size > 0 and left > 0:
        best = size - 1 if left > _SORTED_FROM else _least(rank, found, size)
        person = wide(found[best])
        size -= 1
        found[best] = found[size]
        is_minor = town.folk.person[person].age < wholes.adult_age
        if is_minor and minors // wholes.per_adult + 1 > adults:
            continue
        if meets_foe(town.folk, town.demand, state, person, shift):
            continue
        take(town.folk, town.numbers, state, seat, person, 0)
        adults, minors, left = adults + (not is_minor), minors + is_minor, left - 1
        while left > 0 and state.seat[seat].person >= 0:
            seat += 1


@compiled
def _least(rank: Array, found: Array, size: int) -> int:
    best = 0
    for at in range(size):
        if rank[found[at]] < rank[found[best]]:
            best = at
    return best


@compiled
def _ages(town: Town, state: State, shift: int) -> tuple[int, int]:
    """How many adults and how many minors are on the shift."""
    adults = minors = 0
    for seat in range(town.wholes.seat_first[shift], town.wholes.seat_first[shift + 1]):
        person = wide(state.seat[seat].person)
        if person >= 0:
            adults += town.folk.person[person].age >= town.wholes.adult_age
            minors += town.folk.person[person].age < town.wholes.adult_age
    return adults, minors


@compiled
def fill_what_is_open(town: Town, state: State, lists: Lists, order: Array) -> None:
    """Once more, whoever is needed most first, with friends: it keeps what is there."""
    wholes = town.wholes
    for at in range(len(order)):
        shift = wide(order[at])
        first, last = wholes.seat_first[shift], wholes.seat_first[shift + 1]
        is_open = False
        for seat in range(first, last):
            is_open = is_open or state.seat[seat].person < 0
        if is_open:
            fill(town, state, lists, shift, 0, False)
            if not wholes.is_fixed[shift] and not is_whole(town.folk, state, wholes, shift):
                empty(town.folk, town.numbers, state, first, last)


# ---- slack -------------------------------------------------------------------------------------


@compiled
def counted_slack(town: Town, state: State) -> Array:
    """On how many shifts each person could serve by H1 to H3 and H14, or is promised."""
    folk, demand = town.folk, town.demand
    found = np.zeros(len(folk.person), np.int64)
    for person in range(len(found)):
        for shift in range(len(demand.shift)):
            if seat_on(town, state, person, shift) >= 0 or _could_serve(
                folk, demand, town.first_role, person, shift
            ):
                found[person] += 1
    return found


@compiled
def _could_serve(folk: Folk, demand: Demand, first_role: Array, person: int, shift: int) -> bool:
    if not is_free(folk, person, demand.shift[shift].start, demand.shift[shift].end):
        return False
    is_asked = False
    for role in range(first_role[shift], first_role[shift + 1]):
        is_asked = is_asked or is_suited(folk, demand, person, role)
    if not is_asked or is_banned(demand, person, shift):
        return False
    limit = folk.person[person].limit_m
    return bool(limit < 0 or travelled(folk, demand, person, shift) <= limit)


def estimated_slack(city: "City") -> Array:
    """How many shifts lie in a square around home, in hours that are free: a guide, no promise."""
    grid, shift = city.grid, city.demand.shift
    horizon = max(1, int(shift["end"].max(initial=1)))
    width = -(-horizon // _TIMES)
    square = np.array(
        [grid.width * grid.columns / _SQUARES, grid.height * grid.rows / _SQUARES], np.float64
    )
    begun, ended = np.zeros((2, _TIMES + 2, _SQUARES + 1, _SQUARES + 1), np.int32)
    anywhere = np.zeros((2, _TIMES + 2), np.int64)
    is_placed = ~np.isnan(shift["longitude"])
    x = _squares((shift["longitude"][is_placed] - grid.left) / square[0])
    y = _squares((np.degrees(shift["latitude"][is_placed]) - grid.bottom) / square[1])
    for table, minutes, row in ((begun, shift["start"], 0), (ended, shift["end"], 1)):
        # What begins in a bucket counts as begun from the next edge on.
        time = np.clip((minutes + row * (width - 1)) // width + 1 - row, 0, _TIMES + 1)
        np.add.at(table, (time[is_placed], y + 1, x + 1), 1)
        np.cumsum(table, axis=0, out=table)
        np.cumsum(table, axis=1, out=table)
        np.cumsum(table, axis=2, out=table)
        anywhere[row] = np.cumsum(np.bincount(time[~is_placed], minlength=_TIMES + 2))
    corner = np.array([grid.left, grid.bottom], np.float64)
    return _near_slack(city.folk, begun, ended, anywhere, width, corner, square)


def _squares(place: Array) -> Array:
    return np.clip(place.astype(np.int64), 0, _SQUARES - 1)


@compiled
def _near_slack(
    folk: Folk,
    begun: Array,
    ended: Array,
    anywhere: Array,
    width: int,
    corner: Array,
    square: Array,
) -> Array:
    found = np.zeros(len(folk.person), np.int64)
    squares, times = begun.shape[1] - 1, begun.shape[0] - 1
    for person in range(len(found)):
        left, right, low, high = 0, squares, 0, squares
        limit = folk.person[person].limit_m
        if limit >= 0 and not np.isnan(folk.person[person].longitude):
            up = limit / _METRES_PER_DEGREE
            across = up / max(0.01, folk.person[person].cos_latitude)
            x = folk.person[person].longitude - corner[0]
            y = np.degrees(folk.person[person].latitude) - corner[1]
            left = min(squares, max(0, int(np.floor((x - across) / square[0]))))
            right = min(squares, max(left, int(np.ceil((x + across) / square[0]))))
            low = min(squares, max(0, int(np.floor((y - up) / square[1]))))
            high = min(squares, max(low, int(np.ceil((y + up) / square[1]))))
        for at in range(folk.person[person].free_first, folk.person[person].free_last):
            start = min(times, max(0, (folk.free[at].start + width - 1) // width))
            end = min(times, max(0, folk.free[at].end // width))
            inside = anywhere[1, end] - anywhere[0, start]
            inside += _sum(ended, end, left, right, low, high)
            inside -= _sum(begun, start, left, right, low, high)
            found[person] += max(0, inside)
    return found


@compiled
def _sum(table: Array, time: int, left: int, right: int, low: int, high: int) -> int:
    """What the table counts in this rectangle of squares up to this time."""
    return int(
        table[time, high, right]
        - table[time, low, right]
        - table[time, high, left]
        + table[time, low, left]
    )
