"""Publishing a plan that is too large for whoever asked for it to wait."""

from uuid import UUID

from jobs.app import app, settings
from jobs.running import run_async
from services import clock, rounds
from services.outbox import Job


@app.task(name=Job.PUBLISH_ROUND.value)
def publish_round(round_id: str) -> None:
    """Send the offers of a round. Delivered twice, they are sent once."""
    run_async(rounds.publish_asked(UUID(round_id), clock.now(), settings))
