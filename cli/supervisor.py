"""A tree of processes that is kept alive, and of which nothing is left behind.

Each child has a session of its own, so Ctrl-C reaches the supervisor alone, which then stops the
children in order. If the supervisor itself is killed, the kernel signals every child.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.servers.account import ProcessOptions
from cli.words import HouseRefused, Phrase

RESTART_SECONDS = (0.2, 1.0, 2.0, 5.0, 10.0, 30.0)  # Before the first restart, the second, …
STEADY_SECONDS = 60.0  # A child that ran this long is restarted as if it had never died.
LOG_BYTES_MAX = 20 * 1024 * 1024  # At a start a longer log is put aside, in place of the last one.
LOG_LINES_SHOWN = 8
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

Alive = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Child:
    """One process to keep: how it is started, how stopped, and what if the supervisor is killed."""

    name: str
    command: Sequence[str]
    folder: Path
    log: Path
    environment: Mapping[str, str] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    stop_seconds_max: float = 10.0
    is_server: bool = False  # Stopped after all who talk to it.
    descriptors: Sequence[int] = ()
    options: ProcessOptions = field(default_factory=lambda: ProcessOptions())
    before_start: Callable[[], None] | None = None


class Running:
    """A started child; the process changes when it is started again."""

    def __init__(self, child: Child, process: asyncio.subprocess.Process) -> None:
        self.child = child
        self.process = process
        self.keeper: asyncio.Task[None] | None = None

    def alive(self) -> bool:
        """Whether its process lives at this moment."""
        return self.process.returncode is None


class Supervisor:
    """Keeps children alive from `start` until `stop`."""

    def __init__(self, on_death: Callable[[Child, int], None]) -> None:
        """`on_death` is told the child that will be started again, and how its process ended (a
        negative number: by that signal)."""
        self._on_death = on_death
        self._running: list[Running] = []
        self._stopping = asyncio.Event()
        self._hurried = asyncio.Event()

    async def start(
        self, child: Child, ready: Callable[[Alive], Awaitable[None]] | None = None
    ) -> Running:
        """Start a child and wait until `ready` returns; raises HouseRefused if it ends before."""
        _put_long_log_aside(child.log)
        running = Running(child, await _spawn(child))
        self._running.append(running)
        if ready is not None:
            try:
                await ready(running.alive)
            except HouseRefused as refusal:
                raise _with_log(refusal, child.log) from refusal
        running.keeper = asyncio.create_task(self._keep(running))
        return running

    async def stop(self) -> None:
        """End every child: first those who talk to servers, then the servers."""
        self._stopping.set()
        for is_server in (False, True):
            stage = [one for one in self._running if one.child.is_server is is_server]
            await asyncio.gather(*(self._end(running) for running in stage))
        keepers = [running.keeper for running in self._running if running.keeper]
        await asyncio.gather(*keepers)

    def hurry(self) -> None:
        """Do not wait any longer for a polite end: the user asked twice."""
        self._hurried.set()

    async def _keep(self, running: Running) -> None:
        loop = asyncio.get_running_loop()
        deaths = 0
        while True:
            started = loop.time()
            code = await running.process.wait()
            if self._stopping.is_set():
                return
            _kill_group(running.process.pid)
            deaths = 1 if loop.time() - started > STEADY_SECONDS else deaths + 1
            self._on_death(running.child, code)
            pause = RESTART_SECONDS[min(deaths, len(RESTART_SECONDS)) - 1]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
                return
            running.process = await _spawn(running.child)
            if self._stopping.is_set():  # `stop` has passed by meanwhile and seen the dead one.
                await self._end(running)

    async def _end(self, running: Running) -> None:
        """Ask politely, wait, then kill; and kill what the process has left in its group."""
        if running.alive():
            with contextlib.suppress(ProcessLookupError):
                running.process.send_signal(running.child.stop_signal)
            ended = asyncio.ensure_future(running.process.wait())
            hurried = asyncio.ensure_future(self._hurried.wait())
            await asyncio.wait(
                (ended, hurried),
                timeout=running.child.stop_seconds_max,
                return_when=asyncio.FIRST_COMPLETED,
            )
            hurried.cancel()
            if not ended.done():
                _kill_group(running.process.pid)
            await ended
        _kill_group(running.process.pid)


async def _spawn(child: Child) -> asyncio.subprocess.Process:
    """Start the process, in a session of its own, with its output in its log."""
    if child.before_start:
        await asyncio.to_thread(child.before_start)
    with child.log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *child.command,
            cwd=child.folder,
            env=child.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=tuple(child.descriptors),
            preexec_fn=end_with_parent(child.orphan_signal, os.getpid()),
            **child.options,
        )


def end_with_parent(orphan_signal: signal.Signals, parent: int) -> Callable[[], None]:
    """A function that has the kernel send this process a signal when its parent dies.

    To be called in the child after any change of account, which would undo it.
    """

    def ask_kernel() -> None:
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(orphan_signal))
        if os.getppid() != parent:  # It died before we could ask.
            os._exit(1)

    return ask_kernel


def use_descriptors_to_wait() -> None:
    """Wait for children on descriptors instead of in one thread each, where the kernel can.

    Code that runs between fork and exec is safe only while no other thread runs.
    """
    with contextlib.suppress(AttributeError, OSError):
        os.close(os.pidfd_open(os.getpid()))
        asyncio.set_child_watcher(asyncio.PidfdChildWatcher())


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _put_long_log_aside(log: Path) -> None:
    if log.is_file() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".old.log"))


def _with_log(refusal: HouseRefused, log: Path) -> HouseRefused:
    """The refusal with the end of the log under it: where the reason nearly always stands."""
    lines = log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
    shown = "".join(f"\n    {line}" for line in lines)
    return HouseRefused(
        Phrase(f"{refusal.phrase.zh}（{log}）{shown}", f"{refusal.phrase.en} ({log}){shown}")
    )
