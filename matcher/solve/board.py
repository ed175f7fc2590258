"""What a solve has reached: the best lines, what is proven, and who is told."""

from collections.abc import Callable
from dataclasses import astuple, replace
from typing import TYPE_CHECKING

import numpy as np

from matcher.check import check_assignments
from matcher.columns import Bools, Ints, lines_of, rows_of
from matcher.draft import Task
from matcher.plan import BoundFrom, BoundOrigin, Score
from matcher.problem import Line, Problem
from matcher.score import score
from matcher.solve.model import Floats
from matcher.solve.params import Progress, SolveParams, Stage

if TYPE_CHECKING:
    from matcher.solve.certificate import Proof

LEVELS: tuple[Stage, ...] = ("shortfall", "open", "cost")


class Board:
    """Starts with the fixed lines; from then on the lines are valid and only get better."""

    def __init__(
        self,
        problem: Problem,
        params: SolveParams,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self.params = params
        self.lines: tuple[Line, ...] = problem.fixed
        self.score = score(problem, self.lines)
        self.bound = self._trivial = Score(0, 0, 0)
        self.bound_from = BoundFrom()
        self.proofs: list[Proof] = []
        self._problem = problem
        self._on_progress = on_progress
        self._started = params.clock()
        self._stage: Stage = "greedy"

    @property
    def elapsed_seconds(self) -> float:
        """Since the solve began."""
        return self.params.clock() - self._started

    @property
    def seconds_left(self) -> float:
        """Until it must end."""
        return self.params.seconds - self.elapsed_seconds

    def is_closed(self, level: int) -> bool:
        """The level's bound meets its score."""
        closed: bool = astuple(self.score)[level] == astuple(self.bound)[level]
        return closed

    def take(self, lines: tuple[Line, ...]) -> None:
        """Keep these lines if they are valid and better. That they are valid is never assumed."""
        found = score(self._problem, lines)
        if found < self.score and not check_assignments(self._problem, lines):
            above = next(level for level in range(3) if _at(found, level) != _at(self.score, level))
            self.lines, self.score = lines, found
            # Bounds below the level that moved spoke of plans that equal the old score.
            self._forget_below(above)

    def note_trivial(self, bound: Score) -> None:
        """Bounds that hold for every plan, whatever the levels above."""
        self.bound = self._trivial = bound

    def _forget_below(self, level: int) -> None:
        for lower in range(level + 1, 3):
            name, trivial = LEVELS[lower], _at(self._trivial, lower)
            origin: BoundOrigin = "trivial"
            self.bound = replace(self.bound, **{name: trivial})
            self.bound_from = replace(self.bound_from, **{name: origin})

    def take_columns(self, task: Task, x: Floats) -> None:
        """`take` the lines that a solver's columns name."""
        pairs = task.pairs
        chosen: Ints = np.nonzero(x[: len(pairs.role)] > 0.5)[0]
        self.take(lines_of(task.columns, pairs.volunteer[chosen], pairs.role[chosen]))

    def raise_bound(self, level: int, bound: int, origin: BoundOrigin) -> None:
        """Note a proven bound of a level, among the plans that equal the score above it."""
        name = LEVELS[level]
        # A bound above a valid plan's score would be the arithmetic's mistake, not a proof.
        bound = min(bound, _at(self.score, level))
        if bound > _at(self.bound, level):
            self.bound = replace(self.bound, **{name: bound})
            self.bound_from = replace(self.bound_from, **{name: origin})
            self.report()

    def report(self, stage: Stage | None = None) -> None:
        """Tell how far it is."""
        self._stage = stage or self._stage
        if self._on_progress is None:
            return
        seconds = self.params.seconds
        used = min(1.0, self.elapsed_seconds / seconds) if seconds > 0 else 1.0
        fraction = 1.0 if self._stage == "done" else used
        count = len(self.lines)
        self._on_progress(Progress(self._stage, fraction, self.score, self.bound, count))


def chosen_pairs(task: Task, lines: tuple[Line, ...]) -> Bools:
    """Which possible lines these are."""
    volunteers, roles = rows_of(task.columns, lines)
    people = len(task.columns.problem.volunteers)
    found: Bools = np.isin(
        task.pairs.role * people + task.pairs.volunteer, roles * people + volunteers
    )
    return found


def _at(value: Score, level: int) -> int:
    found: int = getattr(value, LEVELS[level])
    return found
