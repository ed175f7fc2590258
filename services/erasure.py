"""Asking to be forgotten: a fresh sign-in, seven days in which to change one's mind, then gone.

The same days of grace run for people whom retention finds (`services.retention`).
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from models.core import ErasureReason, new_id
from services import audit, notifications, rights
from services.accounts import require_fresh
from services.audit import Act
from services.database import rows
from services.erasing import erase_account, erase_person
from services.errors import Conflict, NotFound
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.settings import Settings
from services.transactions import transaction

GRACE: Final = timedelta(days=7)
AT_ONCE: Final = 200


class ErasureIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to forget: a ward; without it, whoever asks."""

    volunteer_id: UUID | None = None


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is to be forgotten at `due_at`, unless it is withdrawn before."""

    id: UUID
    volunteer_id: UUID | None = None
    reason: ErasureReason
    asked_at: datetime
    due_at: datetime
    withdrawn_at: datetime | None = None
    done_at: datetime | None = None


_SELECT = "SELECT * FROM erasure"
_OPEN = "withdrawn_at IS NULL AND done_at IS NULL"


@acting
async def ask(actor: Actor, command: ErasureIn, now: datetime, settings: Settings) -> Erasure:
    """Ask to be forgotten, or to have a ward forgotten, in seven days. Twice is once.

    Refused with `sign_in_again` without a fresh sign-in, with `roles_first` while the account holds
    a role, with `wards_first` while it is a child's only guardian.
    """
    volunteer_id = command.volunteer_id or actor.volunteer_id
    if volunteer_id is not None:
        rights.require_own(actor, volunteer_id)
    await require_fresh(actor, now)
    is_self = volunteer_id == actor.volunteer_id
    async with entered(SYSTEM), transaction():
        await rows("SELECT 1 FROM account WHERE id = $1 FOR UPDATE", actor.account_id)
        if is_self:
            await _refuse_tied(actor)
        owner = volunteer_id or actor.account_id
        found = await rows(
            f"{_SELECT} WHERE coalesce(volunteer_id, account_id) = $1 AND {_OPEN}", owner
        )
        if found and found[0]["reason"] == ErasureReason.ASKED.value:
            return _view(found[0])
        if found:  # Retention was about to do it; now it is the person's own wish.
            await rows("UPDATE erasure SET withdrawn_at = $2 WHERE id = $1", found[0]["id"], now)
        made = await begin(
            ErasureReason.ASKED,
            now,
            volunteer_id=volunteer_id,
            account_id=None if volunteer_id else actor.account_id,
        )
        await audit.record(
            Act.ERASURE_ASKED,
            subject_kind="volunteer" if volunteer_id else "account",
            subject_id=owner,
            account_id=actor.account_id,
            due=made.due_at.isoformat(),
        )
        day = f"{made.due_at.astimezone(settings.zone):%Y-%m-%d}"
        await notifications.notify_account("erasure_asked", actor.account_id, day=day)
    return made


async def begin(
    reason: ErasureReason,
    now: datetime,
    *,
    volunteer_id: UUID | None = None,
    account_id: UUID | None = None,
) -> Erasure:
    """Start the days of grace, in the caller's transaction."""
    [row] = await rows(
        "INSERT INTO erasure (id, created_at, volunteer_id, account_id, reason, due_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) RETURNING *",
        new_id(),
        now,
        volunteer_id,
        account_id,
        reason.value,
        now + GRACE,
    )
    return _view(row)


async def _refuse_tied(actor: Actor) -> None:
    if await rows(
        "SELECT 1 FROM role_grant WHERE account_id = $1 AND ended_at IS NULL", actor.account_id
    ):
        raise Conflict("roles_first")
    alone = await rows(
        "SELECT 1 FROM guardianship g JOIN volunteer v ON v.id = g.ward_id "
        "WHERE g.guardian_id = $1 AND g.state = 'verified' AND v.age < 14 AND v.state = 'active' "
        "AND NOT EXISTS (SELECT 1 FROM guardianship o WHERE o.ward_id = g.ward_id "
        "AND o.state = 'verified' AND o.guardian_id <> $1)",
        actor.account_id,
    )
    if alone:
        raise Conflict("wards_first")


