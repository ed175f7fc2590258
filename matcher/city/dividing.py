"""Cuts a city into parts by place and time: some shifts each, and the people who could serve there.

The cut hangs on the problem alone, never on who is to solve the parts or how many do. People who
could serve in several parts are in up to three of them; `joining` sees to it that each serves as
one person.
"""

from dataclasses import dataclass

import numpy as np

from matcher.city.arrays import Array
from matcher.city.demand import units_of
from matcher.city.folk import grouped
from matcher.geometry import EARTH_RADIUS_M
from matcher.tables import NO_LIMIT, Tables
from matcher.tables.parts import of_people_and_shifts

SEATS_MOST = 12_000
"""So many seats a part has at most, unless a single shift has more."""

_PARTS_OF_A_PERSON = 3
_PEOPLE_AT_ONCE = 200_000
# A hair less than the true distance, so that rounding leaves nobody out.
_SURELY = 0.999
_TURN_M = np.float32(0.001)
_METRES_PER_DEGREE = EARTH_RADIUS_M * np.pi / 180
# A place that is wider than this many times the way that people go is cut by place, else by time.
_WIDE = 2.0


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of the whole problem's people and shifts, ascending, and how many seats these have."""

    people: Array
    shifts: Array
    seats: int

    def tables(self, whole: Tables) -> Tables:
        """The part as a problem of its own."""
        return of_people_and_shifts(whole, self.people, self.shifts)


def divide(tables: Tables, seats_most: int = SEATS_MOST) -> tuple[Part, ...]:
    """The parts. Each shift is in one of them, and so is every fixed line with its person.

    Groups are whole in one part: members with fixed lines are in those lines' parts as well.
    """
    if len(tables.shifts) == 0:
        return ()
    seats = seats_of_shifts(tables)
    part_of_shift = _deal_placeless(tables, seats, _cut(tables, seats, seats_most))
    parts = int(part_of_shift.max(initial=-1)) + 1
    shift_first, shifts = grouped(part_of_shift, np.arange(len(seats)), parts)
    person_first, people = _people(tables, part_of_shift, np.bincount(part_of_shift, seats, parts))
    return tuple(
        Part(
            people=people[person_first[part] : person_first[part + 1]],
            shifts=(rows := shifts[shift_first[part] : shift_first[part + 1]]),
            seats=int(seats[rows].sum()),
        )
        for part in range(parts)
    )


def seats_of_shifts(tables: Tables) -> Array:
    """How many can serve on each shift at most; never more than there are people."""
    most = np.minimum(tables.roles.max, len(tables.people))
    return np.bincount(tables.roles.shift, most, len(tables.shifts)).astype(np.int64)


# ---- shifts ----------------------------------------------------------------------------------


def _cut(tables: Tables, seats: Array, seats_most: int) -> Array:
    """The part of each shift that has a place, -1 for the others: halves of halves by seats."""
    shifts = tables.shifts
    part = np.full(len(shifts), -1, np.int64)
    narrow = np.cos(np.radians(np.nan_to_num(shifts.latitude)))
    metres = np.stack(
        [
            shifts.longitude * _METRES_PER_DEGREE * float(narrow.min(initial=1.0)),
            shifts.latitude * _METRES_PER_DEGREE,
        ]
    )
    wide = _WIDE * _usual_way(tables)
    waiting = [np.nonzero(~np.isnan(shifts.longitude))[0]]
    found = 0
    while waiting:
        rows = waiting.pop()
        if len(rows) == 0:
            continue
        if len(rows) == 1 or seats[rows].sum() <= seats_most:
            part[rows] = found
            found += 1
            continue
        extent = np.ptp(metres[:, rows], axis=1)
        by = metres[int(extent.argmax())] if extent.max() > wide else shifts.start
        order = rows[np.lexsort((rows, by[rows]))]
        before = np.cumsum(seats[order])
        middle = int(np.clip(np.searchsorted(before, before[-1] / 2), 1, len(order) - 1))
        waiting += [order[middle:], order[:middle]]
    return part


def _usual_way(tables: Tables) -> float:
    """Metres that half of those go at most who say how far they go."""
    limits = tables.people.max_travel_m[tables.people.max_travel_m != NO_LIMIT]
    return float(np.median(limits)) if len(limits) else 0.0


def _deal_placeless(tables: Tables, seats: Array, part: Array) -> Array:
    """Shifts without a place go where the fewest seats are, one after another."""
    dealt = part.copy()
    sums = np.bincount(part[part >= 0], seats[part >= 0], max(1, int(part.max(initial=-1)) + 1))
    for row in np.nonzero(part < 0)[0].tolist():
        least = int(sums.argmin())
        dealt[row] = least
        sums[least] += seats[row]
    return dealt


# ---- people ----------------------------------------------------------------------------------


