"""Who could stand in and where somebody is wanted: what the answers are, and a plain way to them.

For problems of a few thousand people. `matcher.index` gives the same answers for a city, and is
held against these by tests. See "Repair and ranking" in docs/matching.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from matcher import rules
from matcher.columns import compile_columns, ints
from matcher.explain import ON_SHIFT, Explanation
from matcher.lookup import Lookup, by_volunteer
from matcher.plan import REASONS, Reason
from matcher.problem import Line, Problem, Role, Shift, Volunteer
from matcher.score import fairness_base, liking, line_cost

Because = Literal[
    "asked_for",  # the organiser invited this person
    "below_minimum",  # the role lacks people to its minimum
    "skill_needed",  # the role asks for a skill, and the person has it
    "likes_cause",  # 2 or 3 of 3
    "near",  # within `NEAR_M`, both places known
    "served_little",  # nothing given in this plan, and less than four hours in the window before
]

NEAR_M = 3_000
LIKES_FROM = 2
# What a seat is worth for each unit of priority, in units of cost: up to the minimum, and above.
WORTH_BELOW_MINIMUM, WORTH_ABOVE = 20, 4

_FREE = REASONS.index("free")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who could take the seat, by row; a higher `score` is better.

    `way_m` is home to shift, None where either is unknown.
    """

    person: int
    score: int
    way_m: int | None
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class KeptAway:
    """A person who lives near, by row, and the first thing in the way."""

    person: int
    way_m: int
    obstacle: Reason


@dataclass(frozen=True, slots=True)
class Replacements:
    """The best first; of those who cannot, the nearest first."""

    candidates: tuple[Candidate, ...]
    kept_away: tuple[KeptAway, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """A seat that the person could take, by row of its role; a higher `score` is better."""

    role: int
    score: int
    way_m: int | None
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Barred:
    """A shift near by with a seat left that the person cannot take, and the first thing in the way.

    Of the shift's roles with a seat left it is the one whose obstacle comes last in the format's
    order: the one that is nearest to being possible.
    """

    role: int
    way_m: int
    obstacle: Reason


@dataclass(frozen=True, slots=True)
class BestShifts:
    """The best first, one role of each shift; of those that cannot be, the nearest first."""

    offered: tuple[Offered, ...]
    barred: tuple[Barred, ...]


class Ranking:
    """The questions for one problem and the lines of one plan, which must name what exists."""

    def __init__(self, problem: Problem, lines: Sequence[Line]) -> None:
        self._problem = problem
        self._lookup = Lookup(problem)
        self._explanation = Explanation(compile_columns(problem), lines)
        self._given = {name: len(own) for name, own in by_volunteer(lines).items()}
        self.seats = [(shift, role) for shift in problem.shifts for role in shift.roles]
        self.role_at = {(shift.id, role.id): row for row, (shift, role) in enumerate(self.seats)}

    def replacements(self, role: int, most: int, kept_away_most: int = 5) -> Replacements:
        """Who could take a seat of the role now, whoever sits in it and however full it is.

        A higher score comes first, of equal ones the nearer and then the row.
        """
        codes = next(self._explanation.codes(ints([role])))
        people, shift = self._problem.volunteers, self.seats[role][0]
        free = [self._candidate(row, role) for row in np.nonzero(codes == _FREE)[0].tolist()]
        free.sort(key=lambda each: (-each.score, each.way_m or 0, each.person))
        kept_away = [
            KeptAway(row, way, REASONS[int(codes[row])])
            for row in np.nonzero((codes != _FREE) & (codes != ON_SHIFT))[0].tolist()
            if (way := way_m(people[row], shift)) is not None and way <= NEAR_M
        ]
        kept_away.sort(key=lambda each: (each.way_m, each.person))
        return Replacements(tuple(free[:most]), tuple(kept_away[:kept_away_most]))

    def best_shifts(
        self, person: int, most: int, *, from_minute: int, barred_most: int = 5
    ) -> BestShifts:
        """The best seats left for the person on shifts that start at `from_minute` or later.

        A higher score comes first, of equal ones the row of the role.
        """
        offered: list[Offered] = []
        barred: list[Barred] = []
        for shift in self._problem.shifts:
            codes = self._codes_of_open_roles(person, shift) if shift.roles else {}
            if not codes or shift.start_minute < from_minute or ON_SHIFT in codes.values():
                continue
            free = [role for role, code in codes.items() if code == _FREE]
            last = max(codes, key=lambda role: (codes[role], -role))
            way = way_m(self._problem.volunteers[person], shift)
            if free:
                best = max((self._candidate(person, role).score, -role) for role in free)
                found = self._candidate(person, -best[1])
                offered.append(Offered(-best[1], found.score, found.way_m, found.because))
            elif way is not None and way <= NEAR_M:
                barred.append(Barred(last, way, REASONS[codes[last]]))
        offered.sort(key=lambda each: (-each.score, each.role))
        barred.sort(key=lambda each: (each.way_m, each.role))
        return BestShifts(tuple(offered[:most]), tuple(barred[:barred_most]))

    def _codes_of_open_roles(self, person: int, shift: Shift) -> dict[int, int]:
        rows = [self.role_at[shift.id, role.id] for role in shift.roles]
        taken = self._explanation.people_by_role
        open_ = [row for row in rows if taken[row] < self.seats[row][1].max]
        codes = self._explanation.codes(ints(open_))
        return {row: int(each[person]) for row, each in zip(open_, codes, strict=True)}

    def _candidate(self, row: int, role: int) -> Candidate:
        person, (shift, seat) = self._problem.volunteers[row], self.seats[role]
        served = fairness_base(person) + self._given.get(person.id, 0)
        is_below = int(self._explanation.people_by_role[role]) < seat.min
        score = (
            shift.priority * (WORTH_BELOW_MINIMUM if is_below else WORTH_ABOVE)
            - line_cost(self._lookup, person, shift)
            - self._problem.weights.fairness * served
        )
        why = _because(person, shift, seat, is_below=is_below, served=served)
        return Candidate(row, score, way_m(person, shift), why)


def way_m(person: Volunteer, shift: Shift) -> int | None:
    """Metres from home to the shift; None where either is unknown."""
    if person.location is None or shift.location is None:
        return None
    return rules.travel_m(person, shift)


def _because(
    person: Volunteer, shift: Shift, role: Role, *, is_below: bool, served: int
) -> tuple[Because, ...]:
    way = way_m(person, shift)
    found: dict[Because, bool] = {
        "asked_for": person.id in shift.invited,
        "below_minimum": is_below,
        "skill_needed": bool(role.skills),
        "likes_cause": shift.cause is not None and liking(person, shift) >= LIKES_FROM,
        "near": way is not None and way <= NEAR_M,
        "served_little": served == 0,
    }
    return tuple(reason for reason, holds in found.items() if holds)
