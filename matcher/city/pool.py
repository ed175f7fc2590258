"""The parts of a city solved by several processes of this machine."""

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from multiprocessing.synchronize import Event

from matcher.city.dividing import Part
from matcher.city.packing import pack, unpack
from matcher.city.part import PartParams, PartPlan, RunParts, solve_part
from matcher.tables import Tables

# Between two looks whether it is cancelled.
_LOOK_SECONDS = 0.25

# Set in each process of the pool, by whoever started it.
_stopped: Event | None = None


def in_processes(count: int) -> RunParts:
    """Solves parts in so many processes at once; their clock is that of `PartParams`, by name.

    If one of them dies, the parts that are not done are left to the whole, as if they were late.
    """

    def run(
        whole: Tables, parts: Sequence[Part], params: PartParams, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[int, PartPlan]]:
        context = get_context("spawn")
        stopped = context.Event()
        processes = max(1, min(count, len(parts)))
        with ProcessPoolExecutor(processes, context, _begin, (stopped,)) as pool:
            try:
                yield from _run(pool, processes, whole, parts, params, cancelled)
            finally:
                stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)

    return run


def _run(
    pool: ProcessPoolExecutor,
    processes: int,
    whole: Tables,
    parts: Sequence[Part],
    params: PartParams,
    cancelled: Callable[[], bool],
) -> Iterator[tuple[int, PartPlan]]:
    # The largest first, so that nobody waits for one that was begun last.
    order = sorted(range(len(parts)), key=lambda number: -parts[number].seats)
    waiting: dict[Future[bytes], int] = {}
    while (order or waiting) and not cancelled():
        # One more than there are processes is packed ahead; all at once would be the city again.
        while order and len(waiting) <= processes:
            number = order.pop(0)
            waiting[pool.submit(_solved, pack(parts[number].tables(whole)), params)] = number
        for future in wait(waiting, _LOOK_SECONDS, FIRST_COMPLETED).done:
            number = waiting.pop(future)
            try:
                found = future.result()
            except BrokenProcessPool:
                return
            yield number, unpack(PartPlan, found)


def _begin(stopped: Event) -> None:
    global _stopped
    _stopped = stopped
    # An interrupt at the terminal reaches all processes; what it means is for the first to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _solved(problem: bytes, params: PartParams) -> bytes:
    stopped = _stopped
    assert stopped is not None
    return pack(solve_part(unpack(Tables, problem), params, stopped.is_set))
