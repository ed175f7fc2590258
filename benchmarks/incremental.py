"""Repairs and a warm index: `python -m benchmarks.incremental` writes its block of the README.

The index is asked of a city that is drawn by seed and that a first pass has filled for the most
part; building it, refreshing it and asking it are measured apart. Repairs are of a plan that the
engine made in a minute, with everything but the reading of files.
"""

import argparse
import gc
import os
import random
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.cities import draw_city
from benchmarks.instances import draw
from matcher.check import check_assignments
from matcher.index import Call, Index, Wanted, best_shifts, replacements, roster
from matcher.plan import Score
from matcher.problem import Line, Problem
from matcher.repair import Claim, DropOut, MoveShift
from matcher.repair.changes import Change
from matcher.repair.repair import repair
from matcher.solve import SolveParams, solve
from matcher.tables import Assignments, Tables

BEGIN, END = (
    "<!-- incremental: begin (written by benchmarks.incremental) -->",
    "<!-- incremental: end -->",
)
SECONDS_PER_REPAIR = 1.7
SICK_CALLS = 20
QUERIES = 400
REFRESHES = 2_000
SIZES = ((10_000, 1_000), (160_000, 6_000), (2_600_000, 100_000))
CALLED_FROM = 260_000


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of many askings."""

    middle: float
    p95: float
    longest: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        middle, p95, longest = np.percentile(np.array(seconds) * 1000, [50, 95, 100])
        return cls(float(middle), float(p95), float(longest))

    def words(self) -> str:
        return f"{self.middle:,.1f} | {self.p95:,.1f} | {self.longest:,.1f}"


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def seated(tables: Tables, index: Index, share: float, seed: int) -> Assignments:
    """A good part of the seats given, each to the best of whom the index names: a likely city."""
    chance = np.random.default_rng(seed)
    roles = np.arange(len(tables.roles))
    asked = chance.choice(roles, round(share * len(roles)), replace=False)
    given: list[tuple[int, int]] = []
    for role in asked.tolist():
        for candidate in replacements(index, role, 1, 0).candidates:
            index.give(candidate.person, role)
            given.append((candidate.person, role))
    found = np.array(given, np.int32).reshape(-1, 2)
    return Assignments(found[:, 0].copy(), found[:, 1].copy())


def of_index(people: int, shifts: int) -> list[str]:
    """Rows of one size: build, refresh, and the three questions."""
    tables = draw_city(people, shifts)
    promised = tables.relations.fixed
    first = Index(tables, promised)
    replacements(first, 0, 1), best_shifts(first, 0, 1, from_minute=0)
    given = seated(tables, first, 0.3, seed=1)
    del first
    gc.collect()
    lines = Assignments(
        np.concatenate([promised.person, given.person]),
        np.concatenate([promised.role, given.role]),
    )
    built: list[Index] = []
    build = timed(lambda: built.append(Index(tables, lines)))
    index, chance = built[0], np.random.default_rng(2)
    refreshed = []
    for at in chance.integers(0, len(given), REFRESHES).tolist():
        person, role = int(given.person[at]), int(given.role[at])
        started = time.perf_counter()
        index.take(person, role)
        index.give(person, role)
        refreshed.append((time.perf_counter() - started) / 2)
    seats = chance.integers(0, len(tables.roles), QUERIES).tolist()
    who = chance.integers(0, people, QUERIES).tolist()
    replaced = [timed(lambda role=role: replacements(index, role, 10)) for role in seats]  # type: ignore[misc]
    offered = [
        timed(lambda person=person: best_shifts(index, person, 10, from_minute=0))  # type: ignore[misc]
        for person in who
    ]
    size = f"{people:,} × {shifts:,}"
    return [
        f"| {size} | {build:.2f} | {index.megabytes:,.0f} | {Times.of(refreshed).middle:.3f} |",
        f"| {size} | replacements for a seat | {Times.of(replaced).words()} |",
        f"| {size} | best shifts for a person | {Times.of(offered).words()} |",
    ]


def of_roster() -> str:
    """A flood at noon: 500 seats in 6 skills, a third of 260,000 people ready to be called."""
    tables = draw_city(CALLED_FROM, 10_000)
    index = Index(tables, tables.relations.fixed)
    chance = np.random.default_rng(3)
    ready = chance.random(CALLED_FROM) < 1 / 3
    noon = tables.horizon.start_minute + 2 * 1440 + 720
    counts = (60, 40, 120, 100, 80, 100)
    wanted = tuple(
        Wanted(skill, 3, count) for skill, count in zip(tables.skills, counts, strict=True)
    )
    call = Call(noon, noon + 360, 121.47, 31.23, wanted)
    roster(index, call, ready)
    seconds = [timed(lambda: roster(index, call, ready)) for _ in range(10)]
    found = roster(index, call, ready)
    assert found.bound == found.minutes
    filled = len(found.people)
    facts = f"| {filled} of 500 | {found.able:,} | {found.minutes:,} | {found.bound:,} | "
    return facts + f"{Times.of(seconds).words()} |"


def of_repairs() -> list[str]:
    """Sick calls, a moved shift and 50 claims at 5,000 × 500."""
    problem = draw(5_000, 500)
    plan = solve(problem, SolveParams(seconds=60, clock=time.monotonic))
    chance = random.Random(4)
    lines = plan.assignments
    sick = [[DropOut(chance.choice(lines).volunteer)] for _ in range(SICK_CALLS)]
    moved = [[_later(problem, chance.choice(lines))] for _ in range(5)]
    kinds: list[tuple[str, list[list[Change]]]] = [
        ("somebody is sick", [list(each) for each in sick]),
        ("a shift moves by an hour", [list(each) for each in moved]),
        ("50 claims", [_claims(problem, lines, chance) for _ in range(3)]),
    ]
    return [_repairs(problem, lines, plan.bound, kind, asked) for kind, asked in kinds]


def _repairs(
    problem: Problem,
    lines: Sequence[Line],
    proven: Score,
    kind: str,
    asked: Sequence[Sequence[Change]],
) -> str:
    seconds: list[float] = []
    freed: list[int] = []
    best = seats_before = seats_after = 0
    for changes in asked:
        params = SolveParams(seconds=SECONDS_PER_REPAIR, clock=time.monotonic)
        started = time.perf_counter()
        found = repair(problem, lines, changes, params, proven=proven)
        seconds.append(time.perf_counter() - started)
        assert not check_assignments(found.problem, found.assignments)
        freed.append(len(found.freed))
        best += found.are_seats_best
        seats_before += sum(1 for each in found.removed if each.reason != "freed")
        seats_after += sum(1 for each in found.added if each.reason == "fills")
    return (
        f"| {kind} | {len(asked)} | {seats_before} | {seats_after} | {max(freed)} | {best} | "
        f"{Times.of(seconds).words()} |"
    )


def _later(problem: Problem, line: Line) -> MoveShift:
    shift = next(each for each in problem.shifts if each.id == line.shift)
    by = -60 if shift.end_minute + 60 > problem.horizon.end_minute else 60
    return MoveShift(shift.id, shift.start_minute + by, shift.end_minute + by)


def _claims(problem: Problem, lines: Sequence[Line], chance: random.Random) -> list[Change]:
    """People without a line take seats that somebody has: one each, in different roles."""
    idle = sorted({each.id for each in problem.volunteers} - {line.volunteer for line in lines})
    fixed = {(line.shift, line.role) for line in problem.fixed}
    busy = {each.id for each in problem.volunteers if each.engaged or each.max_shifts < 1}
    apart = {name for pair in problem.apart for name in pair}
    limits = {each.id: each.max_minutes_per_day for each in problem.volunteers}
    who = [name for name in idle if name not in busy | apart and limits[name] >= 240]
    seats = sorted({(line.shift, line.role) for line in lines} - fixed)
    return [
        Claim(Line(name, *seat))
        for name, seat in zip(chance.sample(who, 50), chance.sample(seats, 50), strict=True)
    ]


def report() -> str:
    load = os.getloadavg()[0]
    parts = [
        f"On {os.cpu_count()} cores, where the load was {load:.1f} when it began. Milliseconds are "
        "of the middle one, of 95 in 100, and of the longest.",
        "### Repairs of a plan for 5,000 × 500\n",
        "| what happened | times | lines touched | seats filled | most freed | seats proven best "
        "| ms | p95 | longest |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
        *of_repairs(),
    ]
    index_rows = [of_index(*size) for size in SIZES]
    parts += [
        "\n### The index\n",
        "| people × shifts | building, s | MB beside the tables | a line that comes or goes, ms |",
        "|---|---:|---:|---:|",
        *(rows[0] for rows in index_rows),
        "\n| people × shifts | question | ms | p95 | longest |",
        "|---|---|---:|---:|---:|",
        *(row for rows in index_rows for row in rows[1:]),
        "\n### A call-up of 500 in 6 skills from 260,000\n",
        "| seats filled | could be called | minutes in all | proven least | ms | p95 | longest |",
        "|---:|---:|---:|---:|---:|---:|---:|",
        of_roster(),
    ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return "\n".join([*parts, f"\nPeak memory of the whole run: {peak:,} MB.\n"])


def main() -> None:
    argparse.ArgumentParser(description="Measure repairs and the index.").parse_args()
    text = report()
    file = Path(__file__).parent / "README.md"
    head, _, rest = file.read_text("utf-8").partition(BEGIN)
    _, found, tail = rest.partition(END)
    if not found:
        raise ValueError("the document has no markers")
    file.write_text(f"{head}{BEGIN}\n\n{text}\n{END}{tail}", "utf-8")


if __name__ == "__main__":
    main()
