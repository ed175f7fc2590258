"""Parts of a large round, solved by as many workers as there are.

The worker that plans the round cuts it, offers the parts in the database and takes them like any
other; each message only asks one more worker to come and take what is left. So one worker alone
gets through, and one that dies holds nobody up longer than its lease.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from jobs.app import app, settings
from jobs.running import run_async
from services import clock
from services.outbox import Job
from services.planning import Attempt, sharing
from services.planning.sharing import TakenPart

if TYPE_CHECKING:
    # The city's loops take a while to load, and most workers never need them.
    from matcher.city.dividing import Part
    from matcher.city.part import PartParams, PartPlan
    from matcher.tables import Tables

BEAT_SECONDS = 1.0
LOOK_SECONDS = 0.2
"""How often the worker that waits for others looks what they have handed in."""

T = TypeVar("T")
Now = Callable[[], datetime]


@app.task(name=Job.SOLVE_PARTS.value)
def solve_parts(round_id: str) -> None:
    """Solve parts of the round until none is left that nobody has. Safe to run many times."""
    run_async(help_with(UUID(round_id), settings.lease_seconds))


async def help_with(round_id: UUID, lease_seconds: int, *, now: Now = clock.now) -> int:
    """Take one part after another; how many were solved and kept."""
    solved = 0
    while (taken := await sharing.take_part(round_id, now(), lease_seconds)) is not None:
        solved += await _see_through(taken, lease_seconds, now)
    return solved


async def _see_through(taken: TakenPart, lease_seconds: int, now: Now) -> bool:
    stopped = threading.Event()
    solving = asyncio.create_task(
        asyncio.to_thread(_solved, taken, _left(taken, now), stopped.is_set)
    )
    try:
        while not (await asyncio.wait({solving}, timeout=BEAT_SECONDS))[0]:
            if not await sharing.keep_part(taken, now(), lease_seconds):
                return False
        return await sharing.hand_in(taken, solving.result())
    finally:
        stopped.set()
        # Whatever comes of it: its thread is still at work on this process's memory.
        await asyncio.gather(solving, return_exceptions=True)


def _left(taken: TakenPart, now: Now) -> float:
    return max(0.0, (taken.ends_at - now()).total_seconds())


def _solved(taken: TakenPart, seconds: float, stopped: Callable[[], bool]) -> bytes:
    from matcher.city.packing import pack, unpack
    from matcher.city.part import PartParams, solve_part
    from matcher.city.warming import warm_up
    from matcher.tables import Tables

    warm_up(time.monotonic)
    params = PartParams(time.monotonic, time.monotonic() + seconds, taken.effort_of_a_seat)
    return pack(solve_part(unpack(Tables, taken.problem), params, stopped))


class SharedParts:
    """`matcher.city.part.RunParts` for the worker that plans a round, called in its thread.

    `loop` is the worker's own, which keeps the round's lease and speaks with the database.
    """

    def __init__(
        self,
        attempt: Attempt,
        loop: asyncio.AbstractEventLoop,
        *,
        lease_seconds: int,
        now: Now = clock.now,
    ) -> None:
        self._attempt, self._loop, self._now = attempt, loop, now
        self._lease_seconds = lease_seconds
        self._pause = threading.Event()

    def __call__(
        self,
        whole: "Tables",
        parts: "Sequence[Part]",
        params: "PartParams",
        cancelled: Callable[[], bool],
    ) -> "Iterator[tuple[int, PartPlan]]":
        """What any worker finds, as it comes, until nothing more can come or it is cancelled."""
        from matcher.city.packing import unpack
        from matcher.city.part import PartPlan

        known: set[int] = set()
        try:
            self._offer(whole, parts, params, cancelled)
            while len(known) < len(parts) and not cancelled():
                helped = self._wait_for(self._help_once())
                for number, found in self._wait_for(sharing.handed_in(self._attempt, known)):
                    known.add(number)
                    yield number, unpack(PartPlan, found)
                if helped or len(known) == len(parts):
                    continue
                if not self._wait_for(sharing.are_waited_for(self._attempt, self._now())):
                    return
                # Other workers are at the last parts.
                self._pause.wait(LOOK_SECONDS)
        finally:
            self._wait_for(sharing.forget_parts(self._attempt))

    def _offer(
        self,
        whole: "Tables",
        parts: "Sequence[Part]",
        params: "PartParams",
        cancelled: Callable[[], bool],
    ) -> None:
        """Offer the parts one by one: others are at the first while the last is being cut."""
        from matcher.city.packing import pack

        ends_at = self._now() + timedelta(seconds=max(0.0, params.deadline - params.clock()))
        for number, part in enumerate(parts):
            if cancelled():
                return
            problem = pack(part.tables(whole))
            self._wait_for(
                sharing.offer_part(
                    self._attempt, number, part.seats, problem, ends_at, params.effort_of_a_seat
                )
            )

    async def _help_once(self) -> bool:
        round_id = self._attempt.round_id
        taken = await sharing.take_part(round_id, self._now(), self._lease_seconds)
        return taken is not None and await _see_through(taken, self._lease_seconds, self._now)

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
