"""Taking a seat: one transaction that locks, refuses with a reason or writes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from models.core import ClaimState, new_id
from services import activity_consents, agreements, audit, skills
from services.audit import Act
from services.claims import queues
from services.claims.alternatives import SeatRefused, instead_of
from services.claims.asking import Answer, ask_about
from services.claims.reading import SELECT, for_whom, views
from services.claims.telling import tell_taken_for
from services.claims.types import Claim, ClaimIn
from services.database import rows
from services.errors import Conflict, NotFound
from services.locks import lock_seats
from services.refusals import Refusal, Refused
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.transactions import transaction

_WITHOUT_ALTERNATIVES = frozenset({Refusal.ALREADY_CLAIMED})
REFUSALS = frozenset(refusal.value for refusal in Refusal)


@acting
async def claim(
    actor: Actor, shift_id: UUID, command: ClaimIn, now: datetime, settings: Settings
) -> Claim:
    """Ask for a seat, for the person who asks or for a ward of theirs.

    It is theirs at once (`confirmed`), or waits for the organiser (`requested`) or the draw
    (`entered`), as the shift says; where it is full, `or_wait` takes a place on the waiting list
    (`waitlisted`). Raises SeatRefused with a `Refusal` as its reason and the alternatives;
    `risk_statement_changed` where other words were shown than those of today;
    `guardian_consent_missing` for a minor whose guardian has not agreed to this shift;
    `agreement_missing` where heavy risk asks for a signature first. However many ask at the same
    time, no role ever has more people than its maximum.
    """
    volunteer_id = for_whom(actor, command.volunteer_id)
    try:
        return await _claimed(actor, volunteer_id, shift_id, command, now, settings)
    except Conflict as refusal:
        if refusal.reason not in REFUSALS - _WITHOUT_ALTERNATIVES:
            raise
        # The locks are released: nobody waits while others' shifts are looked through.
        found = await instead_of(volunteer_id, shift_id, now, settings)
        raise SeatRefused(refusal, found) from refusal


@acting
async def take_over(
    actor: Actor, shift_id: UUID, command: ClaimIn, now: datetime, settings: Settings
) -> Claim:
    """The same for a seat that its holder has just let go for this person: whoever waits is not
    asked first, because it was never free. In the caller's transaction, which holds the locks."""
    volunteer_id = for_whom(actor, command.volunteer_id)
    waiting = await queues.waiting_people(shift_id)
    return await _claimed(actor, volunteer_id, shift_id, command, now, settings, considered=waiting)


@acting
async def may_claim(
    actor: Actor, shift_id: UUID, command: ClaimIn, now: datetime, settings: Settings
) -> bool:
    """Whether `claim` would not refuse, as things stand: no promise.

    A guardian's yes and a signature are not asked about: they can still be had.
    """
    volunteer_id = for_whom(actor, command.volunteer_id)
    async with entered(SYSTEM):
        found = await ask_about(volunteer_id, [shift_id], command.role, now, settings)
    return shift_id in found and found[shift_id].refused is None


@acting
async def role_open_to(
    actor: Actor, shift_id: UUID, now: datetime, settings: Settings
) -> UUID | None:
    """The id of a role of the shift whose seat the person could have, as things stand: no promise.

    None where there is none. What `may_claim` does not ask about is not asked about here.
    """
    volunteer_id = for_whom(actor, None)
    async with entered(SYSTEM):
        found = await ask_about(volunteer_id, [shift_id], None, now, settings)
    seat = found[shift_id].seat if shift_id in found else None
    return seat.id if seat is not None else None


