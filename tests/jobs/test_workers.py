"""Real workers on a real queue and database, really killed: a round is planned exactly once."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import msgspec
import pytest
import redis.asyncio
from celery import Celery

from jobs import relay
from jobs.app import configuration
from models.core import OutboxMessage, Plan, RoundState
from models.core import Round as RoundRow
from services import outbox, planning, rounds
from services.clock import now
from services.rounds import Round
from services.settings import Settings
from tests.services.rounds_world import SETTINGS, World, at
from tests.support.lease import CHECKOUT

WAIT_SECONDS_MAX = 60
POLL_SECONDS = 0.05

T = TypeVar("T")


class House:
    """The processes around one database and one queue, and the gate before the solver."""

    def __init__(self, folder: Path, environment: Mapping[str, str], stack: ExitStack) -> None:
        self.folder = folder
        self.environment = {**os.environ, **environment, "MULIN_TEST_GATE": str(folder)}
        self.stack = stack
        self.names = iter(f"worker-{number}" for number in range(100))
        self.logs: dict[int, Path] = {}

    def start_ticks(self) -> None:
        """The scheduler, and a worker for what it sends."""
        self._start("--queues=default", "--beat", f"--schedule={self.folder / 'schedule'}")

    def start_solver(self) -> None:
        self._start("--queues=solver")

    def _start(self, *arguments: str) -> None:
        name = next(self.names)
        log = self.folder / f"{name}.log"
        command = [sys.executable, "-m", "celery", "--app=tests.jobs.gated_worker:app", "worker"]
        process = self.stack.enter_context(
            running([*command, *LONE_WORKER, f"--hostname={name}", *arguments], self, log)
        )
        self.logs[process.pid] = log

    def begun(self) -> set[int]:
        """The workers whose solver was asked since the gate was last closed."""
        return {int(path.name.removeprefix("begun-")) for path in self.folder.glob("begun-*")}

    def open_gate(self) -> None:
        (self.folder / "open").touch()

    def close_gate(self) -> None:
        for path in (self.folder / "open", *self.folder.glob("begun-*")):
            path.unlink(missing_ok=True)

    def all_logs(self) -> str:
        return "\n".join(f"== {log.name}\n{log.read_text()}" for log in self.logs.values())


LONE_WORKER = ("--concurrency=1", "--without-mingle", "--without-gossip", "--loglevel=INFO")


@contextmanager
def running(command: list[str], house: House, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker in a group of its own; all of the group is killed at the end."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=house.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def house(database_url: str, valkey_url: str, tmp_path: Path) -> Iterator[House]:
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": valkey_url,
        "MULIN_LEASE_SECONDS": "2",
    }
    with ExitStack() as stack:
        yield House(tmp_path, environment, stack)


async def until(house: House, what: str, read: Callable[[], Awaitable[T | None]]) -> T:
    """The first answer of `read` that is not none; fails, with the workers' logs, without one."""
    for _ in range(int(WAIT_SECONDS_MAX / POLL_SECONDS)):
        if (answer := await read()) is not None:
            return answer
        await asyncio.sleep(POLL_SECONDS)
    raise AssertionError(f"waited in vain for {what}\n{house.all_logs()}")


async def someone_new(house: House, *known: int) -> int:
    """The worker that is solving and is none of the known ones."""

    async def read() -> int | None:
        return next(iter(house.begun() - {*known}), None)

    return await until(house, "a worker to begin", read)


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
