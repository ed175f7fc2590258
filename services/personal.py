"""Personal data at rest: day of birth, phone, document. Encrypted, found again by a keyed index.

Whoever shows something to somebody else than its owner logs that (`services.people.reveal`).
"""

import hmac
from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec

from models.core import DatumKind, new_id
from services.birth import born_as
from services.database import rows
from services.scope import as_system
from services.vault import keyring

PLACE = "personal_datum.cipher"

_PUT = """
    INSERT INTO personal_datum (id, created_at, {owner}, kind, subkind, cipher, lookup, key_id,
        verified_at) VALUES ($1, now(), $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT ({owner}, kind) DO UPDATE SET id = EXCLUDED.id, created_at = EXCLUDED.created_at,
        subkind = EXCLUDED.subkind, cipher = EXCLUDED.cipher, lookup = EXCLUDED.lookup,
        key_id = EXCLUDED.key_id, verified_at = EXCLUDED.verified_at
"""
_PUT_MANY = """
    INSERT INTO personal_datum (id, created_at, volunteer_id, kind, subkind, cipher, lookup, key_id)
    SELECT id, now(), person, $6, '', cipher, lookup, $5
    FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::text[])
        AS line(id, person, cipher, lookup)
    ON CONFLICT (volunteer_id, kind) DO UPDATE SET id = EXCLUDED.id,
        created_at = EXCLUDED.created_at, cipher = EXCLUDED.cipher, lookup = EXCLUDED.lookup,
        key_id = EXCLUDED.key_id, verified_at = NULL
"""


