"""Two districts of one city, alike in everything, with a row in every table that people fill.

Each row says who may see it. Every text that people can write is a canary: a word that is in no
other row, so that it can be told from any answer whose row it came from.
"""

from collections.abc import Callable
from datetime import datetime

import asyncpg

from tests.rights.side import CITY_ID, ISSUER_ID, Side
from tests.rights.world_attendance import add_attendance
from tests.rights.world_my_shifts import add_my_shifts
from tests.rights.world_notices import add_notices
from tests.rights.world_people import add_consents, add_people
from tests.rights.world_work import (
    add_demand,
    add_limits,
    add_log,
    add_seats,
    add_tags_and_points,
)


def build_side(side: str, now: datetime) -> Side:
    """The rows of one district, in an order in which they can be written."""
    here = Side(side, now.replace(second=0, microsecond=0))
    for add in (
        add_people,
        add_demand,
        add_limits,
        add_consents,
        add_seats,
        add_my_shifts,
        add_notices,
        add_tags_and_points,
        add_attendance,
        add_log,
    ):
        add(here)
    return here


# What no row can say when it is written: a round begins as a draft.
AFTERWARDS = (
    "UPDATE round SET state = 'solving'",
    "UPDATE round SET state = 'proposed'",
    "UPDATE round SET state = 'published', published_at = now()",
)


async def fill(
    database_url: str, now: datetime, more: Callable[[Side], None] = lambda _: None
) -> dict[str, Side]:
    """Write both sides under one city, as the owner of the tables; the sides by their letters."""
    sides = {letter: build_side(letter, now) for letter in "ab"}
    for side in sides.values():
        more(side)
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute(
                "INSERT INTO organisation (id, created_at, kind, name, state) "
                "VALUES ($1, $2, 'city', 'City', 'active')",
                CITY_ID,
                now,
            )
            await connection.execute(
                "INSERT INTO points_account (id, created_at, kind) VALUES ($1, $2, 'issuer')",
                ISSUER_ID,
                now,
            )
            for line in (*sides["a"].lines, *sides["b"].lines):
                columns, values = ", ".join(line.row), ", ".join(line.row.values())
                await connection.execute(f"INSERT INTO {line.table} ({columns}) VALUES ({values})")
            for statement in AFTERWARDS:
                await connection.execute(statement)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return sides
