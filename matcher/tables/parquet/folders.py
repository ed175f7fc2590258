"""A folder of Parquet tables: which are there, and the columns of each."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from matcher.defects import Defects, Refused
from matcher.reading import load
from matcher.tables.parquet.columns import Column, note_keys

SUFFIX = ".parquet"


class Folder:
    """The tables of one folder. What is wrong with the folder itself is noted at once."""

    def __init__(
        self, path: Path, defects: Defects, document: str, tables: Collection[str]
    ) -> None:
        self.path = path
        self.defects = defects
        known = {document, *(f"{table}{SUFFIX}" for table in tables)}
        for name in sorted(each.name for each in path.iterdir()):
            # Tools leave marks of their own, such as _SUCCESS.
            if name not in known and name[0] not in "._":
                defects.add(name, "unknown_table", table=name)

    def document(self, name: str, limit_bytes: int, refuse: type[Refused]) -> Any:
        """The JSON document beside the tables; None with a defect where there is none."""
        try:
            with (self.path / name).open("rb") as file:
                data = file.read(limit_bytes + 1)
        except FileNotFoundError:
            self.defects.add(name, "missing_table", table=name)
            return None
        try:
            return load(data, limit_bytes, refuse)
        except refuse as refused:
            for defect in refused.defects:
                self.defects.add(name, defect.code, needs=(), **defect.parameters)
        return None

    def table(self, name: str, required: str, optional: str = "") -> "Table":
        """A table that must be there, with the columns it must and may have."""
        return Table(self, name, required, optional, is_optional=False)

    def optional_table(self, name: str, required: str) -> "Table":
        """A table that may be missing: then it has no rows."""
        return Table(self, name, required, "", is_optional=True)


class Table:
    """One table, read column by column."""

    def __init__(
        self, folder: Folder, name: str, required: str, optional: str, *, is_optional: bool
    ) -> None:
        self.name, self.defects = name, folder.defects
        self.rows, self._columns = 0, []
        path = folder.path / f"{name}{SUFFIX}"
        try:
            self._file: Any = pq.ParquetFile(path)
            self._columns = self._file.schema_arrow.names
        except FileNotFoundError:
            self._file = None
            if not is_optional:
                self.defects.add(name, "missing_table", table=path.name)
            return
        except (pa.ArrowInvalid, OSError) as error:
            self._refuse(name, error)
            return
        self.rows = self._file.metadata.num_rows
        note_keys(self.defects, f"{name}.", self._columns, required, optional)

    def column(self, name: str) -> Column:
        """The column as it is in the file; of stand-ins only where it cannot be read."""
        place = f"{self.name}.{name}"
        array = None
        if self._columns.count(name) == 1:
            try:
                array = _one(self._file.read(columns=[name]).column(0))
            except (pa.ArrowInvalid, OSError) as error:
                self._refuse(place, error)
        return Column(
            self.defects, place, array, self.rows, lambda row: f"{self.name}[{row}].{name}"
        )

    def is_readable(self, name: str) -> bool:
        """Whether the column's values say something, or their lack is told already."""
        return not self.defects.is_broken(f"{self.name}.{name}")

    def _refuse(self, place: str, error: Exception) -> None:
        self._file = None
        detail = str(error).split("\n")[0]
        self.defects.add(place, "not_parquet", detail=detail)


def _one(column: Any) -> Any:
    """The column in one piece."""
    if not column.num_chunks:
        return pa.array([], column.type)
    return pa.concat_arrays(column.chunks)
