"""A problem and who serves where, kept warm: built once, and told of every line that comes or goes.

index = Index(tables, lines)
index.give(person, role)          # somebody took a seat
replacements(index, role, 10)     # matcher.index.people
best_shifts(index, person, 10)    # matcher.index.shifts
"""

import math

import numpy as np

from matcher.index.columns import facts_of, no_lines
from matcher.index.loops import put_line, put_lines, radii, take_line
from matcher.index.records import Circles, Records
from matcher.tables import Assignments, Tables
from matcher.tables.tables import Floats, Int32s, Int64s

_CELL_DEGREES = 0.004
"""People are gathered by squares of about 400 m: a few hundred in the middle of a city."""
_SPARE_SLOTS = 1024


class Index:
    """The columns that queries read. People go by their rows in the tables, as shifts and roles do.

    Refreshing costs as much as the person and the shift have lines. It is not safe to refresh
    while another thread asks.
    """

    def __init__(self, tables: Tables, lines: Assignments) -> None:
        """`lines` must name no person and role twice; whether they are valid is not asked."""
        self.tables = tables
        row, first = _by_neighbourhood(tables)
        self.place_of = np.empty(len(row), np.int32)
        self.place_of[row] = np.arange(len(row), dtype=np.int32)
        self.row_of = row
        slots = len(lines) + _SPARE_SLOTS
        self.facts = facts_of(tables, row, self.place_of, slots)
        self.circles = _circles(self.facts.person[:-1], first)
        self._free_slots = list(range(slots - 1, len(lines) - 1, -1))
        put_lines(self.facts, self.place_of[lines.person], lines.role)

    def give(self, person: int, role: int) -> None:
        """Somebody serves in the role from now on."""
        if not self._free_slots:
            self._grow()
        place = int(self.place_of[person])
        put_line(self.facts, self._free_slots.pop(), place, role)

    def take(self, person: int, role: int) -> None:
        """Somebody no longer does. Raises `KeyError` where there is no such line."""
        slot = take_line(self.facts, int(self.place_of[person]), role)
        if slot < 0:
            raise KeyError((person, role))
        self._free_slots.append(slot)

    def crew(self, shift: int) -> list[tuple[int, int]]:
        """The people of a shift with their roles, by rows."""
        lines, found = self.facts.line, []
        slot = int(self.facts.shift[shift]["line"])
        while slot >= 0:
            person, role = int(lines[slot]["person"]), int(lines[slot]["role"])
            found.append((int(self.row_of[person]), role))
            slot = int(lines[slot]["next_of_shift"])
        return sorted(found)

    def people_in(self, role: int) -> int:
        """How many people the role has."""
        return int(self.facts.role[role]["people"])

    @property
    def megabytes(self) -> float:
        """What the index holds beside the tables that it was made of: mostly copies in order."""
        every = [*self.facts[:-1], *self.circles, self.place_of, self.row_of]
        return sum(each.nbytes for each in every if isinstance(each, np.ndarray)) / 1e6

    def _grow(self) -> None:
        have = len(self.facts.line)
        more = max(_SPARE_SLOTS, have // 8)
        self.facts = self.facts._replace(line=np.concatenate([self.facts.line, no_lines(more)]))
        self._free_slots = list(range(have + more - 1, have - 1, -1))


def _by_neighbourhood(tables: Tables) -> tuple[Int32s, Int64s]:
    """The rows of people square by square, and where each square begins.

    Those without a home, and those of a square without a limit of travel, stand by themselves.
    """
    people = tables.people
    homeless = np.isnan(people.longitude)
    east = np.floor(np.nan_to_num(people.longitude) / _CELL_DEGREES).astype(np.int64)
    north = np.floor(np.nan_to_num(people.latitude) / _CELL_DEGREES).astype(np.int64)
    width = np.int64(2 * math.ceil(360 / _CELL_DEGREES))
    cell = 2 * (north * width + east) + (people.max_travel_m < 0)
    cell[homeless] = np.iinfo(np.int64).max
    row = np.argsort(cell, kind="stable").astype(np.int32)
    ordered = cell[row]
    starts = np.nonzero(np.diff(ordered, prepend=ordered[:1] - 1))[0]
    return row, np.append(starts, len(row)).astype(np.int64)


def _circles(people: Records, first: Int64s) -> Circles:
    starts = first[:-1]
    longitude, latitude = _middles(people["longitude"], first), _middles(people["latitude"], first)
    limit = people["max_travel_m"]
    farthest = np.maximum.reduceat(limit, starts) if len(starts) else np.empty(0, np.int64)
    # Nobody without a home is too far from anywhere.
    farthest = np.where(np.isnan(longitude), -1, farthest)
    radius = radii(first, people, longitude, latitude)
    return Circles(longitude, latitude, np.nan_to_num(radius), farthest.astype(np.int64), first)


def _middles(values: Floats, first: Int64s) -> Floats:
    if len(first) < 2:
        return np.empty(0, np.float64)
    found: Floats = np.add.reduceat(values, first[:-1]) / np.diff(first)
    return found
