"""The long proof of claims: eight workers, two seats, again and again, on PostgreSQL.

    python -m tests.proofs.claims --races 1000

Eight processes, each with connections of its own, wait for each other before every race and then
claim a seat of the same shift through the service. Then one person claims two shifts of one time.
Writes a report that names the commit it speaks of; ends with 1 if a race was ever overbooked.
"""

import argparse
import asyncio
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import monotonic
from uuid import UUID

from services.database import open_runtime
from services.rights import Actor
from tests.support.factories import hours, make_city, make_person, make_project, make_shift
from tests.support.lease import leased, servers_at_hand
from tests.support.races import (
    HOURS_APART,
    TIRELESS,
    Outcome,
    answer_to,
    held_by,
    race_for_two_places,
)

REPORT = Path(__file__).parents[2] / "docs" / "proofs" / "claims.md"
WORKERS, SEATS = 8, 2
RACE_SECONDS_MAX = 60


def run_worker(url: str, actor: Actor, shift_ids: list[UUID], start: Barrier) -> list[str]:
    """One worker's answers, a race for each shift."""

    async def claim_each() -> list[str]:
        answers = []
        async with open_runtime(url, connections_max=2):
            for shift_id in shift_ids:
                await asyncio.to_thread(start.wait, RACE_SECONDS_MAX)
                answers.append(await answer_to(actor, shift_id))
        return answers

    return asyncio.run(claim_each())


async def make_races(url: str, races: int) -> tuple[list[Actor], list[UUID]]:
    """Eight tireless people, and a shift with two seats for each race."""
    async with open_runtime(url):
        _, boss = await make_city()
        actors = [await make_person(boss, **TIRELESS) for _ in range(WORKERS)]
        project = await make_project(boss)
        shifts = [
            await make_shift(
                boss,
                project_id=project.id,
                seats=SEATS,
                starts_at=hours(24 + HOURS_APART * race),
            )
            for race in range(races)
        ]
    return actors, [shift.id for shift in shifts]


def race_processes(url: str, races: int) -> Outcome:
    """All races for two seats, by eight processes."""
    actors, shift_ids = asyncio.run(make_races(url, races))
    context = get_context("spawn")
    with context.Manager() as manager:
        start = manager.Barrier(WORKERS)
        with context.Pool(WORKERS) as pool:
            tasks = [(url, actor, shift_ids, start) for actor in actors]
            by_worker = pool.starmap(run_worker, tasks, chunksize=1)
    outcome = Outcome()
    for answers, held in zip(
        zip(*by_worker, strict=True), asyncio.run(count_held(url, shift_ids)), strict=True
    ):
        outcome.add(answers, held, SEATS)
    return outcome


async def count_held(url: str, shift_ids: list[UUID]) -> list[int]:
    async with open_runtime(url):
        return [await held_by(shift_ids=[each]) for each in shift_ids]


async def race_two_places(url: str, races: int) -> Outcome:
    async with open_runtime(url):
        _, boss = await make_city()
        return await race_for_two_places(boss, races)


def described(answers: Counter[str]) -> str:
    return ", ".join(f"{count:,} × `{answer}`" for answer, count in answers.most_common())


def report(races: int, seats: Outcome, places: Outcome, seconds: list[float]) -> str:
    """The result in words, with the commit that it speaks of."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    per_seat = f"{SEATS} seats of one shift, by {WORKERS} processes at once | {races:,}"
    per_person = f"two shifts of one time, by one person at once | {races:,}"
    return f"""# Claims: never more people than seats

Made by `python -m tests.proofs.claims --races {races}` at {datetime.now(UTC):%Y-%m-%d %H:%M} UTC,
of commit `{commit}`.

| what was raced for | races | answers | most held at once | overbooked | seconds |
|---|---|---|---|---|---|
| {per_seat} | {described(seats.answers)} \
| {seats.held_most} | {seats.overbooked} | {seconds[0]:.0f} |
| {per_person} | {described(places.answers)} \
| {places.held_most} | {places.overbooked} | {seconds[1]:.0f} |

Every claim went through `services.claims.claim` on PostgreSQL, each process with connections of
its own, all waiting for each other before each race. What was held was counted from the claims.
The same races on one guard alone, and on none, are in `tests/services/test_claims_race.py`:
without both the locks and the constraints they do overbook.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=1000)
    races = parser.parse_args().races
    with servers_at_hand(), leased("database") as url:
        began = monotonic()
        seats = race_processes(url, races)
        between = monotonic()
        places = asyncio.run(race_two_places(url, races))
        seconds = [between - began, monotonic() - between]
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(report(races, seats, places, seconds))
    sys.stdout.write(REPORT.read_text())
    return 1 if seats.overbooked or places.overbooked else 0


if __name__ == "__main__":
    sys.exit(main())
