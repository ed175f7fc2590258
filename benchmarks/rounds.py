"""A round from the database to its offers, by size: time by step, and the peak of memory.

    python -m benchmarks.rounds                       # to 200,000 people: ten minutes
    python -m benchmarks.rounds --sizes small         # a minute

People, their weekly hours, skills and likings, and shifts with roles are seeded by SQL into a
database of its own. Each step runs in a process of its own: the job that plans the round, as a
worker runs it; a look whether data moved; publishing, as an organiser asks for it. The
lines of the first round are promised when a second one is planned.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.columns import SEED
from jobs.making import Answer
from jobs.planning import plan
from matcher import portfolio
from matcher.city.warming import warm_up
from services import rounds
from services.database import open_runtime
from services.database import rows as found_rows
from services.paging import PageQuery
from services.planning.digest import read_digest
from services.rights import Actor, Grant
from services.rounds import PublishIn, RoundIn
from services.scope import as_system
from services.settings import Settings
from tests.services.rounds_world import MONDAY, NOW, SUNDAY_NIGHT, World
from tests.support.factories import organiser_at
from tests.support.lease import leased, servers_at_hand
from tests.support.owner import as_owner

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- rounds: begin (written by benchmarks.rounds) -->", "<!-- rounds: end -->"
# People, shifts, seconds for the solver.
SIZES = {
    "small": ((2_000, 60, 10), (12_000, 400, 20)),
    "all": ((2_000, 60, 10), (20_000, 600, 30), (200_000, 6_000, 60)),
}
SHIFTS = """
    INSERT INTO shift (id, created_at, project_id, external_key, place, starts_at, ends_at,
        longitude, latitude, priority, state, cancel_below_minimum,
        claim_mode, version)
        SELECT gen_random_uuid(), now(), '{project}', 'seeded-' || n, '',
            '2026-12-07 00:00+08'::timestamptz + make_interval(days => n % 7,
                hours => 9 + (n / 7) % 9),
            '2026-12-07 00:00+08'::timestamptz + make_interval(days => n % 7,
                hours => 11 + (n / 7) % 9),
            121.47 + (n % 997) * 0.0001, 31.23 + (n % 773) * 0.0001, 1 + n % 10, 'open', false,
            'instant', 1
        FROM generate_series(1, {shifts}) n;
    INSERT INTO role (id, created_at, shift_id, key, name, minimum, target, maximum, min_age,
        max_age, held)
        SELECT gen_random_uuid(), now(), s.id, 'r' || r, 'Helper', 1, 2 + r, 9, 16, 150, 0
        FROM shift s, generate_series(1, 2) r WHERE s.external_key LIKE 'seeded-%';
    INSERT INTO role_skill (id, created_at, role_id, skill, level)
        SELECT gen_random_uuid(), now(), r.id, 'driving', 2 FROM role r WHERE r.key = 'r1';
    ANALYZE;
"""


async def seeded(url: str, people: int, shifts: int) -> str:
    """A database with so many people and shifts; its street and organiser."""

    @as_system
    async def made() -> tuple[str, str, str]:
        world = await World.make()
        return str(world.street.id), str(world.project.id), str(world.organiser.account_id)

    async with open_runtime(url):
        street, project, account = await made()
    await as_owner(url, SEED.format(street=street, people=people))
    await as_owner(url, SHIFTS.format(project=project, shifts=shifts))
    return f"{street} {account}"


def organiser_of(who: str) -> tuple[UUID, Actor]:
    """The street, and its organiser."""
    street, account = map(UUID, who.split())
    grants = tuple(Grant(role=role, organisation_id=node) for role, node in organiser_at(street))
    return street, Actor(account_id=account, name="organiser", grants=grants)


@as_system
async def asked_for(who: str) -> UUID:
    """A new round of the street, which nobody has taken yet."""
    street, organiser = organiser_of(who)
    command = RoundIn(
        organisation_id=street,
        horizon_start=MONDAY,
        horizon_end=SUNDAY_NIGHT,
        seconds_max=600,
    )
    return (await rounds.request(organiser, command, NOW, Settings())).id


class Watch:
    """The solver, which notes when it was begun and when it was done."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.begun = self.done = 0.0
        self.gap: list[int] = []

    def __call__(self, problem: Any, params: Any, **told: Any) -> Answer:
        self.begun = time.perf_counter()
        found: Answer = portfolio.solve(problem, replace(params, seconds=self.seconds), **told)
        self.done = time.perf_counter()
        return found


