"""One row of a sheet, read column by column; what cannot be read becomes a defect with its cell."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from services.imports import cells
from services.imports.headers import Table
from services.imports.sentences import row_defect
from services.imports.sheet import Row, coordinate
from services.imports.wanted import Position
from services.positions import CoordinateSystem, to_wgs84

if TYPE_CHECKING:
    from services.imports.views import RowDefect

T = TypeVar("T")

INTEGER_MAX = 2**31 - 1


class RowReader:
    """The cells of one row by the names of their columns."""

    def __init__(self, table: Table, row: Row) -> None:
        self._table = table
        self._row = row
        self.defects: list[RowDefect] = []

    @property
    def number(self) -> int:
        """The row's number in the file."""
        return self._row.number

    def has(self, *names: str) -> bool:
        """Whether the sheet has one of these columns, so that its cells say something."""
        return any(name in self._table.positions for name in names)

    def title(self, name: str) -> str:
        """A column's heading as the sheet writes it."""
        return self._table.titles.get(name, name)

    def place(self, name: str) -> str:
        """The cell, as `C5`; the row's first one for a column that is not there."""
        return coordinate(self._table.positions.get(name, 0), self._row.number)

    def refuse(self, name: str, code: str, /, **facts: str | int) -> None:
        """Note a defect at the row's cell in that column."""
        self.defects.append(row_defect(self.place(name), code, **facts))

    def text(self, name: str) -> str:
        """The text of a cell; nothing if it is blank or flawed (which is noted)."""
        position = self._table.positions.get(name)
        if position is None:
            return ""
        flaw = self._row.flaws.get(position)
        if flaw:
            facts = {} if flaw.code == "formula" else {"found": flaw.found}
            self.refuse(name, flaw.code, **facts)
            return ""
        return self._row.text(position)

    def read(self, name: str, meaning: Callable[[str], T]) -> T | None:
        """What the cell means; None if it is blank, or not readable (which is noted)."""
        text = self.text(name)
        if not text:
            return None
        try:
            return meaning(text)
        except cells.CellRefused as refusal:
            self.refuse(name, refusal.code, **refusal.facts)
            return None

    def needed(self, name: str, meaning: Callable[[str], T]) -> T | None:
        """As `read`, for a cell that must not be blank."""
        before = len(self.defects)
        found = self.read(name, meaning)
        if found is None and len(self.defects) == before:
            self.refuse(name, "blank")
        return found

    def line(self, name: str, most: int) -> str | None:
        """A name or another single line."""
        return self.read(name, lambda text: cells.one_line(text, most))

    def whole(
        self, name: str, unit: str, example: int, least: int = 0, most: int = INTEGER_MAX
    ) -> int | None:
        """A whole number of some unit."""
        return self.read(name, lambda text: cells.whole_number(text, unit, example, least, most))

    def position(self) -> Position | None:
        """Longitude and latitude, both or neither, as the row says which they are: in WGS 84."""
        longitude = self.read("longitude", lambda text: cells.degrees(text, 180, "121.4737"))
        latitude = self.read("latitude", lambda text: cells.degrees(text, 90, "31.2304"))
        system = self.read("position_system", cells.coordinate_system)
        if longitude is not None and latitude is not None:
            return to_wgs84((longitude, latitude), system or CoordinateSystem.WGS84)
        written = [bool(self.text_quietly(name)) for name in ("longitude", "latitude")]
        if any(written) and not all(written):
            self.refuse("latitude" if written[0] else "longitude", "half_position")
        return None

    def text_quietly(self, name: str) -> str:
        """The text of a cell whose flaws were noted before."""
        position = self._table.positions.get(name)
        return "" if position is None else self._row.text(position)
