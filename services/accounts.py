"""Who signs in, and what of it is remembered."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Annotated, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from models.core import (
    Account,
    AccountState,
    RoleGrant,
    RoleName,
    SignInMethod,
    SignInSession,
    new_id,
)
from services import rights
from services.database import rows
from services.errors import NotSignedIn, ServiceError
from services.rights import Actor, Grant
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction
from services.types import Name

FAILURES_MAX = 10
FAILURES_WINDOW = timedelta(minutes=15)

T = TypeVar("T")
Password = Annotated[str, Meta(min_length=1, max_length=1024, pattern=r"^[^\x00]*$")]

_passwords = PasswordHash((Argon2Hasher(),))
# One hash takes 64 MB and a good part of a core: two at a time, the others wait their turn.
_hashing = ThreadPoolExecutor(2, thread_name_prefix="password")
# Of a password that nobody knows. A name that does not exist costs the same time as one that does.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4"
    "$2RRokSJruEl7HBFO0j8psw$36NrnlNk16dsi9W7zK4efxpPrIq17wsueDkxEOaVeTs"
)


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A name and its password."""

    name: Name
    password: Password


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that lasts until `expires_at`. The token is shown once and never kept."""

    token: str
    expires_at: datetime
    actor: Actor


class TooManyAttempts(ServiceError):
    """So many wrong passwords for one name that it must wait."""

    code, status = "too_many_attempts", 429


@as_system
async def sign_in(command: SignIn, now: datetime, settings: Settings) -> Session:
    """A new session. Raises NotSignedIn, the same for a wrong name and a wrong password.

    After ten failures in fifteen minutes a name waits, whether it exists or not.
    """
    name_digest = _digest(command.name)
    await _refuse_guessing(name_digest, now)
    account = await Account.get_or_none(name=command.name, state=AccountState.ACTIVE)
    password_hash = _NOBODY if account is None else account.password_hash or _NOBODY
    is_right = await _in_thread(lambda: _passwords.verify(command.password, password_hash))
    if account is None or not is_right:
        await rows(
            "INSERT INTO sign_in_failure (id, name_digest, created_at) VALUES ($1, $2, $3)",
            new_id(),
            name_digest,
            now,
        )
        raise NotSignedIn("wrong_name_or_password")
    token = secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=settings.session_days)
    session = await SignInSession.create(
        account_id=account.id,
        token_digest=_digest(token),
        method=SignInMethod.PASSWORD,
        seen_at=now,
        expires_at=expires_at,
    )
    return Session(token=token, expires_at=expires_at, actor=await _actor(account, now, session.id))


async def _refuse_guessing(name_digest: str, now: datetime) -> None:
    [found] = await rows(
        "SELECT count(*) AS failures FROM sign_in_failure "
        "WHERE name_digest = $1 AND created_at > $2",
        name_digest,
        now - FAILURES_WINDOW,
    )
    if found["failures"] >= FAILURES_MAX:
        raise TooManyAttempts(minutes=int(FAILURES_WINDOW.total_seconds() // 60))


@as_system
async def actor_of(token: str, now: datetime) -> Actor | None:
    """Whose token this is; None when it is unknown, expired or signed out."""
    session = await SignInSession.get_or_none(
        token_digest=_digest(token), revoked_at=None, expires_at__gt=now
    ).select_related("account")
    if session is None or session.account.state is not AccountState.ACTIVE:
        return None
    return await _actor(session.account, now, session.id)


@as_system
async def sign_out(token: str, now: datetime) -> None:
    """End this session. Ending it twice, or one that never was, changes nothing."""
    await SignInSession.filter(token_digest=_digest(token), revoked_at=None).update(revoked_at=now)


@as_system
async def create_account(
    name: str,
    password: str,
    *grants: tuple[RoleName, UUID],
    volunteer_id: UUID | None = None,
) -> Actor:
    """A new sign-in, with roles at nodes. For the founding of a service and its demo data.

    Refused with `name_taken`, or `has_account` for a volunteer who has one.
    """
    password_hash = await _in_thread(lambda: _passwords.hash(password))
    async with transaction():
        account = await Account.create(
            name=name, display_name=name, password_hash=password_hash, volunteer_id=volunteer_id
        )
        for role, organisation_id in grants:
            await RoleGrant.create(
                account_id=account.id, role=role, organisation_id=organisation_id
            )
    return Actor(
        account_id=account.id,
        name=name,
        volunteer_id=volunteer_id,
        grants=tuple(Grant(role=role, organisation_id=node) for role, node in grants),
    )


@as_system
async def purge(now: datetime) -> int:
    """Forget sessions and failed attempts that no longer mean anything; how many were forgotten."""
    gone = await rows("DELETE FROM sign_in_session WHERE expires_at <= $1 RETURNING id", now)
    old = await rows(
        "DELETE FROM sign_in_failure WHERE created_at <= $1 RETURNING id", now - FAILURES_WINDOW
    )
    return len(gone) + len(old)


async def _actor(account: Account, now: datetime, session_id: UUID) -> Actor:
    return Actor(
        account_id=account.id,
        name=account.display_name,
        volunteer_id=account.volunteer_id,
        wards=await rights.load_wards(account.id),
        grants=await rights.load_grants(account.id, now),
        session_id=session_id,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_hashing, work)
