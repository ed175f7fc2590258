"""Who works on a round: a lease in time, and a number that fences off whoever lost it."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from tortoise.transactions import in_transaction

from models.core import Round, RoundState
from services import outbox
from services.database import rows
from services.planning.progress import Failure, Progress
from services.scope import as_system
from services.settings import Settings

RESEND_SECONDS = 60
"""A message that brought no worker for this long may be lost, and is sent again."""

# A row lock per round, so that the sweeper never waits for a worker that is just storing.
LEFT_ALONE = (
    "SELECT r.id FROM round r WHERE r.state = 'solving' AND (r.lease_until <= $1 OR "
    "(r.lease_until IS NULL AND (r.cancel_requested OR NOT EXISTS ("
    " SELECT 1 FROM outbox_message m WHERE m.job = $2 AND m.arguments ->> 'round_id' = r.id::text"
    " AND (m.sent_at IS NULL OR m.sent_at > $3))))) "
    "ORDER BY r.created_at LIMIT 100 FOR UPDATE SKIP LOCKED"
)


class LostLease(Exception):
    """Another attempt has the round, or it is no longer being solved: nothing may be written."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """The right to work on a round until the lease ends."""

    round_id: UUID
    attempt: int
    seconds: int
    seed: int
    lease_seconds: int


@as_system
async def begin(round_id: UUID, now: datetime, settings: Settings) -> Attempt | None:
    """Take the round; None if it is done, cancelled, gone, or in somebody else's hands."""
    async with in_transaction():
        round_ = await Round.select_for_update().get_or_none(id=round_id)
        if round_ is None or round_.state != RoundState.SOLVING or is_leased(round_, now):
            return None
        if not await _may_go_on(round_, now, settings):
            return None
        round_.attempt += 1
        round_.lease_until = now + timedelta(seconds=settings.lease_seconds)
        round_.started_at = now
        round_.progress = msgspec.to_builtins(Progress(stage="loading"))
        await round_.save()
    return Attempt(
        round_id=round_id,
        attempt=round_.attempt,
        seconds=min(round_.seconds_max, settings.round_seconds_max),
        seed=round_.seed,
        lease_seconds=settings.lease_seconds,
    )


def is_leased(round_: Round, now: datetime) -> bool:
    """Whether somebody works on the round, as far as one can know."""
    return round_.lease_until is not None and round_.lease_until > now


async def _may_go_on(round_: Round, now: datetime, settings: Settings) -> bool:
    """Count a lease that ran out as a failure; end the round where it is not to be tried again."""
    if round_.lease_until is not None:
        round_.failures += 1
        round_.lease_until = None
    if round_.cancel_requested:
        await end(round_, RoundState.CANCELLED, now)
        return False
    if round_.failures >= settings.round_attempts_max:
        too_many = Failure(code="too_many_attempts", parameters={"attempts": round_.failures})
        await end(round_, RoundState.FAILED, now, too_many)
        return False
    return True


@as_system
async def heartbeat(attempt: Attempt, progress: Progress, now: datetime) -> bool:
    """Keep the lease and note progress; True when the organiser asks to stop. Raises LostLease."""
    found = await rows(
        "UPDATE round SET lease_until = $3, progress = $4::jsonb "
        "WHERE id = $1 AND attempt = $2 AND state = 'solving' RETURNING cancel_requested",
        attempt.round_id,
        attempt.attempt,
        now + timedelta(seconds=attempt.lease_seconds),
        msgspec.json.encode(progress).decode(),
    )
    if not found:
        raise LostLease
    return bool(found[0]["cancel_requested"])


@as_system
async def locked(attempt: Attempt) -> Round:
    """The attempt's round, locked for the rest of the transaction. Raises LostLease."""
    round_ = await Round.select_for_update().get_or_none(
        id=attempt.round_id, attempt=attempt.attempt, state=RoundState.SOLVING
    )
    if round_ is None:
        raise LostLease
    return round_


@as_system
async def end(
    round_: Round, state: RoundState, now: datetime, failure: Failure | None = None
) -> None:
    """Leave `solving` for this state; nobody has the round any more."""
    round_.state = state
    round_.lease_until = None
    round_.finished_at = now
    round_.failure = None if failure is None else msgspec.to_builtins(failure)
    await round_.save()


@as_system
async def stop(attempt: Attempt, now: datetime) -> None:
    """End the round as cancelled, which the organiser asked for. Raises LostLease."""
    async with in_transaction():
        await end(await locked(attempt), RoundState.CANCELLED, now)


@as_system
async def fail(attempt: Attempt, failure: Failure, now: datetime) -> None:
    """End the round as failed, or as cancelled if that was asked for. Raises LostLease."""
    async with in_transaction():
        round_ = await locked(attempt)
        if round_.cancel_requested:
            await end(round_, RoundState.CANCELLED, now)
        else:
            await end(round_, RoundState.FAILED, now, failure)


@as_system
async def give_back(attempt: Attempt, now: datetime, settings: Settings) -> None:
    """Let go of the round after an unforeseen failure: it is tried again, until too often."""
    async with in_transaction():
        round_ = await locked(attempt)
        await _ask_again(round_, now, settings)


@as_system
async def sweep(now: datetime, settings: Settings) -> int:
    """Ask again for every round that nobody works on; how many there were.

    A worker that died leaves a lease that runs out; a message that was lost leaves a round that
    nobody took for a minute.
    """
    async with in_transaction():
        missed = now - timedelta(seconds=RESEND_SECONDS)
        left = await rows(LEFT_ALONE, now, outbox.Job.PLAN_ROUND.value, missed)
        for row in left:
            await _ask_again(await Round.get(id=row["id"]), now, settings)
    return len(left)


async def _ask_again(round_: Round, now: datetime, settings: Settings) -> None:
    if await _may_go_on(round_, now, settings):
        round_.progress = msgspec.to_builtins(Progress())
        await round_.save()
        await outbox.enqueue(outbox.Job.PLAN_ROUND, round_id=round_.id)
