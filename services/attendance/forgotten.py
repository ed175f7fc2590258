"""Whoever forgot to check out: the planned end stands for it, and waits for somebody's word."""

from datetime import datetime, timedelta
from uuid import UUID

from models.core import ClaimState, Evidence
from services import audit
from services.attendance.entries import dispute_until, tell_entered
from services.attendance.reading import closes_at, require_lead_of, row_of, view
from services.attendance.types import Attendance, ConfirmIn
from services.audit import Act
from services.database import rows
from services.errors import Conflict
from services.locks import lock_claim
from services.notifications import notify
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.settings import Settings
from services.transactions import transaction

AT_ONCE = 200


@as_system
async def close_due(now: datetime, settings: Settings) -> int:
    """End every stay that nobody ended in time, at its planned end; how many there were.

    One transaction each, so that a shift that is being changed holds up no other.
    """
    due = await rows(
        "SELECT a.claim_id FROM attendance a JOIN claim c ON c.id = a.claim_id "
        "WHERE a.out_at IS NULL AND c.ends_at < $1 ORDER BY c.ends_at, a.id LIMIT $2",
        now - timedelta(minutes=settings.check_out_grace_minutes),
        AT_ONCE,
    )
    closed = 0
    for each in due:
        async with transaction():
            closed += await _close(each["claim_id"], now, settings)
    return closed


async def _close(claim_id: UUID, now: datetime, settings: Settings) -> int:
    await lock_claim(claim_id)
    row = await row_of(claim_id)
    if row["out_at"] is not None or closes_at(row["ends_at"], settings) >= now:
        return 0
    await rows(
        # A shift that was moved to end before they came has an end, too: the moment they came.
        "UPDATE attendance SET out_at = greatest(in_at, $2), out_evidence = 'capped', "
        "out_place = 'unknown', out_recorded_at = $3, needs_confirmation = true "
        "WHERE claim_id = $1",
        claim_id,
        row["ends_at"],
        now,
    )
    await rows(
        "UPDATE claim SET state = 'served', changed_at = $2, version = version + 1 "
        "WHERE id = $1 AND state = 'checked_in'",
        claim_id,
        now,
    )
    await notify(
        "check_out_forgotten",
        row["volunteer_id"],
        about=claim_id,
        once=f"forgotten:{claim_id}",
        project=row["project_name"],
        ends_at=row["ends_at"],
        until=dispute_until(await row_of(claim_id), settings),
    )
    return 1


@acting
async def confirm(
    actor: Actor, claim_id: UUID, command: ConfirmIn, now: datetime, settings: Settings
) -> Attendance:
    """Say as the lead when somebody left who forgot to check out, at the planned end at the latest.

    Raises Conflict("nothing_to_confirm"), ("out_before_in"), ("out_after_end").
    """
    await require_lead_of(actor, await row_of(claim_id))
    async with entered(SYSTEM), transaction():
        await lock_claim(claim_id)
        row = await row_of(claim_id)
        if row["volunteer_id"] in actor.persons:
            raise Conflict("own_attendance")
        if row["confirmed_at"] is not None:
            return view(row, settings)
        is_settled = row["struck_at"] is not None or row["state"] != ClaimState.SERVED
        if row["out_evidence"] != Evidence.CAPPED or is_settled:
            raise Conflict("nothing_to_confirm")
        out_at = command.out_at or row["out_at"]
        if out_at < row["in_at"]:
            raise Conflict("out_before_in", in_at=row["in_at"])
        if out_at > row["out_at"]:
            raise Conflict("out_after_end", ends_at=row["out_at"])
        await rows(
            "UPDATE attendance SET out_at = $2, needs_confirmation = false, confirmed_at = $3, "
            "confirmed_by = $4 WHERE claim_id = $1",
            claim_id,
            out_at,
            now,
            actor.account_id,
        )
        await audit.record(
            Act.ATTENDANCE_CHANGED,
            subject_kind="claim",
            subject_id=claim_id,
            organisation_id=row["organisation_id"],
            account_id=actor.account_id,
            how="lead",
            what="confirmed",
        )
        row = await row_of(claim_id)
        await tell_entered(
            "stay_confirmed_by_lead", row, actor.account_id, settings, at=row["out_at"]
        )
        return view(row, settings)
