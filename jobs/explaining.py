"""Working out the reasons of a plan once it is proposed: what fills its seats, why its people.

Bounded: what is not found out in the time is not there, and the page says so.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from jobs.app import app
from jobs.running import run_async
from matcher.explain import unfilled
from matcher.explaining.answers import Effort, Key
from matcher.explaining.instead import without
from matcher.explaining.person import next_in_line, why_this
from matcher.explaining.seats import open_seat
from matcher.explaining.trade_off import trade_off
from matcher.problem import Line, Problem
from services import clock, planning
from services.outbox import Job
from services.planning import Explained, Unexplained
from services.planning.reasons import (
    LineWhy,
    TradeOff,
    WouldFill,
    trade_off_of,
    why_of,
    would_fill_of,
)

SEATS_SECONDS = 30.0
TRADE_OFF_SECONDS = 10.0
LINES_SECONDS = 20.0
"""What a plan's reasons may take at most, by part; a round of a street needs a small part of it."""

SEAT_SECONDS_MOST = 10.0
SEATS_MOST = 200
LINES_MOST = 400
VOLUNTEERS_MOST = 10_000
"""Above this many people the whole plan is explained seat by seat with `mulin explain` alone."""


@app.task(name=Job.EXPLAIN_PLAN.value)
def explain_plan(round_id: str) -> None:
    """Explain the plan of a round. Delivered twice it is done twice, to the same end."""
    run_async(explain(UUID(round_id), now=clock.now))


async def explain(round_id: UUID, *, now: Callable[[], datetime]) -> None:
    """Work out the reasons of a proposed plan that has none, and keep them."""
    asked = await planning.unexplained(round_id)
    if asked is None:
        return
    found = await asyncio.to_thread(reasons_of, asked, time.monotonic)
    await planning.keep_reasons(asked, found, now())


def reasons_of(asked: Unexplained, monotonic: Callable[[], float]) -> Explained:
    """What can be said of the plan within the time that there is."""
    if len(asked.problem.volunteers) > VOLUNTEERS_MOST:
        return Explained()
    return Explained(
        gaps=_seats(asked.problem, asked.lines, Share(SEATS_SECONDS, monotonic)),
        trade_off=_trade_off(asked.problem, asked.lines, monotonic),
        lines=_lines(asked.problem, asked.lines, Share(LINES_SECONDS, monotonic)),
    )


class Share:
    """Seconds that are shared out: each of those that are left gets the same, up to a most."""

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._ends = monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until all of it is used up."""
        return self._ends - self._monotonic()

    def effort(self, waiting: int) -> Effort:
        """What the first of so many may take."""
        return Effort(max(0.0, min(SEAT_SECONDS_MOST, self.left / waiting)), self._monotonic)


def _seats(problem: Problem, lines: tuple[Line, ...], share: Share) -> dict[UUID, WouldFill]:
    rows = unfilled(problem, lines, optimal=False, reasons=False)
    keys = _most_wanted([(row.shift, row.role) for row in rows], problem, lines)
    found: dict[UUID, WouldFill] = {}
    for place, (shift, role) in enumerate(keys):
        if share.left <= 0:
            break
        seat = open_seat(problem, lines, shift, role, share.effort(len(keys) - place))
        if seat is not None:
            found[UUID(role)] = would_fill_of(seat)
    return found


def _most_wanted(keys: list[Key], problem: Problem, lines: tuple[Line, ...]) -> list[Key]:
    """Those below their minimum first, then by priority."""
    people: dict[Key, int] = {}
    for line in lines:
        people[line.shift, line.role] = people.get((line.shift, line.role), 0) + 1
    order = {
        (shift.id, role.id): (people.get((shift.id, role.id), 0) >= role.min, -shift.priority)
        for shift in problem.shifts
        for role in shift.roles
    }
    return sorted(keys, key=lambda key: order[key])[:SEATS_MOST]


def _trade_off(
    problem: Problem, lines: tuple[Line, ...], monotonic: Callable[[], float]
) -> TradeOff:
    return trade_off_of(trade_off(problem, lines, Effort(TRADE_OFF_SECONDS, monotonic)))


def _lines(problem: Problem, lines: tuple[Line, ...], share: Share) -> dict[Line, LineWhy]:
    """The parts of every line; who would be next, and the plan without it, as far as time goes."""
    promised = set(problem.fixed)
    open_ = [line for line in lines if line not in promised][:LINES_MOST]
    found: dict[Line, LineWhy] = {}
    for place, line in enumerate(open_):
        said = why_this(problem, lines, line)
        is_time = share.left > 0
        next_ = next_in_line(problem, lines, line) if is_time else ()
        effort = share.effort(len(open_) - place)
        instead = without(problem, lines, line, effort) if is_time else None
        found[line] = why_of(said, next_, instead)
    return found
