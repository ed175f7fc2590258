"""One embedded PostgreSQL: its folder, its command line, and the moment it answers."""

import asyncio
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import asyncpg

from cli.servers.account import Account
from cli.servers.processes import end_leftovers
from cli.servers.programs import PostgresPrograms
from cli.words import HouseRefused, Phrase

PORT = 5432  # Only a part of the socket's name: no port is opened.
SUPERUSER = "postgres"
ROLE = "mulin"  # Owns the tables and migrates them.
SERVICE_ROLE = "mulin_service"  # Answers requests: it owns nothing, so row-level security binds it.
APPLICATION_ROLE = "mulin_application"  # What the service may do; nobody signs in as this one,
SYSTEM_ROLE = "mulin_system"  # nor as this one, for work on nobody's behalf.
POLL_SECONDS = 0.02
STOP_SIGNAL = signal.SIGINT  # "Fast" shutdown: sessions are ended, everything is written.

# For tests only: a crash of the machine may lose the data, and nobody will miss them.
CARELESS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "autovacuum": "off",
}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A cluster in `data`, reached through a socket in `sockets`, run under `account`."""

    programs: PostgresPrograms
    data: Path
    sockets: Path
    account: Account
    options: Mapping[str, str] = field(default_factory=dict)

    def command(self) -> list[str]:
        """The command line; no network address is listened on."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Statements may hold personal data; they stay out of the log.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            **self.options,
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs.postgres), "-D", str(self.data), *settings]

    def url(self, database: str = ROLE, role: str = ROLE) -> str:
        """The address of one database, as `DATABASE_URL` takes it."""
        return f"postgres://{role}@/{database}?host={quote(str(self.sockets))}&port={PORT}"

    def prepare(self) -> None:
        """Make the cluster if it is not there; end what a killed run left running in it."""
        if not self.data.is_dir():
            self._make_cluster()
        end_leftovers(self.data, STOP_SIGNAL)
        # Nobody works in the folder, so the file speaks of a dead process whose number another
        # process may have by now; PostgreSQL would take that one for its own.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    async def wait_until_ready(self, alive: Callable[[], bool], seconds_max: float = 60) -> None:
        """Return when it answers; raises HouseRefused if its process ends or time runs out."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds_max
        while alive() and loop.time() < deadline:
            try:
                connection = await asyncpg.connect(self.url(SUPERUSER, SUPERUSER), timeout=5)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(POLL_SECONDS)
            else:
                await connection.close()
                return
        raise HouseRefused(
            Phrase(
                "PostgreSQL 没有启动成功，请看它的日志。", "PostgreSQL did not start; see its log."
            )
        )

    async def ensure_database(self) -> None:
        """Make our roles (no superusers) and the database, if they are not there."""
        connection = await asyncpg.connect(self.url(SUPERUSER, SUPERUSER))
        try:
            present = {
                row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")
            }
            for role, rights in (
                (APPLICATION_ROLE, "NOLOGIN"),
                (SYSTEM_ROLE, "NOLOGIN"),
                (ROLE, "LOGIN CREATEDB"),
                (SERVICE_ROLE, "LOGIN NOINHERIT"),
            ):
                if role not in present:
                    await connection.execute(f"CREATE ROLE {role} {rights}")
            await connection.execute(
                f"GRANT {APPLICATION_ROLE}, {SYSTEM_ROLE} TO {ROLE}, {SERVICE_ROLE}"
            )
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", ROLE):
                await connection.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")
        finally:
            await connection.close()

    def _make_cluster(self) -> None:
        """Run initdb beside the final place and rename, so that a half-made one is never opened."""
        unfinished = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        self.account.own(unfinished)
        arguments = ["-D", str(unfinished), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
        arguments += ["--locale=C.UTF-8", "--no-instructions"]
        if self.options.get("fsync") == "off":
            arguments.append("--no-sync")
        made = subprocess.run(
            [str(self.programs.initdb), *arguments],
            cwd=unfinished,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **self.account.process_options(),
        )
        if made.returncode != 0:
            last = (made.stderr.strip().splitlines() or ["initdb"])[-1]
            raise HouseRefused(
                Phrase(f"无法建立数据库文件夹：{last}", f"The database folder was not made: {last}")
            )
        unfinished.rename(self.data)
