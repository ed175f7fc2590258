"""I come, I can't come, I come after all: what somebody says about a seat that is theirs."""

from datetime import datetime
from uuid import UUID

from models.core import ClaimState, new_id
from services import activity_consents, audit, claims, minor_alarms, notifications
from services.audit import Act
from services.claims import Claim
from services.database import rows
from services.errors import Conflict
from services.locks import lock_seats
from services.my_shifts import alarms
from services.my_shifts.codes import new_code
from services.my_shifts.seats import own_locked, set_state
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.transactions import transaction

SHIFTS_PER_TRANSACTION = 50


@acting
async def confirm(actor: Actor, claim_id: UUID, now: datetime) -> Claim:
    """Say that one comes; where the shift was moved, that one comes then and there. Twice is once.

    Refused with `state_change_refused` where there is no seat, `ended` when the shift is over,
    `guardian_consent_missing` where the shift of a minor was moved.
    """
    async with transaction():
        seat = await own_locked(actor, claim_id)
        if seat.state is not ClaimState.CONFIRMED:
            raise Conflict("state_change_refused", state=seat.state.value)
        if seat.ends_at <= now:
            raise Conflict("ended")
        async with entered(SYSTEM):
            if seat.asked_until is not None:
                # To the new time a minor comes with a guardian's new yes.
                await activity_consents.refuse_missing(seat.volunteer_id, seat.age, seat.shift_id)
            await rows(
                "UPDATE claim SET coming_at = $2, asked_until = NULL, version = version + 1, "
                "risk_statement_version = $3 WHERE id = $1",
                claim_id,
                now,
                seat.risk_statement_version,
            )
    return await claims.get(actor, claim_id)


@acting
async def cannot_come(actor: Actor, claim_id: UUID, now: datetime) -> Claim:
    """Look for a stand-in: the seat stays the person's until somebody takes it.

    Those who lead the shift are told at once, and those who might come. Twice is once. Refused
    with `already_started` once the shift has begun.
    """
    async with transaction():
        seat = await own_locked(actor, claim_id)
        if seat.state is ClaimState.SEEKING_STANDIN:
            return await claims.get(actor, claim_id)
        if seat.state is not ClaimState.CONFIRMED:
            raise Conflict("state_change_refused", state=seat.state.value)
        if seat.starts_at <= now:
            raise Conflict("already_started")
        async with entered(SYSTEM):
            await set_state(claim_id, ClaimState.SEEKING_STANDIN, now)
            await end_hand_overs([claim_id], "ended", now)
            await rows(
                "INSERT INTO hand_over (id, created_at, claim_id, is_open_to_all, code, state) "
                "VALUES ($1, $2, $3, true, $4, 'open')",
                new_id(),
                now,
                claim_id,
                new_code(),
            )
            await _record(Act.STANDIN_SOUGHT, actor, seat.organisation_id, claim_id)
            await minor_alarms.ask_to_look([seat.shift_id])
            await alarms.tell_leads("standin_sought", seat, now)
            await alarms.tell_possible(seat, now)
    return await claims.get(actor, claim_id)


@acting
async def come_after_all(actor: Actor, claim_id: UUID, now: datetime) -> Claim:
    """Come as promised, as long as nobody has taken the seat. Twice is once."""
    async with transaction():
        seat = await own_locked(actor, claim_id)
        if seat.state is ClaimState.CONFIRMED:
            return await claims.get(actor, claim_id)
        if seat.state is not ClaimState.SEEKING_STANDIN:
            raise Conflict("state_change_refused", state=seat.state.value)
        if seat.ends_at <= now:
            raise Conflict("ended")
        async with entered(SYSTEM):
            await set_state(claim_id, ClaimState.CONFIRMED, now)
            await rows("UPDATE claim SET coming_at = $2 WHERE id = $1", claim_id, now)
            await end_hand_overs([claim_id], "withdrawn", now)
            await _record(Act.STANDIN_NOT_SOUGHT, actor, seat.organisation_id, claim_id)
            await alarms.tell_leads("comes_after_all", seat, now)
    return await claims.get(actor, claim_id)


