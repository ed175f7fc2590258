"""The greedy to be measured against: by priority, each seat to the free person with least slack.

Frozen: it stays as it is while the matcher changes. It shares only the words of the rules with the
matcher (`matcher.rules`) and is valid by keeping a shift only if all its people may be there.
"""

from collections import Counter, defaultdict

from benchmarks.lines import possible_lines
from matcher import rules
from matcher.lookup import Lookup
from matcher.problem import Line, Problem, Shift, Volunteer


def plain_greedy(problem: Problem) -> tuple[Line, ...]:
    """A valid plan. Whoever must serve together with others is left out, unless promised."""
    return _Greedy(problem).run()


class _Greedy:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.lookup = Lookup(problem)
        self.possible = possible_lines(problem)
        self.shifts_of: dict[str, list[Shift]] = defaultdict(list)
        for line in problem.fixed:
            self.shifts_of[line.volunteer].append(self.lookup.shifts[line.shift])
        # Slack: on how many shifts a person could serve at all.
        self.slack = Counter(
            volunteer
            for lines in self.possible.values()
            for volunteer in dict.fromkeys(line.volunteer for line in lines)
        )

    def run(self) -> tuple[Line, ...]:
        plan: list[Line] = []
        order = sorted(self.problem.shifts, key=lambda each: (-each.priority, each.start_minute))
        for shift in order:
            lines = self._filled(shift)
            if not self._is_valid(shift, lines):
                for line in lines:
                    self.shifts_of[line.volunteer].remove(shift)
                lines = []
            plan += lines
        return tuple(plan)

    def _filled(self, shift: Shift) -> list[Line]:
        """The fixed lines and, role by role, the least flexible people who are free."""
        lines = list(self.lookup.fixed_by_shift.get(shift.id, ()))
        for role in shift.roles:
            left = role.max - sum(1 for line in lines if line.role == role.id)
            waiting = [line for line in self.possible[shift.id] if line.role == role.id]
            for line in sorted(waiting, key=lambda each: self.slack[each.volunteer]):
                if left == 0:
                    break
                if self._is_free(line, shift, lines):
                    lines.append(line)
                    self.shifts_of[line.volunteer].append(shift)
                    left -= 1
        return lines

    def _is_free(self, line: Line, shift: Shift, lines: list[Line]) -> bool:
        people = {each.volunteer for each in lines}
        if line.volunteer in people or line.volunteer in self.lookup.groups_of:
            return False
        if not people.isdisjoint(self.lookup.apart_from.get(line.volunteer, ())):
            return False
        volunteer = self.lookup.volunteers[line.volunteer]
        on_shift = [self.lookup.volunteers[name] for name in [*people, line.volunteer]]
        if volunteer.age < self.problem.rules.adult_age and rules.adults_missing(
            on_shift, self.problem.rules
        ):
            return False
        return self._has_time(volunteer, shift)

    def _has_time(self, volunteer: Volunteer, shift: Shift) -> bool:
        horizon, numbers = self.problem.horizon, self.problem.rules
        own = self.shifts_of[volunteer.id]
        stays: list[rules.Stay] = [*own, *volunteer.engaged]
        return not any(
            rules.overlap_or_late(shift, other, horizon, numbers)
            or rules.rests_too_little(shift, other, horizon, numbers)
            for other in stays
        ) and not rules.above_limits(volunteer, [*own, shift], horizon)

    def _is_valid(self, shift: Shift, lines: list[Line]) -> bool:
        if self.lookup.has_fixed(shift.id) or not lines:
            return True
        by_role = Counter(line.role for line in lines)
        people = [self.lookup.volunteers[line.volunteer] for line in lines]
        return not (
            rules.roles_below_minimum(shift, by_role)
            or any(rules.team_missing(line, people) for line in shift.team)
            or rules.adults_missing(people, self.problem.rules)
        )
