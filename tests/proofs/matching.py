"""The long proof of the matcher against an independent reading of its format.

    python -m tests.proofs.matching --problems 200000 --solves 20000

Runs numbered random problems (the same number is the same problem), counts what they covered, and
writes a report that names the commit it speaks of. Ends with 1 if anything differs.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import astuple
from time import monotonic
from typing import TYPE_CHECKING

from benchmarks.instances import draw
from benchmarks.one_model import one_model
from benchmarks.plain_greedy import plain_greedy
from matcher.check import check
from matcher.codec import read_problem
from matcher.score import score
from matcher.solve import SolveParams, run, solve_with_proof
from matcher.solve.certificate import proven_bounds
from matcher.solve.run import LARGE_COLUMNS
from tests.proofs._stages import DOCUMENTS, Finding, Stage, add_options, prove
from tests.reference import agreement
from tests.reference.cases import RULE_NAMES, case, plans_of
from tests.reference.problems import TINY
from tests.reference.reading import Reading, fixed_clash
from tests.reference.solving import EFFORT_MOST, SECONDS_MOST, solved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.reference.book import Json

HEADING = (
    "The matcher against an independent reading of its format",
    "python -m tests.proofs.matching",
    "`tests/reference/reading.py` reads the format on plain JSON and shares nothing with the",
    "matcher; `tests/reference/brute.py` tries every plan of a tiny problem.",
)
# What the one model may take; where it does not close it has no opinion.
MODEL_SECONDS = 20.0


def check_case(number: int) -> Finding:
    """Five plans of one problem: rules broken, score and reasons."""
    drawn, choices = case(number)
    reading, problem = Reading(drawn), read_problem(drawn)
    covered: Counter[str] = Counter()
    differences = []
    for _, lines in plans_of(number, reading, choices):
        differences += agreement.of_check(reading, problem, lines)
        broken = reading.broken(lines)
        covered["plans"] += 1
        covered["valid plans"] += not broken
        covered.update(f"{rule} broken" for rule in broken)
        covered.update(f"{rule} broken alone" for rule in broken if len(broken) == 1)
    return Finding(covered, differences)


def greedy_case(number: int) -> Finding:
    drawn, _ = case(number)
    return Finding(Counter(_keys_of(drawn)), agreement.of_greedy(drawn))


def solve_case(number: int) -> Finding:
    drawn, _ = case(number)
    answer = solved(drawn)
    covered = Counter(_keys_of(drawn))
    covered[f"status {answer.plan['status']}"] += 1
    covered["assignments"] += len(answer.plan["assignments"])
    return Finding(covered, answer.differences)


def optimum_case(number: int) -> Finding:
    """A tiny problem solved, by search or by relaxation, against all its valid plans."""
    drawn, _ = case(number, TINY)
    run.LARGE_COLUMNS = 0 if number % 2 else LARGE_COLUMNS
    answer = solved(drawn)
    differences = agreement.of_optimum(drawn, answer.plan)
    covered = Counter({f"status {answer.plan['status']}": 1})
    covered["too many plans to try"] += differences is None
    covered["compared with every plan"] += differences is not None
    return Finding(covered, answer.differences + (differences or []))


def medium_case(number: int) -> Finding:
    """A drawn problem of 50 to 300 people: by search or by relaxation, beside two others.

    A plain greedy is never better, a model written by itself agrees where both close, and the
    certificate proves no more than the optimum.
    """
    people = 50 + number * 37 % 251
    drawn = draw(people, max(5, people // 6), seed=number)
    run.LARGE_COLUMNS = 0 if number % 2 else LARGE_COLUMNS
    params = SolveParams(seconds=SECONDS_MOST, effort=EFFORT_MOST, workers=1, clock=monotonic)
    solved = solve_with_proof(drawn, params)
    plan = solved.plan
    differences = [f"not valid: {each.message}" for each in check(drawn, plan)]
    if plan.score > score(drawn, plain_greedy(drawn)):
        differences.append(f"the plain greedy is better than {plan.score}")
    model = one_model(drawn, MODEL_SECONDS)
    reached = score(drawn, drawn.fixed if model.lines is None else model.lines)
    is_closed = model.lines is not None and reached == model.bound
    if is_closed and plan.status == "optimal" and reached != plan.score:
        differences.append(f"proves {plan.score} the best, the one model {reached}")
    if solved.certificate is not None and plan.status == "optimal":
        found = proven_bounds(drawn, plan.score, solved.certificate)
        if any(low > high for low, high in zip(astuple(found), astuple(plan.score), strict=True)):
            differences.append(f"the certificate proves {found} above {plan.score}")
    covered = Counter({f"status {plan.status}": 1, "with a certificate": 0})
    covered["with a certificate"] += solved.certificate is not None
    covered["closed by both"] += is_closed and plan.status == "optimal"
    return Finding(covered, differences)


def clash_case(number: int) -> Finding:
    drawn, _ = case(number, fixed="any")
    covered = Counter({f"smallest clash: {fixed_clash(drawn) or 'none'}": 1})
    return Finding(covered, agreement.of_refusal(drawn))


def _keys_of(drawn: Json) -> list[str]:
    lists = ("fixed", "forbidden", "together", "apart", "current", "rules", "weights")
    named = [f"with `{name}`" for name in lists if drawn.get(name)]
    engaged = any(row.get("engaged") for row in drawn["volunteers"])
    return [*named, "with `engaged`"] if engaged else named


def _coverage(stage: Stage) -> list[str]:
    rules = [
        f"| {rule} | {broken:,} | {stage.covered[f'{rule} broken alone']:,} |"
        for rule in RULE_NAMES
        if (broken := stage.covered[f"{rule} broken"])
    ]
    if rules:
        rules = ["| rule | plans that break it | and no other |", "|---|---:|---:|", *rules, ""]
    others = sorted(key for key in stage.covered if " broken" not in key)
    return [*rules, *(f"- {key}: {stage.covered[key]:,}" for key in others)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--problems", type=int, default=200_000, help="for check and clashes")
    parser.add_argument("--solves", type=int, default=20_000, help="for the solver")
    parser.add_argument("--medium", type=int, default=200, help="for 50 to 300 people")
    add_options(parser, DOCUMENTS / "matching.md")
    chosen = parser.parse_args(arguments)
    stages = [
        Stage("check, score and reasons agree", check_case, chosen.problems),
        Stage("clashing fixed lines are refused", clash_case, chosen.problems),
        Stage("greedy is valid", greedy_case, chosen.problems),
        Stage("solve is valid", solve_case, chosen.solves),
        Stage("solve equals brute force", optimum_case, chosen.solves),
        Stage("50 to 300 people, beside a greedy and one model", medium_case, chosen.medium),
    ]
    return prove(stages, chosen, HEADING, _coverage)


if __name__ == "__main__":
    sys.exit(main())
