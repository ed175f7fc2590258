"""The sealer: one loop that follows the log and chains what was committed. Not a Celery job.

It has a process of its own because it is never done, and because a second of delay is much for it
and nothing for the jobs. Any number of them may run; one at a time seals.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tortoise.exceptions import OperationalError, TransactionManagementError

from services import audit_heads, clock, sealing
from services.audit_heads import HeadsRefused
from services.database import UNREACHABLE, open_runtime
from services.errors import Conflict
from services.sealing import Sealer
from services.settings import Settings

PASS_SECONDS = 1.0
AWAY_SECONDS_MAX = 5.0  # After a failure the next tries come after 1, 2, 4, 5, 5 … seconds.
SWEEP_SECONDS = 3600.0
CONNECTIONS_MAX = 2
FAILURES: tuple[type[Exception], ...] = (
    *UNREACHABLE,
    OperationalError,
    TransactionManagementError,
    Conflict,
)
"""What a pass may raise and a later one not: the database is away, or another sealer was first."""

log = logging.getLogger("sealer")


async def run(settings: Settings, heads: Path, stop: asyncio.Event) -> None:
    """Seal until told to stop; the pass under way is finished first."""
    async with open_runtime(settings.database_url, CONNECTIONS_MAX):
        await keep_sealing(settings, heads, stop)


async def keep_sealing(
    settings: Settings,
    heads: Path,
    stop: asyncio.Event,
    *,
    pass_seconds: float = PASS_SECONDS,
    now: Callable[[], datetime] = clock.now,
) -> None:
    """One pass after another, through restarts of the database, and a head kept every day."""
    loop = asyncio.get_running_loop()
    sealer, swept_at, failures = Sealer(), loop.time(), 0
    while not stop.is_set():
        pause = pass_seconds
        try:
            batch = await sealer.seal()
            if batch.is_full:
                continue
            if not batch.is_waiting:
                await _keep_head(settings, heads, now())
            if loop.time() - swept_at > SWEEP_SECONDS:
                sealer.sweep()
                swept_at = loop.time()
            failures = 0
        except FAILURES as error:
            # It may be another database that comes back: nothing that was remembered counts.
            sealer, swept_at, failures = Sealer(), loop.time(), failures + 1
            pause = min(AWAY_SECONDS_MAX, pass_seconds * 2 ** (failures - 1))
            log.warning("sealing failed (%s), again in %.0f s", type(error).__qualname__, pause)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def _keep_head(settings: Settings, heads: Path, now: datetime) -> None:
    """Once a day: what the last link is, outside the database."""
    try:
        if not await asyncio.to_thread(audit_heads.is_due, heads, now, settings.zone):
            return
        head = await sealing.head()
        if head.number:
            await asyncio.to_thread(audit_heads.keep_head, heads, head, now)
    except (OSError, HeadsRefused) as error:
        # The chain goes on; `mulin audit verify` says that the heads cannot be read.
        log.error("the head could not be kept (%s)", type(error).__qualname__)
