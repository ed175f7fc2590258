"""Deciding a dispute: the stay stands, has other times, or is struck out. Nothing is lost by it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from models.core import Evidence, Whereabouts
from services.attendance.entries import dispute_until
from services.attendance.own import DISPUTE_ANSWER_PLACE
from services.attendance.reading import closes_at, opens_at
from services.database import rows
from services.errors import Conflict
from services.locks import lock_claim
from services.my_record.deciders import hands_in
from services.my_record.disputing import (
    dispute_row,
    log,
    require_organiser,
    require_seen,
)
from services.my_record.stays import view_dispute
from services.my_record.types import Dispute, DisputeDecision, DisputeOutcome
from services.notifications import notify
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.transactions import transaction
from services.vault import keyring


@acting
async def decide(
    actor: Actor, dispute_id: UUID, command: DisputeDecision, now: datetime, settings: Settings
) -> Dispute:
    """Decide as an organiser who neither led the shift nor entered any of the stay (A8).

    Raises Conflict("dispute_needs_another") to those who did, and to its person; and
    ("dispute_decided"), ("stay_running"), ("out_before_in"), ("outside_shift").
    """
    await require_seen(dispute_id)
    _, row = await dispute_row(dispute_id)
    await require_organiser(actor, row)
    async with entered(SYSTEM), transaction():
        await lock_claim(row["claim_id"])
        found, row = await dispute_row(dispute_id)
        if row["volunteer_id"] in actor.records or actor.account_id in await hands_in(row):
            raise Conflict("dispute_needs_another")
        if found["decided_at"] is not None:
            raise Conflict("dispute_decided")
        if command.outcome is not DisputeOutcome.STANDS:
            await _change(actor, row, command, now, settings)
        await _answer(actor, found, command, now)
        found, row = await dispute_row(dispute_id)
        await log(actor.account_id, row, command.outcome.value)
        await _tell(found, row, settings)
    return view_dispute(found)


async def _change(
    actor: Actor, row: dict[str, Any], command: DisputeDecision, now: datetime, settings: Settings
) -> None:
    """Write the stay as it is from now on; the database keeps what it said before."""
    if row["out_at"] is None:
        raise Conflict("stay_running")
    if command.outcome is DisputeOutcome.STRUCK:
        await rows(
            "UPDATE attendance SET struck_at = $2, corrected_at = $2, corrected_by = $3 "
            "WHERE claim_id = $1",
            row["claim_id"],
            now,
            actor.account_id,
        )
        return
    in_at, out_at = command.in_at or row["in_at"], command.out_at or row["out_at"]
    _refuse_times(in_at, out_at, row, now, settings)
    came = _moment(actor, row, "in", in_at, now)
    left = _moment(actor, row, "out", out_at, now)
    await rows(
        # One statement: what stood before is kept once.
        "UPDATE attendance SET in_at = $4, in_evidence = $5, in_place = $6, in_recorded_at = $7, "
        "in_by = $8, out_at = $9, out_evidence = $10, out_place = $11, out_recorded_at = $12, "
        "out_by = $13, corrected_at = $2, corrected_by = $3, struck_at = NULL, "
        "needs_confirmation = false WHERE claim_id = $1",
        row["claim_id"],
        now,
        actor.account_id,
        *came,
        *left,
    )


def _moment(
    actor: Actor, row: dict[str, Any], way: str, at: datetime, now: datetime
) -> tuple[Any, ...]:
    """Coming or going as it was decided; as it was noted, where that stays."""
    is_known = row[f"{way}_evidence"] != Evidence.CAPPED
    if at == row[f"{way}_at"] and is_known:
        names = ("at", "evidence", "place", "recorded_at", "by")
        return tuple(row[f"{way}_{name}"] for name in names)
    # A position was compared when they came; of another moment nothing is known.
    return at, Evidence.DECISION.value, Whereabouts.UNKNOWN.value, now, actor.account_id


def _refuse_times(
    in_at: datetime, out_at: datetime, row: dict[str, Any], now: datetime, settings: Settings
) -> None:
    """Nobody is written down to have been there when the door was shut, or in time to come."""
    if out_at < in_at:
        raise Conflict("out_before_in", in_at=in_at)
    first = min(opens_at(row["starts_at"], settings), row["in_at"])
    last = min(max(closes_at(row["ends_at"], settings), row["out_at"]), now)
    if in_at < first or out_at > last:
        raise Conflict("outside_shift", first=first, last=last)


async def _answer(
    actor: Actor, found: dict[str, Any], command: DisputeDecision, now: datetime
) -> None:
    stands = command.outcome is DisputeOutcome.STANDS
    await rows(
        "UPDATE dispute SET state = $2, decided_at = $3, decided_by = $4, answer_cipher = $5 "
        "WHERE id = $1",
        found["id"],
        "rejected" if stands else "upheld",
        now,
        actor.account_id,
        keyring().encrypt(DISPUTE_ANSWER_PLACE, found["id"], command.answer),
    )


async def _tell(found: dict[str, Any], row: dict[str, Any], settings: Settings) -> None:
    is_upheld = found["state"] == "upheld"
    facts = {"until": dispute_until(row, settings)} if is_upheld else {}
    await notify(
        "dispute_upheld" if is_upheld else "dispute_rejected",
        row["volunteer_id"],
        about=row["claim_id"],
        once=f"dispute_decided:{found['id']}",
        urgent=False,
        project=row["project_name"],
        starts_at=row["starts_at"],
        **facts,
    )
