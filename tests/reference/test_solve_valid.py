"""Every plan that greedy or the solver makes is valid, truly scored and bounded, by the reading."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from tests.reference import agreement
from tests.reference.cases import case
from tests.reference.problems import MIDDLING
from tests.reference.solving import solved
from tests.reference.strategies import problems

if TYPE_CHECKING:
    from tests.reference.book import Json

PROBLEMS_PER_BLOCK = 50
BLOCKS = 4


@pytest.mark.parametrize("block", range(BLOCKS))
def test_solve_is_valid_on_numbered_cases(block: int) -> None:
    seen: Counter[str] = Counter()
    for number in range(block * PROBLEMS_PER_BLOCK, (block + 1) * PROBLEMS_PER_BLOCK):
        drawn, _ = case(number)
        answer = solved(drawn)
        assert answer.differences == [], f"case {number}"
        seen.update(name for name in ("fixed", "forbidden", "together", "apart") if name in drawn)
        seen["engaged"] += any(row.get("engaged") for row in drawn["volunteers"])
        seen["assigned"] += bool(answer.plan["assignments"])

    names = ("fixed", "forbidden", "together", "apart", "engaged", "assigned")
    assert min(seen[name] for name in names) >= PROBLEMS_PER_BLOCK // 10, seen


def test_solve_closes_middling_problems() -> None:
    for number in range(20):
        drawn, _ = case(number, MIDDLING)
        answer = solved(drawn)
        assert answer.differences == [], f"case {number}"
        assert answer.plan["status"] == "optimal", f"case {number}"


@pytest.mark.parametrize("block", range(BLOCKS))
def test_greedy_is_valid_on_numbered_cases(block: int) -> None:
    for number in range(block * 250, (block + 1) * 250):
        drawn, _ = case(number)
        assert agreement.of_greedy(drawn) == [], f"case {number}"


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(problems(fixed="consistent"))
def test_a_valid_plan_comes_back_whatever_was_promised(drawn: Json) -> None:
    assert solved(drawn).differences == []
