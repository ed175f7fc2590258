"""Each hard rule broken on purpose is caught and named; what just keeps it is not."""

from dataclasses import replace

import pytest

from matcher.check import check, check_assignments
from matcher.plan import BoundFrom, Plan, Score, Unfilled
from matcher.problem import Engagement, Forbidden, Problem, Role, Rules, TeamLine
from matcher.solve import solve
from tests.matcher.factories import HERE, MONDAY, THERE, at, lines, problem, shift, volunteer
from tests.matcher.solving import params

A, B, C = (volunteer(name) for name in "abc")
MORNING = shift("m", at(0, 8))
CHILD = volunteer("child", age=12)
NURSE = volunteer("nurse", skills={"aid": 3})


def alone(person: object, where: object, **changed: object) -> Problem:
    return problem([person], [where], **changed)  # type: ignore[list-item]


def with_role(**demands: object) -> Problem:
    role = Role("helper", max=2, **demands)  # type: ignore[arg-type]
    return problem(
        [replace(A, age=20, skills={"aid": 2}, groups=("x",))], [replace(MORNING, roles=(role,))]
    )


def two(first: object, second: object, person: object = A, **changed: object) -> Problem:
    return problem([person], [first, second], **changed)  # type: ignore[list-item]


ENGAGED = replace(A, engaged=(Engagement(at(0, 9), at(0, 11), HERE),))
LATE = shift("late", at(0, 22), hours=4)
TWO_SEATS = replace(MORNING, roles=(Role("helper", max=2), Role("lead", max=1)))
TEAM = replace(MORNING, team=(TeamLine("aid", 2, 1),))
CANCELLED = replace(MORNING, roles=(Role("helper", max=2, min=2),), cancel_below_minimum=True)
FAR = replace(A, location=THERE, max_travel_m=1110)
NEAR = replace(A, location=THERE, max_travel_m=1111)

CASES: list[tuple[str, Problem, tuple[str, ...], set[str]]] = [
    ("skill too low", with_role(skills={"aid": 3}), ("a m",), {"H1"}),
    ("skill high enough", with_role(skills={"aid": 2}), ("a m",), set()),
    ("too young", with_role(min_age=21), ("a m",), {"H1"}),
    ("just old enough", with_role(min_age=20, max_age=20), ("a m",), set()),
    ("too old", with_role(max_age=19), ("a m",), {"H1"}),
    ("other group", with_role(groups=("y",)), ("a m",), {"H1"}),
    ("one group of two", with_role(groups=("y", "x")), ("a m",), set()),
    ("away", alone(replace(A, available=((at(0, 8), at(0, 9)),)), MORNING), ("a m",), {"H2"}),
    (
        "touching intervals are one",
        alone(replace(A, available=((at(0, 9), at(0, 10)), (at(0, 8), at(0, 9)))), MORNING),
        ("a m",),
        set(),
    ),
    ("too far", alone(FAR, replace(MORNING, location=HERE)), ("a m",), {"H3"}),
    ("just near enough", alone(NEAR, replace(MORNING, location=HERE)), ("a m",), set()),
    ("no place, no distance", alone(FAR, MORNING), ("a m",), set()),
    ("overlap", two(MORNING, shift("n", at(0, 9))), ("a m", "a n"), {"H4"}),
    ("back to back", two(MORNING, shift("n", at(0, 10))), ("a m", "a n"), set()),
    (
        "no time for the way",
        two(replace(MORNING, location=HERE), shift("n", at(0, 10.2), location=THERE)),
        ("a m", "a n"),
        {"H4"},
    ),
    (
        "just time for the way: 10 + ceil(60 x 1111 / 15000) = 15",
        two(replace(MORNING, location=HERE), shift("n", at(0, 10.25), location=THERE)),
        ("a m", "a n"),
        set(),
    ),
    ("engaged meanwhile", alone(ENGAGED, MORNING), ("a m",), {"H4"}),
    ("too little rest", two(LATE, shift("n", at(1, 9))), ("a late", "a n"), {"H5"}),
    ("just rest enough", two(LATE, shift("n", at(1, 10))), ("a late", "a n"), set()),
    ("too many minutes", alone(replace(A, max_minutes=119), MORNING), ("a m",), {"H6"}),
    ("just minutes enough", alone(replace(A, max_minutes=120), MORNING), ("a m",), set()),
    (
        "a day too full",
        two(MORNING, shift("n", at(0, 12)), replace(A, max_minutes_per_day=239)),
        ("a m", "a n"),
        {"H6"},
    ),
    (
        "two days, each full",
        two(MORNING, shift("n", at(1, 12)), replace(A, max_minutes_per_day=120)),
        ("a m", "a n"),
        set(),
    ),
    (
        "too many shifts",
        two(MORNING, shift("n", at(1, 12)), replace(A, max_shifts=1)),
        ("a m", "a n"),
        {"H6"},
    ),
    (
        "engagements count as shifts",
        alone(replace(A, engaged=(Engagement(at(3, 9), at(3, 10)),), max_shifts=1), MORNING),
        ("a m",),
        {"H6"},
    ),
    (
        "engagements before the horizon do not",
        alone(replace(A, engaged=(Engagement(MONDAY - 600, MONDAY - 540),), max_shifts=1), MORNING),
        ("a m",),
        set(),
    ),
    (
        "too many people",
        problem([A, B, C], [MORNING]),
        ("a m", "b m", "c m"),
        {"H7"},
    ),
    ("two roles at once", problem([A], [TWO_SEATS]), ("a m", "a m lead"), {"H7"}),
    ("below the minimum", problem([A, B], [CANCELLED]), ("a m",), {"H8"}),
    ("called off", problem([A, B], [CANCELLED]), (), set()),
    ("at the minimum", problem([A, B], [CANCELLED]), ("a m", "b m"), set()),
    ("fixed below the minimum", problem([A, B], [CANCELLED], fixed=lines("a m")), ("a m",), set()),
    ("no first aid", problem([A, NURSE], [TEAM]), ("a m",), {"H9"}),
    ("first aid", problem([A, NURSE], [TEAM]), ("a m", "nurse m"), set()),
    ("fixed without first aid", problem([A], [TEAM], fixed=lines("a m")), ("a m",), set()),
    ("a child alone", problem([CHILD, A], [MORNING]), ("child m",), {"H10"}),
    ("a child and an adult", problem([CHILD, A], [MORNING]), ("child m", "a m"), set()),
    (
        "two children, one adult for each",
        problem(
            [CHILD, replace(CHILD, id="kid"), A],
            [replace(MORNING, roles=(Role("helper", max=3),))],
            rules=Rules(minors_per_adult=1),
        ),
        ("child m", "kid m", "a m"),
        {"H10"},
    ),
    ("a child fixed", problem([CHILD], [MORNING], fixed=lines("child m")), ("child m",), set()),
    ("apart", problem([A, B], [MORNING], apart=(("b", "a"),)), ("a m", "b m"), {"H11"}),
    ("one of a group", problem([A, B], [MORNING], together=(("a", "b"),)), ("a m",), {"H12"}),
    ("the whole group", problem([A, B], [MORNING], together=(("a", "b"),)), ("a m", "b m"), set()),
    (
        "a member fixed there frees the group",
        problem([A, B], [MORNING], together=(("a", "b"),), fixed=lines("a m")),
        ("a m",),
        set(),
    ),
    ("a promise dropped", problem([A], [MORNING], fixed=lines("a m")), (), {"H13"}),
    (
        "a promise need not suit",
        problem(
            [replace(FAR, available=())], [replace(MORNING, location=HERE)], fixed=lines("a m")
        ),
        ("a m",),
        set(),
    ),
    (
        "forbidden",
        problem([A], [MORNING], forbidden=(Forbidden("a", "m", "declined"),)),
        ("a m",),
        {"H14"},
    ),
    (
        "forbidden but promised",
        problem([A], [MORNING], forbidden=(Forbidden("a", "m", "no"),), fixed=lines("a m")),
        ("a m",),
        set(),
    ),
    ("nobody by that name", problem([A], [MORNING]), ("x m",), {"format"}),
    ("no such shift", problem([A], [MORNING]), ("a x",), {"format"}),
    ("no such role", problem([A], [MORNING]), ("a m x",), {"format"}),
    ("the same line twice", problem([A], [MORNING]), ("a m", "a m"), {"format"}),
]


