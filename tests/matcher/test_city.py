"""The engine for cities, on problems small enough to know everything about."""

import itertools
import time
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.cities import DISTRICT, draw_city
from matcher.city.arrays import Array
from matcher.city.certificate import Dual
from matcher.city.prepare import prepare
from matcher.city.solve import CityPlan, solve_city
from matcher.city.worth import worth_of_a_seat
from matcher.codec import ProblemRefused, read_problem
from matcher.plan import Score
from matcher.problem import Problem
from matcher.solve.params import Progress, SolveParams
from matcher.tables import Tables
from matcher.tables.check import check_lines
from matcher.tables.lines import lines_of
from matcher.tables.of_problem import tables_of
from matcher.tables.score import score_of
from tests.reference.book import Json
from tests.reference.book import lines_of as lines_of_rows
from tests.reference.brute import TooLarge, frontier
from tests.reference.cases import case
from tests.reference.reading import Reading

CASES = 40


def solved(tables: Tables, *, effort: float = 10.0) -> CityPlan:
    """A plan that ends by effort, so that it is the same every time."""
    return solve_city(tables, SolveParams(seconds=1e9, clock=time.monotonic, effort=effort))


def numbered(first: int, count: int) -> list[tuple[Json, Problem]]:
    """Random problems with every rule in use, without those that are refused."""
    found = []
    for number in itertools.count(first):
        drawn, _ = case(number)
        try:
            found.append((drawn, read_problem(drawn)))
        except ProblemRefused:
            continue
        if len(found) == count:
            return found
    raise AssertionError


@pytest.fixture(scope="module")
def plans() -> list[tuple[Json, CityPlan, Tables]]:
    found = []
    for drawn, problem in numbered(0, CASES):
        tables = tables_of(problem)
        found.append((drawn, solved(tables), tables))
    return found


def test_every_plan_is_valid_and_scored_as_the_reading_scores_it(
    plans: list[tuple[Json, CityPlan, Tables]],
) -> None:
    for drawn, plan, tables in plans:
        lines = lines_of_rows(
            [
                {"volunteer": line.volunteer, "shift": line.shift, "role": line.role}
                for line in lines_of(tables, plan.assignments)
            ]
        )
        reading = Reading(drawn)
        assert not reading.broken(lines)
        said = (plan.score.shortfall, plan.score.open, plan.score.cost)
        assert tuple(reading.score(lines)) == said


def test_no_bound_is_above_what_brute_force_finds(
    plans: list[tuple[Json, CityPlan, Tables]],
) -> None:
    asked = 0
    for drawn, plan, _ in plans:
        reading = Reading(drawn)
        try:
            found = frontier(reading, 20_000)
        except TooLarge:
            continue
        said = type(found.best)(plan.score.shortfall, plan.score.open, plan.score.cost)
        bound = (plan.bound.shortfall, plan.bound.open, plan.bound.cost)
        assert all(low <= true for low, true in zip(bound, found.least(said), strict=True))
        assert (plan.status == "optimal") == (bound == tuple(said))
        asked += 1
    assert asked > CASES // 3


def test_any_prices_at_all_prove_something_true() -> None:
    """Lagrange's bound holds for prices that nobody would ask for."""
    chance = np.random.default_rng(1)
    asked = 0
    for drawn, problem in numbered(100, 25):
        reading = Reading(drawn)
        try:
            found = frontier(reading, 20_000)
        except TooLarge:
            continue
        tables = tables_of(problem)
        dual = Dual(prepare(tables, worth_of_a_seat(tables)))
        for below in (1, 20):
            prices = dual.reserve + chance.integers(0, 2_000, len(dual.reserve))
            proven = dual.certificate(prices, Score(*found.best), below).bound
            assert proven.cost <= found.best[2]
            assert (proven.shortfall, proven.open) <= tuple(found.best[:2])
        asked += 1
    assert asked > 5


@pytest.fixture(scope="module")
def town() -> Tables:
    return draw_city(3_000, 150, 3, DISTRICT)


