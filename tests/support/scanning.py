"""Looking for personal data in clear: in everything that a service leaves behind."""

import re
from collections.abc import Iterator
from datetime import date

import asyncpg


def spellings(phone: str, document: str, born: date) -> dict[str, re.Pattern[bytes]]:
    """How a number, a document and a day of birth may be written; found in bytes of any kind."""
    national = phone[-11:]
    spaced = r"[\s\-.]?".join((national[:3], national[3:7], national[7:]))
    year, month, day = born.year, born.month, born.day
    return {
        "phone": _bytes(spaced),
        "document": _bytes(re.escape(document)),
        "birth date": _bytes(
            rf"{year}(?:[-/.]|年)?0?{month}(?:[-/.]|月)?0?{day}(?!\d)|{day:02}[-/.]{month:02}[-/.]{year}"
            rf"|{month:02}[-/.]{day:02}[-/.]{year}"
        ),
    }


def found_in(content: bytes, wanted: dict[str, re.Pattern[bytes]]) -> list[str]:
    """What of it stands there, also behind the hexadecimal in which a dump writes bytes."""
    plain = content + b"\n" + b"\n".join(_unhexed(content))
    return [name for name, pattern in wanted.items() if pattern.search(plain)]


async def dumped(url: str) -> Iterator[tuple[str, bytes]]:
    """Every table as COPY writes it, as the one who owns them all."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' "
            "AND table_type = 'BASE TABLE' ORDER BY table_name"
        )
        contents = []
        for row in tables:
            parts: list[bytes] = []

            async def keep(part: bytes, parts: list[bytes] = parts) -> None:
                parts.append(part)

            name = row["table_name"]
            await connection.copy_from_query(f'SELECT * FROM "{name}"', output=keep)
            contents.append((name, b"".join(parts)))
        return iter(contents)
    finally:
        await connection.close()


def _bytes(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode())


def _unhexed(content: bytes) -> Iterator[bytes]:
    for match in re.finditer(rb"\\\\x((?:[0-9a-f]{2}){4,})", content):
        yield bytes.fromhex(match[1].decode())
