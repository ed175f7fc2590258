"""Cuts a city into parts by place and time: some shifts each, and the people who could serve there.

The cut hangs on the problem alone, never on who is to solve the parts or how many do. People are in
the areas that are nearest to them, and in all parts of these, which differ in time; `joining` sees
to it that each serves as one person.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matcher.city.arrays import Array
from matcher.city.demand import units_of
from matcher.city.folk import grouped
from matcher.city.near import nearest_boxes
from matcher.geometry import EARTH_RADIUS_M
from matcher.tables import NO_LIMIT, Tables
from matcher.tables.parts import of_people_and_shifts

SEATS_MOST = 20_000
"""So many seats a part has at most, unless a single shift has more."""

_AREAS_OF_A_PERSON = 4
# A hair less than the true distance, so that rounding leaves nobody out.
_SURELY = 0.999
_GOLDEN = 0.6180339887498949
_METRES_PER_DEGREE = EARTH_RADIUS_M * np.pi / 180
# An area wider than this many times the way that people go is cut by place, else by time: at one
# place everybody could serve in both halves, and two areas share only who lives between them.
_WIDE = 0.75


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
    cut, area_of_part = _cut(tables, seats, seats_most)
    part_of_shift = _deal_placeless(seats, cut)
    parts = int(part_of_shift.max()) + 1
    area_of_part = area_of_part if len(area_of_part) else np.zeros(1, np.int64)
    shift_first, shifts = grouped(part_of_shift, np.arange(len(seats)), parts)
    person_first, people = _people(tables, part_of_shift, area_of_part, seats)
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


def _cut(tables: Tables, seats: Array, seats_most: int) -> tuple[Array, Array]:
    """The part of each shift that has a place, -1 for the others; the area of each part.

    Halves of halves by seats: by place into areas, and these by time into parts.
    """
    shifts = tables.shifts
    part = np.full(len(shifts), -1, np.int64)
    narrow = np.cos(np.radians(np.nan_to_num(shifts.latitude)))
    metres = np.stack(
        [
            shifts.longitude * _METRES_PER_DEGREE * float(narrow.min(initial=1.0)),
            shifts.latitude * _METRES_PER_DEGREE,
        ]
    )
    placed = np.nonzero(~np.isnan(shifts.longitude))[0]
    area_of_part: list[int] = []
    wide = _WIDE * _usual_way(tables)
    for area, rows in enumerate(_halves(placed, metres, seats, seats_most, wide)):
        for own in _halves(rows, shifts.start[None, :], seats, seats_most, -1.0):
            part[own] = len(area_of_part)
            area_of_part.append(area)
    return part, np.array(area_of_part, np.int64)


def _halves(
    rows: Array, along: Array, seats: Array, seats_most: int, wide: float
) -> Iterator[Array]:
    """The rows in halves of halves of equal seats, across the longest of the lines `along`, down to
    so many seats, to a single row, or to no more than `wide`."""
    waiting = [rows] if len(rows) else []
    while waiting:
        rows = waiting.pop()
        extent = np.ptp(along[:, rows], axis=1)
        if len(rows) == 1 or seats[rows].sum() <= seats_most or extent.max() <= wide:
            yield rows
            continue
        by = along[int(extent.argmax())]
        order = rows[np.lexsort((rows, by[rows]))]
        before = np.cumsum(seats[order])
        middle = int(np.clip(np.searchsorted(before, before[-1] / 2), 1, len(order) - 1))
        waiting += [order[middle:], order[:middle]]


def _usual_way(tables: Tables) -> float:
    """Metres that half of those go at most who say how far they go."""
    limits = tables.people.max_travel_m[tables.people.max_travel_m != NO_LIMIT]
    return float(np.median(limits)) if len(limits) else 0.0


def _deal_placeless(seats: Array, part: Array) -> Array:
    """Shifts without a place go where the fewest seats are, one after another."""
    dealt = part.copy()
    sums = np.bincount(part[part >= 0], seats[part >= 0], max(1, int(part.max(initial=-1)) + 1))
    for row in np.nonzero(part < 0)[0].tolist():
        least = int(sums.argmin())
        dealt[row] = least
        sums[least] += seats[row]
    return dealt


# ---- people ----------------------------------------------------------------------------------


def _people(
    tables: Tables, part_of_shift: Array, area_of_part: Array, seats: Array
) -> tuple[Array, Array]:
    """Where each part's people begin, and the people of all parts, ascending in each."""
    area_of_shift = area_of_part[part_of_shift]
    person, area = _near(tables, area_of_shift, np.bincount(area_of_shift, seats))
    person, part = _in_parts(person, area, area_of_part)
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
    home = np.zeros(len(tables.people), np.int64)
    # The first of each person is written last.
    home[person[::-1]] = part[::-1]
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
    begins = np.searchsorted(keys, np.arange(len(area_of_part) + 1) * people)
    return begins, keys % people


def _in_parts(person: Array, area: Array, area_of_part: Array) -> tuple[Array, Array]:
    """From people in areas to people in all parts of these, in the same order."""
    first, parts = grouped(area_of_part, np.arange(len(area_of_part)), int(area_of_part.max()) + 1)
    times = np.diff(first)[area]
    begins = np.cumsum(times) - times
    at = np.arange(int(times.sum())) + np.repeat(first[:-1][area] - begins, times)
    return np.repeat(person, times), parts[at].astype(np.int64)


def _near(tables: Tables, area_of_shift: Array, seats: Array) -> tuple[Array, Array]:
    """People and their areas, of each person the nearest first: those within their reach.

    Whoever has no home or reaches no area has one, dealt by its share of seats.
    """
    people, areas = tables.people, len(seats)
    boxes = _boxes(tables, area_of_shift, areas)
    latitudes = np.concatenate([people.latitude, boxes[:, 2], boxes[:, 3]])
    farthest = float(np.max(np.abs(latitudes), initial=0, where=np.isfinite(latitudes)))
    order, sizes = nearest_boxes(
        people.longitude,
        people.latitude,
        np.where(people.max_travel_m == NO_LIMIT, -1, people.max_travel_m),
        boxes,
        float(np.cos(np.radians(farthest))),
        _SURELY * _METRES_PER_DEGREE,
        min(areas, _AREAS_OF_A_PERSON),
    )
    nowhere = np.nonzero(sizes == 0)[0]
    # Numbers spread evenly over 0 to 1, whatever the order of the rows means.
    spread = (nowhere * _GOLDEN) % 1.0
    share = np.cumsum(seats) / max(1, seats.sum())
    order[nowhere, 0] = np.minimum(areas - 1, np.searchsorted(share, spread, side="right"))
    sizes[nowhere] = 1
    is_near = np.arange(order.shape[1])[None, :] < sizes[:, None]
    return np.repeat(np.arange(len(people)), sizes), order[is_near].astype(np.int64)


def _boxes(tables: Tables, area_of_shift: Array, areas: int) -> Array:
    """West, east, south and north of each area's shifts; of one without a place, nowhere."""
    shifts = tables.shifts
    placed = ~np.isnan(shifts.longitude)
    box = np.full((areas, 4), np.inf)
    box[:, [1, 3]] = -np.inf
    for column, values, nearer in (
        (0, shifts.longitude, np.minimum),
        (1, shifts.longitude, np.maximum),
        (2, shifts.latitude, np.minimum),
        (3, shifts.latitude, np.maximum),
    ):
        nearer.at(box[:, column], area_of_shift[placed], values[placed])
    return box
