"""Sessions: a row each, so that any of them can be ended at once, by its owner or for cause."""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from models.core import AccountState, SignInMethod, new_id
from services import audit
from services.accounts.types import Session, SessionLine
from services.audit import Act
from services.database import rows
from services.errors import Forbidden, NotFound
from services.rights import Actor, Grant, RoleName, acting
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction

SEEN_EVERY = timedelta(minutes=1)
FRESH_FOR = timedelta(minutes=10)
TOLD_FOR = timedelta(days=7)  # So long after its end a session's owner is told why it ended.

# On every request, so everything that is known of the caller comes with one statement. Roles count
# only in sessions with a second factor.
_SELECT = """
    SELECT s.id, s.account_id, s.seen_at, s.expires_at, s.revoked_at, s.ended_reason,
        a.state, a.display_name, a.volunteer_id,
        CASE WHEN s.has_second_factor THEN (
            SELECT json_agg(json_build_array(g.role, g.organisation_id)
                ORDER BY g.role, g.organisation_id)
            FROM role_grant g WHERE g.account_id = a.id AND g.ended_at IS NULL
            AND (g.ends_at IS NULL OR g.ends_at > $2)
        ) END AS grants,
        array(SELECT g.ward_id FROM guardianship g JOIN volunteer v ON v.id = g.ward_id
            WHERE g.guardian_id = a.id AND g.state = 'verified' AND v.age < 18
            AND v.state = 'active' ORDER BY g.ward_id) AS wards,
        array(SELECT m.merged_id FROM person_merge m WHERE m.kept_id = a.volunteer_id
            ORDER BY m.merged_id) AS former
    FROM sign_in_session s JOIN account a ON a.id = s.account_id
    WHERE s.token_digest = $1
"""


class EndReason(StrEnum):
    """Why a session ended before or at its time. Each has its sentence in the interface."""

    SIGNED_OUT = "signed_out"
    ELSEWHERE = "signed_out_elsewhere"
    REPLACED = "replaced"
    EXPIRED = "expired"
    ROLE_LOST = "role_lost"
    PHONE_CHANGED = "phone_changed"
    PASSWORD_CHANGED = "password_changed"
    ACCOUNT_CLOSED = "account_closed"


@as_system
async def open_session(
    account_id: UUID,
    method: SignInMethod,
    now: datetime,
    settings: Settings,
    *,
    device: str = "",
    replaces: str | None = None,
    has_second_factor: bool = False,
) -> Session:
    """A new session, always with a new token; the one that the browser held (`replaces`) ends.

    Without a second factor the account's roles do not count in it.
    """
    token = secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=settings.session_days)
    async with transaction():
        if replaces:
            await _end("token_digest = $2", digest(replaces), EndReason.REPLACED, now)
        await rows(
            "INSERT INTO sign_in_session (id, created_at, account_id, token_digest, method, "
            "has_second_factor, device, seen_at, expires_at, ended_reason) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $2, $8, '')",
            new_id(),
            now,
            account_id,
            digest(token),
            method.value,
            has_second_factor,
            device[:60],
            expires_at,
        )
        await rows(
            "UPDATE volunteer SET active_at = $2 WHERE active_at < $2 AND id = "
            "(SELECT volunteer_id FROM account WHERE id = $1)",
            account_id,
            now,
        )
        await audit.record(
            Act.SIGNED_IN, subject_kind="account", subject_id=account_id, account_id=account_id,
            method=method.value, second_factor=has_second_factor,
        )  # fmt: skip
    actor = await actor_of(token, now)
    assert actor is not None, "the account is active: whoever opens a session has looked"
    return Session(token=token, expires_at=expires_at, actor=actor)


@as_system
async def actor_of(token: str, now: datetime) -> Actor | None:
    """Whose token this is; None when it is unknown, expired or ended (`why_ended` says which)."""
    found = await rows(_SELECT, digest(token), now)
    if not found or _ended(found[0], now) is not None:
        return None
    await _note_seen(found[0], now)
    return _actor(found[0])


@as_system
async def why_ended(token: str, now: datetime) -> str | None:
    """The reason for which this session ended; None for one that lives or never was."""
    found = await rows(_SELECT, digest(token), now)
    return _ended(found[0], now) if found else None


@as_system
async def sign_out(token: str, now: datetime) -> None:
    """End this session. Ending it twice, or one that never was, changes nothing."""
    await _end("token_digest = $2", digest(token), EndReason.SIGNED_OUT, now)


