"""Every term of the three levels, counted by hand."""

from dataclasses import replace

from matcher.plan import Score
from matcher.problem import Line, Role, TeamLine, Weights
from matcher.score import score
from tests.matcher.factories import HERE, THERE, at, lines, problem, shift, volunteer

FREE = Weights(travel=0, cause=0, fairness=0, invite=0, change=0)
A, B = volunteer("a"), volunteer("b")


def test_shortfall_and_open_count_seats_by_priority() -> None:
    roles = (Role("helper", max=3, min=2), Role("lead", max=1, min=1))
    asked = problem([A], [shift("s", at(0, 8), priority=7, roles=roles)], weights=FREE)

    assert score(asked, lines("a s")) == Score(7 * 2, 7 * 3, 0)


def test_shortfall_counts_team_and_adults_only_where_somebody_is_fixed() -> None:
    team = (TeamLine("aid", 2, 2), TeamLine("aid", 5, 1))
    child = volunteer("child", age=12, skills={"aid": 2})
    where = shift("s", at(0, 8), priority=3, team=team)
    asked = problem([child], [where], weights=FREE)

    assert score(asked, lines("child s")).shortfall == 0
    fixed = replace(asked, fixed=lines("child s"))
    assert score(fixed, lines("child s")).shortfall == 3 * (1 + 1 + 1)


def test_travel_counts_whole_hundreds_of_metres() -> None:
    asked = problem(
        [replace(A, location=HERE), B],
        [shift("s", at(0, 8), location=THERE)],
        weights=replace(FREE, travel=2),
    )

    assert score(asked, lines("a s", "b s")).cost == 2 * 11


def test_liking_is_one_unless_named() -> None:
    weights = replace(FREE, cause=10)
    fan = volunteer("fan", likes={"books": 3, "green": 0})
    shifts = [
        shift("books", at(0, 8), cause="books"),
        shift("green", at(1, 8), cause="green"),
        shift("other", at(2, 8), cause="other"),
        shift("none", at(3, 8)),
    ]
    asked = problem([fan], shifts, weights=weights)

    costs = [score(asked, lines(f"fan {each.id}")).cost for each in shifts]

    assert costs == [0, 30, 20, 20]


def test_fairness_grows_with_shifts_given_and_served() -> None:
    served = volunteer("served", served_minutes=719)
    much = volunteer("much", served_minutes=99_999)
    shifts = [shift(f"s{day}", at(day, 8)) for day in range(3)]
    asked = problem([served, much], shifts, weights=replace(FREE, fairness=1))

    assert score(asked, lines("served s0", "served s1", "served s2")).cost == 3 * 2 + 3
    assert score(asked, lines("much s0")).cost == 10


def test_invite_costs_only_where_somebody_is_invited() -> None:
    weights = replace(FREE, invite=4)
    asked = problem(
        [A, B], [shift("s", at(0, 8), invited=("a",)), shift("t", at(1, 8))], weights=weights
    )

    assert score(asked, lines("a s", "b s", "b t")).cost == 4


def test_change_counts_dropped_lines_of_which_the_role_does_not_matter() -> None:
    roles = (Role("helper", max=1), Role("lead", max=1))
    current = (
        Line("a", "s", "lead"),
        Line("b", "s", "helper"),
        Line("gone", "s", "helper"),
        Line("a", "gone", "helper"),
    )
    asked = problem(
        [A, B],
        [shift("s", at(0, 8), roles=roles)],
        weights=replace(FREE, change=5),
        current=current,
    )

    assert score(asked, lines("a s")).cost == 3 * 5
