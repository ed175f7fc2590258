"""Which requests an account may see, and which wait for it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services import rights
from services.approvals.types import (
    RULES,
    Approval,
    ApprovalKind,
    ApprovalQuery,
    ApprovalState,
    Decided,
    Whose,
)
from services.database import rows
from services.errors import Forbidden, NotFound
from services.paging import Page, decode_cursor, page_of
from services.rights import Actor, OutOfScope, acting
from services.scope import as_system

# Whatever is asked of the requests begins with `_seen`: $1 the account, $2 the kinds and nodes for
# which it may ask or approve, as texts `kind:node`.
_AT = (
    "EXISTS (SELECT 1 FROM organisation_closure c WHERE c.descendant_id = a.organisation_id "
    "AND a.kind || ':' || c.ancestor_id::text = ANY({pairs}::text[]))"
)
_SEEN = f"(a.requested_by = $1 OR a.concerns = $1 OR {_AT.format(pairs='$2')})"
_SELECT = (
    "SELECT a.*, o.name AS organisation_name FROM approval a "
    "JOIN organisation o ON o.id = a.organisation_id"
)


def seen(actor: Actor) -> tuple[UUID, list[str]]:
    asks = {
        f"{kind.value}:{node}"
        for kind, rule in RULES.items()
        for node in rights.nodes(actor, rule.asks)
    }
    return actor.account_id, sorted(asks.union(_approves(actor)))


def _approves(actor: Actor) -> list[str]:
    return sorted(
        f"{kind.value}:{node}"
        for kind, rule in RULES.items()
        for node in rights.nodes(actor, rule.approves)
    )


@acting
async def get(actor: Actor, approval_id: UUID, now: datetime) -> Approval:
    """A request that the account made, that concerns it, or of a node where it may ask or
    approve such."""
    found = await rows(f"{_SELECT} WHERE {_SEEN} AND a.id = $3", *seen(actor), approval_id)
    if not found:
        raise NotFound
    [approval] = await _views(actor, found, now)
    return approval


@acting
async def list_page(actor: Actor, query: ApprovalQuery, now: datetime) -> Page[Approval]:
    """What `get` would give, newest first."""
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        f"{_SELECT} WHERE {_SEEN} AND ($3::uuid[] IS NULL OR a.id = ANY($3)) "
        "AND ($4::text <> 'mine' OR a.requested_by = $1) "
        "AND ($5::text IS NULL OR a.kind = $5) AND ($6::text IS NULL OR a.state = $6) "
        "AND ($7::uuid IS NULL OR a.id < $7) ORDER BY a.id DESC LIMIT $8",
        *seen(actor),
        sorted(await _to_decide(actor, now)) if query.whose is Whose.TO_DECIDE else None,
        query.whose.value,
        query.kind and query.kind.value,
        query.state and query.state.value,
        after,
        query.limit + 1,
    )
    views = await _views(actor, found, now)
    return page_of(views, [row["id"] for row in found], query.limit)


@acting
async def count_to_decide(actor: Actor, now: datetime) -> int:
    """How many requests wait for this account."""
    return len(await _to_decide(actor, now))


async def locked(actor: Actor, approval_id: UUID) -> dict[str, Any]:
    """The row of a request that the account may see, held until the transaction ends."""
    found = await rows(
        f"SELECT a.* FROM approval a WHERE {_SEEN} AND a.id = $3 FOR UPDATE OF a",
        *seen(actor),
        approval_id,
    )
    if not found:
        raise OutOfScope
    return found[0]


async def _views(actor: Actor, found: list[dict[str, Any]], now: datetime) -> list[Approval]:
    people = {row[part] for row in found for part in ("requested_by", "concerns", "decided_by")}
    names = await _names([person for person in people if person is not None])
    mine = await _to_decide(actor, now, [row["id"] for row in found])
    return [
        Approval(
            id=row["id"],
            kind=ApprovalKind(row["kind"]),
            state=ApprovalState(row["state"]),
            organisation_id=row["organisation_id"],
            organisation_name=row["organisation_name"],
            command=msgspec.json.decode(row["command"], type=dict[str, str]),
            reason=row["reason"],
            requested_at=row["created_at"],
            requested_by=row["requested_by"],
            requested_by_name=names.get(row["requested_by"], ""),
            concerns=row["concerns"],
            concerns_name=names.get(row["concerns"]),
            decided_at=row["decided_at"],
            decided_by_name=names.get(row["decided_by"]),
            expires_at=row["expires_at"],
            may_decide=row["id"] in mine,
            may_withdraw=row["requested_by"] == actor.account_id and _is_open(row, now),
        )
        for row in found
    ]


async def _to_decide(actor: Actor, now: datetime, only: list[UUID] | None = None) -> set[UUID]:
    """The requests that this account may approve or refuse now; of `only` these, if given."""
    found = await rows(
        f"SELECT a.* FROM approval a WHERE {_SEEN} AND a.state = 'requested' "
        "AND a.expires_at > $4 AND a.requested_by <> $1 AND a.concerns IS DISTINCT FROM $1 "
        f"AND {_AT.format(pairs='$3')} AND ($5::uuid[] IS NULL OR a.id = ANY($5))",
        *seen(actor),
        _approves(actor),
        now,
        only,
    )
    return {row["id"] for row in found if await _may_approve(actor, row, now)}


async def _may_approve(actor: Actor, row: dict[str, Any], now: datetime) -> bool:
    further = RULES[ApprovalKind(row["kind"])].may_approve
    if further is None:
        return True
    try:
        await further(actor, decided(row, now))
    except Forbidden:
        return False
    return True


def decided(row: dict[str, Any], now: datetime) -> Decided:
    """What an executor is told of the request in this row."""
    return Decided(
        id=row["id"],
        organisation_id=row["organisation_id"],
        command=msgspec.json.decode(row["command"], type=dict[str, str]),
        requested_by=row["requested_by"],
        concerns=row["concerns"],
        now=now,
    )


@as_system
async def _names(ids: list[UUID]) -> dict[UUID, str]:
    """What the accounts are called: whoever may see a request may see between whom it is."""
    found = await rows("SELECT id, display_name FROM account WHERE id = ANY($1::uuid[])", ids)
    return {row["id"]: row["display_name"] for row in found}


def _is_open(row: dict[str, Any], now: datetime) -> bool:
    return bool(row["state"] == "requested" and row["expires_at"] > now)
