"""The three levels of the objective, counted from the lines of a plan. No solver is asked."""

from collections import Counter
from collections.abc import Iterable

from matcher import rules
from matcher.lookup import Lookup, by_shift, by_volunteer
from matcher.plan import Score
from matcher.problem import Line, Problem, Shift, Volunteer

LIKING_DEFAULT = 1
LIKING_MOST = 3
TRAVEL_UNIT_M = 100
SERVED_UNIT_MINUTES = 240
SERVED_UNITS_MOST = 10


def score(problem: Problem, assignments: Iterable[Line]) -> Score:
    """How good these lines are. Every id in them must exist; whether they are valid is not asked.

    Somebody with two roles on one shift, which H7 forbids, is one person on one shift.
    """
    lookup = Lookup(problem)
    lines = list(assignments)
    return Score(
        shortfall=_shortfall(lookup, lines),
        open=_open(problem, lines),
        cost=_cost(lookup, lines),
    )


def _shortfall(lookup: Lookup, lines: list[Line]) -> int:
    people = Counter((line.shift, line.role) for line in lines)
    total = 0
    for shift in lookup.problem.shifts:
        missing = sum(max(0, role.min - people[shift.id, role.id]) for role in shift.roles)
        total += shift.priority * missing
    lines_of = by_shift(lines)
    for shift_id in lookup.fixed_by_shift:
        names = dict.fromkeys(line.volunteer for line in lines_of.get(shift_id, ()))
        on_shift = [lookup.volunteers[name] for name in names]
        shift = lookup.shifts[shift_id]
        total += shift.priority * _team_shortfall(lookup.problem, shift, on_shift)
    return total


def _team_shortfall(problem: Problem, shift: Shift, people: list[Volunteer]) -> int:
    skilled = sum(rules.team_missing(line, people) for line in shift.team)
    return skilled + rules.adults_missing(people, problem.rules)


def _open(problem: Problem, lines: list[Line]) -> int:
    people = Counter((line.shift, line.role) for line in lines)
    return sum(
        shift.priority * (role.max - people[shift.id, role.id])
        for shift in problem.shifts
        for role in shift.roles
    )


def _cost(lookup: Lookup, lines: list[Line]) -> int:
    weights = lookup.problem.weights
    served = sum(
        line_cost(lookup, lookup.volunteers[line.volunteer], lookup.shifts[line.shift])
        for line in lines
    )
    shared = sum(
        fairness_units(lookup.volunteers[volunteer], len({line.shift for line in own}))
        for volunteer, own in by_volunteer(lines).items()
    )
    kept = {(line.volunteer, line.shift) for line in lines}
    dropped = sum(1 for line in lookup.problem.current if (line.volunteer, line.shift) not in kept)
    return served + weights.fairness * shared + weights.change * dropped


def line_cost(lookup: Lookup, volunteer: Volunteer, shift: Shift) -> int:
    """What one line costs by itself: the way, a cause less liked, somebody not invited."""
    weights = lookup.problem.weights
    uninvited = bool(shift.invited) and volunteer.id not in shift.invited
    return (
        weights.travel * (rules.travel_m(volunteer, shift) // TRAVEL_UNIT_M)
        + weights.cause * (LIKING_MOST - liking(volunteer, shift))
        + weights.invite * uninvited
    )


def liking(volunteer: Volunteer, shift: Shift) -> int:
    """How much the volunteer likes the shift's cause, 0 to 3."""
    if shift.cause is None:
        return LIKING_DEFAULT
    return volunteer.likes.get(shift.cause, LIKING_DEFAULT)


def fairness_base(volunteer: Volunteer) -> int:
    """What was served in the window before, in units of four hours, at most ten."""
    return min(SERVED_UNITS_MOST, volunteer.served_minutes // SERVED_UNIT_MINUTES)


def fairness_units(volunteer: Volunteer, shifts: int) -> int:
    """What `shifts` more cost in fairness, before the weight: each costs one more than the last."""
    return shifts * fairness_base(volunteer) + shifts * (shifts - 1) // 2
