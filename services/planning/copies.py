"""Rows of a statement as Arrow columns: PostgreSQL copies them out, and none becomes an object."""

import asyncio
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
from tortoise import connections

Columns = Any
"""A table of Arrow."""

TEXT, WHOLE, NUMBER, FLAG = pa.string(), pa.int64(), pa.float64(), pa.bool_()


async def copied(types: dict[str, Any], sql: str, *arguments: object) -> Columns:
    """The rows of one statement on the present connection or transaction, with these columns.

    Row-level security binds it as any other statement.
    """
    data = bytearray()

    async def keep(part: bytes) -> None:
        data.extend(part)

    async with connections.get("default").acquire_connection() as connection:
        await connection.copy_from_query(sql, *arguments, output=keep, format="csv", header=True)
    return await asyncio.to_thread(_parsed, data, types)


def _parsed(data: bytearray, types: dict[str, Any]) -> Columns:
    # PostgreSQL writes nothing for null, t and f for flags, and quotes what needs it.
    return pa_csv.read_csv(
        pa.py_buffer(data),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
        ),
    ).combine_chunks()


def array(columns: Columns, name: str) -> Any:
    """One column in one piece."""
    column = columns.column(name)
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def numbers(columns: Columns, name: str, none: float | None = None) -> Any:
    """One column as numbers; `none` stands where it is null."""
    found = array(columns, name)
    if none is not None:
        found = found.fill_null(none)
    return found.to_numpy(zero_copy_only=False)
