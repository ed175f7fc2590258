"""What an import says about itself: a line for every row, before anything is stored."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from models.core import ImportKind, ImportState

Outcome = Literal["new", "changed", "same", "refused"]

OUTCOMES: tuple[Outcome, ...] = ("new", "changed", "same", "refused")


class RowDefect(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with a row: where, a stable code, an English sentence and its facts."""

    place: str
    code: str
    message: str
    parameters: dict[str, str | int] = {}


class RowReport(msgspec.Struct, frozen=True, kw_only=True):
    """What storing would do with one row.

    `row` is the number in the sheet, or the position in the problem's list from 1; 0 is the
    input as a whole. `changed` names what differs from what is stored.
    """

    row: int
    place: str
    outcome: Outcome
    changed: list[str] = []
    defects: list[RowDefect] = []


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the reader should know and that refuses nothing."""

    code: str
    message: str
    parameters: dict[str, str | int] = {}


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All rows in order, how many of each outcome, and what else is worth knowing."""

    rows: list[RowReport] = []
    counts: dict[str, int] = {}
    notes: list[Note] = []

    @property
    def refused(self) -> bool:
        """Whether any row is refused, so that nothing may be stored."""
        return self.counts.get("refused", 0) > 0


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """An upload with its report. `round_id` is the draft round that a stored problem made."""

    id: UUID
    organisation_id: UUID
    kind: ImportKind
    state: ImportState
    created_at: datetime
    report: Report
    round_id: UUID | None = None


class ImportSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An upload without its rows, for lists."""

    id: UUID
    organisation_id: UUID
    kind: ImportKind
    state: ImportState
    created_at: datetime
    counts: dict[str, int]
    round_id: UUID | None = None


def report_of(rows: list[RowReport], notes: list[Note]) -> Report:
    """The report with its rows counted by outcome; every outcome has its count."""
    counts: dict[str, int] = dict.fromkeys(OUTCOMES, 0)
    for row in rows:
        counts[row.outcome] += 1
    return Report(rows=rows, counts=counts, notes=notes)
