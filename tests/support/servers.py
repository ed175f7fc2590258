"""The servers of one test run, in a process of their own: `python -m tests.support.servers`.

It starts nothing until a test asks. Each connection to its socket is a lease on one fresh database
(or one empty Valkey database); closing the connection, by dying too, gives it back. When its
standard input ends, because pytest is done or was killed, it stops the servers and leaves nothing.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import redis.asyncio

from cli.servers.account import server_account
from cli.servers.postgres import CARELESS, PostgresServer
from cli.servers.programs import Choice, choose_postgres, choose_valkey
from cli.servers.valkey import ValkeyServer
from services.database import migrate

DATABASES_AHEAD = 2  # Copies of the template that lie ready, so that a test does not wait for one.
VALKEY_DATABASES = 512
STOP_SECONDS_MAX = 20


def with_database(url: str, name: str) -> str:
    """The same server's address, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@asynccontextmanager
async def running(server: PostgresServer | ValkeyServer) -> AsyncIterator[None]:
    """The server, answering; stopped on leaving."""
    server.prepare()
    log = server.data.parent / f"{server.data.name}.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *server.command(),
            cwd=server.data,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **server.account.process_options(),
        )
    try:
        await server.wait_until_ready(lambda: process.returncode is None)
        yield
    except BaseException:
        sys.stderr.write(log.read_text(errors="replace")[-4000:])
        raise
    finally:
        # Not politely: the data are thrown away anyway.
        process.send_signal(
            signal.SIGQUIT if isinstance(server, PostgresServer) else signal.SIGKILL
        )
        await asyncio.wait_for(process.wait(), STOP_SECONDS_MAX)


class Databases:
    """Copies of one migrated template, made ahead of need and dropped after use."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._template = f"mulin_template_{uuid4().hex[:12]}"
        self._ready: asyncio.Queue[str] = asyncio.Queue(DATABASES_AHEAD)
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        self._making = await asyncpg.connect(self._server_url)
        self._dropping = await asyncpg.connect(self._server_url)
        self._drop_lock = asyncio.Lock()
        await self._making.execute(f"CREATE DATABASE {self._template}")
        try:
            await migrate(with_database(self._server_url, self._template))
            maker = asyncio.create_task(self._make_ahead())
            try:
                yield
            finally:
                maker.cancel()
                await asyncio.gather(maker, *self._tasks, return_exceptions=True)
                while not self._ready.empty():
                    await self._drop(self._ready.get_nowait())
        finally:
            await self._drop(self._template)
            await self._making.close()
            await self._dropping.close()

    async def _make_ahead(self) -> None:
        while True:
            name = f"mulin_test_{uuid4().hex[:12]}"
            await self._making.execute(f"CREATE DATABASE {name} TEMPLATE {self._template}")
            await self._ready.put(name)

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[str]:
        name = await self._ready.get()
        try:
            yield with_database(self._server_url, name)
        finally:
            task = asyncio.create_task(self._drop(name))  # The next test need not wait for it.
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _drop(self, name: str) -> None:
        async with self._drop_lock:
            await self._dropping.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class ValkeyDatabases:
    """The numbered databases of one Valkey; emptied when they come back."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free = list(range(VALKEY_DATABASES))

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[str]:
        number = self._free.pop(0)
        url = f"{self._url.partition('?')[0]}?db={number}"
        try:
            yield url
        finally:
            client = redis.asyncio.Redis.from_url(url)
            await client.flushdb()
            await client.aclose()
            self._free.append(number)


class House:
    """Answers leases; starts the servers at the first one that needs them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = AsyncExitStack()
        self._databases: asyncio.Task[Databases] | None = None
        self._valkey: asyncio.Task[ValkeyDatabases] | None = None

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One lease: a line names the kind, a line of JSON answers, the end gives it back."""
        kind = (await reader.readline()).decode().strip()
        try:
            pool = await (self.databases() if kind == "database" else self.valkey())
        except BaseException as error:
            writer.write(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode() + b"\n")
            await writer.drain()
            writer.close()
            raise
        async with pool.lease() as url:
            writer.write(json.dumps({"url": url}).encode() + b"\n")
            with contextlib.suppress(ConnectionError):
                await writer.drain()
                await reader.read()
            writer.close()

    async def databases(self) -> Databases:
        self._databases = self._databases or asyncio.create_task(self._open_databases())
        return await asyncio.shield(self._databases)

    async def valkey(self) -> ValkeyDatabases:
        self._valkey = self._valkey or asyncio.create_task(self._open_valkey())
        return await asyncio.shield(self._valkey)

    async def close(self) -> None:
        await self._stack.aclose()

    async def _open_databases(self) -> Databases:
        url = os.environ.get("MULIN_TEST_DATABASE_URL") or await self._embedded_postgres()
        databases = Databases(url)
        await self._stack.enter_async_context(databases.open())
        return databases

    async def _open_valkey(self) -> ValkeyDatabases:
        url = os.environ.get("MULIN_TEST_REDIS_URL") or await self._embedded_valkey()
        return ValkeyDatabases(url)

    async def _embedded_postgres(self) -> str:
        account = server_account()
        programs = choose_postgres(_choice(), _path(), self._folder, account, None)
        sockets = self._folder / "sockets"
        account.own(sockets)
        server = PostgresServer(programs, self._folder / "postgres", sockets, account, CARELESS)
        await self._stack.enter_async_context(running(server))
        await server.ensure_database()
        return server.url()

    async def _embedded_valkey(self) -> str:
        account = server_account()
        program = choose_valkey(_choice(), _path(), self._folder, account)
        sockets = self._folder / "sockets"
        account.own(sockets)
        server = ValkeyServer(
            program, self._folder / "valkey", sockets, account, False, VALKEY_DATABASES
        )
        await self._stack.enter_async_context(running(server))
        return server.url()


def _choice() -> Choice:
    choice = os.environ.get("MULIN_SERVERS", "auto")
    return "found" if choice == "found" else "wheel" if choice == "wheel" else "auto"


def _path() -> str:
    return os.environ.get("PATH", os.defpath)


async def serve(folder: Path, listening: socket.socket) -> None:
    """Answer leases until standard input ends."""
    house = House(folder)
    server = await asyncio.start_unix_server(house.answer, sock=listening)
    await asyncio.to_thread(sys.stdin.buffer.read)
    server.close()
    await house.close()


def main() -> None:
    folder, descriptor = Path(sys.argv[1]), int(sys.argv[2])
    try:
        asyncio.run(serve(folder, socket.socket(fileno=descriptor)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
