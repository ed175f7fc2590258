"""The points ledger: transfers that are only ever added; a balance is their sum."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import PointsAccountKind, new_id
from services import rights
from services.database import rows
from services.errors import Conflict, NotFound
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import as_system
from services.transactions import transaction
from services.types import Key, SkillName

Points = Annotated[int, Meta(ge=1, le=1_000_000)]
Reason = SkillName
MERGED = "两条登记合并 merged records"

_SELECT = """
    SELECT t.id, t.key, t.reason, t.created_at, t.reverses_id, a.volunteer_id,
        CASE WHEN t.credit_id = a.id THEN t.points ELSE -t.points END AS points,
        (SELECT r.id FROM points_transfer r WHERE r.reverses_id = t.id) AS reversed_by_id
    FROM points_transfer t JOIN points_account a ON a.id IN (t.credit_id, t.debit_id)
"""


class AwardIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points for a volunteer. The same key again is the same award, never a second one."""

    volunteer_id: UUID
    points: Points
    reason: Reason
    key: Key


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a volunteer's account; `points` is negative where they left it."""

    id: UUID
    key: str
    volunteer_id: UUID
    points: int
    reason: str
    made_at: datetime
    reverses_id: UUID | None = None
    reversed_by_id: UUID | None = None


async def open_account(volunteer_id: UUID) -> UUID:
    """The volunteer's account, opened if there is none; its id."""
    return await _account(PointsAccountKind.VOLUNTEER, volunteer_id)


@acting
async def award(actor: Actor, command: AwardIn, now: datetime) -> Transfer:
    """Give points. The same key and content again is the same award.

    Refused with `key_reused` if the key already stands for something else.
    """
    await _require_registrar(actor, command.volunteer_id)
    async with transaction():
        transfer_id = await transfer(
            key=command.key,
            debit_id=await _account(PointsAccountKind.ISSUER, None),
            credit_id=await open_account(command.volunteer_id),
            points=command.points,
            reason=command.reason,
            now=now,
        )
    return await _get(transfer_id)


@acting
async def reverse(actor: Actor, transfer_id: UUID, key: str, now: datetime) -> Transfer:
    """Take an award back by the opposite transfer: once, and never a reversal itself.

    The same key again is the same reversal; another one is refused with `already_reversed`.
    """
    rights.require_anywhere(actor, Right.AWARD_POINTS)
    async with transaction():
        # Of several at once the first writes, and the others then see what it wrote.
        # The account is what is locked: nobody may change a transfer, not even to hold it.
        found = await rows(
            "SELECT t.* FROM points_transfer t JOIN points_account a ON a.id = t.credit_id "
            "WHERE t.id = $1 FOR NO KEY UPDATE OF a",
            transfer_id,
        )
        if not found:
            raise NotFound
        [original] = found
        await _require_registrar(actor, (await _get(transfer_id)).volunteer_id)
        if original["reverses_id"] is not None:
            raise Conflict("is_reversal")
        reversal_id = await transfer(
            key=key,
            debit_id=original["credit_id"],
            credit_id=original["debit_id"],
            points=original["points"],
            reason=original["reason"],
            now=now,
            reverses_id=transfer_id,
        )
        await _settle_merged((await _get(reversal_id)).volunteer_id, reversal_id, now)
    return await _get(reversal_id)


async def transfer(
    *,
    key: str,
    debit_id: UUID,
    credit_id: UUID,
    points: int,
    reason: str,
    now: datetime,
    reverses_id: UUID | None = None,
) -> UUID:
    """Move points from the debited account to the credited one, once for each key; the row's id."""
    content = (debit_id, credit_id, points, reason, reverses_id)
    made = await rows(
        "INSERT INTO points_transfer "
        "(id, key, created_at, debit_id, credit_id, points, reason, reverses_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (key) DO NOTHING RETURNING id",
        new_id(),
        key,
        now,
        *content,
    )
    if made:
        return UUID(str(made[0]["id"]))
    [first] = await rows(
        "SELECT id, debit_id, credit_id, points, reason, reverses_id FROM points_transfer "
        "WHERE key = $1",
        key,
    )
    if tuple(first.values())[1:] != content:
        raise Conflict("key_reused")
    return UUID(str(first["id"]))


