"""Machine clients: programs of an organisation that act in its subtree, within their scopes.

A client signs in with its id and a secret of 256 bits (OAuth 2 client credentials, RFC 6749 §4.4,
`services.tokens`). The secret is given once, when it is made, and only its digest is kept.

A client's scopes are rights, and who keeps the system gives none: a second person, of those who
approve roles, lets it in.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import Account, MachineClient, new_id
from services import approvals, audit, rights
from services.approvals import ApprovalKind, Decided, Rule
from services.audit import Act
from services.database import rows
from services.errors import Conflict, NotFound
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import SCOPES, Actor, OutOfScope, Right, acting
from services.scope import as_system
from services.transactions import transaction
from services.types import Name

SECRET_PREFIX = "mulin_"  # By which a scanner of published files knows it.
SECRET_BYTES = 32
NO_SECRET = "-"  # The digest of nothing: what has no secret yet cannot sign in.


Purpose = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=400,
        pattern=r"^[^\x00]*[^\x00-\x20\x7f\u3000][^\x00]*$",
        description="What it is for: whoever approves it reads this",
    ),
]


class ClientScope(StrEnum):
    """The scopes by name; a test holds them against `services.rights.SCOPES`."""

    WORK_READ = "work:read"
    WORK_WRITE = "work:write"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    TAGS_WRITE = "tags:write"
    POINTS_WRITE = "points:write"
    HOURS_EXPORT = "hours:export"
    AUDIT_READ = "audit:read"


class ClientIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A program that is to act at a node and below it."""

    name: Name
    scopes: Annotated[list[ClientScope], Meta(min_length=1, max_length=len(SCOPES))]
    purpose: Purpose
    organisation_id: UUID | None = None


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A program and what it may do; `id` is its `client_id`."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    name: str
    scopes: list[str]
    has_secret: bool
    is_approved: bool
    created_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class ClientSecret(msgspec.Struct, frozen=True, kw_only=True):
    """What the client signs in with. It is shown this once and kept nowhere."""

    client_id: UUID
    client_secret: str


class KnownClient(msgspec.Struct, frozen=True, kw_only=True):
    """A client that has proven who it is, or that a token names."""

    id: UUID
    name: str
    account_id: UUID
    organisation_id: UUID
    scopes: list[str]


_COLUMNS = (
    "c.id, c.organisation_id, o.name AS organisation_name, c.name, c.scopes, "
    f"c.secret_digest <> '{NO_SECRET}' AS has_secret, c.approval_id IS NOT NULL AS is_approved, "
    "c.created_at, c.used_at, c.revoked_at"
)
_FROM = "machine_client c JOIN organisation o ON o.id = c.organisation_id"


@acting
async def make(actor: Actor, command: ClientIn, now: datetime) -> Client:
    """A new client. It signs in once a second person has approved it and it has a secret."""
    node = await rights.require_right_then_node(
        actor, Right.MANAGE_CLIENTS, command.organisation_id
    )
    client_id = new_id()
    scopes = sorted({scope.value for scope in command.scopes})
    async with transaction():
        await _insert(client_id, node, command.name, scopes)
        await _note(client_id, node, "made", scopes=scopes)
        asked = {"client_id": str(client_id), "name": command.name, "scopes": " ".join(scopes)}
        await approvals.request(
            actor, ApprovalKind.MACHINE_CLIENT, node, asked, command.purpose, now
        )
    return await get(actor, client_id)


async def _let_in(actor: Actor, decided: Decided) -> None:
    """What the approval does: the client gets tokens from now on."""
    client_id = UUID(decided.command["client_id"])
    approved = await rows(
        "UPDATE machine_client SET approval_id = $2 WHERE id = $1 AND revoked_at IS NULL "
        "RETURNING organisation_id",
        client_id,
        decided.id,
    )
    if not approved:
        raise Conflict("client_ended")
    await _note(client_id, decided.organisation_id, "approved")


approvals.register(
    ApprovalKind.MACHINE_CLIENT,
    Rule(asks=Right.MANAGE_CLIENTS, approves=Right.APPROVE_ROLES, execute=_let_in),
)


