"""The part of a problem around one seat, small enough to be solved again many times.

People and shifts of the part are free; every other line of the plan is held, and is to the part
what service promised elsewhere is: an engagement. So what is valid in the part is valid in the
whole, and what the part cannot do the whole perhaps can.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from matcher.lookup import Lookup, by_volunteer
from matcher.problem import Engagement, Line, Problem, Shift, Volunteer

SHIFTS_MOST = 14
PEOPLE_MOST = 160


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A part of a problem, its lines of the plan, and the lines that are held outside."""

    problem: Problem
    lines: tuple[Line, ...]
    held: tuple[Line, ...]
    is_whole: bool


def whole(problem: Problem, lines: Sequence[Line]) -> Neighbourhood:
    """Everything."""
    return Neighbourhood(problem, tuple(lines), (), is_whole=True)


def around(
    problem: Problem, lines: Sequence[Line], shift_id: str, wanted: Iterable[str]
) -> Neighbourhood:
    """The shifts nearest in time, whoever serves on them, and the first of the people `wanted`."""
    lookup = Lookup(problem)
    near = _near(problem, lookup.shifts[shift_id])
    people = {line.volunteer for line in lines if line.shift in near}
    for volunteer_id in wanted:
        if len(people) >= PEOPLE_MOST:
            break
        people.add(volunteer_id)
    people = _with_groups(lookup, people)
    inside = tuple(line for line in lines if line.shift in near)
    held = tuple(line for line in lines if line.shift not in near)
    return Neighbourhood(_part(lookup, near, people, held), inside, held, is_whole=False)


def _near(problem: Problem, shift: Shift) -> set[str]:
    by_time = sorted(
        problem.shifts,
        key=lambda each: (abs(each.start_minute - shift.start_minute), each.id),
    )
    return {shift.id, *(each.id for each in by_time[:SHIFTS_MOST])}


def _with_groups(lookup: Lookup, people: set[str]) -> set[str]:
    """Whoever comes with one of these people, and with those in turn."""
    found, waiting = set(people), list(people)
    while waiting:
        for group in lookup.groups_of.get(waiting.pop(), ()):
            waiting += [member for member in group if member not in found]
            found.update(group)
    return found


def _part(lookup: Lookup, near: set[str], people: set[str], held: Sequence[Line]) -> Problem:
    problem = lookup.problem
    held_of = by_volunteer(held)
    return replace(
        problem,
        volunteers=tuple(
            _engaged(each, [lookup.shifts[line.shift] for line in held_of.get(each.id, ())])
            for each in problem.volunteers
            if each.id in people
        ),
        shifts=tuple(
            # Of whom else an organiser asked nothing is said: that nobody was asked would be new.
            replace(each, invited=tuple(who for who in each.invited if who in people))
            for each in problem.shifts
            if each.id in near
        ),
        together=tuple(group for group in problem.together if people.issuperset(group)),
        apart=tuple(pair for pair in problem.apart if people.issuperset(pair)),
        fixed=tuple(line for line in problem.fixed if line.shift in near),
        forbidden=tuple(
            each for each in problem.forbidden if each.volunteer in people and each.shift in near
        ),
        current=(),
    )


def _engaged(volunteer: Volunteer, shifts: Sequence[Shift]) -> Volunteer:
    more = tuple(
        Engagement(shift.start_minute, shift.end_minute, shift.location) for shift in shifts
    )
    return replace(volunteer, engaged=(*volunteer.engaged, *more)) if more else volunteer
