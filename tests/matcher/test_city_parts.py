"""A city in parts: cut the same way every time, joined into one plan, whoever solves the parts."""

import itertools
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, fields
from typing import Any

import numpy as np
import pytest

from benchmarks.cities import DISTRICT, draw_city
from matcher.city import whole
from matcher.city.demand import units_of
from matcher.city.dividing import Part, divide
from matcher.city.packing import pack, unpack
from matcher.city.part import PartParams, PartPlan, in_turn, solve_part
from matcher.city.pool import in_processes
from matcher.city.solve import CityPlan, solve_city
from matcher.solve.params import SolveParams
from matcher.tables import Tables
from matcher.tables.check import check_lines
from matcher.tables.of_problem import tables_of
from matcher.tables.parts import of_people_and_shifts
from matcher.tables.score import score_of
from tests.matcher.test_city import numbered

Found = Iterator[tuple[int, PartPlan]]
SEATS_OF_A_PART = 90


@pytest.fixture(scope="module")
def town() -> Tables:
    return draw_city(1_500, 100, 5, DISTRICT)


def planned(tables: Tables, seats_of_a_part: int = SEATS_OF_A_PART, **more: object) -> CityPlan:
    params = SolveParams(seconds=1e9, clock=time.monotonic, effort=10.0)
    return solve_city(tables, params, seats_of_a_part=seats_of_a_part, **more)  # type: ignore[arg-type]


def test_every_shift_is_in_one_part_and_every_promise_with_its_person(town: Tables) -> None:
    parts = divide(town, SEATS_OF_A_PART)
    assert len(parts) > 4
    assert sorted(np.concatenate([part.shifts for part in parts]).tolist()) == list(
        range(len(town.shifts))
    )
    fixed = sum(len(part.tables(town).relations.fixed) for part in parts)
    assert fixed == len(town.relations.fixed) > 0
    promised = set(town.relations.fixed.person.tolist())
    unit_first, unit = units_of(town, np.arange(len(town.people)))
    for first, last in itertools.pairwise(unit_first):
        group = set(unit[first:last].tolist())
        inside = [group & set(part.people.tolist()) for part in parts]
        assert group in inside
        # Whoever is elsewhere as well has a promise there.
        elsewhere = [each for each in inside if each and each != group]
        assert all(each <= promised for each in elsewhere)


def test_part_is_small_unless_one_shift_is_larger(town: Tables) -> None:
    for part in divide(town, SEATS_OF_A_PART):
        assert part.seats <= SEATS_OF_A_PART + 20 or len(part.shifts) == 1


def test_people_are_where_they_could_serve(town: Tables) -> None:
    """Whoever lives where a part's shifts are is in it, unless tied to another by a promise."""
    parts = divide(town, SEATS_OF_A_PART)
    times = np.bincount(np.concatenate([part.people for part in parts]), minlength=1_500)
    assert times.min() >= 1
    people, shifts, relations = town.people, town.shifts, town.relations
    tied = {*relations.fixed.person.tolist(), *relations.together.item.tolist()}
    lacking = 0
    for part in parts:
        inside = set(part.people.tolist())
        west, east = (f(shifts.longitude[part.shifts]) for f in (np.nanmin, np.nanmax))
        south, north = (f(shifts.latitude[part.shifts]) for f in (np.nanmin, np.nanmax))
        lives = (people.longitude >= west) & (people.longitude <= east)
        lives &= (people.latitude >= south) & (people.latitude <= north)
        lacking += len(set(np.nonzero(lives)[0].tolist()) - inside - tied)
    assert lacking == 0


def reversed_parts(
    tables: Tables, parts: Sequence[Part], params: PartParams, cancelled: Callable[[], bool]
) -> Found:
    yield from reversed(list(in_turn(tables, parts, params, cancelled)))


def through_bytes(
    tables: Tables, parts: Sequence[Part], params: PartParams, cancelled: Callable[[], bool]
) -> Found:
    """As a worker elsewhere has them, last part first and in no order."""
    numbers = list(range(len(parts)))
    random.Random(3).shuffle(numbers)
    for number in numbers:
        sent = unpack(Tables, pack(parts[number].tables(tables)))
        yield number, unpack(PartPlan, pack(solve_part(sent, params, cancelled)))


def test_plan_is_the_same_whoever_solves_the_parts_and_in_whatever_order(town: Tables) -> None:
    here, there, elsewhere = (
        planned(town, run_parts=run) for run in (in_turn, reversed_parts, through_bytes)
    )
    for other in (there, elsewhere):
        assert np.array_equal(here.assignments.person, other.assignments.person)
        assert np.array_equal(here.assignments.role, other.assignments.role)
        assert (here.score, here.bound) == (other.score, other.bound)
        assert np.array_equal(here.certificate.prices, other.certificate.prices)