@acting
async def present(actor: Actor, volunteer_id: UUID | None) -> Erasure | None:
    """What is under way for oneself or a ward, if anything is."""
    if volunteer_id is not None:
        rights.require_own(actor, volunteer_id)
    async with entered(SYSTEM):
        found = await rows(
            f"{_SELECT} WHERE coalesce(volunteer_id, account_id) = $1 AND {_OPEN}",
            volunteer_id or actor.account_id,
        )
    return _view(found[0]) if found else None


@acting
async def list_mine(actor: Actor, query: PageQuery) -> Page[Erasure]:
    """Every request for oneself and one's wards, the latest first."""
    after = decode_cursor(query.after, UUID) if query.after else None
    async with entered(SYSTEM):
        found = await rows(
            f"{_SELECT} WHERE (volunteer_id = ANY($1::uuid[]) OR account_id = $2) "
            "AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
            list(actor.persons),
            actor.account_id,
            after,
            query.limit + 1,
        )
    return page_of([_view(row) for row in found], [row["id"] for row in found], query.limit)


@acting
async def get(actor: Actor, erasure_id: UUID) -> Erasure:
    """One request, for oneself or a ward."""
    return _view(await _own(actor, erasure_id))


async def _own(actor: Actor, erasure_id: UUID) -> dict[str, Any]:
    async with entered(SYSTEM):
        found = await rows(f"{_SELECT} WHERE id = $1", erasure_id)
    if not found:
        raise NotFound
    [row] = found
    if row["volunteer_id"] not in actor.persons and row["account_id"] != actor.account_id:
        raise NotFound
    return row


@acting
async def withdraw(actor: Actor, erasure_id: UUID, now: datetime) -> Erasure:
    """Change one's mind. Refused with `already_erased` once it is done."""
    await _own(actor, erasure_id)
    async with entered(SYSTEM), transaction():
        [row] = await rows(f"{_SELECT} WHERE id = $1 FOR UPDATE", erasure_id)
        if row["done_at"] is not None:
            raise Conflict("already_erased")
        if row["withdrawn_at"] is None:
            await rows("UPDATE erasure SET withdrawn_at = $2 WHERE id = $1", erasure_id, now)
            await audit.record(
                Act.ERASURE_WITHDRAWN,
                subject_kind="volunteer" if row["volunteer_id"] else "account",
                subject_id=row["volunteer_id"] or row["account_id"],
                account_id=actor.account_id,
            )
    return await get(actor, erasure_id)


@as_system
async def run_due(now: datetime, *, limit: int = AT_ONCE) -> int:
    """Forget those whose days of grace are over; how many. Safe to run twice and at once.

    Whom retention found, and who has signed in since, is not forgotten: that request ends.
    """
    due = await rows(
        f"SELECT id FROM erasure WHERE {_OPEN} AND due_at <= $1 ORDER BY due_at, id LIMIT $2",
        now,
        limit,
    )
    done = 0
    for row in due:
        done += await _carry_out(row["id"], now)
    return done


async def _carry_out(erasure_id: UUID, now: datetime) -> bool:
    async with transaction():
        found = await rows(
            f"{_SELECT} WHERE id = $1 AND {_OPEN} FOR UPDATE SKIP LOCKED", erasure_id
        )
        if not found:
            return False
        [row] = found
        if row["reason"] == ErasureReason.RETENTION.value and await _has_come_back(row):
            await rows("UPDATE erasure SET withdrawn_at = $2 WHERE id = $1", erasure_id, now)
            return False
        if row["volunteer_id"] is None:
            await erase_account(row["account_id"], now)
            await audit.record(Act.ERASED, subject_kind="account", subject_id=row["account_id"])
        elif not await erase_person(row["volunteer_id"], now):
            return False
        await rows("UPDATE erasure SET done_at = $2 WHERE id = $1", erasure_id, now)
    return True


async def _has_come_back(row: dict[str, Any]) -> bool:
    return bool(
        await rows(
            "SELECT 1 FROM volunteer WHERE id = $1 AND active_at > $2",
            row["volunteer_id"],
            row["created_at"],
        )
    )


def _view(row: dict[str, Any]) -> Erasure:
    return Erasure(
        id=row["id"],
        volunteer_id=row["volunteer_id"],
        reason=ErasureReason(row["reason"]),
        asked_at=row["created_at"],
        due_at=row["due_at"],
        withdrawn_at=row["withdrawn_at"],
        done_at=row["done_at"],
    )
