"""Offers: what a published plan proposes to a person, who says yes or no."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from tortoise.transactions import in_transaction

from matcher.geometry import distance_m
from matcher.problem import Volunteer
from models.core import ClaimState, OfferSource
from models.core import Offer as OfferRow
from services import (
    activity_consents,
    agreements,
    insurance,
    minor_alarms,
    minors,
    rights,
    skills,
)
from services.calendars import load_calendar, load_person, load_seats
from services.claims.telling import tell_taken_for
from services.database import rows
from services.errors import Conflict, NotFound
from services.locks import lock_claim, lock_seats
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.refusals import Refused, Seat, refuse_alone, refuse_unsuited
from services.rights import Actor, acting
from services.scope import as_system
from services.settings import Settings
from services.shifts import ShiftBrief

NEAR_HOME_M = 2000
LIKED = 2
SHIFTS_PER_TRANSACTION = 50


class OfferState(StrEnum):
    """Where an offer stands. `accepted` stays what it is whatever comes of the claim later."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CALLED_OFF = "called_off"


OFFER_STATE = (
    "CASE WHEN c.state = 'offered' THEN 'open' "
    "WHEN c.state IN ('declined','expired','withdrawn') THEN c.state "
    "WHEN c.state = 'called_off' AND o.answered_at IS NULL THEN 'called_off' "
    "ELSE 'accepted' END"
)
"""The state of the offer `o`, from its claim `c`, which is the truth of it."""


class Why(StrEnum):
    """What speaks for this person on this shift."""

    INVITED = "invited"
    SKILLS = "skills"
    LIKED_CAUSE = "liked_cause"
    NEAR_HOME = "near_home"
    AVAILABLE = "available"


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A seat that is held for a person until the deadline."""

    id: UUID
    claim_id: UUID
    source: OfferSource
    round_id: UUID | None = None
    volunteer_id: UUID
    shift: ShiftBrief
    role_key: str
    role_name: str
    state: OfferState
    deadline_at: datetime
    answered_at: datetime | None = None
    why: list[Why] = []


OFFERS = (
    "SELECT o.id, o.claim_id, o.source, o.round_id, c.volunteer_id, o.deadline_at, o.answered_at, "
    f"{OFFER_STATE} AS state, "
    "(CASE WHEN c.state = 'offered' THEN 0 ELSE 1 END) AS rank, "
    "s.id AS shift_id, s.place, s.starts_at, s.ends_at, s.longitude, s.latitude, "
    "j.name AS project_name, r.key AS role_key, r.name AS role_name, "
    "v.home_longitude, v.home_latitude, l.liking, "
    "EXISTS (SELECT 1 FROM invitation i WHERE i.shift_id = s.id AND i.volunteer_id = v.id) "
    "AS is_invited, EXISTS (SELECT 1 FROM role_skill k WHERE k.role_id = r.id) AS asks_skills "
    "FROM offer o JOIN claim c ON c.id = o.claim_id JOIN shift s ON s.id = c.shift_id "
    "JOIN project j ON j.id = s.project_id JOIN role r ON r.id = c.role_id "
    "JOIN volunteer v ON v.id = c.volunteer_id "
    "LEFT JOIN volunteer_liking l ON l.volunteer_id = v.id AND l.cause = j.category "
    "WHERE c.volunteer_id = ANY($1::uuid[]) "
)
# Whoever says yes has read the risks as they are worded now.
ANSWER = (
    "UPDATE claim c SET state = $2::varchar, changed_at = $3, version = c.version + 1, "
    "risk_statement_version = "
    "CASE WHEN $2::varchar = 'confirmed' THEN j.risk_statement_version END "
    "FROM shift s JOIN project j ON j.id = s.project_id "
    "WHERE c.id = $1 AND s.id = c.shift_id AND c.state = 'offered' RETURNING c.id"
)
# The seats are freed shift by shift, so that an hour in which thousands expire holds up nobody.
DUE_SHIFTS = (
    "SELECT DISTINCT c.shift_id FROM offer o JOIN claim c ON c.id = o.claim_id "
    "WHERE c.state = 'offered' AND o.deadline_at <= $1 ORDER BY c.shift_id"
)
EXPIRE = (
    "UPDATE claim c SET state = 'expired', changed_at = $1, version = version + 1 FROM offer o "
    "WHERE o.claim_id = c.id AND c.shift_id = ANY($2::uuid[]) AND c.state = 'offered' "
    "AND o.deadline_at <= $1 RETURNING c.id, c.shift_id"
)


class OfferQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose offers: a ward's, or one's own."""

    volunteer_id: UUID | None = None


