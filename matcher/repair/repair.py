"""Mend a plan after something changed, and leave everybody else in peace."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from matcher.check import check_assignments
from matcher.draft import Draft, Task, compile_task
from matcher.lookup import Lookup, by_shift
from matcher.plan import Score
from matcher.problem import Line, Problem
from matcher.repair.changes import Change, Claim, DropOut, apply, refuse_defects
from matcher.repair.freeing import freeing_model
from matcher.repair.keeping import Keeping, keeping, lacks
from matcher.repair.neighbourhood import near
from matcher.repair.values import Added, AddedBy, PlanBroken, Removed, Repaired, Short
from matcher.score import score
from matcher.solve.board import Board, chosen_pairs
from matcher.solve.engine import Engine
from matcher.solve.exact import close_levels, close_seats
from matcher.solve.params import SolveParams


def repair(
    problem: Problem,
    lines: Sequence[Line],
    changes: Sequence[Change],
    params: SolveParams,
    *,
    freed_most: int = 2,
    proven: Score | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Repaired:
    """A valid plan of the changed problem that keeps what the changes did not touch.

    Nobody loses a line but those whom the changes touched and at most `freed_most` others; anybody
    may be given one. `proven` is what the plan before was proven to be at best, if it was.

    Raises `PlanBroken` if `lines` are no valid plan of `problem`, and `ChangeRefused` for changes
    that cannot be. `params.seconds` are of the whole repair; out of time it is the best plan so
    far, at worst the lines that stayed.
    """
    started = params.clock()
    broken = check_assignments(problem, lines)
    if broken:
        raise PlanBroken(broken)
    changed = apply(problem, changes)
    found = keeping(problem, changed, lines)
    changed = replace(changed, fixed=found.fixed, current=tuple(lines))
    refuse_defects(changed)
    changed = replace(changed, fixed=(*found.fixed, *found.promised))
    params = replace(params, seconds=params.seconds - (params.clock() - started))
    board = _searched(changed, found, params, freed_most, cancelled or (lambda: False))
    bound = board.bound
    if proven is not None and _only_takes_away(problem, found, changes):
        bound = _raised(bound, board.score, proven)
    return _result(changed, found, board, bound, changes)


def _searched(
    changed: Problem,
    found: Keeping,
    params: SolveParams,
    freed_most: int,
    cancelled: Callable[[], bool],
) -> Board:
    board = Board(changed, params, None)
    board.lines, board.score = found.kept, score(changed, found.kept)
    task = compile_task(changed)
    draft, kept = Draft(task), chosen_pairs(task, found.kept)
    for row in np.nonzero(kept & ~task.pairs.is_fixed)[0].tolist():
        draft.put(int(task.pairs.volunteer[row]), int(task.pairs.role[row]))
    searched = near(draft, kept, _opened(task, found))
    fill_open_seats(draft)
    board.take(draft.lines())
    part = Task(task.columns, task.teams, task.pairs.kept(searched))
    with Engine(lambda: board.seconds_left, cancelled, board.report) as engine:
        if not engine.is_out:
            model = freeing_model(part, kept[searched], freed_most)
            close_seats(board, engine, part, model)
            close_levels(board, engine, part, model)
    if not searched.all():
        # What was proven among a part of the lines says nothing of all of them.
        board.bound = Score(0, 0, 0)
    return board


def fill_open_seats(draft: Draft) -> None:
    """Give open seats to people who are free for them, the cheapest first: a plan to begin with."""
    columns, teams = draft.task.columns, draft.task.teams
    for role in np.nonzero(draft.seats_left > 0)[0].tolist():
        shift = int(columns.role_shift[role])
        rows = draft.open_pairs(role)
        for row in rows[np.argsort(draft.price(rows), kind="stable")].tolist():
            person = int(draft.task.pairs.volunteer[row])
            if draft.seats_left[role] <= 0:
                break
            draft.put(person, role)
            if not teams.is_valid(shift, *draft.crew(shift)):
                draft.take_off(person, role)


def _opened(task: Task, found: Keeping) -> list[int]:
    """The roles in which the changes opened a seat."""
    role_at = task.columns.role_at
    keys = [(line.shift, line.role) for line in found.touched]
    return [role_at[key] for key in keys if key in role_at]


def _only_takes_away(problem: Problem, found: Keeping, changes: Sequence[Change]) -> bool:
    """Whether every plan of the changed problem was one of the problem before.

    So it is when ordinary people dropped out: nothing promised was lost with them, which would
    bind their shifts again, no friends were let go on without them, and nothing was promised anew.
    """
    names = {change.volunteer for change in changes if isinstance(change, DropOut)}
    return (
        all(isinstance(change, DropOut) for change in changes)
        and not found.promised
        and names.isdisjoint(line.volunteer for line in problem.fixed)
        and names.isdisjoint(name for group in problem.together for name in group)
    )


def _raised(bound: Score, reached: Score, proven: Score) -> Score:
    """What was proven of the plans before holds for fewer of them too: for the seats."""
    shortfall = max(bound.shortfall, min(proven.shortfall, reached.shortfall))
    open_ = bound.open
    if shortfall == reached.shortfall == proven.shortfall:
        open_ = max(open_, min(proven.open, reached.open))
    return replace(bound, shortfall=shortfall, open=open_)


def _result(
    changed: Problem, found: Keeping, board: Board, bound: Score, changes: Sequence[Change]
) -> Repaired:
    lines, kept = set(board.lines), set(found.kept)
    lost = [line for line in found.kept if line not in lines]
    freed = tuple(sorted({line.volunteer for line in lost}))
    claims = {change.line for change in changes if isinstance(change, Claim)}
    before = set(changed.current)
    removed = [
        *(Removed(line, why) for line, why in found.touched.items()),
        *(Removed(line, "freed") for line in lost),
    ]
    added = [
        Added(line, _why_added(line, claims, freed))
        for line in board.lines
        if line not in before or line in claims - before
    ]
    own = replace(changed, fixed=found.fixed)
    return Repaired(
        problem=changed,
        assignments=board.lines,
        score=board.score,
        bound=bound,
        freed=freed,
        removed=tuple(removed),
        added=tuple(added),
        short=_short(own, board.lines, {line.shift for line in kept}),
    )


def _why_added(line: Line, claims: set[Line], freed: Sequence[str]) -> AddedBy:
    if line in claims:
        return "claimed"
    return "moved" if line.volunteer in freed else "fills"


def _short(own: Problem, lines: Sequence[Line], shifts: set[str]) -> tuple[Short, ...]:
    lookup = Lookup(own)
    there = by_shift(lines)
    found = [(name, lacks(lookup, name, there[name])) for name in there if name in shifts]
    return tuple(Short(name, tuple(codes)) for name, codes in found if codes)
