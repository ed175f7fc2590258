"""One person and one slot: whether they may meet, and what it costs. Loops for Numba.

The same rules as `matcher.rules` in whole numbers; distances by the same formula and library as
`matcher.geometry.distance_m`, so that both round to the same metre.
"""

import math
from typing import Any

import numpy as np

from matcher.city.arrays import Array, Demand, Folk, Numbers, State, wide
from matcher.geometry import EARTH_RADIUS_M
from matcher.rules import TRANSFER_FREE_M
from matcher.tables.compiled import compiled

LIKING_MOST, LIKING_DEFAULT = 3, 1
TRAVEL_UNIT_M = 100


@compiled
def metres(
    longitude: float,
    latitude: float,
    cosine: float,
    longitude2: float,
    latitude2: float,
    cosine2: float,
) -> int:
    """The haversine distance in whole metres, rounded down.

    Longitudes are in degrees, latitudes in radians with their cosines beside them: each step is
    that of `matcher.geometry.distance_m`, so that both round to the same metre.
    """
    half_latitude = (latitude2 - latitude) / 2
    half_longitude = math.radians(longitude2 - longitude) / 2
    chord = math.sin(half_latitude) ** 2 + cosine * cosine2 * math.sin(half_longitude) ** 2
    return math.floor(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord))))


@compiled
def is_free(folk: Folk, person: int, start: int, end: int) -> bool:
    """H2."""
    for at in range(folk.person[person].free_first, folk.person[person].free_last):
        if folk.free[at].start <= start and end <= folk.free[at].end:
            return True
    return False


@compiled
def is_suited(folk: Folk, demand: Demand, person: int, slot: int) -> bool:
    """H1, with what the slot asks beyond its role."""
    age = folk.person[person].age
    if age < demand.slot[slot].min_age or age > demand.slot[slot].max_age:
        return False
    for at in range(demand.slot[slot].skill_first, demand.slot[slot].skill_last):
        level = 0
        for own in range(folk.person[person].skill_first, folk.person[person].skill_last):
            if folk.skill[own].name == demand.skill[at].name:
                level = folk.skill[own].level
        if level < demand.skill[at].level:
            return False
    first, last = demand.slot[slot].group_first, demand.slot[slot].group_last
    if first == last:
        return True
    for at in range(first, last):
        for own in range(folk.person[person].group_first, folk.person[person].group_last):
            if folk.group[own] == demand.group[at]:
                return True
    return False


@compiled
def travelled(folk: Folk, demand: Demand, person: int, shift: int) -> int:
    """Metres from home to the shift; 0 where either has no place."""
    if np.isnan(folk.person[person].longitude) or np.isnan(demand.shift[shift].longitude):
        return 0
    return metres(
        folk.person[person].longitude,
        folk.person[person].latitude,
        folk.person[person].cos_latitude,
        demand.shift[shift].longitude,
        demand.shift[shift].latitude,
        demand.shift[shift].cos_latitude,
    )


@compiled
def has_time(folk: Folk, demand: Demand, numbers: Numbers, person: int, shift: int) -> bool:
    """H4 to H6 beside what the person promised elsewhere, and nothing else."""
    length = demand.shift[shift].end - demand.shift[shift].start
    if folk.person[person].shifts < 1 or folk.person[person].minutes < length:
        return False
    used = engaged_minutes(folk, person, demand.shift[shift].day)
    for at in range(folk.person[person].engaged_first, folk.person[person].engaged_last):
        if clashes(numbers, demand.shift[shift], folk.engaged[at]):
            return False
    return bool(used + length <= folk.person[person].day_minutes)


@compiled
def clashes(numbers: Numbers, one: Any, other: Any) -> bool:
    """H4 and H5 for two stays of one person, each a record of a shift or of service elsewhere."""
    gap = max(other.start - one.end, one.start - other.end)
    if gap < 0:
        return True
    if one.day != other.day:
        return bool(gap < numbers.min_rest)
    if np.isnan(one.longitude) or np.isnan(other.longitude):
        return False
    way = metres(
        one.longitude,
        one.latitude,
        math.cos(one.latitude),
        other.longitude,
        other.latitude,
        math.cos(other.latitude),
    )
    if way <= TRANSFER_FREE_M:
        return False
    ride = (60 * way + 1000 * numbers.speed - 1) // (1000 * numbers.speed)
    return bool(gap < numbers.transfer + ride)