class Datum(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in clear. `verified_at` is when its owner proved it, if they did."""

    text: str
    subkind: str
    verified_at: datetime | None = None


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a value is: a volunteer's, or an account's that is no volunteer."""

    volunteer_id: UUID | None = None
    account_id: UUID | None = None


async def put(
    kind: DatumKind,
    text: str,
    *,
    volunteer_id: UUID | None = None,
    account_id: UUID | None = None,
    subkind: str = "",
    verified_at: datetime | None = None,
) -> None:
    """Store or replace a phone or a document of one person (or account), already normalised.

    Days of birth go through `put_birth_dates`.
    """
    ring = keyring()
    # The row's id is part of the cipher, so a new value has a new id.
    row_id = new_id()
    await rows(
        _PUT.format(owner=_owner(volunteer_id)),
        row_id,
        volunteer_id or account_id,
        kind.value,
        subkind,
        ring.encrypt(PLACE, row_id, text),
        ring.index(kind.value, text),
        ring.current,
        verified_at,
    )


async def forget(
    kind: DatumKind, *, volunteer_id: UUID | None = None, account_id: UUID | None = None
) -> None:
    """Have it no more."""
    await rows(
        f"DELETE FROM personal_datum WHERE {_owner(volunteer_id)} = $1 AND kind = $2",
        volunteer_id or account_id,
        kind.value,
    )


async def get(
    kind: DatumKind, *, volunteer_id: UUID | None = None, account_id: UUID | None = None
) -> str | None:
    """The thing in clear, or None."""
    found = await datum(kind, volunteer_id=volunteer_id, account_id=account_id)
    return None if found is None else found.text


async def datum(
    kind: DatumKind, *, volunteer_id: UUID | None = None, account_id: UUID | None = None
) -> Datum | None:
    """The same, with which document it is and whether it was proven."""
    found = await rows(
        "SELECT id, cipher, subkind, verified_at FROM personal_datum "
        f"WHERE {_owner(volunteer_id)} = $1 AND kind = $2",
        volunteer_id or account_id,
        kind.value,
    )
    if not found:
        return None
    [row] = found
    text = keyring().decrypt(PLACE, row["id"], row["cipher"])
    return Datum(text=text, subkind=row["subkind"], verified_at=row["verified_at"])


async def many(kind: DatumKind, volunteer_ids: Collection[UUID]) -> dict[UUID, str]:
    """This of these people in clear, as far as the present scope may read it."""
    if not volunteer_ids:
        return {}
    found = await rows(
        "SELECT volunteer_id, id, cipher FROM personal_datum "
        "WHERE kind = $1 AND volunteer_id = ANY($2::uuid[])",
        kind.value,
        list(volunteer_ids),
    )
    ring = keyring()
    return {row["volunteer_id"]: ring.decrypt(PLACE, row["id"], row["cipher"]) for row in found}


async def of_accounts(kind: DatumKind, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """This of these accounts in clear: their own, or that of the person whose account it is."""
    if not account_ids:
        return {}
    found = await rows(
        "SELECT a.id AS account_id, d.id, d.cipher FROM account a JOIN personal_datum d "
        "ON d.volunteer_id = a.volunteer_id WHERE d.kind = $1 AND a.id = ANY($2::uuid[]) "
        "UNION ALL SELECT a.id, d.id, d.cipher FROM account a JOIN personal_datum d "
        "ON d.account_id = a.id AND a.volunteer_id IS NULL "
        "WHERE d.kind = $1 AND a.id = ANY($2::uuid[])",
        kind.value,
        list(account_ids),
    )
    ring = keyring()
    return {row["account_id"]: ring.decrypt(PLACE, row["id"], row["cipher"]) for row in found}


async def owners(kind: DatumKind, text: str) -> list[Owner]:
    """Everybody whose phone or document this is, the first stored first.

    Only people who are active: a merged row is found by the one that it was merged into.
    """
    found = await rows(
        "SELECT d.volunteer_id, d.account_id FROM personal_datum d "
        "LEFT JOIN volunteer v ON v.id = d.volunteer_id "
        "WHERE d.kind = $1 AND d.lookup = ANY($2::text[]) "
        "AND (v.id IS NULL OR v.state = 'active') ORDER BY d.created_at, d.id",
        kind.value,
        keyring().indexes(kind.value, text),
    )
    return [Owner(volunteer_id=row["volunteer_id"], account_id=row["account_id"]) for row in found]


async def proven(kind: DatumKind, volunteer_ids: Collection[UUID]) -> set[UUID]:
    """Those of these people who have proven it themselves."""
    found = await rows(
        "SELECT volunteer_id FROM personal_datum WHERE kind = $1 "
        "AND volunteer_id = ANY($2::uuid[]) AND verified_at IS NOT NULL",
        kind.value,
        list(volunteer_ids),
    )
    return {row["volunteer_id"] for row in found}


@as_system
async def is_shared(kind: DatumKind, text: str, volunteer_id: UUID) -> bool:
    """Whether another active person has the same; not who."""
    return any(each.volunteer_id not in (None, volunteer_id) for each in await owners(kind, text))


async def put_birth_dates(found: Mapping[UUID, date]) -> None:
    """Store or replace the days of birth of many people at once. The people are there already."""
    if not found:
        return
    named = await rows("SELECT id, name FROM volunteer WHERE id = ANY($1::uuid[])", list(found))
    names = {row["id"]: row["name"] for row in named}
    await _put_many(
        DatumKind.BIRTH_DATE,
        {person: day.isoformat() for person, day in found.items()},
        {person: born_index(names[person], day) for person, day in found.items()},
    )


async def put_phones(found: Mapping[UUID, str]) -> None:
    """The same with numbers (normalised) that nobody has proven."""
    ring = keyring()
    lookups = {person: ring.index(DatumKind.PHONE.value, text) for person, text in found.items()}
    await _put_many(DatumKind.PHONE, found, lookups)


async def _put_many(
    kind: DatumKind, found: Mapping[UUID, str], lookups: Mapping[UUID, str]
) -> None:
    if not found:
        return
    ring = keyring()
    ids = [new_id() for _ in found]
    await rows(
        _PUT_MANY,
        ids,
        list(found),
        [
            ring.encrypt(PLACE, row_id, text)
            for row_id, text in zip(ids, found.values(), strict=True)
        ],
        [lookups[person] for person in found],
        ring.current,
        kind.value,
    )


async def follow_names(volunteer_ids: Collection[UUID]) -> None:
    """Let people whose name has changed be found under the new one."""
    await put_birth_dates(await birth_dates(volunteer_ids))


async def birth_dates(volunteer_ids: Collection[UUID]) -> dict[UUID, date]:
    """The days of birth of these people, as far as the present scope may read them."""
    found = await many(DatumKind.BIRTH_DATE, volunteer_ids)
    return {person: date.fromisoformat(text) for person, text in found.items()}


async def matches_birth_date(volunteer_id: UUID, stated: date) -> bool:
    """Whether the person was born on that day; whoever asks counts the tries."""
    known = await get(DatumKind.BIRTH_DATE, volunteer_id=volunteer_id)
    return known is not None and hmac.compare_digest(known, stated.isoformat())


def born_index(name: str, birth_date: date) -> str:
    """By what somebody of this name, born on that day, is found."""
    return keyring().index(DatumKind.BIRTH_DATE.value, born_as(name, birth_date))


def _owner(volunteer_id: UUID | None) -> str:
    return "volunteer_id" if volunteer_id is not None else "account_id"
