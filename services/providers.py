"""OpenID providers of schools and districts: which there are, and what was agreed with each.

Their people sign in through `services.openid`. The secret of a provider is encrypted; whoever
administers it can replace it and never reads it again.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import IdentityProvider, new_id
from services import audit, rights
from services.adapters import openid
from services.audit import Act
from services.database import rows
from services.errors import Defect, Invalid
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, OutOfScope, Right, acting
from services.transactions import transaction
from services.types import Name
from services.vault import keyring

SECRET_PLACE = "identity_provider.secret_cipher"

Secret = Annotated[str, Meta(min_length=1, max_length=400, pattern=r"^[\x21-\x7e]+$(?!\n)")]
ProviderKey = Annotated[
    str,
    Meta(
        min_length=2,
        max_length=40,
        pattern=r"^[a-z0-9][a-z0-9-]*$(?!\n)",
        description="Stands in addresses: small letters, digits and hyphens",
        examples=["yucai"],
    ),
]
Address = Annotated[
    str,
    Meta(min_length=8, max_length=400, pattern=r"^https?://[\x21-\x7e]+$(?!\n)"),
]
ClientId = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[\x20-\x7e]+$(?!\n)")]
ClaimName = Annotated[
    str,
    Meta(
        max_length=60,
        pattern=r"^[\x21-\x7e]*$(?!\n)",
        description="The claim that holds the person's number at the node; empty for none",
        examples=["student_number"],
    ),
]


class ProviderIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A provider whose people may sign in, as it was agreed with it."""

    key: ProviderKey
    title: Name
    issuer: Address
    client_id: ClientId
    client_secret: Secret | None = None
    number_claim: ClaimName = ""
    organisation_id: UUID | None = None


class ProviderSecretIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the provider gave in place of the secret before."""

    client_secret: Secret


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A provider of an organisation. `key` stands in the address at which one signs in with it."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    key: str
    title: str
    issuer: str
    client_id: str
    has_secret: bool
    number_claim: str
    is_active: bool
    created_at: datetime


class ProviderButton(msgspec.Struct, frozen=True, kw_only=True):
    """A provider as whoever signs in sees it."""

    key: str
    title: str


_SELECT = """
    SELECT p.id, p.organisation_id, o.name AS organisation_name, p.key, p.title, p.issuer,
        p.client_id, p.secret_cipher IS NOT NULL AS has_secret, p.number_claim, p.is_active,
        p.created_at
    FROM identity_provider p JOIN organisation o ON o.id = p.organisation_id
    WHERE p.organisation_id IN (
        SELECT descendant_id FROM organisation_closure WHERE ancestor_id = ANY($1::uuid[])
    )
"""


async def active() -> list[ProviderButton]:
    """The providers with which one can sign in now, by their titles."""
    found = await rows(
        "SELECT key, title FROM identity_provider WHERE is_active ORDER BY title, key"
    )
    return msgspec.convert(found, list[ProviderButton])


@acting
async def make(actor: Actor, command: ProviderIn) -> Provider:
    """A new provider at a node. Its issuer is reached over TLS."""
    node = await rights.require_right_then_node(
        actor, Right.MANAGE_PROVIDERS, command.organisation_id
    )
    if not openid.is_acceptable(command.issuer):
        raise Invalid([Defect("issuer", "not_over_tls")])
    provider_id = new_id()
    sealed = None if command.client_secret is None else _sealed(provider_id, command.client_secret)
    async with transaction():
        await IdentityProvider.create(
            id=provider_id,
            organisation_id=node,
            key=command.key,
            title=command.title,
            issuer=command.issuer,
            client_id=command.client_id,
            secret_cipher=sealed,
            number_claim=command.number_claim,
        )
        await _note(provider_id, node, "made")
    return await get(actor, provider_id)


@acting
async def replace_secret(actor: Actor, provider_id: UUID, command: ProviderSecretIn) -> Provider:
    """Keep another secret for the provider."""
    async with transaction():
        provider = await get(actor, provider_id)
        await rows(
            "UPDATE identity_provider SET secret_cipher = $2 WHERE id = $1",
            provider_id,
            _sealed(provider_id, command.client_secret),
        )
        await _note(provider_id, provider.organisation_id, "secret")
    return await get(actor, provider_id)


@acting
async def set_active(actor: Actor, provider_id: UUID, *, is_active: bool) -> Provider:
    """Let people sign in with the provider, or not any more. Sessions go on until they end."""
    async with transaction():
        provider = await get(actor, provider_id)
        if provider.is_active is not is_active:
            await rows(
                "UPDATE identity_provider SET is_active = $2 WHERE id = $1", provider_id, is_active
            )
            change = "activated" if is_active else "deactivated"
            await _note(provider_id, provider.organisation_id, change)
    return await get(actor, provider_id)


@acting
async def get(actor: Actor, provider_id: UUID) -> Provider:
    """One provider of the nodes where the actor manages them."""
    found = await rows(
        f"{_SELECT} AND p.id = $2",
        rights.require_anywhere(actor, Right.MANAGE_PROVIDERS),
        provider_id,
    )
    if not found:
        raise OutOfScope
    return msgspec.convert(found[0], Provider)


@acting
async def list_page(actor: Actor, query: PageQuery) -> Page[Provider]:
    """The providers of the nodes where the actor manages them, the newest first."""
    found = await rows(
        f"{_SELECT} AND ($2::uuid IS NULL OR p.id < $2) ORDER BY p.id DESC LIMIT $3",
        rights.require_anywhere(actor, Right.MANAGE_PROVIDERS),
        decode_cursor(query.after, UUID) if query.after else None,
        query.limit + 1,
    )
    lines: list[Provider] = msgspec.convert(found, list[Provider])
    return page_of(lines, [line.id for line in lines], query.limit)


async def _note(provider_id: UUID, node: UUID, change: str) -> None:
    await audit.record(
        Act.PROVIDER_CHANGED,
        subject_kind="provider",
        subject_id=provider_id,
        organisation_id=node,
        change=change,
    )


def _sealed(provider_id: UUID, secret: str) -> bytes:
    return keyring().encrypt(SECRET_PLACE, provider_id, secret)


def secret_of(row: dict[str, Any]) -> str | None:
    """The secret in clear, from the row of the provider."""
    cipher = row["secret_cipher"]
    return None if cipher is None else keyring().decrypt(SECRET_PLACE, row["id"], cipher)