@pytest.mark.parametrize(
    ("asked", "texts", "broken"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_rule(asked: Problem, texts: tuple[str, ...], broken: set[str]) -> None:
    found = check_assignments(asked, lines(*texts))

    assert {each.rule for each in found} == broken
    assert all(each.place and each.message for each in found)


def test_every_rule_is_broken_somewhere_above() -> None:
    named = {rule for case in CASES for rule in case[3]}

    assert named == {f"H{number}" for number in range(1, 15)} | {"format"}


def test_engagements_alone_break_nothing() -> None:
    engaged = (Engagement(at(0, 9), at(0, 11)), Engagement(at(0, 10), at(0, 12)))
    busy = replace(A, engaged=engaged, max_shifts=1, max_minutes=10)

    assert check_assignments(problem([busy], [MORNING]), ()) == []


def _true_plan() -> tuple[Problem, Plan]:
    asked = problem([A, B], [replace(MORNING, roles=(Role("helper", max=3, min=1),))])
    return asked, solve(asked, params())


FALSE_CLAIMS = {
    "score": lambda plan: replace(plan, score=replace(plan.score, cost=plan.score.cost - 1)),
    "bound": lambda plan: replace(plan, bound=replace(plan.bound, open=plan.bound.open + 1)),
    "bound below nought": lambda plan: replace(plan, bound=Score(-1, 0, 0), status="feasible"),
    "status": lambda plan: replace(plan, status="feasible"),
    "unfilled": lambda plan: replace(plan, unfilled=()),
    "unfilled missing": lambda plan: replace(
        plan, unfilled=(replace(plan.unfilled[0], missing=2),)
    ),
    "unfilled reasons": lambda plan: replace(
        plan, unfilled=(replace(plan.unfilled[0], reasons={"busy": 1}),)
    ),
    "unfilled twice": lambda plan: replace(plan, unfilled=plan.unfilled * 2),
    "unfilled unknown": lambda plan: replace(
        plan, unfilled=(*plan.unfilled, Unfilled("x", "y", 1, {}))
    ),
    "unfilled without reasons": lambda plan: replace(
        plan, unfilled=(replace(plan.unfilled[0], reasons=None),)
    ),
}


@pytest.mark.parametrize("claim", FALSE_CLAIMS)
def test_false_claim_is_named(claim: str) -> None:
    asked, plan = _true_plan()
    assert check(asked, plan) == []

    found = check(asked, FALSE_CLAIMS[claim](plan))

    expected = {"status": "bound"}.get(claim, claim.split()[0])
    assert expected in {each.rule for each in found}


def test_plan_without_bounds_is_a_true_plan() -> None:
    asked, plan = _true_plan()
    modest = replace(plan, bound=Score(0, 0, 0), bound_from=BoundFrom(), status="feasible")

    assert check(asked, modest) == []
