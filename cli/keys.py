"""`mulin keys`: making the keys of the personal data, looking at them, changing them."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.environment import inherited_environment
from cli.keyring import take_keys_at_hand
from cli.running import house_here, reachable_settings
from cli.words import HouseRefused, Language, Phrase, language_of
from services.vault import (
    FILE_VARIABLE,
    KEYS_VARIABLE,
    keyring,
    new_keyring,
    write_key_file,
)

T = TypeVar("T")

keys = typer.Typer(
    name="keys",
    help="Keys of the personal data: make, rotate, look. 密钥",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(keys)


@keys.command("make")
def make(
    file: Annotated[Path | None, typer.Argument(help="Where to; without, it is printed.")] = None,
    beside: Annotated[
        bool, typer.Option("--beside", help="The present keys and one more, for MULIN_KEYS.")
    ] = False,
) -> None:
    """Make a keyring: one fresh key, or the present ones with a new current one. 生成密钥"""
    if beside:
        take_keys_at_hand(inherited_environment(), house_here())
    ring = keyring().with_new_key() if beside else new_keyring()
    if file is None:
        typer.echo(ring.to_json())
        return
    try:
        write_key_file(file, ring, is_new=True)
    except FileExistsError as error:
        raise HouseRefused(
            Phrase(
                f"{file} 已存在，不会覆盖：里面的密钥一旦丢失，数据就再也打不开。",
                f"{file} is there already and is not replaced: without its keys the data are lost.",
            )
        ) from error
    except OSError as error:
        raise HouseRefused(
            Phrase(f"无法写入 {file}：{error.strerror}", f"{file}: {error.strerror}")
        ) from error
    typer.echo(str(file))


@keys.command("status")
def status() -> None:
    """Say how much is under which key. 查看密钥状态"""
    # Here and below: the tables, of which other commands have no need.
    from services import keys as rotation

    found = _run(rotation.status)
    ring = keyring()
    _say(f"当前密钥 {ring.current}", f"Current key {ring.current}")
    for each in found:
        typer.echo(f"{each.place:32} {each.values:>12,} {each.waiting:>12,}")
    waiting = sum(each.waiting for each in found)
    if waiting:
        _say(f"尚有 {waiting:,} 项用旧密钥", f"{waiting:,} values are under older keys")
    else:
        _say("全部已用当前密钥", "Everything is under the current key")
    others = ring.ids[1:]
    if others:
        named = ", ".join(others)
        _say(f"仍保留的旧密钥：{named}", f"Older keys that are kept: {named}")


@keys.command("rotate")
def rotate() -> None:
    """Make a new key and bring everything under it, while the service runs. 轮换密钥

    Broken off, it goes on where it was. With the keys in MULIN_KEYS, which no program can change
    for others: set `mulin keys make --beside` everywhere first; this brings everything under it.
    """
    from services import keys as rotation

    _run(rotation.require_fitting)
    waiting = sum(each.waiting for each in _run(rotation.status))
    file = _key_file()
    if waiting == 0 and file is not None:
        write_key_file(file, keyring().with_new_key())
        _run(rotation.require_fitting)
        waiting = sum(each.waiting for each in _run(rotation.status))
    elif waiting == 0:
        raise HouseRefused(
            Phrase(
                f"全部数据已用 {KEYS_VARIABLE} 的当前密钥。请先把 mulin keys make --beside 的输出"
                f"设为各处的 {KEYS_VARIABLE}，再运行本命令。",
                f"Everything is under the current key of {KEYS_VARIABLE}. Set what `mulin keys make"
                f" --beside` prints as {KEYS_VARIABLE} everywhere, then run this again.",
            )
        )
    done = _rewrite(waiting)
    _say(
        f"已用密钥 {keyring().current} 重新加密 {done:,} 项",
        f"{done:,} values are now under the key {keyring().current}",
    )
    for key_id in keyring().ids[1:]:
        _say(
            f"旧密钥 {key_id} 可在 15 分钟后移除：mulin keys remove {key_id}",
            f"The old key {key_id} may go in 15 minutes: mulin keys remove {key_id}",
        )


@keys.command("remove")
def remove(
    key_id: Annotated[str, typer.Argument(help="Which key, as `mulin keys status` names it.")],
    now: Annotated[
        bool, typer.Option("--now", help="Also if codes and tokens made with it may still be out.")
    ] = False,
) -> None:
    """Take a key out of the keyring; refused while anything is under it. 移除旧密钥"""
    from services import clock
    from services import keys as rotation

    reachable_settings()
    ring = keyring()
    if key_id == ring.current or key_id not in ring.ids:
        raise HouseRefused(
            Phrase(f"{key_id} 不是可移除的旧密钥。", f"{key_id} is no older key of this keyring.")
        )
    try:
        _run(lambda: rotation.retire(key_id, clock.now(), at_once=now))
    except rotation.KeyInUse as refused:
        raise HouseRefused(_still_used(key_id, refused.waiting, refused.minutes)) from refused
    file = _key_file()
    if file is None:
        _say(
            f"没有数据再用 {key_id}：请从 {KEYS_VARIABLE} 中删去它。",
            f"Nothing is under {key_id} any more: take it out of {KEYS_VARIABLE}.",
        )
        return
    write_key_file(file, ring.without(key_id))
    _say(f"已移除密钥 {key_id}", f"The key {key_id} is gone from {file}")


def _still_used(key_id: str, waiting: int, minutes: int) -> Phrase:
    if waiting:
        return Phrase(
            f"还有 {waiting:,} 项用密钥 {key_id}，请先运行 mulin keys rotate。",
            f"{waiting:,} values are under the key {key_id}: run `mulin keys rotate` first.",
        )
    return Phrase(
        f"用 {key_id} 签发的验证码和令牌可能仍有效，请 {minutes} 分钟后再试，或加 --now。",
        f"Codes and tokens made with {key_id} may still be good: try again in {minutes} minutes, "
        "or with --now.",
    )


def _rewrite(waiting: int) -> int:
    from services import keys as rotation

    words = Phrase("重新加密", "Encrypting anew").in_language(_language())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(file=sys.stdout)
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not sys.stdout.isatty()
    ) as bar:
        task = bar.add_task(words, total=waiting)
        found = _run(lambda: rotation.rewrite(lambda values: bar.advance(task, values)))
    for place in found.unreadable:
        _say(f"打不开，保持原样：{place}", f"No key opens it, left as it was: {place}")
    if found.unreadable:
        raise typer.Exit(1)
    return int(found.values)


def _key_file() -> Path | None:
    """The file that the keys come from; None where they are in the setting itself."""
    if os.environ.get(KEYS_VARIABLE):
        return None
    return Path(os.environ[FILE_VARIABLE])


def _run(work: Callable[[], Awaitable[T]]) -> T:
    """The result of `work` on the service's database, wherever that is."""
    from services.database import open_runtime

    settings = reachable_settings()
    keyring()  # Where there are none, it is said before anything is connected.

    async def run() -> T:
        async with open_runtime(settings.database_url, connections_max=1):
            return await work()

    return asyncio.run(run())


def _language() -> Language:
    return language_of(inherited_environment())


def _say(zh: str, en: str) -> None:
    typer.echo(Phrase(zh, en).in_language(_language()))
