"""The city's engine, held against the reading, brute force, the plain greedy and itself."""

from __future__ import annotations

import time
from copy import deepcopy
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.greedy_tables import greedy_of_tables
from benchmarks.plain_greedy import plain_greedy
from matcher.check import check_assignments
from matcher.city.solve import CityPlan, solve_city
from matcher.codec import ProblemRefused, read_problem
from matcher.score import score
from matcher.solve.params import SolveParams
from matcher.tables.lines import lines_of
from matcher.tables.of_problem import tables_of
from tests.reference.book import Line
from tests.reference.brute import TooLarge, frontier
from tests.reference.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcher.problem import Problem
    from matcher.tables import Tables
    from tests.reference.book import Json

EFFORT = 1.0
SECONDS_MOST = 1e9
COMBINATIONS_MOST = 20_000
# People times shifts: what one person could do by themselves is written out as well.
TRIED_MOST = 42


class Answer(NamedTuple):
    """What was asked of one problem, in words to be counted, and what did not hold."""

    covered: list[str]
    differences: list[str]


def planned(tables: Tables) -> CityPlan:
    """A plan that ends by effort, so that it is the same every time."""
    return solve_city(tables, SolveParams(SECONDS_MOST, time.monotonic, effort=EFFORT))


def of_drawn(drawn: Json, *, again: bool = False) -> Answer:
    """Everything that must hold of the city's plan for a small problem; `again`: solved twice."""
    try:
        problem = read_problem(drawn)
    except ProblemRefused:
        return Answer(["refused: promised lines clash"], [])
    tables = tables_of(problem)
    plan = planned(tables)
    reading = Reading(drawn)
    lines = [Line(*astuple(line)) for line in lines_of(tables, plan.assignments)]
    differences = of_plan(problem, tables, plan)
    if broken := reading.broken(lines):
        differences.append(f"the plan breaks {sorted(broken)}")
    if tuple(reading.score(lines)) != astuple(plan.score):
        differences.append(f"says {plan.score}, the reading {reading.score(lines)}")
    if again and not np.array_equal(planned(tables).assignments.person, plan.assignments.person):
        differences.append("another plan the second time")
    covered, more = _of_optimum(reading, plan)
    return Answer(["solved", *covered], differences + more)


def of_plan(problem: Problem, tables: Tables, plan: CityPlan) -> list[str]:
    """The matcher's own check and score in words, and the greedy, over objects and over columns."""
    lines = list(lines_of(tables, plan.assignments))
    differences = [f"not valid: {each.message}" for each in check_assignments(problem, lines)]
    if score(problem, lines) != plan.score:
        differences.append(f"says {plan.score}, score {score(problem, lines)}")
    greedy = plain_greedy(problem)
    if plan.score > score(problem, greedy):
        differences.append(f"the plain greedy is better than {plan.score}")
    if set(lines_of(tables, greedy_of_tables(tables))) != set(greedy):
        differences.append("the greedy over columns has another plan")
    if any(low > high for low, high in zip(astuple(plan.bound), astuple(plan.score), strict=True)):
        differences.append(f"bound {plan.bound} above the score {plan.score}")
    if (plan.status == "optimal") != (plan.bound == plan.score):
        differences.append(f"status {plan.status} with {plan.bound} for {plan.score}")
    return differences


def _of_optimum(reading: Reading, plan: CityPlan) -> tuple[list[str], list[str]]:
    if len(reading.volunteers) * len(reading.shifts) > TRIED_MOST:
        return ["too many plans to try"], []
    try:
        found = frontier(reading, COMBINATIONS_MOST)
    except TooLarge:
        return ["too many plans to try"], []
    best, said = tuple(found.best), astuple(plan.score)
    least = found.least(type(found.best)(*said)) if said[:2] in found.cost_least else best
    differences = []
    if said < best:
        differences.append(f"{said} is better than the best, {best}")
    if any(low > true for low, true in zip(astuple(plan.bound), least, strict=True)):
        differences.append(f"bound {plan.bound} above what brute force finds, {least}")
    if plan.status == "optimal" and said != best:
        differences.append(f"calls {said} optimal, brute force finds {best}")
    covered = ["compared with every plan", f"status {plan.status} there"]
    covered += ["best on the first two levels"] * (said[:2] == best[:2])
    covered += ["best on all levels"] * (said == best)
    return covered, differences


# ---- other shapes of a drawn problem -----------------------------------------------------------


def without_homes(drawn: Json) -> Json:
    """Nobody says where they live."""
    changed: Json = deepcopy(drawn)
    for person in changed["volunteers"]:
        person.pop("location", None)
    return changed


def identical(drawn: Json) -> Json:
    """Everybody is like the first."""
    changed: Json = deepcopy(drawn)
    first = changed["volunteers"][0]
    changed["volunteers"] = [{**first, "id": each["id"]} for each in changed["volunteers"]]
    return changed


def over_a_year(drawn: Json) -> Json:
    """Every other shift is months away, and everybody has time until then."""
    changed: Json = deepcopy(drawn)
    horizon = changed["horizon"]
    horizon["end"] = _later(horizon["end"], 365)
    for number, shift in enumerate(changed["shifts"]):
        for key in ("start", "end"):
            shift[key] = _later(shift[key], 41 * number if number % 2 else 0)
    for person in changed["volunteers"]:
        person["available"] = [[horizon["start"], horizon["end"]]]
    return changed


def in_plenty(drawn: Json) -> Json:
    """Nobody has a limit: no way, hour or number is too much."""
    changed: Json = deepcopy(drawn)
    horizon = changed["horizon"]
    for person in changed["volunteers"]:
        person.pop("max_travel_m", None)
        person.pop("engaged", None)
        person.update(max_shifts=99, max_minutes=10_000, max_minutes_per_day=1440)
        person["available"] = [[horizon["start"], horizon["end"]]]
    return changed


def as_drawn(drawn: Json) -> Json:
    """With what it has: midnight, other offsets, promised lines, hardly anybody free."""
    return drawn


def _later(text: str, days: int) -> str:
    return (datetime.fromisoformat(text) + timedelta(days=days)).isoformat()


SHAPES: tuple[Callable[[Json], Json], ...] = (
    as_drawn,
    in_plenty,
    over_a_year,
    without_homes,
    identical,
)