@compiled
def engaged_minutes(folk: Folk, person: int, day: int) -> int:
    """Minutes of service promised elsewhere that count against this day's limit (H6)."""
    total = 0
    for at in range(folk.person[person].engaged_first, folk.person[person].engaged_last):
        if folk.engaged[at].day == day and folk.engaged[at].counts:
            total += folk.engaged[at].end - folk.engaged[at].start
    return total


@compiled
def is_banned(demand: Demand, person: int, shift: int) -> bool:
    """H14."""
    for at in range(demand.shift[shift].banned_first, demand.shift[shift].banned_last):
        if demand.banned[at] == person:
            return True
    return False


@compiled
def special_of(demand: Demand, person: int, shift: int) -> int:
    """The place of the person among those whom the shift knows by name, or -1."""
    for at in range(demand.shift[shift].special_first, demand.shift[shift].special_last):
        if demand.special[at].person == person:
            return at
    return -1


@compiled
def own_cost(
    folk: Folk, demand: Demand, numbers: Numbers, person: int, shift: int, way: int, special: int
) -> int:
    """What the line costs by itself, less what keeping a line of the plan before saves."""
    liking = LIKING_DEFAULT
    cause = demand.shift[shift].cause
    if cause >= 0:
        for at in range(folk.person[person].like_first, folk.person[person].like_last):
            if folk.like[at].name == cause:
                liking = folk.like[at].level
    cost = numbers.travel * (way // TRAVEL_UNIT_M) + numbers.cause * (LIKING_MOST - liking)
    if demand.shift[shift].has_invited and (special < 0 or not demand.special[special].invited):
        cost += numbers.invite
    if special >= 0:
        cost -= numbers.change * demand.special[special].current
    return cost


@compiled
def goes_with(
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    person: int,
    shift: int,
    without: int,
) -> bool:
    """H4 to H6, H7 and H11 beside the seats that the person has, but for the seat `without`."""
    start, end, day = demand.shift[shift].start, demand.shift[shift].end, demand.shift[shift].day
    length = end - start
    minutes, number, by_day = length, 1, length
    seat = wide(state.person[person].head)
    while seat >= 0:
        if seat != without:
            other = wide(demand.slot[state.seat[seat].slot].shift)
            if other == shift or clashes(numbers, demand.shift[shift], demand.shift[other]):
                return False
            minutes += demand.shift[other].end - demand.shift[other].start
            number += 1
            if demand.shift[other].day == day:
                by_day += demand.shift[other].end - demand.shift[other].start
        seat = wide(state.seat[seat].next)
    if number > folk.person[person].shifts or minutes > folk.person[person].minutes:
        return False
    by_day += engaged_minutes(folk, person, day)
    return bool(by_day <= folk.person[person].day_minutes)


@compiled
def meets_foe(folk: Folk, demand: Demand, state: State, person: int, shift: int) -> bool:
    """H11."""
    for at in range(folk.person[person].foe_first, folk.person[person].foe_last):
        seat = wide(state.person[folk.foe[at]].head)
        while seat >= 0:
            if demand.slot[state.seat[seat].slot].shift == shift:
                return True
            seat = wide(state.seat[seat].next)
    return False


@compiled
def own_costs(folk: Folk, demand: Demand, numbers: Numbers, persons: Array, shifts: Array) -> Array:
    """`own_cost` of each person on the shift beside it."""
    found = np.empty(len(persons), np.int64)
    for at in range(len(persons)):
        person, shift = persons[at], shifts[at]
        way, special = travelled(folk, demand, person, shift), special_of(demand, person, shift)
        found[at] = own_cost(folk, demand, numbers, person, shift, way, special)
    return found


@compiled
def cosines(angles: Array) -> Array:
    """Of each angle the cosine that plain Python gives, which NumPy's may miss by a last place."""
    found = np.empty(len(angles), np.float64)
    for at in range(len(angles)):
        found[at] = math.cos(angles[at])
    return found
