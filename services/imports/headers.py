"""Finding the header row of a sheet, below titles and remarks, in Chinese or in English."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.errors import Invalid
from services.imports.sentences import file_defect, note
from services.imports.sheet import Row, Sheet, coordinate
from services.imports.views import Note

HEADER_ROWS_MAX = 30
# One known word alone may stand in a title; two beside each other are a header.
_RECOGNISED_LEAST = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column that we understand, with its headings; the first in each language is shown."""

    name: str
    chinese: Sequence[str]
    english: Sequence[str]
    required: bool = False
    hint: str = ""
    hint_chinese: str = ""

    @property
    def expected(self) -> str:
        """Both main headings, for a sentence."""
        return f"{self.chinese[0]} / {self.english[0]}"


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the header, and in which position each column stands."""

    positions: Mapping[str, int]
    titles: Mapping[str, str]
    rows: Sequence[Row]
    notes: Sequence[Note]


@dataclass(frozen=True, slots=True)
class _Candidate:
    sheet: Sheet
    index: int
    recognised: Mapping[int, str]

    @property
    def names(self) -> set[str]:
        return set(self.recognised.values())

    @property
    def header(self) -> Row:
        return self.sheet.rows[self.index]


def find_table(sheets: Iterable[Sheet], columns: Sequence[Column]) -> Table:
    """The first sheet with every required column in one of its first rows.

    Raises Invalid naming the columns that are missing, twice there, or a sheet without rows.
    """
    required = {column.name for column in columns if column.required}
    best: _Candidate | None = None
    for sheet in sheets:
        candidate = _best_row(sheet, columns)
        if candidate and (best is None or len(candidate.names) > len(best.names)):
            best = candidate
        # A comma inside a cell can look like a header too, so a later separator may find more.
        if best and sheet.name and required <= best.names:
            break
    if best is None:
        expected = ", ".join(column.expected for column in columns if column.required)
        raise Invalid([file_defect("no_header", rows=HEADER_ROWS_MAX, expected=expected)])
    return _table(best, columns, required)


def _best_row(sheet: Sheet, columns: Sequence[Column]) -> _Candidate | None:
    known = {
        normal_title(title): column.name
        for column in columns
        for title in (column.name, *column.chinese, *column.english)
    }
    best: _Candidate | None = None
    for index, row in enumerate(sheet.rows[:HEADER_ROWS_MAX]):
        recognised = {
            position: known[title]
            for position, cell in enumerate(row.cells)
            if (title := normal_title(cell)) in known
        }
        candidate = _Candidate(sheet, index, recognised)
        if len(candidate.names) >= _RECOGNISED_LEAST and (
            best is None or len(candidate.names) > len(best.names)
        ):
            best = candidate
    return best


def normal_title(text: str) -> str:
    """A heading without case, spaces, marks and remarks in parentheses."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\([^)]*\)|[\W_]", "", plain)


def _table(found: _Candidate, columns: Sequence[Column], required: set[str]) -> Table:
    header = found.header
    missing = [column for column in columns if column.name in required - found.names]
    defects = [
        file_defect(
            "missing_column",
            coordinate(0, header.number),
            column=column.name,
            expected=", ".join((*column.chinese, *column.english)),
        )
        for column in missing
    ]
    positions: dict[str, int] = {}
    for position, name in found.recognised.items():
        first = positions.setdefault(name, position)
        if first != position:
            place = coordinate(position, header.number)
            twice = {"column": header.cells[position], "first": header.cells[first]}
            defects.append(file_defect("column_twice", place, **twice))
    rows = found.sheet.rows[found.index + 1 :]
    if not defects and found.sheet.broken:
        defects.append(found.sheet.broken)
    if not defects and not rows:
        defects.append(file_defect("no_rows", coordinate(0, header.number)))
    if defects:
        raise Invalid(defects)
    titles = {name: header.cells[position] for name, position in positions.items()}
    return Table(positions, titles, rows, _notes(found))


def _notes(found: _Candidate) -> list[Note]:
    header = found.header
    notes = [note("header_found", row=header.number)]
    if found.sheet.name:
        notes.insert(0, note("sheet_read", name=found.sheet.name))
    ignored = [
        cell
        for position, cell in enumerate(header.cells)
        if cell and position not in found.recognised
    ]
    return [*notes, *(note("column_ignored", column=cell[:80]) for cell in ignored)]
