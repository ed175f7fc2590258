"""`mulin solve`, `check` and `explain` on files, as somebody at a terminal meets them."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from benchmarks.instances import draw
from cli import solving, solving_words
from matcher import defects, violation
from matcher.check import check
from matcher.codec import LIMIT_BYTES, read_plan, write_plan, write_problem
from matcher.plan import REASONS
from matcher.problem import Problem, Role
from matcher.solve import solve
from tests.matcher.factories import at, lines, problem, shift, volunteer
from tests.matcher.solving import params

ROOT = Path(__file__).parents[2]
APP = typer.Typer()
solving.register(APP)

ROLES = (Role("helper", max=2, min=1), Role("lead", max=1))
SMALL = problem(
    [volunteer("a", age=12), volunteer("b"), volunteer("c", available=())],
    [shift("s", at(0, 8), roles=ROLES), shift("t", at(0, 9))],
    fixed=lines("b s"),
)


def run(*arguments: str | Path, stdin: bytes | None = None) -> Any:
    """The command's outcome, in English."""
    words = [str(each) for each in arguments]
    return CliRunner().invoke(APP, [*words, "--language", "en"], input=stdin)


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    return written(tmp_path / "problem.json", write_problem(SMALL))


@pytest.fixture
def planned(tmp_path: Path) -> Path:
    return written(tmp_path / "plan.json", write_plan(solve(SMALL, params())))


def written(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value), "utf-8")
    return path


def test_solve_writes_a_plan_that_check_finds_true(asked: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.json"

    solved = run("solve", asked, "-o", output, "--effort", "20", "--seconds", "600")
    checked = run("check", asked, output)

    assert solved.exit_code == 0
    assert "proven optimal" in solved.stderr
    assert check(SMALL, read_plan(output.read_bytes())) == []
    assert (checked.exit_code, checked.stdout) == (
        0,
        "the plan is valid; its score is 0 / 15 / 80\n",
    )
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".json"] == []


def test_solve_reads_and_writes_the_standard_streams(asked: Path) -> None:
    solved = run("solve", "-", "--progress", "none", stdin=asked.read_bytes())

    assert check(SMALL, read_plan(solved.stdout)) == []


def test_progress_is_a_line_of_json_each(asked: Path, tmp_path: Path) -> None:
    solved = run("solve", asked, "-o", tmp_path / "out.json", "--progress", "json")

    told = [json.loads(line) for line in solved.stderr.splitlines() if line.startswith("{")]
    assert [told[0]["stage"], told[-1]["stage"]] == ["greedy", "done"]
    assert set(told[-1]) == {"stage", "fraction", "score", "bound", "assignments"}


