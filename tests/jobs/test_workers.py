"""Real workers on a real queue and database, really killed: a round is planned exactly once."""

import os
import signal
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
import redis.asyncio
from celery import Celery

from jobs import relay
from jobs.app import configuration
from models.core import Offer, OutboxMessage, Plan, RoundState
from models.core import Round as RoundRow
from services import outbox, planning, rounds
from services.clock import now
from services.rounds import PublishIn, Round
from services.settings import Settings
from tests.jobs.house import House, someone_new, until
from tests.services.rounds_world import SETTINGS, World, at


async def rests(house: House, world: World, round_id: UUID) -> Round:
    """The round when it is no longer being solved."""

    async def read() -> Round | None:
        seen = await rounds.get(world.organiser, round_id)
        return None if seen.state is RoundState.SOLVING else seen

    return await until(house, "the round to come to rest", read)


async def test_workers_may_be_killed_stalled_and_stopped(database: str, house: House) -> None:
    house.start_ticks()
    house.start_solver()
    house.start_solver()
    world = await World.make()
    await world.volunteer()
    await world.shift(at(0, 9))

    await a_killed_worker_loses_its_round_to_another(house, world)
    house.start_solver()
    await a_stalled_worker_wakes_up_too_late_to_write(house, world)
    await a_cancelled_round_stops_within_seconds(house, world)
    await a_plan_too_large_to_wait_for_is_published_by_a_worker(house, world)
    assert "Person" not in house.all_logs()  # Logs name ids, never people.


async def a_killed_worker_loses_its_round_to_another(house: House, world: World) -> None:
    asked = await world.request(now=now())
    victim = await someone_new(house)

    os.killpg(victim, signal.SIGKILL)
    await someone_new(house, victim)
    house.open_gate()

    done = await rests(house, world, asked.id)
    assert (done.state, done.attempt) == (RoundState.PROPOSED, 2)
    assert [plan.attempt for plan in await Plan.filter(round_id=asked.id)] == [2]
    assert (await RoundRow.get(id=asked.id)).failures == 1
    house.close_gate()


async def a_stalled_worker_wakes_up_too_late_to_write(house: House, world: World) -> None:
    asked = await world.request(now=now())
    stalled = await someone_new(house)

    os.killpg(stalled, signal.SIGSTOP)
    await someone_new(house, stalled)
    house.open_gate()
    done = await rests(house, world, asked.id)
    os.killpg(stalled, signal.SIGCONT)

    async def has_noticed() -> bool | None:
        return "overtaken" in house.logs[stalled].read_text() or None

    await until(house, "the stalled worker to notice", has_noticed)
    assert (done.state, done.attempt) == (RoundState.PROPOSED, 2)
    assert await rounds.get(world.organiser, asked.id) == done
    assert [plan.attempt for plan in await Plan.filter(round_id=asked.id)] == [2]
    house.close_gate()


async def a_cancelled_round_stops_within_seconds(house: House, world: World) -> None:
    asked = await world.request(now=now())
    await someone_new(house)

    await rounds.cancel(world.organiser, asked.id, now())

    done = await rests(house, world, asked.id)
    assert (done.state, done.attempt, done.plan) == (RoundState.CANCELLED, 1, None)


async def a_plan_too_large_to_wait_for_is_published_by_a_worker(house: House, world: World) -> None:
    house.open_gate()
    asked = await world.request(now=now())
    assert (await rests(house, world, asked.id)).state == RoundState.PROPOSED
    none_at_once = msgspec.structs.replace(SETTINGS, publish_at_once_lines=0)

    waits = await rounds.publish(world.organiser, asked.id, PublishIn(), now(), none_at_once)
    assert waits.publishing

    async def read() -> Round | None:
        seen = await rounds.get(world.organiser, asked.id)
        return None if seen.publishing else seen

    done = await until(house, "the round to be published", read)
    assert done.state == RoundState.PUBLISHED
    assert await Offer.filter(round_id=asked.id).count() == 1


def application(redis_url: str) -> Celery:
    there = Celery("there", set_as_current=False)
    there.conf.update(configuration(Settings(redis_url=redis_url)))
    return there


async def test_a_round_asked_for_while_the_broker_is_away_waits_in_the_outbox(
    database: str, valkey_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world = await World.make()
    asked = await world.request()

    monkeypatch.setattr(relay, "app", application(f"unix://{tmp_path}/nobody.sock?db=0"))
    assert await outbox.relay(relay.send, now()) == 0
    assert (await OutboxMessage.get()).attempts == 1

    monkeypatch.setattr(relay, "app", application(valkey_url))
    assert await outbox.relay(relay.send, now()) == 1
    assert (await OutboxMessage.get()).sent_at is not None

    async with redis.asyncio.Redis.from_url(valkey_url) as queue:
        [raw] = await queue.lrange("solver", 0, -1)
    message = msgspec.json.decode(raw)
    assert message["headers"]["task"] == "mulin.plan_round"
    assert message["content-type"] == "application/json"
    assert message["headers"]["kwargsrepr"] == repr({"round_id": str(asked.id)})
    attempt = await planning.begin(asked.id, now(), SETTINGS)
    assert attempt is not None
