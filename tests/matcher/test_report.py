"""The report of a plan: true where it tells, silent where few people are meant."""

import random
from dataclasses import replace
from statistics import mean, median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.instances import draw
from matcher.greedy import greedy
from matcher.problem import Line, Problem
from matcher.report import (
    AGE_BANDS,
    NOWHERE,
    PEOPLE_LEAST,
    REST,
    Group,
    Report,
    cells,
    gini,
    report,
    report_of_tables,
)
from matcher.tables.lines import assignments_of
from matcher.tables.of_problem import tables_of
from tests.matcher.factories import HERE, at, lines, problem, shift, volunteer


def crowd(*kinds: tuple[int, int, int]) -> Problem:
    """So many people of an age with minutes served: `(count, age, served)`."""
    people = [
        volunteer(f"v{kind}-{number}", age=age, served_minutes=served, location=HERE)
        for kind, (count, age, served) in enumerate(kinds)
        for number in range(count)
    ]
    return problem(people, [shift("s", at(0, 8), hours=4)])


def named(groups: tuple[Group, ...]) -> dict[str, Group]:
    return {each.name: each for each in groups}


def test_a_band_is_told_as_it_is() -> None:
    asked = crowd((12, 30, 0), (20, 70, 480))
    plan = lines(*(f"v0-{number} s" for number in range(6)))

    said = report(asked, plan)

    bands = named(said.by_age)
    assert set(bands) == {"26_35", "60_plus"}
    young = bands["26_35"]
    assert (young.people, young.with_offer, young.waiting, young.lines) == (10, 50, 50, 0.5)
    assert (young.before.mean, young.after.mean, young.after.median) == (0.0, 2.0, 2.0)
    assert (young.before.gini, young.after.gini) == (0.0, 0.5)
    assert bands["60_plus"].before == bands["60_plus"].after
    assert {name: each.people for name, each in named(said.by_newcomer).items()} == {
        "newcomers": 10,
        "served_before": 20,
    }
    assert [(bar.start, bar.share) for bar in said.lines] == [
        (0, 80),
        (1, None),
        (2, 0),
        (3, 0),
        (4, 0),
    ]
    assert said.could_serve is None


def test_those_who_wait_and_could_have_served_are_counted() -> None:
    asked = crowd((20, 30, 0), (10, 40, 600))
    barred = tuple(
        replace(each, available=()) if number < 5 else each
        for number, each in enumerate(asked.volunteers)
    )

    assert report(asked, ()).could_serve == 100
    assert report(replace(asked, volunteers=barred), ()).could_serve == 75


def test_a_group_of_nine_is_counted_with_others() -> None:
    said = report(crowd((9, 15, 0), (30, 30, 0), (40, 70, 0)), ())

    # Nine would be told by what everybody has and the others have not: the next joins them.
    assert {name: each.people for name, each in named(said.by_age).items()} == {
        REST: 40,
        "60_plus": 40,
    }


def test_fewer_than_ten_people_are_not_told_at_all() -> None:
    said = report(crowd((9, 30, 0)), ())

    assert said == Report(None, (), (), (), (), (), (), None)


def test_no_volunteers_and_no_shifts() -> None:
    assert report(problem([], []), ()).everybody is None
    assert report(problem([volunteer(str(n)) for n in range(10)], []), ()).everybody is not None


def test_places_are_cells_or_names() -> None:
    asked = crowd((25, 30, 0))

    by_cell = report(asked, ()).by_place
    by_name = report(asked, (), {f"v0-{number}": "north" for number in range(12)}).by_place

    assert [(each.name, each.people) for each in by_cell] == [("31.20, 121.45", 25)]
    assert {each.name: each.people for each in by_name} == {"north": 10, NOWHERE: 15}


def test_cells_below_zero_and_without_home() -> None:
    code, names = cells(np.array([-0.01, np.nan, 0.0]), np.array([-33.26, np.nan, 0.049]))

    assert [names[each] for each in code] == ["-33.30, -0.05", NOWHERE, "0.00, 0.00"]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_gini_is_the_mean_difference(values: list[int]) -> None:
    pairs = sum(abs(one - two) for one in values for two in values)
    expected = pairs / (2 * len(values) ** 2 * mean(values)) if sum(values) else 0.0

    assert gini(np.array(values, float)) == pytest.approx(expected)


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(10, 90), st.sampled_from((0, 60, 900))),
        max_size=6,
    ),
    st.integers(0, 2**16),
)
def test_no_group_is_small_and_none_can_be_told_by_taking_away(
    kinds: list[tuple[int, int, int]], seed: int
) -> None:
    asked = crowd(*kinds)
    chosen = random.Random(seed).sample(asked.volunteers, len(asked.volunteers) // 3)
    plan = tuple(Line(each.id, "s", "helper") for each in chosen)
    ages = [each.age for each in asked.volunteers]

    said = report(asked, plan)

    starts = [*(start for _, start in AGE_BANDS), 200]
    sizes = {
        name: sum(1 for age in ages if low <= age < high)
        for (name, low), high in zip(AGE_BANDS, starts[1:], strict=True)
    }
    told = named(said.by_age)
    for name in told.keys() - {REST}:
        assert sizes[name] >= PEOPLE_LEAST
        assert abs(told[name].people - sizes[name]) <= 2
    hidden = sum(size for name, size in sizes.items() if name not in told)
    assert hidden == 0 or hidden >= PEOPLE_LEAST or not told
    assert (REST in told) == (hidden >= PEOPLE_LEAST)
    for bar in said.lines:
        assert bar.share is None or 0 <= bar.share <= 100


def test_a_drawn_problem_counted_by_hand_and_by_columns() -> None:
    asked = draw(300, 30, seed=3)
    plan = greedy(asked)

    said = report(asked, plan)

    minutes = {each.id: each.minutes for each in asked.shifts}
    given_ = {each.id: 0 for each in asked.volunteers}
    for line in plan:
        given_[line.volunteer] += minutes[line.shift]
    hours = [(each.served_minutes + given_[each.id]) / 60 for each in asked.volunteers]
    assert said.everybody is not None
    assert said.everybody.after.mean == pytest.approx(mean(hours), abs=0.051)
    assert said.everybody.after.median == pytest.approx(median(hours), abs=0.051)
    assert said.everybody.lines == pytest.approx(len(plan) / 300, abs=0.0051)
    tables = tables_of(asked)
    assert report_of_tables(tables, assignments_of(tables, plan)) == replace(said, could_serve=None)
