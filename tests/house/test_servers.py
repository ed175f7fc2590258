"""The test harness itself: fresh databases, and nothing shared between tests."""

import asyncpg
import pytest
import redis


@pytest.mark.parametrize("turn", [1, 2, 3])
async def test_every_test_gets_a_database_of_its_own(database_url: str, turn: int) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("CREATE TABLE left_behind (id int)")  # Would fail on a second go.
        assert await connection.fetchval("SELECT NOT usesuper FROM pg_user WHERE usename = user")
    finally:
        await connection.close()


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_an_empty_valkey(valkey_url: str, turn: int) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")
