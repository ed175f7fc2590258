"""Can a seat be filled at all? Every valid plan of a tiny problem is asked, by the reading."""

from __future__ import annotations

from collections import Counter
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from tests.reference.book import Line
from tests.reference.brute import Teams, TooLarge, admissible

if TYPE_CHECKING:
    from tests.reference.book import Score
    from tests.reference.reading import Reading

Key = tuple[str, str]


def lost(reading: Reading, before: list[Line], after: list[Line], key: Key) -> list[str]:
    """Why the plan after does not count as one that fills the seat of the plan before."""
    people = [Counter((line.shift, line.role) for line in lines) for lines in (before, after)]
    differences = []
    if people[1][key] <= people[0][key]:
        differences.append("the seat is as empty as it was")
    worth = reading.shifts[key[0]]["priority"]
    least, most = reading.roles[key]["min"], reading.roles[key]["max"]
    own = [worth * max(0, least - count[key]) for count in people]
    open_ = [worth * (most - count[key]) for count in people]
    if reading.shortfall(after) - own[1] > reading.shortfall(before) - own[0]:
        differences.append("somebody else is missed below a minimum for it")
    if reading.open(after) - open_[1] > reading.open(before) - open_[0]:
        differences.append("another seat is open for it")
    return differences


def can_fill(
    original: Reading, changed: Reading, before: list[Line], key: Key, combinations_most: int
) -> bool:
    """Whether any valid plan of the changed problem fills the seat; TooLarge where they are many.

    What is lost is counted by the problem as it was before the change.
    """
    options = [admissible(changed, volunteer) for volunteer in changed.volunteers]
    if prod(map(len, options)) > combinations_most:
        raise TooLarge
    teams = Teams(changed)
    names = list(changed.volunteers)
    for combination in product(*options):
        if teams.levels(combination) is None:
            continue
        lines = [
            Line(name, shift, role)
            for name, choice in zip(names, combination, strict=True)
            for shift, role in zip(changed.shifts, choice, strict=True)
            if role is not None
        ]
        if not lost(original, before, lines, key):
            return True
    return False


def best(reading: Reading, key: Key | None, people_least: int, combinations_most: int) -> Score:
    """The best score of any valid plan in which the role has so many people.

    Raises TooLarge where plans are many, and ValueError where there is none.
    """
    options = [admissible(reading, volunteer) for volunteer in reading.volunteers]
    if prod(map(len, options)) > combinations_most:
        raise TooLarge
    teams = Teams(reading)
    names = list(reading.volunteers)
    shifts = list(reading.shifts)
    place = shifts.index(key[0]) if key else 0
    scores = []
    for combination in product(*options):
        have = sum(1 for choice in combination if key and choice[place] == key[1])
        if have < people_least or teams.levels(combination) is None:
            continue
        lines = [
            Line(name, shift, role)
            for name, choice in zip(names, combination, strict=True)
            for shift, role in zip(shifts, choice, strict=True)
            if role is not None
        ]
        scores.append(reading.score(lines))
    return min(scores)
