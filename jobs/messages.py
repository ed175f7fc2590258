"""Messages on their way out."""

from collections.abc import Mapping
from functools import cache
from uuid import UUID

import httpx2

from jobs.app import app, settings
from jobs.running import run_async
from services import clock
from services.adapters.channels.protocol import Channel
from services.notifications import sending
from services.notifications.channels import channels_of
from services.outbox import Job


@app.task(name=Job.SEND_MESSAGE.value, time_limit=60)
def send_message(message_id: str) -> None:
    """Hand a message over. A second delivery of the same job finds it sent; one that was erased
    meanwhile is not there any more."""
    run_async(sending.deliver(UUID(message_id), _channels(), clock.now(), settings))


@cache
def _channels() -> Mapping[str, Channel]:
    """Opened by the first message of a process, on its own loop, and kept: a provider's token and
    connections serve many messages."""
    return channels_of(settings, httpx2.AsyncClient(trust_env=False))
