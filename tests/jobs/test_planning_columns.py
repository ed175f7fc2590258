"""Rounds planned over columns: the same promises, the same rows, no row of theirs an object."""

import asyncio
import threading
import zlib
from typing import Any
from uuid import UUID

import httpx2
import pytest

from api.app import create_app
from benchmarks.columns import SEED
from jobs.making import Answer
from jobs.planning import plan
from matcher import portfolio
from matcher.bounds.proving import proven_bounds
from matcher.bounds.written import read_prices
from matcher.check import check
from matcher.plan import BoundFrom, Plan, Score
from matcher.problem import Line
from matcher.score import score
from matcher.solve import SolveParams
from matcher.tables import Tables
from models.core import Claim, ClaimState, Engagement, OutboxMessage, PlanGap, PlanLine, RoundState
from models.core import Plan as PlanRow
from services import outbox, planning, rounds
from services.planning.copying import load_tables
from services.rounds import PublishIn, Round
from services.settings import Settings
from tests.pages.visiting import Client, sign_in
from tests.services.rounds_world import NOW, World, at
from tests.services.test_planning_copying import Town
from tests.support.owner import as_owner
from tests.support.signing import as_outside

pytestmark = pytest.mark.usefixtures("database")

OVER_COLUMNS = Settings(round_objects_max=0)
OVER_OBJECTS = Settings()
WAIT_SECONDS_MAX = 30


def by_effort(problem: Any, params: SolveParams, **told: Any) -> Answer:
    """The portfolio, ending by effort, so that it is the same every time."""
    asked = SolveParams(seconds=1e9, clock=params.clock, seed=1, effort=5.0, workers=1)
    return portfolio.solve(problem, asked, **told)


async def run(round_id: UUID, settings: Settings = OVER_COLUMNS, solver: Any = by_effort) -> None:
    await plan(round_id, settings, solver, now=lambda: NOW, beat_seconds=0.01)


async def seen(world: World, round_: Round) -> Round:
    return await rounds.get(world.organiser, round_.id)


async def lines_of(round_id: UUID) -> list[tuple[UUID, UUID, UUID, bool]]:
    kept = await PlanLine.filter(plan__round_id=round_id)
    return sorted((row.volunteer_id, row.shift_id, row.role_id, row.fixed) for row in kept)


