"""`check`, `score` and reasons against the independent reading, on random problems and plans."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from matcher.codec import read_problem
from tests.reference import agreement
from tests.reference.cases import RULE_NAMES, case, plans_of
from tests.reference.reading import Reading
from tests.reference.strategies import Case, cases

# Five plans each: 6,000 plans, in blocks so that they spread over the test processes.
PROBLEMS_PER_BLOCK = 300
BLOCKS = 4
# Every rule at least this often in a block, and this often without any other.
BROKEN_LEAST = 30
BROKEN_ALONE_LEAST = 4


@pytest.mark.parametrize("block", range(BLOCKS))
def test_check_score_and_reasons_agree_on_numbered_cases(block: int) -> None:
    broken_count: Counter[str] = Counter()
    broken_alone_count: Counter[str] = Counter()
    valid_count = 0
    for number in range(block * PROBLEMS_PER_BLOCK, (block + 1) * PROBLEMS_PER_BLOCK):
        drawn, choices = case(number)
        reading, problem = Reading(drawn), read_problem(drawn)
        for meant, lines in plans_of(number, reading, choices):
            assert agreement.of_check(reading, problem, lines) == [], (
                f"case {number}, meant {meant!r}"
            )
            broken = reading.broken(lines)
            assert meant or not broken, f"case {number} should be valid, breaks {broken}"
            broken_count.update(broken)
            valid_count += not broken
            if len(broken) == 1:
                broken_alone_count.update(broken)

    # The sample would prove nothing if it did not break each rule often, and none often too.
    assert min(broken_count[rule] for rule in RULE_NAMES) >= BROKEN_LEAST, broken_count
    assert min(broken_alone_count[rule] for rule in RULE_NAMES) >= BROKEN_ALONE_LEAST, (
        broken_alone_count
    )
    assert valid_count >= 2 * PROBLEMS_PER_BLOCK


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(cases())
def test_check_score_and_reasons_agree_where_hypothesis_looks(found: Case) -> None:
    problem = read_problem(found.reading.problem)

    assert agreement.of_check(found.reading, problem, found.lines) == []
