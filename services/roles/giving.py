"""Giving roles by two people, and ending them by one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import AccountState, new_id
from services import accounts, approvals, audit, rights
from services.accounts import EndReason
from services.approvals import Approval, ApprovalKind, Decided, Rule
from services.audit import Act
from services.database import rows
from services.errors import Conflict, Defect, Forbidden, Invalid
from services.rights import Actor, OutOfScope, Right, RoleName, acting
from services.roles.reading import may_give
from services.roles.types import THREE, GrantIn
from services.scope import as_system
from services.transactions import transaction


@acting
async def request(actor: Actor, command: GrantIn, now: datetime) -> Approval:
    """Ask that an account be given a role at a node; a second person approves.

    Raises Forbidden for a role that the asker's own roles do not give there (`role_not_yours`) and
    for oneself, Conflict where the account cannot hold it (`already_held`, `three_apart`).
    """
    await rights.require(actor, Right.GRANT_ROLES, command.organisation_id)
    if command.account_id == actor.account_id:
        raise Forbidden("not_for_oneself")
    await _require_giver(actor, command.role, command.organisation_id)
    if command.ends_at is not None and command.ends_at <= now:
        raise Invalid([Defect("ends_at", "deadline_in_past")])
    await _require_able(command.account_id, command.role, command.organisation_id)
    asked = {"account_id": str(command.account_id), "role": command.role.value}
    if command.ends_at is not None:
        asked["ends_at"] = command.ends_at.isoformat()
    return await approvals.request(
        actor,
        ApprovalKind.ROLE_GRANT,
        command.organisation_id,
        asked,
        command.reason,
        now,
        concerns=command.account_id,
    )


async def _may_approve(actor: Actor, decided: Decided) -> None:
    await _require_giver(actor, _asked(decided.command).role, decided.organisation_id)


async def _grant(actor: Actor, decided: Decided) -> None:
    """What the approval does: the role is there from the account's next request on."""
    asked = _asked(decided.command)
    await _require_able(asked.account_id, asked.role, decided.organisation_id)
    if asked.ends_at is not None and asked.ends_at <= decided.now:
        raise Conflict("approval_expired", expires_at=asked.ends_at)
    await rows(
        "INSERT INTO role_grant (id, created_at, account_id, role, organisation_id, approval_id, "
        "ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new_id(),
        decided.now,
        asked.account_id,
        asked.role.value,
        decided.organisation_id,
        decided.id,
        asked.ends_at,
    )
    await audit.record(
        Act.ROLE_GRANTED,
        subject_kind="account",
        subject_id=asked.account_id,
        organisation_id=decided.organisation_id,
        role=asked.role.value,
        approval=str(decided.id),
    )


approvals.register(
    ApprovalKind.ROLE_GRANT,
    Rule(
        asks=Right.GRANT_ROLES,
        approves=Right.APPROVE_ROLES,
        execute=_grant,
        may_approve=_may_approve,
    ),
)


@acting
async def end(actor: Actor, grant_id: UUID, now: datetime) -> None:
    """End a role at once; one person suffices, and anybody may give up their own.

    The account's sessions end with it. Raises Conflict (`last_of_its_kind`) for the last security
    administrator, without whom no role could be given any more.
    """
    async with transaction():
        found = await rows(
            "SELECT id, account_id, role, organisation_id FROM role_grant "
            "WHERE id = $1 AND ended_at IS NULL FOR UPDATE",
            grant_id,
        )
        if not found:
            raise OutOfScope
        [grant] = found
        role = RoleName(grant["role"])
        if grant["account_id"] != actor.account_id:
            await rights.require(actor, Right.GRANT_ROLES, grant["organisation_id"])
            await _require_giver(actor, role, grant["organisation_id"])
        await _refuse_last(role, grant["organisation_id"])
        await rows(
            "UPDATE role_grant SET ended_at = $2, ended_by = $3 WHERE id = $1",
            grant_id,
            now,
            actor.account_id,
        )
        await _lost(grant, now, how="ended")


@as_system
async def end_due(now: datetime) -> int:
    """End the roles whose time is over; how many there were."""
    async with transaction():
        over = await rows(
            "UPDATE role_grant SET ended_at = $1 WHERE ended_at IS NULL AND ends_at <= $1 "
            "RETURNING id, account_id, role, organisation_id",
            now,
        )
        for grant in over:
            await _lost(grant, now, how="ran out")
    return len(over)


async def _lost(grant: dict[str, Any], now: datetime, *, how: str) -> None:
    await audit.record(
        Act.ROLE_ENDED,
        subject_kind="account",
        subject_id=grant["account_id"],
        organisation_id=grant["organisation_id"],
        role=grant["role"],
        how=how,
    )
    await accounts.end_sessions(grant["account_id"], EndReason.ROLE_LOST.value, now)


class _Asked(msgspec.Struct, frozen=True):
    account_id: UUID
    role: RoleName
    ends_at: datetime | None = None


def _asked(command: Mapping[str, str]) -> _Asked:
    return msgspec.convert(dict(command), _Asked, strict=False)


async def _require_giver(actor: Actor, role: RoleName, organisation_id: UUID) -> None:
    if await may_give(actor, role, organisation_id):
        return
    raise Forbidden("top_only" if role in THREE else "role_not_yours", role=role.value)


@as_system
async def _require_able(account_id: UUID, role: RoleName, organisation_id: UUID) -> None:
    """Whether the account can hold the role there, whatever else it holds and where."""
    account = await rows("SELECT state, name FROM account WHERE id = $1 FOR SHARE", account_id)
    if not account or account[0]["name"] is None:
        raise Invalid([Defect("account_id", "unknown_id")])
    if account[0]["state"] != AccountState.ACTIVE.value:
        raise Conflict("account_not_active")
    node = await rows("SELECT state FROM organisation WHERE id = $1", organisation_id)
    if not node or node[0]["state"] != "active":
        raise Conflict("organisation_not_active")
    held = await rows(
        "SELECT role, organisation_id FROM role_grant WHERE account_id = $1 AND ended_at IS NULL",
        account_id,
    )
    if any(row["role"] == role.value and row["organisation_id"] == organisation_id for row in held):
        raise Conflict("already_held", role=role.value)
    if role in THREE and any(RoleName(row["role"]) in THREE - {role} for row in held):
        raise Conflict("three_apart")


@as_system
async def _refuse_last(role: RoleName, organisation_id: UUID) -> None:
    if role is not RoleName.SECURITY_ADMINISTRATOR:
        return
    # Locked, so that two who go at once do not both see the other.
    held = await rows(
        "SELECT id FROM role_grant WHERE role = $1 AND organisation_id = $2 AND ended_at IS NULL "
        "ORDER BY id FOR UPDATE",
        role.value,
        organisation_id,
    )
    if len(held) < 2:
        raise Conflict("last_of_its_kind", role=role.value)
