"""The stream of one's inbox over a real connection: replay, no repeats, one's own alone, the end
of the session."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx2
import msgspec
import pytest
import uvicorn

from api.app import create_app
from services import accounts, clock
from services.accounts.sessions import EndReason
from services.notifications import following, notify
from services.rights import Actor
from services.settings import Settings
from services.transactions import transaction
from tests.support.factories import make_city, make_person
from tests.support.signing import token_of
from tests.support.waiting import wait_until

STREAM = "/api/v1/notifications/stream"


class Listener:
    """Reads the events of one stream."""

    def __init__(self, response: httpx2.Response) -> None:
        self._lines = response.aiter_lines()

    async def event(self) -> dict[str, str]:
        """The next event; pings are passed over. Empty when the stream has ended."""
        found: dict[str, str] = {}
        async for line in self._lines:
            if not line and "data" in found:
                return found
            name, _, value = line.partition(": ")
            if name:
                found[name] = value
        return {}


@pytest.fixture
async def client(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx2.AsyncClient]:
    monkeypatch.setattr(following, "LOOK_EVERY_SECONDS", 0.05)
    config = uvicorn.Config(
        create_app(Settings(streams_per_account=2)), port=0, lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await asyncio.to_thread(wait_until, lambda: server.started, "the server")
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30
    ) as http:
        yield http
    server.should_exit = True
    await serving


@asynccontextmanager
async def listening(
    client: httpx2.AsyncClient, actor: Actor, last: str | None = None
) -> AsyncIterator[Listener]:
    headers = {"Authorization": f"Bearer {await token_of(actor.account_id)}"}
    if last is not None:
        headers["Last-Event-ID"] = last
    async with client.stream("GET", STREAM, headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Listener(response)


async def two_people() -> tuple[Actor, Actor]:
    _, boss = await make_city()
    return await make_person(boss), await make_person(boss)


def person_of(actor: Actor) -> UUID:
    assert actor.volunteer_id is not None
    return actor.volunteer_id


def skill_of(event: dict[str, str]) -> str:
    assert event["event"] == "notice"
    return str(msgspec.json.decode(event["data"])["en"])


async def test_each_hears_their_own_at_once_and_what_they_missed_once(
    client: httpx2.AsyncClient,
) -> None:
    ada, ben = await two_people()
    async with listening(client, ada) as stream:
        await notify("skill_confirmed", person_of(ben), skill="zq-of-ben")
        await notify("skill_confirmed", person_of(ada), skill="first")
        first = await stream.event()
        assert "first" in skill_of(first)
    await notify("skill_confirmed", person_of(ada), skill="second")
    await notify("skill_confirmed", person_of(ada), skill="third")
    async with listening(client, ada, last=first["id"]) as stream:
        heard = [skill_of(await stream.event()) for _ in range(2)]
        assert ["second" in heard[0], "third" in heard[1]] == [True, True]


async def test_what_began_earlier_and_was_committed_later_is_not_missed(
    client: httpx2.AsyncClient,
) -> None:
    ada, _ = await two_people()
    async with listening(client, ada) as stream:
        begun, may_end = asyncio.Event(), asyncio.Event()

        async def slow() -> None:
            async with transaction():
                await notify("skill_confirmed", person_of(ada), skill="slow")
                begun.set()
                await may_end.wait()

        writing = asyncio.create_task(slow())
        await begun.wait()
        await notify("skill_confirmed", person_of(ada), skill="quick")
        may_end.set()
        await writing
        heard = {skill_of(await stream.event()) for _ in range(2)}
    assert {"slow" in text or "quick" in text for text in heard} == {True}
    assert len(heard) == 2


async def test_the_stream_ends_with_the_session(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, _ = await two_people()
    token = await token_of(ada.account_id)
    headers = {"Authorization": f"Bearer {token}"}
    async with client.stream("GET", STREAM, headers=headers) as response:
        stream = Listener(response)
        signed_in = await accounts.actor_of(token, clock.now())
        assert signed_in is not None
        await accounts.end_sessions(ada.account_id, EndReason.ELSEWHERE.value, clock.now())
        await notify("skill_confirmed", person_of(ada), skill="too late")
        assert await stream.event() == {}


async def test_visitors_bad_places_and_too_many_pages_are_refused(
    client: httpx2.AsyncClient,
) -> None:
    ada, _ = await two_people()
    headers = {"Authorization": f"Bearer {await token_of(ada.account_id)}"}
    assert (await client.get(STREAM)).status_code == 401
    bad = await client.get(STREAM, headers={**headers, "Last-Event-ID": "9" * 30})
    assert bad.status_code == 422
    async with listening(client, ada) as one, listening(client, ada) as two:
        await notify("skill_confirmed", person_of(ada), skill="both")
        await one.event()
        await two.event()
        third = await client.get(STREAM, headers=headers)
        assert (third.status_code, third.json()["code"]) == (429, "too_many_streams")
