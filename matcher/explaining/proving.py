"""Prove that a seat can be filled: solve the problem again with the seat held full.

A seat counts as filled by a valid plan in which its role has one person more than now and no other
seat is lost for it: the shortfall and the open seats of all other roles are no more than they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import sparse

from matcher.check import check_assignments
from matcher.columns import Ints, lines_of
from matcher.draft import Task, compile_task
from matcher.explaining.answers import Effort, Key
from matcher.explaining.changes import Change, applied
from matcher.explaining.neighbourhood import Neighbourhood
from matcher.lookup import Lookup
from matcher.problem import Line, Problem
from matcher.score import score
from matcher.solve.build import build
from matcher.solve.engine import Engine
from matcher.solve.model import Model
from matcher.solve.worker import Request

Answer = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the seat can be filled; if so `lines` is a valid plan of the whole that does it."""

    answer: Answer
    lines: tuple[Line, ...] = ()


def others(problem: Problem, lines: Sequence[Line], key: Key) -> tuple[int, int]:
    """Shortfall and open seats of all roles but this one."""
    shifts = tuple(
        replace(
            shift,
            roles=tuple(
                replace(role, min=0) if (shift.id, role.id) == key else role for role in shift.roles
            ),
        )
        for shift in problem.shifts
    )
    found = score(replace(problem, shifts=shifts), lines)
    lookup = Lookup(problem)
    people = sum(1 for line in lines if (line.shift, line.role) == key)
    own = lookup.shifts[key[0]].priority * (lookup.roles[key].max - people)
    return found.shortfall, found.open - own


def is_filled(problem: Problem, before: Sequence[Line], after: Sequence[Line], key: Key) -> bool:
    """The role has more people after than before, and no other seat was lost for it."""
    counts = [sum(1 for line in each if (line.shift, line.role) == key) for each in (before, after)]
    was, now = others(problem, before, key), others(problem, after, key)
    return counts[1] > counts[0] and now[0] <= was[0] and now[1] <= was[1]


class Prover:
    """Asks about one seat of one plan, under one change after another."""

    def __init__(
        self, problem: Problem, part: Neighbourhood, key: Key, engine: Engine, effort: Effort
    ) -> None:
        self._problem, self._part, self._key = problem, part, key
        self._lines = (*part.lines, *part.held)
        self._engine, self._effort = engine, effort
        self.questions_left = effort.questions

    def added(self, change: Change, person: str) -> Proof:
        """Whether the person can simply take the seat once the change is made."""
        lines = (*self._lines, Line(person, *self._key))
        return self._proof([change], lines) or Proof("unknown")

    def filled(self, changes: Sequence[Change]) -> Proof:
        """Whether the part has a plan that fills the seat once all of these changes are made."""
        if self.questions_left <= 0 or self._engine.is_out:
            return Proof("unknown")
        self.questions_left -= 1
        task = compile_task(applied(self._part.problem, changes))
        request = _request(task, self._part.lines, self._key, self._effort.nodes)
        answer = None if request is None else self._engine.ask(request)
        if request is None or (answer is not None and answer.is_infeasible):
            return Proof("no")
        if answer is None or answer.x is None:
            return Proof("unknown")
        chosen: Ints = np.nonzero(answer.x[: len(task.pairs.role)] > 0.5)[0]
        inside = lines_of(task.columns, task.pairs.volunteer[chosen], task.pairs.role[chosen])
        return self._proof(changes, (*inside, *self._part.held)) or Proof("unknown")

    def _proof(self, changes: Sequence[Change], lines: tuple[Line, ...]) -> Proof | None:
        """What is claimed is claimed of the whole, by the checker that no solver is part of."""
        changed = applied(self._problem, changes)
        if check_assignments(changed, lines):
            return None
        if not is_filled(self._problem, self._lines, lines, self._key):
            return None
        return Proof("yes", tuple(sorted(lines)))


def _request(task: Task, lines: Sequence[Line], key: Key, nodes: int | None) -> Request | None:
    """Any plan in which the role has one person more and no other seat is lost; None if none is."""
    columns, pairs = task.columns, task.pairs
    role = columns.role_at[key]
    people = sum(1 for line in lines if (line.shift, line.role) == key)
    of_role = pairs.role == role
    if np.count_nonzero(of_role) <= people:
        return None
    model = build(_without_own_minimum(task, key))
    shortfall, open_ = others(columns.problem, lines, key)
    elsewhere = _weighed(columns.problem, key) - open_
    priority = np.array([shift.priority for shift in columns.problem.shifts])[pairs.shift]
    width = model.core_columns
    rows = np.zeros((3, width))
    rows[0, : model.pairs][of_role] = 1
    rows[1] = model.levels[0, :width]
    rows[2, : model.pairs] = np.where(of_role, 0, priority)
    return _asked(
        model,
        rows,
        least=np.array([people + 1.0, -np.inf, elsewhere]),
        most=np.array([np.inf, shortfall - model.constant[0], np.inf]),
        nodes=nodes,
    )


def _weighed(problem: Problem, key: Key) -> int:
    """What all seats but the role's are worth."""
    return sum(
        shift.priority * role.max
        for shift in problem.shifts
        for role in shift.roles
        if (shift.id, role.id) != key
    )


def _without_own_minimum(task: Task, key: Key) -> Task:
    """The task with the role's own `min` out of level 1, where it binds nothing else."""
    columns = task.columns
    at, role = columns.shift_at[key[0]], columns.role_at[key]
    if columns.problem.shifts[at].cancel_below_minimum and not columns.is_fixed[at]:
        return task  # H8 meets it wherever anybody serves.
    least = columns.role_min.copy()
    least[role] = 0
    return replace(task, columns=replace(columns, role_min=least))


def _asked(
    model: Model,
    rows: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    *,
    least: np.ndarray[tuple[int], np.dtype[np.float64]],
    most: np.ndarray[tuple[int], np.dtype[np.float64]],
    nodes: int | None,
) -> Request:
    width, height = model.core_columns, model.core_rows
    matrix = sparse.csr_array(sparse.vstack([model.rows[:height, :width], sparse.csr_array(rows)]))
    return Request(
        kind="whole",
        rows=(matrix.data, matrix.indices, matrix.indptr),
        shape=matrix.shape,
        least=np.concatenate([model.least[:height], least]),
        most=np.concatenate([model.most[:height], most]),
        column_least=model.column_least[:width],
        column_most=model.column_most[:width],
        is_whole=model.is_whole[:width],
        objective=np.zeros(width),
        nodes=nodes,
    )
