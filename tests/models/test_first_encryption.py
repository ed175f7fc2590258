"""A database of the first version, with people in it, brought to today's tables."""

import os
from collections.abc import AsyncIterator
from datetime import date
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import pytest
from tortoise import Tortoise
from tortoise.migrations.api import migrate as apply_migrations

from models.core import RoleGrant, Volunteer
from services import personal, scope, vault
from services.database import migrate, open_runtime, orm_config
from services.vault import KeysMissing

BORN = {"Ada": date(2008, 2, 29), "Ben": date(1999, 12, 31)}


@pytest.fixture
async def first_version(database_url: str) -> AsyncIterator[str]:
    """The address of a database at 0002, with a city, its organiser and two people."""
    name = f"mulin_first_{uuid4().hex[:12]}"
    server = await asyncpg.connect(database_url)
    await server.execute(f"CREATE DATABASE {name}")
    url = urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))
    try:
        await apply_migrations(
            config=orm_config(url, is_owner=True), target="core.0002_constraints"
        )
        await Tortoise.close_connections()
        await _fill(url)
        yield url
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.close()


async def _fill(url: str) -> None:
    connection = await asyncpg.connect(url)
    city = uuid4()
    await connection.execute(
        "INSERT INTO organisation (id, created_at, kind, name) VALUES ($1, now(), 'city', 'C')",
        city,
    )
    await connection.execute(
        "INSERT INTO account (id, created_at, name, password_hash, role, organisation_id) "
        "VALUES ($1, now(), 'boss', 'x', 'organiser', $2)",
        uuid4(),
        city,
    )
    for person, born in BORN.items():
        await connection.execute(
            "INSERT INTO volunteer (id, created_at, organisation_id, external_key, name, "
            "birth_date, max_minutes, max_minutes_per_day, max_shifts, served_minutes) "
            "VALUES ($1, now(), $2, $3, $3, $4, 2400, 480, 7, 0)",
            uuid4(),
            city,
            person,
            born,
        )
    await connection.close()


async def test_without_keys_nothing_is_lost_and_with_them_all_is_encrypted(
    first_version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = os.environ[vault.KEYS_VARIABLE]
    monkeypatch.delenv(vault.KEYS_VARIABLE)
    with pytest.raises(KeysMissing):
        await migrate(first_version)

    connection = await asyncpg.connect(first_version)
    kept = await connection.fetch("SELECT name, birth_date FROM volunteer")
    await connection.close()
    assert dict(kept) == BORN

    monkeypatch.setenv(vault.KEYS_VARIABLE, ring)
    await migrate(first_version)
    await migrate(first_version)
    scope.begin(scope.SYSTEM)
    async with open_runtime(first_version):
        people = {each.name: each for each in await Volunteer.all()}
        ids: list[UUID] = [each.id for each in people.values()]
        found = await personal.birth_dates(ids)
        assert {name: found[each.id] for name, each in people.items()} == BORN
        assert all(each.age > 15 for each in people.values())
        roles = {grant.role.value for grant in await RoleGrant.all()}
        assert roles == {"organiser", "node_administrator"}
