"""Claims: one person's hold on one seat."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import LIVE_STATES, SEAT_STATES, ClaimState, new_id
from services import activity_consents, audit, rights, skills
from services.audit import Act
from services.calendars import load_calendar, load_person, load_seats
from services.claim_endings import GIVEN_BACK
from services.database import rows
from services.errors import Conflict, NotFound
from services.locks import lock_claim, lock_seats
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.refusals import Refusal, Refused, Seat, choose_seat
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.shifts import ShiftBrief
from services.transactions import transaction
from services.types import Key

__all__ = [
    "ALLOWED",
    "Claim",
    "ClaimIn",
    "ClaimQuery",
    "Refusal",
    "claim",
    "get",
    "list_mine",
    "list_of_shift",
    "may_claim",
    "withdraw",
]

_S = ClaimState
ALLOWED: Mapping[ClaimState | None, frozenset[ClaimState]] = {
    None: frozenset({_S.REQUESTED, _S.ENTERED, _S.WAITLISTED, _S.OFFERED, _S.CONFIRMED}),
    _S.REQUESTED: frozenset({_S.CONFIRMED, _S.REFUSED, _S.WITHDRAWN, _S.CALLED_OFF}),
    _S.ENTERED: frozenset({_S.CONFIRMED, _S.WAITLISTED, _S.WITHDRAWN, _S.CALLED_OFF}),
    _S.WAITLISTED: frozenset({_S.OFFERED, _S.WITHDRAWN, _S.CALLED_OFF}),
    _S.OFFERED: frozenset({_S.CONFIRMED, _S.DECLINED, _S.EXPIRED, _S.WITHDRAWN, _S.CALLED_OFF}),
    _S.CONFIRMED: frozenset(
        {
            _S.CHECKED_IN,
            _S.CANCELLED,
            _S.LATE_CANCELLED,
            _S.SEEKING_STANDIN,
            _S.NO_SHOW,
            _S.CALLED_OFF,
        }
    ),
    _S.SEEKING_STANDIN: frozenset(
        {_S.HANDED_OVER, _S.CONFIRMED, _S.CHECKED_IN, _S.NO_SHOW, _S.CALLED_OFF}
    ),
    _S.CHECKED_IN: frozenset({_S.SERVED, _S.CALLED_OFF}),
    _S.NO_SHOW: frozenset({_S.SERVED, _S.EXCUSED}),
}
"""The states that may follow each state (None: a new claim). The database refuses any other."""

_HELD = [state.value for state in LIVE_STATES | SEAT_STATES]
_SELECT = """
    SELECT c.id, c.state, c.changed_at, c.volunteer_id, c.shift_id, c.starts_at, c.ends_at,
        r.key AS role_key, r.name AS role_name, v.name AS volunteer_name,
        p.name AS project_name, p.organisation_id, s.place,
        (SELECT o.deadline_at FROM offer o WHERE o.claim_id = c.id AND c.state = 'offered')
            AS deadline_at
    FROM claim c JOIN role r ON r.id = c.role_id JOIN volunteer v ON v.id = c.volunteer_id
        JOIN shift s ON s.id = c.shift_id JOIN project p ON p.id = s.project_id
"""


class ClaimIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which role is wanted, by its key; without it, the first one that the person may take.

    A guardian names the ward for whom the seat is; without it, it is for whoever asks.
    """

    role: Key | None = None
    volunteer_id: UUID | None = None


class ClaimQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose claims: a ward's, or one's own."""

    volunteer_id: UUID | None = None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One person's hold on one seat. `deadline_at` is when an open offer ends."""

    id: UUID
    shift: ShiftBrief
    role_key: str
    role_name: str
    volunteer_id: UUID
    volunteer_name: str
    state: ClaimState
    deadline_at: datetime | None = None
    changed_at: datetime


@acting
async def claim(
    actor: Actor, shift_id: UUID, command: ClaimIn, now: datetime, settings: Settings
) -> Claim:
    """Take a seat at once, for the person who asks or for a ward of theirs.

    Raises Conflict with a `Refusal` as its reason, or `guardian_consent_missing` for a minor whose
    guardian has not agreed to this shift. However many ask at the same time, no role ever has more
    people than its maximum.
    """
    volunteer_id = _for_whom(actor, command.volunteer_id)
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
        [taken] = await rows(f"{_SELECT} WHERE c.id = $1", claim_id)
    return _view(taken)


