"""`mulin repair` at the terminal: what it writes passes `check`, and refusals name their place."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli import repairing, solving
from cli.repairing_words import ADDED, LACKS, REMOVED
from matcher.codec import read_plan, read_problem, write_plan, write_problem
from matcher.repair.keeping import Lacks, TouchedBy
from matcher.repair.values import AddedBy
from matcher.solve import solve
from tests.matcher.factories import at, lines, problem, shift, volunteer
from tests.matcher.solving import params

APP = typer.Typer()
solving.register(APP)
repairing.register(APP)

SMALL = problem(
    [volunteer("ann"), volunteer("b@o", max_shifts=1), volunteer("cy", max_shifts=0)],
    [shift("one", at(0, 8)), shift("two", at(0, 9))],
    fixed=lines("ann one"),
)


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(APP, [*map(str, arguments), "--language", "en"])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    asked, planned = tmp_path / "problem.json", tmp_path / "plan.json"
    asked.write_text(json.dumps(write_problem(SMALL)), "utf-8")
    planned.write_text(json.dumps(write_plan(solve(SMALL, params()))), "utf-8")
    return asked, planned


def test_a_repaired_plan_passes_the_check_of_its_problem(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    mended, changed = tmp_path / "mended.json", tmp_path / "changed.json"

    told = run(
        *("repair", *files, "--drop", "ann", "-o", mended, "--problem-output", changed),
        *("--seats", "two@helper@0-1"),
    )
    checked = run("check", changed, mended)

    assert told.exit_code == 0
    assert "- ann · one · helper: cannot come" in told.stderr
    assert "Proven best of all plans that free at most 2." in told.stderr
    assert checked.exit_code == 0
    plan, after = read_plan(mended.read_bytes()), read_problem(changed.read_bytes())
    assert all(line.volunteer == "b@o" for line in plan.assignments)
    assert next(each for each in after.shifts if each.id == "two").roles[0].max == 1


def test_ids_may_hold_the_separator(files: tuple[Path, Path]) -> None:
    whole = run("repair", *files, "--drop", "b@o")
    once = run("repair", *files, "--drop", "b@o@one")

    assert whole.exit_code == once.exit_code == 0
    assert all(row["volunteer"] != "b@o" for row in json.loads(whole.stdout)["assignments"])


def test_a_moved_shift_and_a_claim_are_read(files: tuple[Path, Path]) -> None:
    told = run(
        *("repair", *files, "--claim", "cy@two@helper", "--call-off", "one"),
        *("--move", "two@2026-03-02T14:00+08:00/2026-03-02T16:00+08:00"),
    )

    # Cy may give no shift at all, and a promise does not change that.
    assert told.exit_code == 1
    assert "break H6" in told.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--drop", "nobody"), 2, "2 parts, with @ between them"),
        (("--drop", "nobody@one"), 1, "changes[0].volunteer: no volunteer has the id nobody"),
        (("--call-off", "none"), 1, "changes[0].shift: no shift has the id none"),
        (("--move", "one@tomorrow"), 2, "START/END in ISO 8601"),
        (("--seats", "one@helper@many"), 2, "MIN-MAX"),
        (("--claim", "ann@one"), 2, "3 parts"),
    ],
)
def test_a_change_that_cannot_be_read_or_made_is_refused(
    files: tuple[Path, Path], words: tuple[str, str], code: int, said: str
) -> None:
    told = run("repair", *files, *words)

    assert (told.exit_code, told.stdout) == (code, "")
    assert said in told.stderr


def test_a_plan_of_another_problem_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    document = json.loads(files[1].read_text("utf-8"))
    document["assignments"] = [{"volunteer": "ann", "shift": "two", "role": "helper"}]
    other.write_text(json.dumps(document), "utf-8")

    told = run("repair", files[0], other, "--drop", "ann")

    assert told.exit_code == 1
    assert "not valid before the changes" in told.stderr


def test_every_code_has_words() -> None:
    assert set(REMOVED) == {*TouchedBy.__args__, "freed"}
    assert set(ADDED) == set(AddedBy.__args__)
    assert set(LACKS) == set(Lacks.__args__)
