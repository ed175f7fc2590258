"""A valid plan at once: shift by shift the scarcest first, person by person the cheapest first.

Every step leaves the plan valid, so it can stop anywhere; with no step done it is the fixed lines.
"""

import numpy as np

from matcher.columns import Ints, ints
from matcher.draft import Draft, Task, compile_task
from matcher.problem import Line, Problem


def greedy(problem: Problem) -> tuple[Line, ...]:
    """A valid set of lines for any problem free of defects."""
    return seed(compile_task(problem)).lines()


def seed(task: Task) -> Draft:
    """Minima first over all shifts, then every seat that is left."""
    draft = Draft(task)
    extend(draft)
    return draft


def extend(draft: Draft) -> None:
    """Fill what can be filled of a valid draft."""
    order = _scarcest_first(draft.task)
    for shift in order:
        _fill(draft, shift, draft.task.columns.role_min)
    for shift in order:
        _fill(draft, shift, draft.task.columns.role_max)


def _scarcest_first(task: Task) -> list[int]:
    """Shifts by priority, then by how few possible lines there are for each seat."""
    columns = task.columns
    shifts = len(columns.problem.shifts)
    seats = np.bincount(columns.role_shift, columns.role_max, minlength=shifts)
    choices = np.bincount(task.pairs.shift, minlength=shifts) / np.maximum(1, seats)
    priority = ints([shift.priority for shift in columns.problem.shifts])
    return [int(shift) for shift in np.lexsort((choices, -priority))]


def _fill(draft: Draft, shift: int, target: Ints) -> None:
    """Bring each role of the shift up to `target`, as far as people can be had."""
    columns, teams = draft.task.columns, draft.task.teams
    if not draft.crews[shift].people and _has_demands(draft, shift) and not _open(draft, shift):
        return
    roles = range(int(columns.first_role[shift]), int(columns.first_role[shift + 1]))
    if teams.groups:
        _fill_with_groups(draft, shift, list(roles), target)
    for role in roles:
        while columns.role_max[role] - draft.seats_left[role] < target[role]:
            if not _put_one(draft, shift, role):
                break


def _put_one(draft: Draft, shift: int, role: int) -> bool:
    """The cheapest person who may join by himself."""
    rows = draft.open_pairs(role)
    if not rows.size:
        return False
    spoiled = draft.task.teams.spoiled_by_one(shift, *draft.crew(shift), role)
    rows = rows[~spoiled[draft.task.pairs.volunteer[rows]]]
    if not rows.size:
        return False
    best = rows[np.argmin(draft.price(rows))]
    draft.put(int(draft.task.pairs.volunteer[best]), role)
    return True


def _fill_with_groups(draft: Draft, shift: int, roles: list[int], target: Ints) -> None:
    """Add whole groups while a role is below its target."""
    columns, teams = draft.task.columns, draft.task.teams
    tried: set[int] = set()
    for role in roles:
        pairs = draft.task.pairs
        for row in draft.open_pairs(role):
            if columns.role_max[role] - draft.seats_left[role] >= target[role]:
                break
            volunteer = int(pairs.volunteer[row])
            if volunteer in tried or not teams.bound_groups(volunteer, shift):
                continue
            unit = teams.unit(volunteer, shift)
            tried.update(unit)
            lines = _seat(draft, shift, unit)
            if lines and _is_valid_with(draft, shift, lines):
                for person, seat in lines:
                    draft.put(person, seat)


def _is_valid_with(draft: Draft, shift: int, lines: list[tuple[int, int]]) -> bool:
    people, roles = draft.crew(shift)
    more_people, more_roles = zip(*lines, strict=True)
    return draft.task.teams.is_valid(
        shift, np.append(people, ints(more_people)), np.append(roles, ints(more_roles))
    )


def _seat(draft: Draft, shift: int, unit: list[int]) -> list[tuple[int, int]] | None:
    """A role with a seat left for each of these people, none of whom is on the shift yet.

    Augmenting paths: whoever has a seat moves to another of his roles if that lets one more in.
    """
    columns = draft.task.columns
    if not draft.load.can_take_these(ints(unit), shift).all():
        return None
    first, last = columns.first_role[shift : shift + 2].tolist()
    choices = {person: _roles_for(draft, person, first, last) for person in unit}
    seated: dict[int, list[int]] = {role: [] for role in range(first, last)}

    def find(person: int, passed: set[int]) -> bool:
        for role in choices[person]:
            if role in passed:
                continue
            passed.add(role)
            if len(seated[role]) < draft.seats_left[role]:
                seated[role].append(person)
                return True
            for place, other in enumerate(seated[role]):
                if find(other, passed):
                    seated[role][place] = person
                    return True
        return False

    if not all(find(person, set()) for person in unit):
        return None
    return [(person, role) for role, people in seated.items() for person in people]


