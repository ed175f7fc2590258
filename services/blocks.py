"""Blocks: an organisation takes no claims of a person until a moment, at its node and below.

The person is told when, until when and why. Seats that they hold are not touched, and rounds do
not propose them there meanwhile.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from models.core import new_id
from services import audit, rights
from services.audit import Act
from services.database import rows
from services.errors import Defect, Invalid, NotFound
from services.notifications import notify
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, entered
from services.transactions import transaction
from services.types import Instant, Reason

DAYS_MAX: Final = 365

_SELECT = (
    "SELECT b.id, b.organisation_id, o.name AS organisation_name, b.volunteer_id, "
    "v.name AS volunteer_name, b.created_at AS made_at, b.ends_at, b.reason FROM block b "
    "JOIN organisation o ON o.id = b.organisation_id JOIN volunteer v ON v.id = b.volunteer_id"
)


class BlockIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom an organisation takes no claims of, until when, and why: the person reads it.

    Without `organisation_id` it is the node at which the account runs work.
    """

    volunteer_id: UUID
    ends_at: Instant
    reason: Reason
    organisation_id: UUID | None = None


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A block: for those who organise there."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    volunteer_id: UUID
    volunteer_name: str
    made_at: datetime
    ends_at: datetime
    reason: str


class Whom(msgspec.Struct, frozen=True, kw_only=True):
    """The person whom a block would be about."""

    id: UUID
    name: str


@acting
async def whom(actor: Actor, volunteer_id: UUID) -> Whom:
    """Somebody whom the account could block: registered at its nodes, a member there, or somebody
    who asked for a seat there."""
    rights.require_anywhere(actor, Right.RUN_WORK)
    found = await rows(
        "SELECT id, name FROM volunteer WHERE id = $1 AND state = 'active'", volunteer_id
    )
    if not found:
        raise NotFound
    return msgspec.convert(found[0], Whom)


@acting
async def add(actor: Actor, command: BlockIn, now: datetime) -> Block:
    """Take no claims of somebody from now until a moment, at most a year away.

    `blocked_already` while an earlier block there has not been lifted or ended.
    """
    organisation_id = await rights.require_right_then_node(
        actor, Right.RUN_WORK, command.organisation_id
    )
    await _refuse_defects(command, now)
    block_id = new_id()
    async with transaction():
        await rows(
            "DELETE FROM block WHERE organisation_id = $1 AND volunteer_id = $2 AND ends_at <= $3",
            organisation_id,
            command.volunteer_id,
            now,
        )
        await rows(
            "INSERT INTO block (id, created_at, organisation_id, volunteer_id, ends_at, reason) "
            "VALUES ($1, $2, $3, $4, $5, $6)",
            block_id,
            now,
            organisation_id,
            command.volunteer_id,
            command.ends_at,
            command.reason,
        )
        [row] = await rows(f"{_SELECT} WHERE b.id = $1", block_id)
        await _record(row, "made")
        await notify(
            "claims_blocked",
            command.volunteer_id,
            about=block_id,
            once=f"block:{block_id}",
            organisation=row["organisation_name"],
            until=command.ends_at,
            reason=command.reason,
        )
    return _view(row)


@acting
async def get(actor: Actor, block_id: UUID) -> Block:
    """One block, for those who organise where it is."""
    return _view(await _row(actor, block_id, Right.SEE_CLAIMS))


@acting
async def list_page(actor: Actor, query: PageQuery, now: datetime) -> Page[Block]:
    """The blocks that hold at nodes whose claims the account sees, newest first."""
    nodes = rights.require_anywhere(actor, Right.SEE_CLAIMS)
    after = decode_cursor(query.after, UUID) if query.after else None
    # The wall decides which blocks; the people of some are registered elsewhere.
    seen = await rows(
        "SELECT b.id FROM block b WHERE b.ends_at > $1 AND b.organisation_id IN "
        "(SELECT descendant_id FROM organisation_closure WHERE ancestor_id = ANY($2::uuid[])) "
        "AND ($3::uuid IS NULL OR b.id < $3) ORDER BY b.id DESC LIMIT $4",
        now,
        nodes,
        after,
        query.limit + 1,
    )
    async with entered(SYSTEM):
        found = await rows(
            f"{_SELECT} WHERE b.id = ANY($1::uuid[]) ORDER BY b.id DESC",
            [row["id"] for row in seen],
        )
    return page_of([_view(row) for row in found], [row["id"] for row in found], query.limit)


@acting
async def lift(actor: Actor, block_id: UUID) -> None:
    """Take the person's claims again from now on."""
    async with transaction():
        row = await _row(actor, block_id, Right.RUN_WORK)
        await rows("DELETE FROM block WHERE id = $1", block_id)
        await _record(row, "lifted")
        await notify(
            "claims_unblocked",
            row["volunteer_id"],
            about=block_id,
            once=f"unblock:{block_id}",
            organisation=row["organisation_name"],
        )


async def _refuse_defects(command: BlockIn, now: datetime) -> None:
    found: list[Defect] = []
    if command.ends_at <= now:
        found.append(Defect("ends_at", "block_in_past"))
    elif command.ends_at > now + timedelta(days=DAYS_MAX):
        found.append(Defect("ends_at", "block_too_long", parameters={"days": DAYS_MAX}))
    # The wall decides: also who asked for a seat there, though they are registered elsewhere.
    if not await rows("SELECT 1 FROM volunteer WHERE id = $1", command.volunteer_id):
        found.append(Defect("volunteer_id", "unknown_id"))
    if found:
        raise Invalid(found)


async def _row(actor: Actor, block_id: UUID, right: Right) -> dict[str, Any]:
    if not await rows("SELECT 1 FROM block WHERE id = $1", block_id):
        raise NotFound
    # Who may see the node's claims need not see everybody who is registered elsewhere.
    async with entered(SYSTEM):
        found = await rows(f"{_SELECT} WHERE b.id = $1", block_id)
    await rights.require(actor, right, found[0]["organisation_id"])
    return found[0]


async def _record(row: dict[str, Any], change: str) -> None:
    await audit.record(
        Act.BLOCK_CHANGED,
        subject_kind="volunteer",
        subject_id=row["volunteer_id"],
        organisation_id=row["organisation_id"],
        change=change,
    )


def _view(row: dict[str, Any]) -> Block:
    return msgspec.convert({name: row[name] for name in Block.__struct_fields__}, Block)
