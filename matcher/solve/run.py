"""From greedy to proof: the plan is valid at every moment, and only ever gets better."""

from collections.abc import Callable
from dataclasses import astuple, replace

import numpy as np

from matcher.check import check_assignments
from matcher.columns import Ints, lines_of
from matcher.draft import Task, compile_task
from matcher.explain import unfilled
from matcher.greedy import seed
from matcher.pairs import WEIGHT_MOST
from matcher.plan import BoundFrom, BoundOrigin, Plan, Score
from matcher.problem import Line, Problem
from matcher.score import score
from matcher.solve.build import build
from matcher.solve.engine import Engine
from matcher.solve.levels import program
from matcher.solve.model import Model
from matcher.solve.params import Progress, SolveParams, Stage

LEVELS: tuple[Stage, ...] = ("shortfall", "open", "cost")
_NODES_PER_EFFORT = 1000


def solve(
    problem: Problem,
    params: SolveParams,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """A valid plan for any problem free of defects, the best that was found, with its proofs.

    Never without a plan: out of time, or cancelled, it is the best so far; at worst the fixed
    lines and what a greedy pass adds to them.
    """
    return _Run(problem, params, on_progress, cancelled).plan()


class _Run:
    """One solve: the best lines so far, the bounds so far and the time left."""

    def __init__(
        self,
        problem: Problem,
        params: SolveParams,
        on_progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self._problem, self._params = problem, params
        self._on_progress = on_progress
        self._cancelled = cancelled or (lambda: False)
        self._started = params.clock()
        self._stage: Stage = "greedy"
        self._lines: tuple[Line, ...] = problem.fixed
        self._score = score(problem, self._lines)
        self._bound = Score(0, 0, 0)
        self._origin = BoundFrom()

    def _elapsed(self) -> float:
        return self._params.clock() - self._started

    def _seconds_left(self) -> float:
        return self._params.seconds - self._elapsed()

    def plan(self) -> Plan:
        task = compile_task(self._problem)
        self._take(seed(task).lines())
        self._bound = _trivial(task)
        self._report("greedy")
        with Engine(self._seconds_left, self._cancelled, self._report) as engine:
            if not engine.is_out:
                self._search(task, build(task), engine)
        self._report("done")
        is_optimal = self._bound == self._score
        return Plan(
            assignments=self._lines,
            score=self._score,
            bound=self._bound,
            bound_from=self._origin,
            status="optimal" if is_optimal else "feasible",
            seconds=round(self._elapsed(), 3),
            unfilled=unfilled(self._problem, self._lines, optimal=is_optimal),
        )

    def _search(self, task: Task, model: Model, engine: Engine) -> None:
        """Each level in turn; a level that is not closed still holds for those below."""
        effort = self._params.effort
        nodes = None if effort is None else max(1, int(effort * _NODES_PER_EFFORT))
        for level, stage in enumerate(LEVELS):
            self._report(stage)
            values = astuple(self._score)
            if values[level] == astuple(self._bound)[level]:
                continue
            if level == 2 and not _cost_is_exact(self._problem):
                return
            asked = program(model, level, values[:level])
            answer = engine.ask(asked.request(nodes))
            if answer is None:
                return
            if answer.x is not None:
                self._take(_lines(task, answer.x))
            self._raise_bound(level, asked.bound(answer), "search")

    def _take(self, lines: tuple[Line, ...]) -> None:
        """Keep these lines if they are valid and better. That they are valid is never assumed."""
        found = score(self._problem, lines)
        if found < self._score and not check_assignments(self._problem, lines):
            self._lines, self._score = lines, found

    def _raise_bound(self, level: int, bound: int, origin: BoundOrigin) -> None:
        name = LEVELS[level]
        if bound > getattr(self._bound, name):
            # A bound above the score would be the arithmetic's mistake, not a proof.
            bound = min(bound, getattr(self._score, name))
            self._bound = replace(self._bound, **{name: bound})
            self._origin = replace(self._origin, **{name: origin})

    def _report(self, stage: Stage | None = None) -> None:
        self._stage = stage or self._stage
        if self._on_progress is None:
            return
        used = min(1.0, self._elapsed() / self._params.seconds) if self._params.seconds > 0 else 1.0
        done = 1.0 if self._stage == "done" else used
        self._on_progress(Progress(self._stage, done, self._score, self._bound, len(self._lines)))


def _lines(task: Task, x: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> tuple[Line, ...]:
    pairs = task.pairs
    chosen: Ints = np.nonzero(x[: len(pairs.role)] > 0.5)[0]
    return lines_of(task.columns, pairs.volunteer[chosen], pairs.role[chosen])


def _trivial(task: Task) -> Score:
    """What no plan can better, by counting who could take each role at all."""
    columns, pairs = task.columns, task.pairs
    shifts = columns.problem.shifts
    priority = np.array([shift.priority for shift in shifts], np.int64)[columns.role_shift]
    possible = np.bincount(pairs.role, minlength=len(columns.role_max))
    short = np.maximum(0, columns.role_min - possible)
    empty = np.maximum(0, columns.role_max - possible)
    return Score(int((priority * short).sum()), int((priority * empty).sum()), 0)


def _cost_is_exact(problem: Problem) -> bool:
    """Whether all weights are small enough for the arrays to hold them whole."""
    most: int = max(astuple(problem.weights))
    return most <= WEIGHT_MOST