def test_parts_lose_next_to_nothing(town: Tables) -> None:
    parted, together = planned(town, 300), planned(town, 1_000_000)
    assert len(divide(town, 300)) > 1
    assert not check_lines(town, parted.assignments)
    assert score_of(town, parted.assignments) == parted.score
    assert (parted.score.shortfall, parted.score.open) <= (
        together.score.shortfall,
        together.score.open,
    )
    assert parted.score.cost <= 1.03 * together.score.cost
    assert all(
        bound <= score
        for one in (parted, together)
        for bound, score in zip(astuple(one.bound), astuple(together.score), strict=True)
    )


@pytest.mark.parametrize("lost", [0, 2])
def test_seats_of_a_part_that_never_came_bid_with_the_others(town: Tables, lost: int) -> None:
    def all_but_one(
        tables: Tables, parts: Sequence[Part], params: PartParams, cancelled: Callable[[], bool]
    ) -> Found:
        for number, plan in in_turn(tables, parts, params, cancelled):
            if number != lost:
                yield number, plan

    missing, complete = planned(town, run_parts=all_but_one), planned(town)
    assert not check_lines(town, missing.assignments)
    assert missing.score.shortfall + missing.score.open <= (
        complete.score.shortfall + complete.score.open + 10
    )


def nobody(
    tables: Tables, parts: Sequence[Part], params: PartParams, cancelled: Callable[[], bool]
) -> Found:
    return iter(())


def test_without_any_part_there_is_a_plan_all_the_same(town: Tables) -> None:
    plan = planned(town, run_parts=nobody)
    assert not check_lines(town, plan.assignments)
    assert plan.score.open <= planned(town).score.open + 20


def test_cancelled_and_out_of_time_there_is_a_plan(town: Tables) -> None:
    for params in (
        SolveParams(seconds=0, clock=time.monotonic),
        SolveParams(seconds=1e9, clock=time.monotonic),
    ):
        plan = solve_city(town, params, cancelled=lambda: True, seats_of_a_part=SEATS_OF_A_PART)
        assert not check_lines(town, plan.assignments)


def test_parts_of_random_problems_make_valid_plans() -> None:
    """Every rule in use, and parts so small that nearly everybody is in several."""
    divided = 0
    for _, problem in numbered(5_000, 60):
        tables = tables_of(problem)
        plan = planned(tables, 2)
        divided += len(divide(tables, 2)) > 1
        assert not check_lines(tables, plan.assignments)
        assert score_of(tables, plan.assignments) == plan.score
    assert divided > 30


def test_lines_that_break_a_rule_between_parts_are_not_joined(
    town: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is wanted in several parts is what the joining is for: without it, plans break rules."""
    lost = []

    def counted(*arguments: Any) -> int:
        lost.append(int(joined(*arguments)))
        return lost[-1]

    joined = whole.seat_blocks
    monkeypatch.setattr("matcher.city.joining.seat_blocks", counted)
    planned(town)
    assert sum(lost) > 5


def test_part_travels_without_ids_names_or_reasons(town: Tables) -> None:
    part = divide(town, SEATS_OF_A_PART)[0].tables(town)
    data = pack(part)
    back = unpack(Tables, data)
    assert back.people.id.tolist() == list(range(len(part.people)))
    assert all(name not in data for name in (b"Tongji", b"first aid", b"elders"))
    assert len(back.skills) == len(part.skills)
    for column in fields(part.people):
        if column.name not in ("id", "skills", "groups", "available", "engaged", "likes"):
            assert np.array_equal(
                getattr(back.people, column.name), getattr(part.people, column.name), equal_nan=True
            )
    assert np.array_equal(back.people.available.start, part.people.available.start)
    assert (back.rules, back.weights, back.horizon) == (part.rules, part.weights, part.horizon)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"something else"])
def test_bytes_that_are_no_part_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"packed|pickle"):
        unpack(Tables, data)


def test_empty_parts_are_parts() -> None:
    town = draw_city(50, 6, 1, DISTRICT)
    assert divide(of_people_and_shifts(town, np.arange(50), np.arange(0))) == ()
    nobody_there = of_people_and_shifts(town, np.arange(0), np.arange(6))
    assert len(divide(nobody_there, 1)) == 1
    assert len(planned(nobody_there, 1).assignments) == 0


def test_several_processes_make_the_same_plan(town: Tables) -> None:
    here, there = planned(town), planned(town, run_parts=in_processes(2))
    assert np.array_equal(here.assignments.person, there.assignments.person)
    assert (here.score, here.bound) == (there.score, there.bound)


def test_cancelled_processes_leave_a_plan(town: Tables) -> None:
    asked = itertools.count()
    plan = planned(town, run_parts=in_processes(2), cancelled=lambda: next(asked) > 40)
    assert not check_lines(town, plan.assignments)


def test_killed_process_costs_its_part_alone(town: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.city.pool._solved", die)
    plan = planned(town, run_parts=in_processes(1))
    assert not check_lines(town, plan.assignments)
    assert plan.score.open <= planned(town).score.open + 20


def die(problem: bytes, params: PartParams) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return problem
