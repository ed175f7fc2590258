"""Fixed lines that clash are refused with the smallest set of them."""

from dataclasses import replace

import pytest

from matcher.clash import Clash, smallest_clash
from matcher.codec import ProblemRefused, read_problem, write_problem
from matcher.problem import Engagement, Problem, Role
from tests.matcher.factories import at, lines, problem, shift, volunteer

A, B, C = (volunteer(name) for name in "abc")
WEEK = [shift(f"s{day}", at(day, 8), hours=2 + day) for day in range(5)]
ONE_SEAT = shift("one", at(0, 8), roles=(Role("helper", max=1),))
TWO_ROLES = shift("two", at(0, 8), roles=(Role("helper", max=2), Role("lead", max=1)))
ENGAGED = replace(A, engaged=(Engagement(at(0, 9), at(0, 10)),))

CASES: dict[str, tuple[Problem, Clash | None]] = {
    "none": (problem([A, B], WEEK, fixed=lines("a s0", "a s1", "b s0")), None),
    "overlap": (
        problem([A], [*WEEK, shift("x", at(1, 9))], fixed=lines("a s0", "a s1", "a s2", "a x")),
        Clash("H4", (1, 3)),
    ),
    "rest": (
        problem([A], [shift("x", at(0, 20)), shift("y", at(1, 5))], fixed=lines("a x", "a y")),
        Clash("H5", (0, 1)),
    ),
    "engaged": (problem([ENGAGED], WEEK, fixed=lines("a s1", "a s0")), Clash("H4", (1,))),
    "minutes: the longest": (
        problem([replace(A, max_minutes=540)], WEEK, fixed=lines("a s0", "a s1", "a s3", "a s2")),
        Clash("H6", (1, 2, 3)),
    ),
    "minutes of one day": (
        problem([replace(A, max_minutes_per_day=119)], WEEK, fixed=lines("a s0")),
        Clash("H6", (0,)),
    ),
    "shifts": (
        problem([replace(A, max_shifts=1)], WEEK, fixed=lines("a s2", "a s0", "a s1")),
        Clash("H6", (0, 1)),
    ),
    "no shifts left": (
        problem(
            [replace(A, max_shifts=1, engaged=(Engagement(at(5, 9), at(5, 10)),))],
            WEEK,
            fixed=lines("a s0"),
        ),
        Clash("H6", (0,)),
    ),
    "seats": (problem([A, B, C], [ONE_SEAT], fixed=lines("a one", "b one")), Clash("H7", (0, 1))),
    "two roles": (
        problem([A], [TWO_ROLES], fixed=lines("a two", "a two lead")),
        Clash("H7", (0, 1)),
    ),
    "apart": (
        problem([A, B], WEEK, apart=(("b", "a"),), fixed=lines("a s0", "b s1", "b s0")),
        Clash("H11", (0, 2)),
    ),
    "the smallest of two": (
        problem(
            [replace(A, max_shifts=2), B],
            WEEK,
            apart=(("a", "b"),),
            fixed=lines("a s0", "a s1", "a s2", "b s2"),
        ),
        Clash("H11", (2, 3)),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_smallest_clash(name: str) -> None:
    asked, clash = CASES[name]

    assert smallest_clash(asked) == clash


def test_clash_refuses_the_problem_and_names_its_lines() -> None:
    asked, _ = CASES["apart"]

    with pytest.raises(ProblemRefused) as refused:
        read_problem(write_problem(asked))

    (defect,) = refused.value.defects
    assert (defect.place, defect.code) == ("fixed", "fixed_clash")
    assert "fixed[0] (a on s0 as helper); fixed[2] (b on s0 as helper)" in defect.message
