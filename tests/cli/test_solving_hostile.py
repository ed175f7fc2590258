"""`mulin solve`, `check` and `explain` where the terminal, the disk or the caller misbehave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WEEK = {"start": "2026-01-29T00:00+08:00", "end": "2026-02-05T00:00+08:00"}
PROBLEM: dict[str, Any] = {
    "format": "mulin.problem/1",
    "horizon": WEEK,
    "volunteers": [{"id": "v", "available": [[WEEK["start"], WEEK["end"]]]}],
    "shifts": [
        {
            "id": "s",
            "project": "p",
            "start": "2026-01-29T08:00+08:00",
            "end": "2026-01-29T10:00+08:00",
            "roles": [{"id": "r", "max": 1}],
        }
    ],
}
QUIET = ("--progress", "none")


def mulin(*words: str | Path, **streams: Any) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own, in English."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    command = [sys.executable, "-m", "cli", *(str(word) for word in words), "--language", "en"]
    found = subprocess.run(command, cwd=ROOT, check=False, **streams)
    assert b"Traceback" not in (found.stderr or b"") + (found.stdout or b"")
    return found


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(PROBLEM), "utf-8")
    return file


@pytest.fixture
def planned(asked: Path) -> Path:
    file = asked.with_name("plan.json")
    assert mulin("solve", asked, "-o", file, *QUIET).returncode == 0
    return file


@pytest.mark.parametrize("output", ["", "nowhere/plan.json", "."])
def test_an_output_that_cannot_be_written_is_refused_before_the_work(
    output: str, asked: Path
) -> None:
    found = mulin("solve", asked, "-o", asked.parent / output if output else "")

    assert found.returncode == 2
    assert found.stderr.count(b"\n") == 1  # The reason, and no bar before it.


def test_a_link_stays_a_link(asked: Path) -> None:
    link, target = asked.with_name("link.json"), asked.with_name("target.json")
    link.symlink_to(target)

    assert mulin("solve", asked, "-o", link, *QUIET).returncode == 0

    assert link.is_symlink()
    assert json.loads(target.read_text("utf-8"))["format"] == "mulin.plan/1"


def test_the_device_for_standard_output_is_written_to(asked: Path) -> None:
    found = mulin("solve", asked, "-o", "/dev/stdout", *QUIET)

    assert json.loads(found.stdout)["format"] == "mulin.plan/1"
    assert Path("/dev/stdout").is_symlink()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("command", ["solve", "check", "explain"])
def test_a_full_disk_is_told_in_words(command: str, asked: Path, planned: Path) -> None:
    files = [asked] if command == "solve" else [asked, planned]
    words = QUIET if command == "solve" else ()

    with open("/dev/full", "wb") as full:
        found = mulin(command, *files, *words, stdout=full)

    assert found.returncode == 2
    assert b"No space left on device" in found.stderr


def test_a_plan_that_does_not_fit_on_the_disk_leaves_the_old_one(asked: Path) -> None:
    output = asked.with_name("out.json")
    output.write_text("old", "utf-8")

    # No file may grow beyond one byte: what a full disk does to everybody.
    limited = (
        "import resource, runpy, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1)); sys.argv[0] = 'mulin';"
        "runpy.run_module('cli', run_name='__main__')"
    )
    words = ["solve", str(asked), "-o", str(output), *QUIET, "--language", "en"]
    found = subprocess.run(
        [sys.executable, "-B", "-c", limited, *words], cwd=ROOT, capture_output=True, check=False
    )

    assert (found.returncode, b"Traceback" in found.stderr) == (2, False)
    assert output.read_text("utf-8") == "old"
    assert sorted(path.name for path in asked.parent.iterdir()) == ["out.json", "problem.json"]


def test_closed_streams_are_told_in_words(asked: Path) -> None:
    closed_input = mulin("solve", "-", *QUIET, preexec_fn=lambda: os.close(0))
    closed_output = mulin("solve", asked, *QUIET, stdout=None, preexec_fn=lambda: os.close(1))

    assert (closed_input.returncode, closed_output.returncode) == (2, 2)
    assert closed_input.stderr.startswith(b"standard input: ")
    assert closed_output.stderr.startswith(b"standard output: ")


@pytest.mark.parametrize("command", ["check", "explain"])
def test_standard_input_holds_one_file_only(command: str) -> None:
    found = mulin(command, "-", "-", input=json.dumps(PROBLEM).encode())

    assert found.returncode == 2
    assert found.stderr == b"standard input can be read only once\n"


def test_two_hundred_megabytes_from_standard_input_are_not_kept(tmp_path: Path) -> None:
    huge = tmp_path / "huge.json"
    with huge.open("wb") as sparse:
        sparse.truncate(200 * 1024 * 1024)

    with huge.open("rb") as stream:
        found = mulin("solve", "-", *QUIET, stdin=stream)

    assert found.returncode == 2
    assert b"standard input cannot be used\nlarger than the limit of" in found.stderr


def test_progress_in_json_is_nothing_but_json(asked: Path) -> None:
    found = mulin("solve", asked, "-o", "/dev/null", "--progress", "json")

    told = [json.loads(line) for line in found.stderr.splitlines()]
    assert told[-1]["stage"] == "done"
    assert found.stdout == b""


@pytest.mark.parametrize(
    "words",
    [
        ("--effort", "inf"),
        ("--effort", "nan"),
        ("--effort", "1e300"),
        ("--seconds", "nan"),
        ("--seconds", "-1"),
        ("--seed", "-5"),
    ],
)
def test_numbers_that_say_nothing_are_refused(words: tuple[str, str], asked: Path) -> None:
    found = mulin("solve", asked, *words, *QUIET)

    assert (found.returncode, found.stdout) == (2, b"")
    assert words[0].encode() in found.stderr


def test_ids_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    file, evil = tmp_path / "problem.json", "\x1b[2J\nv"
    line = {"volunteer": evil, "shift": "s", "role": "r"}
    file.write_text(json.dumps({**PROBLEM, "fixed": [line]}), "utf-8")

    found = mulin("solve", file)

    assert found.returncode == 2
    assert b"\x1b" not in found.stderr
    assert b"\\u001b[2J\\u000av" in found.stderr
