"""The organisation tree, and who may act where in it."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from models.core import AccountRole, new_id
from models.core import OrganisationKind as OrganisationKind
from services.accounts import Actor, require_organiser, require_volunteer
from services.database import rows
from services.errors import Conflict, Defect, Invalid, NotFound
from services.paging import Page, PageQuery, decode_cursor, page_of
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
    WITH RECURSIVE subtree(id) AS (
        SELECT id FROM organisation WHERE id = $1
        UNION SELECT o.id FROM organisation o JOIN subtree s ON o.parent_id = s.id
    )
"""
"""The organisation of the first argument and everything below it, as `subtree(id)`."""

_ABOVE = """
    WITH RECURSIVE above(id, parent_id) AS (
        SELECT id, parent_id FROM organisation WHERE id = $1
        UNION SELECT o.id, o.parent_id FROM organisation o JOIN above a ON o.id = a.parent_id
    ) SELECT 1 FROM above WHERE id = $2
"""
_OWN = """
    WITH subtree(id) AS (
        SELECT organisation_id FROM membership WHERE volunteer_id = $1
        UNION SELECT organisation_id FROM volunteer WHERE id = $1
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


async def create(actor: Actor, command: OrganisationIn) -> Organisation:
    """A new node in the organiser's subtree.

    A level of government lies under a higher one; every other body lies anywhere.
    """
    own_id = require_organiser(actor)
    parent_id = command.parent_id or own_id
    if not await is_in_subtree(actor, parent_id):
        raise Invalid([Defect("parent_id", "unknown_id")])
    [parent] = await rows("SELECT kind FROM organisation WHERE id = $1", parent_id)
    if not _may_lie_under(command.kind, OrganisationKind(parent["kind"])):
        raise Conflict("wrong_parent", kind=command.kind.value, parent_kind=parent["kind"])
    return await _insert(command.kind, parent_id, command.name)


def _may_lie_under(kind: OrganisationKind, parent: OrganisationKind) -> bool:
    if kind not in LEVELS:
        return True
    return parent in LEVELS and LEVELS.index(parent) < LEVELS.index(kind)


async def create_root(name: str) -> Organisation:
    """A city, the top of a tree. For whoever sets up the service; no account can do this."""
    return await _insert(OrganisationKind.CITY, None, name)


async def _insert(kind: OrganisationKind, parent_id: UUID | None, name: str) -> Organisation:
    async with transaction():
        [row] = await rows(
            "INSERT INTO organisation AS o (id, created_at, kind, parent_id, name) "
            f"VALUES ($1, now(), $2, $3, $4) RETURNING {_COLUMNS}",
            new_id(),
            kind.value,
            parent_id,
            name,
        )
    return _view(row)


async def get(actor: Actor, organisation_id: UUID) -> Organisation:
    """A node of the organiser's subtree, or one to which the volunteer belongs."""
    found = await rows(
        f"{_scope(actor)} SELECT {_COLUMNS} FROM organisation o JOIN subtree USING (id) "
        "WHERE o.id = $2",
        _scope_id(actor),
        organisation_id,
    )
    if not found:
        raise NotFound
    return _view(found[0])


async def names(actor: Actor, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of those among the nodes that `get` would give."""
    found = await rows(
        f"{_scope(actor)} SELECT o.id, o.name FROM organisation o JOIN subtree USING (id) "
        "WHERE o.id = ANY($2)",
        _scope_id(actor),
        list(ids),
    )
    return {row["id"]: row["name"] for row in found}


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
        _scope_id(actor),
        parent_id,
        None if kind is None else kind.value,
        after,
        query.limit + 1,
    )
    return page_of([_view(row) for row in found], [row["id"] for row in found], query.limit)


async def subtree_ids(organisation_id: UUID) -> list[UUID]:
    """The organisation and everything below it; empty if there is no such organisation."""
    return [row["id"] for row in await rows(f"{SUBTREE} SELECT id FROM subtree", organisation_id)]


async def is_in_subtree(actor: Actor | None, organisation_id: UUID) -> bool:
    """Whether this is the actor's organisation, or lies below it; never for a volunteer."""
    if actor is None or actor.role is not AccountRole.ORGANISER:
        return False
    return bool(await rows(_ABOVE, organisation_id, actor.organisation_id))


async def require_in_subtree(actor: Actor, organisation_id: UUID) -> None:
    """Refuse what lies outside: NotFound to organisers, Forbidden to volunteers."""
    require_organiser(actor)
    if not await is_in_subtree(actor, organisation_id):
        raise NotFound


def _scope(actor: Actor) -> str:
    return SUBTREE if actor.role is AccountRole.ORGANISER else _OWN


def _scope_id(actor: Actor) -> UUID:
    is_organiser = actor.role is AccountRole.ORGANISER
    return require_organiser(actor) if is_organiser else require_volunteer(actor)


def _view(row: dict[str, Any]) -> Organisation:
    return Organisation(
        id=row["id"],
        kind=OrganisationKind(row["kind"]),
        name=row["name"],
        parent_id=row["parent_id"],
    )
