"""Real workers around one database and one queue, and the gate before what they solve."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from tests.support.lease import CHECKOUT

WAIT_SECONDS_MAX = 60
POLL_SECONDS = 0.05

T = TypeVar("T")


class House:
    """The processes around one database and one queue, and the gate before the solver."""

    def __init__(self, folder: Path, environment: Mapping[str, str], stack: ExitStack) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment, "MULIN_TEST_GATE": str(folder)}
        self.stack = stack
        self.names = iter(f"worker-{number}" for number in range(100))
        self.logs: dict[int, Path] = {}

    def start_ticks(self) -> None:
        """The scheduler, and a worker for what it sends."""
        self._start("--queues=default", "--beat", f"--schedule={self.folder / 'schedule'}")

    def start_solver(self) -> None:
        self._start("--queues=solver")

    def _start(self, *arguments: str) -> None:
        name = next(self.names)
        log = self.folder / f"{name}.log"
        command = [sys.executable, "-m", "celery", "--app=tests.jobs.gated_worker:app", "worker"]
        process = self.stack.enter_context(
            running([*command, *LONE_WORKER, f"--hostname={name}", *arguments], self, log)
        )
        self.logs[process.pid] = log

    def begun(self) -> set[int]:
        """The workers whose solver was asked since the gate was last closed."""
        return {int(path.name.removeprefix("begun-")) for path in self.folder.glob("begun-*")}

    def open_gate(self) -> None:
        (self.folder / "open").touch()

    def close_gate(self) -> None:
        for path in (self.folder / "open", *self.folder.glob("begun-*")):
            path.unlink(missing_ok=True)

    def all_logs(self) -> str:
        return "\n".join(f"== {log.name}\n{log.read_text()}" for log in self.logs.values())


LONE_WORKER = ("--concurrency=1", "--without-mingle", "--without-gossip", "--loglevel=INFO")


@contextmanager
def running(command: list[str], house: House, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker in a group of its own; all of the group is killed at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=house.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def until(house: House, what: str, read: Callable[[], Awaitable[T | None]]) -> T:
    """The first answer of `read` that is not none; fails, with the workers' logs, without one."""
    for _ in range(int(WAIT_SECONDS_MAX / POLL_SECONDS)):
        if (answer := await read()) is not None:
            return answer
        await asyncio.sleep(POLL_SECONDS)
    raise AssertionError(f"waited in vain for {what}\n{house.all_logs()}")


async def someone_new(house: House, *known: int) -> int:
    """The worker that is solving and is none of the known ones."""

    async def read() -> int | None:
        return next(iter(house.begun() - {*known}), None)

    return await until(house, "a worker to begin", read)
