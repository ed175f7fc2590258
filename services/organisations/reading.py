"""Reading the tree: one node, many, the way to the top, and what has happened."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec

from models.core import OrganisationEventKind, OrganisationKind, OrganisationState
from services import rights
from services.codes import plain
from services.database import rows
from services.errors import NotFound
from services.organisations.types import NodeState, Organisation, OrganisationEvent
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.subtrees import SUBTREE

_OWN = """
    WITH subtree(id) AS (
        SELECT organisation_id FROM membership WHERE volunteer_id = ANY($1::uuid[])
        UNION SELECT organisation_id FROM volunteer WHERE id = ANY($1::uuid[])
    )
"""
COLUMNS = "o.id, o.kind, o.name, o.parent_id, o.code, o.credit_code, o.state, o.merged_into_id"
# A code is looked for by how it begins, and where a node has given it up, in its history.
_FOUND = """
    ($5::text IS NULL OR strpos(lower(o.name), lower($5)) > 0
        OR ($6 <> '' AND (starts_with(o.code, $6) OR starts_with(o.credit_code, $6)
            OR EXISTS (SELECT 1 FROM organisation_event e WHERE e.organisation_id = o.id
                AND $6 IN (e.before ->> 'code', e.before ->> 'credit_code')))))
"""


@acting
async def get(actor: Actor, organisation_id: UUID) -> Organisation:
    """A node of the account's subtree, or one to which the volunteer belongs."""
    found = await rows(
        f"{_scope(actor)} SELECT {COLUMNS} FROM organisation o JOIN subtree USING (id) "
        "WHERE o.id = $2",
        _scope_ids(actor),
        organisation_id,
    )
    if not found:
        raise NotFound
    return view(found[0])


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
    text: str | None = None,
    state: OrganisationState | None = None,
) -> Page[Organisation]:
    """The nodes that `get` would give, in the order in which they were made.

    `text` is part of a name, or how a code begins; a code that was given up is found whole.
    """
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        f"{_scope(actor)} SELECT {COLUMNS} FROM organisation o JOIN subtree USING (id) "
        "WHERE ($2::uuid IS NULL OR o.parent_id = $2) AND ($3::text IS NULL OR o.kind = $3) "
        f"AND ($4::uuid IS NULL OR o.id > $4) AND {_FOUND} "
        "AND ($7::text IS NULL OR o.state = $7) ORDER BY o.id LIMIT $8",
        _scope_ids(actor),
        parent_id,
        None if kind is None else kind.value,
        after,
        text or None,
        plain(text or "").upper(),
        None if state is None else state.value,
        query.limit + 1,
    )
    return page_of([view(row) for row in found], [row["id"] for row in found], query.limit)


@acting
async def tops(actor: Actor) -> list[Organisation]:
    """The nodes at which the account's sight begins: none of them lies below another."""
    found = await rows(
        f"SELECT {COLUMNS} FROM organisation o WHERE o.id = ANY($1::uuid[]) AND NOT EXISTS ("
        "SELECT 1 FROM organisation_closure c WHERE c.descendant_id = o.id "
        "AND c.ancestor_id <> o.id AND c.ancestor_id = ANY($1::uuid[])) ORDER BY o.name, o.id",
        rights.nodes(actor, Right.SEE_TREE),
    )
    return [view(row) for row in found]


@acting
async def path(actor: Actor, organisation_id: UUID) -> list[Organisation]:
    """The way down to a node that `get` would give: what lies above it, and itself last."""
    await get(actor, organisation_id)
    found = await rows(
        f"SELECT {COLUMNS}, (SELECT count(*) FROM organisation_closure d "
        "WHERE d.descendant_id = o.id) AS depth FROM organisation_closure c "
        "JOIN organisation o ON o.id = c.ancestor_id WHERE c.descendant_id = $1 ORDER BY depth",
        organisation_id,
    )
    return [view(row) for row in found]


@acting
async def counts_below(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, int]:
    """How many active nodes lie right under each of these."""
    rights.require_anywhere(actor, Right.SEE_TREE)
    found = await rows(
        "SELECT parent_id, count(*) AS count FROM organisation "
        "WHERE parent_id = ANY($1::uuid[]) AND state = 'active' GROUP BY parent_id",
        list(ids),
    )
    return {row["parent_id"]: row["count"] for row in found}


@acting
async def history(actor: Actor, organisation_id: UUID, query: PageQuery) -> Page[OrganisationEvent]:
    """What has happened to a node, the newest first, for those who may see the tree there."""
    await rights.require(actor, Right.SEE_TREE, organisation_id)
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        "SELECT e.*, a.display_name AS account_name FROM organisation_event e "
        "LEFT JOIN account a ON a.id = e.account_id WHERE e.organisation_id = $1 "
        "AND ($2::uuid IS NULL OR e.id < $2) ORDER BY e.id DESC LIMIT $3",
        organisation_id,
        after,
        query.limit + 1,
    )
    return page_of([_event(row) for row in found], [row["id"] for row in found], query.limit)


def view(row: dict[str, Any]) -> Organisation:
    """A row of `COLUMNS` as it is shown."""
    return Organisation(
        id=row["id"],
        kind=OrganisationKind(row["kind"]),
        name=row["name"],
        parent_id=row["parent_id"],
        code=row["code"],
        credit_code=row["credit_code"],
        state=OrganisationState(row["state"]),
        merged_into_id=row["merged_into_id"],
    )


def _event(row: dict[str, Any]) -> OrganisationEvent:
    before = _state(row["before"])
    after = _state(row["after"])
    assert after is not None
    return OrganisationEvent(
        id=row["id"],
        organisation_id=row["organisation_id"],
        kind=OrganisationEventKind(row["kind"]),
        made_at=row["created_at"],
        before=before,
        after=after,
        reason=row["reason"],
        account_id=row["account_id"],
        account_name=row["account_name"],
    )


def _state(written: Any) -> NodeState | None:
    found = msgspec.json.decode(written) if isinstance(written, str) else written
    return msgspec.convert(found, NodeState) if found else None


def _scope(actor: Actor) -> str:
    return SUBTREE if actor.is_staff else _OWN


def _scope_ids(actor: Actor) -> list[UUID]:
    return rights.nodes(actor, Right.SEE_TREE) if actor.is_staff else list(actor.persons)
