"""What is said to fill a seat fills it, and nothing cheaper would: against all valid plans."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from matcher.codec import read_problem, write_problem
from matcher.explaining.answers import Effort, OpenSeat
from matcher.explaining.candidates import candidates
from matcher.explaining.changes import Change, Moved, Replan
from matcher.explaining.seat import seat_of
from matcher.explaining.seats import open_seat
from matcher.problem import Line as MatcherLine
from matcher.problem import Problem
from matcher.validate import validate
from tests.reference.book import Line
from tests.reference.brute import TooLarge
from tests.reference.cases import case
from tests.reference.filling import can_fill, lost
from tests.reference.plans import grown
from tests.reference.problems import TINY
from tests.reference.reading import Reading

if TYPE_CHECKING:
    from tests.reference.choices import Choices

PROBLEMS_PER_BLOCK = 30
BLOCKS = 3
SEATS_PER_PROBLEM = 2
COMBINATIONS_MOST = 3_000
NEARER_MOST = 6
# Ended by work done, never by the clock.
EFFORT = Effort(seconds=600, clock=time.monotonic, questions=10_000)


class Compared:
    """One problem, one plan of it, and what the matcher says about its open seats."""

    def __init__(self, number: int) -> None:
        drawn, choices = case(number, TINY)
        self.reading = Reading(drawn)
        self.problem = read_problem(drawn)
        self.lines = self._plan(choices, number)
        self.assignments = [MatcherLine(*line) for line in self.lines]

    def _plan(self, choices: Choices, number: int) -> list[Line]:
        return grown(self.reading, choices, share_percent=100 if number % 4 else 60)

    def seats(self) -> list[OpenSeat]:
        found = [
            open_seat(self.problem, self.assignments, shift, role, EFFORT)
            for shift, role in list(self.reading.unfilled(self.lines))[:SEATS_PER_PROBLEM]
        ]
        return [seat for seat in found if seat is not None]

    def differences(self, seat: OpenSeat, kinds: Counter[str]) -> list[str]:
        """What is wrong with the remedies of a seat; counts the kinds that were compared."""
        key = (seat.shift, seat.role)
        found = []
        offered = candidates(seat_of(self.problem, self.assignments, *key))
        for remedy in seat.remedies:
            kind = remedy.change.kind
            kinds[kind] += 1
            found += [f"{kind}: {each}" for each in self._of_witness(remedy.change, key, remedy)]
            cheaper = [
                each.change for each in offered.get(kind, []) if each.change.price < remedy.price
            ]
            if isinstance(remedy.change, Moved):
                cheaper += self._nearer(remedy.change)
            if remedy.is_cheapest:
                found += [f"{kind}: {each} would do" for each in self._that_fill(cheaper, key)]
        if seat.is_settled and not seat.remedies:
            kinds["nobody"] += 1
            every: list[Change] = [each.change for row in offered.values() for each in row]
            found += [f"{each} would do" for each in self._that_fill([Replan(), *every], key)]
        return found

    def _nearer(self, moved: Moved) -> list[Change]:
        """Smaller moves, whether the matcher thought of them or not."""
        horizon = self.problem.horizon
        (shift,) = (each for each in self.problem.shifts if each.id == moved.shift)
        least = abs(moved.minutes_later)
        steps = sorted({least - 1, least // 2, *range(1, least, max(1, least // NEARER_MOST))})
        return [
            replace(moved, minutes_later=later)
            for step in steps
            for later in (step, -step)
            if step > 0
            and shift.start_minute + later >= horizon.start_minute
            and shift.end_minute + later <= horizon.end_minute
        ]

    def _of_witness(self, change: Change, key: tuple[str, str], remedy: object) -> list[str]:
        changed = change.applied(self.problem)
        if defects := validate(changed):
            return [f"the changed problem is no problem: {defects}"]
        lines = [
            Line(each.volunteer, each.shift, each.role)
            for each in remedy.lines  # type: ignore[attr-defined]
        ]
        broken = Reading(write_problem(changed)).broken(lines)
        said = [f"the plan that proves it breaks {sorted(broken)}"] if broken else []
        return said + lost(self.reading, self.lines, lines, key)

    def _that_fill(self, changes: list[Change], key: tuple[str, str]) -> list[Change]:
        return [each for each in changes if self._fills(each.applied(self.problem), key)]

    def _fills(self, changed: Problem, key: tuple[str, str]) -> bool:
        reading = Reading(write_problem(changed))
        try:
            return can_fill(self.reading, reading, self.lines, key, COMBINATIONS_MOST)
        except TooLarge:
            return False


@pytest.mark.parametrize("block", range(BLOCKS))
def test_remedies_fill_the_seat_and_nothing_cheaper_does(block: int) -> None:
    kinds: Counter[str] = Counter()
    for number in range(block * PROBLEMS_PER_BLOCK, (block + 1) * PROBLEMS_PER_BLOCK):
        compared = Compared(number)
        for seat in compared.seats():
            assert compared.differences(seat, kinds) == [], f"case {number}, {seat.shift}"

    assert {"replan", "time", "available", "radius", "team", "limit", "nobody"} <= set(kinds), kinds
