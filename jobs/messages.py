"""Short messages on their way out."""

from uuid import UUID

from jobs.app import app, settings
from jobs.running import run_async
from services import clock, messages
from services.outbox import Job


@app.task(name=Job.SEND_MESSAGE.value, time_limit=60)
def send_message(message_id: str) -> None:
    """Hand a message over. A second delivery of the same job finds it sent; one that was erased
    meanwhile is not there any more."""
    run_async(messages.deliver(UUID(message_id), messages.messenger_of(settings), clock.now()))
