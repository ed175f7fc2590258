"""`mulin sealer` and `mulin audit`: chaining the log, and holding it against its chain."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.auditing_words import finding_words, head_words, verdict_words
from cli.environment import inherited_environment, load_house_settings
from cli.house import find_house
from cli.running import reachable_settings
from cli.servers.account import server_account
from cli.words import HouseRefused, Language, Phrase, language_of
from services.settings import Settings

if TYPE_CHECKING:
    from services.audit_heads import KeptHead

EXIT_BROKEN = 1


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("sealer")(sealer)
    audit = typer.Typer(no_args_is_help=True, help="The log of what was done. 日志")
    audit.command("verify")(verify)
    audit.command("head")(head)
    app.add_typer(audit, name="audit")


def sealer() -> None:
    """Chain the lines of the log as they are committed; one at a time works. 日志封链"""
    # Here and below: the tables, of which other commands have no need.
    from jobs import sealing

    settings = reachable_settings()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")

    async def work() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await sealing.run(settings, _heads_file(settings), stop)

    asyncio.run(work())


def verify(
    heads: Annotated[
        Path | None,
        typer.Option("--head", help="A file of heads that was kept; else the one kept here."),
    ] = None,
) -> None:
    """Find what was changed or taken out of the log; exit code 1 if anything was. 核验日志"""
    from services import clock, verifying
    from services.database import open_runtime

    settings, language = reachable_settings(), _language()
    kept = _read_heads(heads, settings)

    async def work(on_progress: Callable[[int, int], None]) -> verifying.Report:
        async with open_runtime(settings.database_url, 1):
            return await verifying.verify(kept, on_progress)

    with _bar(language) as on_progress:
        report = asyncio.run(work(on_progress))
    for finding in report.findings:
        typer.echo(f"✗ {finding_words(finding, settings.zone).in_language(language)}")
    for phrase in verdict_words(report, clock.now()):
        typer.echo(phrase.in_language(language))
    if not report.is_sound:
        raise SystemExit(EXIT_BROKEN)


def head() -> None:
    """Say what the last link of the chain is, to be kept elsewhere. 日志链头"""
    from services import clock, sealing
    from services.database import open_runtime

    settings = reachable_settings()

    async def work() -> tuple[sealing.Head, sealing.Unsealed]:
        async with open_runtime(settings.database_url, 1):
            return await sealing.head(), await sealing.unsealed()

    last, unsealed = asyncio.run(work())
    for phrase in head_words(last, unsealed, clock.now()):
        typer.echo(phrase.in_language(_language()))


def _heads_file(settings: Settings) -> Path:
    if settings.audit_heads:
        return Path(settings.audit_heads)
    return find_house(load_house_settings(), server_account()).audit_heads


def _read_heads(named: Path | None, settings: Settings) -> "list[KeptHead]":
    """The heads to compare with. A file that was named has to be there."""
    from services.audit_heads import HeadsRefused, read_heads

    if named is not None and not named.is_file():
        raise HouseRefused(Phrase(f"没有文件 {named}。", f"There is no file {named}."))
    try:
        return read_heads(named or _heads_file(settings))
    except HeadsRefused as refused:
        raise HouseRefused(
            Phrase(f"链头文件读不懂：{refused}", f"The heads cannot be read: {refused}")
        ) from refused


def _language() -> Language:
    return language_of(inherited_environment())


@contextmanager
def _bar(language: Language) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, where somebody looks at it."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    words = Phrase("核验中", "Verifying").in_language(language)
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
