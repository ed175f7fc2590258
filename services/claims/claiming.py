"""Taking a seat: one transaction that locks, refuses with a reason or writes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from models.core import LIVE_STATES, SEAT_STATES, new_id
from services import activity_consents, audit, skills
from services.audit import Act
from services.calendars import load_calendar, load_person, load_seats
from services.claims.reading import SELECT, for_whom, view
from services.claims.types import Claim, ClaimIn
from services.database import rows
from services.errors import Conflict, NotFound
from services.locks import lock_seats
from services.refusals import Refusal, Refused, Seat, choose_seat
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.transactions import transaction

_HELD = [state.value for state in LIVE_STATES | SEAT_STATES]


@acting
async def claim(
    actor: Actor, shift_id: UUID, command: ClaimIn, now: datetime, settings: Settings
) -> Claim:
    """Take a seat at once, for the person who asks or for a ward of theirs.

    Raises Conflict with a `Refusal` as its reason, or `guardian_consent_missing` for a minor whose
    guardian has not agreed to this shift. However many ask at the same time, no role ever has more
    people than its maximum.
    """
    volunteer_id = for_whom(actor, command.volunteer_id)
    # What decides over a seat is more than the person may see: who else is on the shift.
    async with entered(SYSTEM), transaction():
        # From here on nobody else takes a seat of this shift or an hour of this person.
        await lock_seats([shift_id], [volunteer_id])
        shift = await _open_shift(shift_id, volunteer_id, now)
        seat, age = await _seat_of(shift, volunteer_id, command.role, settings)
        # Last: a guardian is not to be asked for a seat that the person cannot have.
        await activity_consents.refuse_missing(volunteer_id, age, shift_id)
        claim_id = await _insert(shift, seat, volunteer_id, now)
        await audit.record(
            Act.SEAT_TAKEN,
            subject_kind="claim",
            subject_id=claim_id,
            organisation_id=shift["organisation_id"],
            account_id=actor.account_id,
        )
        # Read where it was made: it is the person's own, whatever else they may see.
        [taken] = await rows(f"{SELECT} WHERE c.id = $1", claim_id)
    return view(taken)


@acting
async def may_claim(
    actor: Actor, shift_id: UUID, command: ClaimIn, now: datetime, settings: Settings
) -> bool:
    """Whether `claim` would give the person the seat, as things stand: no promise.

    A guardian's yes is not asked about: it can still be had.
    """
    volunteer_id = for_whom(actor, command.volunteer_id)
    try:
        async with entered(SYSTEM):
            shift = await _open_shift(shift_id, volunteer_id, now)
            await _seat_of(shift, volunteer_id, command.role, settings)
    except (Conflict, NotFound):
        return False
    return True


async def _seat_of(
    shift: dict[str, Any], volunteer_id: UUID, role_key: str | None, settings: Settings
) -> tuple[Seat, int]:
    """The seat that the person may take, and their age. Raises Conflict with the reason if there
    is none."""
    seats = await load_seats(shift["id"], role_key)
    if not seats:
        raise NotFound("no_such_role")
    person = await load_person(volunteer_id, shift["starts_at"], shift["ends_at"], settings.zone)
    calendar = await load_calendar(volunteer_id, shift["id"])
    seat = choose_seat(
        person, seats, calendar.asked, calendar.promised, settings.utc_offset_minutes
    )
    if isinstance(seat, Refused):
        last_day = shift["ends_at"].astimezone(settings.zone).date()
        raise await skills.refusal_for(seat, volunteer_id, last_day)
    return seat, person.age


async def _open_shift(shift_id: UUID, volunteer_id: UUID, now: datetime) -> dict[str, Any]:
    """The shift, if this person may still ask for a seat on it."""
    found = await rows(
        "SELECT s.id, s.state, s.starts_at, s.ends_at, p.risk_statement_version, "
        "p.organisation_id, "
        "EXISTS (SELECT 1 FROM claim c WHERE c.shift_id = s.id AND c.volunteer_id = $2 "
        "AND c.state = ANY($3)) AS is_claimed, "
        "EXISTS (SELECT 1 FROM exclusion e WHERE e.shift_id = s.id AND e.volunteer_id = $2) "
        "OR EXISTS (SELECT 1 FROM apart_pair a JOIN claim c ON c.shift_id = s.id "
        "AND c.state = ANY($3) AND ((a.one_id = $2 AND a.other_id = c.volunteer_id) "
        "OR (a.other_id = $2 AND a.one_id = c.volunteer_id))) AS is_excluded "
        "FROM shift s JOIN project p ON p.id = s.project_id "
        "WHERE s.id = $1 AND p.state = 'published'",
        shift_id,
        volunteer_id,
        _HELD,
    )
    if not found:
        raise NotFound
    [shift] = found
    for reason, is_so in (
        (Refusal.ENDED, shift["ends_at"] <= now),
        (Refusal.CALLED_OFF, shift["state"] == "called_off"),
        (Refusal.ALREADY_CLAIMED, shift["is_claimed"]),
        (Refusal.EXCLUDED, shift["is_excluded"]),
    ):
        if is_so:
            raise Conflict(reason.value)
    return shift


async def _insert(shift: dict[str, Any], seat: Seat, volunteer_id: UUID, now: datetime) -> UUID:
    claim_id = new_id()
    await rows(
        "INSERT INTO claim (id, created_at, changed_at, shift_id, role_id, volunteer_id, state, "
        "starts_at, ends_at, version, risk_statement_version) "
        "VALUES ($1, $2, $2, $3, $4, $5, 'confirmed', $6, $7, 1, $8)",
        claim_id,
        now,
        shift["id"],
        seat.id,
        volunteer_id,
        shift["starts_at"],
        shift["ends_at"],
        shift["risk_statement_version"],
    )
    return claim_id
