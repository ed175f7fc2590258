"""One embedded Valkey: its folder, its command line, and the moment it answers."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cli.servers.account import Account
from cli.servers.processes import end_leftovers
from cli.words import HouseRefused, Phrase

POLL_SECONDS = 0.02
STOP_SIGNAL = signal.SIGTERM
SOCKET_NAME = "valkey.sock"


@dataclass(frozen=True, slots=True)
class ValkeyServer:
    """A Valkey (or Redis) that keeps its data in `data` and answers on a socket in `sockets`."""

    program: Path
    data: Path
    sockets: Path
    account: Account
    durable: bool = True
    databases: int = 4

    @property
    def socket(self) -> Path:
        return self.sockets / SOCKET_NAME

    def command(self) -> list[str]:
        """The command line: no network address, every write logged, nothing thrown away."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "maxmemory-policy": "noeviction",
            "databases": str(self.databases),
            "daemonize": "no",
        }
        parts = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [str(self.program), *parts]

    def url(self, database: int = 0) -> str:
        """The address of one database, as `REDIS_URL` takes it."""
        return f"unix://{quote(str(self.socket))}?db={database}"

    def prepare(self) -> None:
        """Make the folder if it is not there; end what a killed run left running in it."""
        self.account.own(self.data)
        end_leftovers(self.data, STOP_SIGNAL)

    async def wait_until_ready(self, alive: Callable[[], bool], seconds_max: float = 60) -> None:
        """Return when it answers; raises HouseRefused if its process ends or time runs out."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds_max
        while alive() and loop.time() < deadline:
            if await self._answers():
                return
            await asyncio.sleep(POLL_SECONDS)
        raise HouseRefused(
            Phrase("Valkey 没有启动成功，请看它的日志。", "Valkey did not start; see its log.")
        )

    async def _answers(self) -> bool:
        """Whether it says PONG; while it still reads its file it says LOADING."""
        try:
            reader, writer = await asyncio.open_unix_connection(str(self.socket))
        except OSError:
            return False
        try:
            writer.write(b"PING\r\n")
            return (await reader.readline()).startswith(b"+PONG")
        except OSError:
            return False
        finally:
            writer.close()