BAD_FILES: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"{", "not JSON"),
    "GBK": ("志愿者服务队".encode("gbk"), "not UTF-8 text (byte 4)"),
    "unknown key": (b'{"format": "mulin.problem/1", "people": []}', "people: unknown key people"),
    "many": (b"{}", "volunteers: the key volunteers is required"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_unreadable_problem_is_refused_in_words(name: str, tmp_path: Path) -> None:
    data, message = BAD_FILES[name]
    file, output = tmp_path / "bad.json", tmp_path / "out.json"
    file.write_bytes(data)

    solved = run("solve", file, "-o", output)

    assert solved.exit_code == 2
    assert message in solved.stderr
    assert not output.exists()


def test_two_hundred_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.json"
    with file.open("wb") as sparse:
        sparse.truncate(200 * 1024 * 1024)

    solved = run("solve", file)

    assert solved.exit_code == 2
    assert f"larger than the limit of {LIMIT_BYTES} bytes" in solved.stderr


def test_file_that_is_not_there_is_refused(tmp_path: Path, asked: Path) -> None:
    assert run("solve", tmp_path / "none.json").exit_code == 2
    assert run("solve", asked, "-o", tmp_path / "none" / "out.json").exit_code == 2


def test_clash_names_the_lines(tmp_path: Path) -> None:
    clashing = replace(SMALL, fixed=lines("b s", "a s", "b t"))
    file = written(tmp_path / "clash.json", write_problem(clashing))

    solved = run("solve", file)

    assert solved.exit_code == 2
    assert (
        "they break H4: fixed[0] (b on s as helper); fixed[2] (b on t as helper)" in solved.stderr
    )


def test_check_names_rule_place_and_true_score(asked: Path, planned: Path) -> None:
    plan = json.loads(planned.read_text("utf-8"))
    plan["assignments"] = [{"volunteer": "c", "shift": "s", "role": "lead"}]
    written(planned, plan)

    checked = run("check", asked, planned)

    assert checked.exit_code == 1
    found = checked.stdout.splitlines()
    assert "H2 assignments[0]: c is not available for the whole of s" in found
    assert "H13 fixed[0]: b was promised helper on s" in found
    assert any(line.startswith("score score.cost: ") for line in found)
    assert found[-1].endswith("the true score is 5 / 20 / 40")


def test_check_of_lines_alone_still_names_the_rules(asked: Path, tmp_path: Path) -> None:
    bare = {"format": "mulin.plan/1", "assignments": []}

    checked = run("check", asked, written(tmp_path / "bare.json", bare))

    assert checked.exit_code == 1
    assert "format score: the key score is required" in checked.stdout
    assert "H13 fixed[0]" in checked.stdout


def test_check_refuses_what_is_no_plan(asked: Path) -> None:
    checked = run("check", asked, asked)

    assert checked.exit_code == 2
    assert 'format: must be "mulin.plan/1"' in checked.stderr


def test_check_proves_bounds_again(asked: Path, planned: Path) -> None:
    plan = json.loads(planned.read_text("utf-8"))
    plan["bound_from"] = dict.fromkeys(("shortfall", "open", "cost"), "lp")
    written(planned, plan)

    assert run("check", asked, planned, "--bound").exit_code == 0


def test_explain_says_why_seats_are_open(asked: Path, planned: Path) -> None:
    explained = run("explain", asked, planned, "--shift", "s", "--role", "lead")

    assert explained.exit_code == 0
    assert explained.stdout == "lead on s lacks 1: 1 not available\n"


def test_explain_says_why_not_this_person(asked: Path, planned: Path) -> None:
    plan = solve(SMALL, params())
    on = {line.volunteer for line in plan.assignments if line.shift == "s"}
    assert on == {"a", "b"}

    one = run("explain", asked, planned, "--volunteer", "c", "--shift", "s", "--role", "lead")
    other = run("explain", asked, planned, "--volunteer", "b")

    assert one.stdout.startswith("s · lead: not available; H2 assignments[2]: c is not available")
    assert other.stdout.splitlines() == [
        "s · helper: is on this shift",
        "s · lead: is on this shift",
        "t · helper: busy, or at a limit",
    ]


@pytest.mark.parametrize("option", ["--shift", "--role", "--volunteer"])
def test_explain_refuses_names_that_are_not_there(option: str, asked: Path, planned: Path) -> None:
    explained = run("explain", asked, planned, option, "nobody")

    assert explained.exit_code == 2
    assert "nobody" in explained.stderr


def test_every_message_has_its_chinese() -> None:
    assert solving_words.DEFECTS_ZH.keys() == defects.MESSAGES.keys()
    assert solving_words.VIOLATIONS_ZH.keys() == violation.MESSAGES.keys()
    assert tuple(solving_words.REASONS) == REASONS
    for chinese, english in (
        (solving_words.DEFECTS_ZH, defects.MESSAGES),
        (solving_words.VIOLATIONS_ZH, violation.MESSAGES),
    ):
        for code, text in english.items():
            assert _fields(chinese[code]) <= _fields(text), code


def _fields(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def test_chinese_is_spoken_where_it_is_asked_for(asked: Path, planned: Path) -> None:
    arguments = ["check", str(asked), str(planned), "--language", "zh"]

    assert CliRunner().invoke(APP, arguments).stdout.startswith("方案有效；得分")


def _large() -> Problem:
    return draw(800, 90, seed=1)


def test_interrupt_writes_the_best_plan_so_far(tmp_path: Path) -> None:
    asked = _large()
    file, output = written(tmp_path / "large.json", write_problem(asked)), tmp_path / "out.json"
    command = [sys.executable, "-m", "cli", "solve", str(file), "-o", str(output)]
    with subprocess.Popen(
        [*command, "--seconds", "600", "--progress", "json", "--language", "en"],
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "default"},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert json.loads(process.stderr.readline())["stage"] == "greedy"
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()

    assert process.returncode == 0
    assert json.loads(rest.splitlines()[-1])["stage"] == "done"
    plan = read_plan(output.read_bytes())
    assert check(asked, plan) == []
    assert plan.status == "feasible"


def test_help_does_not_load_the_solvers() -> None:
    script = (
        "import sys, cli.main\n"
        "loaded = {'ortools', 'scipy.optimize', 'matcher.solve'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
