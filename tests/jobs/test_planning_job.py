"""The planning job with the solver played by hand: whatever happens, the round comes to rest."""

import asyncio
import threading
import zlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import pytest

from jobs.planning import plan
from matcher.plan import Plan, Score
from matcher.portfolio import solve
from matcher.problem import Problem
from matcher.solve import Progress, SolveParams
from matcher.solve import run as solver_of_all
from matcher.solve.certificate import proven_bounds, read_certificate
from models.core import Engagement, OutboxMessage, RoundState
from models.core import Plan as PlanRow
from services import planning, rounds
from services.paging import PageQuery
from services.rounds import Round
from services.settings import Settings
from tests.services.rounds_world import NOW, World, at, greedy_plan

pytestmark = pytest.mark.usefixtures("database")

SETTINGS = Settings(round_attempts_max=2)
WAIT_SECONDS_MAX = 30
BEAT_SECONDS = 0.01

T = TypeVar("T")


class HeldSolver:
    """Says when it was started, and goes on when it is told to, or when it is stopped."""

    def __init__(self, answer: Callable[[Problem], Plan] = greedy_plan) -> None:
        self.answer = answer
        self.started, self.may_go_on = threading.Event(), threading.Event()
        self.was_stopped = False

    def __call__(
        self,
        problem: Problem,
        params: SolveParams,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        run_parts: object = None,
    ) -> Plan:
        assert on_progress is not None
        assert cancelled is not None
        on_progress(Progress("open", 0.25, Score(1, 2, 3), Score(0, 1, 2), 4))
        self.started.set()
        for _ in range(WAIT_SECONDS_MAX * 100):
            self.was_stopped = cancelled()
            if self.was_stopped or self.may_go_on.wait(0.01):
                return self.answer(problem)
        raise AssertionError("nobody told the solver to go on")


def at_once(
    problem: Problem,
    params: SolveParams,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    run_parts: object = None,
) -> Plan:
    return greedy_plan(problem)


async def run(round_id: UUID, solver: object = at_once, now: datetime = NOW) -> None:
    await plan(round_id, SETTINGS, solver, now=lambda: now, beat_seconds=BEAT_SECONDS)  # type: ignore[arg-type]


async def world_with_a_round(**changes: object) -> tuple[World, Round]:
    world = await World.make()
    await world.volunteer()
    await world.shift(at(0, 9))
    return world, await world.request(**changes)


async def until(read: Callable[[], Awaitable[T | None]]) -> T:
    """The first answer of `read` that is not none."""
    for _ in range(WAIT_SECONDS_MAX * 100):
        if (answer := await read()) is not None:
            return answer
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")


async def seen(world: World, round_: Round) -> Round:
    return await rounds.get(world.organiser, round_.id)


async def test_a_round_is_planned_and_proposed() -> None:
    world, asked = await world_with_a_round()

    await run(asked.id)

    done = await seen(world, asked)
    assert (done.state, done.attempt, done.progress.stage) == (RoundState.PROPOSED, 1, "done")
    assert done.plan is not None
    assert done.plan.filled == 1
    assert done.progress.score == done.plan.score


async def test_a_second_delivery_changes_nothing() -> None:
    world, asked = await world_with_a_round()
    await run(asked.id)
    before = await seen(world, asked)

    await run(asked.id)

    assert await seen(world, asked) == before


async def test_delivered_to_many_at_once_it_is_planned_once() -> None:
    world, asked = await world_with_a_round()

    await asyncio.gather(*(run(asked.id) for _ in range(5)))

    done = await seen(world, asked)
    assert (done.state, done.attempt) == (RoundState.PROPOSED, 1)
    assert await PlanRow.all().count() == 1


async def test_a_round_that_is_gone_is_no_error() -> None:
    world, asked = await world_with_a_round()

    await run(world.street.id)

    assert (await seen(world, asked)).attempt == 0
    assert await PlanRow.all().count() == 0


async def test_while_it_is_solved_the_round_shows_how_far_it_is() -> None:
    world, asked = await world_with_a_round()
    solver = HeldSolver()
    job = asyncio.create_task(run(asked.id, solver))
    await asyncio.to_thread(solver.started.wait, WAIT_SECONDS_MAX)

    async def shown() -> rounds.Progress | None:
        progress = (await seen(world, asked)).progress
        return None if progress.stage == "loading" else progress

    progress = await until(shown)
    solver.may_go_on.set()
    await job

    assert (progress.stage, progress.fraction, progress.assignments) == ("open", 0.25, 4)
    assert progress.score == rounds.Score(shortfall=1, open=2, cost=3)
    assert progress.bound == rounds.Score(shortfall=0, open=1, cost=2)


async def test_cancelling_in_the_middle_stops_the_solver_and_keeps_no_plan() -> None:
    world, asked = await world_with_a_round()
    solver = HeldSolver()
    job = asyncio.create_task(run(asked.id, solver))
    await asyncio.to_thread(solver.started.wait, WAIT_SECONDS_MAX)

    await rounds.cancel(world.organiser, asked.id, NOW)
    await job

    done = await seen(world, asked)
    assert (done.state, done.plan) == (RoundState.CANCELLED, None)
    assert solver.was_stopped


