"""Reading the log: auditors see the lines of their subtree, those at the top every line."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services import clock, rights, sealing
from services.audit import Act as Act
from services.database import rows
from services.errors import Defect, Invalid
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import as_system
from services.types import Instant


class AuditQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which lines: of an act, by an account, about something, from and before a time."""

    act: Act | None = None
    account_id: UUID | None = None
    subject_id: UUID | None = None
    organisation_id: UUID | None = None
    since: Instant | None = None
    before: Instant | None = None


class AuditLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the log; `number` is its place in the chain once it is sealed."""

    id: UUID
    at: datetime
    act: Act
    account_id: UUID | None
    account_name: str | None
    subject_kind: str
    subject_id: UUID | None
    organisation_id: UUID | None
    organisation_name: str | None
    facts: dict[str, str | int | bool | list[str] | None]
    number: int | None


class ChainState(msgspec.Struct, frozen=True, kw_only=True):
    """How far the log is sealed, and what waits for it."""

    number: int
    digest: str
    sealed_at: datetime | None
    unsealed: int
    oldest_seconds: float


@acting
async def list_page(actor: Actor, query: AuditQuery) -> Page[AuditLine]:
    """The lines that the account may see, newest first."""
    nodes = rights.require_anywhere(actor, Right.SEE_AUDIT)
    after = decode_cursor(query.after, UUID) if query.after else None
    if query.organisation_id is not None and not await rights.covers(
        actor, Right.SEE_AUDIT, query.organisation_id
    ):
        raise Invalid([Defect("organisation_id", "unknown_id")])
    found = await rows(
        "SELECT e.id, e.created_at, e.act, e.account_id, e.subject_kind, e.subject_id, "
        "e.organisation_id, e.facts, o.name AS organisation_name FROM audit_event e "
        "LEFT JOIN organisation o ON o.id = e.organisation_id "
        "WHERE (e.organisation_id IN (SELECT descendant_id FROM organisation_closure "
        "WHERE ancestor_id = ANY($1::uuid[])) OR (e.organisation_id IS NULL AND EXISTS ("
        "SELECT 1 FROM organisation t WHERE t.parent_id IS NULL AND t.id = ANY($1::uuid[])))) "
        "AND ($2::text IS NULL OR e.act = $2) AND ($3::uuid IS NULL OR e.account_id = $3) "
        "AND ($4::uuid IS NULL OR e.subject_id = $4) AND ($5::uuid IS NULL OR "
        "e.organisation_id IN (SELECT descendant_id FROM organisation_closure "
        "WHERE ancestor_id = $5)) AND ($6::timestamptz IS NULL OR e.created_at >= $6) "
        "AND ($7::timestamptz IS NULL OR e.created_at < $7) AND ($8::uuid IS NULL OR e.id < $8) "
        "ORDER BY e.id DESC LIMIT $9",
        nodes,
        query.act and query.act.value,
        query.account_id,
        query.subject_id,
        query.organisation_id,
        query.since,
        query.before,
        after,
        query.limit + 1,
    )
    lines = await _lines(found)
    return page_of(lines, [row["id"] for row in found], query.limit)


@acting
async def chain_state(actor: Actor) -> ChainState:
    """How far the log is sealed. The chain is one for the whole service."""
    rights.require_anywhere(actor, Right.SEE_AUDIT)
    head, unsealed = await sealing.head(), await sealing.unsealed()
    return ChainState(
        number=head.number,
        digest=head.digest,
        sealed_at=head.sealed_at,
        unsealed=unsealed.count,
        oldest_seconds=round(unsealed.age_seconds(clock.now()), 1),
    )


async def _lines(found: list[dict[str, Any]]) -> list[AuditLine]:
    numbers = await _numbers([row["id"] for row in found])
    names = await _names([row["account_id"] for row in found if row["account_id"]])
    return [
        AuditLine(
            id=row["id"],
            at=row["created_at"],
            act=Act(row["act"]),
            account_id=row["account_id"],
            account_name=names.get(row["account_id"]),
            subject_kind=row["subject_kind"],
            subject_id=row["subject_id"],
            organisation_id=row["organisation_id"],
            organisation_name=row["organisation_name"],
            facts=msgspec.json.decode(row["facts"]),
            number=numbers.get(row["id"]),
        )
        for row in found
    ]


@as_system
async def _numbers(ids: list[UUID]) -> dict[UUID, int]:
    """The places in the chain of lines that the account may see."""
    found = await rows(
        "SELECT event_id, number FROM audit_seal WHERE event_id = ANY($1::uuid[])", ids
    )
    return {row["event_id"]: row["number"] for row in found}


@as_system
async def _names(ids: list[UUID]) -> dict[UUID, str]:
    """What staff are called. Of people who only are volunteers the log shows the id alone."""
    found = await rows(
        "SELECT id, display_name FROM account WHERE id = ANY($1::uuid[]) AND name IS NOT NULL", ids
    )
    return {row["id"]: row["display_name"] for row in found}
