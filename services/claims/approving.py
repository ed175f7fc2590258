"""Approve-first: an organiser says yes or no to who asks for a seat, and chooses among those who
wait for one."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import ClaimMode, ClaimState
from services import activity_consents, audit, rights
from services.audit import Act
from services.claims import queues
from services.claims.asking import Answer, ask_about
from services.claims.reading import SELECT, get
from services.claims.types import Claim
from services.database import rows
from services.errors import Conflict, NotFound
from services.locks import lock_claim
from services.notifications import Told, notify_many
from services.refusals import Refusal, Refused
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.transactions import transaction
from services.types import Reason

_S = ClaimState
OF_THE_SHIFT = frozenset(
    {
        *(Refusal.ENDED, Refusal.CALLED_OFF, Refusal.INSURANCE, Refusal.FULL, Refusal.OPENS_AT),
        Refusal.ADULT_MISSING,
    }
)
"""What an organiser is told in full: it is about their own shift. The rest is the person's."""


class RefuseIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why somebody is not taken: told to them, and kept nowhere else."""

    reason: Reason | None = None


@acting
async def approve(actor: Actor, claim_id: UUID, now: datetime, settings: Settings) -> Claim:
    """Take somebody who asked, as an organiser. Twice is once.

    Whoever waits, where an organiser chooses, is offered a seat that is free: they had been told
    that there was none, so their yes is needed. Refused with `not_requested` where nothing waits
    for an answer, with `waiting_over` once the shift has begun, with the reason where the shift
    has no seat any more, with `cannot_be_taken` where the person cannot have one as things stand:
    they may ask the person, who sees why.
    """
    async with transaction():
        claim = await _locked(actor, claim_id)
        if claim["claim_mode"] == ClaimMode.APPROVE and claim["state"] == _S.WAITLISTED:
            await _ask_who_waits(claim, now, settings)
        elif not _is_decided(claim):
            _require_requested(claim)
            answer = await _refuse_impossible(claim, _S.REQUESTED, now, settings)
            await activity_consents.refuse_missing(
                claim["volunteer_id"], answer.person.age, claim["shift_id"]
            )
            await _decide(claim, _S.CONFIRMED, now)
            await _tell("claim_approved", claim)
    return await get(actor, claim_id)


def _is_decided(claim: dict[str, Any]) -> bool:
    """An organiser has said yes already."""
    if claim["claim_mode"] == ClaimMode.APPROVE and claim["state"] == _S.OFFERED:
        return True
    return bool(claim["state"] == _S.CONFIRMED)


async def _ask_who_waits(claim: dict[str, Any], now: datetime, settings: Settings) -> None:
    if claim["starts_at"] <= now:
        raise Conflict("waiting_over")
    await _refuse_impossible(claim, _S.WAITLISTED, now, settings)
    await queues.ask_chosen(claim, now, settings)
    await _record(claim, _S.OFFERED)


@acting
async def refuse(actor: Actor, claim_id: UUID, command: RefuseIn, now: datetime) -> Claim:
    """Do not take somebody who asked, as an organiser. Twice is once; `not_requested` else."""
    async with transaction():
        claim = await _locked(actor, claim_id)
        if claim["state"] != _S.REFUSED:
            _require_requested(claim)
            await _decide(claim, _S.REFUSED, now)
            if command.reason is None:
                await _tell("claim_refused", claim)
            else:
                await _tell("claim_refused_because", claim, reason=command.reason)
    return await get(actor, claim_id)


async def _locked(actor: Actor, claim_id: UUID) -> dict[str, Any]:
    await lock_claim(claim_id)
    found = await rows(f"{SELECT} WHERE c.id = $1", claim_id)
    if not found:
        raise NotFound
    for right in (Right.RUN_WORK, Right.SEE_CLAIMS):
        await rights.require(actor, right, found[0]["organisation_id"])
    return found[0]


def _require_requested(claim: dict[str, Any]) -> None:
    if claim["state"] != _S.REQUESTED:
        raise Conflict("not_requested", state=claim["state"])


async def _refuse_impossible(
    claim: dict[str, Any], advances: ClaimState, now: datetime, settings: Settings
) -> Answer:
    async with entered(SYSTEM):
        answers = await ask_about(
            claim["volunteer_id"],
            [claim["shift_id"]],
            claim["role_key"],
            now,
            settings,
            advances=advances,
        )
    answer = answers.get(claim["shift_id"])
    if answer is None:
        raise NotFound
    if answer.refused is not None:
        raise _for_the_organiser(answer.refused)
    return answer


def _for_the_organiser(refused: Refused) -> Conflict:
    """What else somebody has promised, and who blocked them, is not told to others."""
    if refused.reason is Refusal.FULL:
        return Conflict("full", seats=refused.parameters["seats"])
    if refused.reason in OF_THE_SHIFT:
        return Conflict(refused.reason.value, **refused.parameters)
    return Conflict("cannot_be_taken")


async def _decide(claim: dict[str, Any], state: ClaimState, now: datetime) -> None:
    await rows(
        "UPDATE claim SET state = $2, changed_at = $3, version = version + 1 WHERE id = $1",
        claim["id"],
        state.value,
        now,
    )
    await _record(claim, state)


async def _record(claim: dict[str, Any], state: ClaimState) -> None:
    await audit.record(
        Act.CLAIM_DECIDED,
        subject_kind="claim",
        subject_id=claim["id"],
        organisation_id=claim["organisation_id"],
        decision=state.value,
    )


async def _tell(kind: str, claim: dict[str, Any], **facts: str) -> None:
    told = Told(
        volunteer_id=claim["volunteer_id"],
        about=claim["id"],
        once=f"decided:{claim['id']}",
        facts={"project": claim["project_name"], "starts_at": claim["starts_at"], **facts},
    )
    await notify_many(kind, [told])
