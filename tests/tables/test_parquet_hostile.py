"""What a table can be that no JSON problem is: each thing wrong is named with its place."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from matcher.defects import DEFECTS_MAX, ProblemRefused
from matcher.tables.parquet.reading import read_tables
from tests.tables.plain_folder import PLACE, put

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAY = ["2026-03-07T00:00:00+08:00", "2026-03-08T00:00:00+08:00"]
PROBLEM = {
    "format": "mulin.problem/1",
    "horizon": {"start": DAY[0], "end": DAY[1]},
    "volunteers": [
        {
            "id": "v",
            "available": [DAY],
            "max_minutes_per_day": 1440,
            "location": [0, 0],
            "skills": {"a": 1, "b": 2},
        },
        {"id": "w", "available": []},
    ],
    "shifts": [
        {
            "id": "s",
            "project": "p",
            "start": DAY[0],
            "end": DAY[1],
            "cause": "green",
            "roles": [{"id": "r", "max": 1}],
            "team": [{"skill": "a", "level": 1, "count": 1}],
            "invited": ["v"],
        }
    ],
    "fixed": [{"volunteer": "v", "shift": "s", "role": "r"}],
}
UTC_MS = pa.timestamp("ms", "UTC")
SPANS = pa.list_(pa.struct([("start", UTC_MS), ("end", UTC_MS)]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(PROBLEM, tmp_path)
    return tmp_path


def defects_of(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(ProblemRefused) as refused:
        read_tables(folder)
    return [(defect.place, defect.code) for defect in refused.value.defects]


def with_column(folder: Path, table: str, column: str, values: Any) -> None:
    """Put another column into a table."""
    path = folder / f"{table}.parquet"
    found = pq.read_table(path)
    if column in found.column_names:
        found = found.set_column(found.column_names.index(column), column, values)
    else:
        found = found.append_column(column, values)
    pq.write_table(found, path)


Wrong = tuple[str, str, Any, str, str]
AT = datetime.fromisoformat(DAY[0])
WRONG_COLUMNS: list[Wrong] = [
    ("volunteers", "height", pa.array([1, 2]), "volunteers.height", "unknown_key"),
    ("volunteers", "id", pa.array([1, 2]), "volunteers.id", "wrong_type"),
    ("volunteers", "id", pa.array(["v", None]), "volunteers[1].id", "null_value"),
    ("volunteers", "age", pa.array([1.0, 2.0]), "volunteers.age", "wrong_type"),
    ("volunteers", "age", pa.array([1, None]), "volunteers[1].age", "null_value"),
    ("volunteers", "age", pa.nulls(2), "volunteers.age", "wrong_type"),
    ("volunteers", "age", pa.array([1, 2**64 - 1], pa.uint64()), "volunteers[1].age", "too_big"),
    ("volunteers", "location", pa.array(["0,0", None]), "volunteers.location", "wrong_type"),
    (
        "volunteers",
        "location",
        pa.array([{"longitude": 1.0, "latitude": None}, None], PLACE),
        "volunteers[0].location.latitude",
        "null_value",
    ),
    (
        "volunteers",
        "location",
        pa.array([{"longitude": 1.0}, None]),
        "volunteers.location.latitude",
        "missing_key",
    ),
    (
        "volunteers",
        "location",
        pa.array([{"longitude": 1.0, "latitude": 1.0, "height": 1}, None]),
        "volunteers.location.height",
        "unknown_key",
    ),
    (
        "volunteers",
        "skills",
        pa.array([[("a", 1), ("a", 2)], []], pa.map_(pa.string(), pa.int8())),
        "volunteers[0].skills.a",
        "duplicate_key",
    ),
    (
        "volunteers",
        "skills",
        pa.array([None, []], pa.map_(pa.string(), pa.int8())),
        "volunteers[0].skills",
        "null_value",
    ),
    (
        "volunteers",
        "skills",
        pa.array([[], [("a b", None)]], pa.map_(pa.string(), pa.int8())),
        'volunteers[1].skills["a b"]',
        "null_value",
    ),
    ("volunteers", "skills", pa.array([["a"], []]), "volunteers.skills", "wrong_type"),
    ("volunteers", "groups", pa.array([["a", None], []]), "volunteers[0].groups[1]", "null_value"),
    ("volunteers", "groups", pa.array(["a", "b"]), "volunteers.groups", "wrong_type"),
    (
        "volunteers",
        "available",
        pa.array([[{"start": AT, "end": None}], []], SPANS),
        "volunteers[0].available[0].end",
        "null_value",
    ),
    (
        "volunteers",
        "available",
        pa.array([[], [None]], SPANS),
        "volunteers[1].available[0]",
        "null_value",
    ),
    (
        "volunteers",
        "available",
        pa.array([[{"start": 0, "end": 60}], []]),
        "volunteers.available.start",
        "wrong_type",
    ),
    ("shifts", "cause", pa.array([3]), "shifts.cause", "wrong_type"),
    ("shifts", "start", pa.array([AT], pa.timestamp("s")), "shifts.start", "no_offset"),
    ("shifts", "start", pa.array([DAY[0]]), "shifts.start", "wrong_type"),
    (
        "shifts",
        "start",
        pa.array([1_772_812_800_001], UTC_MS),
        "shifts[0].start",
        "not_whole_minutes",
    ),
    ("shifts", "start", pa.array([2**60], UTC_MS), "shifts[0].start", "not_a_time"),
    (
        "shifts",
        "cancel_below_minimum",
        pa.array([1]),
        "shifts.cancel_below_minimum",
        "wrong_type",
    ),
    (
        "shifts",
        "team",
        pa.array([[{"skill": "a", "level": 1}]]),
        "shifts.team.count",
        "missing_key",
    ),
    ("roles", "shift", pa.array(["t"]), "roles[0].shift", "unknown_shift"),
    ("roles", "max", pa.array([None], pa.int64()), "roles[0].max", "null_value"),
    ("fixed", "reason", pa.array(["why"]), "fixed.reason", "unknown_key"),
    ("fixed", "role", pa.array([None], pa.string()), "fixed[0].role", "null_value"),
]


@pytest.mark.parametrize(
    ("table", "column", "values", "place", "code"),
    WRONG_COLUMNS,
    ids=[f"{place} {code}" for *_, place, code in WRONG_COLUMNS],
)
def test_a_column_that_is_not_as_it_must_be_is_named(
    folder: Path, table: str, column: str, values: Any, place: str, code: str
) -> None:
    with_column(folder, table, column, values)

    found = defects_of(folder)

    assert found[0] == (place, code)
    # The end may be as wrong as the start, and a role without a shift is one that fixed lines lack.
    assert set(found[1:]) <= {
        ("volunteers.available.end", "wrong_type"),
        ("fixed[0].role", "unknown_role"),
    }


def test_texts_that_are_not_utf_8_are_named_one_by_one(folder: Path) -> None:
    raw = pa.array([b"v", b"w\xff"], pa.binary())
    with_column(folder, "volunteers", "id", raw.view(pa.string()))

    assert defects_of(folder) == [("volunteers[1].id", "not_utf8")]


def test_a_column_that_must_be_there_and_one_that_stands_twice(folder: Path) -> None:
    path = folder / "volunteers.parquet"
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["available"]).append_column("age", table["age"]), path)

    assert set(defects_of(folder)) == {
        ("volunteers.available", "missing_key"),
        ("volunteers.age", "duplicate_key"),
    }


def _without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _holding(name: str, data: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return write


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        (_without("volunteers.parquet"), "volunteers", "missing_table"),
        (_without("shifts.parquet"), "shifts", "missing_table"),
        (_without("roles.parquet"), "roles", "missing_table"),
        (_without("problem.json"), "problem.json", "missing_table"),
        (_holding("volunteer.parquet", b""), "volunteer.parquet", "unknown_table"),
        (_holding("volunteers.parquet", b"PAR1 no"), "volunteers", "not_parquet"),
        (_holding("volunteers.parquet", b""), "volunteers", "not_parquet"),
        (_holding("problem.json", b"{"), "problem.json", "not_json"),
        (_holding("problem.json", b'{"format": 1}'), "format", "wrong_type"),
    ],
)
def test_what_a_folder_lacks_or_has_too_much_is_named(
    folder: Path, change: Callable[[Path], None], place: str, code: str
) -> None:
    change(folder)

    found = defects_of(folder)

    assert found[0] == (place, code) or (place, code) in found
    # What only follows from it is not told as well.
    assert not {code for _, code in found} & {"unknown_volunteer", "outside_horizon"}


def test_marks_that_tools_leave_are_no_tables(folder: Path) -> None:
    (folder / "_SUCCESS").touch()
    (folder / ".part.crc").touch()

    assert read_tables(folder).people.id.tolist() == ["v", "w"]


def test_other_kinds_of_the_same_column_read_the_same(folder: Path) -> None:
    ids = pa.array(["v", "w"])
    plain = read_tables(folder)
    for kind in (pa.large_string(), pa.dictionary(pa.int32(), pa.string()), pa.string_view()):
        with_column(folder, "volunteers", "id", pc.cast(ids, kind))
        assert read_tables(folder).people.id.tolist() == plain.people.id.tolist()
    with_column(folder, "volunteers", "age", pa.array([30, 30], pa.uint8()))
    with_column(folder, "volunteers", "groups", pa.array([[], []], pa.large_list(pa.string())))
    for unit in ("s", "ms", "us", "ns"):
        times = pa.array([AT], pa.timestamp(unit, "America/New_York"))
        with_column(folder, "shifts", "start", times)
        assert read_tables(folder).shifts.start.tolist() == plain.shifts.start.tolist()


def test_a_column_that_is_left_out_has_its_default(folder: Path) -> None:
    plain = read_tables(folder)
    path = folder / "shifts.parquet"
    kept = ["id", "project", "start", "end"]
    pq.write_table(pq.read_table(path).select(kept), path)

    shifts = read_tables(folder).shifts

    assert shifts.priority.tolist() == [5]
    assert shifts.cause.tolist() == [-1]
    assert shifts.team.first.tolist() == shifts.invited.first.tolist() == [0, 0]
    assert plain.shifts.cause.tolist() == [0]


def test_a_hundred_defects_are_told_and_the_rest_counted(folder: Path) -> None:
    count = 5000
    path = folder / "volunteers.parquet"
    table = pa.table({"id": [f"p{n}" for n in range(count)], "age": pa.array([-1] * count)})
    available = pa.array([[]] * count, SPANS)
    pq.write_table(table.append_column("available", available), path)
    (folder / "fixed.parquet").unlink()
    shifts = pq.read_table(folder / "shifts.parquet").drop_columns(["invited"])
    pq.write_table(shifts, folder / "shifts.parquet")

    with pytest.raises(ProblemRefused) as refused:
        read_tables(folder)

    defects = refused.value.defects
    assert len(defects) == DEFECTS_MAX + 1
    assert defects[-1].parameters == {"count": count - DEFECTS_MAX}


def test_rows_in_several_groups_are_one_table(folder: Path) -> None:
    path = folder / "volunteers.parquet"
    pq.write_table(pq.read_table(path), path, row_group_size=1)

    assert read_tables(folder).people.id.tolist() == ["v", "w"]


def test_the_head_is_read_as_strictly_as_json(folder: Path) -> None:
    head = json.loads((folder / "problem.json").read_text("utf-8"))
    head["rules"] = {"speed_kmh": 0, "speed": 3}
    head["volunteers"] = []
    (folder / "problem.json").write_text(json.dumps(head), "utf-8")

    assert set(defects_of(folder)) == {
        ("rules.speed_kmh", "too_small"),
        ("rules.speed", "unknown_key"),
        ("volunteers", "unknown_key"),
    }
