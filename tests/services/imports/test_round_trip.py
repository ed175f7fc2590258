"""A problem that goes into the tables comes out of them as the same problem."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from matcher.codec import read_problem
from matcher.problem import Problem
from matcher.rules import merged
from models.core import Round, RoundState
from services import minors
from services.imports.matching import born_for
from services.minors import MinorRules
from services.planning import load_problem
from services.volunteers import age_on
from tests.reference.choices import drawn
from tests.reference.problems import SMALL, problem
from tests.services.imports.support import (
    bring_in,
    everything,
    json_bytes,
    look,
    make_city,
    names_by_id,
    outcomes,
    same_whatever_ids,
)

PROBLEMS = st.composite(lambda draw: problem(drawn(draw), SMALL))()
MODEST = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


def with_minors_kept(problem: Problem) -> Problem:
    """What is in no file: the service's own numbers for people under 18."""
    of, horizon = MinorRules(), problem.horizon
    people = tuple(
        replace(
            minors.kept_short(each, of),
            available=minors.kept_to_hours(merged(each.available), horizon, of),
        )
        if minors.is_minor(each.age)
        else each
        for each in problem.volunteers
    )
    return replace(problem, volunteers=people, rules=minors.strict(problem.rules, of))


@MODEST
@given(given_problem=PROBLEMS)
async def test_imported_problem_loads_as_the_same_problem(
    database: str, given_problem: dict[str, Any]
) -> None:
    city = await make_city()
    ages = {each["id"]: each.get("age", 30) for each in given_problem["volunteers"]}
    # A minor's seat needs a guardian's yes, which no file brings.
    assume(all(ages[line["volunteer"]] >= 18 for line in given_problem.get("fixed", ())))
    stored = await bring_in(city, "problem", json_bytes(given_problem))
    assert stored.round_id is not None
    loaded = await load_problem(stored.round_id)
    expected = same_whatever_ids(with_minors_kept(read_problem(given_problem)))
    assert same_whatever_ids(loaded.problem, await names_by_id()) == expected

    before = await everything()
    again = await bring_in(city, "problem", json_bytes(given_problem))
    assert outcomes(again.report) <= {"same"}
    assert again.round_id == stored.round_id
    assert await everything() == before


@settings(max_examples=300, deadline=None)
@given(
    age=st.integers(0, 120), day=st.dates(min_value=date(2021, 1, 1), max_value=date(2100, 12, 31))
)
def test_birth_date_made_for_an_age_gives_that_age_for_a_year(age: int, day: date) -> None:
    born = born_for(age, day)
    assert age_on(born, day) == age
    assert age_on(born, day.fromordinal(day.toordinal() + 364)) == age


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2028, 2, 29), date(2028, 3, 1)])
def test_birth_date_around_a_leap_day(day: date) -> None:
    assert all(age_on(born_for(age, day), day) == age for age in range(120))


async def test_only_the_round_of_the_file_is_a_draft(database: str) -> None:
    city = await make_city()
    file = {
        "format": "mulin.problem/1",
        "horizon": {"start": "2026-03-07T00:00:00+08:00", "end": "2026-03-09T00:00:00+08:00"},
        "volunteers": [{"id": "v", "available": []}],
        "shifts": [
            {
                "id": "s",
                "project": "p",
                "start": "2026-03-07T09:00:00+08:00",
                "end": "2026-03-07T11:00:00+08:00",
                "roles": [{"id": "r", "max": 1}],
            }
        ],
        "current": [
            {"volunteer": "v", "shift": "s", "role": "r"},
            {"volunteer": "gone", "shift": "s", "role": "r"},
        ],
    }
    stored = await bring_in(city, "problem", json_bytes(file))
    states = {each.id: each.state for each in await Round.all()}
    assert states.pop(stored.round_id) == RoundState.DRAFT
    assert list(states.values()) == [RoundState.PUBLISHED]
    assert [(each.code, each.parameters) for each in stored.report.notes][-1] == (
        "current_dropped",
        {"count": 1},
    )


async def test_a_seat_promised_to_a_minor_is_refused_without_a_guardians_yes(
    database: str,
) -> None:
    city = await make_city()
    file = {
        "format": "mulin.problem/1",
        "horizon": {"start": "2026-03-07T00:00:00+08:00", "end": "2026-03-09T00:00:00+08:00"},
        "volunteers": [{"id": "v", "available": [], "age": 17}],
        "shifts": [
            {
                "id": "s",
                "project": "p",
                "start": "2026-03-07T09:00:00+08:00",
                "end": "2026-03-07T11:00:00+08:00",
                "roles": [{"id": "r", "max": 1}],
            }
        ],
        "fixed": [{"volunteer": "v", "shift": "s", "role": "r"}],
    }
    report = await look(city, "problem", json_bytes(file))
    [refused] = [row for row in report.rows if row.outcome == "refused"]
    assert (refused.place, refused.defects[0].code) == ("fixed[0]", "fixed_needs_guardian")


async def test_a_problem_registers_no_child(database: str) -> None:
    city = await make_city()
    file = {
        "format": "mulin.problem/1",
        "horizon": {"start": "2026-03-07T00:00:00+08:00", "end": "2026-03-09T00:00:00+08:00"},
        "volunteers": [{"id": "v", "available": [], "age": 13}],
        "shifts": [],
    }
    report = await look(city, "problem", json_bytes(file))
    [refused] = report.rows
    assert [(each.place, each.code) for each in refused.defects] == [
        ("volunteers[0]", "child_needs_guardian")
    ]


async def test_a_changed_volunteer_is_changed_alone(database: str) -> None:
    city = await make_city()
    people = [{"id": f"v{index}", "available": []} for index in range(3)]
    file = {
        "format": "mulin.problem/1",
        "horizon": {"start": "2026-03-07T00:00:00+08:00", "end": "2026-03-09T00:00:00+08:00"},
        "volunteers": people,
        "shifts": [],
    }
    await bring_in(city, "problem", json_bytes(file))
    people[1] = {"id": "v1", "available": [], "max_shifts": 2, "groups": ["team"]}
    report = await look(city, "problem", json_bytes(file))
    assert [row.outcome for row in report.rows] == ["same", "changed", "same"]
    assert report.rows[1].changed == ["groups", "max_shifts"]
    assert report.counts == {"new": 0, "changed": 1, "same": 2, "refused": 0}
