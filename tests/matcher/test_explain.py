"""Everybody who is not on a shift is counted once, by the first thing in the way."""

from dataclasses import replace

from benchmarks.instances import draw
from matcher.check import check_assignments
from matcher.explain import obstacles_of, unfilled
from matcher.greedy import greedy
from matcher.problem import Engagement, Forbidden, Line, Role, TeamLine
from tests.matcher.factories import HERE, THERE, at, lines, problem, shift, volunteer

ROLE = Role("helper", max=9, skills={"aid": 2}, min_age=18, groups=("x",))
WHERE = shift("s", at(0, 8), roles=(ROLE,), location=HERE, team=(TeamLine("aid", 3, 1),))
FIT = volunteer("fit", skills={"aid": 3}, groups=("x",), location=HERE, max_travel_m=500)
PEOPLE = {
    "forbidden": replace(FIT, id="forbidden", age=10),
    "skills": replace(FIT, id="skills", age=10, skills={"aid": 1}),
    "age": replace(FIT, id="age", age=10, groups=()),
    "group": replace(FIT, id="group", groups=("y",), available=()),
    "unavailable": replace(FIT, id="unavailable", available=((at(1, 0), at(2, 0)),)),
    "too_far": replace(
        FIT, id="too_far", location=THERE, engaged=(Engagement(at(0, 8), at(0, 9)),)
    ),
    "busy": replace(FIT, id="busy", max_minutes=60, skills={"aid": 2}),
    "team": replace(FIT, id="team", skills={"aid": 2}),
    "free": FIT,
}


def test_each_reason_is_the_first_that_holds() -> None:
    forbidden = (Forbidden("forbidden", "s", "declined"),)
    asked = problem(list(PEOPLE.values()), [WHERE], forbidden=forbidden)

    (row,) = unfilled(asked, (), optimal=False)

    assert (row.shift, row.role, row.missing) == ("s", "helper", 9)
    assert dict(row.reasons or {}) == dict.fromkeys(PEOPLE, 1)
    assert list(row.reasons or {}) == list(PEOPLE)
    for name, person in PEOPLE.items():
        assert obstacles_of(asked, (), person.id) == {("s", "helper"): name}


def test_people_on_the_shift_are_not_counted() -> None:
    roles = (Role("helper", max=2), Role("lead", max=1))
    asked = problem([volunteer("a"), volunteer("b")], [shift("s", at(0, 8), roles=roles)])

    rows = unfilled(asked, lines("a s"), optimal=False)

    assert [(row.role, dict(row.reasons or {})) for row in rows] == [
        ("helper", {"free": 1}),
        ("lead", {"free": 1}),
    ]


def test_one_of_a_group_would_break_the_team() -> None:
    people = [volunteer(name) for name in "abc"]
    asked = problem(people, [shift("s", at(0, 8))], together=(("a", "b"), ("b", "c")))

    (row,) = unfilled(asked, (), optimal=False)

    assert row.reasons == {"team": 3}


def test_reasons_are_left_out_where_they_are_not_asked_for() -> None:
    asked = problem([volunteer("a")], [shift("s", at(0, 8))])

    (row,) = unfilled(asked, (), optimal=False, reasons=False)

    assert row.reasons is None


def test_counts_add_up_and_agree_with_check_on_a_drawn_problem() -> None:
    asked = draw(60, 12, seed=5)
    plan = greedy(asked)

    rows = unfilled(asked, plan, optimal=False)

    assert rows
    for row in rows:
        on_shift = sum(1 for line in plan if line.shift == row.shift)
        assert sum((row.reasons or {}).values()) + on_shift == len(asked.volunteers)
        free = (row.reasons or {}).get("free", 0)
        assert free == _valid_additions(asked, plan, row.shift, row.role)


def _valid_additions(asked: object, plan: tuple[Line, ...], where: str, role: str) -> int:
    people = {line.volunteer for line in plan if line.shift == where}
    more = (
        Line(each.id, where, role)
        for each in asked.volunteers  # type: ignore[attr-defined]
        if each.id not in people
    )
    return sum(1 for line in more if not check_assignments(asked, (*plan, line)))  # type: ignore[arg-type]
