"""The index's rules and rankings as compiled loops over columns.

People are numbered by *place*: those who live near each other stand beside each other, so that a
query reads memory in order. Places in `REASONS` stand for obstacles; `FREE` says that there is
none.

All in one file: what Numba keeps compiled is renewed when the file changes, and not when another
does that it calls.
"""

import math
from typing import Any

import numpy as np

from matcher.index.records import Circles, Facts, Numbers, Records
from matcher.tables.compiled import compiled
from matcher.tables.tables import Bools, Floats, Int32s, Int64s

FORBIDDEN, SKILLS, AGE, GROUP, UNAVAILABLE, TOO_FAR, BUSY, TEAM, FREE = range(9)
ON_SHIFT = -1
"""Instead of an obstacle: the person serves there already."""

_EARTH_RADIUS_M = 6_371_008.8
_TRANSFER_FREE_M = 200
_MINUTES_PER_DAY = 1440
_TRAVEL_UNIT_M = 100
_LIKING_DEFAULT, _LIKING_MOST = 1, 3
# A distance from a circle to a place is at least this much less than the true one.
_SAFE_SHARE, _SAFE_M = 1e-9, 0.01
_NOBODY = np.int64(2**62)
# Nearer to a pole than this, longitudes say nothing about distances.
_POLE_DEGREES = 89.0


@compiled
def metres(one_longitude: float, one_latitude: float, longitude: float, latitude: float) -> float:
    """`geometry.distance_m` before it is rounded down."""
    first, second = math.radians(one_latitude), math.radians(latitude)
    half_latitude = (second - first) / 2
    half_longitude = math.radians(longitude - one_longitude) / 2
    up, along = math.sin(half_latitude), math.sin(half_longitude)
    chord = up * up + math.cos(first) * math.cos(second) * (along * along)
    return 2 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


@compiled
def whole_metres(
    one_longitude: float, one_latitude: float, longitude: float, latitude: float
) -> int:
    """The distance in whole metres; 0 where either is nowhere."""
    if math.isnan(one_longitude) or math.isnan(longitude):
        return 0
    return math.floor(metres(one_longitude, one_latitude, longitude, latitude))


@compiled
def is_in(ordered: Int64s, key: int) -> bool:
    """Whether the ordered numbers hold the key."""
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] < key:
            low = middle + 1
        else:
            high = middle
    return bool(low < len(ordered) and ordered[low] == key)


@compiled
def key_of(facts: Facts, person: int, shift: int) -> int:
    """One number for a person and a shift."""
    return int(np.int64(person) * (len(facts.shift) - 1) + shift)


@compiled
def has_skill(facts: Facts, person: int, name: int, level: int) -> bool:
    """Whether the person has the skill at the level or above."""
    for at in range(facts.person[person].skill, facts.person[person + 1].skill):
        if facts.person_skill[at].name == name:
            return bool(facts.person_skill[at].level >= level)
    return False


@compiled
def liking_of(facts: Facts, person: int, cause: int) -> int:
    """How much the person likes the cause, 0 to 3; -1 stands for a shift without one."""
    if cause >= 0:
        for at in range(facts.person[person].like, facts.person[person + 1].like):
            if facts.like[at].name == cause:
                return int(facts.like[at].level)
    return _LIKING_DEFAULT


@compiled
def unsuited(facts: Facts, person: int, role: int) -> int:
    """H1: `SKILLS`, `AGE`, `GROUP` or `FREE`."""
    asked = facts.role[role]
    for at in range(asked.skill, facts.role[role + 1].skill):
        if not has_skill(facts, person, facts.role_skill[at].name, facts.role_skill[at].level):
            return SKILLS
    if not asked.min_age <= facts.person[person].age <= asked.max_age:
        return AGE
    last = facts.role[role + 1].group
    if asked.group == last:
        return FREE
    for own in range(facts.person[person].group, facts.person[person + 1].group):
        for at in range(asked.group, last):
            if facts.person_group[own] == facts.role_group[at]:
                return FREE
    return GROUP


