"""Handing a seat on: to one person, to everybody who may take it, or in exchange for theirs.

Whoever takes it passes all rules, by the same function as anybody who claims a seat; the giver's
seat and the taker's change in one transaction, so that nobody ever holds both or neither.
"""

from datetime import datetime
from uuid import UUID

from models.core import ClaimState, HandOverState, new_id
from services import audit, claims, notifications, rights
from services.audit import Act
from services.claims import Claim, ClaimIn
from services.database import rows
from services.errors import Conflict, NotFound
from services.my_shifts import alarms
from services.my_shifts import hand_over_reading as reading
from services.my_shifts.alarms import words_of_shift
from services.my_shifts.answering import end_hand_overs
from services.my_shifts.codes import new_code
from services.my_shifts.seats import HeldSeat, actor_for, let_go, locked, own_locked
from services.my_shifts.types import HandOver, HandOverIn, SwapIn, TakeIn
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.transactions import transaction

_HOLDS = (ClaimState.CONFIRMED, ClaimState.SEEKING_STANDIN)
# On this shift already, without a seat: taking one ends the waiting.
_NO_LONGER_WAITING = (
    "UPDATE claim SET state = 'withdrawn', changed_at = $3, version = version + 1 "
    "WHERE shift_id = $1 AND volunteer_id = $2 AND state IN ('waitlisted','requested','entered')"
)


@acting
async def offer(actor: Actor, claim_id: UUID, command: HandOverIn, now: datetime) -> HandOver:
    """Let somebody else have the seat; until they take it, it stays one's own.

    Asked again, the earlier way is over. Refused with `already_started` once the shift has begun.
    """
    async with transaction():
        seat = await own_locked(actor, claim_id)
        if seat.state not in _HOLDS:
            raise Conflict("state_change_refused", state=seat.state.value)
        if seat.starts_at <= now:
            raise Conflict("already_started")
        hand_over_id = new_id()
        async with entered(SYSTEM):
            await _end_other_ways([claim_id], now)
            await rows(
                "INSERT INTO hand_over (id, created_at, claim_id, is_open_to_all, code, state) "
                "VALUES ($1, $2, $3, $4, $5, 'open')",
                hand_over_id,
                now,
                claim_id,
                command.is_open_to_all or seat.state is ClaimState.SEEKING_STANDIN,
                new_code(),
            )
    return await reading.get(actor, hand_over_id)


async def _end_other_ways(claim_ids: list[UUID], now: datetime) -> None:
    await rows(
        "UPDATE hand_over SET state = 'withdrawn', answered_at = $2 WHERE state = 'open' "
        "AND claim_id = ANY($1::uuid[]) AND wanted_id IS NULL",
        claim_ids,
        now,
    )


@acting
async def withdraw(actor: Actor, hand_over_id: UUID, now: datetime) -> HandOver:
    """Keep the seat after all. Twice is once; refused with `hand_over_over` once it is taken."""
    async with transaction():
        found = await reading.get(actor, hand_over_id)
        if not found.is_mine:
            raise NotFound
        seat = await own_locked(actor, found.claim_id)
        found = await reading.get(actor, hand_over_id)
        if found.state is HandOverState.TAKEN:
            raise Conflict("hand_over_over", state=found.state.value)
        if seat.state is ClaimState.SEEKING_STANDIN and found.is_open_to_all:
            # Looking for nobody and not coming: there is a button for each, not for both.
            raise Conflict("state_change_refused", state=seat.state.value)
        await _answer(hand_over_id, HandOverState.WITHDRAWN, now)
    return await reading.get(actor, hand_over_id)


