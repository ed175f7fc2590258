"""Every valid plan of a tiny problem, by enumeration, and the best of them on all three levels.

The rules fall apart into those about one volunteer and those about one shift, and so does the
score; so each volunteer's admissible sets of lines are found first, and their product is walked
with a memory of what each shift says about each team.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from tests.reference.book import Line, Score
from tests.reference.reading import RULES, TEAM_RULES, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

VOLUNTEER_RULES = ("H1", "H2", "H3", "H4", "H5", "H6", "H14")
SHIFT_RULES = ("H7", *TEAM_RULES)

# What one volunteer does: for each shift in order, the id of a role or None.
Choice = tuple[str | None, ...]


class Frontier(NamedTuple):
    """The least cost of the valid plans, for each shortfall and open that one of them has."""

    cost_least: dict[tuple[int, int], int]
    plans: int

    @property
    def best(self) -> Score:
        return min(Score(*levels, cost) for levels, cost in self.cost_least.items())

    def least(self, given: Score) -> Score:
        """Each level's least among the valid plans that equal `given` on the levels above it."""
        shortfalls = [shortfall for shortfall, _ in self.cost_least]
        opens = [open_ for shortfall, open_ in self.cost_least if shortfall == given.shortfall]
        return Score(min(shortfalls), min(opens), self.cost_least[given.shortfall, given.open])


class TooLarge(Exception):
    """More combinations than the caller allows."""


def frontier(reading: Reading, combinations_most: int = 100_000) -> Frontier:
    """All valid plans of the problem, or TooLarge. Some plan is there if no fixed lines clash."""
    base = reading.score([])
    options_each = [
        [
            (choice, reading.cost(lines_of_choice(reading, volunteer, choice)) - base.cost)
            for choice in admissible(reading, volunteer)
        ]
        for volunteer in reading.volunteers
    ]
    if prod(map(len, options_each)) > combinations_most:
        raise TooLarge
    teams = Teams(reading)
    cost_least: dict[tuple[int, int], int] = {}
    plans = 0
    for combination in product(*options_each):
        levels = teams.levels([choice for choice, _ in combination])
        if levels is None:
            continue
        plans += 1
        cost = base.cost + sum(extra for _, extra in combination)
        cost_least[levels] = min(cost, cost_least.get(levels, cost))
    return Frontier(cost_least, plans)


def lines_of_choice(reading: Reading, volunteer: str, choice: Choice) -> list[Line]:
    return [
        Line(volunteer, shift, role)
        for shift, role in zip(reading.shifts, choice, strict=True)
        if role is not None
    ]


def admissible(reading: Reading, volunteer: str) -> list[Choice]:
    """What the volunteer may do as far as the rules about one volunteer go, with all `fixed`."""

    def allowed(lines: list[Line]) -> bool:
        return not any(RULES[name](reading, lines) for name in VOLUNTEER_RULES)

    fixed = {line for line in reading.fixed if line.volunteer == volunteer}
    per_shift: list[list[str | None]] = []
    for shift, row in reading.shifts.items():
        roles = [role["id"] for role in row["roles"]]
        per_shift.append(
            [None, *(role for role in roles if allowed([Line(volunteer, shift, role)]))]
        )
    choices = []
    for choice in product(*per_shift):
        lines = lines_of_choice(reading, volunteer, choice)
        if fixed <= set(lines) and allowed(lines):
            choices.append(choice)
    return choices


class Teams:
    """What each shift says about each team: its levels 1 and 2 beyond an empty plan's, or no."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.shifts = list(reading.shifts)
        self.people = list(reading.volunteers)
        self.base = reading.score([])
        self.known: list[dict[Sequence[str | None], tuple[int, int] | None]] = [
            {} for _ in self.shifts
        ]

    def levels(self, combination: Sequence[Choice]) -> tuple[int, int] | None:
        shortfall, open_ = self.base.shortfall, self.base.open
        for index, known in enumerate(self.known):
            team = tuple([choice[index] for choice in combination])
            if team not in known:
                known[team] = self._of_team(self.shifts[index], team)
            extra = known[team]
            if extra is None:
                return None
            shortfall += extra[0]
            open_ += extra[1]
        return shortfall, open_

    def _of_team(self, shift: str, team: Sequence[str | None]) -> tuple[int, int] | None:
        lines = [
            Line(person, shift, role)
            for person, role in zip(self.people, team, strict=True)
            if role is not None
        ]
        if any(RULES[name](self.reading, lines) for name in SHIFT_RULES):
            return None
        return (
            self.reading.shortfall(lines) - self.base.shortfall,
            self.reading.open(lines) - self.base.open,
        )
