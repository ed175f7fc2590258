"""Plans are valid, proven and repeatable; a solve that is stopped still has one."""

from dataclasses import astuple, replace

import pytest

from benchmarks.instances import draw
from matcher.check import check, check_assignments
from matcher.greedy import greedy
from matcher.plan import Plan, Score
from matcher.problem import Role, Weights
from matcher.score import score
from matcher.solve import Progress, run, solve
from matcher.solve.verify import unproven
from tests.matcher.factories import at, lines, problem, shift, volunteer
from tests.matcher.solving import params


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_hundred_people_on_thirty_shifts_are_proven_optimal(seed: int) -> None:
    asked = draw(200, 30, seed=seed)

    plan = solve(asked, params())

    assert check(asked, plan) == []
    assert plan.status == "optimal"
    assert plan.bound == plan.score
    assert plan.score <= score(asked, greedy(asked))


@pytest.mark.parametrize("seed", range(8))
def test_relaxations_find_the_same_optimum_as_a_search_of_everything(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = draw(60, 15, seed=seed)
    by_search = solve(asked, params())

    monkeypatch.setattr(run, "LARGE_COLUMNS", 0)
    by_relaxation = solve(asked, params())

    assert by_search.status == by_relaxation.status == "optimal"
    assert by_search.score == by_relaxation.score
    assert check(asked, by_relaxation) == []
    assert unproven(asked, by_relaxation) == []


def test_bound_that_no_relaxation_proves_is_named() -> None:
    asked = draw(60, 15, seed=1)
    plan = solve(asked, params())
    origins = replace(plan.bound_from, shortfall="lp", open="lp", cost="lp")
    above = Score(*(value + 1 for value in astuple(plan.score)))

    found = unproven(asked, replace(plan, bound=above, bound_from=origins))

    assert [each.place for each in found] == ["bound.shortfall", "bound.open", "bound.cost"]


def test_same_problem_seed_and_effort_give_the_same_plan() -> None:
    asked = draw(120, 25, seed=4)

    one, two = (replace(solve(asked, params(effort=0.001)), seconds=0) for _ in range(2))

    assert one == two


def test_people_without_shifts_and_shifts_without_people() -> None:
    person, where = volunteer("a"), shift("s", at(0, 8))

    for asked in (problem([], []), problem([person], []), problem([], [where])):
        plan = solve(asked, params())
        assert check(asked, plan) == []
        assert plan.status == "optimal"


@pytest.mark.parametrize("seed", range(4))
def test_no_time_at_all_still_gives_a_valid_plan(seed: int) -> None:
    asked = draw(100, 20, seed=seed)

    plan = solve(asked, params(effort=None, seconds=0.0))

    assert check(asked, plan) == []
    assert set(asked.fixed) <= set(plan.assignments)


def test_cancelled_before_it_starts_is_the_greedy_plan() -> None:
    asked = draw(100, 20, seed=1)

    plan = solve(asked, params(), cancelled=lambda: True)

    assert check(asked, plan) == []
    assert plan.score <= score(asked, greedy(asked))


def test_cancelled_inside_a_solver_s_call_returns_the_best_so_far() -> None:
    """The relaxations of this problem run in processes of their own; the first tick cancels."""
    asked = draw(800, 90, seed=1)
    ticks: list[Progress] = []

    plan = solve(
        asked,
        params(effort=None),
        on_progress=ticks.append,
        cancelled=lambda: any(each.stage == "shortfall" for each in ticks),
    )

    assert check(asked, plan) == []
    assert ticks[-1].stage == "done"
    assert plan.score == ticks[-1].score


def test_progress_only_ever_gets_better() -> None:
    asked = draw(150, 30, seed=2)
    told: list[Progress] = []

    plan = solve(asked, params(), on_progress=told.append)

    scores = [each.score for each in told]
    assert scores == sorted(scores, reverse=True)
    assert told[0].stage == "greedy"
    assert told[-1] == Progress("done", 1.0, plan.score, plan.bound, len(plan.assignments))
    assert all(0 <= each.fraction <= 1 for each in told)
    assert all(astuple(each.bound) <= astuple(each.score) for each in told)


def test_fixed_lines_stay_whatever_they_cost() -> None:
    people = [volunteer("a", likes={"books": 0}), volunteer("b", likes={"books": 3})]
    where = shift("s", at(0, 8), cause="books")
    asked = problem(people, [replace(where, roles=(replace(where.roles[0], max=1),))])

    assert _names(solve(asked, params())) == {"b"}
    assert _names(solve(replace(asked, fixed=lines("a s")), params())) == {"a"}


def test_current_line_is_kept_where_change_costs_more() -> None:
    people = [volunteer("a", likes={"books": 2}), volunteer("b", likes={"books": 3})]
    where = shift("s", at(0, 8), cause="books")
    where = replace(where, roles=(replace(where.roles[0], max=1),))
    asked = problem(people, [where], current=lines("a s"))

    assert _names(solve(asked, params())) == {"a"}
    careless = replace(asked, weights=Weights(change=1))
    assert _names(solve(careless, params())) == {"b"}


def test_weights_too_large_for_the_arrays_still_give_a_true_plan() -> None:
    asked = replace(draw(40, 10, seed=1), weights=Weights(travel=2**53, fairness=2**53))

    plan = solve(asked, params())

    assert check(asked, plan) == []
    assert plan.bound.shortfall == plan.score.shortfall
    assert plan.bound.open == plan.score.open


def test_more_seats_than_can_be_counted_in_64_bits() -> None:
    endless = Role("helper", max=2**53, min=2**52)
    shifts = [shift(f"s{day}", at(day, 8), roles=(endless,), priority=10) for day in range(6)]
    asked = problem([volunteer("a"), volunteer("b")], shifts)

    plan = solve(asked, params())

    assert check(asked, plan) == []
    assert plan.status == "optimal"
    assert plan.score.open == 60 * 2**53 - 10 * 12


def _names(plan: Plan) -> set[str]:
    return {line.volunteer for line in plan.assignments}


def test_a_plan_that_breaks_a_rule_is_never_taken() -> None:
    asked = draw(60, 15, seed=3)
    board = run.Board(asked, params(), None)
    before = board.score
    everybody = tuple(
        replace(lines("a s")[0], volunteer=each.id, shift=where.id, role=where.roles[0].id)
        for each in asked.volunteers
        for where in asked.shifts
    )
    assert check_assignments(asked, everybody)

    board.take(everybody)

    assert (board.lines, board.score) == (asked.fixed, before)
