"""`mulin keys`, and a start with the wrong keys or none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.house import House
from cli.keyring import take_keys
from cli.servers.account import server_account
from services import vault
from services.database import open_runtime
from services.keys import require_fitting
from tests.support.lease import CHECKOUT


def mulin(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "LANG": "en_US.UTF-8", **environment},
        capture_output=True,
        text=True,
    )


def test_a_house_makes_its_keys_once_and_tells_its_processes(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(vault.KEYS_VARIABLE)
    monkeypatch.delenv(vault.FILE_VARIABLE, raising=False)
    house = House(open_folder / "data", server_account())
    house.prepare()
    environment: dict[str, str] = {}

    take_keys(environment, house)
    made = house.key_file.read_bytes()
    take_keys({}, house)

    assert environment == {vault.FILE_VARIABLE: str(house.key_file)}
    assert house.key_file.read_bytes() == made
    assert house.key_file.stat().st_mode & 0o777 == 0o600
    assert vault.keyring().current == "k1"
    monkeypatch.delenv(vault.FILE_VARIABLE)


def test_a_keyring_is_written_once(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    assert mulin("keys", "make", str(file)).returncode == 0
    made = file.read_text()
    again = mulin("keys", "make", str(file))
    assert (again.returncode, file.read_text()) == (1, made)
    assert "is not replaced" in again.stderr
    beside = json.loads(mulin("keys", "make", "--beside", MULIN_KEYS=made).stdout)
    assert (beside["current"], set(beside["keys"])) == ("k2", {"k1", "k2"})
    assert beside["keys"]["k1"] == json.loads(made)["keys"]["k1"]


async def test_a_start_with_other_keys_or_none_is_refused_in_words(database_url: str) -> None:
    async with open_runtime(database_url):
        await require_fitting()
    other = vault.new_keyring().to_json()

    wrong = mulin("serve", DATABASE_URL=database_url, MULIN_KEYS=other)
    none = mulin("serve", DATABASE_URL=database_url, MULIN_KEYS="", MULIN_KEY_FILE="")

    assert (wrong.returncode, none.returncode) == (1, 1)
    assert "encrypted under the key k1" in wrong.stderr
    assert "There are no usable keys" in none.stderr
    assert "Traceback" not in wrong.stderr + none.stderr
