"""One round, many hands: whatever is delivered twice, lost or late, a round is planned once."""

import asyncio
from datetime import datetime, timedelta

import pytest

from models.core import OutboxMessage, Plan, PlanLine, RoundState
from models.core import Round as RoundRow
from services import outbox, planning, rounds
from services.errors import Invalid
from services.outbox import Message, NotSent
from services.planning import Failure, LostLease, NamedLine, Progress
from services.settings import Settings
from tests.services.rounds_world import NOW, SETTINGS, World, at, greedy_plan

pytestmark = pytest.mark.usefixtures("database")

LATER = NOW + timedelta(seconds=SETTINGS.lease_seconds)


async def world_with_a_round() -> tuple[World, RoundRow]:
    world = await World.make()
    await world.volunteer()
    await world.shift(at(0, 9))
    round_ = await world.request()
    return world, await RoundRow.get(id=round_.id)


async def unsent() -> int:
    return await OutboxMessage.filter(sent_at=None).count()


async def send_all(now: datetime = NOW) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await outbox.relay(send, now)
    return sent


async def test_a_message_delivered_twice_finds_the_round_taken() -> None:
    _, round_ = await world_with_a_round()

    first = await planning.begin(round_.id, NOW, SETTINGS)
    second = await planning.begin(round_.id, NOW, SETTINGS)

    assert first is not None
    assert (first.attempt, first.seconds, first.seed) == (1, 20, 1)
    assert second is None


async def test_of_many_at_once_one_gets_the_round() -> None:
    _, round_ = await world_with_a_round()

    attempts = await asyncio.gather(*(planning.begin(round_.id, NOW, SETTINGS) for _ in range(8)))

    assert [attempt.attempt for attempt in attempts if attempt is not None] == [1]


async def test_a_round_that_is_gone_or_done_is_not_begun() -> None:
    world, round_ = await world_with_a_round()
    await world.solve(round_.id)

    assert await planning.begin(round_.id, NOW, SETTINGS) is None
    assert await planning.begin(world.street.id, NOW, SETTINGS) is None


async def test_a_heartbeat_keeps_the_lease_and_shows_progress() -> None:
    world, round_ = await world_with_a_round()
    attempt, _ = await world.begun(round_.id)
    almost_over = LATER - timedelta(seconds=1)

    asked_to_stop = await planning.heartbeat(
        attempt, Progress(stage="search", fraction=0.5), almost_over
    )

    assert not asked_to_stop
    assert await planning.begin(round_.id, LATER, SETTINGS) is None
    seen = await rounds.get(world.organiser, round_.id)
    assert (seen.progress.stage, seen.progress.fraction) == ("search", 0.5)


async def test_a_lease_that_ran_out_is_taken_over_and_the_old_hand_is_fenced_off() -> None:
    world, round_ = await world_with_a_round()
    zombie, loaded = await world.begun(round_.id)
    plan = greedy_plan(loaded.problem)

    heir, reloaded = await world.begun(round_.id, LATER)

    assert heir.attempt == 2
    with pytest.raises(LostLease):
        await planning.heartbeat(zombie, Progress(), LATER)
    with pytest.raises(LostLease):
        await planning.store(zombie, loaded, plan, LATER)
    with pytest.raises(LostLease):
        await planning.fail(zombie, Failure(code="problem_refused"), LATER)
    with pytest.raises(LostLease):
        await planning.stop(zombie, LATER)
    with pytest.raises(LostLease):
        await planning.give_back(zombie, LATER, SETTINGS)
    assert await Plan.all().count() == 0

    await planning.store(heir, reloaded, plan, LATER)
    with pytest.raises(LostLease):
        await planning.store(zombie, loaded, plan, LATER)

    stored = await rounds.get(world.organiser, round_.id)
    assert (stored.state, stored.attempt) == (RoundState.PROPOSED, 2)
    assert await Plan.all().count() == 1
    assert await PlanLine.all().count() == 1


