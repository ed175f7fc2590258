"""One person and one slot: whether they may meet, and what it costs. Loops for Numba.

The same rules as `matcher.rules` in whole numbers; distances by the same formula and library as
`matcher.geometry.distance_m`, so that both round to the same metre.
"""

import math

import numpy as np

from matcher.city.arrays import Array, Demand, Folk, Numbers, State
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
    for at in range(folk.free_first[person], folk.free_first[person + 1]):
        if folk.free_start[at] <= start and end <= folk.free_end[at]:
            return True
    return False


@compiled
def is_suited(folk: Folk, demand: Demand, person: int, slot: int) -> bool:
    """H1, with what the slot asks beyond its role."""
    age = folk.age[person]
    if age < demand.slot_min_age[slot] or age > demand.slot_max_age[slot]:
        return False
    for at in range(demand.slot_skill_first[slot], demand.slot_skill_first[slot + 1]):
        level = 0
        for own in range(folk.skill_first[person], folk.skill_first[person + 1]):
            if folk.skill_name[own] == demand.slot_skill[at]:
                level = folk.skill_level[own]
        if level < demand.slot_level[at]:
            return False
    first, last = demand.slot_group_first[slot], demand.slot_group_first[slot + 1]
    if first == last:
        return True
    for at in range(first, last):
        for own in range(folk.group_first[person], folk.group_first[person + 1]):
            if folk.group_name[own] == demand.slot_group[at]:
                return True
    return False


@compiled
def travelled(folk: Folk, demand: Demand, person: int, shift: int) -> int:
    """Metres from home to the shift; 0 where either has no place."""
    if np.isnan(folk.longitude[person]) or np.isnan(demand.longitude[shift]):
        return 0
    return metres(
        folk.longitude[person],
        folk.latitude[person],
        folk.cos_latitude[person],
        demand.longitude[shift],
        demand.latitude[shift],
        demand.cos_latitude[shift],
    )


@compiled
def has_time(folk: Folk, demand: Demand, numbers: Numbers, person: int, shift: int) -> bool:
    """H4 to H6 beside what the person promised elsewhere, and nothing else."""
    start, end, day = demand.start[shift], demand.end[shift], demand.day[shift]
    length = end - start
    if folk.shifts[person] < 1 or folk.minutes[person] < length:
        return False
    used = 0
    for at in range(folk.engaged_first[person], folk.engaged_first[person + 1]):
        if folk.engaged_day[at] == day and folk.engaged_counts[at]:
            used += folk.engaged_end[at] - folk.engaged_start[at]
        if clashes(
            numbers,
            start,
            end,
            day,
            demand.longitude[shift],
            demand.latitude[shift],
            folk.engaged_start[at],
            folk.engaged_end[at],
            folk.engaged_day[at],
            folk.engaged_longitude[at],
            folk.engaged_latitude[at],
        ):
            return False
    return bool(used + length <= folk.day_minutes[person])


@compiled
def clashes(
    numbers: Numbers,
    start: int,
    end: int,
    day: int,
    longitude: float,
    latitude: float,
    start2: int,
    end2: int,
    day2: int,
    longitude2: float,
    latitude2: float,
) -> bool:
    """H4 and H5 for two stays of one person."""
    gap = max(start2 - end, start - end2)
    if gap < 0:
        return True
    if day != day2:
        return gap < numbers.min_rest
    if np.isnan(longitude) or np.isnan(longitude2):
        return False
    way = metres(
        longitude, latitude, math.cos(latitude), longitude2, latitude2, math.cos(latitude2)
    )
    if way <= TRANSFER_FREE_M:
        return False
    return gap < numbers.transfer + (60 * way + 1000 * numbers.speed - 1) // (1000 * numbers.speed)


@compiled
def is_banned(demand: Demand, person: int, shift: int) -> bool:
    """H14."""
    for at in range(demand.banned_first[shift], demand.banned_first[shift + 1]):
        if demand.banned[at] == person:
            return True
    return False


@compiled
def special_of(demand: Demand, person: int, shift: int) -> int:
    """The place of the person among those whom the shift knows by name, or -1."""
    for at in range(demand.special_first[shift], demand.special_first[shift + 1]):
        if demand.special[at] == person:
            return at
    return -1


@compiled
def own_cost(
    folk: Folk, demand: Demand, numbers: Numbers, person: int, shift: int, way: int, special: int
) -> int:
    """What the line costs by itself, less what keeping a line of the plan before saves."""
    liking = LIKING_DEFAULT
    cause = demand.cause[shift]
    if cause >= 0:
        for at in range(folk.like_first[person], folk.like_first[person + 1]):
            if folk.like_name[at] == cause:
                liking = folk.like_level[at]
    cost = numbers.travel * (way // TRAVEL_UNIT_M) + numbers.cause * (LIKING_MOST - liking)
    if demand.has_invited[shift] and (special < 0 or not demand.special_invited[special]):
        cost += numbers.invite
    if special >= 0:
        cost -= numbers.change * demand.special_current[special]
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
    start, end, day = demand.start[shift], demand.end[shift], demand.day[shift]
    length = end - start
    minutes, number, by_day = length, 1, length
    seat = state.head[person]
    while seat >= 0:
        if seat != without:
            other = demand.slot_shift[state.seat_slot[seat]]
            if other == shift or clashes(
                numbers,
                start,
                end,
                day,
                demand.longitude[shift],
                demand.latitude[shift],
                demand.start[other],
                demand.end[other],
                demand.day[other],
                demand.longitude[other],
                demand.latitude[other],
            ):
                return False
            minutes += demand.end[other] - demand.start[other]
            number += 1
            if demand.day[other] == day:
                by_day += demand.end[other] - demand.start[other]
        seat = state.seat_next[seat]
    if number > folk.shifts[person] or minutes > folk.minutes[person]:
        return False
    for at in range(folk.engaged_first[person], folk.engaged_first[person + 1]):
        if folk.engaged_day[at] == day and folk.engaged_counts[at]:
            by_day += folk.engaged_end[at] - folk.engaged_start[at]
    return bool(by_day <= folk.day_minutes[person])


@compiled
def meets_foe(folk: Folk, demand: Demand, state: State, person: int, shift: int) -> bool:
    """H11."""
    for at in range(folk.foe_first[person], folk.foe_first[person + 1]):
        seat = state.head[folk.foe[at]]
        while seat >= 0:
            if demand.slot_shift[state.seat_slot[seat]] == shift:
                return True
            seat = state.seat_next[seat]
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
