"""A worker that is killed while it sends: what the provider took is not sent again, what it did
not take is sent once."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from models.core import DatumKind
from services import clock, personal
from services.database import rows
from services.notifications import notify, sending
from services.notifications.channels import channels_of
from services.notifications.sending import SETTLE_AFTER
from services.settings import load_settings
from tests.support import provider_servers as local
from tests.support.factories import make_city, make_person
from tests.support.lease import CHECKOUT
from tests.support.provider_servers import Providers, providers
from tests.support.waiting import wait_until

WORKER = "import sys; from jobs.messages import send_message; send_message(sys.argv[1])"


@pytest.fixture
def servers() -> Iterator[Providers]:
    with providers() as running:
        yield running


async def told_person() -> UUID:
    """Somebody who is told one thing by text message; the message."""
    _, boss = await make_city()
    ada = await make_person(boss)
    assert ada.volunteer_id is not None
    await personal.put(DatumKind.PHONE, "+8613800138000", volunteer_id=ada.volunteer_id)
    await notify("skill_confirmed", ada.volunteer_id, skill="急救")
    [message] = await rows("SELECT id FROM message")
    message_id: UUID = message["id"]
    return message_id


def environment(database_url: str, endpoint: str, folder: Path) -> dict[str, str]:
    templates = folder / "templates.json"
    templates.write_text(json.dumps({"sms": {"skill_confirmed": {"zh": "SMS_1"}}}))
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "MULIN_MESSENGER": "real",
        "MULIN_CHANNEL_TEMPLATES": str(templates),
        "MULIN_SMS_ENDPOINT": endpoint,
        "MULIN_SMS_KEY_ID": local.KEY_ID,
        "MULIN_SMS_KEY_SECRET": local.KEY_SECRET,
        "MULIN_SMS_SIGN_NAME": local.SIGN_NAME,
    }


def start_worker(message_id: UUID, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    """A process of its own that runs the job once."""
    command = [sys.executable, "-c", WORKER, str(message_id)]
    return subprocess.Popen(command, cwd=CHECKOUT, env={**os.environ, **settings})


@pytest.mark.parametrize("has_taken", [True, False], ids=["after it was taken", "before"])
async def test_a_worker_killed_in_the_middle_sends_nothing_twice_and_loses_nothing(
    database: str, servers: Providers, tmp_path: Path, has_taken: bool
) -> None:
    message_id = await told_person()
    servers.hold = threading.Event()
    settings = environment(database, servers.address, tmp_path)
    if not has_taken:
        # A server that listens and takes nothing in: the request waits in its door.
        servers.is_deaf = True
    worker = start_worker(message_id, settings)
    wait_until(lambda: servers.taken if has_taken else servers.heard, "the provider to be asked")
    worker.kill()
    assert worker.wait() != 0
    servers.hold.set()
    servers.is_deaf = False

    [kept] = await rows("SELECT handed_at, sent_at, given_up_at FROM message")
    assert kept["handed_at"] is not None
    assert (kept["sent_at"], kept["given_up_at"]) == (None, None)
    async with httpx2.AsyncClient(trust_env=False) as http:
        ours = load_settings(settings)
        channels = channels_of(ours, http)
        now = clock.now()
        assert not await sending.deliver(message_id, channels, now, ours)  # It may still be at it.
        later = kept["handed_at"] + SETTLE_AFTER + timedelta(seconds=1)
        for _ in range(3):
            await sending.ask_again(later)
            await sending.deliver(message_id, channels, later, ours)
            later += timedelta(minutes=3)
    assert [each["OutId"] for each in servers.taken] == [str(message_id)]
    [ended] = await rows("SELECT sent_at FROM message")
    assert ended["sent_at"] is not None