async def _claimed(
    actor: Actor,
    volunteer_id: UUID,
    shift_id: UUID,
    command: ClaimIn,
    now: datetime,
    settings: Settings,
    *,
    considered: Sequence[UUID] | None = None,
) -> Claim:
    # What decides over a seat is more than the person may see: who else is on the shift.
    async with entered(SYSTEM), transaction():
        ahead: Sequence[UUID] = ()
        if considered is None:
            ahead = await queues.people_ahead(shift_id, now, settings)
            if not ahead:
                # Most who come to a full shift are told so without waiting for its locks.
                early = await ask_about(volunteer_id, [shift_id], command.role, now, settings)
                await _taken_or_refused(early, shift_id, volunteer_id, command, settings)
        # From here on nobody else takes a seat of this shift or an hour of these people.
        await lock_seats([shift_id], {volunteer_id, *ahead})
        if ahead:
            await queues.offer_free_seats(shift_id, ahead, now, settings)
        answers = await ask_about(
            volunteer_id,
            [shift_id],
            command.role,
            now,
            settings,
            considered=ahead if considered is None else considered,
        )
        answer = await _taken_or_refused(answers, shift_id, volunteer_id, command, settings)
        claim_id = await _write(answer, volunteer_id, command, now)
        await audit.record(
            Act.SEAT_TAKEN,
            subject_kind="claim",
            subject_id=claim_id,
            organisation_id=answer.shift["organisation_id"],
            account_id=actor.account_id,
        )
        await tell_taken_for(actor, claim_id)
        # Read where it was made: it is the person's own, whatever else they may see.
        [taken] = await views(await rows(f"{SELECT} WHERE c.id = $1", claim_id))
    return taken


async def _taken_or_refused(
    answers: dict[UUID, Answer],
    shift_id: UUID,
    volunteer_id: UUID,
    command: ClaimIn,
    settings: Settings,
) -> Answer:
    """The answer, where it is a seat or a place to wait in. Raises the refusal else."""
    if shift_id not in answers:
        await _refuse_missing(shift_id)
    answer = answers[shift_id]
    waits = command.or_wait and answer.queue_for is not None
    if answer.refused is not None and not waits:
        raise await as_conflict(answer.refused, answer, volunteer_id, settings)
    version = answer.shift["risk_statement_version"]
    if command.risk_statement_version != version:
        raise Conflict(
            "risk_statement_changed", shown=command.risk_statement_version, version=version
        )
    # Last: a guardian is not to be asked for a seat that the person cannot have.
    await activity_consents.refuse_missing(volunteer_id, answer.person.age, shift_id)
    if answer.shift["is_heavy_risk"]:
        await agreements.refuse_unsigned(volunteer_id, shift_id)
    return answer


async def _refuse_missing(shift_id: UUID) -> None:
    """There is no such shift, or only a draft of one; or it has no such role."""
    is_there = await rows(
        "SELECT 1 FROM shift s JOIN project p ON p.id = s.project_id "
        "WHERE s.id = $1 AND p.state = 'published'",
        shift_id,
    )
    raise NotFound("no_such_role") if is_there else NotFound


async def as_conflict(
    refused: Refused, answer: Answer, volunteer_id: UUID, settings: Settings
) -> Conflict:
    """The refusal in its stable words; of a missing skill, with how to get it."""
    last_day = answer.shift["ends_at"].astimezone(settings.zone).date()
    return await skills.refusal_for(refused, volunteer_id, last_day)


async def _write(answer: Answer, volunteer_id: UUID, command: ClaimIn, now: datetime) -> UUID:
    shift = answer.shift
    if answer.seat is not None and shift["own_state"] == ClaimState.WAITLISTED:
        return await queues.leave_for_a_seat(
            shift, volunteer_id, answer.seat.id, command.risk_statement_version, now
        )
    seat, state = answer.seat or answer.queue_for, answer.state or ClaimState.WAITLISTED
    assert seat is not None  # What is not refused has one or the other.
    claim_id = new_id()
    await rows(
        "INSERT INTO claim (id, created_at, changed_at, shift_id, role_id, volunteer_id, state, "
        "starts_at, ends_at, version, risk_statement_version, queue_place) "
        "VALUES ($1, $2, $2, $3, $4, $5, $6::varchar, $7, $8, 1, $9, "
        "CASE WHEN $6::varchar = 'waitlisted' THEN (SELECT coalesce(max(queue_place), 0) + 1 "
        "FROM claim WHERE role_id = $4) END)",
        claim_id,
        now,
        shift["id"],
        seat.id,
        volunteer_id,
        state.value,
        shift["starts_at"],
        shift["ends_at"],
        command.risk_statement_version,
    )
    return claim_id