@as_system
async def _insert(client_id: UUID, node: UUID, name: str, scopes: list[str]) -> None:
    """The client, and the account under whose id its acts are recorded; nobody signs in to it."""
    account = await Account.create(display_name=name)
    await MachineClient.create(
        id=client_id,
        organisation_id=node,
        name=name,
        secret_digest=NO_SECRET,
        scopes=scopes,
        account_id=account.id,
    )


@acting
async def renew_secret(actor: Actor, client_id: UUID) -> ClientSecret:
    """A new secret for the client; the one before is of no use from now on.

    Raises Conflict("client_ended").
    """
    secret = SECRET_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    async with transaction():
        client = await get(actor, client_id)
        changed = await rows(
            "UPDATE machine_client SET secret_digest = $2 WHERE id = $1 AND revoked_at IS NULL "
            "RETURNING id",
            client_id,
            _digest(secret),
        )
        if not changed:
            raise Conflict("client_ended")
        await _note(client_id, client.organisation_id, "secret")
    return ClientSecret(client_id=client_id, client_secret=secret)


@acting
async def revoke(actor: Actor, client_id: UUID, now: datetime) -> Client:
    """End the client for good; its tokens end with it. Again, it changes nothing."""
    async with transaction():
        client = await get(actor, client_id)
        ended = await rows(
            "UPDATE machine_client SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL "
            "RETURNING id",
            client_id,
            now,
        )
        if ended:
            await _note(client_id, client.organisation_id, "revoked")
    return await get(actor, client_id)


@acting
async def get(actor: Actor, client_id: UUID) -> Client:
    """One client of the nodes where the actor manages them."""
    found = await rows(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE c.id = $1 AND c.organisation_id IN (SELECT "
        "descendant_id FROM organisation_closure WHERE ancestor_id = ANY($2::uuid[]))",
        client_id,
        rights.require_anywhere(actor, Right.MANAGE_CLIENTS),
    )
    if not found:
        raise OutOfScope
    return _view(found[0])


@acting
async def list_page(actor: Actor, query: PageQuery) -> Page[Client]:
    """The clients of the nodes where the actor manages them, the newest first."""
    before = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE c.organisation_id IN (SELECT descendant_id "
        "FROM organisation_closure WHERE ancestor_id = ANY($1::uuid[])) "
        "AND ($2::uuid IS NULL OR c.id < $2) ORDER BY c.id DESC LIMIT $3",
        rights.require_anywhere(actor, Right.MANAGE_CLIENTS),
        before,
        query.limit + 1,
    )
    return page_of([_view(row) for row in found], [row["id"] for row in found], query.limit)


async def proven(client_id: UUID, secret: str) -> KnownClient:
    """The client whose secret this is. For `services.tokens`.

    Raises NotFound, and Conflict("client_waits") where nobody has approved it yet.
    """
    found = await _known(client_id)
    if not found or not hmac.compare_digest(found[0]["secret_digest"], _digest(secret)):
        raise NotFound
    if found[0]["approval_id"] is None:
        raise Conflict("client_waits")
    return _known_view(found[0])


async def standing(client_id: UUID) -> KnownClient:
    """The client, if it is let in. Raises NotFound. For `services.tokens`."""
    found = await _known(client_id)
    if not found or found[0]["approval_id"] is None:
        raise NotFound
    return _known_view(found[0])


async def _known(client_id: UUID) -> list[dict[str, Any]]:
    return await rows(
        "SELECT c.id, c.name, c.account_id, c.organisation_id, c.scopes, c.secret_digest, "
        "c.approval_id FROM machine_client c JOIN account a ON a.id = c.account_id "
        "WHERE c.id = $1 AND c.revoked_at IS NULL AND a.state = 'active'",
        client_id,
    )


async def _note(client_id: UUID, node: UUID, change: str, scopes: list[str] | None = None) -> None:
    await audit.record(
        Act.CLIENT_CHANGED,
        subject_kind="client",
        subject_id=client_id,
        organisation_id=node,
        change=change,
        scopes=scopes,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _view(row: dict[str, Any]) -> Client:
    return msgspec.convert({**row, "scopes": _scopes(row)}, Client)


def _known_view(row: dict[str, Any]) -> KnownClient:
    known = {name: row[name] for name in ("id", "name", "account_id", "organisation_id")}
    return KnownClient(**known, scopes=_scopes(row))


def _scopes(row: dict[str, Any]) -> list[str]:
    return msgspec.json.decode(row["scopes"], type=list[str])
