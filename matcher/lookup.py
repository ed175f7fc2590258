"""A problem's things by id, for the code that reads it line by line."""

from collections import defaultdict
from collections.abc import Iterable

from matcher.problem import Line, Problem, Role, Shift, Volunteer


class Lookup:
    """Finds what lines name. Built once for a problem; the problem must be free of defects."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.volunteers: dict[str, Volunteer] = {each.id: each for each in problem.volunteers}
        self.shifts: dict[str, Shift] = {each.id: each for each in problem.shifts}
        self.roles: dict[tuple[str, str], Role] = {
            (shift.id, role.id): role for shift in problem.shifts for role in shift.roles
        }
        self.fixed = frozenset(problem.fixed)
        self.fixed_by_shift = by_shift(problem.fixed)
        self.forbidden = frozenset((each.volunteer, each.shift) for each in problem.forbidden)
        self.groups_of: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for group in problem.together:
            for member in group:
                self.groups_of[member].append(group)
        self.apart_from: dict[str, set[str]] = defaultdict(set)
        for one, two in problem.apart:
            self.apart_from[one].add(two)
            self.apart_from[two].add(one)

    def knows(self, line: Line) -> bool:
        """Whether all three ids of the line exist."""
        return line.volunteer in self.volunteers and (line.shift, line.role) in self.roles

    def has_fixed(self, shift: str) -> bool:
        """Whether anybody was promised to this shift, which lifts H8 to H10 there."""
        return shift in self.fixed_by_shift

    def is_bound(self, group: tuple[str, ...], shift: str) -> bool:
        """Whether H12 holds for this group on this shift: none of its members is fixed there."""
        fixed = {line.volunteer for line in self.fixed_by_shift.get(shift, ())}
        return fixed.isdisjoint(group)


def by_shift(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """The lines of each shift that has any."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.shift].append(line)
    return dict(found)


def by_volunteer(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """The lines of each volunteer who has any."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.volunteer].append(line)
    return dict(found)
