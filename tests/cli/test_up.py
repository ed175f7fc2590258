"""`mulin up`: the whole house, as `make run` starts it but without the demo."""

import json
import os
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from cli.servers.account import NOBODY, Account
from tests.support.lease import CHECKOUT
from tests.support.processes import lives, processes_that_name, program, read_until
from tests.support.waiting import wait_until

UP = ("cli", "up", "--no-demo")
READY = "Ctrl-C"
ENVIRONMENT = {"DATABASE_URL": "", "REDIS_URL": "", "MULIN_ADDRESS": "", "LANG": "en_US.UTF-8"}


def _environment(folder: Path, port: int) -> dict[str, str]:
    return ENVIRONMENT | {"MULIN_DATA": str(folder / "data"), "MULIN_PORT": str(port)}


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=30):
            return True
    except urllib.error.HTTPError as error:
        with error:
            return error.code < 500


def test_the_house_lives_through_kills_and_leaves_nothing(open_folder: Path) -> None:
    """Started, robbed of a worker, asked to start twice, killed, started again, stopped."""
    environment = _environment(open_folder, 18_400)
    with program(*UP, environment=environment) as first:
        assert "Database tables are up to date" in read_until(first, READY)
        announced = json.loads((open_folder / "data" / "running.json").read_bytes())
        assert _answers(announced["address"])

        with program(*UP, environment=environment) as second:
            assert announced["address"] in read_until(second, "running already")
            assert second.wait() == 1

        workers = set(processes_that_name("--queues=solver")) & set(_left(open_folder))
        worker = min(workers)  # Its pool was started after it.
        os.kill(worker, signal.SIGKILL)
        assert "worker-solver ended (signal 9)" in read_until(first, "worker-solver")

        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        wait_until(lambda: not _left(open_folder), "all of a killed house to be gone")

    with program(*UP, environment=environment) as third:
        read_until(third, READY)
        assert _answers(announced["address"])
        os.kill(third.pid, signal.SIGINT)
        assert "All stopped" in read_until(third, "All stopped")
        assert third.wait() == 0
    assert not _left(open_folder)
    assert not (open_folder / "data" / "running.json").exists()


def test_named_servers_are_used_and_none_of_our_own_started(
    open_folder: Path, database_url: str, valkey_url: str
) -> None:
    servers = {"DATABASE_URL": database_url, "REDIS_URL": valkey_url}

    with program(*UP, environment=_environment(open_folder, 18_600) | servers) as house:
        read_until(house, READY)
        announced = json.loads((open_folder / "data" / "running.json").read_bytes())
        assert announced["database_url"] == database_url
        assert announced["redis_url"] == valkey_url
        assert _answers(announced["address"])
        assert not list((open_folder / "data").glob("postgres-*"))
        assert not (open_folder / "data" / "valkey").exists()
        os.kill(house.pid, signal.SIGINT)
        assert house.wait() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="already not root")
def test_a_user_without_rights_can_run_it(open_folder: Path) -> None:
    user = Account(NOBODY, NOBODY, changes=True)
    if not (user.can_run(Path(sys.executable)) and user.can_enter(CHECKOUT)):
        pytest.skip("this Python, or this checkout, is closed to other users")
    os.chown(open_folder, user.user, user.group)
    environment = _environment(open_folder, 18_500) | {"HOME": str(open_folder)}

    with program(*UP, environment=environment, options=user.process_options()) as house:
        read_until(house, READY)
        announced = json.loads((open_folder / "data" / "running.json").read_bytes())
        assert _answers(announced["address"])
        os.kill(house.pid, signal.SIGTERM)
        assert house.wait() == 0
    assert not _left(open_folder)


def _left(folder: Path) -> list[int]:
    """Processes of the house in this folder: by their command line or their environment."""
    mark = f"MULIN_DATA={folder / 'data'}".encode()
    found = set(processes_that_name(str(folder / "data")))
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (entry / "environ").read_bytes() and lives(int(entry.name)):
                found.add(int(entry.name))
        except OSError:
            continue
    return sorted(found)