@acting
async def list_mine(actor: Actor, query: OfferQuery | PageQuery, now: datetime) -> Page[Offer]:
    """The volunteer's or a ward's offers: those still open first, then by the shift's start."""
    named = query.volunteer_id if isinstance(query, OfferQuery) else None
    if named is not None:
        rights.require_own(actor, named)
    none: tuple[None, None, None] = (None, None, None)
    after = decode_cursor(query.after, tuple[int, datetime, UUID]) if query.after else none
    found = await rows(
        f"SELECT * FROM ({OFFERS}) mine WHERE $2::int IS NULL "
        "OR (rank, starts_at, id) > ($2, $3::timestamptz, $4::uuid) "
        "ORDER BY rank, starts_at, id LIMIT $5",
        [named or rights.require_person(actor)],
        *after,
        query.limit + 1,
    )
    keys = [(row["rank"], row["starts_at"], row["id"]) for row in found]
    return page_of([_view(row, now) for row in found], keys, query.limit)


@acting
async def get(actor: Actor, offer_id: UUID, now: datetime) -> Offer:
    """One of the volunteer's own offers, or of a ward's."""
    if not actor.wards:
        rights.require_person(actor)
    found = await rows(OFFERS + "AND o.id = $2", list(actor.persons), offer_id)
    if not found:
        raise NotFound
    return _view(found[0], now)


@acting
async def accept(actor: Actor, offer_id: UUID, now: datetime, settings: Settings) -> Offer:
    """Say yes. The open offer holds the seat, so it is never full. Again: the same answer.

    Conflict("guardian_consent_missing") for a minor whose guardian has not agreed to the shift.
    Conflict("offer_expired"), ("offer_declined"), ("offer_withdrawn") or ("offer_called_off") else;
    and the reason why the person does not suit the role any more, while the offer stays open.
    """

    async def require_suited(offer: Offer) -> None:
        await _require_suited(offer, settings)

    return await _answer(
        actor, offer_id, now, ClaimState.CONFIRMED, OfferState.ACCEPTED, require_suited
    )


@acting
async def decline(actor: Actor, offer_id: UUID, now: datetime) -> Offer:
    """Say no, at no cost; the next round does not ask again. Again: the same answer.

    Conflict("offer_expired"), ("offer_accepted"), ("offer_withdrawn") or ("offer_called_off") else.
    """
    return await _answer(actor, offer_id, now, ClaimState.DECLINED, OfferState.DECLINED)


async def _require_suited(offer: Offer, settings: Settings) -> None:
    """What the person was chosen for may have ended since, or what the role asks for be more."""
    shift = offer.shift
    person = await load_person(offer.volunteer_id, shift.starts_at, shift.ends_at, settings.zone)
    [seat] = await load_seats(shift.id, offer.role_key)
    refused = await _unsuited(offer, person, seat, settings)
    if refused is not None:
        last_day = shift.ends_at.astimezone(settings.zone).date()
        raise await skills.refusal_for(refused, offer.volunteer_id, last_day)
    await insurance.refuse_uninsured(shift.id, offer.volunteer_id)
    await activity_consents.refuse_missing(offer.volunteer_id, person.age, shift.id)
    await agreements.refuse_unsigned(offer.volunteer_id, shift.id)