@as_system
async def end_sessions(
    account_id: UUID, reason: str, now: datetime, *, but: UUID | None = None
) -> int:
    """End all sessions of an account, except one if it is named; how many ended.

    The next request with one of them is told the reason (one of `EndReason`).
    """
    condition = "account_id = $2" if but is None else "account_id = $2 AND id <> $4"
    extra = () if but is None else (but,)
    ended = await _end(condition, account_id, EndReason(reason), now, *extra)
    if ended:
        await audit.record(
            Act.SESSION_ENDED, subject_kind="account", subject_id=account_id,
            reason=EndReason(reason).value, count=len(ended),
        )  # fmt: skip
    return len(ended)


@acting
async def list_own(actor: Actor, now: datetime) -> list[SessionLine]:
    """The actor's live sessions, the one last used first."""
    found = await rows(
        "SELECT id, method, device, created_at AS signed_in_at, seen_at, expires_at, id = $2 AS "
        "is_current FROM sign_in_session WHERE account_id = $1 AND revoked_at IS NULL "
        "AND expires_at > $3 ORDER BY id = $2 DESC, seen_at DESC, id",
        actor.account_id,
        actor.session_id,
        now,
    )
    return msgspec.convert(found, list[SessionLine])


@acting
async def revoke(actor: Actor, session_id: UUID, now: datetime) -> None:
    """End one of the actor's own sessions. For anybody else's there is no such session."""
    async with transaction():
        ended = await _end(
            "account_id = $2 AND id = $4", actor.account_id, EndReason.ELSEWHERE, now, session_id
        )
        if not ended:
            raise NotFound
        await audit.record(
            Act.SESSION_ENDED, subject_kind="account", subject_id=actor.account_id,
            reason=EndReason.ELSEWHERE.value, count=1,
        )  # fmt: skip


@acting
async def revoke_others(actor: Actor, now: datetime) -> int:
    """End all of the actor's sessions but the one that asks; how many that were."""
    async with transaction():
        return await end_sessions(
            actor.account_id, EndReason.ELSEWHERE.value, now, but=actor.session_id
        )


@acting
async def require_fresh(actor: Actor, now: datetime) -> None:
    """Refuse what is done only shortly after a sign-in: Forbidden `sign_in_again`."""
    found = await rows(
        "SELECT 1 FROM sign_in_session WHERE id = $1 AND created_at > $2",
        actor.session_id,
        now - FRESH_FOR,
    )
    if not found:
        raise Forbidden("sign_in_again", minutes=int(FRESH_FOR.total_seconds() // 60))


@as_system
async def holds(token: str | None, account_id: UUID, now: datetime) -> bool:
    """Whether the token is of a live session of this account."""
    return token is not None and bool(
        await rows(
            "SELECT 1 FROM sign_in_session WHERE token_digest = $1 AND account_id = $2 "
            "AND revoked_at IS NULL AND expires_at > $3",
            digest(token),
            account_id,
            now,
        )
    )


@as_system
async def purge_sessions(now: datetime) -> int:
    """Forget sessions of which nobody has to be told any more."""
    gone = await rows(
        "DELETE FROM sign_in_session WHERE expires_at <= $1 RETURNING id", now - TOLD_FOR
    )
    return len(gone)


def digest(token: str) -> str:
    """What is kept of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


async def _end(
    condition: str, of: object, reason: EndReason, now: datetime, *more: object
) -> list[dict[str, Any]]:
    return await rows(
        f"UPDATE sign_in_session SET revoked_at = $1, ended_reason = $3 WHERE {condition} "
        "AND revoked_at IS NULL AND expires_at > $1 RETURNING id",
        now,
        of,
        reason.value,
        *more,
    )


def _ended(row: dict[str, Any], now: datetime) -> str | None:
    if row["revoked_at"] is not None:
        return row["ended_reason"] or EndReason.ELSEWHERE.value
    if row["expires_at"] <= now:
        return EndReason.EXPIRED.value
    return None if row["state"] == AccountState.ACTIVE.value else EndReason.ACCOUNT_CLOSED.value


def _actor(row: dict[str, Any]) -> Actor:
    grants = msgspec.json.decode(row["grants"] or b"[]", type=list[tuple[RoleName, UUID]])
    return Actor(
        account_id=row["account_id"],
        name=row["display_name"],
        volunteer_id=row["volunteer_id"],
        wards=tuple(row["wards"]),
        former=tuple(row["former"]),
        grants=tuple(Grant(role=role, organisation_id=node) for role, node in grants),
        session_id=row["id"],
    )


async def _note_seen(row: dict[str, Any], now: datetime) -> None:
    """At most once a minute: a write on every request would be too dear."""
    if now - row["seen_at"] < SEEN_EVERY:
        return
    await rows(
        "WITH seen AS (UPDATE sign_in_session SET seen_at = $2 WHERE id = $1) "
        "UPDATE volunteer SET active_at = $2 WHERE id = $3 AND active_at < $2::timestamptz "
        "- interval '1 day'",
        row["id"],
        now,
        row["volunteer_id"],
    )
