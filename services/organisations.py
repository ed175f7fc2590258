"""The organisation tree, and who may act where in it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from models.core import OrganisationKind as OrganisationKind
from models.core import OrganisationState, new_id
from services import rights
from services.database import rows
from services.errors import Conflict, Defect, Invalid, NotFound
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import as_system
from services.transactions import transaction
from services.types import Name

LEVELS = (
    OrganisationKind.CITY,
    OrganisationKind.DISTRICT,
    OrganisationKind.STREET,
    OrganisationKind.NEIGHBOURHOOD,
)
"""The levels of government, top down. A city without districts may skip one."""

SUBTREE = """
    WITH subtree(id) AS (
        SELECT DISTINCT descendant_id FROM organisation_closure WHERE ancestor_id = ANY($1::uuid[])
    )
"""
"""The organisations of the first argument and everything below them, as `subtree(id)`."""

_OWN = """
    WITH subtree(id) AS (
        SELECT organisation_id FROM membership WHERE volunteer_id = ANY($1::uuid[])
        UNION SELECT organisation_id FROM volunteer WHERE id = ANY($1::uuid[])
    )
"""
_COLUMNS = "o.id, o.kind, o.name, o.parent_id"


class OrganisationIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A node to be made under `parent_id`; without it, under the organiser's own."""

    kind: OrganisationKind
    name: Name
    parent_id: UUID | None = None


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the tree. Only a city has no parent."""

    id: UUID
    kind: OrganisationKind
    name: str
    parent_id: UUID | None = None


@acting
async def create(actor: Actor, command: OrganisationIn) -> Organisation:
    """A new node in the organiser's subtree.

    A level of government lies under a higher one; every other body lies anywhere.
    """
    found = rights.require_anywhere(actor, Right.EDIT_TREE)
    parent_id = command.parent_id or found[0]
    if not await rights.covers(actor, Right.EDIT_TREE, parent_id):
        raise Invalid([Defect("parent_id", "unknown_id")])
    [parent] = await rows("SELECT kind FROM organisation WHERE id = $1", parent_id)
    if not _may_lie_under(command.kind, OrganisationKind(parent["kind"])):
        raise Conflict("wrong_parent", kind=command.kind.value, parent_kind=parent["kind"])
    return await _insert(command.kind, parent_id, command.name)


def _may_lie_under(kind: OrganisationKind, parent: OrganisationKind) -> bool:
    if kind not in LEVELS:
        return True
    return parent in LEVELS and LEVELS.index(parent) < LEVELS.index(kind)


@as_system
async def create_root(name: str) -> Organisation:
    """A city, the top of a tree. For whoever sets up the service; no account can do this."""
    return await _insert(OrganisationKind.CITY, None, name)


async def _insert(kind: OrganisationKind, parent_id: UUID | None, name: str) -> Organisation:
    async with transaction():
        [row] = await rows(
            "INSERT INTO organisation AS o (id, created_at, kind, parent_id, name, state) "
            f"VALUES ($1, now(), $2, $3, $4, $5) RETURNING {_COLUMNS}",
            new_id(),
            kind.value,
            parent_id,
            name,
            OrganisationState.ACTIVE.value,
        )
    return _view(row)


@acting
async def get(actor: Actor, organisation_id: UUID) -> Organisation:
    """A node of the organiser's subtree, or one to which the volunteer belongs."""
    found = await rows(
        f"{_scope(actor)} SELECT {_COLUMNS} FROM organisation o JOIN subtree USING (id) "
        "WHERE o.id = $2",
        _scope_ids(actor),
        organisation_id,
    )
    if not found:
        raise NotFound
    return _view(found[0])


@acting
async def names(actor: Actor, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of those among the nodes that `get` would give."""
    found = await rows(
        f"{_scope(actor)} SELECT o.id, o.name FROM organisation o JOIN subtree USING (id) "
        "WHERE o.id = ANY($2)",
        _scope_ids(actor),
        list(ids),
    )
    return {row["id"]: row["name"] for row in found}


@acting
async def list_page(
    actor: Actor,
    query: PageQuery,
    *,
    parent_id: UUID | None = None,
    kind: OrganisationKind | None = None,
) -> Page[Organisation]:
    """The nodes that `get` would give, in the order in which they were made."""
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        f"{_scope(actor)} SELECT {_COLUMNS} FROM organisation o JOIN subtree USING (id) "
        "WHERE ($2::uuid IS NULL OR o.parent_id = $2) AND ($3::text IS NULL OR o.kind = $3) "
        "AND ($4::uuid IS NULL OR o.id > $4) ORDER BY o.id LIMIT $5",
        _scope_ids(actor),
        parent_id,
        None if kind is None else kind.value,
        after,
        query.limit + 1,
    )
    return page_of([_view(row) for row in found], [row["id"] for row in found], query.limit)


async def subtree_ids(organisation_ids: list[UUID]) -> list[UUID]:
    """The organisations and everything below them."""
    return [row["id"] for row in await rows(f"{SUBTREE} SELECT id FROM subtree", organisation_ids)]


def _scope(actor: Actor) -> str:
    return SUBTREE if actor.is_staff else _OWN


def _scope_ids(actor: Actor) -> list[UUID]:
    return rights.nodes(actor, Right.SEE_TREE) if actor.is_staff else list(actor.persons)


def _view(row: dict[str, Any]) -> Organisation:
    return Organisation(
        id=row["id"],
        kind=OrganisationKind(row["kind"]),
        name=row["name"],
        parent_id=row["parent_id"],
    )
