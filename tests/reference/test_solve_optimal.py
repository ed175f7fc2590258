"""On tiny problems the solver equals brute force on all three levels, and so do its bounds."""

from __future__ import annotations

import pytest

from tests.reference import agreement
from tests.reference.cases import case
from tests.reference.problems import TINY
from tests.reference.solving import solved

PROBLEMS_PER_BLOCK = 100
BLOCKS = 4


@pytest.mark.parametrize("block", range(BLOCKS))
def test_solve_equals_brute_force_on_numbered_cases(block: int) -> None:
    compared = 0
    for number in range(block * PROBLEMS_PER_BLOCK, (block + 1) * PROBLEMS_PER_BLOCK):
        drawn, _ = case(number, TINY)
        answer = solved(drawn)
        assert answer.differences == [], f"case {number}"
        differences = agreement.of_optimum(drawn, answer.plan)
        if differences is not None:
            assert differences == [], f"case {number}"
            compared += 1

    assert compared >= PROBLEMS_PER_BLOCK * 9 // 10
