"""New staff: an account without a password, and a code with which its owner sets one.

The code is shown once to whoever invites, good for three days and once. Behind it come the password
and then the authenticator, as at everybody's first sign-in (`services.accounts.staff`).
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import Account, AccountState, new_id
from services import audit, rights
from services.accounts import Step, begin_enrolment, require_good_password, set_password
from services.accounts.types import Password
from services.audit import Act
from services.database import rows
from services.errors import Conflict, NotFound
from services.rights import Actor, OutOfScope, Right, acting
from services.roles.types import StaffAccount, StaffIn
from services.scope import SYSTEM, as_system, entered
from services.transactions import transaction

GOOD_FOR = timedelta(hours=72)
KIND: Final = "invitation"
# Without letters and digits that look or sound alike; 20 of these 30 are 98 bits.
LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
LENGTH: Final = 20


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """The code for an account's owner. It is shown once and never kept."""

    account_id: UUID
    name: str
    display_name: str
    code: str
    expires_at: datetime


class Accepted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code, and the password that its owner chooses."""

    code: Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[^\x00]*$")]
    password: Password


@acting
async def make_account(actor: Actor, command: StaffIn) -> StaffAccount:
    """An account for somebody new. It has no role, and nobody can use it before `invite`.

    Raises Forbidden without the right to give roles or to manage accounts, Conflict (`name_taken`).
    """
    node = _node_of_inviter(actor)
    async with entered(SYSTEM), transaction():
        account = await Account.create(
            name=command.name, display_name=command.display_name, invited_by=actor.account_id
        )
        await audit.record(
            Act.ACCOUNT_MADE,
            subject_kind="account",
            subject_id=account.id,
            organisation_id=node,
            account_id=actor.account_id,
            how="invited",
        )
    return StaffAccount(
        id=account.id,
        name=command.name,
        display_name=command.display_name,
        state=AccountState.ACTIVE,
        has_signed_in=False,
        may_invite=True,
        roles=[],
    )


@acting
async def invite(actor: Actor, account_id: UUID, now: datetime) -> Invitation:
    """A code for the owner of a new account; codes that were given before are good no more.

    Only for an account that has no password yet, by whoever made it or who manages accounts.
    Raises NotFound for others, Conflict (`invitation_over`) once its owner has a password.
    """
    node = _node_of_inviter(actor)
    async with entered(SYSTEM), transaction():
        found = await rows(
            "SELECT name, display_name, password_hash IS NOT NULL AS has FROM account "
            "WHERE id = $1 AND name IS NOT NULL AND invited_by IS NOT NULL "
            "AND (invited_by = $2 OR $3) AND state = 'active' FOR UPDATE",
            account_id,
            actor.account_id,
            rights.has(actor, Right.MANAGE_ACCOUNTS),
        )
        if not found:
            raise OutOfScope
        if found[0]["has"]:
            raise Conflict("invitation_over")
        await rows(
            "UPDATE sign_in_step SET used_at = $3 WHERE account_id = $1 AND kind = $2 "
            "AND used_at IS NULL",
            account_id,
            KIND,
            now,
        )
        code = await _new_code(account_id, now)
        await audit.record(
            Act.ACCOUNT_CHANGED,
            subject_kind="account",
            subject_id=account_id,
            organisation_id=node,
            account_id=actor.account_id,
            what="invitation",
        )
    return Invitation(
        account_id=account_id,
        name=found[0]["name"],
        display_name=found[0]["display_name"],
        code=code,
        expires_at=now + GOOD_FOR,
    )


def _node_of_inviter(actor: Actor) -> UUID:
    """Whose auditors see it. Raises Forbidden without the right to invite anywhere."""
    managed = rights.nodes(actor, Right.MANAGE_ACCOUNTS)
    return min(managed or rights.require_anywhere(actor, Right.GRANT_ROLES))


@as_system
async def show_invitation(code: str, now: datetime) -> str:
    """The name of the account that the code is for. Raises NotFound (`invitation_unknown`)."""
    name: str = (await _open(code, now))["name"]
    return name


@as_system
async def accept(command: Accepted, now: datetime) -> Step:
    """Set the password; what is asked next is the authenticator. The code is used up by it.

    Raises NotFound (`invitation_unknown`) for a code that is wrong, used or too old, and Invalid
    for a password that is no good, which leaves the code good.
    """
    async with transaction():
        found = await _open(command.code, now)
        require_good_password(command.password, found["name"])
        await rows("UPDATE sign_in_step SET used_at = $2 WHERE id = $1", found["id"], now)
        await set_password(found["account_id"], command.password, now)
        return await begin_enrolment(found["account_id"], found["name"], now)


async def _new_code(account_id: UUID, now: datetime) -> str:
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    await rows(
        "INSERT INTO sign_in_step (id, created_at, token_digest, kind, account_id, expires_at, "
        "attempts) VALUES ($1, $2, $3, $4, $5, $6, 0)",
        new_id(),
        now,
        _digest(code),
        KIND,
        account_id,
        now + GOOD_FOR,
    )
    return "-".join(code[at : at + 5] for at in range(0, LENGTH, 5))


async def _open(code: str, now: datetime) -> dict[str, Any]:
    found = await rows(
        "SELECT s.id, s.account_id, a.name "
        "FROM sign_in_step s JOIN account a ON a.id = s.account_id "
        "WHERE s.token_digest = $1 AND s.kind = $2 AND s.used_at IS NULL AND s.expires_at > $3 "
        "AND a.state = $4 FOR UPDATE OF s",
        _digest(code),
        KIND,
        now,
        AccountState.ACTIVE.value,
    )
    if not found:
        raise NotFound("invitation_unknown")
    return found[0]


def _digest(code: str) -> str:
    """What is kept of a code, however it was written down."""
    return hashlib.sha256(re.sub(r"[^0-9A-Z]", "", code.upper()).encode()).hexdigest()
