"""The checker and the score over columns say what `matcher.check` and `matcher.score` say."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from matcher.check import check_assignments
from matcher.codec import read_problem
from matcher.problem import Horizon, Line, Problem, Role, Rules, Shift, Volunteer, Weights
from matcher.score import score
from matcher.tables import check_people
from matcher.tables.check import check_lines
from matcher.tables.lines import assignments_of
from matcher.tables.of_problem import tables_of
from matcher.tables.score import score_of
from tests.reference.cases import RULE_NAMES, case, plans_of
from tests.reference.reading import Reading
from tests.reference.strategies import Case, cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.violation import Violation

ALL = 10**9
PROBLEMS_PER_BLOCK = 120
BROKEN_LEAST = 9


def disagreements(problem: Problem, lines: Sequence[Line]) -> list[str]:
    """Where the two readings differ, in verdicts (with places and words), counts or score."""
    tables = tables_of(problem)
    rows = assignments_of(tables, lines)
    expected: dict[str, list[Violation]] = defaultdict(list)
    for each in check_assignments(problem, lines):
        expected[each.rule].append(each)
    found = {each.rule: each for each in check_lines(tables, rows, told_most=ALL)}
    differing = [
        f"{rule}: {found.get(rule)} / {expected.get(rule)}"
        for rule in {*expected, *found}
        if rule not in found
        or rule not in expected
        or found[rule].count != len(expected[rule])
        or _words(found[rule].first) != _words(expected[rule])
    ]
    if score_of(tables, rows) != score(problem, lines):
        differing.append(f"score: {score_of(tables, rows)} / {score(problem, lines)}")
    return differing


def _words(violations: Sequence[Violation]) -> Counter[tuple[str, str, str]]:
    return Counter(
        (each.place, each.message, repr(sorted(each.parameters.items()))) for each in violations
    )


@pytest.mark.parametrize("block", range(2))
def test_both_readings_agree_on_numbered_cases(block: int) -> None:
    broken: Counter[str] = Counter()
    for number in range(block * PROBLEMS_PER_BLOCK, (block + 1) * PROBLEMS_PER_BLOCK):
        drawn, choices = case(number)
        reading, problem = Reading(drawn), read_problem(drawn)
        for _, lines in plans_of(number, reading, choices):
            own = [Line(*line) for line in lines]
            assert disagreements(problem, own) == [], f"case {number}"
            broken.update(reading.broken(lines))

    # The sample would prove nothing if it did not break each rule often.
    assert min(broken[rule] for rule in RULE_NAMES) >= BROKEN_LEAST, broken


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(cases())
def test_both_readings_agree_where_hypothesis_looks(found: Case) -> None:
    problem = read_problem(found.reading.problem)
    lines = [Line(*line) for line in found.lines]

    assert disagreements(problem, [*lines, *lines[:2]]) == []


def test_pairs_that_do_not_fit_into_one_block_are_all_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(check_people, "BLOCK_PAIRS", 2)
    for number in range(60):
        drawn, choices = case(number)
        problem = read_problem(drawn)
        people, seats = problem.volunteers[:3], [(s.id, s.roles[0].id) for s in problem.shifts]
        lines = [Line(person.id, *seat) for person in people for seat in choices.shuffled(seats)]
        assert disagreements(problem, lines) == [], f"case {number}"


def test_an_empty_plan_of_an_empty_problem_is_valid() -> None:
    assert disagreements(Problem(Horizon(0, 60)), []) == []


def test_a_plan_with_everything_on_one_person_is_counted_whole() -> None:
    shifts = tuple(
        Shift(f"s{n}", "p", 60 * n, 60 * n + 90, (Role("a", max=1), Role("b", max=1)))
        for n in range(60)
    )
    problem = Problem(Horizon(0, 60 * 62), (Volunteer("v"),), shifts)
    lines = [Line("v", shift.id, role) for shift in reversed(shifts) for role in "ab"]

    assert disagreements(problem, lines) == []
    told = {each.rule: each for each in check_lines(*_rows(problem, lines), told_most=3)}
    assert len(told["H4"].first) == 3
    assert told["H4"].count > 3


def test_sums_beyond_64_bits_are_exact() -> None:
    most = 2**53
    roles = tuple(Role(f"r{n}", min=most, max=most) for n in range(300))
    shift = Shift("s", "p", 0, 60, roles, priority=10, location=(0.0, 0.0))
    people = tuple(Volunteer(f"v{n}", location=(179.0, n / 10)) for n in range(20))
    weights = Weights(*[most] * 5)
    problem = Problem(
        Horizon(0, 60), people, (shift,), weights=weights, rules=Rules(speed_kmh=most)
    )
    lines = [Line(person.id, "s", "r0") for person in people]

    assert disagreements(problem, lines) == []
    assert score(problem, lines).shortfall > 2**63


def _rows(problem: Problem, lines: Sequence[Line]) -> tuple:  # type: ignore[type-arg]
    tables = tables_of(problem)
    return tables, assignments_of(tables, lines)
