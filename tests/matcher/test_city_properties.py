"""The city's engine on random problems of several shapes; `tests.proofs.city` asks thousands."""

import itertools
from collections import Counter

import pytest

from benchmarks.greedy_tables import greedy_of_tables
from benchmarks.instances import draw
from benchmarks.plain_greedy import plain_greedy
from matcher.city.improving import lists_of, seeded, town_of
from matcher.city.prepare import prepare
from matcher.city.solve import worth_of_a_seat
from matcher.city.whole import wholes_of
from matcher.codec import read_problem
from matcher.problem import Line, Problem
from matcher.score import score
from matcher.tables.check import check_lines
from matcher.tables.lines import lines_of
from matcher.tables.of_problem import tables_of
from matcher.tables.score import score_of
from tests.reference.cases import case
from tests.reference.city import SHAPES, of_drawn, of_plan, planned
from tests.reference.problems import MIDDLING, SMALL, TINY, Size

SIZES = (TINY, SMALL, MIDDLING)


@pytest.mark.parametrize("size", SIZES, ids=["tiny", "small", "middling"])
def test_plans_are_valid_bounded_and_never_worse_than_the_greedy(size: Size) -> None:
    covered: Counter[str] = Counter()
    for number, shape in enumerate(itertools.islice(itertools.cycle(SHAPES), 25)):
        drawn, _ = case(300 + number, size)
        answer = of_drawn(shape(drawn), again=number % 5 == 0)
        assert not answer.differences, (number, shape.__name__)
        covered.update(answer.covered)
    assert covered["solved"] > 20
    assert covered["compared with every plan"] > 5 or size == MIDDLING
    assert covered["best on all levels"] >= 0.9 * covered["compared with every plan"]


@pytest.mark.parametrize(("people", "shifts"), [(30, 30), (150, 20), (300, 40)])
def test_a_town_is_planned_no_worse_than_by_the_greedy(people: int, shifts: int) -> None:
    problem = draw(people, shifts, seed=3)
    tables = tables_of(problem)
    assert not of_plan(problem, tables, planned(tables))


def test_a_shift_that_the_greedy_gives_up_is_held_by_those_it_needs() -> None:
    """The greedy takes whoever has least slack; then the team is incomplete and all go home."""
    problem = read_problem(
        {
            "format": "mulin.problem/1",
            "horizon": {"start": "2026-03-07T00:00:00+08:00", "end": "2026-03-08T00:00:00+08:00"},
            "volunteers": [
                {"id": name, "available": [["2026-03-07T08:00+08:00", "2026-03-07T12:00+08:00"]]}
                | ({"skills": {"first aid": 3}} if name == "nurse" else {})
                for name in ("one", "two", "nurse")
            ],
            "shifts": [
                {
                    "id": "s",
                    "project": "p",
                    "start": "2026-03-07T09:00:00+08:00",
                    "end": "2026-03-07T11:00:00+08:00",
                    "team": [{"skill": "first aid", "level": 2, "count": 1}],
                    "roles": [{"id": "r", "min": 1, "max": 2}],
                }
            ],
        }
    )
    assert not plain_greedy(problem)
    assert {line.volunteer for line in _seeded(problem)} >= {"nurse"}


def _seeded(problem: Problem) -> set[Line]:
    tables = tables_of(problem)
    city = prepare(tables, worth_of_a_seat(tables))
    town = town_of(city, wholes_of(city))
    lines = seeded(city, town, lists_of(city, 1), lambda: False)
    assert not check_lines(tables, lines)
    assert score_of(tables, lines) <= score_of(tables, greedy_of_tables(tables))
    return set(lines_of(tables, lines))


def test_a_large_problem_begins_with_its_nearest_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where slack is estimated and not everybody is asked, the first plan is valid all the same."""
    monkeypatch.setattr("matcher.city.improving._COUNTED_MOST", 0)
    problem = draw(300, 40, seed=4)
    lines = _seeded(problem)
    assert score(problem, lines).open < score(problem, problem.fixed).open
