"""Waiting lists: a free seat is offered to one person at a time, in the order of their places.

A yes is needed, and silence costs nothing: the offer ends and the next one is asked. Shortly
before the shift nobody is waited for any more: all who wait are told, and whoever comes first has
the seat. Where an organiser chooses who comes, they choose who is asked too: they are told of the
free seat, and nothing is offered without them.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.core import ClaimState, new_id
from services import activity_consents, audit, organisers
from services.audit import Act
from services.claims.asking import ask_about, is_first_come, organiser_chooses
from services.database import rows
from services.locks import lock_seats
from services.notifications import Told, notify_accounts, notify_many
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction

_S = ClaimState
AHEAD_MOST = 200
"""So many people are asked before a newcomer is; seats for whoever waits behind them are kept."""

_WAITING = (
    "SELECT c.id, c.volunteer_id, c.role_id, r.key AS role_key, r.maximum - r.held AS free "
    "FROM claim c JOIN role r ON r.id = c.role_id WHERE c.shift_id = $1 AND c.state = 'waitlisted' "
    "AND r.held < r.maximum ORDER BY c.role_id, c.queue_place LIMIT $2"
)
_SHIFT = (
    "SELECT s.id, s.starts_at, s.claim_mode, p.name AS project_name, p.organisation_id "
    "FROM shift s JOIN project p ON p.id = s.project_id "
    "WHERE s.id = $1 AND s.state = 'open' AND s.starts_at > $2"
)
_DUE = (
    "SELECT DISTINCT c.shift_id FROM claim c JOIN role r ON r.id = c.role_id "
    "JOIN shift s ON s.id = c.shift_id WHERE c.state = 'waitlisted' AND r.held < r.maximum "
    "AND s.state = 'open' AND s.starts_at > $1 ORDER BY c.shift_id"
)
# Since the last claim let go of a seat; one that nobody ever held since the shift was made.
_FREE_SINCE = (
    "SELECT c.id, c.volunteer_id, c.role_id, r.key AS role_key, "
    "coalesce((SELECT max(other.changed_at) FROM claim other WHERE other.role_id = r.id "
    "AND other.state NOT IN ('waitlisted', 'requested', 'refused') AND (other.state <> 'withdrawn' "
    "OR EXISTS (SELECT 1 FROM offer o WHERE o.claim_id = other.id))), r.created_at) AS free_since "
    "FROM claim c JOIN role r ON r.id = c.role_id WHERE c.shift_id = $1 AND c.state = 'waitlisted' "
    "AND r.held < r.maximum ORDER BY c.role_id, c.queue_place"
)


@as_system
async def places(claim_ids: Collection[UUID]) -> dict[UUID, int]:
    """The place of each of these claims that waits: 1 is asked next."""
    found = await rows(
        "SELECT c.id, (SELECT count(*) FROM claim w WHERE w.role_id = c.role_id "
        "AND w.state = 'waitlisted' AND w.queue_place <= c.queue_place) AS place "
        "FROM claim c WHERE c.id = ANY($1::uuid[]) AND c.state = 'waitlisted'",
        list(claim_ids),
    )
    return {row["id"]: row["place"] for row in found}


@as_system
async def waiting_people(shift_id: UUID) -> list[UUID]:
    """Everybody who waits for a seat on the shift."""
    found = await rows(
        "SELECT volunteer_id FROM claim WHERE shift_id = $1 AND state = 'waitlisted' ORDER BY id",
        shift_id,
    )
    return [row["volunteer_id"] for row in found]


@as_system
async def people_ahead(shift_id: UUID, now: datetime, settings: Settings) -> list[UUID]:
    """Who waits for a seat that is free, and so is asked before anybody who comes now."""
    waiting = await rows(_WAITING, shift_id, AHEAD_MOST)
    if not waiting:
        return []
    found = await rows(_SHIFT, shift_id, now)
    if not found or organiser_chooses(found[0]):
        return []
    if is_first_come(found[0]["starts_at"], now, settings):
        return []
    return [row["volunteer_id"] for row in waiting]


@as_system
async def offer_due(now: datetime, settings: Settings) -> int:
    """Offer what is free to whoever waits for it, shift by shift; how many offers were made."""
    made = 0
    for row in await rows(_DUE, now):
        made += await _offer_or_tell(row["shift_id"], now, settings)
    return made


async def _offer_or_tell(shift_id: UUID, now: datetime, settings: Settings) -> int:
    found = await rows(_SHIFT, shift_id, now)
    if not found:
        return 0
    if organiser_chooses(found[0]):
        await _tell_organisers(found[0], now, settings)
        return 0
    if is_first_come(found[0]["starts_at"], now, settings):
        await _tell_everybody(found[0], now, settings)
        return 0
    waiting = await waiting_people(shift_id)
    async with transaction():
        await lock_seats([shift_id], waiting)
        return await offer_free_seats(shift_id, waiting, now, settings)


@as_system
async def offer_free_seats(
    shift_id: UUID, among: Sequence[UUID], now: datetime, settings: Settings
) -> int:
    """Offer the free seats to those of these people who could take them, the first in line first;
    how many offers. In the caller's transaction, which holds the shift and these people.

    Whoever cannot take a seat as things stand keeps their place.
    """
    found = await rows(_SHIFT, shift_id, now)
    if not found:
        return 0
    free: dict[UUID, int] = {}
    made, known = 0, frozenset(among)
    for waiting in await rows(_WAITING, shift_id, len(known)):
        role_id = waiting["role_id"]
        if free.setdefault(role_id, waiting["free"]) == 0 or waiting["volunteer_id"] not in known:
            continue
        if await _could_have(shift_id, waiting, among, now, settings):
            await _offer(found[0], waiting, now, settings)
            free[role_id] -= 1
            made += 1
    return made


async def _could_have(
    shift_id: UUID,
    waiting: dict[str, Any],
    considered: Sequence[UUID],
    now: datetime,
    settings: Settings,
) -> bool:
    answers = await ask_about(
        waiting["volunteer_id"],
        [shift_id],
        waiting["role_key"],
        now,
        settings,
        considered=considered,
        advances=_S.WAITLISTED,
    )
    return shift_id in answers and answers[shift_id].refused is None


@as_system
async def ask_chosen(claim: dict[str, Any], now: datetime, settings: Settings) -> None:
    """Offer a seat to one who waits, whom the organiser chose and who can have it as things stand.
    In the caller's transaction, which holds the claim."""
    await _offer(claim, claim, now, settings)


