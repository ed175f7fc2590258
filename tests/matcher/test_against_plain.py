"""The matcher beside two that share none of its search: a plain greedy and one CP-SAT model."""

import pytest

from benchmarks.instances import FITTING_SHARE_LEAST, draw, fitting_share
from benchmarks.one_model import one_model
from benchmarks.plain_greedy import plain_greedy
from matcher.check import check_assignments
from matcher.codec import read_problem, write_problem
from matcher.greedy import greedy
from matcher.problem import Problem
from matcher.score import score
from matcher.solve import solve
from matcher.validate import validate
from tests.matcher.solving import SECONDS_MOST, params


@pytest.mark.parametrize("seed", range(6))
def test_one_model_reaches_the_same_optimum_on_all_three_levels(seed: int) -> None:
    asked = draw(50, 12, seed)

    plan = solve(asked, params())
    found = one_model(asked, SECONDS_MOST)

    assert plan.status == "optimal"
    assert found.lines is not None
    assert check_assignments(asked, found.lines) == []
    assert score(asked, found.lines) == found.bound == plan.score


@pytest.mark.parametrize("seed", range(10))
def test_plain_greedy_is_valid_and_never_better(seed: int) -> None:
    asked = draw(100, 20, seed)

    plain = plain_greedy(asked)

    assert check_assignments(asked, plain) == []
    assert solve(asked, params()).score <= score(asked, plain)


@pytest.mark.parametrize("seed", range(3))
def test_greedy_gives_the_same_lines_again(seed: int) -> None:
    assert greedy(draw(150, 30, seed)) == greedy(draw(150, 30, seed))


@pytest.mark.parametrize(("volunteers", "shifts"), [(50, 12), (200, 30), (1000, 100)])
def test_drawn_problem_has_every_rule_and_is_no_sparse_toy(volunteers: int, shifts: int) -> None:
    asked = draw(volunteers, shifts, seed=1)

    assert validate(asked) == ()
    assert read_problem(write_problem(asked)) == asked == draw(volunteers, shifts, seed=1)
    assert fitting_share(asked) >= FITTING_SHARE_LEAST
    assert _unused(asked) == []


def _unused(asked: Problem) -> list[str]:
    """What the problem does without."""
    people, shifts = asked.volunteers, asked.shifts
    roles = [role for shift in shifts for role in shift.roles]
    used = {
        "fixed": asked.fixed,
        "forbidden": asked.forbidden,
        "current": asked.current,
        "together": asked.together,
        "apart": asked.apart,
        "minors": [each for each in people if each.age < asked.rules.adult_age],
        "engaged": [each for each in people if each.engaged],
        "likes": [each for each in people if each.likes],
        "served": [each for each in people if each.served_minutes],
        "travel": [each for each in people if each.max_travel_m is not None],
        "team": [each for each in shifts if each.team],
        "invited": [each for each in shifts if each.invited],
        "called off": [each for each in shifts if each.cancel_below_minimum],
        "skills": [each for each in roles if each.skills],
        "ages": [each for each in roles if each.min_age or each.max_age < 150],
        "priorities": {each.priority for each in shifts} - {5},
    }
    return [name for name, lines in used.items() if not lines]
