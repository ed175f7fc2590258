"""What the walls cost: claims per second with row-level security and the log, and without both.

    python -m benchmarks.trust --batches 12

Two databases in one server hold the same city. In one every table is behind its wall and every
seat that is taken is logged; in the other the owner has taken the walls down, nothing is logged,
and connections are told of nobody. Batches of the same claims run in turn, each side first as
often as the other, and each pair of batches gives one ratio. Ends with 1 if the middle ratio is
below 0.8.

Claims go through `services.claims.claim` in one process for each side, eight at a time, without
HTTP, whose cost would hide that of the walls. The server keeps its data in memory (no fsync).
"""

import argparse
import asyncio
import os
import statistics
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch
from uuid import UUID

import asyncpg

from services import accounts, claims, scope
from services.claims import ClaimIn
from services.database import open_runtime
from services.rights import Actor
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_project,
    make_shift,
)
from tests.support.lease import leased, servers_at_hand
from tests.support.owner import as_owner
from tests.support.races import TIRELESS
from tests.support.signing import token_of

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- trust: begin (written by benchmarks.trust) -->", "<!-- trust: end -->"
RATIO_LEAST = 0.8
PEOPLE, SHIFTS, AT_ONCE, QUESTIONS = 40, 10, 8, 200
OTHER_PEOPLE = 20_000

# A city around the few who claim: the wall has rows to tell apart.
FILLER = f"""
    INSERT INTO volunteer (id, created_at, organisation_id, external_key, name, age, state,
        max_minutes, max_minutes_per_day, max_shifts, served_minutes, is_on_call, is_matched,
        active_at)
        SELECT gen_random_uuid(), now(), o.id, 'filler-' || n, 'Filler', 30, 'active',
            2400, 480, 7, 0, false, true, now()
        FROM generate_series(1, {OTHER_PEOPLE}) n
        JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS all_
            FROM organisation) o ON o.place = n % o.all_;
    INSERT INTO claim (id, created_at, changed_at, shift_id, role_id, volunteer_id,
        organisation_id, state, starts_at, ends_at, version, queue_place)
        SELECT gen_random_uuid(), now(), now(), s.id, r.id, v.id, p.organisation_id, 'waitlisted',
            s.starts_at, s.ends_at, 1, row_number() OVER (PARTITION BY r.id ORDER BY v.id)
        FROM volunteer v, shift s JOIN role r ON r.shift_id = s.id JOIN project p
            ON p.id = s.project_id
        WHERE v.name = 'Filler' AND s.place = 'Filler';
    ANALYZE;
"""
WALLS_DOWN = """
    DO $$ DECLARE each regclass; BEGIN
        FOR each IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND relkind = 'r' LOOP
            EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', each);
            EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', each);
        END LOOP;
    END $$;
"""


@dataclass(frozen=True, slots=True)
class City:
    """Who claims what, and a sign-in."""

    people: list[Actor]
    shift_ids: list[UUID]
    token: str


async def build(url: str) -> City:
    """A city of two districts and four streets; people and shifts of the first street."""
    async with open_runtime(url):
        _, boss = await make_city()
        streets = [await make_organisation(boss) for _ in range(4)]
        organiser = await make_organiser(streets[0].id)
        people = [await make_person(organiser, **TIRELESS) for _ in range(PEOPLE)]
        project = await make_project(organiser)
        shifts = [
            await make_shift(
                organiser, project_id=project.id, seats=PEOPLE, starts_at=hours(48 * (1 + number))
            )
            for number in range(SHIFTS)
        ]
        await make_shift(organiser, project_id=project.id, place="Filler", starts_at=hours(20))
        token = await token_of(people[0].account_id)
    await as_owner(url, FILLER)
    return City(people, [shift.id for shift in shifts], token)


async def claim_all(city: City) -> float:
    """Seconds for everybody's claim on every shift, eight at a time."""
    waiting = [(actor, shift_id) for shift_id in city.shift_ids for actor in city.people]

    async def claimer() -> None:
        while waiting:
            actor, shift_id = waiting.pop()
            await claims.claim(actor, shift_id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)

    began = perf_counter()
    await asyncio.gather(*(claimer() for _ in range(AT_ONCE)))
    return perf_counter() - began


