"""The long proof of the city's engine: valid, never worse than the greedy, never a false bound.

    python -m tests.proofs.city --problems 5000

Runs numbered random problems (the same number is the same problem) in several shapes, counts what
they covered, and writes a report that names the commit it speaks of. Ends with 1 if anything
differs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.cities import DISTRICT, draw_city
from benchmarks.greedy_tables import greedy_of_tables
from benchmarks.instances import draw
from matcher.tables.check import check_lines
from matcher.tables.of_problem import tables_of
from matcher.tables.score import score_of
from tests.proofs._stages import DOCUMENTS, Finding, Stage, add_options, prove
from tests.reference.cases import case
from tests.reference.city import SHAPES, of_drawn, of_plan, planned
from tests.reference.problems import MIDDLING, SMALL, TINY, Size

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADING = (
    "The city's engine against brute force, the greedy and an independent reading",
    "python -m tests.proofs.city",
    "Of each plan: valid and scored alike by `tests/reference/reading.py` and by",
    "`matcher.check`; never worse than `benchmarks/plain_greedy.py`, of which",
    "`benchmarks/greedy_tables.py` finds the same lines; no bound above what brute force over",
    "all plans finds; `optimal` only where that agrees; for one in five the same plan again.",
)
# One in so many is solved a second time.
_AGAIN = 10


def tiny_case(number: int) -> Finding:
    return _shaped(number, TINY)


def small_case(number: int) -> Finding:
    return _shaped(number, SMALL)


def middling_case(number: int) -> Finding:
    return _shaped(number, MIDDLING)


def _shaped(number: int, size: Size) -> Finding:
    """A drawn problem in the shape that its number has."""
    shape = SHAPES[number % len(SHAPES)]
    drawn, _ = case(number, size)
    answer = of_drawn(shape(drawn), again=number % _AGAIN < 2)
    name = shape.__name__.replace("_", " ")
    return Finding(Counter([*answer.covered, f"shape: {name}"]), answer.differences)


def town_case(number: int) -> Finding:
    """30 to 300 people, scarce or in plenty: from one shift for three people to one for twenty."""
    people = 30 + number * 37 % 271
    shifts = max(4, people // (3, 6, 20)[number % 3])
    problem = draw(people, shifts, seed=number)
    tables = tables_of(problem)
    plan = planned(tables)
    greedy = score_of(tables, greedy_of_tables(tables))
    covered = Counter(["solved"])
    covered["better than the greedy on the first two levels"] += (
        (plan.score.shortfall, plan.score.open) < (greedy.shortfall, greedy.open)
    )  # fmt: skip
    return Finding(covered, of_plan(problem, tables, plan))


def column_case(number: int) -> Finding:
    """Columns of 1,000 to 4,000 people, of whom some live nowhere, at most eight to a shift."""
    people = 1_000 + number * 613 % 3_001
    tables = draw_city(people, people // (8, 25)[number % 2], number, DISTRICT)
    plan = planned(tables)
    differences = [
        f"breaks {each.rule} {each.count} times" for each in check_lines(tables, plan.assignments)
    ]
    if score_of(tables, plan.assignments) != plan.score:
        differences.append(f"says {plan.score}")
    if plan.score > score_of(tables, greedy_of_tables(tables)):
        differences.append(f"the plain greedy is better than {plan.score}")
    return Finding(Counter(["solved"]), differences)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if nothing differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--problems", type=int, default=5_000, help="tiny ones, and small ones")
    parser.add_argument("--middling", type=int, default=500, help="of 20 people")
    parser.add_argument("--towns", type=int, default=200, help="of 30 to 300 people")
    parser.add_argument("--columns", type=int, default=20, help="of 1,000 to 4,000 people")
    add_options(parser, DOCUMENTS / "city.md")
    chosen = parser.parse_args(arguments)
    # Each process is one of several already: more threads in it would only wait for each other.
    os.environ["NUMBA_NUM_THREADS"] = "1"
    stages = [
        Stage("up to 4 people and 3 shifts", tiny_case, chosen.problems),
        Stage("up to 7 people and 6 shifts", small_case, chosen.problems),
        Stage("up to 20 people and 10 shifts", middling_case, chosen.middling),
        Stage("30 to 300 people", town_case, chosen.towns),
        Stage("1,000 to 4,000 people", column_case, chosen.columns),
    ]
    return prove(stages, chosen, HEADING, _coverage)


def _coverage(stage: Stage) -> list[str]:
    return [f"- {key}: {stage.covered[key]:,}" for key in sorted(stage.covered)]


if __name__ == "__main__":
    sys.exit(main())
