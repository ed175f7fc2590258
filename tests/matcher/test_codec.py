"""Wrong input is refused with all its defects, each at its place; the rest reads and writes."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from benchmarks.instances import draw
from matcher.codec import (
    PlanRefused,
    ProblemRefused,
    read_plan,
    read_problem,
    write_plan,
    write_problem,
)
from matcher.defects import DEFECTS_MAX
from matcher.problem import Horizon, Problem
from matcher.solve import solve
from matcher.times import read_time, write_time
from tests.matcher.factories import at, problem, shift, volunteer
from tests.matcher.solving import params

Json = dict[str, Any]

GOOD: Json = {
    "format": "mulin.problem/1",
    "horizon": {"start": "2026-03-02T00:00:00+08:00", "end": "2026-03-09T00:00+08:00"},
    "volunteers": [
        {"id": "a", "available": [["2026-03-02T08:00Z", "2026-03-02T12:00Z"]]},
        {"id": "b", "available": [], "skills": {"first aid": 2}},
    ],
    "shifts": [
        {
            "id": "s",
            "project": "p",
            "start": "2026-03-02T16:00:00+08:00",
            "end": "2026-03-02T18:00:00+08:00",
            "roles": [{"id": "r", "max": 2}],
        }
    ],
}


def changed(path: str, value: Any) -> Json:
    """`GOOD` with another value at `path`, its parts parted by blanks; `DROP` takes the key out."""
    document = deepcopy(GOOD)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split()]
    inside: Any = document
    for part in parents:
        inside = inside[part]
    if value is DROP:
        del inside[last]
    elif isinstance(last, int) and last == len(inside):
        inside.append(value)
    else:
        inside[last] = value
    return document


DROP = object()
A, B, S, R = "volunteers 0 ", "volunteers 1 ", "shifts 0 ", "shifts 0 roles 0 "
LINE = {"volunteer": "a", "shift": "s", "role": "r"}

BAD: list[tuple[str, Any, str, str]] = [
    ("format", DROP, "format", "missing_key"),
    ("format", "mulin.problem/2", "format", "wrong_format"),
    ("extra", 1, "extra", "unknown_key"),
    ("horizon", DROP, "horizon", "missing_key"),
    ("horizon end", "2026-03-02T00:00+08:00", "horizon.end", "end_not_after_start"),
    ("volunteers", {}, "volunteers", "wrong_type"),
    ("volunteers", None, "volunteers", "null"),
    ("volunteers 0", 3, "volunteers[0]", "wrong_type"),
    (A + "id", DROP, "volunteers[0].id", "missing_key"),
    (A + "id", "", "volunteers[0].id", "empty_text"),
    (A + "id", 7, "volunteers[0].id", "wrong_type"),
    (A + "id", "\ud800", "volunteers[0].id", "half_character"),
    (A + "id", "b", "volunteers[1].id", "duplicate_id"),
    (A + "available", DROP, "volunteers[0].available", "missing_key"),
    (A + "available 0", ["2026-03-02T08:00Z"], "volunteers[0].available[0]", "wrong_length"),
    (
        A + "available 0 0",
        "2026-03-02T13:00Z",
        "volunteers[0].available[0][1]",
        "end_not_after_start",
    ),
    (A + "available 0 1", "2026-03-02T12:00", "volunteers[0].available[0][1]", "no_offset"),
    (
        A + "available 0 1",
        "2026-03-02T12:00:30Z",
        "volunteers[0].available[0][1]",
        "not_whole_minutes",
    ),
    (A + "available 0 1", "2026-02-30T12:00Z", "volunteers[0].available[0][1]", "not_a_time"),
    (A + "available 0 1", "yesterday", "volunteers[0].available[0][1]", "not_a_time"),
    (A + "available 0 1", 12, "volunteers[0].available[0][1]", "wrong_type"),
    (A + "age", "30", "volunteers[0].age", "wrong_type"),
    (A + "age", 30.5, "volunteers[0].age", "wrong_type"),
    (A + "age", True, "volunteers[0].age", "wrong_type"),
    (A + "age", None, "volunteers[0].age", "null"),
    (A + "age", -1, "volunteers[0].age", "too_small"),
    (A + "max_minutes", "8h", "volunteers[0].max_minutes", "wrong_type"),
    (A + "max_hours", 8, "volunteers[0].max_hours", "unknown_key"),
    (A + "max_travel_m", 2**60, "volunteers[0].max_travel_m", "too_big"),
    (A + "location", [31.2, 121.4], "volunteers[0].location[1]", "too_big"),
    (A + "location", [181, 0], "volunteers[0].location[0]", "too_big"),
    (A + "location", [0, float("nan")], "volunteers[0].location[1]", "not_finite"),
    (A + "location", [0], "volunteers[0].location", "wrong_length"),
    (A + "location", ["0", 0], "volunteers[0].location[0]", "wrong_type"),
    (A + "likes", {"books": 4}, "volunteers[0].likes.books", "too_big"),
    (B + "skills", {"first aid": 0}, 'volunteers[1].skills["first aid"]', "too_small"),
    (B + "skills", {"x": 6}, "volunteers[1].skills.x", "too_big"),
    (B + "groups", ["x", "y", "x"], "volunteers[1].groups[2]", "duplicate_member"),
    (
        B + "engaged",
        [{"start": "2026-03-02T08:00Z", "end": "2026-03-02T08:00Z"}],
        "volunteers[1].engaged[0].end",
        "end_not_after_start",
    ),
    (
        B + "engaged",
        [{"start": "2026-03-02T08:00Z", "end": "2026-03-02T09:00Z"}] * 2,
        "volunteers[1].engaged[1]",
        "duplicate_line",
    ),
    (S + "project", DROP, "shifts[0].project", "missing_key"),
    (S + "end", "2026-03-02T15:00+08:00", "shifts[0].end", "end_not_after_start"),
    (S + "end", "2026-03-10T15:00+08:00", "shifts[0].end", "outside_horizon"),
    (S + "start", "2026-03-01T15:00+08:00", "shifts[0].start", "outside_horizon"),
    (S + "priority", 0, "shifts[0].priority", "too_small"),
    (S + "priority", 11, "shifts[0].priority", "too_big"),
    (S + "cancel_below_minimum", 1, "shifts[0].cancel_below_minimum", "wrong_type"),
    (S + "team", [{"skill": "x", "level": 6, "count": 1}], "shifts[0].team[0].level", "too_big"),
    (S + "team", [{"skill": "x", "level": 1}], "shifts[0].team[0].count", "missing_key"),
    (S + "invited", ["nobody"], "shifts[0].invited[0]", "unknown_volunteer"),
    (S + "invited", ["a", "a"], "shifts[0].invited[1]", "duplicate_member"),
    (S + "roles", DROP, "shifts[0].roles", "missing_key"),
    (S + "roles 1", {"id": "r", "max": 1}, "shifts[0].roles[1].id", "duplicate_id"),
    (R + "max", 0, "shifts[0].roles[0].max", "too_small"),
    (R + "max", DROP, "shifts[0].roles[0].max", "missing_key"),
    (R + "min", 3, "shifts[0].roles[0].min", "min_above_max"),
    ("shifts 1", GOOD["shifts"][0], "shifts[1].id", "duplicate_id"),
    ("rules", {"speed_kmh": 0}, "rules.speed_kmh", "too_small"),
    ("rules", {"minors_per_adult": 0}, "rules.minors_per_adult", "too_small"),
    ("rules", {"min_rest_hours": 8}, "rules.min_rest_hours", "unknown_key"),
    ("weights", {"travel": -1}, "weights.travel", "too_small"),
    ("weights", {"travel": 0.5}, "weights.travel", "wrong_type"),
    ("together", [["a", "x"]], "together[0][1]", "unknown_volunteer"),
    ("together", [["a", "a"]], "together[0][1]", "same_person"),
    ("together", [["a", "b"], ["b", "a"]], "together[1]", "duplicate_line"),
    ("apart", [["a", "a"]], "apart[0][1]", "same_person"),
    ("apart", [["a", "b"], ["b", "a"]], "apart[1]", "duplicate_line"),
    ("apart", [["a", "b", "c"]], "apart[0]", "wrong_length"),
    ("fixed", [{**LINE, "volunteer": "x"}], "fixed[0].volunteer", "unknown_volunteer"),
    ("fixed", [{**LINE, "shift": "x"}], "fixed[0].shift", "unknown_shift"),
    ("fixed", [{**LINE, "role": "x"}], "fixed[0].role", "unknown_role"),
    ("fixed", [LINE, LINE], "fixed[1]", "duplicate_line"),
    ("forbidden", [{"volunteer": "a", "shift": "s"}], "forbidden[0].reason", "missing_key"),
    (
        "forbidden",
        [{"volunteer": "x", "shift": "s", "reason": "no"}],
        "forbidden[0].volunteer",
        "unknown_volunteer",
    ),
    ("current", [LINE, LINE], "current[1]", "duplicate_line"),
    ("current", [{**LINE, "shift": ""}], "current[0].shift", "empty_text"),
]


@pytest.mark.parametrize(("path", "value", "place", "code"), BAD)
def test_defect_is_named_with_its_place(path: str, value: Any, place: str, code: str) -> None:
    with pytest.raises(ProblemRefused) as refused:
        read_problem(json.dumps(changed(path, value)))

    assert [(each.place, each.code) for each in refused.value.defects] == [(place, code)]


GOOD_CHANGES: list[tuple[str, Any]] = [
    ("current", [{"volunteer": "gone", "shift": "gone", "role": "gone"}]),
    ("volunteers", []),
    ("shifts", []),
    (A + "age", 30.0),
    (A + "available", [["2026-03-02T08:00Z", "2026-03-02T12:00Z"]] * 2),
    (S + "roles", []),
    ("together", [["a"], []]),
    (
        "forbidden",
        [{"volunteer": "a", "shift": "s", "reason": reason} for reason in ("no", "never")],
    ),
]


@pytest.mark.parametrize(("path", "value"), GOOD_CHANGES)
def test_unusual_but_right_is_read(path: str, value: Any) -> None:
    assert isinstance(read_problem(changed(path, value)), Problem)


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not_json"),
    "text": (b"hello", "not_json"),
    "cut off": (b'{"format": "mulin.pro', "not_json"),
    "GBK": (json.dumps({"format": "志愿者服务队"}, ensure_ascii=False).encode("gbk"), "not_utf8"),
    "UTF-16": (json.dumps(GOOD).encode("utf-16"), "not_utf8"),
    "deep": (b"[" * 200_000, "too_deep"),
    "list": (b"[]", "wrong_type"),
    "too large": (b" " * 2_000_001, "too_large"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_file_that_is_no_problem_is_refused(name: str) -> None:
    data, code = UNREADABLE[name]

    with pytest.raises(ProblemRefused) as refused:
        read_problem(data, limit_bytes=2_000_000)

    assert refused.value.defects[0].code == code


def test_duplicate_key_and_not_a_number_are_named() -> None:
    text = json.dumps(GOOD).replace('"id": "a"', '"id": "x", "id": "a", "age": NaN', 1)

    with pytest.raises(ProblemRefused) as refused:
        read_problem(text)

    found = {(each.place, each.code) for each in refused.value.defects}
    assert found == {("volunteers[0].id", "duplicate_key"), ("volunteers[0].age", "not_finite")}


def test_number_of_thousands_of_digits_is_refused_at_its_place() -> None:
    text = json.dumps(GOOD).replace('"max": 2', f'"max": {"9" * 5000}', 1)

    with pytest.raises(ProblemRefused) as refused:
        read_problem(text)

    assert refused.value.defects[0].place == "shifts[0].roles[0].max"


def test_byte_order_mark_says_nothing() -> None:
    assert read_problem(json.dumps(GOOD).encode("utf-8-sig")) == read_problem(GOOD)


def test_all_defects_are_reported_together_up_to_a_hundred() -> None:
    document = deepcopy(GOOD)
    document["volunteers"] = [{"id": f"v{row}", "age": "x"} for row in range(DEFECTS_MAX)]

    with pytest.raises(ProblemRefused) as refused:
        read_problem(document)

    *listed, more = refused.value.defects
    assert len(listed) == DEFECTS_MAX
    assert (more.code, more.parameters) == ("more", {"count": DEFECTS_MAX})


def test_one_mistake_is_one_defect() -> None:
    """An unreadable start is not also an end before the start and outside the horizon."""
    with pytest.raises(ProblemRefused) as refused:
        read_problem(changed(S + "start", "soon"))

    assert [each.place for each in refused.value.defects] == ["shifts[0].start"]


@pytest.mark.parametrize("seed", [1, 2])
def test_problem_is_the_same_when_written_and_read(seed: int) -> None:
    asked = draw(40, 12, seed=seed)

    assert read_problem(json.dumps(write_problem(asked))) == asked


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("0001-01-01T00:00:00+00:00", -600),
        ("9999-12-31T23:59:00+00:00", 840),
        ("2026-03-02T24:00+08:00", 480),
        ("2026-03-02T00:00-0330", -210),
        ("2026-03-02T00:00:00.000Z", 0),
    ],
)
def test_time_is_the_same_when_written_and_read(text: str, offset: int) -> None:
    minute, _ = read_time(text)

    assert read_time(write_time(minute, offset))[0] == minute


def test_horizon_offset_decides_the_day() -> None:
    horizon = Horizon(at(0, 0), at(1, 0), offset_minutes=480)

    assert horizon.day(at(0, 23.9)) == horizon.day(at(0, 0))
    assert horizon.day(at(1, 0)) == horizon.day(at(0, 0)) + 1


def _plan() -> Json:
    asked = problem([volunteer("a")], [shift("s", at(0, 8))])
    return write_plan(solve(asked, params()))


PLAN_CHANGES: list[tuple[Callable[[Json], Any], str, str]] = [
    (lambda plan: plan.pop("score"), "score", "missing_key"),
    (lambda plan: plan.update(extra=1), "extra", "unknown_key"),
    (lambda plan: plan.update(status="good"), "status", "not_one_of"),
    (lambda plan: plan.update(seconds=-1), "seconds", "too_small"),
    (lambda plan: plan["bound_from"].update(cost="guess"), "bound_from.cost", "not_one_of"),
    (lambda plan: plan["score"].update(open=None), "score.open", "null"),
    (
        lambda plan: plan["unfilled"][0]["reasons"].update(lazy=1),
        "unfilled[0].reasons.lazy",
        "unknown_key",
    ),
    (lambda plan: plan["assignments"].append({}), "assignments[1].volunteer", "missing_key"),
]


@pytest.mark.parametrize(("change", "place", "code"), PLAN_CHANGES)
def test_plan_defect_is_named(change: Callable[[Json], Any], place: str, code: str) -> None:
    document = _plan()
    assert write_plan(read_plan(document)) == document

    change(document)
    with pytest.raises(PlanRefused) as refused:
        read_plan(json.dumps(document))

    assert (place, code) in {(each.place, each.code) for each in refused.value.defects}
    assert (refused.value.assignments is None) == (place.startswith("assignments"))
