"""The solver's plans, held against the reading and against the matcher's own check."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from matcher.check import check
from matcher.codec import read_plan, read_problem, write_plan
from matcher.solve import SolveParams, solve
from tests.reference.agreement import of_plan

if TYPE_CHECKING:
    from tests.reference.book import Json

# Problems of these sizes close far below this; it bounds one that would not, by work, not time.
EFFORT_MOST = 20.0
SECONDS_MOST = 600.0


class Solved(NamedTuple):
    plan: Json
    differences: list[str]


def solved(drawn: Json, seed: int = 1) -> Solved:
    """The solver's plan for the problem, and whatever is wrong with it."""
    params = SolveParams(
        seconds=SECONDS_MOST, seed=seed, effort=EFFORT_MOST, workers=1, clock=time.monotonic
    )
    problem = read_problem(drawn)
    plan = solve(problem, params)
    document = write_plan(plan)
    differences = of_plan(drawn, document)
    found = check(problem, plan)
    if found:
        differences.append(f"check finds fault with a solved plan: {found}")
    if read_plan(document) != plan:
        differences.append("the plan changes when it is written and read")
    return Solved(document, differences)