async def move_balance(origin: UUID, target: UUID, *, key: str, now: datetime) -> None:
    """Bring a person's account to zero by one transfer to another person's (or from it, where it
    was below zero). Part of the caller's transaction, for records that turn out to be one."""
    moved = await balance(origin)
    if moved == 0:
        return
    accounts = await open_account(origin), await open_account(target)
    debit_id, credit_id = accounts if moved > 0 else accounts[::-1]
    await transfer(
        key=key,
        debit_id=debit_id,
        credit_id=credit_id,
        points=abs(moved),
        reason=MERGED,
        now=now,
    )


async def balance(volunteer_id: UUID) -> int:
    """The sum of everything that came to the volunteer's account, less what left it."""
    [found] = await rows(
        "SELECT coalesce(sum(points), 0)::bigint AS balance "
        f"FROM ({_SELECT} WHERE a.volunteer_id = $1) lines",
        volunteer_id,
    )
    return int(found["balance"])


@acting
async def list_transfers(actor: Actor, volunteer_id: UUID, query: PageQuery) -> Page[Transfer]:
    """The lines of an account, the latest first: for the person, and for who registered them."""
    if volunteer_id not in actor.persons:
        await _require_registrar(actor, volunteer_id, Right.SEE_PEOPLE)
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    found = await rows(
        f"{_SELECT} WHERE a.volunteer_id = $1 "
        "AND ($2::timestamptz IS NULL OR (t.created_at, t.id) < ($2, $3::uuid)) "
        "ORDER BY t.created_at DESC, t.id DESC LIMIT $4",
        volunteer_id,
        *after,
        query.limit + 1,
    )
    keys = [(row["created_at"], row["id"]) for row in found]
    return page_of([_view(row) for row in found], keys, query.limit)


async def _account(kind: PointsAccountKind, volunteer_id: UUID | None) -> UUID:
    await rows(
        "INSERT INTO points_account (id, created_at, kind, volunteer_id) "
        "VALUES ($1, now(), $2, $3) ON CONFLICT DO NOTHING",
        new_id(),
        kind.value,
        volunteer_id,
    )
    [found] = await rows(
        "SELECT id FROM points_account WHERE kind = $1 AND volunteer_id IS NOT DISTINCT FROM $2",
        kind.value,
        volunteer_id,
    )
    return UUID(str(found["id"]))


async def _require_registrar(
    actor: Actor, volunteer_id: UUID, right: Right = Right.AWARD_POINTS
) -> None:
    rights.require_anywhere(actor, right)
    found = await rows("SELECT organisation_id FROM volunteer WHERE id = $1", volunteer_id)
    if not found:
        raise NotFound
    await rights.require(actor, right, found[0]["organisation_id"])


@as_system
async def _settle_merged(volunteer_id: UUID, reversal_id: UUID, now: datetime) -> None:
    """What is taken back from a record that was merged is taken from the one that goes on."""
    found = await rows("SELECT kept_id FROM person_merge WHERE merged_id = $1", volunteer_id)
    for row in found:
        await move_balance(volunteer_id, row["kept_id"], key=f"merge:{reversal_id}", now=now)


async def _get(transfer_id: UUID) -> Transfer:
    [row] = await rows(f"{_SELECT} WHERE t.id = $1 AND a.kind = 'volunteer'", transfer_id)
    return _view(row)


def _view(row: dict[str, Any]) -> Transfer:
    return Transfer(
        id=row["id"],
        key=row["key"],
        volunteer_id=row["volunteer_id"],
        points=row["points"],
        reason=row["reason"],
        made_at=row["created_at"],
        reverses_id=row["reverses_id"],
        reversed_by_id=row["reversed_by_id"],
    )
