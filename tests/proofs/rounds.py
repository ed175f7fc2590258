"""The long proof of rounds: the whole way from a message to offers, killed at hundreds of points.

    python -m tests.proofs.rounds --points 400

For each point a process of its own takes a round, loads, solves and stores it and publishes the
plan; it is killed with SIGKILL after a random time. What it left must break no promise, and whoever
comes next must bring the round to its end with every seat offered exactly once. Writes a report
that names the commit it speaks of; ends with 1 if anything was lost, doubled or left behind.
"""

import argparse
import asyncio
import os
import random
import select
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from uuid import UUID

from jobs.planning import plan
from matcher.plan import Plan
from matcher.problem import Problem
from matcher.solve import Progress, SolveParams
from models.core import SEAT_STATES, Claim, Offer, OrganisationKind, PlanLine, Role, RoundState
from models.core import Plan as PlanRow
from models.core import Round as RoundRow
from services import outbox, planning, rounds, scope
from services.database import open_runtime
from services.outbox import Message
from services.rights import Actor
from services.rounds import PublishIn
from tests.services.rounds_world import NOW, SETTINGS, World, at, greedy_plan
from tests.support.lease import SOCKET_VARIABLE, leased, servers_at_hand

REPORT = Path(__file__).parents[2] / "docs" / "proofs" / "rounds.md"
MEASURED = 3
PEOPLE, SHIFTS, SEATS = 3, 4, 2
SEED = 1


def solve_greedily(
    problem: Problem,
    params: SolveParams,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    run_parts: object = None,
) -> Plan:
    """A plan at once: the solver's own time is the one in which nothing can go wrong."""
    return greedy_plan(problem)


async def way(round_id: UUID, organiser: Actor, now: datetime) -> None:
    """From the message to the offers, as workers and an organiser go it."""

    async def send(message: Message) -> None:
        assert message.arguments

    await outbox.relay(send, now)
    await plan(round_id, SETTINGS, solve_greedily, now=lambda: now, beat_seconds=0.002)
    state = (await rounds.get(organiser, round_id)).state
    if state is RoundState.PROPOSED:
        await rounds.publish(organiser, round_id, PublishIn(), now, SETTINGS)


async def prepare(url: str, city: World) -> tuple[UUID, Actor]:
    """A street of its own with people, shifts and a round that was asked for."""
    async with open_runtime(url):
        world = World()
        world.city, world.count = city.city, city.count
        world.street = await world.organisation(
            f"Street {city.count}", OrganisationKind.STREET, world.city
        )
        world.project = await world.published_project(world.street)
        world.organiser = await world.organiser_of(world.street)
        for _ in range(PEOPLE):
            await world.volunteer()
        for day in range(SHIFTS):
            await world.shift(at(day, 9), seats=SEATS)
        city.count = world.count + 1
        return (await world.request()).id, world.organiser


def run_killed(url: str, round_id: UUID, organiser: Actor, after_seconds: float | None) -> float:
    """Go the way in a process of its own, killed after so long; how long the process lived."""
    began = monotonic()
    process = os.fork()
    if not process:
        asyncio.run(alone(url, round_id, organiser))
        os._exit(0)
    if after_seconds is not None:
        descriptor = os.pidfd_open(process)
        select.select([descriptor], [], [], after_seconds)  # Or until it is done before that.
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        os.close(descriptor)
    os.waitpid(process, 0)
    return monotonic() - began


async def alone(url: str, round_id: UUID, organiser: Actor) -> None:
    async with open_runtime(url, connections_max=2):
        await way(round_id, organiser, NOW)


async def broken_promises(round_id: UUID) -> list[str]:
    """What must hold of a round at every moment, and does not."""
    row = await RoundRow.get(id=round_id)
    plans = await PlanRow.filter(round_id=round_id)
    offers = await Offer.filter(round_id=round_id).count()
    lines = await PlanLine.filter(plan__round_id=round_id).count()
    is_published = row.state == RoundState.PUBLISHED
    holds = {
        "one plan at most": len(plans) <= 1,
        "a plan where one is shown": bool(plans)
        == (row.state in (RoundState.PROPOSED, RoundState.PUBLISHED)),
        "all offers or none": offers == (lines if is_published else 0),
        "as many seats held as claimed": await seats_agree(),
    }
    return [promise for promise, is_kept in holds.items() if not is_kept]


async def seats_agree() -> bool:
    held = sum(role.held for role in await Role.all())
    return held == await Claim.filter(state__in=list(SEAT_STATES)).count()


async def examine_and_finish(url: str, round_id: UUID, organiser: Actor) -> tuple[str, list[str]]:
    """Where the process died, and what was broken then or after whoever came next."""
    async with open_runtime(url):
        row = await RoundRow.get(id=round_id)
        where = f"{row.state.value}, attempt {row.attempt}"
        broken = await broken_promises(round_id)
        later = NOW + timedelta(seconds=61)
        await planning.sweep(later, SETTINGS)
        await way(round_id, organiser, later)
        broken += await broken_promises(round_id)
        done = await rounds.get(organiser, round_id)
        if done.state is not RoundState.PUBLISHED or done.plan is None:
            broken.append(f"left behind as {done.state.value}")
        elif done.plan.offers != {"open": min(PEOPLE, SEATS) * SHIFTS}:
            broken.append(f"offers {done.plan.offers}")
        return where, broken


def crash(url: str, points: int) -> tuple[Counter[str], list[str]]:
    """Where the processes died, and every promise that was broken."""

    async def city() -> World:
        async with open_runtime(url):
            return await World.make()

    scope.begin(scope.SYSTEM)  # Here and in the processes that are killed.
    chance, where, broken = random.Random(SEED), Counter[str](), list[str]()
    world = asyncio.run(city())
    lives = []
    for _ in range(MEASURED):
        lives.append(run_killed(url, *asyncio.run(prepare(url, world)), None))
    life = min(lives)  # Most are to die on the way and not behind it.
    for _ in range(points):
        round_id, organiser = asyncio.run(prepare(url, world))
        run_killed(url, round_id, organiser, chance.uniform(0, life))
        died, found = asyncio.run(examine_and_finish(url, round_id, organiser))
        where[died] += 1
        broken += found
    return where, broken


def report(points: int, where: Counter[str], broken: list[str], seconds: float) -> str:
    """The result in words, with the commit that it speaks of."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    rows = "\n".join(f"| {died} | {count:,} |" for died, count in sorted(where.items()))
    return f"""# Rounds: killed anywhere, planned and published once

Made by `python -m tests.proofs.rounds --points {points}` at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC,
of commit `{commit}`, in {seconds:.0f} seconds.

A process takes a round, loads, solves and stores it and publishes the plan, and is killed with
SIGKILL after a random time. What it left was looked at, then the sweeper and the next worker came.

| the round when the process died | times |
|---|---|
{rows}

Promises broken in {points:,} crashes: **{len(broken)}**. Looked at each time, before and after the
next worker: one plan at most, a plan wherever one is shown, all offers of a plan or none, as many
seats held as claimed; and at the end the round published, with every seat offered exactly once.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=400)
    parser.add_argument("--dry", action="store_true", help="write no report")
    asked = parser.parse_args()
    with ExitStack() as stack:
        if SOCKET_VARIABLE not in os.environ:
            stack.enter_context(servers_at_hand())
        url = stack.enter_context(leased("database"))
        began = monotonic()
        where, broken = crash(url, asked.points)
        said = report(asked.points, where, broken, monotonic() - began)
    if not asked.dry:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(said)
    sys.stdout.write(said)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