def test_a_town_is_planned_near_what_is_proven_possible(town: Tables) -> None:
    plan = solved(town)
    assert not check_lines(town, plan.assignments)
    assert score_of(town, plan.assignments) == plan.score
    assert plan.bound <= plan.score
    seats = int((town.shifts.priority[town.roles.shift] * town.roles.max).sum())
    assert plan.score.open - plan.bound.open <= seats / 100
    assert plan.score.cost - plan.bound.cost <= plan.score.cost / 10


def test_the_same_effort_gives_the_same_plan(town: Tables) -> None:
    one, two = solved(town, effort=0.1), solved(town, effort=0.1)
    assert np.array_equal(one.assignments.person, two.assignments.person)
    assert (one.score, one.bound) == (two.score, two.bound)


def test_out_of_time_at_once_the_plan_is_valid_all_the_same(town: Tables) -> None:
    plan = solve_city(town, SolveParams(seconds=0.0, clock=time.monotonic))
    assert not check_lines(town, plan.assignments)
    assert score_of(town, plan.assignments) == plan.score


def test_no_price_is_weighed_that_would_end_after_the_time(
    town: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one weighing takes 30 of 100 seconds, there is time for three."""
    now = [0.0]
    weigh = vars(Dual)["_value"]

    def slow(dual: Dual, prices: Array, score: Score, below: int) -> int:
        now[0] += 30.0
        found: int = weigh(dual, prices, score, below)
        return found

    monkeypatch.setattr(Dual, "_value", slow)
    plan = solve_city(town, SolveParams(seconds=100.0, clock=lambda: now[0], effort=10.0))
    assert plan.bound != plan.score, "nothing is left to prove, so this shows nothing"
    assert plan.seconds == 90.0


@pytest.mark.parametrize("after", [1, 3])
def test_a_cancelled_plan_is_valid(town: Tables, after: int) -> None:
    asked = itertools.count()
    plan = solve_city(
        town,
        SolveParams(seconds=1e9, clock=time.monotonic),
        cancelled=lambda: next(asked) >= after,
    )
    assert not check_lines(town, plan.assignments)


def test_progress_names_score_and_bound_and_ends_with_the_plan(town: Tables) -> None:
    told: list[Progress] = []
    plan = solve_city(
        town, SolveParams(seconds=1e9, clock=time.monotonic, effort=10), on_progress=told.append
    )
    assert told[-1].stage == "done"
    assert (told[-1].score, told[-1].bound) == (plan.score, plan.bound)
    assert all(one.score >= two.score for one, two in itertools.pairwise(told))


def test_a_certificate_proves_again_what_it_proved(town: Tables) -> None:
    plan = solved(town)
    dual = Dual(prepare(town, worth_of_a_seat(town)))
    order = prepare(town, worth_of_a_seat(town)).order
    dual.weigh(plan.certificate.seat)
    again = dual.certificate(plan.certificate.prices[order], plan.score, plan.certificate.below)
    assert again.bound == plan.certificate.bound


@pytest.mark.parametrize(("people", "shifts"), [(0, 0), (0, 3), (5, 0), (1, 1)])
def test_hardly_anybody_and_hardly_anything(people: int, shifts: int) -> None:
    problem = read_problem(
        {
            "format": "mulin.problem/1",
            "horizon": {"start": "2026-03-07T00:00:00+08:00", "end": "2026-03-09T00:00:00+08:00"},
            "volunteers": [
                {
                    "id": f"v{number}",
                    "available": [["2026-03-07T00:00:00+08:00", "2026-03-08T00:00:00+08:00"]],
                }
                for number in range(people)
            ],
            "shifts": [
                {
                    "id": f"s{number}",
                    "project": "p",
                    "start": "2026-03-07T09:00:00+08:00",
                    "end": "2026-03-07T11:00:00+08:00",
                    "roles": [{"id": "r", "max": 2, "min": 1}],
                }
                for number in range(shifts)
            ],
        }
    )
    plan = solved(tables_of(problem))
    assert len(plan.assignments) == min(people, shifts)
    assert plan.bound.shortfall == plan.score.shortfall


def test_a_broken_rule_would_be_seen(town: Tables) -> None:
    """The check that guards every plan finds a person who is put where they cannot be."""
    plan = solved(town)
    person = plan.assignments.person.copy()
    person[:] = person[0]
    assert check_lines(town, replace(plan.assignments, person=person))
