"""Prove again, from the problem alone, the bounds that a plan says come from a relaxation."""

from dataclasses import astuple, replace

from matcher.columns import Bools
from matcher.draft import compile_task
from matcher.plan import Plan, Score
from matcher.problem import Problem
from matcher.solve import worker
from matcher.solve.board import chosen_pairs
from matcher.solve.build import build
from matcher.solve.cuts import Growing, with_cuts
from matcher.solve.first_lines import cheapest_lines
from matcher.solve.levels import Program, all_levels_program, program, seats_program
from matcher.solve.model import Model
from matcher.solve.params import SEED
from matcher.solve.relax import relaxed
from matcher.solve.worker import Request
from matcher.violation import Violation, violation


def unproven(problem: Problem, plan: Plan) -> list[Violation]:
    """The bounds from `lp` that no dual solution found here bears out."""
    origins = astuple(plan.bound_from)
    if "lp" not in origins:
        return []
    task = compile_task(problem)
    model = build(task)
    start = cheapest_lines(task, model, SEED)
    start[: model.pairs] |= chosen_pairs(task, plan.assignments)
    proven = [0, 0, 0]
    if "lp" in origins[:2]:
        proven[:2] = _seats(model, plan.score, start)
    if origins[2] == "lp":
        proven[2] = _cost(model, plan.score, start)
    names = ("shortfall", "open", "cost")
    return [
        violation("bound", f"bound.{name}", "unproven", said=said, true=is_proven)
        for name, origin, said, is_proven in zip(
            names, origins, astuple(plan.bound), proven, strict=True
        )
        if origin == "lp" and said > is_proven
    ]


def _seats(model: Model, score: Score, start: Bools) -> list[int]:
    asked, factor = seats_program(model)
    reached = factor * score.shortfall + score.open
    _, value = _tightened(asked, reached, "alike", start)
    return [max(0, -(-(value - model.constant[1]) // factor)), value - factor * score.shortfall]


def _cost(model: Model, score: Score, start: Bools) -> int:
    """By all levels weighed into one, and by the cost alone where the seats are held."""
    whole, (minimum, seat) = all_levels_program(model)
    above = minimum * score.shortfall + seat * score.open
    whole, value = _tightened(whole, above + score.cost, "relaxed", start)
    held = with_cuts(program(model, 2, (score.shortfall, score.open)), whole.cuts)
    return max(value - above, _tightened(held, score.cost, "relaxed", start)[1])


def _tightened(asked: Program, reached: int, kind: str, start: Bools) -> tuple[Program, int]:
    growing = Growing(asked, reached, lambda longer: _request(longer, kind), SEED)
    request = _request(asked, kind)
    found = relaxed(worker.run, request, start[: request.shape[1]], strengthened=growing.after)
    return growing.program, 0 if found is None else asked.value(found.safe.value)


def _request(asked: Program, kind: str) -> Request:
    return replace(asked.request(None), kind=kind)
