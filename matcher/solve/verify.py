"""Prove again, from the problem alone, the bounds that a plan says come from a relaxation."""

from dataclasses import astuple, replace

from matcher.draft import compile_task
from matcher.plan import Plan, Score
from matcher.problem import Problem
from matcher.solve import worker
from matcher.solve.build import build
from matcher.solve.levels import Program, program, seats_program
from matcher.solve.model import Model
from matcher.solve.relax import relaxed
from matcher.violation import Violation, violation


def unproven(problem: Problem, plan: Plan) -> list[Violation]:
    """The bounds from `lp` that no dual solution found here bears out."""
    origins = astuple(plan.bound_from)
    if "lp" not in origins:
        return []
    model = build(compile_task(problem))
    proven = [0, 0, 0]
    if "lp" in origins[:2]:
        proven[:2] = _seats(model, plan.score)
    if origins[2] == "lp":
        proven[2] = _proven(program(model, 2, astuple(plan.score)[:2]), "relaxed")
    names = ("shortfall", "open", "cost")
    return [
        violation("bound", f"bound.{name}", "unproven", said=said, true=is_proven)
        for name, origin, said, is_proven in zip(
            names, origins, astuple(plan.bound), proven, strict=True
        )
        if origin == "lp" and said > is_proven
    ]


def _seats(model: Model, score: Score) -> list[int]:
    asked, factor = seats_program(model)
    value = _proven(asked, "alike")
    return [max(0, -(-(value - model.constant[1]) // factor)), value - factor * score.shortfall]


def _proven(asked: Program, kind: str) -> int:
    request = replace(asked.request(None), kind=kind)
    found = relaxed(worker.run, request, request.column_most >= 0)
    return 0 if found is None else asked.value(found.safe.value)
