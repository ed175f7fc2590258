"""A city's parts shared among workers: any number of them, dying or late, makes the same plan."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest

from benchmarks.cities import DISTRICT, draw_city
from jobs.parts import SharedParts, help_with
from matcher.city.part import RunParts, in_turn
from matcher.city.solve import CityPlan, solve_city
from matcher.solve import SolveParams
from matcher.tables import Tables
from models.core import OutboxMessage, PlanPart, RoundState
from models.core import Round as RoundRow
from services import clock, planning
from services.outbox import Job
from services.planning import Attempt, LostLease, sharing
from services.settings import Settings
from tests.jobs.house import House, someone_new
from tests.services.rounds_world import SETTINGS, World

# Loops are compiled on the way, which takes minutes where the machine is busy.
pytestmark = pytest.mark.timeout(1_200)

SEATS_OF_A_PART = 90
HELPERS = 8


@pytest.fixture(scope="module")
def town() -> Tables:
    return draw_city(1_500, 100, 5, DISTRICT)


@pytest.fixture(scope="module")
def alone(town: Tables) -> CityPlan:
    """The plan without any queue or database."""
    return planned(town, in_turn)


def planned(
    town: Tables, run_parts: RunParts, cancelled: Callable[[], bool] = lambda: False
) -> CityPlan:
    # Ended by effort alone: loops that are compiled on the way take their time.
    params = SolveParams(seconds=100_000, clock=time.monotonic, effort=10.0)
    return solve_city(
        town,
        params,
        cancelled=cancelled,
        run_parts=run_parts,
        seats_of_a_part=SEATS_OF_A_PART,
    )


async def begun(settings: Settings = SETTINGS) -> Attempt:
    world = await World.make()
    asked = await world.request(now=clock.now())
    attempt = await planning.begin(asked.id, clock.now(), settings)
    assert attempt is not None
    return attempt


def shared(attempt: Attempt) -> SharedParts:
    loop = asyncio.get_running_loop()
    return SharedParts(attempt, loop, lease_seconds=attempt.lease_seconds)


def assert_same(one: CityPlan, other: CityPlan) -> None:
    assert np.array_equal(one.assignments.person, other.assignments.person)
    assert np.array_equal(one.assignments.role, other.assignments.role)
    assert (one.score, one.bound) == (other.score, other.bound)
    assert np.array_equal(one.certificate.prices, other.certificate.prices)


@pytest.mark.parametrize("helpers", [0, HELPERS])
async def test_one_worker_and_nine_make_the_same_plan(
    database: str, town: Tables, alone: CityPlan, helpers: int
) -> None:
    attempt = await begun()
    solving = asyncio.create_task(asyncio.to_thread(planned, town, shared(attempt)))
    helped = 0
    while not solving.done():
        # Messages reach workers when they do: each helps with whatever is there.
        helping = [help_with(attempt.round_id, 5) for _ in range(helpers)]
        helped += sum(await asyncio.gather(*helping)) if helpers else 0
        await asyncio.wait({solving}, timeout=0.02)
    assert_same(await solving, alone)
    assert (helped > 0) == (helpers > 0)
    assert await PlanPart.all().count() == 0


async def test_workers_are_asked_as_the_parts_are_cut(database: str, town: Tables) -> None:
    attempt = await begun()
    await asyncio.to_thread(planned, town, shared(attempt))
    asked = await OutboxMessage.filter(job=Job.SOLVE_PARTS.value)
    assert len(asked) > 3
    assert {str(attempt.round_id)} == {row.arguments["round_id"] for row in asked}
    assert all(set(row.arguments) == {"round_id"} for row in asked)


async def test_part_of_a_killed_worker_is_solved_by_another(
    database: str, house: House, town: Tables, alone: CityPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real workers on a real queue, of which one is killed with a part in hand.

    The planner takes no part itself until then: what is left by the dead is its own at last.
    """
    may_help = asyncio.Event()
    help_once = SharedParts._help_once  # noqa: SLF001

    async def later(planner: SharedParts) -> bool:
        return may_help.is_set() and await help_once(planner)

    monkeypatch.setattr(SharedParts, "_help_once", later)
    house.start_ticks()
    house.start_solver()
    house.start_solver()
    attempt = await begun(Settings(lease_seconds=600))
    solving = asyncio.create_task(asyncio.to_thread(planned, town, shared(attempt)))

    victim = await someone_new(house)
    await someone_new(house, victim)
    os.killpg(victim, signal.SIGKILL)
    house.open_gate()
    may_help.set()

    assert_same(await solving, alone)
    assert await PlanPart.all().count() == 0
    assert "Traceback" not in house.all_logs()


