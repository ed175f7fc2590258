"""Programs that run in a process of their own: answered, cut off, and gone with their parent."""

import io
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from matcher.solve import SolveParams, worker
from matcher.solve.duals import safe_bound
from matcher.solve.engine import Engine
from matcher.solve.worker import Request
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]


def _cover(size: int, kind: str = "whole") -> Request:
    """The fewest columns of a ring that leave no two neighbours without one: half of them."""
    rows = np.repeat(np.arange(size), 2)
    columns = np.stack([np.arange(size), (np.arange(size) + 1) % size], axis=1).ravel()
    starts = np.arange(0, 2 * size + 1, 2)
    assert len(rows) == len(columns)
    return Request(
        kind=kind,
        rows=(np.ones(2 * size), columns, starts),
        shape=(size, size),
        least=np.ones(size),
        most=np.full(size, np.inf),
        column_least=np.zeros(size),
        column_most=np.ones(size),
        is_whole=np.ones(size, bool),
        objective=np.ones(size),
    )


def _engine(seconds: float = 600.0) -> Engine:
    return Engine(lambda: seconds, lambda: False, lambda: None)


def test_answers_here_and_in_a_process_are_the_same() -> None:
    with _engine() as engine:
        here = engine.ask(_cover(9))
        there = engine.wait(engine.begin(_cover(9)))

    assert here is not None
    assert there is not None
    assert (here.is_optimal, here.bound) == (there.is_optimal, there.bound) == (True, 5.0)


def test_one_process_answers_again_and_two_answer_side_by_side() -> None:
    with _engine() as engine:
        tickets = [engine.begin(_cover(size)) for size in (5, 7)]
        bounds = [answer.bound for ticket in tickets if (answer := engine.wait(ticket))]
        again = engine.begin(_cover(11))

        assert bounds == [3.0, 4.0]
        assert again.lane in {ticket.lane for ticket in tickets}


def test_cancelling_ends_the_process_at_once() -> None:
    asked = False

    def cancel() -> None:
        nonlocal asked
        asked = True

    with Engine(lambda: 600.0, lambda: asked, cancel) as engine:
        ticket = engine.begin(_cover(400_001))
        answer = engine.wait(ticket)

        assert answer is None
        assert ticket.lane is not None
        assert ticket.lane.returncode == -signal.SIGKILL


def test_nothing_is_asked_when_the_time_is_up() -> None:
    with _engine(seconds=0.0) as engine:
        assert engine.is_out
        assert engine.ask(_cover(5)) is None
        assert engine.wait(engine.begin(_cover(5))) is None


def test_process_dies_with_a_parent_that_is_killed() -> None:
    script = (
        "import sys, time\n"
        "from matcher.solve import engine\n"
        "process = engine._start()\n"
        "print(process.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    wait_until(lambda: _has_loaded(child), "the worker to wait for a request")

    parent.kill()
    parent.communicate()

    wait_until(lambda: not _is_running(child), "the worker to end")


def _has_loaded(process: int) -> bool:
    """It waits in a read, which it does only after it has tied itself to its parent."""
    wait = Path(f"/proc/{process}/wchan").read_text()
    return "read" in wait or "pipe" in wait or wait in ("0", "")


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def test_any_multipliers_prove_a_bound_that_no_solution_goes_below() -> None:
    request = _cover(15)
    chance = np.random.default_rng(3)
    optimum = worker.run(request).bound

    for scale in (0.0, 0.1, 0.5, 1.0, 50.0):
        bound = safe_bound(request, chance.normal(0.5, scale, 15))
        assert bound.value <= optimum
    assert safe_bound(request, np.full(15, 0.5)).value == optimum == 8


def test_infeasible_and_empty_programs_are_answered() -> None:
    impossible = _cover(5)
    impossible.column_most = np.zeros(5)
    nothing = _cover(5)
    nothing.rows, nothing.shape = (np.zeros(0), np.zeros(0, int), np.zeros(1, int)), (0, 0)

    assert worker.run(impossible).is_infeasible
    assert worker.run(nothing).is_optimal


def test_relaxation_gives_duals_worth_a_bound() -> None:
    request = _cover(15, kind="relaxed")

    answer = worker.run(request)

    assert answer.duals is not None
    assert safe_bound(request, answer.duals).value == 8


def test_a_process_that_was_killed_is_no_answer_and_the_next_is_a_new_one() -> None:
    with _engine() as engine:
        first = engine.begin(_cover(5))
        assert engine.wait(first) is not None
        assert first.lane is not None
        first.lane.kill()
        first.lane.wait()

        # Big enough that the pipe cannot take it whole.
        assert engine.wait(engine.begin(_cover(200_000))) is None
        again = engine.wait(engine.begin(_cover(5)))

    assert again is not None
    assert again.bound == 3.0


def test_half_an_answer_is_none() -> None:
    whole = io.BytesIO()
    worker.write_message(whole, {"x": None})

    for size in range(len(whole.getvalue())):
        assert worker.read_message(io.BytesIO(whole.getvalue()[:size])) is None


@pytest.mark.parametrize(
    "wrong", [{"seed": -1}, {"effort": -1.0}, {"effort": float("inf")}, {"effort": float("nan")}]
)
def test_limits_that_cannot_be_meant_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SolveParams(seconds=1.0, clock=lambda: 0.0, **wrong)  # type: ignore[arg-type]
