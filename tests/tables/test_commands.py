"""Folders of tables at the terminal: solve, check, explain and convert."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from cli import solving, solving_tables
from matcher import portfolio
from matcher.city import solve_city
from matcher.codec import read_plan, read_problem, write_problem
from matcher.tables.of_problem import tables_of
from matcher.tables.parquet.reading import read_tables
from matcher.tables.parquet.writing import write_tables
from tests.reference.cases import case
from tests.tables.same import unlike

if TYPE_CHECKING:
    from pathlib import Path

APP = typer.Typer()
solving.register(APP)
PROBLEM = read_problem(case(3, fixed="consistent")[0])


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(APP, [*(str(each) for each in arguments), "--language", "en"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "problem"
    path.mkdir()
    write_tables(tables_of(PROBLEM), path)
    return path


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(write_problem(PROBLEM)), "utf-8")
    return path


def solved(folder: Path, output: str | Path) -> Any:
    return run("solve", folder, "-o", output, "--progress", "none", "--seconds", "20")


def test_a_folder_of_many_people_goes_to_the_engine_for_cities(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portfolio, "SHIFTS_MOST", 0)
    asked: list[int] = []
    monkeypatch.setattr(
        "matcher.city.solve_city",
        lambda tables, *given, **named: (
            asked.append(len(tables.people)) or solve_city(tables, *given, **named)
        ),
    )
    columns = tmp_path / "plan"

    assert solved(folder, f"{columns}/").exit_code == 0
    assert asked == [len(PROBLEM.volunteers)]
    assert run("check", folder, columns).exit_code == 0


def test_a_folder_is_solved_and_its_plan_is_a_folder_or_json(folder: Path, tmp_path: Path) -> None:
    plan, columns = tmp_path / "plan.json", tmp_path / "plan"

    assert solved(folder, plan).exit_code == 0
    assert solved(folder, f"{columns}/").exit_code == 0

    assert sorted(each.name for each in columns.iterdir()) == [
        "assignments.parquet",
        "plan.json",
        "unfilled.parquet",
    ]
    for written in (plan, columns):
        assert run("check", folder, written).exit_code == 0, written
        assert run("check", folder, written, "--bound").exit_code == 0, written
        assert run("explain", folder, written).exit_code == 0, written
    again = tmp_path / "again.json"
    assert run("convert", columns, again).exit_code == 0
    said, seen = (read_plan(path.read_bytes()) for path in (plan, again))
    assert (seen.assignments, seen.score, seen.unfilled) == (
        said.assignments,
        said.score,
        said.unfilled,
    )
    assert run("convert", again, tmp_path / "columns again").exit_code == 0


def test_a_problem_is_converted_there_and_back(document: Path, tmp_path: Path) -> None:
    folder, again = tmp_path / "folder", tmp_path / "again.json"

    assert run("convert", document, folder).exit_code == 0
    assert run("convert", folder, again).exit_code == 0

    assert unlike(read_tables(folder), tables_of(PROBLEM)) == []
    assert unlike(tables_of(read_problem(again.read_bytes())), tables_of(PROBLEM)) == []


def test_a_large_problem_is_checked_over_columns(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = tmp_path / "plan"
    assert solved(folder, f"{plan}/").exit_code == 0
    valid = run("check", folder, plan)
    monkeypatch.setattr(solving_tables, "OBJECTS_PEOPLE_MOST", 0)

    large = run("check", folder, plan)
    assert (large.exit_code, large.output) == (0, valid.output)
    assert solved(folder, tmp_path / "another.json").exit_code == 0

    lines = pq.read_table(plan / "assignments.parquet").to_pylist()
    lines = [*lines, *lines, {"volunteer": "nobody", "shift": "nowhere", "role": "none"}]
    pq.write_table(pa.Table.from_pylist(lines), plan / "assignments.parquet")
    broken = run("check", folder, plan)
    assert broken.exit_code == 1
    last = len(lines) - 1
    assert f"format assignments[{last}]: no volunteer has the id nobody" in broken.output
    assert "the same line stands twice, first at assignments[0]" in broken.output


def test_a_wrong_folder_is_refused_with_its_places(folder: Path) -> None:
    path = folder / "volunteers.parquet"
    table = pq.read_table(path)
    ages = pa.array([-1] * table.num_rows)
    pq.write_table(table.set_column(table.column_names.index("age"), "age", ages), path)

    for command in (("solve", folder), ("check", folder, "-"), ("convert", folder, "-")):
        refused = run(*command)
        assert refused.exit_code == 2
        assert "volunteers[0].age: must be at least 0, not -1" in refused.output


def test_a_wrong_plan_folder_is_refused_with_its_places(folder: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    assert solved(folder, f"{plan}/").exit_code == 0
    document = json.loads((plan / "plan.json").read_text("utf-8"))
    document["score"]["open"], document["assignments"] = "none", []
    (plan / "plan.json").write_text(json.dumps(document), "utf-8")
    pq.write_table(pa.table({"volunteer": ["v"], "shift": ["s"]}), plan / "assignments.parquet")
    reasons = pa.array([[("tired", 1)]], pa.map_(pa.string(), pa.int64()))
    unfilled = {"shift": ["s"], "role": ["r"], "missing": [1], "reasons": reasons}
    pq.write_table(pa.table(unfilled), plan / "unfilled.parquet")

    refused = run("check", folder, plan)

    assert refused.exit_code == 2
    for said in (
        "score.open: must be a whole number",
        "assignments: unknown key assignments",
        "unfilled[0].reasons.tired: unknown key tired",
    ):
        assert said in refused.output


def test_nothing_is_written_over_a_folder_that_holds_something(
    folder: Path, document: Path, tmp_path: Path
) -> None:
    before = sorted(folder.iterdir())

    assert run("convert", document, folder).exit_code == 2
    assert solved(folder, f"{folder}/").exit_code == 2
    assert run("convert", document, tmp_path / "no" / "such").exit_code == 2
    assert run("convert", document, document).exit_code == 2
    assert sorted(folder.iterdir()) == before
    assert sorted(tmp_path.iterdir()) == [folder, document]


def test_what_is_neither_problem_nor_plan_is_not_converted(tmp_path: Path) -> None:
    for number, text in enumerate(("", "[]", '{"format": "mulin.plan/1"}', "[" * 100_000)):
        path = tmp_path / f"{number}.json"
        path.write_text(text, "utf-8")
        assert run("convert", path, tmp_path / "out").exit_code == 2
    assert run("convert", tmp_path / "missing.json", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "out").exists()