@acting
async def take(
    actor: Actor, hand_over_id: UUID, command: TakeIn, now: datetime, settings: Settings
) -> Claim:
    """Take the seat, in place of its person, for oneself or for a ward.

    Refused with `hand_over_over` when somebody was faster or its person comes after all, with
    `hand_over_own`, with `hand_over_restricted` where the organiser chooses who comes, and with
    every reason for which a seat can be refused.
    """
    taker = command.volunteer_id or rights.require_person(actor)
    rights.require_own(actor, taker)
    async with entered(SYSTEM), transaction():
        if (known := await _taken_by(hand_over_id, taker)) is not None:
            return await claims.get(actor, known)
        plan = await _held(hand_over_id, taker)
        if plan.returned is not None or not reading.may_open(plan.row, command.code):
            raise NotFound
        if plan.giver.volunteer_id == taker:
            raise Conflict("hand_over_own")
        await let_go(plan.giver, now)
        taken = await _seat_for(actor, taker, plan.giver, command, now, settings)
        await _note_taken(hand_over_id, plan.giver, taken, now)
        await _tell_giver("hand_over_taken", plan.giver, now)
        if plan.giver.state is ClaimState.SEEKING_STANDIN:
            await alarms.tell_leads("standin_found", plan.giver, now)
    return taken


@acting
async def propose_swap(
    actor: Actor, hand_over_id: UUID, command: SwapIn, now: datetime
) -> HandOver:
    """Offer one of one's own seats for the one that is handed on; its person says yes or no."""
    async with entered(SYSTEM), transaction():
        given = await _open(hand_over_id)
        if given.wanted_id is not None or not reading.may_open(given, command.code):
            raise NotFound
        held = await locked([given.claim_id, command.claim_id])
        mine, wanted = held.get(command.claim_id), held.get(given.claim_id)
        if mine is None or mine.volunteer_id not in actor.persons or wanted is None:
            raise NotFound
        if mine.volunteer_id == wanted.volunteer_id:
            raise Conflict("hand_over_own")
        for seat in (mine, wanted):
            if seat.state not in _HOLDS:
                raise Conflict("state_change_refused", state=seat.state.value)
            if seat.starts_at <= now:
                raise Conflict("already_started")
        if command.risk_statement_version != wanted.risk_statement_version:
            raise Conflict(
                "risk_statement_changed",
                shown=command.risk_statement_version,
                version=wanted.risk_statement_version,
            )
        swap_id = new_id()
        await rows(
            "INSERT INTO hand_over (id, created_at, claim_id, volunteer_id, is_open_to_all, "
            "wanted_id, code, risk_statement_version, state) "
            "VALUES ($1, $2, $3, $4, false, $5, $6, $7, 'open')",
            swap_id,
            now,
            mine.id,
            wanted.volunteer_id,
            wanted.id,
            new_code(),
            command.risk_statement_version,
        )
        await notifications.notify(
            "swap_proposed",
            wanted.volunteer_id,
            about=wanted.id,
            once=f"swap_proposed:{swap_id}",
            project=await words_of_shift(mine.shift_id),
            starts_at=mine.starts_at,
        )
    return await reading.get(actor, swap_id)


@acting
async def accept_swap(
    actor: Actor, hand_over_id: UUID, command: TakeIn, now: datetime, settings: Settings
) -> Claim:
    """Exchange the two seats; each person is held against all rules without their old seat."""
    async with entered(SYSTEM), transaction():
        found = await _open(hand_over_id)
        if found.wanted_id is None or found.receiver_id not in actor.persons:
            raise NotFound
        plan = await _held(hand_over_id, found.receiver_id)
        mine = plan.returned
        if mine is None or mine.state not in _HOLDS:
            raise Conflict("hand_over_over", state="ended")
        for seat in (mine, plan.giver):
            await let_go(seat, now)
        taken = await _seat_for(actor, found.receiver_id, plan.giver, command, now, settings)
        other = plan.giver.volunteer_id
        read = TakeIn(risk_statement_version=found.risk_statement_version or 0)
        returned = await _seat_for(await actor_for(other), other, mine, read, now, settings)
        await _note_taken(hand_over_id, plan.giver, taken, now)
        await end_hand_overs([mine.id], "ended", now)
        await _tell_giver("swap_accepted", plan.giver, now)
        await _record(returned, actor)
    return taken


@acting
async def decline_swap(actor: Actor, hand_over_id: UUID, now: datetime) -> HandOver:
    """Keep one's own seat; the other person is told. Twice is once."""
    async with entered(SYSTEM), transaction():
        found = await _row(hand_over_id)
        if found.wanted_id is None or found.receiver_id not in actor.persons:
            raise NotFound
        held = await locked([found.claim_id, found.wanted_id])
        found = await _row(hand_over_id)
        if found.state is HandOverState.TAKEN:
            raise Conflict("hand_over_over", state=found.state.value)
        if found.state is HandOverState.OPEN:
            await _answer(hand_over_id, HandOverState.DECLINED, now)
            await _tell_giver("swap_declined", held[found.claim_id], now)
    return await reading.get(actor, hand_over_id)


