"""Personal data at rest: day of birth, phone, document. Encrypted, found again by a keyed index."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

import msgspec

from models.core import DatumKind, new_id
from services.database import rows
from services.vault import keyring

PLACE = "personal_datum.cipher"


async def put(
    kind: DatumKind,
    text: str,
    *,
    volunteer_id: UUID | None = None,
    account_id: UUID | None = None,
    subkind: str = "",
) -> None:
    """Store or replace one thing about one person (or account). `text` is already normalised."""
    ring = keyring()
    row_id = new_id()
    owner = "volunteer_id" if volunteer_id is not None else "account_id"
    lookup = None if kind is DatumKind.BIRTH_DATE else ring.index(kind.value, text)
    # The row's id is part of the cipher, so a new value is a new row.
    await rows(
        f"DELETE FROM personal_datum WHERE {owner} = $1 AND kind = $2",
        volunteer_id or account_id,
        kind.value,
    )
    await rows(
        f"INSERT INTO personal_datum (id, created_at, {owner}, kind, subkind, cipher, lookup, "
        "key_id) VALUES ($1, now(), $2, $3, $4, $5, $6, $7)",
        row_id,
        volunteer_id or account_id,
        kind.value,
        subkind,
        ring.encrypt(PLACE, row_id, text),
        lookup,
        ring.current,
    )


async def get(
    kind: DatumKind, *, volunteer_id: UUID | None = None, account_id: UUID | None = None
) -> str | None:
    """The thing in clear, or None. Whoever shows it to somebody else logs that."""
    owner = "volunteer_id" if volunteer_id is not None else "account_id"
    found = await rows(
        f"SELECT id, cipher FROM personal_datum WHERE {owner} = $1 AND kind = $2",
        volunteer_id or account_id,
        kind.value,
    )
    if not found:
        return None
    return keyring().decrypt(PLACE, found[0]["id"], found[0]["cipher"])


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a value is: a volunteer's, or an account's that is no volunteer."""

    volunteer_id: UUID | None = None
    account_id: UUID | None = None


async def owners(kind: DatumKind, text: str) -> list[Owner]:
    """Everybody whose phone or document this is, the first stored first."""
    found = await rows(
        "SELECT volunteer_id, account_id FROM personal_datum "
        "WHERE kind = $1 AND lookup = ANY($2::text[]) ORDER BY created_at, id",
        kind.value,
        keyring().indexes(kind.value, text),
    )
    return [Owner(volunteer_id=row["volunteer_id"], account_id=row["account_id"]) for row in found]


async def put_birth_dates(found: Mapping[UUID, date]) -> None:
    """Store or replace the days of birth of many people at once."""
    ring = keyring()
    lines = [(new_id(), person, day.isoformat()) for person, day in found.items()]
    await rows(
        "DELETE FROM personal_datum WHERE kind = 'birth_date' AND volunteer_id = ANY($1::uuid[])",
        list(found),
    )
    await rows(
        "INSERT INTO personal_datum (id, created_at, volunteer_id, kind, subkind, cipher, key_id) "
        "SELECT id, now(), person, 'birth_date', '', cipher, $4 "
        "FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS line(id, person, cipher)",
        [row_id for row_id, _, _ in lines],
        [person for _, person, _ in lines],
        [ring.encrypt(PLACE, row_id, text) for row_id, _, text in lines],
        ring.current,
    )


async def birth_dates(volunteer_ids: Collection[UUID]) -> dict[UUID, date]:
    """The days of birth of these people, as far as the present scope may read them."""
    found = await rows(
        "SELECT volunteer_id, id, cipher FROM personal_datum "
        "WHERE kind = 'birth_date' AND volunteer_id = ANY($1::uuid[])",
        list(volunteer_ids),
    )
    ring = keyring()
    return {
        row["volunteer_id"]: date.fromisoformat(ring.decrypt(PLACE, row["id"], row["cipher"]))
        for row in found
    }
