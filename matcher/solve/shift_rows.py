"""The rows of H8 to H10: what the people of one shift owe each other.

A relaxation would open half a shift with half of what it demands. So beside the rows that say what
a rule says there are rows that say the same of whole plans and more of fractions: a role has nobody
unless the shift is open, and of m minors not only m / `minors_per_adult` but one whole adult is
asked for.
"""

from dataclasses import dataclass

import numpy as np

from matcher.columns import Bools, Ints, ints
from matcher.solve.model import Builder, Floats


def shift_rules(builder: Builder, priority: Ints) -> None:
    """H8 to H10 on each shift; where somebody is fixed, what is missing counts in level 1."""
    for shift in range(len(builder.columns.problem.shifts)):
        people = _People.on(builder, shift)
        if not people.every.size:
            continue
        if builder.columns.is_fixed[shift]:
            missing_counts(builder, people, int(priority[shift]))
        else:
            all_or_nobody(builder, people)
            minors_accompanied(builder, people)


@dataclass(frozen=True, slots=True)
class _People:
    """The possible lines of one shift, and which of them are an adult's."""

    shift: int
    every: Ints
    is_adult: Bools

    @classmethod
    def on(cls, builder: Builder, shift: int) -> "_People":
        first, last = builder.columns.first_role[shift : shift + 2]
        every = np.arange(builder.task.pairs.first[first], builder.task.pairs.first[last])
        is_adult = builder.columns.is_adult[builder.task.pairs.volunteer[every]]
        return cls(shift, every, is_adult)

    @property
    def adults(self) -> Ints:
        return self.every[self.is_adult]

    @property
    def minors(self) -> Ints:
        return self.every[~self.is_adult]


def all_or_nobody(builder: Builder, people: _People) -> None:
    """H8 and H9: a 0/1 column says whether anybody serves; if so, every demand is met.

    Where minors may serve, one adult is such a demand: H10 asks for one of the first minor, and
    where there is none whoever serves is an adult.
    """
    demands = [*_minimum_demands(builder, people), *_team_demands(builder, people)]
    demands = [(members, count) for members, count in demands if count > 0]
    # Without other demands adults need no rows: they are what is demanded.
    bound = people.every if demands else people.minors
    if people.minors.size:
        demands.append((people.adults, 1))
    if not demands:
        return
    serves = _yes_or_no(builder)
    _nobody_without(builder, bound, serves)
    _nobody_unless_open(builder, people.every, serves)
    for members, count in demands:
        one = np.zeros(len(members), np.int64)
        _rows_with(builder, one, members, 1, serves, -count, least=np.zeros(1))


def _nobody_unless_open(builder: Builder, lines: Ints, column: Ints) -> None:
    """No role has more of these lines than its `max`, and none where the column is nought."""
    roles, row = np.unique(builder.task.pairs.role[lines], return_inverse=True)
    most = np.minimum(builder.columns.role_max[roles], np.bincount(row, minlength=len(roles)))
    count = len(roles)
    builder.add_rows(
        np.concatenate([row, np.arange(count)]),
        np.concatenate([lines, np.repeat(column, count)]),
        np.concatenate([np.full(len(row), -1), most]),
        np.zeros(count),
        np.full(count, np.inf),
    )


def _minimum_demands(builder: Builder, people: _People) -> list[tuple[Ints, int]]:
    columns, pairs, every = builder.columns, builder.task.pairs, people.every
    if not columns.problem.shifts[people.shift].cancel_below_minimum:
        return []
    first, last = columns.first_role[people.shift : people.shift + 2].tolist()
    return [
        (every[pairs.role[every] == role], int(columns.role_min[role]))
        for role in range(first, last)
    ]


def _team_demands(builder: Builder, people: _People) -> list[tuple[Ints, int]]:
    has_skill, every = builder.task.teams.has_skill, people.every
    volunteer = builder.task.pairs.volunteer[every]
    return [
        (every[has_skill[line.skill, line.level][volunteer]], line.count)
        for line in builder.columns.problem.shifts[people.shift].team
    ]


def _nobody_without(builder: Builder, lines: Ints, column: Ints) -> None:
    """Each person with one of these lines serves only if the column is 1."""
    people, row = np.unique(builder.task.pairs.volunteer[lines], return_inverse=True)
    _rows_with(builder, row, lines, -1, column, 1, least=np.zeros(len(people)))


def _rows_with(
    builder: Builder,
    row: Ints,
    members: Ints,
    value: int,
    column: Ints,
    factor: int,
    *,
    least: Floats,
) -> None:
    """`value` times the members of each row plus `factor` times one column is at least `least`."""
    count = len(least)
    builder.add_rows(
        np.concatenate([row, np.arange(count)]),
        np.concatenate([members, np.repeat(column, count)]),
        np.concatenate([np.full(len(row), value), np.full(count, factor)]),
        least,
        np.full(count, np.inf),
    )


def minors_accompanied(builder: Builder, people: _People) -> None:
    """H10."""
    if people.minors.size:
        weight = np.where(people.is_adult, builder.columns.problem.rules.minors_per_adult, -1)
        row = np.zeros(len(people.every), np.int64)
        builder.add_rows(row, people.every, weight, np.zeros(1), np.full(1, np.inf))


def missing_counts(builder: Builder, people: _People, priority: int) -> None:
    """H9 and H10 where somebody is fixed: what is missing counts in level 1."""
    for members, count in _team_demands(builder, people):
        if count > 0:
            missing = _missing_column(builder, count, priority, whole=False)
            row = np.zeros(len(members), np.int64)
            _rows_with(builder, row, members, 1, missing, 1, least=np.full(1, float(count)))
    if people.minors.size:
        _adults_missing(builder, people, priority)


def _adults_missing(builder: Builder, people: _People, priority: int) -> None:
    """One for so many minors, and one whole adult for the first of them."""
    per_adult, every = builder.columns.problem.rules.minors_per_adult, people.every
    missing = _missing_column(builder, -(-people.minors.size // per_adult), priority, whole=True)
    weight = np.append(np.where(people.is_adult, per_adult, -1), per_adult)
    row = np.zeros(len(weight), np.int64)
    builder.add_rows(row, np.append(every, missing), weight, np.zeros(1), np.full(1, np.inf))
    young = _yes_or_no(builder)
    _nobody_without(builder, people.minors, young)
    _nobody_unless_open(builder, people.minors, young)
    helped = np.append(people.adults, missing)
    one = np.zeros(len(helped), np.int64)
    _rows_with(builder, one, helped, 1, young, -1, least=np.zeros(1))


def _yes_or_no(builder: Builder) -> Ints:
    return builder.add_columns(np.zeros(1), np.ones(1), np.zeros((3, 1), np.int64), whole=True)


def _missing_column(builder: Builder, most: int, priority: int, *, whole: bool) -> Ints:
    levels = ints([priority, 0, 0]).reshape(3, 1)
    return builder.add_columns(np.zeros(1), np.full(1, float(most)), levels, whole=whole)
