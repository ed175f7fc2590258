"""Connections to PostgreSQL: opening, migrating, closing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise, connections
from tortoise.exceptions import DBConnectionError
from tortoise.migrations.api import migrate as apply_migrations

from services import scope
from services.first_encryption import encrypt_birth_dates

MIGRATION_LOCK = 811
ENCRYPTS_FIRST, DROPS_CLEAR_TEXT = "0003_trust", "0004_trust_rules"

UNREACHABLE: tuple[type[Exception], ...] = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,  # "connection is closed", "pool is closing"
    DBConnectionError,
    ConnectionError,
    FileNotFoundError,  # the Unix socket of a server that does not run
    TimeoutError,
)
"""What a statement raises while the database is away; the same statement may work later."""


def orm_config(dsn: str, connections_max: int = 10, *, is_owner: bool = False) -> dict[str, Any]:
    """Tortoise's configuration for a PostgreSQL URL (`postgres://user:password@host/name`).

    Statements run as the application's role, in the scope of `services.scope`; as the URL's own
    role only for migrations.

    A Unix socket is named as `?host=/folder&port=5432`, as in libpq.
    """
    parts = urlsplit(dsn)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    credentials: dict[str, Any] = {
        "host": query.get("host") or parts.hostname or "127.0.0.1",
        "port": int(query.get("port") or parts.port or 5432),
        "user": unquote(parts.username or query.get("user", "postgres")),
        "password": unquote(parts.password or query.get("password", "")),
        "database": parts.path.lstrip("/"),
        "minsize": 1,
        "maxsize": connections_max,
        "server_settings": {"timezone": "UTC", "application_name": "mulin"},
    }
    if not is_owner:
        credentials["server_settings"] |= {"role": scope.APPLICATION_ROLE}
        credentials["setup"] = scope.prepare_connection
        credentials["reset"] = scope.keep_connection
    return {
        "connections": {
            "default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}
        },
        "apps": {
            "core": {
                "models": ["models.core"],
                "default_connection": "default",
                "migrations": "models.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


@asynccontextmanager
async def open_runtime(dsn: str, connections_max: int = 10) -> AsyncIterator[None]:
    """The tables, usable from every task of this process; connections are closed on leaving."""
    await Tortoise.init(config=orm_config(dsn, connections_max), _enable_global_fallback=True)
    try:
        yield
    finally:
        await Tortoise.close_connections()


async def migrate(dsn: str) -> None:
    """Bring the database to today's tables, as their owner; two at once wait for each other
    (advisory lock).

    Days of birth that an earlier version kept in clear are encrypted on the way, before the step
    that drops their column. Raises KeysMissing when there are any and no keys are set.
    """
    lock = await asyncpg.connect(dsn)
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        config = orm_config(dsn, is_owner=True)
        if await _stands_before(lock, DROPS_CLEAR_TEXT):
            await apply_migrations(
                config=config, target=f"core.{ENCRYPTS_FIRST}", direction="forward"
            )
            await encrypt_birth_dates(lock)
        await apply_migrations(config=config)
        await Tortoise.close_connections()
    finally:
        await lock.close()


async def _stands_before(connection: Any, migration: str) -> bool:
    """Whether there are tables, and this migration has not been applied to them."""
    if await connection.fetchval("SELECT to_regclass('tortoise_migrations') IS NULL"):
        return False
    return not await connection.fetchval(
        "SELECT EXISTS (SELECT 1 FROM tortoise_migrations WHERE name = $1)", migration
    )


async def rows(sql: str, *arguments: object) -> list[dict[str, Any]]:
    """Rows of one statement on the present connection or transaction, as dictionaries."""
    found = await connections.get("default").execute_query_dict(sql, list(arguments))
    return list(found)