async def plan_step(who: str, seconds: float) -> dict[str, Any]:
    """Plan a new round as a worker does."""
    round_id = await asked_for(who)
    warm_up(time.monotonic)  # Compiling is not in the times.
    watch = Watch(seconds)
    began = time.perf_counter()
    await plan(round_id, Settings(round_seconds_max=int(seconds)), watch)
    ended = time.perf_counter()
    [kept] = await as_system(found_rows)(
        "SELECT r.state, p.volunteers_count, p.seats_count, p.score_shortfall, p.score_open, "
        "p.score_cost, p.bound_cost, octet_length(p.certificate) AS proof, "
        "(SELECT count(*) FROM plan_line WHERE plan_id = p.id) AS lines, "
        "(SELECT count(*) FROM plan_line WHERE plan_id = p.id AND fixed) AS fixed "
        "FROM round r JOIN plan p ON p.round_id = r.id WHERE r.id = $1",
        round_id,
    )
    return {
        **kept,
        "round": str(round_id),
        "load": watch.begun - began,
        "solve": watch.done - watch.begun,
        "keep": ended - watch.done,
    }


async def look_step(round_id: str) -> dict[str, Any]:
    """Whether the data of a proposed round moved."""
    began = time.perf_counter()
    await read_digest(UUID(round_id))
    return {"look": time.perf_counter() - began}


async def publish_step(who: str, round_id: str) -> dict[str, Any]:
    """Publish a proposed round, and read its page."""
    _, organiser = organiser_of(who)
    began = time.perf_counter()
    # What the job does is measured here, without the way to it.
    at_once = Settings(publish_at_once_lines=10_000_000)
    done = await rounds.publish(organiser, UUID(round_id), PublishIn(), NOW, at_once)
    published = time.perf_counter() - began
    began = time.perf_counter()
    await rounds.plan(organiser, UUID(round_id), PageQuery(limit=40))
    return {
        "publish": published,
        "page": time.perf_counter() - began,
        "offers": sum(done.plan.offers.values()) if done.plan else 0,
    }


async def one_step(words: list[str]) -> dict[str, Any]:
    name, url, *rest = words
    async with open_runtime(url):
        if name == "plan":
            found = await plan_step(rest[0], float(rest[1]))
        elif name == "look":
            found = await look_step(rest[0])
        else:
            found = await as_system(publish_step)(*rest)
    return {**found, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def in_a_process(*words: str) -> dict[str, Any]:
    """A step in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.rounds", "--step", *words]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(told)
    sys.stderr.write(f"{' '.join(words)}: {found}\n")
    return found


def measure(people: int, shifts: int, seconds: float) -> list[dict[str, Any]]:
    """A first round, published, and a second one beside what the first one promised."""
    size = {"people": people, "shifts": shifts}
    with leased("database") as url:
        who = asyncio.run(seeded(url, people, shifts))
        found = []
        for _ in range(2):
            made = in_a_process("plan", url, who, str(seconds))
            looked = in_a_process("look", url, made["round"])
            sent = in_a_process("publish", url, who, made["round"])
            peaks = {"looking": looked["megabytes"], "publishing": sent["megabytes"]}
            found.append({**size, **looked, **sent, **made, **peaks})
    return found


def row_of(found: dict[str, Any], place: int) -> str:
    """A line of the table."""
    return (
        f"| {found['people']:,} × {found['shifts']:,} | {'second' if place else 'first'} "
        f"| {found['seats_count']:,} | {found['lines']:,} | {found['fixed']:,} "
        f"| {found['load']:.1f} | {found['solve']:.1f} | {found['keep']:.1f} "
        f"| {found['megabytes']:,} | {found['look']:.2f} | {found['offers']:,} "
        f"| {found['publish']:.1f} | {found['publishing']:,} | {found['page']:.2f} |"
    )


def report(rows: list[str], sizes: str, load_before: float) -> str:
    """The table in words."""
    table = "\n".join(rows)
    return f"""{BEGIN}

By `python -m benchmarks.rounds --sizes {sizes}`, on {os.cpu_count()} cores with a load of \
{load_before:.1f} at the beginning and {os.getloadavg()[0]:.1f} at
the end. Seconds; *keep* is checking the plan, counting who gets how much, and storing it.

| people × shifts | round | seats | lines | promised | load | solve | keep | peak MB | \
look whether data moved | offers | publish | peak MB | page |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{table}

{END}"""


def main() -> int:
    """0 if every round was planned and published."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", choices=SIZES, default="all")
    parser.add_argument("--step", nargs="+")
    chosen = parser.parse_args()
    if chosen.step:
        sys.stdout.write(json.dumps(asyncio.run(one_step(chosen.step))))
        return 0
    load_before, rows = os.getloadavg()[0], []
    with servers_at_hand():
        for size in SIZES[chosen.sizes]:
            for place, found in enumerate(measure(*size)):
                rows.append(row_of(found, place))
                sys.stdout.write(rows[-1] + "\n")
                sys.stdout.flush()
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    README.write_text(
        before + report(rows, chosen.sizes, load_before) + rest.partition(END)[2], "utf-8"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
