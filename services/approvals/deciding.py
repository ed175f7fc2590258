"""Asking, approving, refusing, taking back, and what nobody decided in time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from models.core import new_id
from services import audit, rights
from services.approvals.reading import decided, get, locked
from services.approvals.types import RULES, Approval, ApprovalKind, ApprovalState, Decided
from services.audit import Act
from services.database import rows
from services.errors import Conflict, Forbidden
from services.rights import Actor, acting
from services.scope import as_system
from services.transactions import transaction

GOOD_FOR = timedelta(days=7)


@acting
async def request(
    actor: Actor,
    kind: ApprovalKind,
    organisation_id: UUID,
    command: Mapping[str, str],
    reason: str,
    now: datetime,
    *,
    concerns: UUID | None = None,
) -> Approval:
    """Ask for something to be done at a node. `command` holds ids and codes, nothing personal.

    `concerns` is the account that gains by it, which cannot approve. Raises Forbidden without the
    kind's right there, Conflict (`already_asked`) while the same waits for a decision.
    """
    _refuse_machine(actor)
    await rights.require(actor, RULES[kind].asks, organisation_id)
    async with transaction():
        await _refuse_twice(kind, organisation_id, command)
        approval_id = new_id()
        await rows(
            "INSERT INTO approval (id, created_at, kind, state, organisation_id, command, reason, "
            "requested_by, concerns, expires_at) "
            "VALUES ($1, $2, $3, 'requested', $4, $5::jsonb, $6, $7, $8, $9)",
            approval_id,
            now,
            kind.value,
            organisation_id,
            msgspec.json.encode(dict(command)).decode(),
            reason,
            actor.account_id,
            concerns,
            now + GOOD_FOR,
        )
        await _log(Act.APPROVAL_REQUESTED, approval_id, organisation_id, kind)
    return await get(actor, approval_id, now)


@acting
async def approve(actor: Actor, approval_id: UUID, now: datetime) -> Approval:
    """Approve what somebody else asked for; it is done at once, in the same transaction.

    Raises Forbidden for whoever asked (`second_person_needed`), gains (`not_for_oneself`) or lacks
    the kind's right there; Conflict where it was decided or is too late.
    """
    async with transaction():
        asked, kind = await _to_decide(actor, approval_id, now)
        await _decide(approval_id, ApprovalState.APPROVED, actor, now)
        await RULES[kind].execute(actor, asked)
        await _log(
            Act.APPROVAL_DECIDED, approval_id, asked.organisation_id, kind, decision="approved"
        )
    return await get(actor, approval_id, now)


@acting
async def refuse(actor: Actor, approval_id: UUID, now: datetime) -> Approval:
    """Say no to what somebody else asked for. Refused itself as `approve` is."""
    async with transaction():
        asked, kind = await _to_decide(actor, approval_id, now)
        await _decide(approval_id, ApprovalState.REFUSED, actor, now)
        await _log(
            Act.APPROVAL_DECIDED, approval_id, asked.organisation_id, kind, decision="refused"
        )
    return await get(actor, approval_id, now)


@acting
async def withdraw(actor: Actor, approval_id: UUID, now: datetime) -> Approval:
    """Take one's own request back. Raises Forbidden (`not_your_request`) for anybody else's."""
    async with transaction():
        row = await locked(actor, approval_id)
        if row["requested_by"] != actor.account_id:
            raise Forbidden("not_your_request")
        _require_open(row, now)
        await _decide(approval_id, ApprovalState.WITHDRAWN, actor, now)
        kind = ApprovalKind(row["kind"])
        await _log(
            Act.APPROVAL_DECIDED, approval_id, row["organisation_id"], kind, decision="withdrawn"
        )
    return await get(actor, approval_id, now)


@as_system
async def expire_due(now: datetime) -> int:
    """End the requests that nobody decided in time; how many there were."""
    async with transaction():
        late = await rows(
            "UPDATE approval SET state = 'expired', decided_at = $1 WHERE state = 'requested' "
            "AND expires_at <= $1 RETURNING id, organisation_id, kind",
            now,
        )
        for row in late:
            await _log(
                Act.APPROVAL_DECIDED,
                row["id"],
                row["organisation_id"],
                ApprovalKind(row["kind"]),
                decision="expired",
            )
    return len(late)


async def _to_decide(
    actor: Actor, approval_id: UUID, now: datetime
) -> tuple[Decided, ApprovalKind]:
    """The request, held until the transaction ends, if this account may decide it."""
    _refuse_machine(actor)
    row = await locked(actor, approval_id)
    if row["requested_by"] == actor.account_id:
        raise Forbidden("second_person_needed")
    if row["concerns"] == actor.account_id:
        raise Forbidden("not_for_oneself")
    kind = ApprovalKind(row["kind"])
    rule, asked = RULES[kind], decided(row, now)
    await rights.require(actor, rule.approves, asked.organisation_id)
    if rule.may_approve is not None:
        await rule.may_approve(actor, asked)
    _require_open(row, now)
    return asked, kind


def _require_open(row: dict[str, Any], now: datetime) -> None:
    if row["state"] == "requested" and row["expires_at"] <= now:
        raise Conflict("approval_expired", expires_at=row["expires_at"])
    if row["state"] != "requested":
        raise Conflict("approval_decided", state=row["state"])


async def _decide(approval_id: UUID, state: ApprovalState, actor: Actor, now: datetime) -> None:
    await rows(
        "UPDATE approval SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1",
        approval_id,
        state.value,
        actor.account_id,
        now,
    )


async def _refuse_twice(
    kind: ApprovalKind, organisation_id: UUID, command: Mapping[str, str]
) -> None:
    if await rows(
        "SELECT 1 FROM approval WHERE kind = $1 AND organisation_id = $2 "
        "AND command = $3::jsonb AND state = 'requested'",
        kind.value,
        organisation_id,
        msgspec.json.encode(dict(command)).decode(),
    ):
        raise Conflict("already_asked")


def _refuse_machine(actor: Actor) -> None:
    if actor.is_machine:
        raise Forbidden("people_only")


async def _log(
    act: Act,
    approval_id: UUID,
    organisation_id: UUID,
    kind: ApprovalKind,
    decision: str | None = None,
) -> None:
    facts = {"kind": kind.value} | ({"decision": decision} if decision else {})
    await audit.record(
        act,
        subject_kind="approval",
        subject_id=approval_id,
        organisation_id=organisation_id,
        account_id=None,
        **facts,
    )
