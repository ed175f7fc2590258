"""Problems at the edge of what anybody would ask, each planned to the end."""

from dataclasses import replace

import pytest

from benchmarks.instances import draw
from matcher.check import check
from matcher.codec import read_problem
from matcher.plan import Score
from matcher.problem import Horizon, Problem, Role, Weights
from matcher.solve import run, solve
from tests.matcher.factories import (
    DAY,
    HERE,
    MONDAY,
    OFFSET_MINUTES,
    THERE,
    at,
    problem,
    shift,
    volunteer,
)
from tests.matcher.solving import params


def test_a_hundred_thousand_people_who_are_alike() -> None:
    """Nearly all of them are of no use, and none needs to be looked at to know it."""
    people = [volunteer(f"v{number}") for number in range(100_000)]
    roles = (Role("helper", max=30, min=10),)
    asked = problem(people, [shift(f"s{day}", at(day, 8), roles=roles) for day in range(5)])

    plan = solve(asked, params())

    # Everybody serves once at most; a cause liked as well as any other costs 40.
    assert plan.score == Score(0, 0, 150 * 40)
    assert plan.status == "optimal"
    assert len({line.volunteer for line in plan.assignments}) == 150


def test_a_role_that_nobody_can_fill_is_known_to_stay_open() -> None:
    roles = (Role("helper", max=2, min=1), Role("pilot", max=3, min=2, skills={"flying": 5}))
    asked = problem([volunteer("a"), volunteer("b")], [shift("s", at(0, 8), roles=roles)])

    plan = solve(asked, params())

    assert check(asked, plan) == []
    assert plan.status == "optimal"
    assert len(plan.unfilled) == 1
    assert (plan.unfilled[0].role, plan.unfilled[0].missing) == ("pilot", 3)
    # Both are on the shift as helpers: nobody is left to have a reason.
    assert plan.unfilled[0].reasons == {}


def test_a_horizon_of_a_year() -> None:
    """A shift on each of its days, and people who may serve seven times."""
    year = Horizon(MONDAY, MONDAY + 366 * DAY, OFFSET_MINUTES)
    always = ((MONDAY, MONDAY + 366 * DAY),)
    people = [volunteer(f"v{number}", available=always) for number in range(60)]
    shifts = [shift(f"s{day}", at(day, 8), roles=(Role("helper", max=1),)) for day in range(366)]
    asked = problem(people, shifts, horizon=year)

    plan = solve(asked, params())

    assert check(asked, plan) == []
    assert plan.status == "optimal"
    assert plan.score.open == 0


def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    """Ten at night to two: eight hours of rest count from two, the minutes for the first day."""
    night = shift("night", at(0, 22), 4, roles=(Role("helper", max=1),))
    morning = shift("morning", at(1, 9.5), 2, roles=(Role("helper", max=1),))
    late = replace(morning, id="late", start_minute=at(1, 10), end_minute=at(1, 18))
    asked = problem([volunteer("a", max_minutes_per_day=480)], [night, morning, late])

    plan = solve(asked, params())

    assert check(asked, plan) == []
    assert {line.shift for line in plan.assignments} == {"night", "late"}
    assert plan.status == "optimal"


def test_a_change_of_clocks_moves_no_minute() -> None:
    """Berlin, 29 March 2026: at two in the night it is three. Days keep the horizon's offset."""
    roles = [{"id": "helper", "max": 1}]
    shifts = [
        ("night", "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00"),
        ("rest_too_short", "2026-03-30T11:29:00+02:00", "2026-03-30T12:00:00+02:00"),
        ("before", "2026-03-29T00:30:00+01:00", "2026-03-29T01:30:00+01:00"),
        ("late", "2026-03-30T00:30:00+02:00", "2026-03-30T01:00:00+02:00"),
    ]
    asked = read_problem(
        {
            "format": "mulin.problem/1",
            "horizon": {"start": "2026-03-28T00:00:00+01:00", "end": "2026-04-01T00:00:00+02:00"},
            "volunteers": [
                {
                    "id": "v",
                    "available": [["2026-03-28T00:00:00+01:00", "2026-04-01T00:00:00+02:00"]],
                }
            ],
            "shifts": [
                {"id": name, "project": "p", "start": start, "end": end, "roles": roles}
                for name, start, end in shifts
            ],
        }
    )
    by_name = {each.id: each for each in asked.shifts}

    plan = solve(asked, params())

    assert by_name["night"].end_minute - by_name["night"].start_minute == 60
    # Half past midnight in summer time is half past eleven before, in the horizon's own offset.
    assert asked.horizon.day(by_name["late"].start_minute) == asked.horizon.day(
        by_name["night"].start_minute
    )
    assert check(asked, plan) == []
    assert (plan.status, plan.score.open) == ("optimal", 0)


@pytest.mark.parametrize("weights", [Weights(fairness=0), Weights(0, 0, 0, 0, 0)])
def test_weights_of_nought_by_relaxation(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LARGE_COLUMNS", 0)
    asked = replace(draw(50, 12, seed=2), weights=weights)

    plan = solve(asked, params())

    assert check(asked, plan) == []
    assert plan.status == "optimal"


def test_relaxations_of_hardly_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LARGE_COLUMNS", 0)
    person, where = volunteer("a", location=HERE), shift("s", at(0, 8), location=THERE)

    for asked in (problem([], []), problem([person], []), problem([], [where])):
        assert solve(asked, params()).status == "optimal"
    assert _names(problem([person], [where])) == {"a"}


def _names(asked: Problem) -> set[str]:
    return {line.volunteer for line in solve(asked, params()).assignments}
