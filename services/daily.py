"""What is to be done once on each local day, however often a tick asks and whoever asks first."""

from collections.abc import Awaitable, Callable
from datetime import date

from models.core import new_id
from services.database import rows
from services.scope import as_system


async def once_a_day(job: str, day: date, work: Callable[[], Awaitable[object]]) -> bool:
    """Do the work unless it has been done for this day; whether it was done now.

    It counts as done only when it has ended. Two at once may both do it: it must stand that.
    """
    if await _is_done(job, day):
        return False
    await work()
    await _note(job, day)
    return True


@as_system
async def _is_done(job: str, day: date) -> bool:
    return bool(await rows("SELECT 1 FROM daily_run WHERE job = $1 AND day = $2", job, day))


@as_system
async def _note(job: str, day: date) -> None:
    await rows(
        "INSERT INTO daily_run (id, created_at, job, day) VALUES ($1, now(), $2, $3) "
        "ON CONFLICT (job, day) DO NOTHING",
        new_id(),
        job,
        day,
    )
    await rows("DELETE FROM daily_run WHERE job = $1 AND day < $2::date - 30", job, day)