@compiled
def is_available(facts: Facts, person: int, start: int, end: int) -> bool:
    """H2. The intervals are in order and merged."""
    for at in range(facts.person[person].available, facts.person[person + 1].available):
        if facts.available[at].start > start:
            return False
        if end <= facts.available[at].end:
            return True
    return False


@compiled
def _day(numbers: Numbers, minute: int) -> int:
    return (minute + numbers.offset_minutes) // _MINUTES_PER_DAY


@compiled
def clash(numbers: Numbers, one: Any, other: Any) -> bool:
    """H4 and H5 for two records with `start`, `end`, `longitude` and `latitude`."""
    gap = max(other.start - one.end, one.start - other.end)
    if gap < 0:
        return True
    if _day(numbers, one.start) != _day(numbers, other.start):
        return bool(gap < numbers.min_rest_minutes)
    way = whole_metres(one.longitude, one.latitude, other.longitude, other.latitude)
    if way <= _TRANSFER_FREE_M:
        return False
    return bool(gap < numbers.transfer_minutes - (-60 * way // (1000 * numbers.speed_kmh)))


@compiled
def is_busy(facts: Facts, person: int, stay: Any) -> bool:
    """H4 to H6: whether one more stay would break them beside all that the person has."""
    numbers, own = facts.numbers, facts.person[person]
    length, day = stay.end - stay.start, _day(numbers, stay.start)
    minutes, of_day, count = length, length, 1
    for at in range(own.engaged, facts.person[person + 1].engaged):
        engaged = facts.engaged[at]
        if clash(numbers, stay, engaged):
            return True
        if numbers.horizon_start <= engaged.start < numbers.horizon_end:
            minutes += engaged.end - engaged.start
            count += 1
            if _day(numbers, engaged.start) == day:
                of_day += engaged.end - engaged.start
    slot = own.line
    while slot >= 0:
        other = facts.shift[facts.role[facts.line[slot].role].shift]
        if clash(numbers, stay, other):
            return True
        minutes += other.end - other.start
        count += 1
        if _day(numbers, other.start) == day:
            of_day += other.end - other.start
        slot = facts.line[slot].next_of_person
    return bool(
        minutes > own.max_minutes or of_day > own.max_minutes_per_day or count > own.max_shifts
    )


@compiled
def is_on(facts: Facts, person: int, shift: int) -> bool:
    """Whether the person serves on the shift."""
    slot = facts.person[person].line
    while slot >= 0:
        if facts.role[facts.line[slot].role].shift == shift:
            return True
        slot = facts.line[slot].next_of_person
    return False


@compiled
def spoils(facts: Facts, person: int, role: int) -> bool:
    """H8 to H12: whether the person alone cannot join the shift's people in this role."""
    shift = facts.role[role].shift
    if _beside_somebody_apart(facts, person, shift) or _leaves_friends(facts, person, shift):
        return True
    # Where somebody is fixed H8 to H10 do not bind.
    if facts.shift[shift].has_fixed:
        return False
    return (
        is_below_minimum(facts, role)
        or _lacks_a_team(facts, person, shift)
        or _lacks_adults(facts, person, shift)
    )


@compiled
def _beside_somebody_apart(facts: Facts, person: int, shift: int) -> bool:
    """H11."""
    for at in range(facts.person[person].apart, facts.person[person + 1].apart):
        if is_on(facts, facts.apart[at], shift):
            return True
    return False


@compiled
def _leaves_friends(facts: Facts, person: int, shift: int) -> bool:
    """H12: a group of the person is bound on this shift, and another member is not there."""
    for at in range(facts.person[person].friend, facts.person[person + 1].friend):
        group = facts.friend[at]
        absent, is_bound = False, True
        for place in range(facts.group_first[group], facts.group_first[group + 1]):
            member = facts.group_member[place]
            if is_in(facts.fixed, key_of(facts, member, shift)):
                is_bound = False
            if member != person and not is_on(facts, member, shift):
                absent = True
        if absent and is_bound:
            return True
    return False


@compiled
def is_below_minimum(facts: Facts, role: int) -> bool:
    """H8: with one more in the role, it or another is still below its minimum."""
    shift = facts.role[role].shift
    if not facts.shift[shift].cancels:
        return False
    for each in range(facts.shift[shift].role, facts.shift[shift + 1].role):
        if facts.role[each].people + (each == role) < facts.role[each].min:
            return True
    return False


@compiled
def team_missing(facts: Facts, at: int, shift: int) -> int:
    """H9: how many people a line of the shift's team lacks."""
    wanted = facts.team[at]
    missing = wanted.count
    slot = facts.shift[shift].line
    while slot >= 0:
        if has_skill(facts, facts.line[slot].person, wanted.name, wanted.level):
            missing -= 1
        slot = facts.line[slot].next_of_shift
    return int(missing)


@compiled
def _lacks_a_team(facts: Facts, person: int, shift: int) -> bool:
    """H9, with the person there."""
    for at in range(facts.shift[shift].team, facts.shift[shift + 1].team):
        own = has_skill(facts, person, facts.team[at].name, facts.team[at].level)
        if team_missing(facts, at, shift) > own:
            return True
    return False


@compiled
def _lacks_adults(facts: Facts, person: int, shift: int) -> bool:
    """H10, with the person there."""
    adult_age = facts.numbers.adult_age
    adults = minors = 0
    if facts.person[person].age >= adult_age:
        adults += 1
    else:
        minors += 1
    slot = facts.shift[shift].line
    while slot >= 0:
        if facts.person[facts.line[slot].person].age >= adult_age:
            adults += 1
        else:
            minors += 1
        slot = facts.line[slot].next_of_shift
    return -(-minors // facts.numbers.minors_per_adult) > adults


@compiled
def obstacle(facts: Facts, person: int, role: int, way_m: int) -> int:
    """The first obstacle in the format's order but for the team; `way_m` is home to shift."""
    shift = facts.role[role].shift
    if is_on(facts, person, shift):
        return ON_SHIFT
    if is_in(facts.forbidden, key_of(facts, person, shift)):
        return FORBIDDEN
    lacking = unsuited(facts, person, role)
    if lacking != FREE:
        return lacking
    stay = facts.shift[shift]
    if not is_available(facts, person, stay.start, stay.end):
        return UNAVAILABLE
    if 0 <= facts.person[person].max_travel_m < way_m:
        return TOO_FAR
    return BUSY if is_busy(facts, person, stay) else FREE


@compiled
def first_obstacle(facts: Facts, person: int, role: int, way_m: int) -> int:
    """The first obstacle of all, `FREE` for none, `ON_SHIFT` for who is there already."""
    found = obstacle(facts, person, role, way_m)
    return TEAM if found == FREE and spoils(facts, person, role) else found


@compiled
def price(facts: Facts, person: int, shift: int, way_m: int) -> int:
    """What the line would add to the cost of the plan, apart from lines of `current`."""
    numbers, own, asked = facts.numbers, facts.person[person], facts.shift[shift]
    liking = liking_of(facts, person, asked.cause)
    found = numbers.travel * (way_m // _TRAVEL_UNIT_M) + numbers.cause * (_LIKING_MOST - liking)
    if asked.invited < facts.shift[shift + 1].invited and not is_in(
        facts.asked, key_of(facts, person, shift)
    ):
        found += numbers.invite
    return int(found + numbers.fairness * (own.fairness_base + own.given))


@compiled
def put_line(facts: Facts, slot: int, person: int, role: int) -> None:
    """Hang a line into the chains of its person and shift."""
    line, own, there = facts.line[slot], facts.person[person], facts.shift[facts.role[role].shift]
    line.person, line.role = person, role
    line.next_of_person, line.next_of_shift = own.line, there.line
    own.line = there.line = slot
    own.given += 1
    facts.role[role].people += 1


@compiled
def put_lines(facts: Facts, person: Int32s, role: Int32s) -> None:
    """Hang in many, into the first slots."""
    for slot in range(len(person)):
        put_line(facts, slot, person[slot], role[slot])


@compiled
def take_line(facts: Facts, person: int, role: int) -> int:
    """Unhang a line; its slot, or -1 where there is no such line."""
    own, there = facts.person[person], facts.shift[facts.role[role].shift]
    slot, before = own.line, np.int32(-1)
    while slot >= 0 and facts.line[slot].role != role:
        slot, before = facts.line[slot].next_of_person, slot
    if slot < 0:
        return -1
    if before < 0:
        own.line = facts.line[slot].next_of_person
    else:
        facts.line[before].next_of_person = facts.line[slot].next_of_person
    at, before = there.line, np.int32(-1)
    while at != slot:
        at, before = facts.line[at].next_of_shift, at
    if before < 0:
        there.line = facts.line[slot].next_of_shift
    else:
        facts.line[before].next_of_shift = facts.line[slot].next_of_shift
    facts.role[role].people -= 1
    own.given -= 1
    return int(slot)


@compiled
def radii(first: Int64s, person: Records, longitude: Floats, latitude: Floats) -> Floats:
    """How far the farthest of each circle's people lives from its point."""
    found = np.zeros(len(longitude), np.float64)
    for circle in range(len(longitude)):
        for at in range(first[circle], first[circle + 1]):
            home = person[at]
            way = metres(longitude[circle], latitude[circle], home.longitude, home.latitude)
            found[circle] = max(found[circle], way)
    return found


@compiled
def least_ways(circles: Circles, longitude: float, latitude: float) -> Floats:
    """A distance that nobody of each circle is nearer than; 0 where there is no point."""
    found = np.zeros(len(circles.longitude), np.float64)
    if math.isnan(longitude):
        return found
    for circle in range(len(circles.longitude)):
        if not math.isnan(circles.longitude[circle]):
            way = metres(circles.longitude[circle], circles.latitude[circle], longitude, latitude)
            least = (way - circles.radius_m[circle]) * (1 - _SAFE_SHARE) - _SAFE_M
            found[circle] = max(0.0, least)
    return found


@compiled
def _second_key(facts: Facts, person: int, way_m: int) -> int:
    """Orders what costs the same: the nearer first, then by row."""
    return int((np.int64(way_m) << 32) + np.int64(facts.person[person].row))


@compiled
def _insert(found: Int64s, count: int, key: int, second: int, person: int) -> int:
    """Keep the least keys of `found` (3, most) in order; how many there are then."""
    most = found.shape[1]
    if count == most:
        if (key, second) >= (found[0, most - 1], found[1, most - 1]):
            return count
        count -= 1
    at = count
    while at > 0 and (found[0, at - 1], found[1, at - 1]) > (key, second):
        for row in range(3):
            found[row, at] = found[row, at - 1]
        at -= 1
    found[0, at], found[1, at], found[2, at] = key, second, person
    return count + 1


@compiled
def _offer(facts: Facts, found: Int64s, count: int, person: int, role: int, way_m: int) -> int:
    """Keep the person if he can take the role and is cheap enough; how many there are then."""
    most, shift = found.shape[1], facts.role[role].shift
    if 0 <= facts.person[person].max_travel_m < way_m:
        return count
    if count == most and price(facts, person, shift, way_m) > found[0, most - 1]:
        return count
    if obstacle(facts, person, role, way_m) != FREE or spoils(facts, person, role):
        return count
    key = price(facts, person, shift, way_m)
    return _insert(found, count, key, _second_key(facts, person, way_m), person)


@compiled
def _least_beside_the_way(facts: Facts, shift: int) -> int:
    """What a line on this shift costs at least whoever serves, invited people and ways apart."""
    numbers, least = facts.numbers, 0
    if facts.shift[shift].cause < 0:
        least += numbers.cause * (_LIKING_MOST - _LIKING_DEFAULT)
    if facts.shift[shift].invited < facts.shift[shift + 1].invited:
        least += numbers.invite
    return int(least)


@compiled
def _is_for_nobody(facts: Facts, role: int) -> bool:
    """H8 and H9: more than one person is missing, so no one person can join."""
    shift = facts.role[role].shift
    if facts.shift[shift].has_fixed:
        return False
    for at in range(facts.shift[shift].team, facts.shift[shift + 1].team):
        if team_missing(facts, at, shift) > 1:
            return True
    return is_below_minimum(facts, role)


@compiled
def cheapest_people(
    facts: Facts, circles: Circles, reached: Int64s, ways: Floats, role: int, most: int
) -> tuple[Int64s, int]:
    """Who could take the role: prices, a second key and places (3, most), the cheapest first, and
    how many there are.

    The invited are asked first. Then the circles in `reached` are opened, whose people are no
    nearer than in `ways`, in this order, and no more once nobody in them could be cheaper.
    """
    found = np.full((3, most), _NOBODY)
    count = 0
    if _is_for_nobody(facts, role):
        return found, count
    shift = facts.role[role].shift
    longitude, latitude = facts.shift[shift].longitude, facts.shift[shift].latitude
    invited = facts.invited[facts.shift[shift].invited : facts.shift[shift + 1].invited]
    for person in invited:
        home = facts.person[person]
        way_m = whole_metres(home.longitude, home.latitude, longitude, latitude)
        count = _offer(facts, found, count, person, role, way_m)
    least = _least_beside_the_way(facts, shift)
    for circle in reached:
        way = int(ways[circle])
        at_least = least + facts.numbers.travel * (way // _TRAVEL_UNIT_M)
        if count == most and (at_least, way << 32) > (found[0, most - 1], found[1, most - 1]):
            break
        for person in range(circles.first[circle], circles.first[circle + 1]):
            home = facts.person[person]
            way_m = whole_metres(home.longitude, home.latitude, longitude, latitude)
            cost = least + facts.numbers.travel * (way_m // _TRAVEL_UNIT_M)
            if count == most and cost > found[0, most - 1]:
                continue
            if len(invited) == 0 or not _is_among(invited, person):
                count = _offer(facts, found, count, person, role, way_m)
    return found, count


@compiled
def _is_among(places: Int32s, person: int) -> bool:
    for each in places:  # noqa: SIM110 - compiled loops know no generators
        if each == person:
            return True
    return False


@compiled
def nearest_kept_away(
    facts: Facts,
    circles: Circles,
    near: Int64s,
    ways: Floats,
    role: int,
    most: int,
    near_m: int,
) -> tuple[Int64s, int]:
    """Who lives within `near_m` and could not take the role: metres, a second key and places
    (3, most), the nearest first, and how many there are. `near` are circles in order."""
    found = np.full((3, most), _NOBODY)
    count, shift = 0, facts.role[role].shift
    longitude, latitude = facts.shift[shift].longitude, facts.shift[shift].latitude
    for circle in near:
        if count == most and int(ways[circle]) > found[0, most - 1]:
            break
        for person in range(circles.first[circle], circles.first[circle + 1]):
            home = facts.person[person]
            way_m = whole_metres(home.longitude, home.latitude, longitude, latitude)
            if way_m > near_m or (count == most and way_m > found[0, most - 1]):
                continue
            first = first_obstacle(facts, person, role, way_m)
            if first not in (FREE, ON_SHIFT):
                second = _second_key(facts, person, way_m)
                count = _insert(found, count, way_m, second, person)
    return found, count


@compiled
def _reach_degrees(north: float, reach_m: float) -> tuple[float, float]:
    """Latitude and longitude that differ by more than this are farther away."""
    up = math.degrees(reach_m / _EARTH_RADIUS_M) * (1 + _SAFE_SHARE) + _SAFE_SHARE
    widest = abs(north) + up
    if math.isnan(north) or widest > _POLE_DEGREES:
        return up, 360.0
    # From the haversine: the widest longitude within reach of a place at this latitude.
    sine = math.sin(reach_m / 2 / _EARTH_RADIUS_M) / math.cos(math.radians(widest))
    if sine >= 1:
        return up, 360.0
    return up, math.degrees(2 * math.asin(sine)) * (1 + _SAFE_SHARE) + _SAFE_SHARE


@compiled
def shifts_in_reach(facts: Facts, person: int, from_minute: int, reach_m: int) -> Int64s:
    """Shifts with a seat left, from a minute on, without those that are surely farther away.

    Shifts without a place are in everybody's reach; so is everything where `reach_m` is below 0.
    """
    home, north = facts.person[person].longitude, facts.person[person].latitude
    up, across = _reach_degrees(north, float(reach_m) + 1.0)
    found, count = np.empty(len(facts.shift), np.int64), 0
    for shift in range(len(facts.shift) - 1):
        there = facts.shift[shift]
        if there.start < from_minute:
            continue
        if reach_m >= 0:
            east = abs(there.longitude - home)
            if abs(there.latitude - north) > up or across < east < 360 - across:
                continue
        for role in range(there.role, facts.shift[shift + 1].role):
            if facts.role[role].people < facts.role[role].max:
                found[count] = shift
                count += 1
                break
    return found[:count]


@compiled
def worth(facts: Facts, role: int, below: int, above: int) -> int:
    """What a seat is worth: `below` its minimum for each unit of priority, or `above`."""
    is_below = facts.role[role].people < facts.role[role].min
    return int(facts.shift[facts.role[role].shift].priority * (below if is_below else above))


@compiled
def open_to(
    facts: Facts, person: int, from_minute: int, near_m: int, below: int, above: int
) -> tuple[Int64s, Int64s]:
    """One role of each shift with a seat left: those the person could take, and near ones barred.

    The first are roles and what each is worth less its price (2, n): of a shift's free roles the
    best. The second are roles, metres and obstacles (3, n): of a shift's roles the one whose
    obstacle comes last in the format's order.
    """
    home = facts.person[person]
    limit = home.max_travel_m
    reach = shifts_in_reach(facts, person, from_minute, max(limit, near_m) if limit >= 0 else -1)
    free, barred = np.empty((2, len(reach)), np.int64), np.empty((3, len(reach)), np.int64)
    frees = bars = 0
    for shift in reach:
        there = facts.shift[shift]
        way_m = whole_metres(home.longitude, home.latitude, there.longitude, there.latitude)
        is_near = way_m <= near_m and not math.isnan(home.longitude + there.longitude)
        if not is_near and not is_available(facts, person, there.start, there.end):
            continue
        best, gain, last, code = -1, -int(_NOBODY), -1, -1
        for role in range(there.role, facts.shift[shift + 1].role):
            if facts.role[role].people >= facts.role[role].max:
                continue
            first = first_obstacle(facts, person, role, way_m)
            if first > code:
                last, code = role, first
            if first == FREE:
                own = worth(facts, role, below, above) - price(facts, person, shift, way_m)
                if own > gain:
                    best, gain = role, own
        if best >= 0:
            free[0, frees], free[1, frees] = best, gain
            frees += 1
        elif is_near and code >= 0:
            barred[0, bars], barred[1, bars], barred[2, bars] = last, way_m, code
            bars += 1
    return free[:, :frees], barred[:, :bars]


@compiled
def roster_candidates(
    facts: Facts, stays: Records, opted_in: Bools, skill: Int64s, level: Int64s, min_age: int
) -> tuple[Int64s, Int64s, Int64s]:
    """Who could be called to a stay (a record of one shift): places, lines as bits, and minutes.

    A line asks for a skill at a level; -1 takes anybody, -2 nobody. `opted_in` is by place. The
    minutes are those of a transfer from home, as in H4.
    """
    numbers, stay = facts.numbers, stays[0]
    found, count = np.empty((3, len(opted_in)), np.int64), 0
    for person in range(len(opted_in)):
        own = facts.person[person]
        if not opted_in[person] or own.age < min_age or math.isnan(own.longitude):
            continue
        lines = np.int64(0)
        for at in range(len(skill)):
            if skill[at] == -1 or (
                skill[at] >= 0 and has_skill(facts, person, skill[at], level[at])
            ):
                lines |= np.int64(1) << at
        if lines == 0 or is_busy(facts, person, stay):
            continue
        way = whole_metres(own.longitude, own.latitude, stay.longitude, stay.latitude)
        minutes = 0
        if way > _TRANSFER_FREE_M:
            minutes = numbers.transfer_minutes - (-60 * way // (1000 * numbers.speed_kmh))
        found[0, count], found[1, count], found[2, count] = person, lines, minutes
        count += 1
    return found[0, :count], found[1, :count], found[2, :count]
