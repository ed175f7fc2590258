"""Puts programs to the solvers, within the time there is, and lets go at once when told to.

Small programs run in this process, because starting another costs more than most of them take.
Whatever is not done within a moment runs in a process of its own that can be killed.
"""

import contextlib
import os
import selectors
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import BinaryIO, Self, cast

from matcher.solve import worker
from matcher.solve.worker import Answer, Request

# A program with fewer entries than this is tried here first, for this long.
_SMALL_ENTRIES = 40_000
_SMALL_SECONDS = 1.0
_POLL_SECONDS = 0.05
# A solver that was given its time limit may be this much late before it is killed.
_GRACE_SECONDS = 1.0
_RESERVE_SECONDS = 2.0
_RESERVE_SHARE = 0.1


class Ticket:
    """A program that a process of its own works on."""

    def __init__(self, lane: "subprocess.Popen[bytes] | None") -> None:
        self.lane = lane


class Engine:
    """Answers programs until `seconds_left` is used up or `cancelled` says so."""

    def __init__(
        self,
        seconds_left: Callable[[], float],
        cancelled: Callable[[], bool],
        tick: Callable[[], None],
    ) -> None:
        self._seconds_left = seconds_left
        self._cancelled = cancelled
        self._tick = tick
        self._idle: list[subprocess.Popen[bytes]] = []
        self._busy: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in [*self._idle, *self._busy]:
            _end(process)

    @property
    def is_out(self) -> bool:
        """Nothing more can be asked."""
        return self._cancelled() or self._seconds_left() <= 0

    def ask(self, request: Request) -> Answer | None:
        """The answer; None when it did not come in time or was no longer wanted."""
        if self.is_out:
            return None
        if len(request.rows[0]) <= _SMALL_ENTRIES:
            seconds = min(_SMALL_SECONDS, self._seconds_left())
            answer = worker.run(replace(request, seconds=seconds, presolve=False))
            # An answer cut off by this small limit would depend on the machine's mood.
            if answer.is_optimal or answer.is_infeasible:
                return answer
        return self.wait(self.begin(request))

    def begin(self, request: Request) -> Ticket:
        """Let a process work on it while something else is done."""
        left = self._seconds_left()
        if self.is_out:
            return Ticket(None)
        # A solver is told to end a little early: what it found by then is worth having.
        left -= min(_RESERVE_SECONDS, _RESERVE_SHARE * left)
        seconds = left if request.seconds is None else min(left, request.seconds)
        process = self._idle.pop() if self._idle else _start()
        self._busy.append(process)
        fields = {name: getattr(request, name) for name in Request.__slots__}
        # A process may be dead already (out of memory, say): no answer comes then, as `wait` sees.
        with contextlib.suppress(BrokenPipeError):
            worker.write_message(cast("BinaryIO", process.stdin), {**fields, "seconds": seconds})
        return Ticket(process)

    def wait(self, ticket: Ticket) -> Answer | None:
        """The answer to what was begun; None when it did not come in time."""
        process = ticket.lane
        if process is None:
            return None
        answers = cast("BinaryIO", process.stdout)
        message = worker.read_message(answers) if self._comes(answers) else None
        self._busy.remove(process)
        if message is None:
            _end(process)
            return None
        self._idle.append(process)
        return Answer(**message)

    def _comes(self, answers: BinaryIO) -> bool:
        """Whether the answer came before the time was up, the grace included."""
        with selectors.DefaultSelector() as selector:
            selector.register(answers, selectors.EVENT_READ)
            while not selector.select(_POLL_SECONDS):
                self._tick()
                if self._cancelled() or self._seconds_left() < -_GRACE_SECONDS:
                    return False
        return True


def _start() -> subprocess.Popen[bytes]:
    # Isolated (-I): the script needs installed packages only, and nothing from where we are.
    return subprocess.Popen(
        [sys.executable, "-I", os.path.abspath(worker.__file__)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    # What could not be sent to a dead process would be sent once more on closing its input.
    with contextlib.suppress(BrokenPipeError):
        cast("BinaryIO", process.stdin).close()
    cast("BinaryIO", process.stdout).close()
    process.wait()
