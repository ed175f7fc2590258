"""The keys of a house: made once, found by every process, refused when they do not fit."""

import os
from collections.abc import MutableMapping

from cli.house import House
from cli.words import HouseRefused, Phrase
from services.settings import Settings
from services.vault import FILE_VARIABLE, KEYS_VARIABLE, new_keyring, write_key_file

NO_KEYS = Phrase(
    f"没有可用的密钥：个人信息以加密保存。请设置 {FILE_VARIABLE}（用 mulin keys make 生成的文件）"
    f"或 {KEYS_VARIABLE}。",
    f"There are no usable keys, and personal data are kept encrypted. Set {FILE_VARIABLE} (a file "
    f"made by `mulin keys make FILE`) or {KEYS_VARIABLE}.",
)


def take_keys(environment: MutableMapping[str, str], house: House) -> None:
    """Let this process and those that inherit `environment` know the keys.

    Where no setting names any, they are in the house's folder; the first start makes them.
    """
    if not _names_keys(environment) and not house.key_file.exists():
        write_key_file(house.key_file, new_keyring(), is_new=True)
    take_keys_at_hand(environment, house)


def take_keys_at_hand(environment: MutableMapping[str, str], house: House) -> None:
    """The same without making any: a command of its own may have no need of keys."""
    if not _names_keys(environment) and house.key_file.exists():
        environment[FILE_VARIABLE] = str(house.key_file)
    for name in (KEYS_VARIABLE, FILE_VARIABLE):
        if environment.get(name):
            os.environ[name] = environment[name]


async def refuse_foreign_keys(settings: Settings) -> None:
    """Raise HouseRefused if the data are under keys that this process does not have.

    A database that is away is no reason: the processes wait for it as they do later.
    """
    # The tables, of which most commands have no need.
    from services.database import UNREACHABLE, open_runtime
    from services.keys import KeysDoNotFit, require_fitting

    try:
        async with open_runtime(settings.database_url, connections_max=1):
            await require_fitting()
    except KeysDoNotFit as error:
        raise HouseRefused(
            Phrase(
                f"数据用密钥 {error.key_id} 加密，而现有的密钥打不开。请设置当时的密钥"
                f"（{FILE_VARIABLE} 或 {KEYS_VARIABLE}）。",
                f"The data are encrypted under the key {error.key_id}, which the present keys "
                f"cannot open. Set the keys of that time ({FILE_VARIABLE} or {KEYS_VARIABLE}).",
            )
        ) from error
    except UNREACHABLE:
        return


def _names_keys(environment: MutableMapping[str, str]) -> bool:
    return bool(environment.get(KEYS_VARIABLE) or environment.get(FILE_VARIABLE))
