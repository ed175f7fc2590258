"""The application over HTTP in-process, on a fresh database, with a small house of accounts."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import httpx2
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.app import create_app
from services import accounts, organisations
from services.database import open_runtime
from services.settings import Settings
from tests.api.support import Client
from tests.support.factories import organiser_at
from tests.support.lease import leased
from tests.support.signing import as_outside, token_of_name

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class House:
    """A city with one street, its organiser, and the organiser of the neighbouring street."""

    visitor: Client
    organiser: Client
    other_organiser: Client
    street_id: UUID
    other_street_id: UUID

    async def volunteer(self, name: str, **fields: Any) -> tuple[dict[str, Any], Client]:
        """Somebody registered with the street, and a client signed in as them."""
        command = {"name": name, "birth_date": "2000-01-01", **fields}
        person = await self.organiser.made("/api/v1/volunteers", command)
        await accounts.create_account(name, PASSWORD, volunteer_id=UUID(person["id"]))
        return person, await signed_in(self.visitor, name)

    async def published_project(self, **fields: Any) -> dict[str, Any]:
        """A published project of the street."""
        command = {
            "organisation_id": str(self.street_id),
            "name": "周末助老",
            "category": "敬老",
            "risk_statement": "注意安全",
            **fields,
        }
        project = await self.organiser.made("/api/v1/projects", command)
        answer = await self.organiser.post(f"/api/v1/projects/{project['id']}/publish")
        found: dict[str, Any] = answer.json()
        return found


async def signed_in(client: Client, name: str) -> Client:
    """A client for the account of this name."""
    return client.signed_in(await token_of_name(name))


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url)


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords hashed in no time; what they protect is not what these tests are about."""
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    monkeypatch.setattr("services.accounts.passwords._passwords", cheap)


@pytest.fixture
async def client(database: str, settings: Settings, cheap_passwords: None) -> AsyncIterator[Client]:
    """The service as a visitor sees it."""
    async with visiting(settings) as found:
        yield found


@pytest.fixture
async def house(client: Client) -> House:
    """A small house of accounts."""
    return await build_house(client)


@pytest.fixture(scope="module")
def lasting() -> Iterator[dict[str, Any]]:
    """A database for all tests of a module, none of which leaves anything behind in it."""
    with leased("database") as url:
        yield {"url": url}


@pytest.fixture
async def quiet_house(lasting: dict[str, Any], cheap_passwords: None) -> AsyncIterator[House]:
    """The same house for every test of a module, for requests that are all refused."""
    settings = Settings(database_url=lasting["url"])
    async with open_runtime(settings.database_url), visiting(settings) as visitor:
        if "house" not in lasting:
            lasting["house"] = await build_house(visitor)
        built: House = lasting["house"]
        yield replace(
            built,
            visitor=visitor,
            organiser=visitor.signed_in(built.organiser.token or ""),
            other_organiser=visitor.signed_in(built.other_organiser.token or ""),
        )


@asynccontextmanager
async def visiting(settings: Settings) -> AsyncIterator[Client]:
    """The application in this process, for nobody in particular."""
    transport = httpx2.ASGITransport(app=as_outside(create_app(settings)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://mulin.test") as http:
        yield Client(http)


async def build_house(client: Client) -> House:
    """A city, two streets and their organisers."""
    city = await organisations.create_root("上海市")
    await accounts.create_account("city", PASSWORD, *organiser_at(city.id))
    at_city = await signed_in(client, "city")
    streets = []
    for name in ("梧桐街道", "银杏街道"):
        street = await at_city.made(
            "/api/v1/organisations", {"kind": "street", "name": name, "parent_id": str(city.id)}
        )
        await accounts.create_account(name, PASSWORD, *organiser_at(UUID(street["id"])))
        streets.append((UUID(street["id"]), await signed_in(client, name)))
    (street_id, organiser), (other_street_id, other_organiser) = streets
    return House(client, organiser, other_organiser, street_id, other_street_id)


def shift_command(project_id: str, day: int, hour: int, **fields: Any) -> dict[str, Any]:
    """A shift of two hours in March 2030, with two seats."""
    return {
        "project_id": project_id,
        "starts_at": f"2030-03-{day:02}T{hour:02}:00:00+08:00",
        "ends_at": f"2030-03-{day:02}T{hour + 2:02}:00:00+08:00",
        "place": "活动室",
        "roles": [{"key": "helper", "minimum": 1, "target": 2}],
        **fields,
    }
