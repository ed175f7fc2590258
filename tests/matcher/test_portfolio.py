"""One solve for all sizes: whichever engine is chosen, and in whichever form the problem comes."""

import itertools
import time
from dataclasses import astuple, replace

import pytest

from benchmarks.cities import DISTRICT, draw_city
from matcher import portfolio
from matcher.check import check
from matcher.city.certificate import Certificate as CityCertificate
from matcher.codec import ProblemRefused, read_problem
from matcher.draft import compile_task
from matcher.plan import Plan
from matcher.portfolio import Engine, engine_for, likely_pairs, solve
from matcher.problem import Problem
from matcher.solve import Progress, SolveParams, solve_with_proof
from matcher.tables.of_problem import tables_of
from matcher.tables.plans import PlanTables, plan_of
from matcher.tables.to_problem import problem_of
from tests.reference.cases import case

CASES = 12
ENGINES: tuple[Engine, ...] = ("listing", "seeded", "city")
THRESHOLDS = {
    "listing": {"SEEDED_PAIRS_LEAST": 10**9},
    "seeded": {"SEEDED_PAIRS_LEAST": 0},
    "city": {"SEEDED_PAIRS_LEAST": 0, "PAIRS_MOST": -1},
}


def params(seconds: float = 1e9) -> SolveParams:
    """Ends by effort, so that it is the same every time."""
    return SolveParams(seconds=seconds, clock=time.monotonic, effort=5.0, workers=1)


def choose(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in THRESHOLDS[engine].items():
        monkeypatch.setattr(portfolio, name, value)


def numbered(count: int) -> list[Problem]:
    """Random problems with every rule in use, without those that are refused."""
    found = []
    for number in itertools.count(100):
        try:
            found.append(read_problem(case(number)[0]))
        except ProblemRefused:
            continue
        if len(found) == count:
            return found
    raise AssertionError


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_gives_valid_plans_in_the_form_of_their_problem(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(engine, monkeypatch)
    for problem in numbered(CASES):
        assert engine_for(problem) == engine_for(tables_of(problem)) == engine

        objects, columns = solve(problem, params()), solve(tables_of(problem), params())

        assert isinstance(objects.plan, Plan)
        assert isinstance(columns.plan, PlanTables)
        # The reasons of each open seat are there too, which a plan of this size must give.
        assert check(problem, objects.plan) == []
        assert check(problem, plan_of(columns.plan)) == []
        assert objects.plan.score == columns.plan.head.score
        assert isinstance(objects.certificate, CityCertificate) == (engine == "city")


def test_a_first_plan_of_the_other_engine_is_only_made_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables = draw_city(300, 60, 1, DISTRICT)
    choose("city", monkeypatch)
    first = solve(tables, params()).plan.head.score
    monkeypatch.setattr(portfolio, "PAIRS_MOST", 10**9)
    told: list[Progress] = []

    seeded = solve(tables, params(60.0), on_progress=told.append).plan.head.score

    assert seeded < first
    fractions = [each.fraction for each in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert [each.stage for each in told].count("done") == 1
    scores = [astuple(each.score) for each in told]
    assert scores == sorted(scores, reverse=True)


def test_out_of_time_from_the_start_the_better_of_both_beginnings_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tables = draw_city(300, 60, 1, DISTRICT)
    problem = problem_of(tables)
    for engine in ENGINES:
        choose(engine, monkeypatch)
        for plan in (
            solve(problem, params(0.0)).plan,
            solve(problem, params(), cancelled=lambda: True).plan,
        ):
            assert check(problem, plan) == []
        monkeypatch.undo()


def test_small_problems_are_planned_as_by_the_engine_itself() -> None:
    for problem in numbered(3):
        own = solve_with_proof(problem, params())
        found = solve(problem, params())
        assert found.plan.assignments == own.plan.assignments
        assert found.certificate == own.certificate


def test_the_number_of_pairs_is_counted_where_it_is_small_and_told_from_a_sample_else() -> None:
    few = draw_city(150, 40, 1, DISTRICT)
    exact = len(compile_task(problem_of(few)).pairs.role)
    assert likely_pairs(few) == likely_pairs(problem_of(few))
    # What promises and engagements take away is not looked at.
    assert exact <= likely_pairs(few) <= 1.2 * exact

    many = draw_city(3000, 120, 1, DISTRICT)
    exact = len(compile_task(problem_of(many)).pairs.role)
    assert 0.8 * exact < likely_pairs(many) < 1.4 * exact
    assert likely_pairs(many) == likely_pairs(many)


@pytest.mark.parametrize(
    ("people", "shifts", "engine"),
    [
        (0, 0, "listing"),
        (0, 50, "listing"),
        (25_000, 10, "listing"),
        (30_000, 1_500, "city"),
        (1_000, 5_000, "city"),
    ],
)
def test_shape_and_not_people_alone_decides(people: int, shifts: int, engine: Engine) -> None:
    if people:
        problem = draw_city(people, shifts, 1, DISTRICT)
    else:
        drawn = draw_city(200, 50, 1, DISTRICT)
        asked = tuple(replace(each, invited=()) for each in problem_of(drawn).shifts[:shifts])
        problem = tables_of(Problem(drawn.horizon, (), asked))

    assert engine_for(problem) == engine
