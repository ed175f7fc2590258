"""What a plan would be without one of its lines, or with one seat more: solved again."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, replace

import numpy as np
from scipy import sparse

from matcher.check import check_assignments
from matcher.columns import lines_of
from matcher.draft import Task, compile_task
from matcher.explaining.answers import Difference, Effort, Impossible, Key
from matcher.plan import Score
from matcher.problem import Forbidden, Line, Problem
from matcher.score import score
from matcher.solve.build import build
from matcher.solve.engine import Engine
from matcher.solve.levels import Program, program, seats_program
from matcher.solve.model import Model


def without(
    problem: Problem,
    assignments: Sequence[Line],
    line: Line,
    effort: Effort,
    cancelled: Callable[[], bool] = lambda: False,
) -> Difference | None:
    """The best plan in which this volunteer is not on this shift; None where the effort ended.

    A fixed line cannot be left out: raises ValueError.
    """
    if line in problem.fixed:
        raise ValueError(f"{line.volunteer} on {line.shift}: promised")
    said = Forbidden(line.volunteer, line.shift, "asked")
    changed = replace(problem, forbidden=(*problem.forbidden, said))
    found = _best(problem, changed, assignments, None, effort, cancelled)
    return None if isinstance(found, Impossible) else found  # The fixed lines alone are a plan.


def with_one_more(
    problem: Problem,
    assignments: Sequence[Line],
    key: Key,
    effort: Effort,
    cancelled: Callable[[], bool] = lambda: False,
) -> Difference | Impossible | None:
    """The best plan in which this role has one person more; None where the effort ended before
    one was found."""
    return _best(problem, problem, assignments, key, effort, cancelled)


def _best(
    problem: Problem,
    changed: Problem,
    assignments: Sequence[Line],
    key: Key | None,
    effort: Effort,
    cancelled: Callable[[], bool],
) -> Difference | Impossible | None:
    started = effort.clock()
    task = compile_task(changed)
    model = build(task)
    if key is not None:
        people = sum(1 for line in assignments if (line.shift, line.role) == key)
        of_role = task.pairs.role == task.columns.role_at[key]
        if np.count_nonzero(of_role) <= people:
            return Impossible()
        model = _held_above(model, of_role, people)
    with Engine(
        lambda: effort.seconds - (effort.clock() - started), cancelled, lambda: None
    ) as engine:
        levels = _Levels(changed, task, model, engine, effort)
        found = levels.solved()
    if found is None:
        return Impossible() if levels.is_impossible else None
    lines, is_proven = found
    return _difference(problem, assignments, lines, is_proven)


def _held_above(
    model: Model, of_role: np.ndarray[tuple[int], np.dtype[np.bool_]], people: int
) -> Model:
    """The model with a first row more: the role has more than these people."""
    row = np.zeros((1, model.rows.shape[1]))
    row[0, : model.pairs][of_role] = 1
    return replace(
        model,
        rows=sparse.csr_array(sparse.vstack([sparse.csr_array(row), model.rows])),
        least=np.concatenate([[people + 1.0], model.least]),
        most=np.concatenate([[np.inf], model.most]),
        core_rows=model.core_rows + 1,
    )


class _Levels:
    """One level after another, each searched whole."""

    def __init__(
        self, problem: Problem, task: Task, model: Model, engine: Engine, effort: Effort
    ) -> None:
        self._problem, self._task, self._model = problem, task, model
        self._engine, self._effort = engine, effort
        self._lines: tuple[Line, ...] | None = None
        self.is_impossible = False

    def solved(self) -> tuple[tuple[Line, ...], bool] | None:
        """The best lines found, and whether every level was searched to its end."""
        seats, _ = seats_program(self._model)
        is_proven = self._ask(seats)
        if self._lines is None:
            return None
        reached = score(self._problem, self._lines)
        is_proven &= self._ask(program(self._model, 2, astuple(reached)[:2]))
        return self._lines, is_proven

    def _ask(self, asked: Program) -> bool:
        answer = self._engine.ask(asked.request(self._effort.nodes))
        if answer is None or answer.x is None:
            self.is_impossible = answer is not None and answer.is_infeasible
            return False
        pairs = self._task.pairs
        chosen = np.nonzero(answer.x[: len(pairs.role)] > 0.5)[0]
        lines = lines_of(self._task.columns, pairs.volunteer[chosen], pairs.role[chosen])
        if check_assignments(self._problem, lines):
            return False
        if self._lines is None or score(self._problem, lines) < score(self._problem, self._lines):
            self._lines = lines
        return answer.is_optimal


def _difference(
    problem: Problem, before: Sequence[Line], after: Sequence[Line], is_proven: bool
) -> Difference:
    was, now = score(problem, before), score(problem, after)
    counts = _by_role(problem, before), _by_role(problem, after)
    moved = {key: counts[1][key] - counts[0][key] for key in counts[0]}
    return Difference(
        *_less(now, was),
        lines=tuple(after),
        is_proven=is_proven,
        gained=tuple((key, more) for key, more in moved.items() if more > 0),
        given_up=tuple((key, -more) for key, more in moved.items() if more < 0),
    )


def _less(one: Score, two: Score) -> tuple[int, int, int]:
    return one.shortfall - two.shortfall, one.open - two.open, one.cost - two.cost


def _by_role(problem: Problem, lines: Sequence[Line]) -> dict[Key, int]:
    people = {(shift.id, role.id): 0 for shift in problem.shifts for role in shift.roles}
    for line in lines:
        people[line.shift, line.role] += 1
    return people
