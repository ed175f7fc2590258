"""What imports remember of people, forgotten: reports after some months, one person at once."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from services.database import rows
from services.imports.views import Report, RowReport
from services.scope import as_system
from services.vault import keyring

REPORT_PLACE = "import_batch.report"
REPORT_DAYS = 90
"""So long the rows of a report are kept; its counts stay."""

_GONE = "…"


@as_system
async def forget_reports(now: datetime, *, days: int = REPORT_DAYS) -> int:
    """Erase the rows of reports that are older than that; how many reports."""
    old = await rows(
        "SELECT id FROM import_batch WHERE created_at < $1 AND state <> 'checked' "
        "AND octet_length(report) > 300 ORDER BY created_at LIMIT 500",
        now - timedelta(days=days),
    )
    for row in old:
        await _write(row["id"], Report())
    return len(old)


@as_system
async def forget_texts(texts: Collection[str], organisation_ids: Collection[UUID]) -> int:
    """Take rows that quote one of these texts out of the reports of these organisations.

    Part of the caller's transaction. How many reports were changed.
    """
    sought = [text for text in texts if text]
    changed = 0
    for row in await rows(
        "SELECT id, report FROM import_batch WHERE organisation_id = ANY($1::uuid[]) "
        "ORDER BY id FOR UPDATE",
        list(organisation_ids),
    ):
        content = keyring().unseal(REPORT_PLACE, row["id"], bytes(row["report"]))
        report = msgspec.json.decode(content, type=Report)
        cleared = [_cleared(line, sought) for line in report.rows]
        if cleared != report.rows:
            await _write(row["id"], msgspec.structs.replace(report, rows=cleared))
            changed += 1
    return changed


def _cleared(line: RowReport, sought: list[str]) -> RowReport:
    """The line, without what it says of the row if that quotes one of the texts."""
    said = msgspec.json.encode([line.place, line.defects]).decode()
    quoted = (msgspec.json.encode(text).decode()[1:-1] for text in sought)
    if not any(text in said for text in quoted):
        return line
    return msgspec.structs.replace(line, place=_GONE, defects=[])


async def _write(batch_id: UUID, report: Report) -> None:
    sealed = keyring().seal(REPORT_PLACE, batch_id, msgspec.json.encode(report))
    await rows("UPDATE import_batch SET report = $2 WHERE id = $1", batch_id, sealed)
