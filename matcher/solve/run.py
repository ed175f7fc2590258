"""From greedy to proof: the plan is valid at every moment, and only ever gets better."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matcher.draft import Task, compile_task
from matcher.explain import unfilled
from matcher.greedy import seed
from matcher.plan import Plan, Score
from matcher.problem import Line, Problem
from matcher.solve.board import Board
from matcher.solve.build import build
from matcher.solve.certificate import Certificate, Proof, certificate_of
from matcher.solve.chains import fill_by_chains
from matcher.solve.engine import Engine
from matcher.solve.exact import close_levels, close_seats
from matcher.solve.large import Large
from matcher.solve.model import Model
from matcher.solve.params import Progress, SolveParams

# From here on relaxations pay: below, a search of everything closes sooner.
LARGE_COLUMNS = 8_000


def solve(
    problem: Problem,
    params: SolveParams,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Plan:
    """A valid plan for any problem free of defects, the best that was found.

    Never without a plan: out of time, or cancelled, it is the best so far; at worst the fixed
    lines and what a greedy pass adds to them.
    """
    return _solved(problem, params, on_progress, cancelled, ())[0]


@dataclass(frozen=True, slots=True)
class Solved:
    """A plan, and the proof of its bounds from `lp`; None where it has no such bound."""

    plan: Plan
    certificate: Certificate | None


def solve_with_proof(
    problem: Problem,
    params: SolveParams,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    start: tuple[Line, ...] = (),
) -> Solved:
    """`solve`, with the certificate that `mulin check --bound` verifies without a solver.

    The plan is never worse than the lines of `start`, where these are valid.
    """
    plan, proven = _solved(problem, params, on_progress, cancelled, start)
    certificate = None
    if proven is not None and proven[1]:
        model, proofs = proven
        certificate = certificate_of(problem, model, proofs)
    return Solved(plan, certificate)


Proven = tuple[Model, tuple[Proof, ...]]


def _solved(
    problem: Problem,
    params: SolveParams,
    on_progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool] | None,
    start: tuple[Line, ...],
) -> tuple[Plan, Proven | None]:
    board = Board(problem, params, on_progress)
    if start:
        board.take(start)
    task = compile_task(problem)
    board.note_trivial(_trivial(task))
    draft = seed(task)
    board.take(draft.lines())
    board.report("greedy")
    is_cancelled = cancelled or (lambda: False)
    if fill_by_chains(draft, stop=lambda: is_cancelled() or board.seconds_left <= 0):
        board.take(draft.lines())
        board.report("greedy")
    proven: Proven | None = None
    with Engine(lambda: board.seconds_left, is_cancelled, board.report) as engine:
        if not engine.is_out:
            proven = _search(board, engine, task)
    is_optimal = board.bound == board.score
    plan = Plan(
        assignments=board.lines,
        score=board.score,
        bound=board.bound,
        bound_from=board.bound_from,
        status="optimal" if is_optimal else "feasible",
        seconds=round(board.elapsed_seconds, 3),
        unfilled=unfilled(problem, board.lines, optimal=is_optimal),
    )
    board.report("done")
    return plan, proven


def _search(board: Board, engine: Engine, task: Task) -> Proven:
    model = build(task)
    if len(model.column_most) >= LARGE_COLUMNS:
        Large(board, engine, task, model).run()
    else:
        close_seats(board, engine, task, model)
    close_levels(board, engine, task, model)
    return model, tuple(board.proofs)


def _trivial(task: Task) -> Score:
    """What no plan can better, by counting who could take each role at all."""
    columns = task.columns
    possible = np.bincount(task.pairs.role, minlength=len(columns.role_max)).tolist()
    shortfall = open_ = row = 0
    for shift in columns.problem.shifts:
        for role in shift.roles:
            shortfall += shift.priority * max(0, role.min - possible[row])
            open_ += shift.priority * max(0, role.max - possible[row])
            row += 1
    return Score(shortfall, open_, 0)
