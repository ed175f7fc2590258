"""What waits for a browser that is with a provider: encrypted here, good once."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import new_id
from services.accounts.sessions import digest
from services.database import rows
from services.openid.types import SignInFailed
from services.scope import as_system
from services.vault import keyring

PLACE = "sign_in_step.known"


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a sign-in while the browser is with the provider, and after it."""

    provider_id: UUID
    back: str
    state: str = ""
    nonce: str = ""
    verifier: str = ""
    subject: str = ""


@as_system
async def keep(kind: str, waiting: Waiting, expires_at: datetime, now: datetime) -> str:
    """A token for what waits."""
    token, row_id = secrets.token_urlsafe(32), new_id()
    await rows(
        "INSERT INTO sign_in_step (id, created_at, token_digest, kind, known, expires_at, "
        "attempts) VALUES ($1, $2, $3, $4, $5, $6, 0)",
        row_id,
        now,
        digest(token),
        kind,
        keyring().seal(PLACE, row_id, msgspec.json.encode(waiting)),
        expires_at,
    )
    return token


@as_system
async def use(kind: str, token: str, now: datetime) -> Waiting | None:
    """What waited under this token, once; None for the second time, and for another's."""
    found = await rows(
        "UPDATE sign_in_step SET used_at = $3 WHERE token_digest = $1 AND kind = $2 "
        "AND used_at IS NULL AND expires_at > $3 RETURNING id, known",
        digest(token),
        kind,
        now,
    )
    return _read(found[0]) if found else None


@as_system
async def look(kind: str, token: str, now: datetime) -> Waiting:
    """The same without using it. Raises SignInFailed once it is over."""
    found = await rows(
        "SELECT id, known FROM sign_in_step WHERE token_digest = $1 AND kind = $2 "
        "AND used_at IS NULL AND expires_at > $3",
        digest(token),
        kind,
        now,
    )
    if not found:
        raise SignInFailed("provider_state", provider="–")
    return _read(found[0])


def _read(row: dict[str, Any]) -> Waiting:
    known = keyring().unseal(PLACE, row["id"], row["known"])
    return msgspec.json.decode(known, type=Waiting)
