"""Large problems: linear relaxations say where to look and how good any plan could be.

Relaxed by a first-order method, a problem of a hundred thousand lines takes seconds. The lines that
a relaxation over all three levels finds worth while are few and nearly always hold a best plan for
the first two; searching only these is fast. What is found is measured against bounds over *all*
lines, from the dual solutions of relaxations that leave none out.
"""

from dataclasses import replace

import numpy as np
from scipy import sparse

from matcher.columns import Bools
from matcher.draft import Task
from matcher.solve.board import Board, chosen_pairs
from matcher.solve.duals import SafeBound, safe_bound
from matcher.solve.engine import Engine
from matcher.solve.exact import cost_is_exact, nodes
from matcher.solve.levels import Program, guide_program, program, seats_program
from matcher.solve.model import Floats, Model
from matcher.solve.worker import Answer, Request

# A seat weighs this much more than a line's cost in the relaxation that guides, and a seat below a
# role's minimum this much more again. They only steer; nothing is proven by them.
_SEAT_COSTS = 2.0
_MINIMUM_SEATS = 20
_GUIDE_TOLERANCE = 1e-5
_BOUND_TOLERANCE = 1e-7
# A line is looked at if it costs at most this share of a seat too much, or the relaxation uses it.
_REDUCED_SHARE = 0.005
_USED = 0.01
# A line that is dearer than this in the relaxation of the cost alone is left for the last search.
_CHEAP_UNITS = 1.0
_THREADS = 2
_ITERATIONS_PER_EFFORT = 500
# The relaxation that guides, and the one that bounds, may each use this share of the time left.
_TIME_SHARE = 0.4


class Large:
    """One solve of a large model."""

    def __init__(self, board: Board, engine: Engine, task: Task, model: Model) -> None:
        self._board, self._engine = board, engine
        self._task, self._model = task, model

    def run(self) -> None:
        """The first two levels together, then the cost."""
        board = self._board
        board.report("shortfall")
        if not (board.is_closed(0) and board.is_closed(1)):
            self._seats()
        board.report("cost")
        if not board.is_closed(2) and cost_is_exact(self._task.columns.problem):
            self._cost()

    def _seats(self) -> None:
        """A bound over everything and a search of what matters, at the same time."""
        whole, factor = seats_program(self._model)
        # Two programs run side by side here, so each has half of the threads.
        threads = max(1, _threads(self._board) // 2)
        bounding = replace(self._relaxed(whole, _BOUND_TOLERANCE), threads=threads)
        ticket = self._engine.begin(bounding)
        keep = self._guide()
        if keep is not None:
            self._search(whole.request(nodes(self._board)), keep)
        answer = self._engine.wait(ticket)
        if answer is not None and answer.duals is not None:
            self._bound_seats(whole.value(safe_bound(bounding, answer.duals).value), factor)

    def _bound_seats(self, value: int, factor: int) -> None:
        """What a bound on `factor` times the first level plus the second says of each."""
        board = self._board
        open_most = self._model.constant[1]
        # No plan leaves more open than everything, and what is left over counts in whole `factor`s.
        board.raise_bound(0, -(-(value - open_most) // factor), "lp")
        if board.is_closed(0):
            board.raise_bound(1, value - factor * board.score.shortfall, "lp")

    def _guide(self) -> Bools | None:
        """The columns worth while when all three levels count."""
        cost = self._model.levels[2]
        typical = float(np.quantile(cost[cost > 0], 0.95)) if (cost > 0).any() else 1.0
        levels = self._model.levels[1, : self._model.pairs]
        least_worth = max(1, int(-levels.max(initial=-1)))
        guide = guide_program(self._model, _SEAT_COSTS * typical / least_worth, _MINIMUM_SEATS)
        threads = max(1, _threads(self._board) // 2)
        request = replace(self._relaxed(guide, _GUIDE_TOLERANCE), threads=threads)
        answer = self._engine.ask(request)
        if answer is None or answer.duals is None:
            return None
        reduced = safe_bound(request, answer.duals).reduced * guide.unit
        return self._worth_while(answer, reduced, _REDUCED_SHARE * _SEAT_COSTS * typical)

    def _worth_while(self, answer: Answer, reduced: Floats, most: float) -> Bools:
        used = np.zeros(len(reduced), bool) if answer.x is None else answer.x > _USED
        keep: Bools = (reduced <= most) | used
        keep[self._model.pairs :] = True
        keep[: self._model.pairs] |= chosen_pairs(self._task, self._board.lines)
        return keep

    def _search(self, request: Request, keep: Bools) -> Answer | None:
        """Search these columns alone; a better plan is taken, the bound holds for these only."""
        keep = keep[: request.shape[1]]
        found = self._engine.ask(_only(request, keep))
        if found is not None and found.x is not None:
            x = np.zeros(len(keep))
            x[keep] = found.x
            self._board.take_columns(self._task, x)
        return found

    def _cost(self) -> None:
        """A bound by relaxation, a search of what it finds cheap, then of all that could be better.

        A column whose reduced cost is above the gap between plan and bound is in no better plan, so
        what is left when these are gone is all of the problem still.
        """
        board = self._board
        asked = program(self._model, 2, (board.score.shortfall, board.score.open))
        relaxed = self._relaxed(asked, _BOUND_TOLERANCE)
        answer = self._engine.ask(relaxed)
        if answer is None or answer.duals is None:
            return
        safe = safe_bound(relaxed, answer.duals)
        board.raise_bound(2, asked.value(safe.value), "lp")
        request = asked.request(nodes(board))
        keep = self._worth_while(answer, safe.reduced, _CHEAP_UNITS)
        self._search(request, keep)
        if not board.is_closed(2):
            self._search_the_gap(asked, safe)

    def _search_the_gap(self, asked: Program, safe: SafeBound) -> None:
        board = self._board
        gap = (board.score.cost - asked.value(safe.value)) / asked.unit
        keep = safe.reduced <= gap
        keep[self._model.pairs :] = True
        keep[: self._model.pairs] |= chosen_pairs(self._task, board.lines)
        found = self._search(asked.request(nodes(board)), keep)
        if found is not None:
            board.raise_bound(2, asked.bound(found), "search")

    def _relaxed(self, asked: Program, tolerance: float) -> Request:
        effort, seconds = self._board.params.effort, self._board.seconds_left * _TIME_SHARE
        return replace(
            asked.request(None),
            kind="relaxed",
            tolerance=tolerance,
            seconds=None if effort is not None else seconds,
            iterations=None if effort is None else max(1, int(effort * _ITERATIONS_PER_EFFORT)),
            threads=_threads(self._board),
        )


def _threads(board: Board) -> int:
    return board.params.workers or _THREADS


def _only(request: Request, keep: Bools) -> Request:
    """The request with some columns left out, that is, at nought."""
    rows = sparse.csc_array(sparse.csr_array(request.rows, shape=request.shape))[:, keep].tocsr()
    return replace(
        request,
        rows=(rows.data, rows.indices, rows.indptr),
        shape=rows.shape,
        column_least=request.column_least[keep],
        column_most=request.column_most[keep],
        is_whole=request.is_whole[keep],
        objective=request.objective[keep],
    )
