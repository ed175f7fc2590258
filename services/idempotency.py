"""One answer for one key: a repeated request gets the first answer again and does nothing."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from models.core import new_id
from services.database import rows
from services.errors import Conflict, ServiceError
from services.scope import as_system
from services.vault import keyring

ABANDONED_AFTER = timedelta(minutes=5)
"""A request that has not answered by then never will: its process died."""

_BODY = "idempotency_record.body"
_OF_KEY = "account_id = $1 AND route = $2 AND key = $3"


class StoredAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered the first time, to be given again word for word. Kept encrypted."""

    status: int
    body: bytes
    headers: dict[str, str] = {}


class KeyReused(ServiceError):
    """The key already stands for a request with another content."""

    code, status = "key_reused", 422


@as_system
async def begin(
    account_id: UUID, route: str, key: str, fingerprint: str, now: datetime
) -> StoredAnswer | None:
    """Ask whether to go on (None) or to give an answer again.

    Raises KeyReused if the key came with another content, Conflict("still_running") while the
    first request has not answered. Whoever is told to go on calls `finish` or `abandon`.
    """
    # Keyed: from a plain digest a short request, such as a phone number, could be guessed.
    known = keyring().indexes("fingerprint", fingerprint)
    made = await rows(
        "INSERT INTO idempotency_record AS r "
        "(id, account_id, route, key, fingerprint, created_at, headers) "
        "VALUES ($1, $2, $3, $4, $5, $6, '{}') ON CONFLICT (account_id, route, key) DO UPDATE "
        "SET created_at = EXCLUDED.created_at WHERE r.status IS NULL AND r.created_at < $7 "
        "AND r.fingerprint = ANY($8::text[]) RETURNING id",
        new_id(),
        account_id,
        route,
        key,
        known[0],
        now,
        now - ABANDONED_AFTER,
        known,
    )
    if made:
        return None
    found = await rows(f"SELECT * FROM idempotency_record WHERE {_OF_KEY}", account_id, route, key)
    if not found:  # The first request gave up between the two statements; its key is free again.
        return await begin(account_id, route, key, fingerprint, now)
    [record] = found
    if record["fingerprint"] not in known:
        raise KeyReused
    if record["status"] is None:
        raise Conflict("still_running")
    headers = msgspec.json.decode(record["headers"], type=dict[str, str])
    body = keyring().unseal(_BODY, record["id"], record["body"])
    return StoredAnswer(status=record["status"], body=body, headers=headers)


@as_system
async def finish(account_id: UUID, route: str, key: str, answer: StoredAnswer) -> None:
    """Keep the answer, to be given again to the same key."""
    # What was answered may name people: it is as secret as what it was read from.
    found = await rows(
        f"SELECT id FROM idempotency_record WHERE {_OF_KEY} AND status IS NULL",
        account_id,
        route,
        key,
    )
    for record in found:
        await rows(
            "UPDATE idempotency_record SET status = $2, body = $3, headers = $4 "
            "WHERE id = $1 AND status IS NULL",
            record["id"],
            answer.status,
            keyring().seal(_BODY, record["id"], answer.body),
            msgspec.json.encode(answer.headers).decode(),
        )


@as_system
async def abandon(account_id: UUID, route: str, key: str) -> None:
    """Free a key whose request came to nothing, so that it can be tried again."""
    await rows(
        f"DELETE FROM idempotency_record WHERE {_OF_KEY} AND status IS NULL",
        account_id,
        route,
        key,
    )


@as_system
async def purge(now: datetime, hours: int) -> int:
    """Forget the answers older than this many hours; how many were forgotten."""
    gone = await rows(
        "DELETE FROM idempotency_record WHERE created_at < $1 RETURNING id",
        now - timedelta(hours=hours),
    )
    return len(gone)
