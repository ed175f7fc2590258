"""What an organiser does to a round before it is published."""

from datetime import datetime
from uuid import UUID

import msgspec
from tortoise.transactions import in_transaction

from models.core import Round as RoundRow
from models.core import RoundState, new_id
from services import minors, outbox, rights
from services.errors import Conflict, Defect, Invalid, NotFound
from services.planning.leases import end, is_leased
from services.planning.progress import Progress
from services.rights import Actor, Right, acting
from services.rounds.reading import get
from services.rounds.types import Round, RoundIn, RulesIn, WeightsIn
from services.settings import Settings
from services.spans import span_defects

HORIZON_DAYS_MAX = 366
HORIZON_FIELDS = {"starts_at": "horizon_start", "ends_at": "horizon_end"}


@acting
async def request(actor: Actor, command: RoundIn, now: datetime, settings: Settings) -> Round:
    """Make a round and ask for its plan."""
    rights.require_anywhere(actor, Right.PLAN_ROUNDS)
    await _refuse_defects(actor, command)
    round_id = new_id()
    async with in_transaction():
        await RoundRow.create(
            id=round_id,
            organisation_id=command.organisation_id,
            requested_by_id=actor.account_id,
            horizon_start=command.horizon_start,
            horizon_end=command.horizon_end,
            offset_minutes=await _offset_minutes(command, settings),
            rules={
                **msgspec.to_builtins(command.rules or RulesIn()),
                "minors": msgspec.to_builtins(minors.rules_of(settings)),
            },
            weights=msgspec.to_builtins(command.weights or WeightsIn()),
            seconds_max=min(command.seconds_max, settings.round_seconds_max),
            seed=command.seed,
        )
        await _start(await locked(actor, round_id))
    return await get(actor, round_id)


async def _refuse_defects(actor: Actor, command: RoundIn) -> None:
    defects = []
    if not await rights.covers(actor, Right.PLAN_ROUNDS, command.organisation_id):
        defects.append(Defect("organisation_id", "unknown_id"))
    for defect in span_defects("", command.horizon_start, command.horizon_end):
        defects.append(Defect(HORIZON_FIELDS[defect.place], defect.code))
    if not defects and (command.horizon_end - command.horizon_start).days > HORIZON_DAYS_MAX:
        most = {"days": HORIZON_DAYS_MAX}
        defects.append(Defect("horizon_end", "horizon_too_long", parameters=most))
    if defects:
        raise Invalid(defects)


async def _offset_minutes(command: RoundIn, settings: Settings) -> int:
    if command.offset_minutes is not None:
        return command.offset_minutes
    past = (
        await RoundRow.filter(
            organisation_id=command.organisation_id,
            state=RoundState.PUBLISHED,
            horizon_start__lt=command.horizon_end,
            horizon_end__gt=command.horizon_start,
        )
        .order_by("-published_at")
        .first()
    )
    return past.offset_minutes if past else settings.utc_offset_minutes


@acting
async def locked(actor: Actor, round_id: UUID) -> RoundRow:
    """The round, locked for the rest of the transaction; NotFound outside the actor's subtree."""
    rights.require_anywhere(actor, Right.PLAN_ROUNDS)
    round_ = await RoundRow.select_for_update().get_or_none(id=round_id)
    if round_ is None:
        raise NotFound
    await rights.require(actor, Right.PLAN_ROUNDS, round_.organisation_id)
    return round_


@acting
async def solve_again(actor: Actor, round_id: UUID, now: datetime) -> Round:
    """Plan a draft or stale round; Conflict("round_not_solvable") in any other state.

    A round that is being planned already is left alone.
    """
    async with in_transaction():
        round_ = await locked(actor, round_id)
        if round_.state not in (RoundState.DRAFT, RoundState.STALE, RoundState.SOLVING):
            raise Conflict("round_not_solvable", state=round_.state.value)
        if round_.state != RoundState.SOLVING:
            await _start(round_)
    return await get(actor, round_id)


async def _start(round_: RoundRow) -> None:
    """Into `solving`, and a job for it. `attempt` goes on counting: an old worker stays fenced."""
    round_.state = RoundState.SOLVING
    round_.failures = 0
    round_.lease_until = None
    round_.cancel_requested = False
    round_.progress = msgspec.to_builtins(Progress())
    round_.failure = None
    round_.finished_at = None
    await round_.save()
    await outbox.enqueue(outbox.Job.PLAN_ROUND, round_id=round_.id)


@acting
async def cancel(actor: Actor, round_id: UUID, now: datetime) -> Round:
    """Stop planning: at once if nobody works on it, else within seconds by the one who does.

    Again: nothing changes. Conflict("round_not_solving") where there is nothing to stop.
    """
    async with in_transaction():
        round_ = await locked(actor, round_id)
        if round_.state not in (RoundState.SOLVING, RoundState.CANCELLED):
            raise Conflict("round_not_solving", state=round_.state.value)
        if round_.state == RoundState.SOLVING:
            round_.cancel_requested = True
            if is_leased(round_, now):
                await round_.save()
            else:
                await end(round_, RoundState.CANCELLED, now)
    return await get(actor, round_id)


@acting
async def discard(actor: Actor, round_id: UUID, now: datetime) -> Round:
    """Put a proposed plan away, for good. Again: nothing changes.

    Conflict("round_not_proposed") in any other state, Conflict("round_publishing") while people are
    being asked.
    """
    async with in_transaction():
        round_ = await locked(actor, round_id)
        if round_.state not in (RoundState.PROPOSED, RoundState.DISCARDED):
            raise Conflict("round_not_proposed", state=round_.state.value)
        if round_.publish_asked_at is not None:
            raise Conflict("round_publishing")
        if round_.state == RoundState.PROPOSED:
            await end(round_, RoundState.DISCARDED, now)
    return await get(actor, round_id)
