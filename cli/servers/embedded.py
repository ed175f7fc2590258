"""The embedded servers of a house: which programs, which folders."""

import re
from pathlib import Path

from cli.servers.account import Account
from cli.servers.postgres import PostgresServer
from cli.servers.programs import Choice, choose_postgres, choose_valkey
from cli.servers.valkey import ValkeyServer


def embedded_postgres(
    choice: Choice, path: str, data: Path, programs: Path, sockets: Path, account: Account
) -> PostgresServer:
    """The PostgreSQL of this data folder.

    Data once made are opened by the major version that made them, whatever else has been installed
    meanwhile; raises HouseRefused if that version is gone.
    """
    chosen = choose_postgres(choice, path, programs, account, _major_of_data(data))
    return PostgresServer(chosen, data / f"postgres-{chosen.major}", sockets, account)


def embedded_valkey(
    choice: Choice, path: str, data: Path, programs: Path, sockets: Path, account: Account
) -> ValkeyServer:
    """The Valkey of this data folder."""
    program = choose_valkey(choice, path, programs, account)
    return ValkeyServer(program, data / "valkey", sockets, account)


def _major_of_data(data: Path) -> int | None:
    """The major version of the cluster in this folder: of the one used last, if there are more."""
    clusters = [
        (folder.stat().st_mtime_ns, int(version.group(1)))
        for folder in data.glob("postgres-*")
        if (version := re.fullmatch(r"postgres-(\d+)", folder.name))
    ]
    return max(clusters)[1] if clusters else None