@acting
async def may_claim(
    actor: Actor, shift_id: UUID, command: ClaimIn, now: datetime, settings: Settings
) -> bool:
    """Whether `claim` would give the person the seat, as things stand: no promise.

    A guardian's yes is not asked about: it can still be had.
    """
    volunteer_id = _for_whom(actor, command.volunteer_id)
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


def _for_whom(actor: Actor, volunteer_id: UUID | None) -> UUID:
    """The ward who was named, or the person that the account is."""
    if volunteer_id is None:
        return rights.require_person(actor)
    rights.require_own(actor, volunteer_id)
    return volunteer_id


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


@acting
async def withdraw(actor: Actor, claim_id: UUID, now: datetime) -> Claim:
    """Give the seat back, as the person whose claim it is, or their guardian. Twice is once.

    Refused with `already_started` when the shift has begun, with `state_change_refused` where
    nothing is left to withdraw.
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
        [changed] = await rows(
            "UPDATE claim SET state = $2, changed_at = $3, version = version + 1 WHERE id = $1 "
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
        await audit.record(
            Act.SEAT_GIVEN_BACK,
            subject_kind="claim",
            subject_id=claim_id,
            organisation_id=changed["organisation_id"],
        )
    return await get(actor, claim_id)


@acting
async def get(actor: Actor, claim_id: UUID) -> Claim:
    """A claim, for the person and for those who organise the shift."""
    found = await rows(f"{_SELECT} WHERE c.id = $1", claim_id)
    if not found:
        raise NotFound
    if found[0]["volunteer_id"] not in actor.records:
        await rights.require(actor, Right.SEE_CLAIMS, found[0]["organisation_id"])
    return _view(found[0])


@acting
async def list_mine(actor: Actor, query: ClaimQuery | PageQuery) -> Page[Claim]:
    """The person's or a ward's claims in every state, those that start last first."""
    named = query.volunteer_id if isinstance(query, ClaimQuery) else None
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    found = await rows(
        f"{_SELECT} WHERE c.volunteer_id = ANY($1::uuid[]) "
        "AND ($2::timestamptz IS NULL OR (c.starts_at, c.id) < ($2, $3::uuid)) "
        "ORDER BY c.starts_at DESC, c.id DESC LIMIT $4",
        _records_of(actor, _for_whom(actor, named)),
        *after,
        query.limit + 1,
    )
    keys = [(row["starts_at"], row["id"]) for row in found]
    return page_of([_view(row) for row in found], keys, query.limit)


def _records_of(actor: Actor, volunteer_id: UUID) -> list[UUID]:
    """The person's records: what was claimed on a merged one is theirs as well."""
    former = actor.former if volunteer_id == actor.volunteer_id else ()
    return [volunteer_id, *former]


@acting
async def list_of_shift(actor: Actor, shift_id: UUID, query: PageQuery) -> Page[Claim]:
    """All claims of a shift in the order in which they were made, for those who organise it."""
    found = await rows(
        "SELECT p.organisation_id FROM shift s JOIN project p ON p.id = s.project_id "
        "WHERE s.id = $1",
        shift_id,
    )
    if not found:
        raise NotFound
    await rights.require(actor, Right.SEE_CLAIMS, found[0]["organisation_id"])
    after = decode_cursor(query.after, UUID) if query.after else None
    claims = await rows(
        f"{_SELECT} WHERE c.shift_id = $1 AND ($2::uuid IS NULL OR c.id > $2) "
        "ORDER BY c.id LIMIT $3",
        shift_id,
        after,
        query.limit + 1,
    )
    return page_of([_view(row) for row in claims], [row["id"] for row in claims], query.limit)


def _view(row: dict[str, Any]) -> Claim:
    return Claim(
        id=row["id"],
        shift=ShiftBrief(
            id=row["shift_id"],
            project_name=row["project_name"],
            place=row["place"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
        ),
        role_key=row["role_key"],
        role_name=row["role_name"],
        volunteer_id=row["volunteer_id"],
        volunteer_name=row["volunteer_name"],
        state=ClaimState(row["state"]),
        deadline_at=row["deadline_at"],
        changed_at=row["changed_at"],
    )
