"""The workers' application with solvers that wait: `celery --app=tests.jobs.gated_worker:app`.

They say in the folder `MULIN_TEST_GATE` that they have begun a round or a part of one, and go on
when a file `open` is there or when they are asked to stop. Everything else is what runs in
production, only the ticks are quicker.
"""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import jobs.parts
import jobs.planning
from jobs.app import app
from matcher.plan import Plan
from matcher.problem import Problem
from matcher.solve import Progress, SolveParams
from services.planning.sharing import TakenPart
from tests.services.rounds_world import greedy_plan

__all__ = ["app"]

GATE = Path(os.environ["MULIN_TEST_GATE"])
WAIT_SECONDS_MAX = 120
POLL_SECONDS = 0.02


def solve_when_told(
    problem: Problem,
    params: SolveParams,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    run_parts: object = None,
) -> Plan:
    """A greedy plan, once the gate is open."""
    wait_at_the_gate(cancelled)
    return greedy_plan(problem)


def solve_part_when_told(taken: TakenPart, seconds: float, stopped: Callable[[], bool]) -> bytes:
    """What a part really gives, once the gate is open."""
    wait_at_the_gate(stopped)
    return solved(taken, seconds, stopped)


def wait_at_the_gate(stopped: Callable[[], bool]) -> None:
    (GATE / f"begun-{os.getpgid(0)}").touch()
    waiting = threading.Event()
    for _ in range(int(WAIT_SECONDS_MAX / POLL_SECONDS)):
        if (GATE / "open").exists() or stopped():
            break
        waiting.wait(POLL_SECONDS)


solved = jobs.parts._solved  # noqa: SLF001
jobs.parts._solved = solve_part_when_told  # noqa: SLF001
jobs.planning.solve = solve_when_told  # type: ignore[assignment]
for name in ("mulin.relay", "mulin.sweep_rounds"):
    app.conf.beat_schedule[name]["schedule"] = timedelta(seconds=0.3)
