"""What prices prove: counted by loops, read over all pairs in plain Python, and never too much."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.cities import DISTRICT, draw_city
from matcher.bounds.crowd import crowd_of, space_of
from matcher.bounds.loops import metres, surely_away
from matcher.bounds.prices import PRICE_MOST, PriceCertificate, digest
from matcher.bounds.proving import proven_bounds, unproven
from matcher.bounds.refusals import CertificateRefused
from matcher.city import price_certificate
from matcher.codec import read_problem, write_problem
from matcher.geometry import distance_m
from matcher.plan import BoundFrom, Score
from matcher.problem import Weights
from matcher.tables import NO_LIMIT, Tables
from matcher.tables.of_problem import tables_of
from matcher.tables.to_problem import problem_of
from tests.matcher.test_city import numbered, solved
from tests.reference import book
from tests.reference.pricing import Pricing
from tests.reference.proving import agree_on

if TYPE_CHECKING:
    from collections.abc import Callable

AWAY = st.tuples(
    st.sampled_from((-180.0, -0.5, 0.0, 121.47, 179.9)), st.sampled_from((-90.0, 0.0, 31.2, 89.9))
)
NEAR = st.floats(0, 0.1, allow_subnormal=False)


def with_prices(tables: Tables, prices: Any, seat: int = 100, below: int = 20) -> PriceCertificate:
    return PriceCertificate(digest(tables), seat, below, np.asarray(prices, np.int64))


# ---- the same over all pairs, and never too much ---------------------------------------------


def test_loops_and_a_plain_reading_prove_the_same_and_never_more_than_is_true() -> None:
    """Random problems with every rule in use, random prices and weights; brute force on tiny ones.

    `make prove` does the same thousands of times.
    """
    told = agree_on(numbered(500, 30), vectors=8, seed=1)
    assert told.asked == 240
    assert told.held_against_brute_force > 60
    assert told.positive > 60


@pytest.fixture(scope="module")
def district() -> Tables:
    return draw_city(400, 12, 5, DISTRICT)


def over_the_world(tables: Tables) -> Tables:
    """The same people and shifts around the poles and both sides of the line of dates."""
    chance = np.random.default_rng(3)

    def spread(longitude: Any, latitude: Any) -> dict[str, Any]:
        where = chance.integers(0, 4, len(longitude))
        east = np.where(where == 0, 180 - (longitude - 121), longitude)
        east = np.where(where == 1, (longitude - 121.4) - 180, east)
        north = np.where(where < 2, latitude - 31.2, np.where(where == 2, 58 + latitude, latitude))
        return {"longitude": np.clip(east, -180, 180), "latitude": np.clip(north, -90, 90)}

    people = tables.people
    away = spread(people.longitude, people.latitude)
    limit = np.where(chance.random(len(people)) < 0.5, 50_000, NO_LIMIT)
    shifts = tables.shifts
    return replace(
        tables,
        people=replace(people, max_travel_m=limit.astype(np.int64), **away),
        shifts=replace(shifts, **spread(shifts.longitude, shifts.latitude)),
    )


@pytest.mark.parametrize("place", [lambda tables: tables, over_the_world])
def test_cells_leave_nobody_out(district: Tables, place: Callable[[Tables], Tables]) -> None:
    """Hundreds of people in many cells, also where longitudes begin again."""
    problem = problem_of(place(district))
    tables = tables_of(problem)
    pricing = Pricing(write_problem(problem))
    chance = np.random.default_rng(2)
    given_ = Score(3, 20, 0)
    for high in (1, 300, 4_000):
        prices = chance.integers(0, high, len(tables.people))
        by_id = dict(zip(tables.people.id.tolist(), prices.tolist(), strict=True))
        found = proven_bounds(tables, given_, with_prices(tables, prices, seat=200))
        plain = pricing.proven(by_id, 200, 20, book.Score(3, 20, 0))
        assert (found.shortfall, found.open, found.cost) == tuple(plain)


def test_everybody_is_in_the_ball_of_their_cell(district: Tables) -> None:
    tables = over_the_world(district)
    crowd, cells, order = crowd_of(tables, np.arange(len(tables.people), dtype=np.int64))
    assert sorted(order.tolist()) == list(range(len(tables.people)))
    assert len(cells.radius) > 5
    cell = np.repeat(np.arange(len(cells.radius)), np.diff(cells.first))
    away = np.sqrt(((crowd.space - cells.middle[cell]) ** 2).sum(axis=1))
    assert (np.isnan(away) | (away <= cells.radius[cell])).all()
    assert np.isinf(cells.radius[cell[np.isnan(away)]]).all()
    assert (cells.least[cell] <= crowd.price).all()
    assert (cells.reach_m[cell] >= crowd.limit_m).all()


@settings(deadline=None)  # The first example compiles the loop.
@given(AWAY, NEAR, NEAR, AWAY, NEAR, NEAR)
def test_distances_are_those_of_the_format_and_their_floors_below(
    one: tuple[float, float], east: float, north: float,
    other: tuple[float, float], east2: float, north2: float,
) -> None:  # fmt: skip
    first, second = (one[0] + east, one[1] + north), (other[0] + east2, other[1] + north2)
    true = distance_m(first, second)
    assert metres(first[0], np.radians(first[1]), second[0], np.radians(second[1])) == true
    space = space_of(np.array([first[0], second[0]]), np.array([first[1], second[1]]))
    assert surely_away(space, 0, space, 1, 0.0) <= true


def test_a_team_line_for_nobody_asks_for_nobody() -> None:
    """A person without the skill serves alone, at no cost."""
    day = "2026-03-07T{}:00:00+08:00"
    problem = read_problem(
        {
            "format": "mulin.problem/1",
            "horizon": {"start": day.format("00"), "end": day.format("20")},
            "volunteers": [
                {"id": "plain", "available": [[day.format("08"), day.format("12")]]},
                {
                    "id": "skilled",
                    "available": [[day.format("08"), day.format("12")]],
                    "skills": {"first aid": 3},
                    "served_minutes": 2400,
                },
            ],
            "shifts": [
                {
                    "id": "shift",
                    "project": "project",
                    "start": day.format("09"),
                    "end": day.format("11"),
                    "team": [{"skill": "first aid", "level": 2, "count": 0}],
                    "roles": [{"id": "role", "max": 1}],
                }
            ],
        }
    )
    plan = solved(tables_of(problem))
    assert (plan.score.cost, plan.bound.cost) == (40, 40)
    tables = tables_of(problem)
    assert proven_bounds(tables, plan.score, with_prices(tables, [0, 0])).cost == 40


# ---- what the engine kept --------------------------------------------------------------------


def test_the_engine_s_certificate_bears_its_plan_s_bound_out() -> None:
    town = draw_city(2_000, 100, 4, DISTRICT)
    plan = solved(town)
    certificate = price_certificate(town, plan.certificate)
    found = proven_bounds(town, plan.score, certificate)
    assert unproven(plan.bound, plan.bound_from, found) == []
    assert found.cost == plan.bound.cost > 0.9 * plan.score.cost
    more = replace(plan.bound, cost=plan.bound.cost + 1, open=plan.bound.open + 1)
    broken = unproven(more, plan.bound_from, found)
    assert [each.place for each in broken] == ["bound.open", "bound.cost"]
    assert unproven(more, BoundFrom("trivial", "search", "search"), found) == []


def test_over_the_poles_and_the_line_of_dates_the_engine_proves_no_more_than_is_true() -> None:
    """Its cells are for cities; farther apart they leave nobody out either."""
    town = over_the_world(draw_city(600, 30, 6, DISTRICT))
    plan = solved(town)
    found = proven_bounds(town, plan.score, price_certificate(town, plan.certificate))
    assert unproven(plan.bound, plan.bound_from, found) == []
    assert plan.bound.cost > 0


def test_worse_prices_prove_less_and_never_too_much(district: Tables) -> None:
    plan = solved(district)
    best = proven_bounds(district, plan.score, price_certificate(district, plan.certificate))
    prices = plan.certificate.prices
    for worse in (np.zeros_like(prices), prices + 500, np.full(len(prices), PRICE_MOST // 2**12)):
        found = proven_bounds(district, plan.score, with_prices(district, worse))
        assert found.cost < best.cost <= plan.score.cost


def test_a_war_of_prices_for_a_seat_that_nobody_can_have_proves_something_all_the_same() -> None:
    """Where one seat must stay open, bids for it go to the sky; their ceiling is what proves."""
    town = draw_city(1_000, 40, 1, DISTRICT)
    plan = solved(town)
    assert plan.score.open == plan.bound.open > 0
    assert plan.bound.cost > 0.85 * plan.score.cost


# ---- refusals --------------------------------------------------------------------------------


def refusal(tables: Tables, certificate: PriceCertificate) -> str:
    with pytest.raises(CertificateRefused) as refused:
        proven_bounds(tables, Score(0, 0, 0), certificate)
    return refused.value.code


def test_a_certificate_of_another_problem_or_of_other_people_is_refused(district: Tables) -> None:
    nothing = np.zeros(len(district.people), np.int64)
    one = replace(district, weights=replace(district.weights, travel=2))
    assert refusal(one, with_prices(district, nothing)) == "certificate_of_another_problem"
    assert refusal(district, with_prices(district, nothing[1:])) == "certificate_of_other_people"


@pytest.mark.parametrize("name", ["travel", "cause", "fairness", "invite", "change"])
def test_numbers_that_64_bits_cannot_hold_are_refused(name: str) -> None:
    many = draw_city(60, 60, 1, DISTRICT)
    large = replace(many, weights=replace(Weights(), **{name: 2**53}))
    prices = np.zeros(len(many.people), np.int64)
    assert refusal(large, with_prices(large, prices)) == "certificate_too_large"


def test_prices_and_seats_that_64_bits_cannot_hold_are_refused(district: Tables) -> None:
    prices = np.zeros(len(district.people), np.int64)
    seat = with_prices(district, prices, seat=2**40, below=2**20)
    assert refusal(district, seat) == "certificate_too_large"
    prices[3] = 2**62
    assert refusal(district, with_prices(district, prices)) == "certificate_too_large"


def test_just_below_the_limit_sums_are_those_of_plain_python() -> None:
    """Weights so large that any sum that ran over would show."""
    drawn, _ = numbered(530, 1)[0]
    weights = {"travel": 2**20, "cause": 2**30, "fairness": 2**28, "invite": 2**30, "change": 2**30}
    drawn = {**drawn, "weights": weights}
    tables = tables_of(read_problem(drawn))
    prices = np.random.default_rng(1).integers(0, 2**45, len(tables.people))
    by_id = dict(zip(tables.people.id.tolist(), prices.tolist(), strict=True))
    for seat, below in ((2**30, 20), (2**32, 1)):
        found = proven_bounds(tables, Score(2, 9, 0), with_prices(tables, prices, seat, below))
        plain = Pricing(drawn).proven(by_id, seat, below, book.Score(2, 9, 0))
        assert (found.shortfall, found.open, found.cost) == tuple(plain)


@pytest.mark.parametrize(("seat", "below"), [(-1, 1), (1, 0), (1, -5)])
def test_weights_that_prove_nothing_are_no_certificate(seat: int, below: int) -> None:
    with pytest.raises(ValueError, match="below a minimum"):
        PriceCertificate("", seat, below, np.zeros(0, np.int64))


# ---- the problem's name ----------------------------------------------------------------------


def test_whatever_is_changed_in_a_problem_changes_its_digest() -> None:
    drawn, problem = next(
        (drawn, problem)
        for drawn, problem in numbered(0, 60)
        if problem.fixed and problem.forbidden and problem.current and problem.together
    )
    name = digest(tables_of(problem))
    assert name == digest(tables_of(read_problem(json.dumps(drawn))))
    changes: list[Any] = [
        {"fixed": ()},
        {"forbidden": ()},
        {"current": problem.current[1:]},
        {"together": problem.together[1:]},
        {"volunteers": problem.volunteers[::-1]},
        {"shifts": problem.shifts[::-1]},
        {"weights": replace(problem.weights, change=problem.weights.change + 1)},
        {"rules": replace(problem.rules, speed_kmh=problem.rules.speed_kmh + 1)},
        {"horizon": replace(problem.horizon, start_minute=problem.horizon.start_minute - 1)},
    ]
    for name_, value in (
        ("age", 1),
        ("max_travel_m", 1),
        ("served_minutes", 240_000),
        ("max_shifts", 99),
        ("skills", {"new": 1}),
        ("groups", ("new",)),
        ("likes", {"new": 3}),
        ("available", ()),
    ):
        first = replace(problem.volunteers[0], **{name_: value})
        changes.append({"volunteers": (first, *problem.volunteers[1:])})
    for change in changes:
        if all(getattr(problem, key) == value for key, value in change.items()):
            continue
        assert digest(tables_of(replace(problem, **change))) != name, change
