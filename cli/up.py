"""`mulin up`: the whole house in one process tree, from nothing to an address."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator

from cli.environment import HouseSettings, inherited_environment
from cli.house import House, RunningHouse, find_house
from cli.keyring import refuse_foreign_keys, take_keys
from cli.servers.account import server_account
from cli.servers.embedded import embedded_postgres, embedded_valkey
from cli.servers.postgres import SERVICE_ROLE
from cli.steps import Steps
from cli.supervisor import (
    Alive,
    Child,
    Supervisor,
    end_with_parent,
    use_descriptors_to_wait,
)
from cli.tree import postgres_child, program_children, valkey_child, web_child
from cli.words import HouseRefused, Phrase
from services.database import migrate
from services.settings import Settings, load_settings

PORTS_TRIED = 50
ANY_HOST = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # To listen everywhere is to answer here too.
WEB_SECONDS_MAX = 120.0
POLL_SECONDS = 0.05

Welcome = Callable[[Settings, Steps], Awaitable[None]]


def run_house(house_settings: HouseSettings, welcome: Welcome | None) -> None:
    """Run the house until Ctrl-C or SIGTERM; raises HouseRefused if it cannot be started.

    `welcome` is awaited once all processes answer.
    """
    if house_settings.end_with_parent:
        end_with_parent(signal.SIGTERM, os.getppid())()
    house = find_house(house_settings, server_account())
    house.prepare()
    use_descriptors_to_wait()
    with house.held():
        asyncio.run(_run_until_stopped(house_settings, house, welcome))


async def _run_until_stopped(
    house_settings: HouseSettings, house: House, welcome: Welcome | None
) -> None:
    """The first signal ends the run politely, the second without waiting."""
    up = _Up(house_settings, house, Steps(house_settings.language))
    running = asyncio.create_task(up.run(welcome))

    def stop() -> None:
        if running.cancelling():
            up.supervisor.hurry()
        else:
            running.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await running


class _Up:
    """One run of the house."""

    def __init__(self, settings: HouseSettings, house: House, steps: Steps) -> None:
        self._settings = settings
        self._house = house
        self._steps = steps
        self._environment = inherited_environment()
        self._owner_url = ""
        self.supervisor = Supervisor(self._tell_of_death)

    async def run(self, welcome: Welcome | None) -> None:
        """Start everything and wait; whatever happens, stop everything."""
        try:
            await self._start_servers()
            with self._steps.step(Phrase("数据库表已是最新", "Database tables are up to date")):
                await self._migrate()
            with _listening(self._settings.host, self._settings.port) as listening:
                settings = await self._start_programs(listening)
                if welcome is not None:
                    await welcome(settings, self._steps)
                self._steps.say(
                    Phrase(
                        f"网址 {settings.address}  按 Ctrl-C 停止。",
                        f"Address {settings.address}  Press Ctrl-C to stop.",
                    )
                )
                await asyncio.Event().wait()
        finally:
            with self._steps.step(Phrase("已全部停止，数据保留", "All stopped; the data are kept")):
                await self.supervisor.stop()

    async def _start_servers(self) -> None:
        """Servers of our own for those whose address is not in the environment; then it is."""
        house, settings = self._house, self._settings
        asked = (settings.servers, settings.path, house.data, house.programs, house.sockets)
        if not self._environment.get("DATABASE_URL"):
            postgres = await asyncio.to_thread(embedded_postgres, *asked, house.account)
            name = f"PostgreSQL {postgres.programs.major}"
            with self._steps.step(Phrase(f"数据库已启动（{name}）", f"Database is up ({name})")):
                child = postgres_child(postgres, house.logs / "postgres.log")
                await self.supervisor.start(child, postgres.wait_until_ready)
                await postgres.ensure_database()
            self._environment["DATABASE_URL"] = postgres.url(role=SERVICE_ROLE)
            self._environment["DATABASE_OWNER_URL"] = postgres.url()
        if not self._environment.get("REDIS_URL"):
            valkey = await asyncio.to_thread(embedded_valkey, *asked, house.account)
            with self._steps.step(
                Phrase("消息队列已启动（Valkey）", "Message queue is up (Valkey)")
            ):
                child = valkey_child(valkey, house.logs / "valkey.log")
                await self.supervisor.start(child, valkey.wait_until_ready)
            self._environment["REDIS_URL"] = valkey.url()

    async def _migrate(self) -> None:
        """As the tables' owner, whose address no other process gets to know."""
        settings = load_settings(self._environment)
        take_keys(self._environment, self._house)
        await migrate(settings.owner_url)
        await refuse_foreign_keys(settings)
        self._owner_url = self._environment.pop("DATABASE_OWNER_URL", "")

    async def _start_programs(self, listening: socket.socket) -> Settings:
        """Web, workers and scheduler, with the addresses in their environment."""
        host, port = listening.getsockname()[:2]
        host = ANY_HOST.get(host, host)
        # Behind a proxy the address is given; otherwise it is where the web listens.
        address = self._environment.get("MULIN_ADDRESS") or _address(host, port)
        self._environment["MULIN_ADDRESS"] = address
        with self._steps.step(
            Phrase("网页、任务进程与定时器已启动", "Web, workers and scheduler are up")
        ):
            # A second number for it: a child's own standard output is its log.
            terminal = os.dup(sys.stdout.fileno())
            for child in program_children(self._house, self._environment, terminal):
                await self.supervisor.start(child)
            web = web_child(self._house, self._environment, listening.fileno())
            await self.supervisor.start(web, lambda alive: _wait_for_web(host, port, alive))
        settings = load_settings(self._environment)
        self._house.announce(
            RunningHouse(
                os.getpid(),
                address,
                settings.database_url,
                settings.redis_url,
                self._owner_url,
            )
        )
        return settings

    def _tell_of_death(self, child: Child, code: int) -> None:
        how = Phrase(f"信号 {-code}", f"signal {-code}")
        if code >= 0:
            how = Phrase(f"退出码 {code}", f"exit code {code}")
        self._steps.say(
            Phrase(
                f"! {child.name} 意外结束（{how.zh}），正在重新启动。日志：{child.log}",
                f"! {child.name} ended ({how.en}) and is started again. Log: {child.log}",
            )
        )


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket on `port`, or on the next free one; raises HouseRefused if none is."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for candidate in range(port, min(port + PORTS_TRIED, 65536)):
            try:
                listening.bind((host, candidate))
                listening.listen(2048)
            except OSError:
                continue
            yield listening
            return
        raise HouseRefused(
            Phrase(
                f"{host} 上从 {port} 起的端口都不可用。请设置 MULIN_PORT 或 MULIN_HOST。",
                f"No port from {port} on can be used on {host}. Set MULIN_PORT or MULIN_HOST.",
            )
        )


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _wait_for_web(host: str, port: int, alive: Alive) -> None:
    """Return when the web answers a request; raises HouseRefused if it ends or takes too long."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WEB_SECONDS_MAX
    answer = asyncio.ensure_future(_answers_http(host, port))
    try:
        while alive() and loop.time() < deadline:
            done, _ = await asyncio.wait((answer,), timeout=POLL_SECONDS)
            if done:
                if answer.result():
                    return
                answer = asyncio.ensure_future(_answers_http(host, port))
    finally:
        answer.cancel()
    raise HouseRefused(Phrase("网页进程没有启动成功", "The web process did not start"))


async def _answers_http(host: str, port: int) -> bool:
    """Whether a request gets an answer that is not a failure. The socket listens from the start,
    so the request simply waits until the process is there."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        status = (await reader.readline()).split()
        return len(status) > 1 and not status[1].startswith(b"5")
    except OSError:
        return False
    finally:
        writer.close()
