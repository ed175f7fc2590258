"""What a problem costs to write and to read: JSON, Parquet, and copies out of PostgreSQL.

    python -m benchmarks.columns --people 1000 10000 100000 1000000 --rounds 2000 20000 200000

Problems are drawn by `benchmarks.cities`, one shift for every 26 people. Every step runs in a
process of its own, so that its memory can be told: the peak above what the process held when its
input was there and libraries were loaded. JSON stops at 100,000 people and objects from PostgreSQL
at 20,000: beyond, they take more memory and time than the comparison is worth.

Rounds are seeded by SQL: weekly hours, a skill each and a liking; `load_problem` makes objects of
them, `load_tables` columns.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.cities import draw_city
from matcher.codec import read_problem, write_problem
from matcher.tables import Assignments, Tables
from matcher.tables.check import check_lines
from matcher.tables.parquet.reading import read_tables
from matcher.tables.parquet.writing import write_tables
from matcher.tables.score import score_of
from matcher.tables.to_problem import problem_of

README = Path(__file__).with_name("README.md")
BEGIN = "<!-- columns: begin (written by benchmarks.columns) -->"
END = "<!-- columns: end -->"
JSON_PEOPLE_MOST, OBJECTS_MOST = 100_000, 20_000
NO_LIMIT_BYTES = 2**40

SEED = """
    INSERT INTO volunteer (id, created_at, organisation_id, external_key, name, age, state,
        max_minutes, max_minutes_per_day, max_shifts, served_minutes, is_on_call, is_matched,
        active_at, home_longitude, home_latitude, max_travel_m)
        SELECT gen_random_uuid(), now(), '{street}', 'seeded-' || n, 'Seeded', 16 + n % 60,
            'active', 2400, 480, 7, n % 3000, false, true, now(),
            121.47 + (n % 1000) * 0.0001, 31.23 + (n % 777) * 0.0001, 3000 + n % 9000
        FROM generate_series(1, {people}) n;
    INSERT INTO availability_window
        (id, created_at, volunteer_id, weekday, start_minute, end_minute)
        SELECT gen_random_uuid(), now(), v.id, (v.served_minutes + d) % 7,
            480 + 60 * (v.age % 4), 1260
        FROM volunteer v, generate_series(0, 3) d WHERE v.name = 'Seeded';
    INSERT INTO volunteer_skill
        (id, created_at, volunteer_id, skill, level, evidence, evidence_kind, state, reason)
        SELECT gen_random_uuid(), now(), v.id,
            (ARRAY['driving', 'dialect', 'computer'])[1 + v.age % 3], 1 + v.age % 5, '', '',
            'declared', ''
        FROM volunteer v WHERE v.name = 'Seeded';
    INSERT INTO volunteer_liking (id, created_at, volunteer_id, cause, liking)
        SELECT gen_random_uuid(), now(), v.id, 'green', v.age % 4
        FROM volunteer v WHERE v.name = 'Seeded';
    ANALYZE;
"""


def timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What the work gives, its seconds, and by how many MB it raised the peak."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = perf_counter()
    found = work()
    seconds = perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found, {"seconds": seconds, "megabytes": (after - before) / 1024}


def write_json_file(tables: Tables, path: Path) -> None:
    """The problem as one JSON file."""
    path.write_text(json.dumps(write_problem(problem_of(tables)), ensure_ascii=False), "utf-8")


def drawn_lines(tables: Tables) -> Assignments:
    """Lines to check and score: one drawn person for each seat, right or wrong."""
    chance = np.random.default_rng(1)
    seats = np.repeat(np.arange(len(tables.roles)), tables.roles.max).astype(np.int32)
    people = chance.integers(0, len(tables.people), len(seats)).astype(np.int32)
    return Assignments(people, seats)


def warm_up() -> None:
    """Load libraries and compiled loops, which are not in the times."""
    with tempfile.TemporaryDirectory() as folder:
        write_tables(draw_city(50, 10), Path(folder))
        read_tables(Path(folder))


def step(name: str, people: int, folder: Path) -> dict[str, float]:
    """One step on one size; the files are in `folder`."""
    document, columns = folder / "problem.json", folder / "columns"
    warm_up()
    if name == "write":
        tables = draw_city(people, max(10, people // 26))
        columns.mkdir()
        _, found = timed(lambda: write_tables(tables, columns))
        return found | {"bytes": float(sum(each.stat().st_size for each in columns.iterdir()))}
    if name == "write json":
        tables = read_tables(columns)
        _, found = timed(lambda: write_json_file(tables, document))
        return found | {"bytes": float(document.stat().st_size)}
    if name == "read json":
        return timed(lambda: read_problem(document.read_bytes(), NO_LIMIT_BYTES))[1]
    if name == "read":
        return timed(lambda: read_tables(columns))[1]
    tables = read_tables(columns)
    lines = drawn_lines(tables)
    check_lines(tables, Assignments(lines.person[:10], lines.role[:10]))
    return timed(lambda: (check_lines(tables, lines), score_of(tables, lines)))[1]


async def round_of(url: str, people: int) -> str:
    """A database with so many people and a round; gives the round's id."""
    from services.database import open_runtime
    from services.scope import as_system
    from tests.services.rounds_world import World, at
    from tests.support.owner import as_owner

    @as_system
    async def made() -> tuple[str, str]:
        world = await World.make()
        for day in range(6):
            await world.shift(at(day, 9), seats=5)
        return str(world.street.id), str((await world.request()).id)

    async with open_runtime(url):
        street, round_id = await made()
    await as_owner(url, SEED.format(street=street, people=people))
    return round_id


