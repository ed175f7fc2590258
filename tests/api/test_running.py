"""The service in bad hours: database away, a crash; and what the log says of it all."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import structlog

from api.app import create_app
from api.layer.envelope import quiet_web_server
from services import finding, shifts
from services.database import open_runtime
from services.settings import Settings
from tests.api.conftest import House
from tests.api.support import Client


@pytest.fixture
async def without_database(tmp_path: Any) -> AsyncIterator[Client]:
    """The service while its database is away."""
    settings = Settings(database_url=f"postgres://postgres@/none?host={tmp_path}")
    async with open_runtime(settings.database_url):
        transport = httpx2.ASGITransport(app=create_app(settings))
        async with httpx2.AsyncClient(transport=transport, base_url="http://mulin.test") as http:
            yield Client(http)


async def test_database_away_is_said_so(without_database: Client) -> None:
    for path in ("/api/v1/shifts", "/health/ready"):
        answer = await without_database.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), path
        assert int(answer.headers["retry-after"]) > 0
    page = await without_database.http.get("/")
    assert page.status_code == 503
    assert page.headers["content-type"].startswith("text/html")


async def test_process_lives_while_the_database_is_away(without_database: Client) -> None:
    assert (await without_database.get("/health/live")).json() == {"state": "live"}
    assert (await without_database.http.get("/api/docs")).status_code == 200


async def test_service_is_ready_when_its_database_answers(client: Client) -> None:
    assert (await client.get("/health/ready")).json() == {"state": "ready"}


class Leak(Exception):
    """A bug whose message quotes a person."""


async def test_crash_tells_an_id_and_nothing_of_the_inside(
    settings: Settings, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: Any) -> None:
        raise Leak("Key (name)=(林晓) already exists")

    monkeypatch.setattr(shifts, "list_open", crash)
    monkeypatch.setattr(finding, "find", crash)
    transport = httpx2.ASGITransport(app=create_app(settings), raise_app_exceptions=False)
    with structlog.testing.capture_logs() as logs:
        async with httpx2.AsyncClient(transport=transport, base_url="http://mulin.test") as http:
            client = Client(http)
            answer = await client.get("/api/v1/shifts")
            page = await http.get("/")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert page.status_code == 500
    for shown in (answer.text, page.text, str(logs)):
        assert "林晓" not in shown
    request_id = answer.headers["x-request-id"]
    assert answer.json()["instance"] == f"urn:uuid:{request_id}"
    crashes = [line for line in logs if line["event"] == "request_crashed"]
    assert crashes[0]["request_id"] == request_id
    assert crashes[0]["error"] == "Leak"
    assert any("crash" in frame for frame in crashes[0]["frames"])


async def test_log_has_routes_and_no_personal_data(house: House) -> None:
    with structlog.testing.capture_logs() as logs:
        person, lin = await house.volunteer("林晓", home=[121.4737, 31.2304])
        await lin.get(f"/api/v1/volunteers/{person['id']}")
        await house.visitor.get("/api/v1/shifts?category=林晓")
        await house.visitor.get("/api/v1/林晓")

    requests = [line for line in logs if line["event"] == "request"]
    assert {line["route"] for line in requests} >= {
        "/api/v1/volunteers",
        "/api/v1/volunteers/{volunteer_id}",
        "/api/v1/shifts",
        "(none)",
    }
    for private in ("林晓", "121.4737", "2000-01-01", person["id"], str(lin.token)):
        assert private not in str(logs)


def test_web_server_logs_neither_addresses_nor_what_a_crash_quotes() -> None:
    requests, errors = logging.getLogger("uvicorn.access"), logging.getLogger("uvicorn.error")
    crash = errors.makeRecord(
        errors.name, logging.ERROR, "", 0, "crash", (), (Leak, Leak("林晓"), None)
    )
    note = errors.makeRecord(errors.name, logging.INFO, "", 0, "Shutting down", (), None)

    with quiet_web_server():
        assert requests.disabled
        assert not errors.filter(crash)
        assert errors.filter(note)
    assert not requests.disabled
    assert errors.filter(crash)


async def test_two_hundred_readers_at_once_are_all_answered(house: House) -> None:
    answers = await asyncio.gather(*(house.visitor.get("/api/v1/shifts") for _ in range(200)))
    assert {answer.status_code for answer in answers} == {200}


async def test_application_opens_and_closes_its_own_database(database_url: str) -> None:
    app = create_app(Settings(database_url=database_url))
    sent: list[dict[str, Any]] = []
    asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "lifespan.startup.complete":
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://t.test") as http:
                sent.append({"status": (await http.get("/health/ready")).status_code})
            await asked.put({"type": "lifespan.shutdown"})

    await asked.put({"type": "lifespan.startup"})
    await app({"type": "lifespan", "state": {}}, asked.get, send)
    assert {"status": 200} in sent
    assert sent[-1] == {"type": "lifespan.shutdown.complete"}
