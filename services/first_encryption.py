"""Days of birth that an earlier version kept in clear: encrypted before their column goes."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from models.base import new_id
from services import clock
from services.birth import age_on, born_as
from services.settings import load_settings
from services.vault import keyring

PLACE = "personal_datum.cipher"
BORN = "birth_date"
BATCH_PEOPLE = 2_000

_HAS_COLUMN = (
    "SELECT 1 FROM information_schema.columns WHERE table_schema = 'public' "
    "AND table_name = 'volunteer' AND column_name = 'birth_date'"
)
_NEXT = (
    "SELECT id, name, birth_date FROM volunteer v WHERE birth_date IS NOT NULL AND id > $1 "
    "AND NOT EXISTS (SELECT 1 FROM personal_datum d "
    "WHERE d.volunteer_id = v.id AND d.kind = 'birth_date') ORDER BY id LIMIT $2"
)
_KEEP = (
    "INSERT INTO personal_datum (id, created_at, volunteer_id, kind, subkind, cipher, lookup, "
    "key_id) SELECT id, now(), person, 'birth_date', '', cipher, lookup, $5 "
    "FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[]) AS line(id, person, cipher, "
    "lookup)"
)
_AGES = (
    "UPDATE volunteer v SET age = line.age FROM unnest($1::uuid[], $2::int[]) AS line(id, age) "
    "WHERE v.id = line.id"
)


async def encrypt_birth_dates(connection: Any) -> int:
    """Encrypt what is still in clear, as the tables' owner; how many people that were.

    Safe to break off and to run again. Raises KeysMissing when there is something and no key.
    """
    if not await connection.fetchval(_HAS_COLUMN):
        return 0
    today = clock.now().astimezone(load_settings().zone).date()
    done, last = 0, UUID(int=0)
    while people := await connection.fetch(_NEXT, last, BATCH_PEOPLE):
        async with connection.transaction():
            await _keep(connection, people, today)
        done += len(people)
        last = people[-1]["id"]
    return done


async def _keep(connection: Any, people: list[asyncpg.Record], today: date) -> None:
    ring = keyring()
    ids = [new_id() for _ in people]
    await connection.execute(
        _KEEP,
        ids,
        [row["id"] for row in people],
        [
            ring.encrypt(PLACE, row_id, row["birth_date"].isoformat())
            for row_id, row in zip(ids, people, strict=True)
        ],
        [ring.index(BORN, born_as(row["name"], row["birth_date"])) for row in people],
        ring.current,
    )
    ages = [age_on(row["birth_date"], today) for row in people]
    await connection.execute(_AGES, [row["id"] for row in people], ages)
