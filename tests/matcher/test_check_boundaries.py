"""Each rule where it just holds and just breaks, named with its place in problem or plan."""

import math
from dataclasses import replace

import pytest

from matcher.check import check_assignments
from matcher.codec import read_problem
from matcher.geometry import EARTH_RADIUS_M
from matcher.problem import Engagement, Forbidden, Horizon, Line, Problem, Role, Rules, TeamLine
from tests.matcher.factories import (
    HERE,
    HORIZON,
    MONDAY,
    THERE,
    at,
    lines,
    problem,
    shift,
    volunteer,
)

A, B = volunteer("a"), volunteer("b")
MORNING = shift("m", at(0, 8))
LATE = shift("late", at(0, 23), hours=4)
ANY_REST = Rules(min_rest_minutes=0)


def north(metres: int) -> tuple[float, float]:
    """A place so many whole metres from `HERE`, half a metre beyond to be safe from rounding."""
    return HERE[0], HERE[1] + math.degrees((metres + 0.5) / EARTH_RADIUS_M)


def moved(metres: int, gap_minutes: int) -> Problem:
    """Two shifts of one day, so far apart in place and in time."""
    second = shift("n", at(0, 10) + gap_minutes, location=north(metres))
    return problem([A], [replace(MORNING, location=HERE), second])


def crowd(minors: int, adults: int, **changed: object) -> Problem:
    people = [volunteer(f"child{each}", age=17) for each in range(minors)]
    people += [volunteer(f"adult{each}", age=18) for each in range(adults)]
    seats = (Role("helper", max=20),)
    return problem(people, [replace(MORNING, roles=seats)], **changed)  # type: ignore[arg-type]


def everybody(asked: Problem) -> tuple[Line, ...]:
    return tuple(Line(each.id, "m", "helper") for each in asked.volunteers)


BOTH = lines("a m", "a n")
BOUNDARIES: dict[str, tuple[Problem, tuple[Line, ...], set[str]]] = {
    "200 m need no transfer": (moved(200, 0), BOTH, set()),
    "201 m need 10 + ceil(0.804)": (moved(201, 10), BOTH, {"H4"}),
    "201 m have 10 + ceil(0.804)": (moved(201, 11), BOTH, set()),
    "1,250 m need 10 + 5": (moved(1250, 14), BOTH, {"H4"}),
    "1,250 m have 10 + 5": (moved(1250, 15), BOTH, set()),
    "1,251 m need a minute more": (moved(1251, 15), BOTH, {"H4"}),
    "slower people need longer": (
        replace(moved(1250, 15), rules=Rules(speed_kmh=14)),
        BOTH,
        {"H4"},
    ),
    "no transfer from one day to the next": (
        problem(
            [A],
            [replace(LATE, location=HERE), shift("n", at(1, 3), location=THERE)],
            rules=ANY_REST,
        ),
        lines("a late", "a n"),
        set(),
    ),
    "an overlap of two days is also no rest": (
        problem([A], [LATE, shift("n", at(1, 2))]),
        lines("a late", "a n"),
        {"H4", "H5"},
    ),
    "rest of a minute too little": (
        problem([A], [LATE, shift("n", at(1, 11) - 1)]),
        lines("a late", "a n"),
        {"H5"},
    ),
    "rest just kept": (
        problem([A], [LATE, shift("n", at(1, 11))]),
        lines("a late", "a n"),
        set(),
    ),
    "minutes past midnight count on the day of the start": (
        problem(
            [replace(A, max_minutes_per_day=240)],
            [LATE, shift("n", at(1, 12), hours=4)],
        ),
        lines("a late", "a n"),
        set(),
    ),
    "and a day is full by them": (
        problem([replace(A, max_minutes_per_day=359)], [MORNING, LATE]),
        lines("a m", "a late"),
        {"H6"},
    ),
    "available to the minute": (
        problem([replace(A, available=((at(0, 8), at(0, 10)),))], [MORNING]),
        lines("a m"),
        set(),
    ),
    "a minute missing at the end": (
        problem([replace(A, available=((at(0, 8), at(0, 10) - 1),))], [MORNING]),
        lines("a m"),
        {"H2"},
    ),
    "a minute missing in the middle": (
        problem(
            [replace(A, available=((at(0, 8), at(0, 9)), (at(0, 9) + 1, at(0, 10))))], [MORNING]
        ),
        lines("a m"),
        {"H2"},
    ),
    "engaged from the first minute of the horizon": (
        problem([replace(A, engaged=(Engagement(MONDAY, MONDAY + 1),), max_shifts=1)], [MORNING]),
        lines("a m"),
        {"H6"},
    ),
    "engaged from its end": (
        problem(
            [
                replace(
                    A,
                    engaged=(Engagement(HORIZON.end_minute, HORIZON.end_minute + 60),),
                    max_shifts=1,
                )
            ],
            [MORNING],
        ),
        lines("a m"),
        set(),
    ),
    "engaged before the horizon and still tired": (
        problem(
            [replace(A, engaged=(Engagement(MONDAY - 60, MONDAY + 1),), max_shifts=1)], [MORNING]
        ),
        lines("a m"),
        {"H5"},
    ),
    "one adult for five": (crowd(5, 1), everybody(crowd(5, 1)), set()),
    "one adult for six": (crowd(6, 1), everybody(crowd(6, 1)), {"H10"}),
    "adults from 17": (
        crowd(6, 1, rules=Rules(adult_age=17)),
        everybody(crowd(6, 1)),
        set(),
    ),
    "one person has all that a team asks for": (
        problem(
            [replace(A, skills={"aid": 2, "drive": 1})],
            [replace(MORNING, team=(TeamLine("aid", 2, 1), TeamLine("drive", 1, 1)))],
        ),
        lines("a m"),
        set(),
    ),
    "a member fixed on another shift frees no group": (
        problem(
            [A, B],
            [MORNING, shift("n", at(1, 8))],
            together=(("a", "b"),),
            fixed=lines("a n"),
        ),
        lines("a m", "a n"),
        {"H12"},
    ),
}