async def end_hand_overs(claim_ids: list[UUID], state: str, now: datetime) -> None:
    """Nobody can take these seats any more by what was open. As system."""
    await rows(
        "UPDATE hand_over SET state = $2, answered_at = $3 WHERE state = 'open' "
        "AND (claim_id = ANY($1::uuid[]) OR wanted_id = ANY($1::uuid[]))",
        claim_ids,
        state,
        now,
    )


async def _record(act: Act, actor: Actor, organisation_id: UUID, claim_id: UUID) -> None:
    await audit.record(
        act,
        subject_kind="claim",
        subject_id=claim_id,
        organisation_id=organisation_id,
        account_id=actor.account_id,
    )


@as_system
async def end_unfilled(now: datetime) -> int:
    """End the search for stand-ins where the shift is over and nobody came: a late cancellation,
    no absence, because the person had said so. How many there were."""
    due = await rows(
        "SELECT DISTINCT shift_id FROM claim WHERE state = 'seeking_standin' AND ends_at <= $1 "
        "ORDER BY shift_id",
        now,
    )
    shifts, ended = [row["shift_id"] for row in due], 0
    for first in range(0, len(shifts), SHIFTS_PER_TRANSACTION):
        some = shifts[first : first + SHIFTS_PER_TRANSACTION]
        async with transaction():
            await lock_seats(some)
            found = await rows(
                "SELECT id FROM claim WHERE state = 'seeking_standin' AND ends_at <= $1 "
                "AND shift_id = ANY($2::uuid[]) ORDER BY id FOR UPDATE",
                now,
                some,
            )
            ids = [row["id"] for row in found]
            for each in ids:
                await _end_late(each, now)
            await end_hand_overs(ids, "ended", now)
            ended += len(ids)
    async with transaction():
        await rows(
            "UPDATE hand_over h SET state = 'ended', answered_at = $1 FROM claim c "
            "WHERE h.state = 'open' AND c.id = h.claim_id AND (c.ends_at <= $1 "
            "OR c.state NOT IN ('confirmed','seeking_standin'))",
            now,
        )
    return ended


async def _end_late(claim_id: UUID, now: datetime) -> None:
    """By the listed way: the seat is the person's again, and given back late."""
    try:
        async with transaction():
            await set_state(claim_id, ClaimState.CONFIRMED, now)
            await set_state(claim_id, ClaimState.LATE_CANCELLED, now)
    except Conflict:  # A guardian's yes or an insurance ended meanwhile: they may not hold it.
        await set_state(claim_id, ClaimState.CALLED_OFF, now)


@as_system
async def end_unanswered(now: datetime) -> int:
    """Free the seats of moved shifts whose people have not answered in time: it costs nothing.
    How many there were."""
    due = await rows(
        "SELECT id FROM claim WHERE asked_until <= $1 AND state = 'confirmed' ORDER BY id", now
    )
    ended = 0
    for row in due:
        async with transaction():
            ended += await _end_unanswered(row["id"], now)
    return ended


async def _end_unanswered(claim_id: UUID, now: datetime) -> bool:
    found = await rows("SELECT shift_id, volunteer_id FROM claim WHERE id = $1", claim_id)
    await lock_seats([found[0]["shift_id"]], [found[0]["volunteer_id"]])
    still = await rows(
        "SELECT volunteer_id FROM claim WHERE id = $1 AND asked_until <= $2 "
        "AND state = 'confirmed' FOR UPDATE",
        claim_id,
        now,
    )
    if not still:  # Answered while this one waited.
        return False
    await set_state(claim_id, ClaimState.CANCELLED, now)
    await end_hand_overs([claim_id], "ended", now)
    await minor_alarms.ask_to_look([found[0]["shift_id"]])
    await notifications.notify(
        "move_unanswered",
        still[0]["volunteer_id"],
        about=claim_id,
        once=f"move_unanswered:{claim_id}",
        project=await alarms.words_of_shift(found[0]["shift_id"]),
    )
    return True
