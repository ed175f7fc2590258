"""The rules of one shift's people, H8 to H12, in arrays."""

from collections.abc import Iterable, Sequence

import numpy as np

from matcher.columns import Bools, Columns, Ints
from matcher.lookup import Lookup

Group = tuple[int, ...]


class Teams:
    """Says which sets of people a shift may have, and who would spoil one."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        problem = columns.problem
        self._minors_per_adult = problem.rules.minors_per_adult
        self._lookup = Lookup(problem)
        self.has_skill = self._skilled()
        at = columns.volunteer_at
        self.apart: dict[int, list[int]] = {
            at[one]: [at[other] for other in others]
            for one, others in self._lookup.apart_from.items()
        }
        # A group of one is kept together by whatever it does.
        self.groups: list[Group] = [
            tuple(at[member] for member in group) for group in problem.together if len(group) > 1
        ]
        self.groups_of: dict[int, list[Group]] = {}
        for group in self.groups:
            for member in group:
                self.groups_of.setdefault(member, []).append(group)
        self._group_count = np.zeros(len(problem.volunteers), np.int64)
        for group in self.groups:
            self._group_count[list(group)] += 1
        self._fixed_on: dict[int, set[int]] = {}
        shifts = columns.role_shift[columns.fixed_role]
        for volunteer, shift in zip(columns.fixed_volunteer.tolist(), shifts.tolist(), strict=True):
            self._fixed_on.setdefault(shift, set()).add(volunteer)

    def _skilled(self) -> dict[tuple[str, int], Bools]:
        problem = self._columns.problem
        wanted = {(line.skill, line.level) for shift in problem.shifts for line in shift.team}
        return {
            (skill, level): np.array(
                [each.skills.get(skill, 0) >= level for each in problem.volunteers], bool
            )
            for skill, level in wanted
        }

    def is_bound(self, group: Group, shift: int) -> bool:
        """Whether H12 holds for the group on this shift: no member is fixed there."""
        return self._fixed_on.get(shift, set()).isdisjoint(group)

    def bound_groups(self, volunteer: int, shift: int) -> list[Group]:
        """The groups that must follow this volunteer onto this shift."""
        return [each for each in self.groups_of.get(volunteer, ()) if self.is_bound(each, shift)]

    def unit(self, volunteer: int, shift: int) -> list[int]:
        """Everybody who serves on the shift if this volunteer does, himself first."""
        unit, waiting = [volunteer], [volunteer]
        while waiting:
            for group in self.bound_groups(waiting.pop(), shift):
                fresh = [member for member in group if member not in unit]
                unit += fresh
                waiting += fresh
        return unit

    def is_valid(self, shift: int, people: Ints, roles: Ints) -> bool:
        """H8 to H12 for exactly these people in these roles."""
        on_shift = set(people.tolist())
        if any(not on_shift.isdisjoint(self.apart.get(one, ())) for one in on_shift):
            return False
        groups = {group for one in on_shift for group in self.bound_groups(one, shift)}
        if any(not on_shift.issuperset(group) for group in groups):
            return False
        return self._columns.is_fixed[shift] or not on_shift or self._is_whole(shift, people, roles)

    def _is_whole(self, shift: int, people: Ints, roles: Ints) -> bool:
        return (
            self.roles_missing(shift, roles).sum() == 0
            and all(missing <= 0 for missing in self.team_missing(shift, people))
            and self.minors_accompanied(people)
        )

    def minors_accompanied(self, people: Ints) -> bool:
        """H10 for these people."""
        adults = int(np.count_nonzero(self._columns.is_adult[people]))
        return self._accompanied(len(people) - adults, adults)

    def _accompanied(self, minors: int, adults: int) -> bool:
        return -(-minors // self._minors_per_adult) <= adults

    def roles_missing(self, shift: int, roles: Ints) -> Ints:
        """H8: how many people each role of a shift that is called off for that still needs."""
        first, last = self._columns.first_role[shift : shift + 2]
        missing = np.zeros(last - first, np.int64)
        if self._columns.problem.shifts[shift].cancel_below_minimum:
            people = np.bincount(roles - first, minlength=last - first)
            missing = np.maximum(0, self._columns.role_min[first:last] - people)
        return missing

    def team_missing(self, shift: int, people: Ints) -> list[int]:
        """H9: how many people with its skill each line of the team still needs."""
        return [
            line.count - int(np.count_nonzero(self.has_skill[line.skill, line.level][people]))
            for line in self._columns.problem.shifts[shift].team
        ]

    def spoiled_by_one(self, shift: int, people: Ints, roles: Ints, role: int) -> Bools:
        """Everybody who alone cannot join these people in `role` by H8 to H12."""
        spoiled = np.zeros(len(self._columns.problem.volunteers), bool)
        for one in people.tolist():
            spoiled[self.apart.get(one, [])] = True
        spoiled |= self._leaves_a_group(shift, people)
        if self._columns.is_fixed[shift]:
            return spoiled
        if self.roles_missing(shift, np.append(roles, role)).any():
            spoiled[:] = True
        missing = self.team_missing(shift, people)
        for line, count in zip(self._columns.problem.shifts[shift].team, missing, strict=True):
            spoiled |= self.has_skill[line.skill, line.level] < count
        is_adult = self._columns.is_adult
        adults = int(np.count_nonzero(is_adult[people]))
        minors = len(people) - adults
        if not self._accompanied(minors, adults + 1):
            spoiled |= is_adult
        if not self._accompanied(minors + 1, adults):
            spoiled |= ~is_adult
        return spoiled

    def _leaves_a_group(self, shift: int, people: Ints) -> Bools:
        """Everybody with a bound group of which another member is not among these people."""
        waiting = self._group_count.copy()
        on_shift = set(people.tolist())
        fixed = self._fixed_on.get(shift, set())
        for group in self._touching(on_shift | fixed):
            if not fixed.isdisjoint(group):
                waiting[list(group)] -= 1
                continue
            absent = [member for member in group if member not in on_shift]
            if len(absent) == 1:
                waiting[absent] -= 1
        left: Bools = waiting > 0
        return left

    def _touching(self, people: Iterable[int]) -> Sequence[Group]:
        found = {group: None for one in people for group in self.groups_of.get(one, ())}
        return list(found)