@pytest.mark.parametrize("name", BOUNDARIES)
def test_boundary(name: str) -> None:
    asked, plan, broken = BOUNDARIES[name]

    assert {each.rule for each in check_assignments(asked, plan)} == broken


@pytest.mark.parametrize(("offset", "broken"), [(480, {"H5"}), (0, set()), (-330, set())])
def test_day_is_the_calendar_day_at_the_horizon_s_offset(offset: int, broken: set[str]) -> None:
    """23:00 and 01:30 at +08:00 are two days there, and one afternoon elsewhere."""
    asked = problem(
        [A],
        [shift("m", at(0, 23)), shift("n", at(1, 1.5))],
        horizon=Horizon(MONDAY, MONDAY + 7 * 1440, offset),
    )

    assert {each.rule for each in check_assignments(asked, BOTH)} == broken


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026-03-02T23:00:00+08:00", "2026-03-03T01:30:00+08:00"),
        ("2026-03-02T15:00:00Z", "2026-03-02T17:30:00Z"),
        ("2026-03-02T10:00:00-05:00", "2026-03-03T03:00:00+09:30"),
    ],
)
def test_offset_in_which_a_time_is_written_says_nothing(first: str, second: str) -> None:
    ends = {"2026-03-02T23:00:00+08:00": "2026-03-03T00:00:00+08:00"}
    week = ["2026-03-02T00:00:00+08:00", "2026-03-09T00:00:00+08:00"]
    roles = [{"id": "helper", "max": 1}]
    asked = read_problem(
        {
            "format": "mulin.problem/1",
            "horizon": dict(zip(("start", "end"), week, strict=True)),
            "volunteers": [{"id": "a", "available": [week]}],
            "shifts": [
                {
                    "id": "m",
                    "project": "p",
                    "start": first,
                    "end": ends.get(first, "2026-03-02T16:00:00Z"),
                    "roles": roles,
                },
                {
                    "id": "n",
                    "project": "p",
                    "start": second,
                    "end": "2026-03-02T18:00:00Z",
                    "roles": roles,
                },
            ],
        }
    )

    (broken,) = check_assignments(asked, BOTH)

    assert (broken.rule, broken.parameters["gap"], broken.parameters["needed"]) == ("H5", 90, 480)


CHILD = volunteer("child", age=12)
QUIET = shift("quiet", at(3, 8))
SMALL = replace(MORNING, roles=(Role("helper", max=1), Role("lead", max=1)))
PLACES: dict[str, tuple[Problem, tuple[Line, ...], str]] = {
    "H1": (
        problem([A], [QUIET, replace(MORNING, roles=(Role("helper", max=1, min_age=31),))]),
        lines("a quiet", "a m"),
        "assignments[1]",
    ),
    "H2": (
        problem([replace(A, available=((at(3, 0), at(4, 0)),))], [QUIET, MORNING]),
        lines("a quiet", "a m"),
        "assignments[1]",
    ),
    "H3": (
        problem(
            [replace(A, location=HERE, max_travel_m=999)],
            [QUIET, replace(MORNING, location=north(1000))],
        ),
        lines("a quiet", "a m"),
        "assignments[1]",
    ),
    "H4": (
        problem([A], [QUIET, MORNING, shift("n", at(0, 9))]),
        lines("a quiet", "a m", "a n"),
        "assignments[1]",
    ),
    "H5": (
        problem([A], [QUIET, LATE, shift("n", at(1, 8))]),
        lines("a quiet", "a late", "a n"),
        "assignments[1]",
    ),
    "H6": (
        problem([B, replace(A, max_minutes=100)], [QUIET, MORNING]),
        lines("b quiet", "a m"),
        "assignments[1]",
    ),
    "H7": (problem([A, B], [QUIET, SMALL]), lines("a m", "b m"), "shifts[1]"),
    "H8": (
        problem(
            [A],
            [
                QUIET,
                replace(
                    MORNING,
                    roles=(Role("helper", max=1), Role("lead", max=1, min=1)),
                    cancel_below_minimum=True,
                ),
            ],
        ),
        lines("a m"),
        "shifts[1]",
    ),
    "H9": (
        problem([A], [QUIET, replace(MORNING, team=(TeamLine("aid", 1, 1),))]),
        lines("a quiet", "a m"),
        "shifts[1]",
    ),
    "H10": (problem([A, CHILD], [QUIET, MORNING]), lines("a quiet", "child m"), "shifts[1]"),
    "H11": (
        problem([A, B], [QUIET, MORNING], apart=(("a", "b"),)),
        lines("a m", "b m"),
        "shifts[1]",
    ),
    "H12": (
        problem([A, B], [QUIET, MORNING], together=(("a", "b"),)),
        lines("b m"),
        "shifts[1]",
    ),
    "H13": (
        problem([A], [QUIET, SMALL], fixed=lines("a quiet", "a m lead")),
        lines("a quiet", "a m helper"),
        "fixed[1]",
    ),
    "H14": (
        problem([A], [QUIET, MORNING], forbidden=(Forbidden("a", "m", "declined"),)),
        lines("a quiet", "a m"),
        "assignments[1]",
    ),
}


@pytest.mark.parametrize("rule", PLACES)
def test_broken_rule_is_named_alone_with_its_place(rule: str) -> None:
    asked, plan, place = PLACES[rule]

    found = check_assignments(asked, plan)

    assert [(each.rule, each.place) for each in found] == [(rule, place)]
