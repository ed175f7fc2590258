"""Sign-ins half done: what is proven so far is kept here, and the browser holds a token for it."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from models.core import SignInMethod, new_id
from services.accounts.sessions import digest
from services.accounts.types import Asks
from services.database import rows
from services.errors import Conflict
from services.scope import as_system
from services.vault import keyring

GOOD_FOR = timedelta(minutes=15)
TRIES_MAX = 5
PLACE = "sign_in_step.known"


class StepGone(Conflict):
    """There is no such step, or it is over: the sign-in has to begin anew."""

    code, status = "sign_in_step_gone", 410


class Proven(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a sign-in has shown so far; encrypted at rest."""

    number: str = ""
    people: tuple[UUID, ...] = ()  # rows of personal_datum: whose number it is
    secret: str = ""
    taken_off: tuple[UUID, ...] = ()
    again_at: datetime | None = None
    extra: dict[str, str] = {}
    method: SignInMethod = SignInMethod.PASSWORD  # what came before the second factor


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """A step that goes on."""

    id: UUID
    asks: Asks
    account_id: UUID | None
    proven: Proven
    expires_at: datetime


@as_system
async def begin(
    asks: Asks, proven: Proven, now: datetime, *, account_id: UUID | None = None
) -> tuple[str, datetime]:
    """A token for what is asked next, and until when it is good."""
    token, row_id = secrets.token_urlsafe(32), new_id()
    sealed = keyring().seal(PLACE, row_id, msgspec.json.encode(proven))
    await rows(
        "INSERT INTO sign_in_step (id, created_at, token_digest, kind, account_id, known, "
        "expires_at, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
        row_id,
        now,
        digest(token),
        asks.value,
        account_id,
        sealed,
        now + GOOD_FOR,
    )
    return token, now + GOOD_FOR


@as_system
async def look(token: str, now: datetime) -> Open:
    """What this step asks and what it knows. Raises StepGone."""
    return _open(
        await rows(
            "SELECT * FROM sign_in_step WHERE token_digest = $1 AND used_at IS NULL "
            "AND expires_at > $2 AND attempts < $3",
            digest(token),
            now,
            TRIES_MAX,
        )
    )


@as_system
async def try_answer(token: str, now: datetime, *asked: Asks) -> tuple[Open, int]:
    """The step, with this try counted, and how many are left after it. Raises StepGone."""
    found = await rows(
        "UPDATE sign_in_step SET attempts = attempts + 1 WHERE token_digest = $1 "
        "AND used_at IS NULL AND expires_at > $2 AND attempts < $3 AND kind = ANY($4::text[]) "
        "RETURNING *",
        digest(token),
        now,
        TRIES_MAX,
        [each.value for each in asked],
    )
    return _open(found), TRIES_MAX - found[0]["attempts"]


@as_system
async def finish(step_id: UUID, now: datetime) -> None:
    """Use the step up: it leads on once. Raises StepGone for the second of two at once."""
    if not await rows(
        "UPDATE sign_in_step SET used_at = $2 WHERE id = $1 AND used_at IS NULL RETURNING id",
        step_id,
        now,
    ):
        raise StepGone


@as_system
async def purge_steps(now: datetime) -> int:
    """Forget what nobody went on with."""
    return len(await rows("DELETE FROM sign_in_step WHERE expires_at <= $1 RETURNING id", now))


def _open(found: list[dict[str, Any]]) -> Open:
    if not found or found[0]["kind"] not in set(Asks):
        raise StepGone
    row = found[0]
    known = keyring().unseal(PLACE, row["id"], row["known"])
    return Open(
        id=row["id"],
        asks=Asks(row["kind"]),
        account_id=row["account_id"],
        proven=msgspec.json.decode(known, type=Proven),
        expires_at=row["expires_at"],
    )