async def offered(attempt: Attempt, number: int = 0, seats: int = 5) -> UUID:
    ends_at = clock.now() + timedelta(minutes=5)
    await sharing.offer_part(attempt, number, seats, b"problem", ends_at, None)
    return (await PlanPart.get(number=number)).id


async def test_part_is_one_workers_until_its_lease_ends(database: str) -> None:
    attempt, now = await begun(), clock.now()
    await offered(attempt)
    taken = await sharing.take_part(attempt.round_id, now, 20)
    assert taken is not None
    assert (taken.number, taken.problem) == (0, b"problem")
    assert await sharing.take_part(attempt.round_id, now + timedelta(seconds=19), 20) is None
    assert await sharing.keep_part(taken, now + timedelta(seconds=19), 20)
    later = now + timedelta(seconds=38)
    assert await sharing.take_part(attempt.round_id, later, 20) is None
    other = await sharing.take_part(attempt.round_id, later + timedelta(seconds=2), 20)
    assert other is not None
    # The first woke up too late: what it found is not asked for.
    assert not await sharing.keep_part(taken, later, 20)
    assert not await sharing.hand_in(taken, b"late")
    assert await sharing.hand_in(other, b"found")
    assert await sharing.handed_in(attempt, []) == [(0, b"found")]
    assert await sharing.handed_in(attempt, [0]) == []


async def test_large_parts_are_taken_first(database: str) -> None:
    attempt, now = await begun(), clock.now()
    for number, seats in enumerate((3, 9, 5)):
        await offered(attempt, number, seats)
    taken = [await sharing.take_part(attempt.round_id, now, 20) for _ in range(4)]
    assert [each and each.number for each in taken] == [1, 2, 0, None]


async def test_part_that_nobody_could_solve_is_left_out(database: str) -> None:
    attempt, now = await begun(), clock.now()
    await offered(attempt)
    for _ in range(sharing.TRIES_MOST):
        assert await sharing.are_waited_for(attempt, now)
        assert await sharing.take_part(attempt.round_id, now, 20) is not None
        assert await sharing.are_waited_for(attempt, now)
        now += timedelta(seconds=21)
    assert await sharing.take_part(attempt.round_id, now, 20) is None
    assert not await sharing.are_waited_for(attempt, now)


async def test_after_its_time_a_part_is_not_begun(database: str) -> None:
    attempt = await begun()
    await offered(attempt)
    late = clock.now() + timedelta(minutes=6)
    assert await sharing.take_part(attempt.round_id, late, 20) is None
    assert not await sharing.are_waited_for(attempt, late)


@pytest.mark.parametrize(
    "change", [{"cancel_requested": True}, {"state": RoundState.CANCELLED}, {"attempt": 7}]
)
async def test_round_that_is_stopped_or_overtaken_asks_for_no_parts(
    database: str, change: dict[str, object]
) -> None:
    attempt, now = await begun(), clock.now()
    await offered(attempt)
    await offered(attempt, 1)
    taken = await sharing.take_part(attempt.round_id, now, 20)
    assert taken is not None
    await RoundRow.filter(id=attempt.round_id).update(**change)
    assert await sharing.take_part(attempt.round_id, now, 20) is None
    assert not await sharing.keep_part(taken, now, 20)


async def test_overtaken_attempt_offers_nothing_and_keeps_nothing(
    database: str, town: Tables
) -> None:
    attempt = await begun()
    await RoundRow.filter(id=attempt.round_id).update(attempt=attempt.attempt + 1)
    with pytest.raises(LostLease):
        await asyncio.to_thread(planned, town, shared(attempt))
    assert await PlanPart.all().count() == 0


async def test_cancelled_there_is_a_plan_and_no_part_is_left(database: str, town: Tables) -> None:
    attempt = await begun()
    plan = await asyncio.to_thread(planned, town, shared(attempt), lambda: True)
    assert len(plan.assignments) >= len(town.relations.fixed)
    assert await PlanPart.all().count() == 0


async def test_what_a_dead_planner_left_behind_is_swept_away(database: str) -> None:
    attempt = await begun()
    await offered(attempt)
    assert await planning.sweep_parts() == 0
    await RoundRow.filter(id=attempt.round_id).update(attempt=attempt.attempt + 1)
    await sharing.offer_part(
        once_more(attempt), 1, 5, b"problem", clock.now() + timedelta(minutes=5), None
    )
    assert await planning.sweep_parts() == 1
    assert [part.number for part in await PlanPart.all()] == [1]


def once_more(attempt: Attempt) -> Attempt:
    """The same round, tried once more."""
    return Attempt(
        round_id=attempt.round_id,
        attempt=attempt.attempt + 1,
        seconds=attempt.seconds,
        seed=attempt.seed,
        lease_seconds=attempt.lease_seconds,
    )
