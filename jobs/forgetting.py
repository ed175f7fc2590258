"""Forgetting: whoever asked for it, whoever retention finds, and what grown-ups no longer need."""

from jobs.app import app, settings
from jobs.running import run_async
from services import clock, erasure, guardians, retention
from services.imports import forgetting


@app.task(name="mulin.forget", time_limit=540)
def forget() -> None:
    """Forget those whose days of grace are over, and end the guardianships of grown-ups."""
    run_async(_forget())


async def _forget() -> None:
    now = clock.now()
    await erasure.run_due(now)
    await guardians.end_grown_up(now)


@app.task(name="mulin.retain", time_limit=540)
def retain() -> None:
    """The retention run of the day, if there was none yet, and old reports of imports."""
    run_async(_retain())


async def _retain() -> None:
    now = clock.now()
    await retention.run_daily(now, settings)
    await forgetting.forget_reports(now)