def deadline_of(starts_at: datetime, now: datetime, settings: Settings) -> datetime:
    """Until when a waiting list's offer is open: shorter when the shift is near."""
    is_near = starts_at - now <= timedelta(minutes=settings.waitlist_short_within_minutes)
    minutes = settings.waitlist_short_offer_minutes if is_near else settings.waitlist_offer_minutes
    return min(now + timedelta(minutes=minutes), starts_at)


async def _offer(
    shift: dict[str, Any], waiting: dict[str, Any], now: datetime, settings: Settings
) -> None:
    """Make the offer; whoever tells people of offers finds it."""
    await _set_state(waiting["id"], _S.OFFERED, now)
    await _add_offer(waiting["id"], deadline_of(shift["starts_at"], now, settings), now)
    await activity_consents.ask_for_offers([waiting["id"]], now)
    await audit.record(
        Act.SEAT_OFFERED,
        subject_kind="claim",
        subject_id=waiting["id"],
        organisation_id=shift["organisation_id"],
        source="waitlist",
    )


async def _tell_everybody(shift: dict[str, Any], now: datetime, settings: Settings) -> None:
    """Tell all who could take it that a seat is free: each once for each time that one is."""
    told: list[Told] = []
    for waiting in await rows(_FREE_SINCE, shift["id"]):
        once = f"seat_free:{waiting['id']}:{waiting['free_since']:%Y%m%dT%H%M%S%f}"
        if await rows("SELECT 1 FROM notification WHERE once = $1", once):
            continue
        if await _could_have(shift["id"], waiting, (), now, settings):
            facts = {"project": shift["project_name"], "starts_at": shift["starts_at"]}
            told.append(
                Told(
                    volunteer_id=waiting["volunteer_id"], about=shift["id"], once=once, facts=facts
                )
            )
    async with transaction():
        await notify_many("seat_free", told, urgent=True)


async def _tell_organisers(shift: dict[str, Any], now: datetime, settings: Settings) -> None:
    """Tell those who choose that a seat is free and somebody waits who could take it: once for
    each time that one is."""
    for waiting in await rows(_FREE_SINCE, shift["id"]):
        once = f"seat_to_give:{waiting['role_id']}:{waiting['free_since']:%Y%m%dT%H%M%S%f}"
        if await rows("SELECT 1 FROM notification WHERE once = $1", once):
            continue
        if await _could_have(shift["id"], waiting, (), now, settings):
            async with transaction():
                await notify_accounts(
                    "seat_to_give",
                    await organisers.nearest(shift["organisation_id"], now),
                    about=shift["id"],
                    once=once,
                    project=shift["project_name"],
                    starts_at=shift["starts_at"],
                )


@as_system
async def leave_for_a_seat(
    shift: dict[str, Any], volunteer_id: UUID, role_id: UUID, version: int, now: datetime
) -> UUID:
    """Whoever waits has come first: their waiting claim becomes the seat, by way of an offer."""
    [claim] = await rows(
        "UPDATE claim SET state = 'offered', role_id = $3, changed_at = $4, version = version + 1 "
        "WHERE shift_id = $1 AND volunteer_id = $2 AND state = 'waitlisted' RETURNING id",
        shift["id"],
        volunteer_id,
        role_id,
        now,
    )
    await _add_offer(claim["id"], shift["starts_at"], now, answered_at=now)
    await rows("UPDATE claim SET risk_statement_version = $2 WHERE id = $1", claim["id"], version)
    await _set_state(claim["id"], _S.CONFIRMED, now)
    claim_id: UUID = claim["id"]
    return claim_id


async def _set_state(claim_id: UUID, state: ClaimState, now: datetime) -> None:
    await rows(
        "UPDATE claim SET state = $2, changed_at = $3, version = version + 1 WHERE id = $1",
        claim_id,
        state.value,
        now,
    )


async def _add_offer(
    claim_id: UUID, deadline_at: datetime, now: datetime, answered_at: datetime | None = None
) -> None:
    await rows(
        "INSERT INTO offer (id, created_at, claim_id, source, deadline_at, answered_at) "
        "VALUES ($1, $2, $3, 'waitlist', $4, $5)",
        new_id(),
        now,
        claim_id,
        deadline_at,
        answered_at,
    )