def _people(tables: Tables, part_of_shift: Array, seats: Array) -> tuple[Array, Array]:
    """The people of each part, ascending, and where each part's begin."""
    person, part = _near(tables, part_of_shift, seats)
    relations = tables.relations
    fixed = relations.fixed.person, part_of_shift[tables.roles.shift[relations.fixed.role]]
    shifts = tables.shifts
    invited = np.repeat(np.arange(len(shifts)), np.diff(shifts.invited.first))
    known = (
        np.concatenate([relations.current_person, shifts.invited.item]),
        part_of_shift[np.concatenate([relations.current_shift, invited])],
    )
    unit_first, unit = units_of(tables, np.arange(len(tables.people)))
    # Whoever is bound or promised is where their group or their lines are, and nowhere else.
    is_tied = np.zeros(len(tables.people), bool)
    is_tied[unit] = is_tied[fixed[0]] = True
    home = np.full(len(tables.people), 0, np.int64)
    first = np.unique(person, return_index=True)[1]
    home[person[first]] = part[first]
    together = unit, np.repeat(home[unit[unit_first[:-1]]], np.diff(unit_first))
    free, known_free = ~is_tied[person], ~is_tied[known[0]]
    pairs = [
        (person[free], part[free]),
        (known[0][known_free], known[1][known_free]),
        together,
        fixed,
    ]
    people = max(1, len(tables.people))
    keys = np.unique(np.concatenate([two.astype(np.int64) * people + one for one, two in pairs]))
    return np.searchsorted(keys // people, np.arange(len(seats) + 1)), keys % people


def _near(tables: Tables, part_of_shift: Array, seats: Array) -> tuple[Array, Array]:
    """People and their parts, of each person the nearest first: those within their reach.

    Whoever has no home or reaches no part has one, dealt by its share of seats.
    """
    shifts, parts = tables.shifts, len(seats)
    west, south = np.full(parts, np.inf), np.full(parts, np.inf)
    east, north = np.full(parts, -np.inf), np.full(parts, -np.inf)
    placed = ~np.isnan(shifts.longitude)
    np.minimum.at(west, part_of_shift[placed], shifts.longitude[placed])
    np.maximum.at(east, part_of_shift[placed], shifts.longitude[placed])
    np.minimum.at(south, part_of_shift[placed], shifts.latitude[placed])
    np.maximum.at(north, part_of_shift[placed], shifts.latitude[placed])
    share = np.cumsum(seats) / max(1, seats.sum())
    most = min(parts, _PARTS_OF_A_PERSON)
    found = []
    for begin in range(0, len(tables.people), _PEOPLE_AT_ONCE):
        rows = np.arange(begin, min(begin + _PEOPLE_AT_ONCE, len(tables.people)))
        away = _away(tables, rows, (west, east, south, north))
        # Parts at one distance, as those of one place at other times are, take turns.
        away += _TURN_M * ((np.arange(parts)[None, :] + rows[:, None]) % parts)
        order = np.argpartition(away, most - 1, axis=1)[:, :most]
        order = np.take_along_axis(
            order, np.argsort(np.take_along_axis(away, order, axis=1), axis=1), axis=1
        )
        is_near = np.isfinite(np.take_along_axis(away, order, axis=1))
        nowhere = ~is_near.any(axis=1)
        # Numbers spread evenly over 0 to 1, whatever the order of the rows means.
        spread = (rows[nowhere] * 0.6180339887498949) % 1.0
        order[nowhere, 0] = np.minimum(parts - 1, np.searchsorted(share, spread, side="right"))
        is_near[nowhere, 0] = True
        found.append((np.repeat(rows, is_near.sum(axis=1)), order[is_near]))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate([one for one, _ in found]), np.concatenate([two for _, two in found])


def _away(tables: Tables, rows: Array, box: tuple[Array, Array, Array, Array]) -> Array:
    """Metres from home to the nearest edge of each part's box, not more than true; inside 0.

    Endless where that is farther than the person goes, and without a home.
    """
    west, east, south, north = (each.astype(np.float32) for each in box)
    longitude = tables.people.longitude[rows].astype(np.float32)[:, None]
    latitude = tables.people.latitude[rows].astype(np.float32)[:, None]
    across = np.maximum(np.float32(0), np.maximum(west - longitude, longitude - east))
    up = np.maximum(np.float32(0), np.maximum(south - latitude, latitude - north))
    farthest = np.abs(np.concatenate([south, north, latitude[:, 0]]))
    narrow = np.cos(np.radians(min(90.0, np.nanmax(farthest, initial=0, where=farthest < 91))))
    metres = np.hypot(across * np.float32(narrow), up) * np.float32(_SURELY * _METRES_PER_DEGREE)
    limit = tables.people.max_travel_m[rows].astype(np.float32)[:, None]
    limit[limit == NO_LIMIT] = np.inf
    away: Array = np.where(metres <= limit, metres, np.float32(np.inf))
    return away
