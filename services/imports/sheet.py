"""A sheet as rows of text, whatever file it came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.errors import Defect

ROWS_MAX = 200_000
COLUMNS_MAX = 256


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a cell has no usable text: it is a formula, an error, or a number that lost digits."""

    code: str
    found: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty, by its number in the file, with its cells from the left."""

    number: int
    cells: Sequence[str]
    flaws: Mapping[int, Flaw] = field(default_factory=dict)

    def text(self, column: int) -> str:
        """The trimmed text of a cell; nothing beyond the last."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one sheet. `name` is empty for a file that has only one.

    `broken` says why nothing could be read after the last row: another separator may do better.
    """

    name: str
    rows: Sequence[Row]
    broken: Defect | None = None


def coordinate(column: int, row: int) -> str:
    """The place of a cell as spreadsheets write it: column 0 of row 5 is `A5`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


# Blank to the eye, and left at the edges of cells by spreadsheets and web pages.
_EDGES = " \t\r\n\f\v\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"


def trimmed(text: str) -> str:
    """The text without what cannot be seen at its edges."""
    return text.strip(_EDGES)
