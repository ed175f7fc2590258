"""A problem and its columns say the same, in both directions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.check import check_assignments
from matcher.codec import read_problem
from matcher.problem import Horizon, Line, Problem, Role, Shift, Volunteer
from matcher.rules import merged
from matcher.score import score
from matcher.tables import NO_LIMIT
from matcher.tables.lines import assignments_of, lines_of
from matcher.tables.of_problem import tables_of
from matcher.tables.to_problem import problem_of
from tests.reference.cases import case, plans_of
from tests.reference.reading import Reading
from tests.tables.same import unlike

PROBLEMS = 150


def _canonical(problem: Problem) -> Problem:
    """The problem with what its columns leave out: intervals merged, names in order."""
    people = {each.id for each in problem.volunteers}
    shifts = {each.id: {role.id for role in each.roles} for each in problem.shifts}
    known = [line for line in problem.current if line.volunteer in people and line.shift in shifts]
    return replace(
        problem,
        volunteers=tuple(
            replace(
                each,
                available=tuple(merged(each.available)),
                groups=tuple(sorted(each.groups)),
                skills=dict(each.skills),
                likes=dict(each.likes),
            )
            for each in problem.volunteers
        ),
        shifts=tuple(
            replace(
                shift,
                roles=tuple(
                    replace(role, groups=tuple(sorted(role.groups)), skills=dict(role.skills))
                    for role in shift.roles
                ),
            )
            for shift in problem.shifts
        ),
        current=tuple(
            line if line.role in shifts[line.shift] else replace(line, role="gone")
            for line in known
        ),
    )


@pytest.mark.parametrize("block", range(2))
def test_columns_say_what_the_problem_says(block: int) -> None:
    for number in range(block * PROBLEMS, (block + 1) * PROBLEMS):
        drawn, choices = case(number)
        reading, problem = Reading(drawn), read_problem(drawn)
        tables = tables_of(problem)
        again = problem_of(tables)

        dropped = len(problem.current) - len(_canonical(problem).current)
        assert tables.relations.current_dropped == dropped
        kept = again.current[: len(again.current) - dropped]
        assert _canonical(replace(again, current=kept)) == _canonical(problem), f"case {number}"
        assert unlike(tables_of(again), tables) == [], f"case {number}"
        for _, lines in plans_of(number, reading, choices):
            own = [Line(*line) for line in lines]
            assert score(again, own) == score(problem, own)
            assert check_assignments(again, own) == check_assignments(problem, own)
            assert lines_of(tables, assignments_of(tables, own)) == tuple(own)


def test_nothing_at_all_has_columns() -> None:
    problem = Problem(Horizon(0, 60))

    assert problem_of(tables_of(problem)) == problem


def test_edges_of_what_a_field_may_hold_survive() -> None:
    most = 2**53
    volunteer = Volunteer(
        "v", max_travel_m=0, age=most, max_minutes=most, location=(-0.0, 0.0), likes={"x": 0}
    )
    role = Role("r", max=most, min_age=most, max_age=most)
    shift = Shift("s", "p", 0, 60, (role,), location=(180.0, -90.0))
    problem = Problem(Horizon(0, 60, -330), (volunteer, Volunteer("w")), (shift,))

    tables = tables_of(problem)

    assert problem_of(tables) == problem
    assert tables.people.max_travel_m.tolist() == [0, NO_LIMIT]
    assert np.isnan(tables.people.longitude).tolist() == [False, True]


def test_a_current_line_whose_role_is_gone_is_kept_by_its_shift() -> None:
    shift = Shift("s", "p", 0, 60, (Role("gone-0", max=1),))
    current = (Line("v", "s", "old"), Line("v", "s", "older"), Line("gone-0", "s", "old"))
    problem = Problem(Horizon(0, 60), (Volunteer("v"),), (shift,), current=current)

    tables = tables_of(problem)
    again = problem_of(tables)

    assert tables.relations.current_role.tolist() == [-1, -1]
    assert tables.relations.current_dropped == 1
    assert len(set(again.current)) == 3
    assert (
        score(again, [Line("v", "s", "gone-0")]).cost
        == score(problem, [Line("v", "s", "gone-0")]).cost
    )


def test_an_unknown_line_has_no_row() -> None:
    tables = tables_of(Problem(Horizon(0, 60), (Volunteer("v"),)))

    with pytest.raises(KeyError):
        assignments_of(tables, [Line("v", "s", "r")])