async def test_the_sweeper_asks_again_when_a_worker_died() -> None:
    world, round_ = await world_with_a_round()
    await send_all()
    await world.begun(round_.id)

    assert await planning.sweep(LATER - timedelta(seconds=1), SETTINGS) == 0
    assert await planning.sweep(LATER, SETTINGS) == 1
    assert await planning.sweep(LATER, SETTINGS) == 0

    [message] = await send_all(LATER)
    assert (message.job, message.arguments) == ("mulin.plan_round", {"round_id": str(round_.id)})
    attempt = await planning.begin(round_.id, LATER, SETTINGS)
    assert attempt is not None
    assert attempt.attempt == 2


async def test_two_sweepers_at_once_ask_once() -> None:
    world = await World.make()
    for _ in range(4):
        await world.begun((await world.request()).id)
    await send_all()

    counts = await asyncio.gather(*(planning.sweep(LATER, SETTINGS) for _ in range(4)))

    assert sum(counts) == await unsent() == 4
    assert {row.failures for row in await RoundRow.all()} == {1}


async def test_a_worker_that_was_only_slow_keeps_a_round_that_nobody_took() -> None:
    world, round_ = await world_with_a_round()
    attempt, loaded = await world.begun(round_.id)
    await planning.sweep(LATER, SETTINGS)

    await planning.heartbeat(attempt, Progress(), LATER)
    assert await planning.begin(round_.id, LATER, SETTINGS) is None
    await planning.store(attempt, loaded, greedy_plan(loaded.problem), LATER)

    assert (await rounds.get(world.organiser, round_.id)).state is RoundState.PROPOSED


async def test_the_sweeper_sends_again_what_was_lost_on_the_way() -> None:
    await world_with_a_round()
    [lost] = await send_all()

    assert await planning.sweep(NOW + timedelta(seconds=59), SETTINGS) == 0
    assert await planning.sweep(NOW + timedelta(seconds=61), SETTINGS) == 1

    [again] = await send_all(NOW + timedelta(seconds=61))
    assert again.arguments == lost.arguments
    # A minute later it is sent again; while it waits in the outbox, it is not doubled.
    assert await planning.sweep(NOW + timedelta(seconds=90), SETTINGS) == 0
    assert await planning.sweep(NOW + timedelta(seconds=122), SETTINGS) == 1
    assert await planning.sweep(NOW + timedelta(seconds=999), SETTINGS) == 0


async def test_what_kills_every_worker_is_tried_so_often_and_no_more() -> None:
    world, round_ = await world_with_a_round()
    now, attempts = NOW, 0
    while await planning.begin(round_.id, now, SETTINGS):
        attempts += 1
        now += timedelta(seconds=SETTINGS.lease_seconds)
        await planning.sweep(now, SETTINGS)

    ended = await rounds.get(world.organiser, round_.id)
    assert attempts == SETTINGS.round_attempts_max
    assert ended.state is RoundState.FAILED
    assert ended.failure == Failure(code="too_many_attempts", parameters={"attempts": attempts})
    assert ended.finished_at == now


async def test_what_is_given_back_is_tried_again_until_too_often() -> None:
    world, round_ = await world_with_a_round()
    await send_all()
    settings = Settings(round_attempts_max=2)

    attempt, _ = await world.begun(round_.id)
    await planning.give_back(attempt, NOW, settings)
    assert await unsent() == 1
    attempt, _ = await world.begun(round_.id)
    await planning.give_back(attempt, NOW, settings)

    assert (await rounds.get(world.organiser, round_.id)).state is RoundState.FAILED
    assert await unsent() == 1


async def test_a_failure_names_the_lines() -> None:
    world, round_ = await world_with_a_round()
    attempt, loaded = await world.begun(round_.id)
    shift, person = loaded.problem.shifts[0], loaded.problem.volunteers[0]
    named = NamedLine(volunteer_id=person.id, shift_id=shift.id, role_id=shift.roles[0].id)
    failure = Failure(code="fixed_clash", parameters={"rule": "H4", "count": 1}, lines=[named])

    await planning.fail(attempt, failure, LATER)

    ended = await rounds.get(world.organiser, round_.id)
    assert ended.state is RoundState.FAILED
    assert ended.failure is not None
    assert ended.failure.code == "fixed_clash"
    assert str(ended.failure.lines[0].volunteer_id) == person.id


