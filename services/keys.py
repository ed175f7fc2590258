"""The master keys in use: whether they fit the data, and changing them while the service runs.

A rotation needs no pause: every process opens what is under any key of the ring and looks up under
all of them, while the rows move to the current key batch by batch. Broken off anywhere it goes on
where it was, because what is left to do is what is not yet under the current key.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from models.core import DatumKind, new_id
from services import audit
from services.audit import Act
from services.birth import born_as
from services.database import rows
from services.scope import as_system
from services.sealed import SEALED, Sealed
from services.transactions import transaction
from services.vault import Keyring, Unreadable, cipher_head, keyring

LONGEST_SIGNED = timedelta(minutes=15)
"""Codes, forms and machine tokens made under an old key are over after this long."""

_CHECK_PLACE, _KNOWN_TEXT = "key_check.cipher", "睦邻"


class KeysDoNotFit(Exception):
    """The data are under a key that this ring does not have, or has with other content."""

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        super().__init__(f"the data are under key {key_id}, which this keyring cannot open")


class KeyInUse(Exception):
    """Something is still under the key, or was signed with it a moment ago."""

    def __init__(self, waiting: int, minutes: int = 0) -> None:
        self.waiting, self.minutes = waiting, minutes
        super().__init__(f"{waiting} values are under the key; {minutes} minutes to wait")


class ColumnStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Of one column: how many values are encrypted, and how many not under the current key."""

    place: str
    values: int
    waiting: int


class Rewritten(msgspec.Struct, frozen=True, kw_only=True):
    """What a rotation did. Rows that no key opens are named; they stay as they were."""

    values: int
    unreadable: list[str]


@as_system
async def require_fitting() -> None:
    """Raise KeysDoNotFit unless the ring opens the known text under every key in use.

    The current key is in use from here on.
    """
    ring = keyring()
    [there] = await rows("SELECT to_regclass('key_check') IS NOT NULL AS is_there")
    if not there["is_there"]:  # Not migrated yet; then there is nothing under any key either.
        return
    for row in await rows("SELECT id, key_id, cipher FROM key_check ORDER BY created_at, id"):
        try:
            ring.decrypt(_CHECK_PLACE, row["id"], row["cipher"])
        except Unreadable as error:
            raise KeysDoNotFit(row["key_id"]) from error
    row_id = new_id()
    await rows(
        "INSERT INTO key_check (id, created_at, key_id, cipher) VALUES ($1, now(), $2, $3) "
        "ON CONFLICT (key_id) DO NOTHING",
        row_id,
        ring.current,
        ring.encrypt(_CHECK_PLACE, row_id, _KNOWN_TEXT),
    )


@as_system
async def status() -> list[ColumnStatus]:
    """Every encrypted column, in the order in which a rotation goes through them."""
    current = cipher_head(keyring().current)
    found = []
    for place in SEALED:
        [row] = await rows(
            f"SELECT count({place.column}) AS values, "
            f"count({place.column}) FILTER (WHERE {_stale(place)}) AS waiting FROM {place.table} t",
            current,
        )
        found.append(ColumnStatus(place=place.place, **row))
    return found


@as_system
async def rewrite(tell: Callable[[int], None] = lambda _: None) -> Rewritten:
    """Bring every encrypted value and every keyed look-up under the current key.

    `tell` hears after each batch how many it held. Each batch is a transaction of its own.
    """
    done, unreadable = 0, []
    for place in SEALED:
        last = UUID(int=0)
        while batch := await _rewrite_batch(place, last):
            last = batch.last
            done += batch.values
            unreadable += batch.unreadable
            tell(batch.values)
    async with transaction():
        await audit.record(
            Act.KEYS_ROTATED, key=keyring().current, values=done, unreadable=len(unreadable)
        )
    return Rewritten(values=done, unreadable=unreadable)


