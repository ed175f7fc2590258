"""The least that the seats of each shift come to at given prices. Loops for Numba, whole numbers.

Rules H1 to H3 and H14, and H4 to H6 beside what was promised elsewhere, are read here once more.
"""

import math

import numpy as np
from numba import prange

from matcher.bounds.records import PRICE_UNITS, Array, Asked, Cells, Crowd, Numbers
from matcher.geometry import EARTH_RADIUS_M
from matcher.rules import TRANSFER_FREE_M
from matcher.score import LIKING_DEFAULT, LIKING_MOST, TRAVEL_UNIT_M
from matcher.tables.compiled import compiled, compiled_parallel
from matcher.tables.loops import has_all, in_one_group, level_of

NEVER = 1 << 62
"""More than anything that is added up."""
_ANY_SKILL = -1
# A hair more than what floating point can be wrong by.
_SPARE_M = 1.0


@compiled
def metres(longitude: float, latitude: float, longitude2: float, latitude2: float) -> int:
    """The haversine distance in whole metres, by the steps of `matcher.geometry.distance_m`.

    Longitudes in degrees, latitudes in radians.
    """
    half_latitude = (latitude2 - latitude) / 2
    half_longitude = math.radians(longitude2 - longitude) / 2
    chord = (
        math.sin(half_latitude) ** 2
        + math.cos(latitude) * math.cos(latitude2) * math.sin(half_longitude) ** 2
    )
    return math.floor(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord))))


@compiled
def place_among(ordered: Array, first: int, last: int, wanted: int) -> int:
    """Where `wanted` stands between `first` and `last`, or -1."""
    while first < last:
        middle = (first + last) // 2
        if ordered[middle] == wanted:
            return middle
        if ordered[middle] < wanted:
            first = middle + 1
        else:
            last = middle
    return -1


@compiled
def is_free(crowd: Crowd, person: int, start: int, end: int) -> bool:
    """H2."""
    for at in range(crowd.free_first[person], crowd.free_first[person + 1]):
        if crowd.free_start[at] <= start and end <= crowd.free_end[at]:
            return True
    return False


@compiled
def is_suited(
    crowd: Crowd, asked: Asked, person: int, role: int, team_skill: int, team_level: int
) -> bool:
    """H1, and beside it the skill that a team asks for, if any."""
    if crowd.age[person] < asked.min_age[role] or crowd.age[person] > asked.max_age[role]:
        return False
    if team_skill != _ANY_SKILL:
        own = level_of(crowd.skill_first, crowd.skill, crowd.skill_level, person, team_skill)
        if own < team_level:
            return False
    return has_all(
        crowd.skill_first,
        crowd.skill,
        crowd.skill_level,
        person,
        asked.skill_first,
        asked.skill,
        asked.skill_level,
        role,
    ) and in_one_group(crowd.group_first, crowd.group, person, asked.group_first, asked.group, role)


@compiled
def has_time(crowd: Crowd, asked: Asked, numbers: Numbers, person: int, shift: int) -> bool:
    """H4 to H6 beside what was promised elsewhere, and nothing else."""
    start, end, day = asked.start[shift], asked.end[shift], asked.day[shift]
    length = end - start
    if crowd.shifts[person] < 1 or crowd.minutes[person] < length:
        return False
    on_day = length
    for at in range(crowd.engaged_first[person], crowd.engaged_first[person + 1]):
        gap = max(crowd.engaged_start[at] - end, start - crowd.engaged_end[at])
        if gap < 0:
            return False
        if crowd.engaged_day[at] != day:
            if gap < numbers.min_rest:
                return False
            continue
        if crowd.engaged_counts[at]:
            on_day += crowd.engaged_end[at] - crowd.engaged_start[at]
        if np.isnan(crowd.engaged_longitude[at]) or np.isnan(asked.longitude[shift]):
            continue
        way = metres(
            asked.longitude[shift],
            asked.latitude[shift],
            crowd.engaged_longitude[at],
            crowd.engaged_latitude[at],
        )
        hour = 1000 * numbers.speed_kmh
        if way > TRANSFER_FREE_M and gap < numbers.transfer + (60 * way + hour - 1) // hour:
            return False
    return bool(on_day <= crowd.day_minutes[person])