async def test_cancelling_is_heard_with_the_next_heartbeat() -> None:
    world, round_ = await world_with_a_round()
    attempt, loaded = await world.begun(round_.id)

    asked = await rounds.cancel(world.organiser, round_.id, NOW)
    assert (asked.state, asked.cancel_requested) == (RoundState.SOLVING, True)
    assert await planning.heartbeat(attempt, Progress(), NOW)
    await planning.stop(attempt, NOW)

    assert (await rounds.get(world.organiser, round_.id)).state is RoundState.CANCELLED
    with pytest.raises(LostLease):
        await planning.store(attempt, loaded, greedy_plan(loaded.problem), NOW)
    assert await Plan.all().count() == 0


async def test_a_plan_that_comes_after_cancelling_is_not_kept() -> None:
    world, round_ = await world_with_a_round()
    attempt, loaded = await world.begun(round_.id)
    await rounds.cancel(world.organiser, round_.id, NOW)

    await planning.store(attempt, loaded, greedy_plan(loaded.problem), NOW)

    ended = await rounds.get(world.organiser, round_.id)
    assert (ended.state, ended.plan) == (RoundState.CANCELLED, None)


async def test_a_round_that_was_cancelled_and_left_alone_ends_by_the_sweeper() -> None:
    world, round_ = await world_with_a_round()
    await world.begun(round_.id)
    await rounds.cancel(world.organiser, round_.id, NOW)

    await planning.sweep(LATER, SETTINGS)

    assert (await rounds.get(world.organiser, round_.id)).state is RoundState.CANCELLED
    assert await planning.begin(round_.id, LATER, SETTINGS) is None


async def test_the_outbox_keeps_what_the_queue_does_not_take() -> None:
    await world_with_a_round()
    calls: list[Message] = []

    async def refuse(message: Message) -> None:
        calls.append(message)
        raise NotSent

    assert await outbox.relay(refuse, NOW) == 0
    assert await outbox.relay(refuse, NOW) == 0
    assert await unsent() == 1

    assert len(await send_all()) == 1
    assert await unsent() == 0
    assert calls[0] == calls[1]


async def test_a_crash_between_sending_and_marking_sends_twice_and_loses_nothing() -> None:
    await world_with_a_round()

    async def send_then_die(message: Message) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await outbox.relay(send_then_die, NOW)

    assert len(await send_all()) == 1


async def test_two_relays_at_once_share_the_messages() -> None:
    world = await World.make()
    asked = [await world.request() for _ in range(6)]
    both_hold_some = asyncio.Barrier(2)
    sent: list[str] = []

    async def send(message: Message) -> None:
        async with asyncio.timeout(20):
            if len(sent) < 2:
                sent.append(message.arguments["round_id"])
                await both_hold_some.wait()
            else:
                sent.append(message.arguments["round_id"])

    counts = await asyncio.gather(
        outbox.relay(send, NOW, limit=3), outbox.relay(send, NOW, limit=3)
    )

    assert counts == [3, 3]
    assert sorted(sent) == sorted(str(round_.id) for round_ in asked)


async def test_a_refused_request_leaves_no_message() -> None:
    world = await World.make()
    with pytest.raises(Invalid):
        await world.request(horizon_start=at(2, 0), horizon_end=at(1, 0))

    assert await OutboxMessage.all().count() == 0
    assert await RoundRow.all().count() == 0


async def test_messages_that_were_sent_are_forgotten_after_a_week() -> None:
    await world_with_a_round()
    await send_all(NOW)

    assert await outbox.purge(NOW + timedelta(days=7)) == 0
    assert await outbox.purge(NOW + timedelta(days=8)) == 1
