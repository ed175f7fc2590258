"""Close a level by searching all of it: HiGHS over every column of the model."""

from dataclasses import astuple

from matcher.draft import Task
from matcher.pairs import WEIGHT_MOST
from matcher.problem import Problem
from matcher.solve.board import LEVELS, Board
from matcher.solve.engine import Engine
from matcher.solve.levels import program
from matcher.solve.model import Model

_NODES_PER_EFFORT = 1000


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
