"""The data folder: where it is, who holds it, and what the settings may say."""

import os
import re
from pathlib import Path

import pytest

from cli.environment import load_house_settings
from cli.house import House, RunningHouse, find_house
from cli.servers.account import Account, server_account
from cli.words import HouseRefused, language_of

RUNNING = RunningHouse(4711, "http://127.0.0.1:8123", "postgres://one", "unix:///two")


@pytest.fixture
def house(open_folder: Path) -> House:
    house = House(open_folder / "data", server_account())
    house.prepare()
    return house


def test_a_second_run_is_told_where_the_first_one_is(house: House) -> None:
    with house.held():
        house.announce(RUNNING)

        with pytest.raises(HouseRefused, match=re.escape(RUNNING.address)) as refused, house.held():
            pass

    assert "4711" in refused.value.phrase.zh


def test_commands_find_a_running_house_and_only_that(house: House) -> None:
    assert house.running() is None
    with house.held():
        assert house.running() is None  # Not ready yet.
        house.announce(RUNNING)
        assert house.running() == RUNNING
    assert house.running() is None


def test_what_a_killed_run_announced_is_not_believed(house: House) -> None:
    house.announce(RUNNING)

    assert house.running() is None


def test_only_this_user_reads_the_addresses(house: House) -> None:
    house.announce(RUNNING)

    assert (house.data / "running.json").stat().st_mode & 0o077 == 0


def test_no_folder_above_the_data_is_changed(open_folder: Path) -> None:
    above = open_folder / "above"
    above.mkdir(mode=0o755)
    above.chmod(0o755)

    House(above / "between" / "data", server_account()).prepare()

    assert above.stat().st_mode & 0o777 == 0o755


def test_a_long_folder_gets_a_short_one_for_sockets(open_folder: Path) -> None:
    house = House(open_folder / ("long" * 30), server_account())

    assert len(str(house.sockets)) < 60


def test_sockets_are_not_put_where_somebody_else_could_be(open_folder: Path) -> None:
    house = House(open_folder / "data", server_account())
    (open_folder / "elsewhere").mkdir()
    house.data.mkdir()
    house.sockets.symlink_to(open_folder / "elsewhere")

    with pytest.raises(HouseRefused, match="belongs to somebody else"):
        house.prepare()


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone runs the servers under another account")
def test_a_folder_in_a_closed_home_is_out_of_reach_for_the_servers(open_folder: Path) -> None:
    home = open_folder / "home"
    checkout = home / "mulin"
    checkout.mkdir(parents=True)
    home.chmod(0o700)
    account = server_account()

    assert not account.can_enter(checkout)

    home.chmod(0o711)
    assert account.can_enter(checkout)


def test_data_lie_elsewhere_when_the_checkout_is_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, open_folder: Path
) -> None:
    account = Account(server_account().user, server_account().group, changes=False)
    monkeypatch.setattr(Account, "can_enter", lambda self, folder: False)
    monkeypatch.setenv("HOME", str(open_folder))

    house = find_house(load_house_settings({}), account)

    assert house.data.parent == open_folder / ".local/share/mulin"


@pytest.mark.parametrize(
    ("name", "value"),
    [("MULIN_PORT", "http"), ("MULIN_PORT", "70000"), ("MULIN_SERVERS", "sqlite")],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(HouseRefused, match=name):
        load_house_settings({name: value})


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "both"),
        ({}, "both"),
    ],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language
