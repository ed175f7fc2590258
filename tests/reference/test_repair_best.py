"""Repaired plans are valid, keep what they say, and on tiny problems none is better."""

from __future__ import annotations

import pytest

from matcher.repair import neighbourhood
from tests.reference.book import Score
from tests.reference.cases import case
from tests.reference.problems import MIDDLING, TINY
from tests.reference.repairing import best_of_all, differences, repair_case, repaired

CASES_PER_BLOCK = 75
BLOCKS = 4
MIDDLING_CASES = 60


@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_plan_that_frees_as_few_people_is_better(block: int) -> None:
    compared = 0
    for number in range(block * CASES_PER_BLOCK, (block + 1) * CASES_PER_BLOCK):
        asked = repair_case(*case(number, TINY))
        found = repaired(asked)
        if found is None:
            continue
        assert differences(asked, found) == [], f"case {number}"
        best = best_of_all(asked, found)
        if best is not None:
            reached = Score(found.score.shortfall, found.score.open, found.score.cost)
            assert found.is_best, f"case {number}"
            assert reached == best, f"case {number}"
            compared += 1

    assert compared >= CASES_PER_BLOCK // 2


def test_repairs_of_larger_problems_keep_every_rule() -> None:
    for number in range(MIDDLING_CASES):
        asked = repair_case(*case(number, MIDDLING))
        found = repaired(asked)
        assert found is None or differences(asked, found) == [], f"case {number}"


def test_a_search_among_some_lines_is_never_better_than_all_and_claims_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(neighbourhood, "EVERYTHING_PAIRS_MOST", 0)
    compared = as_good = 0
    for number in range(CASES_PER_BLOCK):
        asked = repair_case(*case(number, TINY))
        found = repaired(asked)
        if found is None:
            continue
        assert differences(asked, found) == [], f"case {number}"
        best = best_of_all(asked, found)
        if best is not None:
            reached = Score(found.score.shortfall, found.score.open, found.score.cost)
            assert reached >= best, f"case {number}"
            assert Score(found.bound.shortfall, found.bound.open, found.bound.cost) <= best
            compared += 1
            as_good += reached[:2] == best[:2]

    assert as_good >= compared * 9 // 10
