"""Parts of a large round's problem, shared among workers by way of the database.

Whoever is free takes a part, keeps it by a lease, and hands in what it found. A worker that dies
loses its lease, and another takes the part; a part that nobody could solve three times is left out,
and its seats are filled with the whole.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from tortoise.transactions import in_transaction

from models.core import PlanPart, new_id
from services import outbox
from services.database import rows
from services.planning.leases import Attempt, locked
from services.scope import as_system

TRIES_MOST = 3
HELPERS_MOST = 64
"""So many workers at most are asked to help with a round."""

TAKE = """
    UPDATE plan_part SET lease_id = $2, lease_until = $3, tries = tries + 1
    WHERE id = (
        SELECT p.id FROM plan_part p JOIN round r ON r.id = p.round_id AND r.attempt = p.attempt
        WHERE p.round_id = $1 AND r.state = 'solving' AND NOT r.cancel_requested
            AND p.found IS NULL AND p.tries < $5 AND p.ends_at > $4
            AND (p.lease_until IS NULL OR p.lease_until <= $4)
        ORDER BY p.seats DESC, p.number LIMIT 1 FOR UPDATE OF p SKIP LOCKED
    )
    RETURNING id, number, problem, ends_at, effort_of_a_seat
"""
KEEP = """
    UPDATE plan_part p SET lease_until = $3 FROM round r
    WHERE p.id = $1 AND p.lease_id = $2 AND p.found IS NULL AND r.id = p.round_id
        AND r.attempt = p.attempt AND r.state = 'solving' AND NOT r.cancel_requested
    RETURNING p.id
"""
WAITED_FOR = """
    SELECT count(*) AS waiting FROM plan_part
    WHERE round_id = $1 AND attempt = $2 AND found IS NULL
        AND (lease_until > $4 OR tries < $3 AND ends_at > $4)
"""
# Parts of rounds that nobody plans any more: a worker died before it could clear them away.
LEFT_BEHIND = """
    DELETE FROM plan_part p USING round r WHERE r.id = p.round_id
        AND (r.state <> 'solving' OR r.attempt <> p.attempt) RETURNING p.id
"""


class TakenPart(msgspec.Struct, frozen=True, kw_only=True):
    """The right to solve a part until the lease ends. Times are those of `services.clock`."""

    part_id: UUID
    lease_id: UUID
    number: int
    problem: bytes
    ends_at: datetime
    effort_of_a_seat: float | None


@as_system
async def offer_part(
    attempt: Attempt,
    number: int,
    seats: int,
    problem: bytes,
    ends_at: datetime,
    effort_of_a_seat: float | None,
) -> None:
    """Let workers take this part, and ask one more of them to help. Raises LostLease."""
    async with in_transaction():
        await locked(attempt)
        await PlanPart.create(
            round_id=attempt.round_id,
            attempt=attempt.attempt,
            number=number,
            seats=seats,
            problem=problem,
            ends_at=ends_at,
            effort_of_a_seat=effort_of_a_seat,
        )
        # Whoever planned the round takes parts as well: the first needs nobody else.
        if 0 < number <= HELPERS_MOST:
            await outbox.enqueue(outbox.Job.SOLVE_PARTS, round_id=attempt.round_id)


@as_system
async def take_part(round_id: UUID, now: datetime, lease_seconds: int) -> TakenPart | None:
    """The largest part of the round that nobody has, now the caller's; None if there is none."""
    lease_id = new_id()
    until = now + timedelta(seconds=lease_seconds)
    found = await rows(TAKE, round_id, lease_id, until, now, TRIES_MOST)
    if not found:
        return None
    [row] = found
    return TakenPart(
        part_id=row["id"],
        lease_id=lease_id,
        number=row["number"],
        problem=row["problem"],
        ends_at=row["ends_at"],
        effort_of_a_seat=row["effort_of_a_seat"],
    )


@as_system
async def keep_part(taken: TakenPart, now: datetime, lease_seconds: int) -> bool:
    """Keep the lease; False where there is no more use in the part for this worker."""
    until = now + timedelta(seconds=lease_seconds)
    return bool(await rows(KEEP, taken.part_id, taken.lease_id, until))


@as_system
async def hand_in(taken: TakenPart, found: bytes) -> bool:
    """Keep what was found, unless another worker has the part by now; whether it was kept."""
    kept = await rows(
        "UPDATE plan_part SET found = $3, lease_until = NULL "
        "WHERE id = $1 AND lease_id = $2 AND found IS NULL RETURNING id",
        taken.part_id,
        taken.lease_id,
        found,
    )
    return bool(kept)


@as_system
async def handed_in(attempt: Attempt, known: Collection[int]) -> list[tuple[int, bytes]]:
    """What was found of parts other than these, by number."""
    found = await rows(
        "SELECT number, found FROM plan_part WHERE round_id = $1 AND attempt = $2 "
        "AND found IS NOT NULL AND NOT number = ANY($3::int[]) ORDER BY number",
        attempt.round_id,
        attempt.attempt,
        list(known),
    )
    return [(row["number"], row["found"]) for row in found]


@as_system
async def are_waited_for(attempt: Attempt, now: datetime) -> bool:
    """Whether any part is being solved, or can be taken still. Raises LostLease."""
    async with in_transaction():
        await locked(attempt)
        [row] = await rows(WAITED_FOR, attempt.round_id, attempt.attempt, TRIES_MOST, now)
        return bool(row["waiting"])


@as_system
async def forget_parts(attempt: Attempt) -> None:
    """Nothing is kept of this attempt's parts, nor of earlier ones of the round."""
    await PlanPart.filter(round_id=attempt.round_id, attempt__lte=attempt.attempt).delete()


@as_system
async def sweep_parts() -> int:
    """Delete parts of rounds that are no longer planned by whoever cut them; how many."""
    return len(await rows(LEFT_BEHIND))
