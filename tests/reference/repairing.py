"""Repairs of random plans, held against the reading and, on tiny problems, against brute force.

Brute force walks every valid plan and drops those in which more people than allowed lose a kept
line. What is kept, and why the rest is not, is asked of the reading and not of the repair.
"""

from __future__ import annotations

import time
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from matcher.codec import read_problem, write_problem
from matcher.problem import Line as MatcherLine
from matcher.problem import Volunteer
from matcher.repair import (
    CallOff,
    ChangeRefused,
    Claim,
    DropOut,
    Join,
    MoveShift,
    Repaired,
    SetSeats,
)
from matcher.repair.repair import repair
from matcher.solve import SolveParams
from tests.reference.book import Line, Score
from tests.reference.brute import Teams, TooLarge, admissible, lines_of_choice
from tests.reference.plans import grown
from tests.reference.reading import RULES, Reading

if TYPE_CHECKING:
    from matcher.problem import Problem
    from matcher.repair import Change
    from tests.reference.book import Json
    from tests.reference.choices import Choices

LINE_RULES = ("H4", "H5", "H6", "H7", "H11")
OWN_RULES = ("H2", "H3", "H14")
TEAM_RULES = ("H8", "H9", "H10", "H12")
COMBINATIONS_MOST = 60_000
SECONDS_MOST = 600.0


class Case(NamedTuple):
    before: Problem
    lines: tuple[MatcherLine, ...]
    changes: list[Change]
    freed_most: int


def repair_case(drawn: Json, choices: Choices) -> Case:
    """A random plan of the problem, and what happens to it."""
    problem = read_problem(drawn)
    lines = tuple(MatcherLine(*line) for line in grown(Reading(drawn), choices))
    changes = [_change(problem, lines, choices, step) for step in range(choices.pick((1, 1, 2, 3)))]
    return Case(problem, lines, changes, choices.pick((2, 2, 2, 1, 0)))


def _change(
    problem: Problem, lines: tuple[MatcherLine, ...], choices: Choices, step: int
) -> Change:
    shift = choices.pick(problem.shifts)
    person = choices.pick(problem.volunteers)
    if lines and choices.chance(70):
        line = choices.pick(lines)
        person = next(each for each in problem.volunteers if each.id == line.volunteer)
        shift = next(each for each in problem.shifts if each.id == line.shift)
    role = choices.pick(shift.roles)
    kind = choices.pick(("out", "out", "out of one", "move", "off", "seats", "claim", "join"))
    if kind == "out":
        return DropOut(person.id)
    if kind == "out of one":
        return DropOut(person.id, shift.id)
    if kind == "move":
        return _moved(problem, shift.id, choices)
    if kind == "off":
        return CallOff(shift.id)
    if kind == "seats":
        least = choices.whole(0, 2)
        return SetSeats(shift.id, role.id, least, max(1, least) + choices.whole(0, 2))
    if kind == "claim":
        return Claim(MatcherLine(person.id, shift.id, role.id))
    model = choices.pick(problem.volunteers)
    return Join(Volunteer(id=f"new {step}", available=model.available, skills=model.skills))


def _moved(problem: Problem, shift_id: str, choices: Choices) -> Change:
    """Beside another shift, or an hour to and fro, inside the horizon."""
    horizon = problem.horizon
    minutes = next(each.minutes for each in problem.shifts if each.id == shift_id)
    starts = [each.start_minute + by for each in problem.shifts for by in (-60, 0, 60)]
    fitting = [
        start
        for start in starts
        if horizon.start_minute <= start and start + minutes <= horizon.end_minute
    ]
    start = choices.pick(fitting or [horizon.start_minute])
    end = min(start + minutes, horizon.end_minute)
    if choices.chance(30):
        return MoveShift(shift_id, start, end, choices.pick(problem.shifts).location)
    return MoveShift(shift_id, start, end)


def repaired(case: Case) -> Repaired | None:
    """The repair; None where the changes are refused."""
    params = SolveParams(seconds=SECONDS_MOST, clock=time.monotonic, workers=1)
    try:
        return repair(case.before, case.lines, case.changes, params, freed_most=case.freed_most)
    except ChangeRefused:
        return None


