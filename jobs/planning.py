"""Planning a round: read its problem, solve it, check the plan, keep it."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from jobs.app import app, settings
from jobs.running import run_async
from matcher.check import check
from matcher.defects import Defect
from matcher.plan import Plan
from matcher.problem import Problem
from matcher.report import report
from matcher.solve import Progress as SolverProgress
from matcher.solve import Solved, SolveParams, solve_with_proof
from matcher.solve.certificate import Certificate, write_certificate
from matcher.validate import validate
from services import clock, planning
from services.outbox import Job
from services.planning import Attempt, Failure, Loaded, LostLease, NamedLine, Progress
from services.settings import Settings

BEAT_SECONDS = 1.0

log = logging.getLogger(__name__)


class Solver(Protocol):
    """`matcher.solve.solve_with_proof`, or what stands in for it and may prove nothing."""

    def __call__(
        self,
        problem: Problem,
        params: SolveParams,
        *,
        on_progress: Callable[[SolverProgress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Plan | Solved: ...


# Named here so that a worker in a test can be given another.
solve: Solver = solve_with_proof


class Refused(Exception):
    """The matcher does not take the problem."""

    def __init__(self, problem: Problem, defects: tuple[Defect, ...]) -> None:
        super().__init__()
        self.problem = problem
        self.defects = defects


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
    work = Work(attempt, solver)
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
        loaded, plan, certificate = solving.result()
    except Refused as refused:
        await planning.fail(attempt, _failure(refused), now())
        return
    finally:
        work.stop()
        # Whatever comes of it: its thread is still at work on this process's memory.
        await asyncio.gather(solving, return_exceptions=True)
    storing = msgspec.structs.replace(work.progress, stage="storing", fraction=1.0)
    await planning.heartbeat(attempt, storing, now())
    places = await planning.places_of(loaded.problem)
    shares = await asyncio.to_thread(report, loaded.problem, plan.assignments, places)
    proof = None if certificate is None else write_certificate(certificate)
    await planning.store(attempt, loaded, plan, now(), shares, proof)


class Work:
    """The thinking of one attempt: in a thread, while the loop keeps the lease."""

    def __init__(self, attempt: Attempt, solver: Solver) -> None:
        self.attempt = attempt
        self.progress = Progress(stage="loading")
        self._solver = solver
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Ask the solver to stop soon, with whatever it has."""
        self._stopped.set()

    async def solve(self) -> tuple[Loaded, Plan, Certificate | None]:
        """The problem, its checked plan and the proof of its bounds. Raises Refused."""
        loaded = await planning.load_problem(self.attempt.round_id)
        return loaded, *await asyncio.to_thread(self._solve, loaded.problem)

    def _solve(self, problem: Problem) -> tuple[Plan, Certificate | None]:
        if defects := validate(problem):
            raise Refused(problem, defects)
        params = SolveParams(
            seconds=self.attempt.seconds, seed=self.attempt.seed, clock=time.monotonic
        )
        found = self._solver(
            problem, params, on_progress=self._note, cancelled=self._stopped.is_set
        )
        plan, certificate = (
            (found.plan, found.certificate) if isinstance(found, Solved) else (found, None)
        )
        if broken := {violation.rule for violation in check(problem, plan)}:
            raise AssertionError(f"the plan breaks {', '.join(sorted(broken))}")
        return plan, certificate

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
    lines = [refused.problem.fixed[int(at)] for at in str(defect.parameters["places"]).split()]
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
