"""From the outbox to the queue."""

import asyncio
from typing import Any

from kombu.exceptions import OperationalError

from jobs.app import app
from jobs.running import run_async
from services import clock, outbox
from services.outbox import Message, NotSent


@app.task(name="mulin.relay", time_limit=60)
def relay() -> None:
    """Send what services asked for. Safe to run twice and at once."""
    run_async(outbox.relay(send, clock.now()))


async def send(message: Message) -> None:
    """Put a message into its queue; NotSent when the broker does not take it."""
    await asyncio.to_thread(_send, message)


def _send(message: Message) -> None:
    options: dict[str, Any] = {"task_id": str(message.id), "retry": False}
    try:
        app.send_task(message.job, kwargs=message.arguments, **options)
    except (OperationalError, OSError) as error:
        raise NotSent from error
