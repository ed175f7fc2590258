"""Processes that an earlier, killed run left in a server's folder."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from cli.words import HouseRefused, Phrase

LEFTOVER_SECONDS_MAX = 20.0
POLL_SECONDS = 0.02


def processes_in(folder: Path) -> list[int]:
    """The processes whose working folder this is. Servers work in their data folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if Path(os.readlink(entry / "cwd")) == folder:
                found.append(int(entry.name))
    return found


def end_leftovers(
    folder: Path, stop_signal: signal.Signals, clock: Callable[[], float] = time.monotonic
) -> None:
    """End the servers still working in a folder whose lock we hold, so that we can open it.

    The polite signal first, SIGKILL after half of the time. Raises HouseRefused if they stay.
    """
    started = clock()
    asked: signal.Signals | None = None
    while left := processes_in(folder.resolve()):
        waited = clock() - started
        if waited > LEFTOVER_SECONDS_MAX:
            numbers = ", ".join(map(str, left))
            raise HouseRefused(
                Phrase(
                    f"文件夹 {folder} 仍被进程 {numbers} 占用。请先结束它们。",
                    f"The folder {folder} is still in use by the processes {numbers}. "
                    "End them first.",
                )
            )
        wanted = stop_signal if waited < LEFTOVER_SECONDS_MAX / 2 else signal.SIGKILL
        if wanted != asked:
            for process in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(process, wanted)
            asked = wanted
        time.sleep(POLL_SECONDS)
