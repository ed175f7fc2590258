"""On tiny problems the solver equals brute force on all three levels, and so do its bounds."""

from __future__ import annotations

from dataclasses import astuple

import pytest

from matcher.codec import read_problem, write_plan
from matcher.solve import run, solve_with_proof
from matcher.solve.certificate import proven_bounds, unproven
from tests.matcher.solving import params
from tests.reference import agreement
from tests.reference.cases import case
from tests.reference.problems import TINY
from tests.reference.solving import solved

PROBLEMS_PER_BLOCK = 100
BLOCKS = 4


def test_relaxations_equal_brute_force_on_numbered_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of large problems, on tiny ones: the plan, its bounds and what their proof proves."""
    monkeypatch.setattr(run, "LARGE_COLUMNS", 0)
    compared = proven = 0
    for number in range(PROBLEMS_PER_BLOCK):
        drawn, _ = case(number, TINY)
        problem = read_problem(drawn)
        answer = solve_with_proof(problem, params())
        document = write_plan(answer.plan)
        assert agreement.of_plan(drawn, document) == [], f"case {number}"
        differences = agreement.of_optimum(drawn, document)
        if differences is not None:
            assert differences == [], f"case {number}"
            compared += 1
        if answer.certificate is not None:
            # The plan is the best there is, as brute force has just said.
            found = proven_bounds(problem, answer.plan.score, answer.certificate)
            assert unproven(answer.plan, found) == [], f"case {number}"
            best = astuple(answer.plan.score)
            too_high = [low > high for low, high in zip(astuple(found), best, strict=True)]
            assert not any(too_high), f"case {number}"
            proven += 1

    assert compared >= PROBLEMS_PER_BLOCK * 9 // 10
    assert proven >= PROBLEMS_PER_BLOCK // 2


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
