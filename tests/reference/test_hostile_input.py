"""What a reader of problems and plans says to input that nobody would write by accident."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from cli.solving_words import DEFECTS_ZH
from matcher.check import check
from matcher.codec import read_plan, read_problem, write_plan, write_problem
from matcher.defects import DEFECTS_COUNTED_MAX, DEFECTS_MAX, MESSAGES, PlanRefused, ProblemRefused
from matcher.draft import compile_task
from matcher.explain import unfilled
from matcher.plan import BoundFrom, Plan, Score
from matcher.problem import Line
from matcher.score import score
from matcher.times import read_time, write_time
from services.imports.sentences import PROBLEM_SENTENCES

WEEK = {"start": "2026-01-29T00:00+08:00", "end": "2026-02-05T00:00+08:00"}
DAY = {"start": "2026-01-29T08:00+08:00", "end": "2026-01-29T10:00+08:00"}
ALWAYS = [[WEEK["start"], WEEK["end"]]]
LINE = {"volunteer": "v", "shift": "s", "role": "r"}


def document(**changed: Any) -> dict[str, Any]:
    return {
        "format": "mulin.problem/1",
        "horizon": WEEK,
        "volunteers": [{"id": "v", "available": ALWAYS}],
        "shifts": [{"id": "s", "project": "p", **DAY, "roles": [{"id": "r", "max": 1}]}],
        **changed,
    }


def defects_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(ProblemRefused) as refused:
        read_problem(text)
    return [(defect.place, defect.code) for defect in refused.value.defects]


@pytest.mark.parametrize("entry", ["0", "{}", "[]", "null"])
def test_reading_ends_when_nothing_but_defects_comes(entry: str) -> None:
    listed = ",".join([entry] * (20 * DEFECTS_COUNTED_MAX))
    text = '{"format": "mulin.problem/1", "volunteers": [' + listed + "]}"

    found = defects_of(text)

    assert len(found) == DEFECTS_MAX + 1
    assert found[-1] == ("", "unread")


def test_as_many_defects_as_are_counted_are_still_counted() -> None:
    count = DEFECTS_MAX + DEFECTS_COUNTED_MAX - 1
    problem = document(together=[0] * count)

    with pytest.raises(ProblemRefused) as refused:
        read_problem(problem)

    last = refused.value.defects[-1]
    assert (last.code, last.parameters) == ("more", {"count": DEFECTS_COUNTED_MAX - 1})


def test_a_plan_keeps_its_lines_when_the_rest_is_nothing_but_defects() -> None:
    plan = Plan((), Score(0, 0, 0), Score(0, 0, 0), BoundFrom(), "optimal", 0.0, ())
    written = {
        **write_plan(plan),
        "assignments": [LINE],
        "unfilled": [0] * (DEFECTS_MAX + DEFECTS_COUNTED_MAX),
    }

    with pytest.raises(PlanRefused) as refused:
        read_plan(written)

    assert refused.value.defects[-1].code == "unread"
    assert [line.shift for line in refused.value.assignments or ()] == ["s"]


@pytest.mark.parametrize("broken", ["null", "7", '"x"', "{}"])
def test_an_unreadable_list_is_one_defect(broken: str) -> None:
    lists = {
        "together": [["v", "w"]],
        "fixed": [LINE],
        "forbidden": [{"volunteer": "v", "shift": "s", "reason": "declined"}],
    }
    people = document(volunteers="@", **lists)
    shifts = document(shifts="@", volunteers=[{"id": name, "available": []} for name in "vw"])
    roles = document(fixed=[LINE])
    roles["shifts"][0]["roles"] = "@"

    for problem, place in (
        (people, "volunteers"),
        ({**shifts, **lists}, "shifts"),
        (roles, "shifts[0].roles"),
    ):
        found = defects_of(json.dumps(problem).replace('"@"', broken))
        assert [where for where, _ in found] == [place]


@pytest.mark.parametrize("level", ["null", "0", "6", "true", "2.5", "NaN"])
def test_the_place_of_a_name_with_blanks_is_written_one_way(level: str) -> None:
    people = [{"id": "v", "available": [], "skills": {"first aid": "@"}}]
    text = json.dumps(document(volunteers=people)).replace('"@"', level)

    found = defects_of(text)

    assert [place for place, _ in found] == ['volunteers[0].skills["first aid"]']


def test_what_was_found_stays_on_the_line_of_its_message() -> None:
    horizon = {**WEEK, "start": "2026-01-29T08:00Z\n\x1b[2J"}

    with pytest.raises(ProblemRefused) as refused:
        read_problem(document(horizon=horizon))

    assert refused.value.defects[0].message.isprintable()


def test_a_plan_of_endless_seconds_is_told_what_is_wrong() -> None:
    plan = Plan((), Score(0, 0, 0), Score(0, 0, 0), BoundFrom(), "optimal", 0.0, ())
    text = json.dumps(write_plan(plan)).replace('"seconds": 0.0', '"seconds": 1e400')

    with pytest.raises(PlanRefused) as refused:
        read_plan(text)

    assert [(each.place, each.code) for each in refused.value.defects] == [
        ("seconds", "not_finite")
    ]


def test_a_cause_without_letters_is_still_a_cause() -> None:
    """A shift without a cause is liked as any other; one whose name is empty as people say."""
    roles = [{"id": "r", "max": 1}]
    shifts = [
        {"id": "none", "project": "p", **DAY, "roles": roles},
        {"id": "empty", "project": "p", "cause": "", **DAY, "roles": roles},
    ]
    people = [{"id": "v", "available": ALWAYS, "likes": {"": 3}}]
    problem = read_problem(document(volunteers=people, shifts=shifts))
    task = compile_task(problem)

    for shift, seat in zip(problem.shifts, (0, 1), strict=True):
        of_arrays = int(task.pairs.cost[task.pairs.of_role(seat)][0])
        assert of_arrays == score(problem, [Line("v", shift.id, "r")]).cost


@pytest.mark.parametrize("text", ["9999-12-31T24:00-23:59", "0001-01-01T00:00+23:59"])
def test_the_ends_of_the_calendar_can_be_written_again(text: str) -> None:
    minute, _ = read_time(text)

    for offset_minutes in (0, 480, -1439, 1439):
        assert read_time(write_time(minute, offset_minutes))[0] == minute


def test_a_horizon_of_the_whole_calendar_is_written_and_read() -> None:
    horizon = {"start": "0001-01-01T00:00+14:00", "end": "9999-12-31T24:00-23:59"}
    problem = read_problem(document(horizon=horizon, volunteers=[], shifts=[]))

    again = read_problem(write_problem(problem))

    assert again == problem


def test_every_defect_of_a_problem_has_words_in_chinese() -> None:
    # Of plans, and of folders of tables: neither is imported through the pages.
    never_imported = {"not_one_of", "missing_table", "unknown_table", "not_parquet", "null_value"}

    assert set(DEFECTS_ZH) == set(MESSAGES)
    assert set(PROBLEM_SENTENCES) == set(MESSAGES) - never_imported


@pytest.mark.parametrize(
    ("least", "level"), [(0, "open"), (1, "shortfall")], ids=["a seat", "a minimum"]
)
def test_a_bound_that_one_more_line_goes_below_is_false(least: int, level: str) -> None:
    problem = read_problem(document())
    role = replace(problem.shifts[0].roles[0], min=least)
    problem = replace(problem, shifts=(replace(problem.shifts[0], roles=(role,)),))
    reached = Score(5 * least, 5, 0)
    empty = Plan(
        (), reached, reached, BoundFrom(), "optimal", 0.0, unfilled(problem, (), optimal=True)
    )
    honest = replace(empty, bound=Score(0, 0, 0), status="feasible")

    assert [(each.place, each.code) for each in check(problem, empty)] == [
        (f"bound.{level}", "bound_beaten")
    ]
    assert check(problem, honest) == []
