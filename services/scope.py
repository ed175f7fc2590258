"""For whom the service acts: what every statement sent to the database is limited to.

The second wall (row-level security, `models/migrations/0005_walls.py`) reads what is written here.
A scope is entered by `services.rights.acting` for whoever asks, and by `as_system` for work on
nobody's behalf; outside both a statement sees only what is published.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import asyncpg
import msgspec
from tortoise import connections
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.exceptions import OperationalError, TransactionManagementError

P = ParamSpec("P")
R = TypeVar("R")


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts, for which people, and at which nodes they may see each part of the data.

    A node stands for itself and everything below it.
    """

    account_id: UUID | None = None
    persons: tuple[UUID, ...] = ()
    tree: tuple[UUID, ...] = ()
    work: tuple[UUID, ...] = ()
    people: tuple[UUID, ...] = ()
    rights: tuple[UUID, ...] = ()
    audit: tuple[UUID, ...] = ()
    reports: tuple[UUID, ...] = ()
    is_system: bool = False


PARTS = ("persons", "tree", "work", "people", "rights", "audit", "reports")
VISITOR = Scope()
SYSTEM = Scope(is_system=True)

APPLICATION_ROLE = "mulin_application"
"""As whom the service works: a role that owns no table, so that row-level security binds it."""
SYSTEM_ROLE = "mulin_system"
"""As whom it works on nobody's behalf: it sees every row, and owns as little."""

_SET = (
    "SELECT set_config('role', $1, {local}), set_config('mulin.account', $2, {local}), "
    + ", ".join(
        f"set_config('mulin.{part}', ${number}, {{local}})"
        for number, part in enumerate(PARTS, start=3)
    )
)
_SET_CONNECTION = _SET.format(local="false")
_SET_TRANSACTION = _SET.format(local="true")

_BROKEN = (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, ConnectionError)

_present: ContextVar[Scope] = ContextVar("scope", default=VISITOR)


def present() -> Scope:
    """The scope in which the calling task acts."""
    return _present.get()


async def prepare_connection(connection: Any) -> None:
    """Give a connection that leaves the pool the scope of whoever takes it: visitors too, so that
    no scope outlives its use. A connection that cannot be told is closed."""
    await connection.execute(_SET_CONNECTION, *_arguments(_present.get()))


async def keep_connection(_: Any) -> None:
    """Take a connection back as it is: the next one who takes it tells it everything anew.

    The pool has ended its transaction; nothing else of a session is used but the scope.
    """


def begin(scope: Scope) -> None:
    """Make this the scope of the calling task from here on: for programs that serve one master."""
    _present.set(scope)


@asynccontextmanager
async def entered(scope: Scope) -> AsyncIterator[None]:
    """Act in this scope inside the block, also in the midst of a transaction."""
    before = _present.get()
    if scope == before:
        yield
        return
    token = _present.set(scope)
    try:
        await _tell_transaction(scope)
        yield
    finally:
        _present.reset(token)
        await _tell_transaction(before)


def as_system(function: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Let a function act on nobody's behalf. For jobs, sign-in and what triggers cannot do."""

    @wraps(function)
    async def elevated(*args: P.args, **kwargs: P.kwargs) -> R:
        async with entered(SYSTEM):
            return await function(*args, **kwargs)

    return elevated


async def _tell_transaction(scope: Scope) -> None:
    """Under way already, a transaction has to be told; otherwise the pool will tell."""
    connection = connections.get("default")
    if not isinstance(connection, TransactionalDBClient):
        return
    try:
        await connection.execute_query_dict(_SET_TRANSACTION, list(_arguments(scope)))
    except (OperationalError, TransactionManagementError, *_BROKEN):
        # Nothing more can be asked of this transaction before it, or the part of it in which the
        # scope was entered, is rolled back; and these settings are rolled back with it.
        return


def _arguments(scope: Scope) -> tuple[str, ...]:
    account = "" if scope.account_id is None else str(scope.account_id)
    lists = (
        "{" + ",".join(map(str, ids)) + "}" if ids else ""
        for ids in (getattr(scope, part) for part in PARTS)
    )
    return (SYSTEM_ROLE if scope.is_system else APPLICATION_ROLE, account, *lists)
