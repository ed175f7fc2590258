"""Giving a seat back, as the person who holds it or as their guardian."""

from datetime import datetime
from uuid import UUID

from models.core import ClaimState
from services import audit, minor_alarms, rights
from services.audit import Act
from services.claim_endings import GIVEN_BACK
from services.claims.cutoffs import cutoff_of
from services.claims.reading import get
from services.claims.types import Claim
from services.database import rows
from services.errors import Conflict
from services.locks import lock_claim
from services.rights import Actor, acting
from services.settings import Settings
from services.transactions import transaction


@acting
async def withdraw(actor: Actor, claim_id: UUID, now: datetime, settings: Settings) -> Claim:
    """Give the seat back, as the person whose claim it is, or their guardian. Twice is once.

    Refused with `already_started` when the shift has begun, with `cutoff_passed` where a promised
    seat needs a stand-in by now (unless the shift was moved since), with `state_change_refused`
    where nothing is left to withdraw.
    """
    if not actor.wards:
        rights.require_person(actor)
    async with transaction():
        await lock_claim(claim_id)
        before = await get(actor, claim_id)
        rights.require_own(actor, before.volunteer_id)
        if before.state in GIVEN_BACK.values():
            return before
        if before.state not in GIVEN_BACK:
            raise Conflict("state_change_refused", state=before.state.value)
        if before.shift.starts_at <= now:
            raise Conflict("already_started")
        await _refuse_late(before, now, settings)
        [changed] = await rows(
            "UPDATE claim SET state = $2, changed_at = $3, asked_until = NULL, "
            "version = version + 1 WHERE id = $1 "
            "RETURNING organisation_id",
            claim_id,
            GIVEN_BACK[before.state].value,
            now,
        )
        await rows(
            "UPDATE offer SET answered_at = $2 WHERE claim_id = $1 AND answered_at IS NULL",
            claim_id,
            now,
        )
        await minor_alarms.ask_to_look([before.shift.id])
        await audit.record(
            Act.SEAT_GIVEN_BACK,
            subject_kind="claim",
            subject_id=claim_id,
            organisation_id=changed["organisation_id"],
        )
    return await get(actor, claim_id)


async def _refuse_late(claim: Claim, now: datetime, settings: Settings) -> None:
    """A promise can be taken back until the cut-off; any other hold at any time."""
    if claim.state is not ClaimState.CONFIRMED:
        return
    [row] = await rows(
        "SELECT s.cutoff_minutes, c.asked_until FROM claim c JOIN shift s ON s.id = c.shift_id "
        "WHERE c.id = $1",
        claim.id,
    )
    cutoff_at = cutoff_of(claim.shift.starts_at, row["cutoff_minutes"], settings)
    if row["asked_until"] is None and now > cutoff_at:
        raise Conflict("cutoff_passed", cutoff_at=cutoff_at)
