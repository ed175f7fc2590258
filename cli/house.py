"""The one folder of this machine's data: choosing it, holding it, and saying what runs in it."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from cli.environment import CODE_FOLDER, HouseSettings
from cli.servers.account import Account
from cli.words import HouseRefused, Phrase

SOCKET_PATH_BYTES_MAX = 100  # The kernel takes 107; PostgreSQL and Valkey append a little.
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


class RunningHouse(msgspec.Struct, frozen=True):
    """What a running `mulin up` tells other commands on this machine."""

    process: int
    address: str
    database_url: str
    redis_url: str
    database_owner_url: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """The data folder and the places in it."""

    data: Path
    account: Account

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def key_file(self) -> Path:
        """The keys of the personal data, where no setting names others."""
        return self.data / "keys.json"

    @property
    def schedule(self) -> Path:
        """The scheduler's notes of what ran last."""
        return self.data / "scheduler" / "schedule"

    @property
    def audit_heads(self) -> Path:
        """What the last link of the log's chain was, a line a day."""
        return self.data / "audit" / "heads"

    @property
    def programs(self) -> Path:
        """Copies of server programs, where the servers' account cannot reach the originals."""
        return self.data / "programs"

    @property
    def sockets(self) -> Path:
        """The folder of the servers' sockets: inside the data if the name is short enough."""
        inside = self.data / "sockets"
        if len(os.fsencode(inside / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX:
            return inside
        return Path("/tmp") / f"mulin-{os.geteuid()}-{_fingerprint(self.data)}"

    def prepare(self) -> None:
        """Make the folders. Only our own get permissions; no parent is touched."""
        # Under root the servers run under another account, which has to pass through.
        mode = 0o711 if self.account.changes else 0o700
        _make_with_parents(self.data, mode)
        self.data.chmod(mode)
        if not self.account.can_enter(self.data):
            raise HouseRefused(
                Phrase(
                    f"数据库的账户进不了 {self.data}。请用 MULIN_DATA 指定另一个文件夹。",
                    f"The database's account cannot get through to {self.data}. "
                    "Name another folder with MULIN_DATA.",
                )
            )
        self.logs.mkdir(mode=0o700, exist_ok=True)
        self.schedule.parent.mkdir(mode=0o700, exist_ok=True)
        self.programs.mkdir(exist_ok=True)
        self.programs.chmod(0o755)
        if self.sockets.is_symlink() or not _ours(self.sockets, self.account):
            raise HouseRefused(
                Phrase(
                    f"{self.sockets} 属于别人，不能使用。",
                    f"{self.sockets} belongs to somebody else and cannot be used.",
                )
            )
        self.account.own(self.sockets)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder alone; raises HouseRefused, saying where, if another process has it."""
        with (self.data / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HouseRefused(self._already_running()) from None
            try:
                yield
            finally:
                (self.data / "running.json").unlink(missing_ok=True)

    def announce(self, running: RunningHouse) -> None:
        """Tell the other commands what runs here; only this user may read it."""
        unfinished = self.data / "running.json.new"
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as f:
            f.write(msgspec.json.encode(running))
        unfinished.rename(self.data / "running.json")

    def running(self) -> RunningHouse | None:
        """What runs in this folder now; None if nothing does, or nothing that is ready yet."""
        try:
            with (self.data / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._announced()
        except FileNotFoundError:
            return None
        return None

    def _announced(self) -> RunningHouse | None:
        try:
            return msgspec.json.decode((self.data / "running.json").read_bytes(), type=RunningHouse)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def _already_running(self) -> Phrase:
        running = self._announced()
        if running is None:
            return Phrase(
                f"睦邻正在启动或停止中（数据文件夹 {self.data}）。",
                f"Mulin is just starting or stopping (data folder {self.data}).",
            )
        return Phrase(
            f"睦邻已在运行：{running.address}（进程 {running.process}）。",
            f"Mulin is running already: {running.address} (process {running.process}).",
        )


def find_house(settings: HouseSettings, account: Account) -> House:
    """The house of this checkout: `MULIN_DATA`, else `.data` in the checkout.

    Where the checkout cannot be written, or the servers' account cannot get through to it (a
    checkout in a closed home, say), the data lie elsewhere, one folder per checkout.
    """
    if settings.data is not None:
        return House(settings.data, account)
    if account.can_enter(CODE_FOLDER) and os.access(CODE_FOLDER, os.W_OK):
        return House(CODE_FOLDER / ".data", account)
    base = Path("/var/lib/mulin") if account.changes else Path.home() / ".local/share/mulin"
    return House(base / _fingerprint(CODE_FOLDER), account)


def _make_with_parents(folder: Path, mode: int) -> None:
    """Make what is missing on the way to a folder, whatever the umask; leave what is there."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir()
        missing.chmod(mode)


def _fingerprint(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def _ours(folder: Path, account: Account) -> bool:
    try:
        return folder.stat().st_uid in (os.geteuid(), account.user)
    except FileNotFoundError:
        return True
