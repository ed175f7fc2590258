"""Coroutines inside Celery's processes: one loop and one pool of connections for each process."""

import asyncio
import contextlib
import os
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, TypeVar

from celery.signals import worker_process_shutdown, worker_shutdown

from jobs.app import settings
from services.database import open_runtime

T = TypeVar("T")

CONNECTIONS_MAX = 4  # A worker does one thing at a time: a job, and its heartbeat beside it.


class _Process:
    """This process's loop with the tables open on it."""

    def __init__(self) -> None:
        self.process_id = os.getpid()
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.run(self._open())

    async def _open(self) -> None:
        runtime = open_runtime(settings.database_url, CONNECTIONS_MAX)
        await self._stack.enter_async_context(runtime)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        loop = self._runner.get_loop()
        task = loop.create_task(work)
        try:
            return loop.run_until_complete(task)
        except BaseException:
            # A signal leaves the coroutine where it was, perhaps in a transaction with its locks.
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    loop.run_until_complete(task)
            raise

    def close(self) -> None:
        self.run(self._stack.aclose())
        self._runner.close()


_process: _Process | None = None


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, run on this process's loop."""
    global _process
    # A fork has a copy of its parent's loop and connections, which it must not touch.
    if _process is None or _process.process_id != os.getpid():
        _process = _Process()
    return _process.run(work)


def close(**_: Any) -> None:
    """Close this process's connections, if it opened any."""
    global _process
    if _process is not None and _process.process_id == os.getpid():
        _process.close()
    _process = None


worker_process_shutdown.connect(close, weak=False)
worker_shutdown.connect(close, weak=False)
