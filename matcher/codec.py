"""Problems and plans as JSON, exactly as `docs/format.md` says, and back."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from matcher.defects import (
    Defect,
    Defects,
    PlanRefused,
    ProblemRefused,
    Refused,
    TooManyDefects,
)
from matcher.plan import Plan
from matcher.plan_reader import PLAN_FORMAT, PlanReader
from matcher.problem import Problem
from matcher.problem_reader import PROBLEM_FORMAT, ProblemReader
from matcher.reading import LIMIT_BYTES, load
from matcher.validate import note_defects
from matcher.writing import write_plan, write_problem

__all__ = [
    "LIMIT_BYTES",
    "PLAN_FORMAT",
    "PROBLEM_FORMAT",
    "Defect",
    "PlanRefused",
    "ProblemRefused",
    "Refused",
    "read_plan",
    "read_problem",
    "write_plan",
    "write_problem",
]


def read_problem(data: bytes | str | Mapping[str, Any], limit_bytes: int = LIMIT_BYTES) -> Problem:
    """The problem in `data`; raises `ProblemRefused` with all that is wrong with it."""
    value = load(data, limit_bytes, ProblemRefused)
    defects = Defects()
    with suppress(TooManyDefects):
        problem = ProblemReader(defects).problem(value)
        note_defects(problem, defects)
        if not defects:
            return problem
    raise ProblemRefused(defects.listed())


def read_plan(data: bytes | str | Mapping[str, Any], limit_bytes: int = LIMIT_BYTES) -> Plan:
    """The plan in `data`; raises `PlanRefused` with all that is wrong with it.

    Whether the plan fits a problem is not asked here: see `matcher.check`. The refusal carries
    the plan's lines where these alone could be read.
    """
    value = load(data, limit_bytes, PlanRefused)
    defects = Defects()
    reader = PlanReader(defects)
    with suppress(TooManyDefects):
        plan = reader.plan(value)
        if not defects:
            return plan
    raise PlanRefused(defects.listed(), reader.assignments)
