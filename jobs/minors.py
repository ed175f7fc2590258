"""Minors on a shift that a grown-up has left."""

from uuid import UUID

from jobs.app import app, settings
from jobs.running import run_async
from services import clock, minor_alarms
from services.outbox import Job


@app.task(name=Job.LOOK_FOR_GROWN_UPS.value, time_limit=60)
def look_for_grown_ups(shift_id: str) -> None:
    """Tell those who lead the shift if minors are alone there. Again: they know."""
    run_async(minor_alarms.look(UUID(shift_id), clock.now(), settings))
