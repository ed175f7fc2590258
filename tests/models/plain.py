"""What a row of each table is given that a test does not speak of."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from models import core

_PLAIN: Mapping[type, str] = {
    bool: "false",
    bytes: "''",
    datetime: "now()",
    float: "0",
    int: "0",
    str: "''",
}


def _described() -> Iterable[dict[str, Any]]:
    for each in vars(core).values():
        if isinstance(each, type) and issubclass(each, core.Table) and each is not core.Table:
            yield each.describe(serializable=False)


PLAIN_ROWS: Mapping[str, Mapping[str, str]] = {
    table["table"]: {
        column["db_column"]: _PLAIN.get(column["python_type"], "'{}'")
        for column in table["data_fields"]
        if not column["nullable"] and column["python_type"] is not UUID
    }
    for table in _described()
}
"""For each table the columns that must have something, as SQL literals; ids are not made up."""

TEXTS: Mapping[str, tuple[str, ...]] = {
    table["table"]: tuple(
        column["db_column"] for column in table["data_fields"] if column["python_type"] is str
    )
    for table in _described()
}
"""The columns of each table that hold a text."""