async def _taken_by(hand_over_id: UUID, taker: UUID) -> UUID | None:
    """The claim by which this person took it already: a second tap on the button."""
    found = await rows(
        "SELECT h.taken_id FROM hand_over h JOIN claim c ON c.id = h.taken_id WHERE h.id = $1 "
        "AND h.state = 'taken' AND c.volunteer_id = $2",
        hand_over_id,
        taker,
    )
    return found[0]["taken_id"] if found else None


class _Plan:
    """Both seats of a hand-over, locked."""

    def __init__(self, row: reading.Row, giver: HeldSeat, returned: HeldSeat | None) -> None:
        self.row, self.giver, self.returned = row, giver, returned


async def _held(hand_over_id: UUID, taker: UUID) -> _Plan:
    """The seats, if it is still open; locked with the taker's calendar."""
    found = await _open(hand_over_id)
    held = await locked([each for each in (found.claim_id, found.wanted_id) if each], taker)
    found = await _open(hand_over_id)  # As it stands behind the locks.
    if found.receiver_id not in (None, taker):
        raise NotFound
    giver = held[found.claim_id]
    if giver.state not in _HOLDS:
        raise Conflict("hand_over_over", state="ended")
    return _Plan(found, giver, held[found.wanted_id] if found.wanted_id else None)


async def _open(hand_over_id: UUID) -> reading.Row:
    found = await _row(hand_over_id)
    if found.state is not HandOverState.OPEN:
        raise Conflict("hand_over_over", state=found.state.value)
    return found


async def _row(hand_over_id: UUID) -> reading.Row:
    found = await reading.row(hand_over_id)
    if found is None:
        raise NotFound
    return found


async def _seat_for(
    actor: Actor,
    taker: UUID,
    seat: HeldSeat,
    command: TakeIn,
    now: datetime,
    settings: Settings,
) -> Claim:
    """What was let go is the taker's, by all rules, before anybody else sees it free."""
    await rows(_NO_LONGER_WAITING, seat.shift_id, taker, now)
    wish = ClaimIn(
        role=seat.role_key,
        volunteer_id=taker,
        risk_statement_version=command.risk_statement_version,
    )
    taken = await claims.take_over(actor, seat.shift_id, wish, now, settings)
    if taken.state is not ClaimState.CONFIRMED:
        raise Conflict("hand_over_restricted")
    return taken


async def _note_taken(hand_over_id: UUID, seat: HeldSeat, taken: Claim, now: datetime) -> None:
    await rows(
        "UPDATE hand_over SET state = 'taken', answered_at = $2, taken_id = $3 WHERE id = $1",
        hand_over_id,
        now,
        taken.id,
    )
    await end_hand_overs([seat.id], "ended", now)
    await audit.record(
        Act.SEAT_HANDED_OVER,
        subject_kind="claim",
        subject_id=seat.id,
        organisation_id=seat.organisation_id,
    )


async def _record(claim: Claim, actor: Actor) -> None:
    await audit.record(
        Act.SEAT_HANDED_OVER,
        subject_kind="claim",
        subject_id=claim.id,
        account_id=actor.account_id,
    )


async def _answer(hand_over_id: UUID, state: HandOverState, now: datetime) -> None:
    async with entered(SYSTEM):
        await rows(
            "UPDATE hand_over SET state = $2, answered_at = $3 WHERE id = $1 AND state = 'open'",
            hand_over_id,
            state.value,
            now,
        )


async def _tell_giver(kind: str, seat: HeldSeat, now: datetime) -> None:
    await notifications.notify(
        kind,
        seat.volunteer_id,
        about=seat.id,
        once=f"{kind}:{seat.id}:{now.isoformat()}",
        project=await words_of_shift(seat.shift_id),
        starts_at=seat.starts_at,
    )
