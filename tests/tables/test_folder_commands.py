"""Folders of tables at the terminal: report, repair and explain, and what is too large for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from benchmarks.cities import DISTRICT, draw_city
from cli import repairing, solving, solving_files, solving_tables
from matcher.codec import write_problem
from matcher.tables.parquet.writing import write_tables
from matcher.tables.to_problem import problem_of

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

APP = typer.Typer()
solving.register(APP)
repairing.register(APP)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(APP, [*(str(each) for each in arguments), "--language", "en"])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a problem, in columns and as JSON, and its plan in both forms."""
    path = tmp_path_factory.mktemp("town")
    tables = draw_city(60, 6, 2, DISTRICT)
    (path / "problem").mkdir()
    write_tables(tables, path / "problem")
    (path / "problem.json").write_text(json.dumps(write_problem(problem_of(tables))), "utf-8")
    for output in ("plan/", "plan.json"):
        options = ("--effort", "1", "--seconds", "600", "--progress", "none")
        found = run("solve", path / "problem", "-o", f"{path}/{output}", *options)
        assert found.exit_code == 0
    return path


def test_the_report_of_columns_tells_the_same_people(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but what only objects tell: how many a shift would have suited."""
    whole = run("report", town / "problem.json", town / "plan.json")
    monkeypatch.setattr(solving_tables, "OBJECTS_PEOPLE_MOST", 0)
    columns = run("report", town / "problem", town / "plan")
    assert (whole.exit_code, columns.exit_code) == (0, 0), columns.output
    lines = columns.output.splitlines()
    assert len(lines) > 5
    assert set(lines) <= set(whole.output.splitlines())


def test_the_report_of_a_plan_of_another_problem_is_refused(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = json.loads((town / "plan.json").read_text())
    plan["assignments"][0]["volunteer"] = "stranger"
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    monkeypatch.setattr(solving_tables, "OBJECTS_PEOPLE_MOST", 0)
    told = run("report", town / "problem", tmp_path / "plan.json")
    assert told.exit_code == 2
    assert "the problem has no stranger" in told.output


def test_a_folder_is_mended_as_its_json_is(town: Path, tmp_path: Path) -> None:
    gone = json.loads((town / "plan.json").read_text())["assignments"][0]["volunteer"]
    mended = {}
    for kind, problem, plan in (
        ("columns", "problem", "plan"),
        ("json", "problem.json", "plan.json"),
    ):
        output, changed = tmp_path / f"{kind}.json", tmp_path / f"{kind}-problem.json"
        found = run(
            *("repair", town / problem, town / plan, "--drop", gone, "-o", output),
            *("--problem-output", changed),
        )
        assert found.exit_code == 0, found.output
        assert run("check", changed, output).exit_code == 0
        mended[kind] = json.loads(output.read_text())
    lines = mended["columns"]["assignments"]
    assert gone not in {line["volunteer"] for line in lines}
    assert mended["columns"]["score"] == mended["json"]["score"]


def test_a_folder_is_explained_as_its_json_is(town: Path) -> None:
    columns = run("explain", town / "problem", town / "plan")
    assert columns.exit_code == 0
    assert columns.output == run("explain", town / "problem.json", town / "plan.json").output


@pytest.mark.parametrize("limit", ["OBJECTS_PEOPLE_MOST", "OBJECTS_SHIFTS_MOST"])
@pytest.mark.parametrize("command", ["explain", "repair"])
def test_what_is_too_large_is_refused_in_words(
    town: Path, monkeypatch: pytest.MonkeyPatch, command: str, limit: str
) -> None:
    monkeypatch.setattr(solving_files, limit, 5)
    told = run(command, town / "problem", town / "plan")
    assert told.exit_code == 2
    assert "60 people and 6 shifts; this command is for at most" in told.output
