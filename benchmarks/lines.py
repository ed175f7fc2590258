"""The lines that H1 to H3 and H14 allow, found one by one as a first attempt would find them."""

from matcher import rules
from matcher.lookup import Lookup
from matcher.problem import Line, Problem, Shift


def possible_lines(problem: Problem) -> dict[str, list[Line]]:
    """By shift, every line that may stand in a plan, the fixed ones first."""
    lookup = Lookup(problem)
    merged = {each.id: rules.merged(each.available) for each in problem.volunteers}
    promised = {(line.volunteer, line.shift) for line in problem.fixed}
    found = {shift.id: list(lookup.fixed_by_shift.get(shift.id, ())) for shift in problem.shifts}
    for shift in problem.shifts:
        for volunteer in problem.volunteers:
            pair = (volunteer.id, shift.id)
            if pair in promised or pair in lookup.forbidden:
                continue
            if not any(_holds(interval, shift) for interval in merged[volunteer.id]):
                continue
            if rules.is_too_far(volunteer, shift):
                continue
            found[shift.id] += [
                Line(volunteer.id, shift.id, role.id)
                for role in shift.roles
                if rules.unsuited(volunteer, role) is None
            ]
    return found


def _holds(interval: tuple[int, int], shift: Shift) -> bool:
    return interval[0] <= shift.start_minute and shift.end_minute <= interval[1]
