"""Why somebody is or is not on a shift, against the reading and against all valid plans."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from matcher.check import check_assignments
from matcher.codec import read_problem, write_problem
from matcher.explaining.answers import Difference, Effort, Impossible
from matcher.explaining.changes import applied
from matcher.explaining.instead import with_one_more, without
from matcher.explaining.person import next_in_line, why_not, why_this
from matcher.problem import Line as MatcherLine
from tests.reference.book import Line, Score
from tests.reference.brute import TooLarge
from tests.reference.cases import case
from tests.reference.filling import best
from tests.reference.plans import grown
from tests.reference.problems import SMALL, TINY, all_lines
from tests.reference.reading import Reading

if TYPE_CHECKING:
    from matcher.problem import Problem

BLOCKS = range(3)
PER_BLOCK = 40
COMBINATIONS_MOST = 3_000
EFFORT = Effort(seconds=600, clock=time.monotonic, nodes=20_000)


def drawn(number: int, size: object = SMALL) -> tuple[Reading, Problem, list[Line]]:
    document, choices = case(number, size)  # type: ignore[arg-type]
    reading = Reading(document)
    return reading, read_problem(document), grown(reading, choices, share_percent=80)


def as_matcher(lines: list[Line]) -> list[MatcherLine]:
    return [MatcherLine(*line) for line in lines]


@pytest.mark.parametrize("block", BLOCKS)
def test_why_not_agrees_with_the_reading_and_with_check(block: int) -> None:
    reasons: Counter[str] = Counter()
    for number in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        reading, problem, lines = drawn(number)
        plan = as_matcher(lines)
        for line in all_lines(reading.problem)[:: 1 + number % 3]:
            if line.volunteer in reading.people_on(lines, line.shift):
                continue
            said = why_not(problem, plan, MatcherLine(*line))
            reasons[str(said.reason)] += 1
            where = f"case {number}, {line}"
            assert said.reason == reading.reason(lines, line), where
            broken = reading.broken([*lines, line])
            named = {each.rule for each in said.words}
            assert named == broken - {"H1", "H2", "H3", "H7", "H14"}, where
            standing = set(said.standing.lacking)
            assert bool(standing & {"skills", "age", "group"}) == ("H1" in broken), where
            assert ("unavailable" in standing) == ("H2" in broken), where
            assert ("too_far" in standing) == ("H3" in broken), where
            assert said.is_full == ("H7" in broken), where
            assert bool(said.forbidden) == ("H14" in broken), where

    assert len(reasons) == 9, reasons


@pytest.mark.parametrize("block", BLOCKS)
def test_what_would_have_to_change_is_enough(block: int) -> None:
    lifted = limits = 0
    for number in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        reading, problem, lines = drawn(number)
        plan = as_matcher(lines)
        for line in all_lines(reading.problem):
            if line.volunteer in reading.people_on(lines, line.shift):
                continue
            said = why_not(problem, plan, MatcherLine(*line))
            outside = (
                said.standing.is_outside_groups and not reading.volunteers[line.volunteer]["groups"]
            )
            if said.reason in ("forbidden", "free") or said.give_up is None or outside:
                continue
            lifted += 1
            left = [each for each in plan if each not in said.give_up]
            changed = Reading(write_problem(applied(problem, said.changes)))
            own = [
                Line(each.volunteer, each.shift, each.role)
                for each in [*left, MatcherLine(*line)]
                if each.volunteer == line.volunteer
            ]
            personal = changed.broken(own) & {"H1", "H2", "H3", "H4", "H5", "H6"}
            assert personal == set(), f"case {number}, {line}, {said}"
            if said.limit is not None:
                changes = [*said.changes, said.limit]
                raised = Reading(write_problem(applied(problem, changes)))
                assert raised.broken([*lines, line]) & {"H4", "H5", "H6"} == set()
                limits += 1

    assert lifted >= PER_BLOCK
    assert limits >= 5


@pytest.mark.parametrize("block", BLOCKS)
def test_parts_of_a_line_are_what_it_costs(block: int) -> None:
    parts: Counter[str] = Counter()
    for number in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        reading, problem, lines = drawn(number)
        for line in lines:
            said = why_this(problem, as_matcher(lines), MatcherLine(*line))
            left = [each for each in lines if each != line]
            assert said.cost == reading.cost(lines) - reading.cost(left), f"case {number}, {line}"
            names = ("travel", "cause", "invite", "fairness", "change")
            parts.update(name for name in names if getattr(said, name))
            for other, more in next_in_line(problem, as_matcher(lines), MatcherLine(*line)):
                swapped = [*left, Line(other.volunteer, other.shift, other.role)]
                assert not check_assignments(problem, as_matcher(swapped))
                assert more == reading.cost(swapped) - reading.cost(lines), f"case {number}"
                parts["next"] += 1

    assert len(parts) == 6, parts


@pytest.mark.parametrize("block", BLOCKS)
def test_plan_without_a_line_and_with_a_seat_more_are_the_best_of_all(block: int) -> None:
    compared: Counter[str] = Counter()
    for number in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        reading, problem, lines = drawn(number, TINY)
        plan = as_matcher(lines)
        for line in [each for each in lines if each not in reading.fixed][:2]:
            found = without(problem, plan, MatcherLine(*line), EFFORT)
            ruled_out = {**reading.problem}
            ruled_out["forbidden"] = [
                *ruled_out.get("forbidden", []),
                {"volunteer": line.volunteer, "shift": line.shift, "reason": "asked"},
            ]
            compared["without"] += _is_best(reading, Reading(ruled_out), lines, found, None, 0)
        for key in list(reading.unfilled(lines))[:2]:
            have = sum(1 for line in lines if (line.shift, line.role) == key)
            more = with_one_more(problem, plan, key, EFFORT)
            name = "impossible" if isinstance(more, Impossible) else "more"
            compared[name] += _is_best(reading, reading, lines, more, key, have + 1)

    assert min(compared[name] for name in ("without", "impossible", "more")) >= 5, compared


def _is_best(
    reading: Reading,
    changed: Reading,
    lines: list[Line],
    found: Difference | Impossible | None,
    key: tuple[str, str] | None,
    people_least: int,
) -> bool:
    """Whether it was compared; fails where the difference is not the true one."""
    try:
        true = best(changed, key, people_least, COMBINATIONS_MOST)
    except TooLarge:
        return False
    except ValueError:
        assert isinstance(found, Impossible)
        return True
    assert isinstance(found, Difference)
    assert found.is_proven
    assert Score(*map(sum, zip(found.levels, reading.score(lines), strict=True))) == true
    other = [Line(each.volunteer, each.shift, each.role) for each in found.lines]
    assert changed.broken(other) == set()
    assert reading.score(other) == true
    return True
