"""Publishing a plan: every line that was not promised before becomes an offer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from models.core import Round as RoundRow
from models.core import RoundState, new_id
from services import activity_consents
from services.database import rows
from services.errors import Conflict, Defect, Invalid
from services.locks import lock_seats
from services.planning.digest import read_digest
from services.rights import Actor, acting
from services.rounds.changing import locked
from services.rounds.reading import get
from services.rounds.types import PublishIn, Round
from services.settings import Settings
from services.transactions import transaction

SHIFTS_OF_PLAN = (
    "SELECT l.shift_id FROM plan_line l JOIN plan p ON p.id = l.plan_id WHERE p.round_id = $1 "
    "UNION SELECT g.shift_id FROM plan_gap g JOIN plan p ON p.id = g.plan_id WHERE p.round_id = $1"
)
LINES = (
    "SELECT l.volunteer_id, l.shift_id, l.role_id, s.starts_at, s.ends_at, c.id AS waiting_id "
    "FROM plan_line l JOIN plan p ON p.id = l.plan_id JOIN shift s ON s.id = l.shift_id "
    "LEFT JOIN claim c ON c.shift_id = l.shift_id AND c.volunteer_id = l.volunteer_id"
    " AND c.state = 'waitlisted' "
    "WHERE p.round_id = $1 AND NOT l.fixed ORDER BY s.starts_at, l.shift_id, l.volunteer_id"
)
CLAIMS = (
    "INSERT INTO claim (id, created_at, shift_id, role_id, volunteer_id, state, starts_at, "
    "ends_at, changed_at, version) "
    "SELECT t.id, $1, t.shift, t.role, t.volunteer, 'offered', t.starts_at, t.ends_at, $1, 1 "
    "FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[], "
    "$7::timestamptz[]) AS t(id, shift, role, volunteer, starts_at, ends_at)"
)
# Whoever waits for a seat on this very shift is offered it through the claim that waits.
WAITING = (
    "UPDATE claim SET state = 'offered', role_id = t.role, changed_at = $1, version = version + 1 "
    "FROM unnest($2::uuid[], $3::uuid[]) AS t(id, role) WHERE claim.id = t.id"
)
OFFERS = (
    "INSERT INTO offer (id, created_at, claim_id, round_id, deadline_at) "
    "SELECT t.id, $1, t.claim, $2, t.deadline "
    "FROM unnest($3::uuid[], $4::uuid[], $5::timestamptz[]) AS t(id, claim, deadline)"
)


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the plan that is to be offered until `deadline_at`."""

    claim_id: UUID
    is_waiting: bool
    volunteer_id: UUID
    shift_id: UUID
    role_id: UUID
    starts_at: datetime
    ends_at: datetime
    deadline_at: datetime


@acting
async def publish(
    actor: Actor, round_id: UUID, command: PublishIn, now: datetime, settings: Settings
) -> Round:
    """Send the plan's lines as offers. Publishing a published round again changes nothing.

    Each line is offered until the deadline that was given, or as many hours as the setting says,
    but never later than shortly before its shift; where that is past already, it is not offered.
    Only a round whose whole horizon is past, which rehearses an event that was, has no such limit.

    Conflict("round_stale") if the data moved since it was solved: nothing is offered then.
    """
    if command.deadline_at is not None and command.deadline_at <= now:
        raise Invalid([Defect("deadline_at", "deadline_in_past")])
    deadline_at = command.deadline_at or now + timedelta(hours=settings.offer_hours)
    async with transaction():
        round_ = await locked(actor, round_id)
        is_stale = await _publish(round_, deadline_at, now, settings)
    if is_stale:  # Said after the transaction, which keeps the new state.
        raise Conflict("round_stale")
    return await get(actor, round_id)


async def _publish(
    round_: RoundRow, deadline_at: datetime, now: datetime, settings: Settings
) -> bool:
    if round_.state == RoundState.PUBLISHED:
        return False
    if round_.state == RoundState.STALE:
        return True
    if round_.state != RoundState.PROPOSED:
        raise Conflict("round_not_proposed", state=round_.state.value)
    if await _has_moved(round_):
        round_.state = RoundState.STALE
        await round_.save()
        return True
    lead = timedelta(minutes=settings.offer_lead_minutes)
    is_rehearsal = round_.horizon_end <= now
    found = await rows(LINES, round_.id)
    latest = [deadline_at if is_rehearsal else row["starts_at"] - lead for row in found]
    seats = [
        _seat(row, min(deadline_at, last))
        for row, last in zip(found, latest, strict=True)
        if last > now
    ]
    await _offer(round_.id, seats, now)
    round_.state = RoundState.PUBLISHED
    round_.published_at = now
    await round_.save()
    return False


async def _has_moved(round_: RoundRow) -> bool:
    """Whether the problem is no longer the solved one; its seats and people are held from here on.

    The locks come first: what is looked at under them cannot move before the offers are written.
    """
    shifts = [row["shift_id"] for row in await rows(SHIFTS_OF_PLAN, round_.id)]
    people = {row["volunteer_id"] for row in await rows(LINES, round_.id)}
    await lock_seats(shifts, people)
    return await read_digest(round_.id) != round_.problem_digest


def _seat(row: dict[str, Any], deadline_at: datetime) -> Seat:
    return Seat(
        claim_id=row["waiting_id"] or new_id(),
        is_waiting=row["waiting_id"] is not None,
        volunteer_id=row["volunteer_id"],
        shift_id=row["shift_id"],
        role_id=row["role_id"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        deadline_at=deadline_at,
    )


async def _offer(round_id: UUID, seats: list[Seat], now: datetime) -> None:
    new = [seat for seat in seats if not seat.is_waiting]
    waiting = [seat for seat in seats if seat.is_waiting]
    await rows(
        CLAIMS,
        now,
        [seat.claim_id for seat in new],
        [seat.shift_id for seat in new],
        [seat.role_id for seat in new],
        [seat.volunteer_id for seat in new],
        [seat.starts_at for seat in new],
        [seat.ends_at for seat in new],
    )
    await rows(
        WAITING, now, [seat.claim_id for seat in waiting], [seat.role_id for seat in waiting]
    )
    await rows(
        OFFERS,
        now,
        round_id,
        [new_id() for _ in seats],
        [seat.claim_id for seat in seats],
        [seat.deadline_at for seat in seats],
    )
    await activity_consents.ask_for_offers([seat.claim_id for seat in seats], now)
