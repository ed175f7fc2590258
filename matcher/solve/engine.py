"""Puts programs to the solvers, within the time there is, and lets go at once when told to.

Small programs run in this process, because starting another costs more than most of them take.
Whatever is not done within a moment runs in a process of its own that can be killed.
"""

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
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    @property
    def is_out(self) -> bool:
        """Nothing more can be asked."""
        return self._cancelled() or self._seconds_left() <= 0

    def ask(self, request: Request) -> Answer | None:
        """The answer; None when it did not come in time or was no longer wanted."""
        if self.is_out:
            return None
        if request.kind == "whole" and len(request.rows[0]) <= _SMALL_ENTRIES:
            seconds = min(_SMALL_SECONDS, self._seconds_left())
            answer = worker.run(replace(request, seconds=seconds))
            # An answer cut off by this small limit would depend on the machine's mood.
            if answer.is_optimal or answer.is_infeasible:
                return answer
        return self._ask_process(request)

    def _ask_process(self, request: Request) -> Answer | None:
        left = self._seconds_left()
        if left <= 0:
            return None
        seconds = left if request.seconds is None else min(left, request.seconds)
        process = self._process = self._process or _start()
        fields = {name: getattr(request, name) for name in Request.__slots__}
        requests, answers = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
        worker.write_message(requests, {**fields, "seconds": seconds})
        if not self._wait(answers):
            self._end()
            return None
        message = worker.read_message(answers)
        if message is None:
            self._end()
            return None
        return Answer(**message)

    def _wait(self, answers: BinaryIO) -> bool:
        """Whether the answer came before the time was up, the grace included."""
        with selectors.DefaultSelector() as selector:
            selector.register(answers, selectors.EVENT_READ)
            while not selector.select(_POLL_SECONDS):
                self._tick()
                if self._cancelled() or self._seconds_left() < -_GRACE_SECONDS:
                    return False
        return True

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _start() -> subprocess.Popen[bytes]:
    # Isolated (-I): the script needs installed packages only, and nothing from where we are.
    return subprocess.Popen(
        [sys.executable, "-I", os.path.abspath(worker.__file__)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