async def load(name: str, url: str, round_id: str) -> dict[str, float]:
    """Load the round's problem as objects or as columns."""
    from uuid import UUID

    from services.database import open_runtime
    from services.planning import load_problem
    from services.planning.copying import load_tables

    warm_up()
    async with open_runtime(url):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = perf_counter()
        if name == "objects":
            await load_problem(UUID(round_id))
        else:
            await load_tables(UUID(round_id))
        seconds = perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": seconds, "megabytes": (after - before) / 1024}


def in_a_process(*words: str) -> dict[str, float]:
    """A step in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.columns", "--step", *words]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(found.stdout)
    sys.stderr.write(f"{' '.join(words)}: {result}\n")
    return result


def files(sizes: list[int]) -> list[str]:
    """The table of problems in files."""
    rows = []
    for people in sizes:
        with tempfile.TemporaryDirectory() as folder:
            made = in_a_process("write", str(people), folder)
            read = in_a_process("read", str(people), folder)
            judged = in_a_process("check", str(people), folder)
            said: list[dict[str, float]] = []
            if people <= JSON_PEOPLE_MOST:
                steps = ("write json", "read json")
                said = [in_a_process(each, str(people), folder) for each in steps]
        rows.append(_row(people, made, read, judged, said))
    return rows


def _row(
    people: int,
    made: dict[str, float],
    read: dict[str, float],
    judged: dict[str, float],
    said: list[dict[str, float]],
) -> str:
    cells = [f"{people:,}", _size(made), _cost(made), _cost(read), _cost(judged)]
    if said:
        ratio = said[1]["seconds"] / read["seconds"]
        cells += [_size(said[0]), _cost(said[0]), _cost(said[1]), f"{ratio:.1f}"]
    else:
        cells += ["–"] * 4
    return f"| {' | '.join(cells)} |"


def _size(found: dict[str, float]) -> str:
    return f"{found['bytes'] / 2**20:,.1f}"


def _cost(found: dict[str, float]) -> str:
    return f"{found['seconds']:.2f} / {found['megabytes']:,.0f}"


def rounds(sizes: list[int]) -> list[str]:
    """The table of problems from PostgreSQL."""
    from tests.support.lease import leased, servers_at_hand

    rows = []
    with servers_at_hand():
        for people in sizes:
            with leased("database") as url:
                round_id = asyncio.run(round_of(url, people))
                copied = in_a_process("columns", url, round_id)
                cells = [f"{people:,}", _cost(copied), f"{people / copied['seconds']:,.0f}"]
                if people <= OBJECTS_MOST:
                    plain = in_a_process("objects", url, round_id)
                    ratio = plain["seconds"] / copied["seconds"]
                    cells += [_cost(plain), f"{people / plain['seconds']:,.0f}", f"{ratio:.1f}"]
                else:
                    cells += ["–"] * 3
                rows.append(f"| {' | '.join(cells)} |")
    return rows


def report(sizes: list[int], round_sizes: list[int]) -> str:
    """Both tables in words."""
    load_before = os.getloadavg()[0]
    of_files, of_rounds = "\n".join(files(sizes)), "\n".join(rounds(round_sizes))
    load_after = os.getloadavg()[0]
    head = (
        f"By `python -m benchmarks.columns`, on {os.cpu_count()} cores with a load of "
        f"{load_before:.1f} at the beginning and {load_after:.1f} at the end. Each cell is seconds "
        "/ MB above what the process held before."
    )
    return "\n".join(
        (
            BEGIN,
            "",
            head,
            "",
            _heads("people", "Parquet MB", "write", "read", "check and score")[:-1]
            + _heads("JSON MB", "write", "read", "read, JSON / Parquet"),
            "| ---: " * 9 + "|",
            of_files,
            "",
            _heads("people in PostgreSQL", "COPY to columns", "people a second")[:-1]
            + _heads("rows to objects", "people a second", "objects / COPY"),
            "| ---: " * 6 + "|",
            of_rounds,
            "",
            END,
        )
    )


def _heads(*names: str) -> str:
    return f"| {' | '.join(names)} |"


def main() -> None:
    """Measure everything, or one step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, nargs="*", default=[1000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, nargs="*", default=[2000, 20_000, 200_000])
    parser.add_argument("--step", nargs=3)
    asked = parser.parse_args()
    if asked.step:
        name, one, other = asked.step
        if name in ("objects", "columns"):
            found = asyncio.run(load(name, one, other))
        else:
            found = step(name, int(one), Path(other))
        sys.stdout.write(json.dumps(found))
        return
    text = report(asked.people, asked.rounds)
    readme = README.read_text("utf-8")
    before, _, rest = readme.partition(BEGIN)
    README.write_text(before + text + rest.partition(END)[2], "utf-8")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
