"""From a town to a city: time, memory, gap to the bound, each size in a process of its own.

    python -m benchmarks.growth                    # 10³ to 2.6 million people: about half an hour
    python -m benchmarks.growth --sizes four       # town, small town, district and city
    python -m benchmarks.growth --sizes town       # a minute

Problems are drawn by `benchmarks.cities`, with every rule in use. Drawing them and compiling the
loops is not in the times; the score and the check of the plan are. Writes its table into
benchmarks/README.md and the plot beside it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.cities import CITY, DISTRICT, draw_city
from benchmarks.greedy_tables import greedy_of_tables
from benchmarks.plot import Curve, Panel, svg
from matcher.city import solve_city
from matcher.city.pool import in_processes
from matcher.plan import Score
from matcher.solve import SolveParams
from matcher.tables import Tables
from matcher.tables.check import check_lines
from matcher.tables.score import score_of

README = Path(__file__).with_name("README.md")
PLOT = Path(__file__).with_name("cities.svg")
BEGIN, END = "<!-- cities: begin (written by benchmarks.growth) -->", "<!-- cities: end -->"
# From here on a plan is called filled: part of what all seats are worth.
SEATS_GAP = 0.002
DISTRICT_PEOPLE_MOST = 200_000
# The plain greedy asks everybody for every shift: a district takes it longer than the engine, and
# a city would take it hours.
GREEDY_PEOPLE_MOST = 200_000
# People, shifts, seconds.
SIZES = {
    "town": ((1_000, 40, 30), (10_000, 400, 60)),
    "four": (
        (1_000, 40, 30),
        (10_000, 400, 60),
        (160_000, 6_000, 180),
        (2_600_000, 100_000, 480),
    ),
    "all": (
        (1_000, 40, 30),
        (10_000, 400, 60),
        (50_000, 2_000, 120),
        (160_000, 6_000, 180),
        (600_000, 23_000, 300),
        (2_600_000, 100_000, 600),
    ),
}


def measure(people: int, shifts: int, seconds: float) -> dict[str, Any]:
    """What one size gave, in this process."""
    solve_city(draw_city(200, 20, 1, DISTRICT), SolveParams(seconds=60, clock=time.monotonic))
    shape = DISTRICT if people <= DISTRICT_PEOPLE_MOST else CITY
    tables = draw_city(people, shifts, 1, shape)
    told: list[tuple[float, Score]] = []
    began = time.monotonic()
    plan = solve_city(
        tables,
        SolveParams(seconds=seconds, clock=time.monotonic),
        on_progress=lambda progress: told.append((time.monotonic() - began, progress.score)),
        run_parts=in_processes(os.cpu_count() or 1),
    )
    assert not check_lines(tables, plan.assignments)
    assert score_of(tables, plan.assignments) == plan.score
    worth = int((tables.shifts.priority[tables.roles.shift] * tables.roles.max).sum())
    return {
        "people": people,
        "shifts": shifts,
        "seats": int(tables.roles.max.sum()),
        "worth": worth,
        "score": [plan.score.shortfall, plan.score.open, plan.score.cost],
        "bound": [plan.bound.shortfall, plan.bound.open, plan.bound.cost],
        "first": plan.first_seconds,
        "seconds": plan.seconds,
        "filled": next(
            (at for at, score in told if seats_gap(score, plan.bound, worth) <= SEATS_GAP), None
        ),
        # The largest of the processes that solved parts counts once for each of them.
        "megabytes": (
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            + (os.cpu_count() or 1) * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        )
        // 1024,
        "greedy": measure_greedy(tables) if people <= GREEDY_PEOPLE_MOST else None,
    }


def seats_gap(score: Score, bound: Score, worth: int) -> float:
    """How far the first two levels are from their bounds, as a part of what all seats are worth."""
    above = score.shortfall - bound.shortfall + score.open - bound.open
    return above / max(1, worth)


def measure_greedy(tables: Tables) -> dict[str, Any]:
    """The plain greedy's score, and its seconds beside the engine's."""
    greedy_of_tables(draw_city(200, 20, 1, DISTRICT))
    began = time.monotonic()
    lines = greedy_of_tables(tables)
    seconds = time.monotonic() - began
    assert not check_lines(tables, lines)
    score = score_of(tables, lines)
    return {"score": [score.shortfall, score.open, score.cost], "seconds": seconds}


def row_of(found: dict[str, Any]) -> str:
    """A line of the table."""
    score, bound, worth = found["score"], found["bound"], max(1, found["worth"])
    gap = 100 * seats_gap(Score(*score), Score(*bound), worth)
    filled = "–" if found["filled"] is None else f"{found['filled']:.1f}"
    cost_gap = 100 * (score[2] - bound[2]) / max(1, score[2])
    return (
        f"| {found['people']:,} × {found['shifts']:,} | {found['seats']:,} "
        f"| {' / '.join(f'{each:,}' for each in score)} "
        f"| {' / '.join(f'{each:,}' for each in bound)} | {gap:.3f} % | {cost_gap:.2f} % "
        f"| {found['first']:.1f} | {filled} | {found['seconds']:.1f} | {found['megabytes']:,} "
        f"| {greedy_of(found['greedy'])} |"
    )


def greedy_of(found: dict[str, Any] | None) -> str:
    """The greedy's two columns."""
    if found is None:
        return "– | –"
    return f"{' / '.join(f'{each:,}' for each in found['score'])} | {found['seconds']:.1f}"


def report(found: list[dict[str, Any]], sizes: str) -> str:
    """The table in words."""
    lines = "\n".join(row_of(each) for each in found)
    told = (
        f"By `python -m benchmarks.growth --sizes {sizes}`, on {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f} at the end. Scores and bounds are\nshortfall / open / cost; the "
        "gap of seats is in per cent of Σ priority × `max`, that of the cost in per cent of the\n"
        "cost; *filled* is when that of seats was down to 0.2 %. Parts are solved by a process for "
        "each core. The plain greedy (`benchmarks/greedy_tables.py`) asks everybody for every "
        f"shift and is left out\nabove {GREEDY_PEOPLE_MOST:,} people."
    )
    return f"""{BEGIN}

{told}

| people × shifts | seats | score | bound | gap of seats | of cost | plan s | filled s | all s \
| peak MB | greedy | greedy s |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{lines}

![growth](cities.svg)

{END}"""


def plot(found: list[dict[str, Any]]) -> str:
    """Time and memory over the number of people."""

    def points(name: str) -> tuple[tuple[float, float], ...]:
        return tuple((each["people"], max(0.001, each[name])) for each in found)

    times = (Curve("plan", points("first")), Curve("all", points("seconds")))
    return svg(
        (
            Panel("Seconds", "s", times),
            Panel("Peak memory", "MB", (Curve("memory", points("megabytes")),)),
        ),
        "people",
    )


def main() -> int:
    """0 if every size gave a valid plan."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", choices=SIZES, default="all")
    parser.add_argument(
        "--one", nargs=3, type=int, help="people, shifts, seconds: one line of JSON"
    )
    chosen = parser.parse_args()
    if chosen.one:
        sys.stdout.write(json.dumps(measure(*chosen.one)) + "\n")
        return 0
    found = []
    for size in SIZES[chosen.sizes]:
        asked = [sys.executable, "-m", "benchmarks.growth", "--one", *map(str, size)]
        told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        found.append(json.loads(told))
        sys.stdout.write(row_of(found[-1]) + "\n")
        sys.stdout.flush()
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    README.write_text(before + report(found, chosen.sizes) + rest.partition(END)[2], "utf-8")
    PLOT.write_text(plot(found), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
