"""The lines of a plan laid out over tables: what `check` and `score` both count from."""

import numpy as np

from matcher.geometry import each_distance_m
from matcher.tables.loops import team_members
from matcher.tables.tables import Assignments, Bools, Floats, Int32s, Int64s, Tables


class Seating:
    """Lines by rows, and the people of each shift, each once even with two roles there."""

    def __init__(self, tables: Tables, assignments: Assignments) -> None:
        self.tables = tables
        self.person = assignments.person
        self.role = assignments.role
        self.shift: Int32s = tables.roles.shift[assignments.role]
        keys = self.pair_keys(self.person, self.shift)
        self.pairs, self.pair_line = np.unique(keys, return_index=True)
        shifts = max(1, len(tables.shifts))
        self.pair_person = (self.pairs // shifts).astype(np.int32)
        self.pair_shift = (self.pairs % shifts).astype(np.int32)
        self.role_people = np.bincount(self.role, minlength=len(tables.roles))

    def pair_keys(self, person: Int32s, shift: Int32s) -> Int64s:
        """One number for each person and shift, ordered by person."""
        return person.astype(np.int64) * max(1, len(self.tables.shifts)) + shift

    def has_pairs(self, person: Int32s, shift: Int32s) -> Bools:
        """Which of these people are on which of these shifts."""
        return is_among(self.pair_keys(person, shift), self.pairs)

    def fixed_shifts(self) -> Bools:
        """The shifts with a fixed line, on which H8 to H10 need not hold."""
        found = np.zeros(len(self.tables.shifts), np.bool_)
        found[self.tables.roles.shift[self.tables.relations.fixed.role]] = True
        return found

    def team_missing(self) -> Int64s:
        """H9. How many people each line of each team lacks, whether it is bound or not."""
        tables = self.tables
        skills, team = tables.people.skills, tables.shifts.team
        have = team_members(
            self.pair_person,
            self.pair_shift,
            (skills.first, skills.name, skills.level),
            (team.first, team.name, team.level),
        )
        missing: Int64s = np.maximum(0, tables.shifts.team_count - have)
        return missing

    def adults_missing(self) -> Int64s:
        """H10. How many adults the minors of each shift lack, whether it is bound or not."""
        tables, shifts = self.tables, len(self.tables.shifts)
        is_adult = tables.people.age[self.pair_person] >= tables.rules.adult_age
        adults = np.bincount(self.pair_shift[is_adult], minlength=shifts)
        minors = np.bincount(self.pair_shift[~is_adult], minlength=shifts)
        missing: Int64s = np.maximum(0, -(-minors // tables.rules.minors_per_adult) - adults)
        return missing

    def travel_m(self) -> Int64s:
        """Metres from home to the shift for each line; 0 where either has no location."""
        people, shifts = self.tables.people, self.tables.shifts
        return metres_between(
            people.longitude[self.person],
            people.latitude[self.person],
            shifts.longitude[self.shift],
            shifts.latitude[self.shift],
        )


def metres_between(
    longitude: Floats, latitude: Floats, other_longitude: Floats, other_latitude: Floats
) -> Int64s:
    """Whole metres from each place to the one beside it; 0 where either is nowhere."""
    found = np.zeros(len(longitude), np.int64)
    ones = np.stack([longitude, latitude], axis=1)
    others = np.stack([other_longitude, other_latitude], axis=1)
    located = ~np.isnan(ones[:, 0]) & ~np.isnan(others[:, 0])
    found[located] = each_distance_m(ones[located], others[located])
    return found


def is_among(keys: Int64s, ordered: Int64s) -> Bools:
    """Which of `keys` are in `ordered`, which must be in order."""
    if not len(ordered):
        return np.zeros(len(keys), np.bool_)
    at = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
    found: Bools = ordered[at] == keys
    return found


def owners(first: Int64s) -> Int32s:
    """The row that owns each item of a list that begins at `first` for each row."""
    return np.repeat(np.arange(len(first) - 1, dtype=np.int32), np.diff(first))
