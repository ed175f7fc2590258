"""The workers' application with a solver that waits: `celery --app=tests.jobs.gated_worker:app`.

It says in the folder `MULIN_TEST_GATE` that it has begun, and goes on when a file `open` is there
or when it is asked to stop. Everything else is what runs in production, only the ticks are quicker.
"""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import jobs.planning
from jobs.app import app
from matcher.plan import Plan
from matcher.problem import Problem
from matcher.solve import Progress, SolveParams
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
) -> Plan:
    """A greedy plan, once the gate is open."""
    (GATE / f"begun-{os.getpgid(0)}").touch()
    waiting = threading.Event()
    for _ in range(int(WAIT_SECONDS_MAX / POLL_SECONDS)):
        if (GATE / "open").exists() or cancelled():
            break
        waiting.wait(POLL_SECONDS)
    return greedy_plan(problem)


jobs.planning.solve = solve_when_told  # type: ignore[assignment]
for name in ("mulin.relay", "mulin.sweep_rounds"):
    app.conf.beat_schedule[name]["schedule"] = timedelta(seconds=0.3)