def differences(case: Case, found: Repaired) -> list[str]:
    """What is wrong with a repair, by the reading alone; empty when nothing is."""
    reading = Reading(write_problem(found.problem))
    lines = [Line(each.volunteer, each.shift, each.role) for each in found.assignments]
    wrong = [f"breaks {rule}" for rule in reading.broken(lines)]
    if reading.score(lines) != Score(*_levels(found)):
        wrong.append(f"scores {reading.score(lines)}, not {found.score}")
    before = {Line(each.volunteer, each.shift, each.role) for each in case.lines}
    lost = before - set(lines)
    removed = {
        Line(each.line.volunteer, each.line.shift, each.line.role): each.reason
        for each in found.removed
    }
    if lost - set(removed):
        wrong.append(f"lost without a reason: {lost - set(removed)}")
    freed = {line.volunteer for line, why in removed.items() if why == "freed"}
    if freed != set(found.freed) or len(freed) > case.freed_most:
        wrong.append(f"frees {freed}, says {found.freed}")
    kept = kept_of(found)
    for line, why in removed.items():
        if why != "freed" and _fits(reading, kept, line):
            wrong.append(f"{line} could have stayed, said {why}")
    wrong += _promises_wrong(case, found, lines)
    return wrong


def kept_of(found: Repaired) -> list[Line]:
    """The lines that were to stay: those that did, and those of the freed."""
    before = {Line(each.volunteer, each.shift, each.role) for each in found.problem.current}
    fixed = {Line(each.volunteer, each.shift, each.role) for each in found.problem.fixed}
    touched = {
        Line(each.line.volunteer, each.line.shift, each.line.role)
        for each in found.removed
        if each.reason != "freed"
    }
    return sorted((before | fixed) - touched)


def _fits(reading: Reading, kept: list[Line], line: Line) -> bool:
    """Whether the line could stand beside all that is kept, by the rules about people and seats."""
    if line.shift not in reading.shifts or (line.shift, line.role) not in reading.roles:
        return False
    if any(RULES[rule](reading, [line]) for rule in OWN_RULES):
        return False
    return not any(RULES[rule](reading, [*kept, line]) for rule in LINE_RULES)


def _promises_wrong(case: Case, found: Repaired, lines: list[Line]) -> list[str]:
    """Where no shift is short, nothing leans on what was promised for the repair alone."""
    document = write_problem(found.problem)
    own = {(each.volunteer, each.shift, each.role) for each in case.before.fixed}
    own |= {
        (each.line.volunteer, each.line.shift, each.line.role)
        for each in case.changes
        if isinstance(each, Claim)
    }
    document["fixed"] = [row for row in document.get("fixed", []) if tuple(row.values()) in own]
    plain = Reading(document)
    short = {each.shift for each in found.short}
    wrong = []
    for shift in plain.shifts:
        there = [line for line in lines if line.shift == shift]
        is_broken = any(RULES[rule](plain, there) for rule in TEAM_RULES)
        if is_broken != (shift in short):
            wrong.append(f"{shift}: short {shift in short}, broken {is_broken}")
    return wrong


def _levels(found: Repaired) -> tuple[int, int, int]:
    return found.score.shortfall, found.score.open, found.score.cost


def best_of_all(case: Case, found: Repaired) -> Score | None:
    """The best valid plan in which few enough people lose a kept line; None if there are many."""
    reading = Reading(write_problem(found.problem))
    kept = set(kept_of(found))
    options = []
    base = reading.score([])
    for volunteer in reading.volunteers:
        own = {line for line in kept if line.volunteer == volunteer}
        options.append(
            [
                (choice, reading.cost(chosen) - base.cost, not own <= set(chosen))
                for choice in admissible(reading, volunteer)
                for chosen in [lines_of_choice(reading, volunteer, choice)]
            ]
        )
    if prod(map(len, options)) > COMBINATIONS_MOST:
        return None
    teams = Teams(reading)
    best: Score | None = None
    for combination in product(*options):
        if sum(loses for _, _, loses in combination) > case.freed_most:
            continue
        levels = teams.levels([choice for choice, _, _ in combination])
        if levels is not None:
            cost = base.cost + sum(extra for _, extra, _ in combination)
            reached = Score(*levels, cost)
            best = reached if best is None else min(best, reached)
    return best


__all__ = ["Case", "TooLarge", "best_of_all", "differences", "repair_case", "repaired"]
