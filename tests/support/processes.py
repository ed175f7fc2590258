"""Programs under test, and whether processes live."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cli.servers.account import ProcessOptions
from tests.support.lease import CHECKOUT


def lives(process: int) -> bool:
    """Whether a process runs; one that has ended and only waits to be noticed does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")


def processes_that_name(text: str) -> list[int]:
    """Processes with this text in their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if text.encode() in command and lives(int(entry.name)):
            found.append(int(entry.name))
    return found


@contextmanager
def program(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    options: ProcessOptions | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """`python -m …` in the checkout, its output readable; whatever is left of it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **(options or {}),
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """The output up to and with the first line that holds this text; fails if it ends before."""
    assert process.stdout
    lines = ""
    for line in process.stdout:
        lines += line
        if text in line:
            return lines
    raise AssertionError(f"{text!r} is not in the output:\n{lines}")