@as_system
async def _unsuited(
    offer: Offer, person: Volunteer, seat: Seat, settings: Settings
) -> Refused | None:
    """By the same rules as a claim; that the person's time allows it was asked with the offer. Who
    else is on the shift is more than the person may see."""
    shift_id, of_minors = offer.shift.id, minors.rules_of(settings)
    if not minors.is_minor(person.age):
        return refuse_unsuited(person, seat.role)
    role = minors.grown_up_only(seat.role) if await _is_dangerous(shift_id) else seat.role
    company = await minors.company_of([shift_id], of_minors, offer.volunteer_id)
    calendar = await load_calendar(offer.volunteer_id, shift_id)
    return (
        minors.refuse_hours(person.age, calendar.asked, settings.utc_offset_minutes, of_minors)
        or refuse_unsuited(person, role)
        or refuse_alone(person.age, company[shift_id])
    )


async def _is_dangerous(shift_id: UUID) -> bool:
    return bool(
        await rows(
            "SELECT 1 FROM shift s JOIN project p ON p.id = s.project_id "
            "WHERE s.id = $1 AND p.is_dangerous",
            shift_id,
        )
    )


async def _answer(
    actor: Actor,
    offer_id: UUID,
    now: datetime,
    answer: ClaimState,
    wanted: OfferState,
    require: Callable[[Offer], Awaitable[None]] | None = None,
) -> Offer:
    async with in_transaction():
        offer = await get(actor, offer_id, now)
        await lock_claim(offer.claim_id)
        offer = await get(actor, offer_id, now)
        if require is not None and offer.state is OfferState.OPEN:
            await require(offer)
        # An offer that nobody has swept yet is over all the same.
        is_late = offer.deadline_at <= now
        state = ClaimState.EXPIRED if is_late else answer
        if await rows(ANSWER, offer.claim_id, state.value, now) and not is_late:
            await OfferRow.filter(id=offer_id).update(answered_at=now)
            if state is ClaimState.CONFIRMED:
                await tell_taken_for(actor, offer.claim_id)
        if state is not ClaimState.CONFIRMED:
            await minor_alarms.ask_to_look([offer.shift.id])
        offer = await get(actor, offer_id, now)
    if offer.state is not wanted:
        raise Conflict(f"offer_{offer.state.value}", deadline_at=offer.deadline_at)
    return offer


@as_system
async def expire_due(now: datetime) -> int:
    """End the offers whose deadline has passed and free their seats; how many there were."""
    due = [row["shift_id"] for row in await rows(DUE_SHIFTS, now)]
    ended = 0
    for first in range(0, len(due), SHIFTS_PER_TRANSACTION):
        shifts = due[first : first + SHIFTS_PER_TRANSACTION]
        async with in_transaction():
            await lock_seats(shifts)
            expired = await rows(EXPIRE, now, shifts)
            ended += len(expired)
            await minor_alarms.ask_to_look([row["shift_id"] for row in expired])
    return ended


def _view(row: dict[str, Any], now: datetime) -> Offer:
    state = OfferState(row["state"])
    if state is OfferState.OPEN and row["deadline_at"] <= now:
        state = OfferState.EXPIRED
    return Offer(
        id=row["id"],
        claim_id=row["claim_id"],
        source=OfferSource(row["source"]),
        round_id=row["round_id"],
        volunteer_id=row["volunteer_id"],
        shift=ShiftBrief(
            id=row["shift_id"],
            project_name=row["project_name"],
            place=row["place"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
        ),
        role_key=row["role_key"],
        role_name=row["role_name"],
        state=state,
        deadline_at=row["deadline_at"],
        answered_at=row["answered_at"],
        why=_why(row),
    )


def _why(row: dict[str, Any]) -> list[Why]:
    """What speaks for the person, the strongest first; that they are free goes without saying."""
    speaks = {
        Why.INVITED: row["is_invited"],
        Why.SKILLS: row["asks_skills"],
        Why.LIKED_CAUSE: (row["liking"] or 0) >= LIKED,
        Why.NEAR_HOME: _is_near(row),
        Why.AVAILABLE: True,
    }
    return [why for why, holds in speaks.items() if holds]


def _is_near(row: dict[str, Any]) -> bool:
    if row["longitude"] is None or row["home_longitude"] is None:
        return False
    home = row["home_longitude"], row["home_latitude"]
    return distance_m(home, (row["longitude"], row["latitude"])) <= NEAR_HOME_M