@pytest.fixture
def for_a_city(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything goes to the engine for cities."""
    monkeypatch.setattr(portfolio, "SEEDED_PAIRS_LEAST", 0)
    monkeypatch.setattr(portfolio, "PAIRS_MOST", -1)


async def test_either_way_the_same_rows_are_kept() -> None:
    world = await World.make()
    await Town(world, 1).fill()
    kept = []
    for settings in (OVER_OBJECTS, OVER_COLUMNS):
        asked = await world.request()
        await run(asked.id, settings)
        done = await seen(world, asked)
        assert done.plan is not None
        row = await PlanRow.get(round_id=asked.id)
        gaps = await PlanGap.filter(plan_id=row.id).order_by("role_id")
        report = dict(row.report)
        report.pop("could_serve")  # Counted over objects alone.
        kept.append(
            (
                done.state,
                msg(done.plan, "seconds"),
                await lines_of(asked.id),
                [(gap.shift_id, gap.role_id, gap.missing, gap.reasons) for gap in gaps],
                report,
                row.certificate,
                msg(done.progress),
            )
        )
        # One reads only its own plan next: nothing of the first is published or promised.
        await rounds.discard(world.organiser, asked.id, NOW)

    assert kept[0] == kept[1]
    assert kept[0][2]
    assert kept[0][3]


def msg(value: Any, *without: str) -> dict[str, Any]:
    """The fields of a value, without some."""
    return {name: getattr(value, name) for name in value.__struct_fields__ if name not in without}


@pytest.mark.usefixtures("for_a_city")
@pytest.mark.parametrize("seed", range(2))
async def test_what_a_city_engine_plans_is_valid_proven_and_told(seed: int) -> None:
    world = await World.make()
    await Town(world, seed).fill()
    asked = await world.request()

    await run(asked.id)

    row = await PlanRow.get(round_id=asked.id)
    problem = (await planning.load_problem(asked.id)).problem
    lines = [
        Line(str(person), str(shift), str(role))
        for person, shift, role, _ in await lines_of(asked.id)
    ]
    reached = Score(row.score_shortfall, row.score_open, row.score_cost)
    assert score(problem, lines) == reached
    assert {line for line in lines if line in set(problem.fixed)} == set(problem.fixed)
    fixed = {(person, role) for person, _, role, is_fixed in await lines_of(asked.id) if is_fixed}
    assert fixed == {(UUID(line.volunteer), UUID(line.role)) for line in problem.fixed}
    bound = Score(row.bound_shortfall, row.bound_open, row.bound_cost)
    stated = Plan(tuple(lines), reached, bound, BoundFrom(**row.bound_from), row.status, 0.0, ())
    assert {each.rule for each in check(problem, stated)} <= {"unfilled"}
    certificate = read_prices(zlib.decompress(row.certificate))
    tables = (await load_tables(asked.id)).tables
    assert proven_bounds(tables, reached, certificate).cost >= row.bound_cost
    # Its reasons are not worked out by the job for them: there are none to come.
    assert row.explained_at == NOW
    assert not await OutboxMessage.filter(job=outbox.Job.EXPLAIN_PLAN.value).exists()


@pytest.mark.usefixtures("for_a_city")
async def test_three_thousand_people_are_planned_shown_and_asked(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await World.make()
    for day in range(5):
        for hour in (9, 14):
            await world.shift(at(day, hour), seats=30, minimum=10)
    # One that nobody can have: it begins before anybody is up.
    await world.shift(at(0, 3), seats=2)
    await as_owner(database, SEED.format(street=world.street.id, people=3000))
    asked = await world.request()

    await run(asked.id, Settings(round_objects_max=2_999))

    done = await seen(world, asked)
    assert (done.state, done.progress.stage) == (RoundState.PROPOSED, "done")
    assert done.plan is not None
    assert (done.plan.volunteers, done.plan.seats, done.plan.filled) == (3000, 302, 300)
    assert done.progress.score == done.plan.score
    await the_page_shows(world, asked.id, "空着 2 个名额", "302")
    monkeypatch.setattr(rounds, "REASONS_PEOPLE_MOST", 2_999)
    await the_page_shows(world, asked.id, "没有逐一统计空位的原因")

    published = await rounds.publish(world.organiser, asked.id, PublishIn(), NOW, OVER_COLUMNS)

    assert published.plan is not None
    assert published.plan.offers == {"open": 300}
    assert await Claim.filter(state=ClaimState.OFFERED).count() == 300
    again = await world.request()
    await run(again.id)
    assert [fixed for *_, fixed in await lines_of(again.id)] == [True] * 300


async def the_page_shows(world: World, round_id: UUID, *words: str) -> None:
    transport = httpx2.ASGITransport(app=as_outside(create_app(OVER_COLUMNS)))
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with Client(transport=transport, base_url="http://testserver", headers=headers) as each:
        await sign_in(each, world.organiser.name)
        page = await each.get(f"/rounds/{round_id}")
    assert page.status_code == 200
    for word in words:
        assert word in page.text


class Held:
    """Says when it was begun, and goes on when it is told to, or when it is stopped."""

    def __init__(self) -> None:
        self.begun, self.may_go_on = threading.Event(), threading.Event()
        self.given: list[type] = []

    def __call__(self, problem: Any, params: SolveParams, **told: Any) -> Answer:
        self.given.append(type(problem))
        self.begun.set()
        for _ in range(WAIT_SECONDS_MAX * 100):
            if told["cancelled"]() or self.may_go_on.wait(0.01):
                return by_effort(problem, params, **told)
        raise AssertionError("nobody told the solver to go on")


async def begun() -> tuple[World, Round, Held, "asyncio.Task[None]"]:
    """A round in the middle of being solved."""
    world = await World.make()
    await world.volunteer()
    await world.shift(at(0, 9))
    asked, solver = await world.request(), Held()
    job = asyncio.create_task(run(asked.id, solver=solver))
    await asyncio.to_thread(solver.begun.wait, WAIT_SECONDS_MAX)
    assert solver.given == [Tables]
    return world, asked, solver, job


async def test_cancelled_in_the_middle_no_plan_is_kept() -> None:
    world, asked, _, job = await begun()

    await rounds.cancel(world.organiser, asked.id, NOW)
    await job

    done = await seen(world, asked)
    assert (done.state, done.plan) == (RoundState.CANCELLED, None)


async def test_data_that_move_meanwhile_leave_a_stale_plan() -> None:
    world, asked, solver, job = await begun()

    await world.volunteer()
    solver.may_go_on.set()
    await job

    assert (await seen(world, asked)).state is RoundState.STALE


async def test_promises_that_clash_fail_the_round_and_are_named() -> None:
    world = await World.make()
    ada, shift = await world.volunteer(), await world.shift(at(0, 9))
    claim = await world.claim(ada, shift)
    await Engagement.create(volunteer_id=ada.id, starts_at=at(0, 10), ends_at=at(0, 12))
    asked = await world.request()

    await run(asked.id)

    done = await seen(world, asked)
    assert (done.state, done.plan) == (RoundState.FAILED, None)
    assert done.failure is not None
    assert done.failure.code == "fixed_clash"
    [line] = done.failure.lines
    assert (line.volunteer_id, line.shift_id, line.role_id) == (ada.id, shift.id, claim.role_id)


async def test_a_plan_that_breaks_a_rule_or_says_what_is_not_so_is_not_kept() -> None:
    world = await World.make()
    await world.volunteer()
    await world.shift(at(0, 9))
    asked = await world.request()

    def boasting(problem: Any, params: SolveParams, **told: Any) -> Answer:
        from dataclasses import replace

        found: Any = by_effort(problem, params, **told)
        head = replace(found.plan.head, score=Score(0, 0, 0))
        return replace(found.plan, head=head)

    await run(asked.id, solver=boasting)

    assert (await seen(world, asked)).plan is None
    assert (await seen(world, asked)).state is RoundState.SOLVING


async def test_no_people_and_no_shifts_are_planned_as_well() -> None:
    world = await World.make()
    asked = await world.request()
    await run(asked.id)
    assert (await seen(world, asked)).state is RoundState.PROPOSED
    await world.shift(at(0, 9), minimum=1)
    again = await world.request()
    await run(again.id)
    done = await seen(world, again)
    assert done.plan is not None
    assert (done.plan.status, done.plan.score.shortfall) == ("optimal", 5)