def _roles_for(draft: Draft, person: int, first: int, last: int) -> list[int]:
    pairs = draft.task.pairs
    found = []
    for role in range(first, last):
        rows = pairs.of_role(role)
        at = rows.start + int(np.searchsorted(pairs.volunteer[rows], person))
        if at < rows.stop and pairs.volunteer[at] == person:
            found.append(role)
    return found


def _has_demands(draft: Draft, shift: int) -> bool:
    """Whether the first people must come together: H8's minima or a team."""
    wanted = draft.task.columns.problem.shifts[shift]
    return bool(wanted.team) or wanted.cancel_below_minimum


def _open(draft: Draft, shift: int) -> bool:
    """Find people who together meet the shift's minima, team and adults; all of them or none."""
    trial = _Trial(draft, shift)
    while not trial.is_complete():
        if not trial.add_most_needed():
            return False
    for person, role in trial.lines:
        draft.put(person, role)
    return bool(trial.lines)


class _Trial:
    """People gathered for an empty shift, not yet in the draft."""

    def __init__(self, draft: Draft, shift: int) -> None:
        self._draft, self._shift = draft, shift
        self._columns, self._teams = draft.task.columns, draft.task.teams
        self.lines: list[tuple[int, int]] = []
        self._first, self._last = self._columns.first_role[shift : shift + 2].tolist()
        rows = [draft.open_pairs(role) for role in range(self._first, self._last)]
        self._rows = np.concatenate(rows) if rows else ints([])

    def _crew(self) -> tuple[Ints, Ints]:
        return ints([person for person, _ in self.lines]), ints([role for _, role in self.lines])

    def is_complete(self) -> bool:
        """Nothing is missing, or nobody is wanted in the first place."""
        return self._teams.is_valid(self._shift, *self._crew()) and self._missing() == 0

    def _missing(self) -> int:
        people, roles = self._crew()
        missing = int(self._teams.roles_missing(self._shift, roles).sum())
        return missing + sum(max(0, each) for each in self._teams.team_missing(self._shift, people))

    def add_most_needed(self) -> bool:
        """Add whoever meets most of what is missing, with all who must come along."""
        rows = self._rows
        pairs = self._draft.task.pairs
        while rows.size:
            gain = self._gain(rows)
            best = rows[np.lexsort((self._draft.price(rows), -gain))[0]]
            person, role = int(pairs.volunteer[best]), int(pairs.role[best])
            if gain[np.nonzero(rows == best)[0][0]] <= 0:
                return False
            if self._add(person, role):
                return True
            rows = rows[rows != best]
            self._rows = self._rows[self._rows != best]
        return False

    def _gain(self, rows: Ints) -> Ints:
        pairs, people_and_roles = self._draft.task.pairs, self._crew()
        people, roles = people_and_roles
        volunteers = pairs.volunteer[rows]
        missing = self._teams.roles_missing(self._shift, roles)
        gain: Ints = 2 * (missing[pairs.role[rows] - self._first] > 0).astype(np.int64)
        team = self._columns.problem.shifts[self._shift].team
        for line, lacking in zip(team, self._teams.team_missing(self._shift, people), strict=True):
            if lacking > 0:
                gain += 2 * self._teams.has_skill[line.skill, line.level][volunteers]
        if not self._teams.minors_accompanied(people):
            gain += self._columns.is_adult[volunteers]
        return gain

    def _add(self, person: int, role: int) -> bool:
        unit = self._teams.unit(person, self._shift)
        present = {one for one, _ in self.lines}
        apart = {other for one in present for other in self._teams.apart.get(one, ())}
        if not present.isdisjoint(unit) or not apart.isdisjoint(unit):
            return False
        seats = [(person, role)] if len(unit) == 1 else _seat(self._draft, self._shift, unit)
        if seats is None or not self._has_room(seats):
            return False
        self.lines += seats
        return True

    def _has_room(self, seats: list[tuple[int, int]]) -> bool:
        roles = ints([role for _, role in [*self.lines, *seats]])
        taken = np.bincount(roles - self._first, minlength=self._last - self._first)
        return bool((taken <= self._draft.seats_left[self._first : self._last]).all())
