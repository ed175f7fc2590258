"""A solve may be stopped at any moment: what comes back is valid, and no worse than was told."""

from dataclasses import astuple
from itertools import pairwise

import pytest

from benchmarks.instances import draw
from matcher.check import check
from matcher.greedy import greedy
from matcher.plan import Score
from matcher.problem import Problem
from matcher.score import score
from matcher.solve import Progress, SolveParams, run, solve
from tests.matcher.solving import SECONDS_MOST, params


@pytest.fixture(scope="module")
def asked() -> Problem:
    return draw(120, 25, seed=4)


@pytest.mark.parametrize("count", [1, 2, 4, 7])
@pytest.mark.parametrize("is_large", [False, True], ids=["by search", "by relaxation"])
def test_cancelled_at_any_progress_the_plan_is_valid_and_the_best_so_far(
    count: int, is_large: bool, asked: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "LARGE_COLUMNS", 0 if is_large else 10**9)
    told: list[Progress] = []

    plan = solve(asked, params(), on_progress=told.append, cancelled=lambda: len(told) >= count)

    assert check(asked, plan) == []
    assert plan.score == told[-1].score
    assert plan.score <= told[min(count, len(told)) - 1].score


class JumpingClock:
    """Stands still until it is read for the n-th time, then is past any limit."""

    def __init__(self, jump_at: int) -> None:
        self._reads_left = jump_at

    def __call__(self) -> float:
        self._reads_left -= 1
        return 0.0 if self._reads_left > 0 else 2 * SECONDS_MOST


@pytest.mark.parametrize("jump_at", [1, 2, 3, 5, 8, 13])
def test_clock_that_jumps_past_the_limit_still_gives_a_valid_plan(
    jump_at: int, asked: Problem
) -> None:
    clock = JumpingClock(jump_at)

    plan = solve(asked, SolveParams(seconds=SECONDS_MOST, clock=clock, workers=1))

    assert check(asked, plan) == []
    assert plan.score <= _greedy_score(asked)


def test_clock_that_is_passed_in_is_the_only_one(asked: Problem) -> None:
    plan = solve(asked, SolveParams(seconds=SECONDS_MOST, clock=lambda: 5.0, workers=1))

    assert plan.seconds == 0.0
    assert plan.status == "optimal"


@pytest.mark.parametrize("is_large", [False, True], ids=["by search", "by relaxation"])
def test_score_never_gets_worse_and_a_bound_falls_only_below_a_level_that_moved(
    is_large: bool, asked: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "LARGE_COLUMNS", 0 if is_large else 10**9)
    told: list[Progress] = []

    plan = solve(asked, params(), on_progress=told.append)

    assert len(told) > 2
    for before, after in pairwise(told):
        assert after.score <= before.score
        moved = _first_difference(before.score, after.score)
        kept = slice(0, moved + 1)
        assert all(
            new >= old
            for old, new in zip(
                astuple(before.bound)[kept], astuple(after.bound)[kept], strict=True
            )
        )
    assert plan.bound == told[-1].bound


def _first_difference(before: Score, after: Score) -> int:
    pairs = zip(astuple(before), astuple(after), strict=True)
    return next((level for level, (old, new) in enumerate(pairs) if old != new), 2)


def _greedy_score(asked: Problem) -> Score:
    return score(asked, greedy(asked))
