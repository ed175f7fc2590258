"""A scope ends with the block that entered it: on no connection, in no other task does it go on."""

import asyncio
import random
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from tortoise.exceptions import OperationalError

from services import scope
from services.database import open_runtime, rows
from services.scope import SYSTEM, VISITOR, Scope, as_system, entered
from services.transactions import transaction

CONNECTIONS, ACTORS, QUESTIONS = 4, 50, 12
ASKED = (
    "SELECT coalesce(current_setting('mulin.account', true), '') AS account, "
    "current_user = 'mulin_system' AS is_system, "
    "coalesce(current_setting('mulin.work', true), '') AS work, "
    "(SELECT count(*) FROM sign_in_session) AS sessions"
)


@pytest.fixture
async def few_connections(database_url: str) -> AsyncIterator[None]:
    """The service with so few connections that each serves many actors in turn."""
    async with open_runtime(database_url, CONNECTIONS):
        yield


def somebody() -> Scope:
    return Scope(account_id=uuid4(), work=(uuid4(), uuid4()))


async def seen() -> Scope:
    """The scope as the database has it."""
    [row] = await rows(ASKED)
    work = tuple(UUID(each) for each in row["work"].strip("{}").split(",") if each)
    account = UUID(row["account"]) if row["account"] else None
    return Scope(account_id=account, work=work, is_system=row["is_system"])


async def whoever_comes_next() -> list[Scope]:
    """What visitors see who get all the connections there are, at the same time."""
    together = asyncio.Barrier(CONNECTIONS)

    async def visit() -> Scope:
        async with transaction():
            await together.wait()
            return await seen()

    return list(await asyncio.gather(*(visit() for _ in range(CONNECTIONS))))


async def test_outside_any_scope_the_database_knows_of_nobody(few_connections: None) -> None:
    assert await seen() == VISITOR
    assert await whoever_comes_next() == [VISITOR] * CONNECTIONS


async def test_of_fifty_actors_at_once_each_is_themselves(few_connections: None) -> None:
    chance = random.Random(7)

    async def act() -> None:
        me = somebody()
        async with entered(me):
            for _ in range(QUESTIONS):
                way = chance.randrange(4)
                if way == 0:
                    assert await seen() == me
                elif way == 1:
                    async with transaction():
                        assert await seen() == me
                        async with entered(SYSTEM):
                            assert await seen() == SYSTEM
                        assert await seen() == me
                elif way == 2:
                    async with entered(SYSTEM), transaction():
                        assert await seen() == SYSTEM
                else:
                    await asyncio.sleep(0)
                    assert await seen() == me

    await asyncio.gather(*(act() for _ in range(ACTORS)))
    assert await whoever_comes_next() == [VISITOR] * CONNECTIONS


async def fail_in(whose: Scope) -> None:
    async with entered(whose):
        assert await seen() == whose
        raise ZeroDivisionError


async def fail_in_a_part(whose: Scope) -> None:
    """The same in a savepoint."""
    async with entered(whose), transaction():
        assert await seen() == whose
        raise ZeroDivisionError


async def test_a_transaction_under_way_changes_its_scope_and_gets_it_back(
    few_connections: None,
) -> None:
    me, other = somebody(), somebody()
    async with entered(me), transaction():
        for fail in (fail_in, fail_in_a_part):
            with pytest.raises(ZeroDivisionError):
                await fail(other)
            assert await seen() == me
    assert await whoever_comes_next() == [VISITOR] * CONNECTIONS


async def test_a_savepoint_that_is_undone_does_not_bring_a_scope_back(
    few_connections: None,
) -> None:
    """A scope that was entered inside is gone with the savepoint; one around it is as it was."""
    me, other = somebody(), somebody()
    async with entered(me), transaction():
        for _ in range(3):
            with pytest.raises(OperationalError):
                async with transaction(), entered(other):
                    await rows("SELECT no_such_column FROM claim")
            assert await seen() == me
    assert await whoever_comes_next() == [VISITOR] * CONNECTIONS


async def test_a_statement_that_fails_leaves_no_scope_behind(few_connections: None) -> None:
    async def fail() -> None:
        async with entered(SYSTEM):
            await rows("SELECT 1 / 0")

    found = await asyncio.gather(*(fail() for _ in range(ACTORS)), return_exceptions=True)
    assert {type(each) for each in found} == {OperationalError}
    assert await whoever_comes_next() == [VISITOR] * CONNECTIONS


@pytest.mark.parametrize("in_transaction", [False, True])
async def test_a_task_that_is_cancelled_leaves_no_scope_behind(
    few_connections: None, in_transaction: bool
) -> None:
    begun = asyncio.Semaphore(0)

    async def wait_for_ever() -> None:
        async with entered(SYSTEM):
            if in_transaction:
                async with transaction():
                    begun.release()
                    await rows("SELECT pg_sleep(600)")
            begun.release()
            await rows("SELECT pg_sleep(600)")

    tasks = [asyncio.create_task(wait_for_ever()) for _ in range(CONNECTIONS)]
    for _ in tasks:
        await begun.acquire()
    for task in tasks:
        task.cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(each) for each in found} == {asyncio.CancelledError}
    assert await whoever_comes_next() == [VISITOR] * CONNECTIONS


async def test_a_task_that_is_begun_in_a_scope_has_it_and_no_other_gets_it(
    few_connections: None,
) -> None:
    me = somebody()

    @as_system
    async def elevated() -> Scope:
        return await seen()

    async with entered(me):
        inner = asyncio.create_task(seen())
        assert await asyncio.gather(inner, elevated(), seen()) == [me, SYSTEM, me]
    assert scope.present() is VISITOR
    assert await seen() == VISITOR
