"""Planning a round: read its problem, solve it, check the plan, keep it."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from jobs.app import app, settings
from jobs.making import Answer, Made, Refused, Solver, plan_of_columns, plan_of_objects
from jobs.parts import SharedParts
from jobs.running import run_async
from matcher import portfolio
from matcher.problem import Line, Problem
from matcher.solve import Progress as SolverProgress
from matcher.solve import SolveParams
from matcher.tables import Assignments, Tables
from matcher.tables.lines import lines_of
from services import clock, planning
from services.outbox import Job
from services.planning import Attempt, Failure, Loaded, LostLease, NamedLine, Progress
from services.settings import Settings

if TYPE_CHECKING:
    from services.planning.copying import LoadedTables

BEAT_SECONDS = 1.0

log = logging.getLogger(__name__)

# Named here so that a worker in a test can be given another.
solve: Solver = portfolio.solve


@app.task(name=Job.PLAN_ROUND.value)
def plan_round(round_id: str) -> None:
    """Plan a round. Delivered twice, or to two workers, it is planned once all the same."""
    run_async(plan(UUID(round_id), settings, solve))


async def plan(
    round_id: UUID,
    settings: Settings,
    solver: Solver,
    *,
    now: Callable[[], datetime] = clock.now,
    beat_seconds: float = BEAT_SECONDS,
) -> None:
    """Take the round if nobody has it, and see it through to a state in which it can rest."""
    attempt = await planning.begin(round_id, now(), settings)
    if attempt is None:
        return
    work = Work(attempt, solver, settings)
    try:
        await _see_through(work, now, beat_seconds)
    except LostLease:
        log.info("round %s: attempt %s was overtaken", round_id, attempt.attempt)
    except Exception:  # The worker's loop: whatever went wrong here, the round is tried again.
        log.exception("round %s: attempt %s failed", round_id, attempt.attempt)
        await _give_back(attempt, now(), settings)
    finally:
        work.stop()


async def _give_back(attempt: Attempt, now: datetime, settings: Settings) -> None:
    try:
        await planning.give_back(attempt, now, settings)
    except LostLease:
        log.info("round %s: attempt %s had been overtaken", attempt.round_id, attempt.attempt)


async def _see_through(work: "Work", now: Callable[[], datetime], beat_seconds: float) -> None:
    attempt = work.attempt
    solving = asyncio.create_task(work.solve())
    try:
        while not (await asyncio.wait({solving}, timeout=beat_seconds))[0]:
            if await planning.heartbeat(attempt, work.progress, now()):
                # Said now: how long the solver takes to stop is nobody's concern.
                await planning.stop(attempt, now())
                return
        loaded, made = solving.result()
    except Refused as refused:
        await planning.fail(attempt, _failure(refused), now())
        return
    finally:
        work.stop()
        # Whatever comes of it: its thread is still at work on this process's memory.
        await asyncio.gather(solving, return_exceptions=True)
    await planning.heartbeat(attempt, work.progress, now())
    await planning.store(attempt, loaded, made.plan, now(), made.report, made.proof)


class Work:
    """The thinking of one attempt: in a thread, while the loop keeps the lease."""

    def __init__(self, attempt: Attempt, solver: Solver, settings: Settings) -> None:
        self.attempt = attempt
        self.progress = Progress(stage="loading")
        self._solver, self._settings = solver, settings
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Ask the solver to stop soon, with whatever it has."""
        self._stopped.set()

    async def solve(self) -> "tuple[Loaded | LoadedTables, Made]":
        """The problem, its checked plan and what is kept with it. Raises Refused."""
        loaded = await planning.load(self.attempt.round_id, self._settings)
        if isinstance(loaded, Loaded):
            places = await planning.places_of(loaded.problem)
            make = partial(plan_of_objects, loaded, places)
        else:
            make = partial(plan_of_columns, loaded)
        shared = SharedParts(
            self.attempt, asyncio.get_running_loop(), lease_seconds=self.attempt.lease_seconds
        )
        return loaded, await asyncio.to_thread(make, partial(self._solve, shared))

    def _solve(self, shared: SharedParts, problem: Problem | Tables) -> Answer:
        params = SolveParams(
            seconds=self.attempt.seconds, seed=self.attempt.seed, clock=time.monotonic
        )
        found = self._solver(
            problem,
            params,
            on_progress=self._note,
            cancelled=self._stopped.is_set,
            run_parts=shared,
        )
        # What is left takes a while where there are many people: checking, and who gets how much.
        self.progress = msgspec.structs.replace(self.progress, stage="storing", fraction=1.0)
        return found

    def _note(self, progress: SolverProgress) -> None:
        self.progress = msgspec.convert(msgspec.to_builtins(progress), Progress)


def _failure(refused: Refused) -> Failure:
    """The first defect in words that an organiser can follow up, by ids."""
    defect = refused.defects[0]
    if defect.code != "fixed_clash":
        place: dict[str, str | int] = {
            "place": defect.place,
            "code": defect.code,
            "defects": len(refused.defects),
        }
        return Failure(code="problem_refused", parameters=place)
    lines = _fixed(refused.problem, [int(at) for at in str(defect.parameters["places"]).split()])
    return Failure(
        code="fixed_clash",
        parameters={"rule": defect.parameters["rule"], "count": len(lines)},
        lines=[
            NamedLine(
                volunteer_id=UUID(line.volunteer),
                shift_id=UUID(line.shift),
                role_id=UUID(line.role),
            )
            for line in lines
        ],
    )


def _fixed(problem: Problem | Tables, places: list[int]) -> list[Line]:
    if isinstance(problem, Problem):
        return [problem.fixed[place] for place in places]
    fixed = problem.relations.fixed
    return list(lines_of(problem, Assignments(fixed.person[places], fixed.role[places])))