async def ask_who(city: City) -> float:
    """Seconds for the question of every request: whose session is this?"""
    began = perf_counter()
    for _ in range(QUESTIONS):
        assert await accounts.actor_of(city.token, datetime.now(UTC)) is not None
    return perf_counter() - began


async def nothing(*_: Any, **__: Any) -> None:
    """In place of telling the database for whom, and of the log."""


async def reset(connection: Any) -> None:
    """What the pool does of itself with a connection that comes back."""
    await connection.reset()


async def answer(url: str, city: City, line: Connection) -> None:
    """One side: do what is asked over the line, again and again, until told to end."""
    work = {"claims": claim_all, "who": ask_who}
    async with open_runtime(url, AT_ONCE):
        while (asked := line.recv()) != "end":
            line.send(await work[asked](city))


def side(url: str, city: City, line: Connection, has_walls: bool) -> None:
    """A process with or without walls."""
    if has_walls:
        asyncio.run(answer(url, city, line))
        return
    with (
        patch("services.audit.record", nothing),
        patch.object(scope, "prepare_connection", nothing),
        patch.object(scope, "keep_connection", reset),
        patch.object(scope, "_tell_transaction", nothing),
    ):
        asyncio.run(answer(url, city, line))


async def forget_claims(url: str) -> None:
    """The city as it was before the batch."""
    connection = await asyncpg.connect(url)
    await connection.execute("DELETE FROM claim WHERE state <> 'waitlisted'")
    await connection.execute("VACUUM (ANALYZE) claim, role")
    await connection.close()


def measure(batches: int) -> dict[str, list[list[float]]]:
    """Seconds of each batch, for each kind of work: with walls, and without."""
    context = get_context("spawn")
    taken: dict[str, list[list[float]]] = {"claims": [[], []], "who": [[], []]}
    with leased("database") as walled, leased("database") as bare:
        urls, lines, processes = [walled, bare], [], []
        for number, url in enumerate(urls):
            city = asyncio.run(build(url))
            if url == bare:
                asyncio.run(as_owner(url, WALLS_DOWN))
            ours, theirs = context.Pipe()
            process = context.Process(target=side, args=(url, city, theirs, number == 0))
            process.start()
            lines.append(ours)
            processes.append(process)
        for batch in range(batches + 1):  # The first one only warms up.
            for number in (0, 1) if batch % 2 else (1, 0):
                for work, seconds in taken.items():
                    lines[number].send(work)
                    found = lines[number].recv()
                    if batch:
                        seconds[number].append(found)
                asyncio.run(forget_claims(urls[number]))
        for line, process in zip(lines, processes, strict=True):
            line.send("end")
            process.join()
    return taken


def ratios_of(taken: dict[str, list[list[float]]]) -> list[float]:
    """Claims per second with walls, as a part of those without, batch by batch."""
    return sorted(bare / walled for walled, bare in zip(*taken["claims"], strict=True))


def report(taken: dict[str, list[list[float]]]) -> str:
    """The result in words."""
    claims_each = PEOPLE * SHIFTS
    with_walls, without = (claims_each / statistics.median(each) for each in taken["claims"])
    who, who_bare = (statistics.median(each) / QUESTIONS * 1000 for each in taken["who"])
    ratios = ratios_of(taken)
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"""{BEGIN}

{len(ratios)} pairs of batches of {claims_each} claims, {AT_ONCE} at a time, on {os.cpu_count()} \
cores, load {os.getloadavg()[0]:.1f} at the end.

| | with walls and log | without | ratio |
| --- | ---: | ---: | ---: |
| claims per second (middle batch) | {with_walls:.0f} | {without:.0f} | **{middle:.2f}** |
| half of all ratios lie between | | | {low:.2f} and {high:.2f} |
| all ratios lie between | | | {ratios[0]:.2f} and {ratios[-1]:.2f} |
| telling whose session it is, ms | {who:.2f} | {who_bare:.2f} | {who_bare / who:.2f} |

{END}"""


def main() -> int:
    """0 if the walls cost no more than a fifth."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--batches", type=int, default=12)
    batches = parser.parse_args().batches
    with servers_at_hand():
        taken = measure(batches)
    text = report(taken)
    readme = README.read_text("utf-8")
    before, _, rest = readme.partition(BEGIN)
    README.write_text(before + text + rest.partition(END)[2], "utf-8")
    sys.stdout.write(text + "\n")
    return 0 if statistics.median(ratios_of(taken)) >= RATIO_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
