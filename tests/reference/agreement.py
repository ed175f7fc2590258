"""The matcher beside the reading: what they say of one problem and one plan, and where they differ.

Each function answers a list of differences in words, empty when there are none, so that a test can
assert and a long run can count.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from matcher.check import check
from matcher.codec import read_plan, read_problem
from matcher.defects import ProblemRefused
from matcher.explain import unfilled
from matcher.greedy import greedy
from matcher.problem import Line as MatcherLine
from matcher.score import score
from tests.reference.book import Json, Line, Score, lines_of
from tests.reference.brute import TooLarge, frontier
from tests.reference.plans import plan_json
from tests.reference.problems import all_lines
from tests.reference.reading import RULES, Reading

if TYPE_CHECKING:
    from matcher.plan import Unfilled
    from matcher.problem import Problem


def of_check(reading: Reading, problem: Problem, lines: list[Line]) -> list[str]:
    """Rules broken, score and reasons for these lines, by the matcher and by the reading."""
    broken = reading.broken(lines)
    document = plan_json(reading, lines)
    found = check(problem, read_plan(document))
    named = {violation.rule for violation in found} & RULES.keys()
    differences = []
    if named != broken:
        differences.append(f"check names {sorted(named)}, the reading {sorted(broken)}")
    if not broken and found:
        differences.append(f"check finds fault with a true plan: {found}")
    assignments = [MatcherLine(*line) for line in lines]
    scored = asdict(score(problem, assignments))
    if scored != document["score"]:
        differences.append(f"score {scored}, the reading {document['score']}")
    if not broken:
        rows = unfilled(problem, assignments, optimal=False)
        explained = [_unfilled_row(row) for row in rows]
        if explained != document["unfilled"]:
            differences.append(f"reasons {explained}, the reading {document['unfilled']}")
    return differences


def _unfilled_row(row: Unfilled) -> Json:
    return {
        "shift": row.shift,
        "role": row.role,
        "missing": row.missing,
        "reasons": dict(row.reasons or {}),
    }


def of_greedy(drawn: Json) -> list[str]:
    """The greedy plan, held against the reading."""
    problem = read_problem(drawn)
    lines = [Line(one.volunteer, one.shift, one.role) for one in greedy(problem)]
    broken = Reading(drawn).broken(lines)
    return [f"the greedy plan breaks {sorted(broken)}"] if broken else []


def of_refusal(drawn: Json) -> list[str]:
    """Whether exactly clashing fixed lines are refused, naming a smallest set that clashes."""
    reading = Reading(drawn)
    size = reading.clash_size()
    try:
        read_problem(drawn)
    except ProblemRefused as refusal:
        codes = [defect.code for defect in refusal.defects]
        if size is None or codes != ["fixed_clash"]:
            return [f"refused for {codes}, the smallest clash by the reading is {size}"]
        places = [int(place) for place in str(refusal.defects[0].parameters["places"]).split()]
        named = [reading.fixed[place] for place in places]
        if len(set(places)) != size or not reading.clashes(named):
            return [f"names {named} as a clash, the smallest has {size}"]
        return []
    return [] if size is None else [f"accepted, though {size} fixed lines clash"]


def of_plan(drawn: Json, document: Json) -> list[str]:
    """A plan that the matcher made, held against the reading alone."""
    reading = Reading(drawn)
    lines = lines_of(document["assignments"])
    stated, bound = Score(**document["score"]), Score(**document["bound"])
    differences = []
    broken = reading.broken(lines)
    if broken:
        return [f"the plan breaks {sorted(broken)}"]
    if stated != reading.score(lines):
        differences.append(f"states {stated}, the reading {reading.score(lines)}")
    if any(low > high for low, high in zip(bound, stated, strict=True)):
        differences.append(f"bound {bound} above score {stated}")
    if (document["status"] == "optimal") != (bound == stated):
        differences.append(f"status {document['status']} with bound {bound}, score {stated}")
    differences += _of_unfilled(reading, lines, document)
    if document["status"] == "optimal":
        differences += _of_free(reading, lines, stated)
    return differences


def _of_free(reading: Reading, lines: list[Line], stated: Score) -> list[str]:
    """Nobody whom nothing keeps away would make an optimal plan better.

    One may still be free: a minor whom a shift with a fixed line, where H10 need not hold, could
    take, but who would raise the adults missing there and so `shortfall`.
    """
    unfilled_roles = reading.unfilled(lines)
    return [
        f"{line} is free and would better the plan"
        for line in all_lines(reading.problem)
        if (line.shift, line.role) in unfilled_roles
        and line.volunteer not in reading.people_on(lines, line.shift)
        and reading.reason(lines, line) == "free"
        and reading.score([*lines, line]) < stated
    ]


def _of_unfilled(reading: Reading, lines: list[Line], document: Json) -> list[str]:
    rows = document["unfilled"]
    stated = {(row["shift"], row["role"]): (row["missing"], row["reasons"]) for row in rows}
    differences = []
    if stated != reading.unfilled(lines):
        differences.append(f"unfilled {stated}, the reading {reading.unfilled(lines)}")
    for (shift, role), (_, reasons) in stated.items():
        on_shift = len(reading.people_on(lines, shift))
        if sum(reasons.values()) + on_shift != len(reading.volunteers):
            differences.append(f"reasons of {shift} {role} do not add up to all volunteers")
    return differences


def of_optimum(drawn: Json, document: Json, combinations_most: int = 100_000) -> list[str] | None:
    """A solved tiny problem against all its valid plans; None where they are too many."""
    reading = Reading(drawn)
    try:
        found = frontier(reading, combinations_most)
    except TooLarge:
        return None
    stated, bound = Score(**document["score"]), Score(**document["bound"])
    differences = []
    if document["status"] != "optimal":
        differences.append(f"not proven optimal: bound {bound}, score {stated}")
    if document["status"] == "optimal" and stated != found.best:
        differences.append(f"claims {stated} as the best, brute force finds {found.best}")
    least = found.least(stated)
    if any(low > true for low, true in zip(bound, least, strict=True)):
        differences.append(f"bound {bound} above what brute force finds, {least}")
    return differences