@compiled
def line_cost(
    crowd: Crowd, asked: Asked, numbers: Numbers, person: int, shift: int, way: int, known: int
) -> int:
    """What the line costs by itself in units of price, less what keeping lines before saves.

    `known` is the person's place among those whom the shift knows, or -1.
    """
    liking = LIKING_DEFAULT
    if asked.cause[shift] >= 0:
        said = level_of(crowd.like_first, crowd.like, crowd.like_level, person, asked.cause[shift])
        if said >= 0:
            liking = said
    cost = numbers.travel * (way // TRAVEL_UNIT_M) + numbers.cause * (LIKING_MOST - liking)
    if asked.has_invited[shift] and (known < 0 or not asked.known_invited[known]):
        cost += numbers.invite
    if known >= 0:
        cost -= numbers.change * asked.known_lines[known]
    return PRICE_UNITS * cost


@compiled
def way_to(crowd: Crowd, asked: Asked, person: int, shift: int) -> int:
    """Metres from home to the shift; 0 where either is nowhere."""
    if np.isnan(crowd.longitude[person]) or np.isnan(asked.longitude[shift]):
        return 0
    return metres(
        crowd.longitude[person],
        crowd.latitude[person],
        asked.longitude[shift],
        asked.latitude[shift],
    )


@compiled
def surely_away(space: Array, at: int, other: Array, other_at: int, radius: float) -> int:
    """Metres that two places are apart at least, when the second may be `radius` nearer.

    An arc is never shorter than its chord. 0 where either is nowhere.
    """
    total = 0.0
    for axis in range(3):
        total += (space[at, axis] - other[other_at, axis]) ** 2
    away = EARTH_RADIUS_M * (math.sqrt(total) - radius) - _SPARE_M
    return int(away) if away > 0.0 else 0


@compiled
def near_cells(
    cells: Cells, asked: Asked, numbers: Numbers, shift: int, cell: Array, floor: Array
) -> int:
    """The cells from which anybody may come, the cheapest first, and what their people cost at
    least without their price, in units of price. How many these are."""
    size = 0
    for each in range(len(cells.radius)):
        away = surely_away(asked.space, shift, cells.middle, each, cells.radius[each])
        if away > cells.reach_m[each]:
            continue
        cost = numbers.travel * (away // TRAVEL_UNIT_M)
        if asked.has_invited[shift]:
            cost += numbers.invite
        cell[size], floor[size] = each, PRICE_UNITS * cost
        size += 1
    order = np.argsort(floor[:size] + cells.least[cell[:size]])
    cell[:size], floor[:size] = cell[:size][order], floor[:size][order]
    return size


@compiled
def cheapest(
    crowd: Crowd,
    cells: Cells,
    asked: Asked,
    numbers: Numbers,
    shift: int,
    role: int,
    team_skill: int,
    team_level: int,
    near: Array,
    floor: Array,
    person: Array,
    total: Array,
    most: int,
    most_before_full: int,
) -> int:
    """Fill `person` and `total` with the cheapest who fit, in order: cost and price together.

    How many there are. Whoever comes to `most` may be left out once the list is full, and whoever
    comes to `most_before_full` before it is.
    """
    size = 0
    for known in range(asked.known_first[shift], asked.known_first[shift + 1]):
        size = offer(
            crowd, asked, numbers, shift, role, team_skill, team_level, asked.known[known], known,
            person, total, size, most_before_full,
        )  # fmt: skip
    for at in range(len(near)):
        each = near[at]
        worst = min(most, total[size - 1]) if size == len(total) else most_before_full
        if floor[at] + cells.least[each] >= worst:
            break  # All cells that follow are dearer.
        for one in range(cells.first[each], cells.first[each + 1]):
            worst = min(most, total[size - 1]) if size == len(total) else most_before_full
            if floor[at] + crowd.price[one] >= worst:
                break  # So are all people of this cell that follow.
            if is_free(crowd, one, asked.start[shift], asked.end[shift]):
                size = offer(
                    crowd, asked, numbers, shift, role, team_skill, team_level, one, -1, person,
                    total, size, worst,
                )  # fmt: skip
    return size


@compiled
def is_possible(
    crowd: Crowd, asked: Asked, numbers: Numbers, shift: int, one: int, known: int
) -> bool:
    """H2, H14 and `has_time`, for somebody whom the shift knows if `known`, and for others not."""
    first, last = asked.known_first[shift], asked.known_first[shift + 1]
    if known < 0 and place_among(asked.known, first, last, one) >= 0:
        return False
    first, last = asked.banned_first[shift], asked.banned_first[shift + 1]
    if place_among(asked.banned, first, last, one) >= 0:
        return False
    if not is_free(crowd, one, asked.start[shift], asked.end[shift]):
        return False
    return has_time(crowd, asked, numbers, one, shift)


@compiled
def offer(
    crowd: Crowd,
    asked: Asked,
    numbers: Numbers,
    shift: int,
    role: int,
    team_skill: int,
    team_level: int,
    one: int,
    known: int,
    person: Array,
    total: Array,
    size: int,
    worst: int,
) -> int:
    """Put somebody in their place in the list if they fit and come to less than `worst`; how long
    the list is then. People whom the shift knows are offered with their place there, once."""
    if not is_suited(crowd, asked, one, role, team_skill, team_level):
        return size
    if surely_away(asked.space, shift, crowd.space, one, 0.0) > crowd.limit_m[one]:
        return size
    way = way_to(crowd, asked, one, shift)
    if way > crowd.limit_m[one]:
        return size
    comes_to = crowd.price[one] + line_cost(crowd, asked, numbers, one, shift, way, known)
    if comes_to >= worst or (size == len(total) and comes_to >= total[size - 1]):
        return size
    if not is_possible(crowd, asked, numbers, shift, one, known):
        return size
    at = size if size < len(total) else size - 1
    while at > 0 and total[at - 1] > comes_to:
        person[at], total[at] = person[at - 1], total[at - 1]
        at -= 1
    person[at], total[at] = one, comes_to
    return size + 1 if size < len(total) else size


@compiled
def weight_of(asked: Asked, shift: int, role: int, seat: int, weight: int, below: int) -> int:
    """What the role's seat weighs when it is open, those below its minimum first."""
    times: int = asked.priority[shift] * (below if seat < asked.below[role] else 1)
    return weight * times


@compiled
def lacks(crowd: Crowd, person: Array, is_taken: Array, skill: int, level: int) -> bool:
    """Whether every seat is taken, and by nobody who has the skill."""
    for at in range(len(person)):
        if not is_taken[at]:
            return False
        own = level_of(crowd.skill_first, crowd.skill, crowd.skill_level, person[at], skill)
        if own >= level:
            return False
    return True


@compiled
def team_costs(
    crowd: Crowd,
    cells: Cells,
    asked: Asked,
    numbers: Numbers,
    shift: int,
    near: Array,
    floor: Array,
    seat_first: Array,
    total: Array,
    nobody: int,
    team_skill: int,
    team_level: int,
) -> int:
    """What it costs at least beyond the cheapest people that one has the skill, where none has.

    He sits in the place of some role's dearest, or nobody serves at all, which costs `nobody`.
    """
    least = nobody
    one, comes_to = np.empty(1, np.int64), np.empty(1, np.int64)
    first_role = asked.first_role[shift]
    for role in range(first_role, asked.first_role[shift + 1]):
        last = seat_first[role - first_role + 1]
        if last == seat_first[role - first_role]:
            continue
        most = total[last - 1] + least
        size = cheapest(
            crowd, cells, asked, numbers, shift, role, team_skill, team_level, near, floor, one,
            comes_to, most, most,
        )  # fmt: skip
        if size == 1:
            least = max(0, min(least, comes_to[0] - total[last - 1]))
    return least


@compiled_parallel
def shifts_take(
    crowd: Crowd,
    cells: Cells,
    asked: Asked,
    numbers: Numbers,
    weight: int,
    below: int,
    found: Array,
    fit: Array,
    extra: Array,
) -> None:
    """For each role the least that its seats come to, in units of price, into `found`.

    An open seat weighs `weight` for each unit of priority, and `below` times as much below the
    minimum. `fit` gets how many people fit the role, at most as many as it wants; `extra` what
    each shift's team costs beyond (H9).
    """
    for shift in prange(len(asked.start)):
        cell, floors = np.empty(len(cells.radius), np.int64), np.empty(len(cells.radius), np.int64)
        size = near_cells(cells, asked, numbers, shift, cell, floors)
        near, floor = cell[:size], floors[:size]
        first_role, last_role = asked.first_role[shift], asked.first_role[shift + 1]
        seat_first = np.zeros(last_role - first_role + 1, np.int64)
        for role in range(first_role, last_role):
            seat_first[role - first_role + 1] = seat_first[role - first_role] + asked.wanted[role]
        person, total = np.empty(seat_first[-1], np.int64), np.empty(seat_first[-1], np.int64)
        is_taken = np.zeros(seat_first[-1], np.bool_)
        nobody = 0
        for role in range(first_role, last_role):
            begin, end = seat_first[role - first_role], seat_first[role - first_role + 1]
            if begin == end:
                continue
            most = max(
                weight_of(asked, shift, role, 0, weight, below),
                weight_of(asked, shift, role, asked.wanted[role], weight, below),
            )
            fit[role] = cheapest(
                crowd, cells, asked, numbers, shift, role, _ANY_SKILL, 0, near, floor,
                person[begin:end], total[begin:end], most, NEVER,
            )  # fmt: skip
            least = 0
            for seat in range(asked.wanted[role]):
                open_ = weight_of(asked, shift, role, seat, weight, below)
                comes_to = total[begin + seat] if seat < fit[role] else NEVER
                is_taken[begin + seat] = comes_to < open_
                least += min(open_, comes_to)
                nobody += open_
            found[role] = least
            nobody -= least
        dearest = 0
        for line in range(asked.team_first[shift], asked.team_first[shift + 1]):
            skill, level = asked.team_skill[line], asked.team_level[line]
            if lacks(crowd, person, is_taken, skill, level):
                more = team_costs(
                    crowd, cells, asked, numbers, shift, near, floor, seat_first, total, nobody,
                    skill, level,
                )  # fmt: skip
                dearest = max(dearest, more)
        extra[shift] = dearest
