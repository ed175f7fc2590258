"""Who somebody at a provider is here."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import AccountState, Identity, new_id
from services import audit
from services.audit import Act
from services.birth import ALONE_FROM_AGE
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.openid import waiting
from services.openid.types import LinkedSignIn, LinkShown, SignInFailed
from services.rights import Actor, acting
from services.scope import as_system
from services.transactions import transaction
from services.vault import keyring

LINK = "openid_link"
SUBJECT_PLACE = "identity.subject_cipher"
SUBJECT_KIND = "subject"


@as_system
async def link_shown(token: str, now: datetime) -> LinkShown:
    """What this browser may link to an account. Raises SignInFailed once it is over."""
    found = await waiting.look(LINK, token, now)
    provider = await provider_where("id = $1", found.provider_id)
    return LinkShown(title=provider["title"], back=found.back)


@acting
async def link(actor: Actor, token: str, now: datetime) -> str:
    """Let the actor sign in with what the browser has just proven; the page to go on with.

    Raises SignInFailed once it is over, Conflict("identity_taken") where it is somebody else's.
    """
    found = await waiting.use(LINK, token, now)
    if found is None:
        raise SignInFailed("provider_state", provider="–")
    provider = await provider_where("id = $1", found.provider_id)
    await _link(provider, found.subject, actor.account_id)
    return found.back


@acting
async def list_own(actor: Actor) -> list[LinkedSignIn]:
    """The providers with which the actor can sign in."""
    found = await rows(
        "SELECT i.id, p.title, i.created_at AS linked_at FROM identity i "
        "JOIN identity_provider p ON p.id = i.provider_id WHERE i.account_id = $1 ORDER BY i.id",
        actor.account_id,
    )
    return msgspec.convert(found, list[LinkedSignIn])


@acting
async def unlink(actor: Actor, identity_id: UUID) -> None:
    """Sign in with this provider no more. Somebody else's is not there.

    Raises Conflict("last_sign_in") where nothing else would let the account in.
    """
    async with transaction():
        gone = await rows(
            "DELETE FROM identity WHERE id = $1 AND account_id = $2 RETURNING provider_id",
            identity_id,
            actor.account_id,
        )
        if not gone:
            raise NotFound
        if not await _has_another_way(actor, identity_id):
            raise Conflict("last_sign_in")
        await _note_credential(actor.account_id, gone[0]["provider_id"], "provider_unlinked")


async def _has_another_way(actor: Actor, identity_id: UUID) -> bool:
    """Whether a password, a number or another provider lets the account in as well."""
    [found] = await rows(
        "SELECT EXISTS (SELECT 1 FROM account a WHERE a.id = $1 AND a.password_hash IS NOT NULL) "
        "OR EXISTS (SELECT 1 FROM personal_datum d WHERE d.kind = 'phone' "
        "AND (d.account_id = $1 OR d.volunteer_id = $2)) "
        "OR EXISTS (SELECT 1 FROM identity i WHERE i.account_id = $1 AND i.id <> $3) AS has",
        actor.account_id,
        actor.volunteer_id,
        identity_id,
    )
    return bool(found["has"])


@as_system
async def account_of(provider: dict[str, Any], subject: str) -> dict[str, Any] | None:
    """The account that has said that this is its owner."""
    found = await rows(
        "SELECT a.id, a.name, a.display_name, a.state, EXISTS (SELECT 1 FROM role_grant g "
        "WHERE g.account_id = a.id AND g.ended_at IS NULL) AS has_roles "
        "FROM identity i JOIN account a ON a.id = i.account_id "
        "WHERE i.provider_id = $1 AND i.subject_digest = ANY($2::text[])",
        provider["id"],
        keyring().indexes(SUBJECT_KIND, subject),
    )
    return found[0] if found else None


@as_system
async def first_sign_in(
    provider: dict[str, Any], subject: str, number: str
) -> dict[str, Any] | None:
    """An account for the person whose number at the node this is, if they have none yet.

    The node vouches for its own numbers. Whoever has an account already signs in to it and links
    the provider there: a number alone takes nothing over. Children have no sign-in of their own.
    """
    if not number:
        return None
    found = await rows(
        "SELECT v.id, v.name, v.organisation_id, v.age FROM volunteer v WHERE v.state = 'active' "
        "AND NOT EXISTS (SELECT 1 FROM account a WHERE a.volunteer_id = v.id) "
        "AND ((v.organisation_id = $1 AND v.external_key = $2) OR EXISTS (SELECT 1 "
        "FROM membership m WHERE m.volunteer_id = v.id AND m.organisation_id = $1 "
        "AND m.number = $2 AND NOT m.is_requested "
        "AND (m.ends_on IS NULL OR m.ends_on >= current_date)))",
        provider["organisation_id"],
        number,
    )
    if len(found) != 1:
        return None
    [person] = found
    if person["age"] < ALONE_FROM_AGE:
        raise Forbidden("guardian_signs_in")
    account = {
        "id": new_id(),
        "name": None,
        "display_name": person["name"],
        "state": AccountState.ACTIVE,
        "has_roles": False,
    }
    async with transaction():
        await rows(
            "INSERT INTO account (id, created_at, display_name, volunteer_id, state) "
            "VALUES ($1, now(), $2, $3, 'active')",
            account["id"],
            person["name"],
            person["id"],
        )
        await audit.record(
            Act.ACCOUNT_MADE,
            subject_kind="account",
            subject_id=account["id"],
            organisation_id=person["organisation_id"],
            account_id=account["id"],
            how="provider",
        )
        await _link(provider, subject, account["id"])
    return account


@as_system
async def _link(provider: dict[str, Any], subject: str, account_id: UUID) -> None:
    """Keep that this subject of the provider is this account."""
    ring, row_id = keyring(), new_id()
    async with transaction():
        # Two browsers that link the same subject at once: the second waits, then sees the first.
        await rows("SELECT 1 FROM identity_provider WHERE id = $1 FOR UPDATE", provider["id"])
        known = await account_of(provider, subject)
        if known is not None:
            if known["id"] != account_id:
                raise Conflict("identity_taken", provider=provider["title"])
            return
        await Identity.create(
            id=row_id,
            provider_id=provider["id"],
            subject_digest=ring.index(SUBJECT_KIND, subject),
            subject_cipher=ring.encrypt(SUBJECT_PLACE, row_id, subject),
            account_id=account_id,
        )
        await _note_credential(account_id, provider["id"], "provider_linked")


async def _note_credential(account_id: UUID, provider_id: UUID, what: str) -> None:
    await audit.record(
        Act.CREDENTIAL_CHANGED,
        subject_kind="account",
        subject_id=account_id,
        account_id=account_id,
        what=what,
        provider=str(provider_id),
    )


@as_system
async def provider_where(condition: str, value: str | UUID) -> dict[str, Any]:
    """The row of the one provider of which this is so. Raises NotFound."""
    found = await rows(f"SELECT * FROM identity_provider WHERE {condition}", value)
    if not found:
        raise NotFound
    return found[0]
