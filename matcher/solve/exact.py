"""Close a level by searching all of it: HiGHS over every column of the model."""

from dataclasses import astuple

from matcher.draft import Task
from matcher.pairs import WEIGHT_MOST
from matcher.plan import BoundOrigin
from matcher.problem import Problem
from matcher.solve.board import LEVELS, Board
from matcher.solve.engine import Engine
from matcher.solve.levels import program, seats_program
from matcher.solve.model import Model

_NODES_PER_EFFORT = 1000


def close_seats(board: Board, engine: Engine, task: Task, model: Model) -> None:
    """The first two levels in one search, which takes half of the time of two."""
    board.report("shortfall")
    if board.is_closed(0) and board.is_closed(1):
        return
    asked, factor = seats_program(model)
    answer = engine.ask(asked.request(nodes(board)))
    if answer is None:
        return
    if answer.x is not None:
        board.take_columns(task, answer.x)
    bound_seats(board, model, asked.bound(answer), factor, "search")


def bound_seats(board: Board, model: Model, value: int, factor: int, origin: BoundOrigin) -> None:
    """What a bound on `factor` times the first level plus the second says of each."""
    # No plan leaves more open than everything, and what is left over counts in whole `factor`s.
    open_most = model.constant[1]
    board.raise_bound(0, -(-(value - open_most) // factor), origin)
    if board.is_closed(0):
        board.raise_bound(1, value - factor * board.score.shortfall, origin)


def close_levels(board: Board, engine: Engine, task: Task, model: Model) -> None:
    """Each level in turn, as far as time goes. One that is not closed still holds for the next."""
    for level, stage in enumerate(LEVELS):
        board.report(stage)
        if board.is_closed(level) or (level == 2 and not cost_is_exact(task.columns.problem)):
            continue
        asked = program(model, level, astuple(board.score)[:level])
        answer = engine.ask(asked.request(nodes(board)))
        if answer is None:
            return
        if answer.x is not None:
            board.take_columns(task, answer.x)
        board.raise_bound(level, asked.bound(answer), "search")


def nodes(board: Board) -> int | None:
    """How many branches may be searched: the deterministic limit of a run by effort."""
    effort = board.params.effort
    return None if effort is None else max(1, int(effort * _NODES_PER_EFFORT))


def cost_is_exact(problem: Problem) -> bool:
    """Whether all weights are small enough for the arrays to hold them whole."""
    most: int = max(astuple(problem.weights))
    return most <= WEIGHT_MOST