async def test_who_is_overtaken_stops_and_writes_nothing() -> None:
    world, asked = await world_with_a_round()
    slow = HeldSolver()
    job = asyncio.create_task(run(asked.id, slow))
    await asyncio.to_thread(slow.started.wait, WAIT_SECONDS_MAX)

    later = NOW + timedelta(seconds=SETTINGS.lease_seconds)
    await run(asked.id, now=later)
    await job

    done = await seen(world, asked)
    assert (done.state, done.attempt) == (RoundState.PROPOSED, 2)
    assert (await PlanRow.get()).attempt == 2
    assert slow.was_stopped


async def test_a_solver_that_fails_is_tried_again_until_too_often() -> None:
    world, asked = await world_with_a_round()
    await OutboxMessage.all().delete()

    def crash(problem: Problem) -> Plan:
        raise MemoryError

    for messages in (1, 1):
        solver = HeldSolver(crash)
        solver.may_go_on.set()
        await run(asked.id, solver)
        assert await OutboxMessage.filter(sent_at=None).count() == messages

    done = await seen(world, asked)
    assert done.state is RoundState.FAILED
    assert done.failure is not None
    assert done.failure.code == "too_many_attempts"


async def test_a_plan_that_breaks_a_rule_is_not_kept() -> None:
    world, asked = await world_with_a_round()

    def wrong(problem: Problem) -> Plan:
        plan = greedy_plan(problem)
        return Plan(
            assignments=(),
            score=plan.score,
            bound=plan.bound,
            bound_from=plan.bound_from,
            status=plan.status,
            seconds=plan.seconds,
            unfilled=plan.unfilled,
        )

    solver = HeldSolver(wrong)
    solver.may_go_on.set()
    await run(asked.id, solver)

    done = await seen(world, asked)
    assert (done.state, done.plan) == (RoundState.SOLVING, None)
    assert await PlanRow.all().count() == 0


async def test_promises_that_clash_fail_the_round_and_are_named() -> None:
    world = await World.make()
    ada = await world.volunteer()
    shift = await world.shift(at(0, 9))
    claim = await world.claim(ada, shift)
    await Engagement.create(volunteer_id=ada.id, starts_at=at(0, 10), ends_at=at(0, 12))
    asked = await world.request()

    await run(asked.id)

    done = await seen(world, asked)
    assert (done.state, done.plan) == (RoundState.FAILED, None)
    assert done.failure is not None
    assert (done.failure.code, done.failure.parameters) == (
        "fixed_clash",
        {"rule": "H4", "count": 1},
    )
    [line] = done.failure.lines
    assert (line.volunteer_id, line.shift_id, line.role_id) == (ada.id, shift.id, claim.role_id)


async def test_data_that_move_while_it_is_solved_leave_a_stale_plan() -> None:
    world, asked = await world_with_a_round()
    solver = HeldSolver()
    job = asyncio.create_task(run(asked.id, solver))
    await asyncio.to_thread(solver.started.wait, WAIT_SECONDS_MAX)
    await world.volunteer()

    solver.may_go_on.set()
    await job

    assert (await seen(world, asked)).state is RoundState.STALE


async def test_no_people_and_no_shifts_are_planned_by_the_solver_itself() -> None:
    world = await World.make()
    for shortfall in (0, 5):
        asked = await world.request()
        await run(asked.id, solve)
        done = await seen(world, asked)
        assert (done.state, done.plan and done.plan.status) == (RoundState.PROPOSED, "optimal")
        assert done.plan is not None
        assert done.plan.score.shortfall == shortfall
        await world.shift(at(0, 9), minimum=1)


async def test_the_solver_itself_plans_a_round_to_the_optimum() -> None:
    world = await World.make()
    for _ in range(3):
        await world.volunteer()
    for day in range(3):
        await world.shift(at(day, 9), seats=2, minimum=1)
    asked = await world.request()

    await run(asked.id, solve)

    done = await seen(world, asked)
    assert done.plan is not None
    assert (done.plan.status, done.plan.filled, done.plan.score.open) == ("optimal", 6, 0)
    shown = await rounds.plan(world.organiser, asked.id, PageQuery())
    assert all(not role.missing for item in shown.items for role in item.roles)
    assert not await planning.mark_stale(NOW)


async def test_a_plan_is_kept_with_the_proof_of_its_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(solver_of_all, "LARGE_COLUMNS", 0)
    _, asked = await world_with_a_round()

    await run(asked.id, solve)

    kept = await PlanRow.get(round_id=asked.id)
    assert kept.certificate is not None
    certificate = read_certificate(zlib.decompress(kept.certificate))
    loaded = await planning.load_problem(asked.id)
    score = Score(kept.score_shortfall, kept.score_open, kept.score_cost)
    found = proven_bounds(loaded.problem, score, certificate)
    # The word of the plan row itself, where it comes from a relaxation.
    for level in ("shortfall", "open", "cost"):
        if kept.bound_from[level] == "lp":
            assert getattr(found, level) == getattr(kept, f"bound_{level}")
    assert certificate.proofs
