"""An import from the command line: the report in words, the question, the storing."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import typer

from cli.words import HouseRefused, Language, Phrase
from services import clock, imports
from services.database import open_runtime
from services.errors import Defect, Invalid, ServiceError, TooLarge
from services.imports import Import, ImportKind, Note, Report, RowDefect, RowReport
from services.settings import Settings

# A file with ten thousand good rows must not bury the two that are wrong.
ROWS_SHOWN_MAX = 200

_OUTCOMES = {
    "new": Phrase("新增", "new"),
    "changed": Phrase("更改", "changed"),
    "same": Phrase("不变", "same"),
    "refused": Phrase("拒绝", "refused"),
}


def run_import(
    file: Path,
    kind: str,
    organisation: str,
    settings: Settings,
    language: Language,
    *,
    dry_run: bool,
    yes: bool,
) -> bool:
    """Report, ask, store; False if nothing was stored although it was to be.

    Raises HouseRefused for a file that cannot be read as this kind at all.
    """
    content = _read(file, settings.upload_bytes_max)
    try:
        return asyncio.run(
            _import(
                content,
                ImportKind(kind),
                organisation,
                settings,
                language,
                dry_run=dry_run,
                yes=yes,
            )
        )
    except Invalid as refusal:
        raise HouseRefused(_unreadable(file, refusal)) from refusal
    except ServiceError as refusal:
        raise HouseRefused(_refused(file, refusal)) from refusal


def _read(file: Path, bytes_max: int) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(bytes_max + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise HouseRefused(
            Phrase(f"读不了 {file}：{reason}", f"{file} cannot be read: {reason}")
        ) from error
    if len(content) > bytes_max:
        raise HouseRefused(_refused(file, TooLarge(limit_bytes=bytes_max)))
    return content


async def _import(
    content: bytes,
    kind: ImportKind,
    organisation: str,
    settings: Settings,
    language: Language,
    *,
    dry_run: bool,
    yes: bool,
) -> bool:
    async with open_runtime(settings.database_url, settings.database_connections_max):
        now = clock.now()
        organisation_id = await _organisation(organisation)
        report = await imports.examine(organisation_id, kind, content, now, settings)
        _print(report, language)
        if report.refused or dry_run:
            return not report.refused
        question = Phrase("要存入吗？", "Store this?").in_language(language)
        if not yes and not typer.confirm(question):
            return False
        kept = await imports.keep(organisation_id, None, kind, content, now, settings)
        stored = kept if kept.report.refused else await imports.store(kept.id, now, settings)
        if stored.report.refused:  # Somebody changed the data while we asked.
            _print(stored.report, language)
            return False
        _say_stored(stored, language)
        return True


async def _organisation(named: str) -> UUID:
    found = await imports.organisations_named(named)
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(str(each) for each in found)
        raise HouseRefused(
            Phrase(
                f"有 {len(found)} 个组织叫“{named}”，请用编号：{ids}",
                f"{len(found)} organisations are called {named}; use the id: {ids}",
            )
        )
    raise HouseRefused(Phrase(f"没有叫“{named}”的组织。", f"There is no organisation {named}."))


def _print(report: Report, language: Language) -> None:
    for line in _lines(report, language):
        typer.echo(line)


def _lines(report: Report, language: Language) -> Iterator[str]:
    """Refused rows first to last, then the others as far as there is room, then the counts."""
    refused = [row for row in report.rows if row.outcome == "refused"]
    others = [row for row in report.rows if row.outcome != "refused"]
    for row in refused[:ROWS_SHOWN_MAX]:
        yield from _row_lines(row, language)
    room = max(0, ROWS_SHOWN_MAX - len(refused))
    for row in others[:room]:
        yield from _row_lines(row, language)
    hidden = len(report.rows) - min(len(refused), ROWS_SHOWN_MAX) - len(others[:room])
    if hidden:
        yield Phrase(f"……另有 {hidden} 行", f"… and {hidden} more rows").in_language(language)
    for each in report.notes:
        yield f"· {_told(each, language)}"
    yield " · ".join(
        f"{_OUTCOMES[outcome].in_language(language)} {count}"
        for outcome, count in report.counts.items()
    )


def _row_lines(row: RowReport, language: Language) -> Iterator[str]:
    outcome = _OUTCOMES[row.outcome].in_language(language)
    changed = f" ({', '.join(row.changed)})" if row.changed and row.outcome == "changed" else ""
    yield f"{row.place}\t{outcome}{changed}"
    for each in row.defects:
        yield f"\t{each.place}: {_told(each, language)}"


def _told(each: RowDefect | Note, language: Language) -> str:
    chinese = imports.in_chinese(each.code, each.parameters, each.message)
    return Phrase(chinese, each.message).in_language(language)


def _say_stored(stored: Import, language: Language) -> None:
    typer.echo(Phrase("已存入。", "Stored.").in_language(language))
    if stored.round_id is not None:
        draft = Phrase(f"编排草稿 {stored.round_id}", f"Draft round {stored.round_id}")
        typer.echo(draft.in_language(language))


def _unreadable(file: Path, refusal: Invalid) -> Phrase:
    def told(each: Defect) -> str:
        return f"{each.place}: {each.message}" if each.place else each.message

    chinese = "；".join(
        imports.in_chinese(each.code, each.parameters, told(each)) for each in refusal.defects
    )
    english = "; ".join(told(each) for each in refusal.defects)
    return Phrase(f"{file} 不能导入：{chinese}", f"{file} cannot be imported: {english}")


def _refused(file: Path, refusal: ServiceError) -> Phrase:
    if isinstance(refusal, TooLarge):
        limit = refusal.parameters["limit_bytes"]
        return Phrase(
            f"{file} 超过 {limit} 字节的上限，没有存入任何内容。",
            f"{file} is larger than the limit of {limit} bytes; nothing was stored.",
        )
    return Phrase(f"{file} 没有存入：{refusal.reason}", f"{file} was not stored: {refusal.reason}")
