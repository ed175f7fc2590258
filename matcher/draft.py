"""A plan in the making: lines are put in and taken out, and it is asked what still fits."""

from dataclasses import dataclass, field

import numpy as np

from matcher.columns import Columns, Ints, compile_columns, ints, lines_of
from matcher.load import Load
from matcher.pairs import WEIGHT_MOST, Pairs, possible_pairs
from matcher.problem import Line, Problem
from matcher.teams import Teams


@dataclass(frozen=True, slots=True)
class Task:
    """A compiled problem: what everything that makes plans starts from."""

    columns: Columns
    teams: Teams
    pairs: Pairs


def compile_task(problem: Problem) -> Task:
    """The arrays, the rules of teams and the possible lines."""
    columns = compile_columns(problem)
    teams = Teams(columns)
    return Task(columns, teams, possible_pairs(columns, teams))


@dataclass(slots=True)
class Crew:
    """The people of one shift and the roles they have."""

    people: list[int] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)


class Draft:
    """The lines so far, by rows. Starts with the fixed lines, which never leave."""

    def __init__(self, task: Task) -> None:
        self.task = task
        columns = task.columns
        self.load = Load(columns)
        self.crews = [Crew() for _ in columns.problem.shifts]
        self.seats_left = columns.role_max.copy()
        self.given = np.zeros(len(columns.problem.volunteers), np.int64)
        self.roles_of: list[list[int]] = [[] for _ in columns.problem.volunteers]
        for volunteer, role in zip(
            columns.fixed_volunteer.tolist(), columns.fixed_role.tolist(), strict=True
        ):
            self.put(volunteer, role)

    def put(self, volunteer: int, role: int) -> None:
        """Add the line; that it fits is the caller's to know."""
        shift = int(self.task.columns.role_shift[role])
        self.load.take(volunteer, shift)
        self.crews[shift].people.append(volunteer)
        self.crews[shift].roles.append(role)
        self.seats_left[role] -= 1
        self.given[volunteer] += 1
        self.roles_of[volunteer].append(role)

    def take_off(self, volunteer: int, role: int) -> None:
        """Remove the line again."""
        columns = self.task.columns
        shift = int(columns.role_shift[role])
        crew = self.crews[shift]
        place = crew.people.index(volunteer)
        del crew.people[place], crew.roles[place]
        self.roles_of[volunteer].remove(role)
        kept = columns.role_shift[ints(self.roles_of[volunteer])]
        self.load.give_back(volunteer, shift, kept)
        self.seats_left[role] += 1
        self.given[volunteer] -= 1

    def crew(self, shift: int) -> tuple[Ints, Ints]:
        """People and roles of the shift."""
        crew = self.crews[shift]
        return ints(crew.people), ints(crew.roles)

    def open_pairs(self, role: int) -> Ints:
        """The possible lines of the role whose volunteers have the time, as rows of the pairs."""
        pairs, shift = self.task.pairs, int(self.task.columns.role_shift[role])
        rows = pairs.of_role(role)
        if self.seats_left[role] <= 0:
            return ints([])
        free = self.load.can_take_these(pairs.volunteer[rows], shift)
        open_: Ints = np.nonzero(free)[0] + rows.start
        return open_

    def price(self, rows: Ints) -> Ints:
        """What each of these lines would add to the cost now."""
        columns, people = self.task.columns, self.task.pairs.volunteer[rows]
        fairness = min(columns.problem.weights.fairness, WEIGHT_MOST)
        price: Ints = self.task.pairs.cost[rows] + fairness * (
            columns.fairness_base[people] + self.given[people]
        )
        return price

    def lines(self) -> tuple[Line, ...]:
        """The plan's lines in the problem's order."""
        people = ints([one for crew in self.crews for one in crew.people])
        roles = ints([role for crew in self.crews for role in crew.roles])
        return lines_of(self.task.columns, people, roles)