@as_system
async def retire(key_id: str, now: datetime, *, at_once: bool = False) -> None:
    """Agree that a key may go from the ring. Raises KeyInUse."""
    async with transaction():
        waiting = sum([await _count_under(place, key_id) for place in SEALED])
        if waiting:
            raise KeyInUse(waiting)
        [row] = await rows(
            "SELECT min(created_at) AS since FROM key_check WHERE key_id = $1", keyring().current
        )
        free_at = (row["since"] or now) + LONGEST_SIGNED
        if now < free_at and not at_once:
            raise KeyInUse(0, 1 + int((free_at - now).total_seconds() // 60))
        await rows("DELETE FROM key_check WHERE key_id = $1", key_id)
        await audit.record(Act.KEYS_ROTATED, removed=key_id)


class _Batch(msgspec.Struct, frozen=True):
    last: UUID
    values: int
    unreadable: list[str]


async def _rewrite_batch(place: Sealed, after: UUID) -> _Batch | None:
    ring = keyring()
    async with transaction():
        # What somebody else is writing is waited for, and then is under the current key already.
        found = await rows(
            f"SELECT t.id, t.{place.column} AS cipher, {_facts(place)} "
            f"WHERE t.id > $2 AND t.{place.column} IS NOT NULL AND {_stale(place)} "
            "ORDER BY t.id LIMIT $3 FOR NO KEY UPDATE OF t",
            cipher_head(ring.current),
            after,
            place.batch_rows,
        )
        if not found:
            return None
        lines, unreadable = [], []
        for row in found:
            try:
                lines.append(_line(ring, place, row))
            except Unreadable:
                unreadable.append(f"{place.place} {row['id']}")
        await _store(ring, place, lines)
    return _Batch(found[-1]["id"], len(lines), unreadable)


def _facts(place: Sealed) -> str:
    if place.table != "personal_datum":
        return f"1 FROM {place.table} t"
    return "t.kind, v.name FROM personal_datum t LEFT JOIN volunteer v ON v.id = t.volunteer_id"


def _stale(place: Sealed) -> str:
    """Not under the key whose ciphers begin with the first argument."""
    return f"substring(t.{place.column} FROM 1 FOR length($1::bytea)) <> $1::bytea"


async def _count_under(place: Sealed, key_id: str) -> int:
    [row] = await rows(
        f"SELECT count(*) AS found FROM {place.table} t WHERE t.{place.column} IS NOT NULL "
        f"AND NOT ({_stale(place)})",
        cipher_head(key_id),
    )
    return int(row["found"])


def _line(ring: Keyring, place: Sealed, row: dict[str, Any]) -> tuple[UUID, bytes, str]:
    content = ring.unseal(place.place, row["id"], row["cipher"])
    lookup = _lookup(ring, place, row, content.decode()) if place.lookup else ""
    return row["id"], ring.seal(place.place, row["id"], content), lookup


def _lookup(ring: Keyring, place: Sealed, row: dict[str, Any], text: str) -> str:
    kind = place.lookup_kind or row["kind"]
    if kind == DatumKind.BIRTH_DATE.value:
        return ring.index(kind, born_as(row["name"], date.fromisoformat(text)))
    return ring.index(kind, text)


async def _store(ring: Keyring, place: Sealed, lines: list[tuple[UUID, bytes, str]]) -> None:
    changes = [f"{place.column} = line.cipher"]
    if place.lookup:
        changes.append(f"{place.lookup} = line.lookup")
    if place.key_column:
        changes.append(f"{place.key_column} = $4")
    # The last condition is always true: it gives the fourth argument its type everywhere.
    await rows(
        f"UPDATE {place.table} t SET {', '.join(changes)} "
        "FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS line(id, cipher, lookup) "
        "WHERE t.id = line.id AND $4::text IS NOT NULL",
        [row_id for row_id, _, _ in lines],
        [cipher for _, cipher, _ in lines],
        [lookup for _, _, lookup in lines],
        ring.current,
    )
