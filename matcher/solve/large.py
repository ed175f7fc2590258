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
from matcher.solve.exact import bound_seats, cost_is_exact, nodes
from matcher.solve.levels import GUIDE_SCALE, Program, guide_program, program, seats_program
from matcher.solve.model import Floats, Model
from matcher.solve.worker import Answer, Request

# A seat weighs this much more than a line's cost in the relaxation that guides, and a seat below a
# role's minimum this much more again. They only steer; nothing is proven by them.
_SEAT_COSTS = 2.0
_MINIMUM_SEATS = 20
_GUIDE_TOLERANCE = 1e-4
_BOUND_TOLERANCE = 1e-7
_COST_TOLERANCE = 1e-6
_NOISE_SEATS = 0.15
# So many lines for each seat are looked at, the cheapest by the relaxation, and at least so many in
# all; more only if the bound says that there is more to win.
_GUIDE_LINES = (3.0, 12.0)
_COST_LINES = (3.0, 12.0)
# A search of a part is not worth its time where all that could be better is at most so much more.
_NEARLY_ALL = 2.0
_LINES_LEAST = 4000
_USED = 0.01
_THREADS = 2
_ITERATIONS_PER_EFFORT = 500
# Shares of the time left: the relaxation that bounds runs beside the one that guides and a search.
_BOUND_SHARE = 0.75
_GUIDE_SHARE = 0.4


class Large:
    """One solve of a large model."""

    def __init__(self, board: Board, engine: Engine, task: Task, model: Model) -> None:
        self._board, self._engine = board, engine
        self._task, self._model = task, model
        # The lines that the guide found cheap, once it has been asked.
        self._cheap: Bools | None = None

    def run(self) -> None:
        """The first two levels together, then the cost."""
        board = self._board
        board.report("shortfall")
        if not self._are_seats_closed():
            self._seats()
        board.report("cost")
        if not board.is_closed(2) and cost_is_exact(self._task.columns.problem):
            self._cost()

    def _seats(self) -> None:
        """A bound over everything and a search of what matters, at the same time."""
        whole, factor = seats_program(self._model)
        bounding = replace(
            self._relaxed(whole, _BOUND_TOLERANCE, _BOUND_SHARE), threads=self._half_threads()
        )
        ticket = self._engine.begin(bounding)
        guide = self._guide()
        request = whole.request(nodes(self._board))
        if guide is not None:
            self._cheap = self._worth_while(*guide, _GUIDE_LINES[0])
            self._search(request, self._cheap)
        answer = self._engine.wait(ticket)
        if answer is None or answer.duals is None:
            return
        value = whole.value(safe_bound(bounding, answer.duals).value)
        bound_seats(self._board, self._model, value, factor, "lp")
        if guide is None or self._are_seats_closed():
            return
        keep = self._worth_while(*guide, _GUIDE_LINES[1])
        found = self._search(request, keep)
        bound_seats(self._board, self._model, value, factor, "lp")
        if found is not None and keep.all():
            bound_seats(self._board, self._model, whole.bound(found), factor, "search")

    def _are_seats_closed(self) -> bool:
        return self._board.is_closed(0) and self._board.is_closed(1)

    def _guide(self) -> tuple[Floats, Floats] | None:
        """What each column costs too much when all levels count, in seats, and how far it is used.

        A seat counts as `_SEAT_COSTS` times a dear line.
        """
        model = self._model
        cost = model.levels[2]
        dear = float(np.quantile(cost[cost > 0], 0.95)) if (cost > 0).any() else 1.0
        # A seat of the least priority still outweighs the cost of a line.
        least_priority = max(1, int(-model.levels[1, : model.pairs].max(initial=-1)))
        seat = _SEAT_COSTS * max(1.0, dear)
        noise = np.random.default_rng(self._board.params.seed).random(model.pairs)
        guide = guide_program(
            model, seat / least_priority, _MINIMUM_SEATS, noise * seat * _NOISE_SEATS
        )
        request = replace(
            self._relaxed(guide, _GUIDE_TOLERANCE, _GUIDE_SHARE), threads=self._half_threads()
        )
        answer = self._engine.ask(request)
        if answer is None or answer.duals is None or answer.x is None:
            return None
        reduced = safe_bound(request, answer.duals).reduced * (guide.unit / GUIDE_SCALE / seat)
        return reduced, answer.x

    def _half_threads(self) -> int:
        """Where two programs run side by side each has half of the threads."""
        return max(1, _threads(self._board) // 2)

    def _worth_while(self, reduced: Floats, x: Floats, lines_for_a_seat: float) -> Bools:
        """So many of the cheapest lines for each seat, and those that the relaxation uses."""
        pairs = self._model.pairs
        people = len(self._task.columns.problem.volunteers)
        wanted = int(lines_for_a_seat * np.minimum(self._task.columns.role_max, people).sum())
        count = max(_LINES_LEAST, wanted)
        most = np.partition(reduced[:pairs], count)[count] if count < pairs else np.inf
        keep: Bools = (reduced <= most) | (x > _USED)
        keep[pairs:] = True
        keep[:pairs] |= chosen_pairs(self._task, self._board.lines)
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
        if self._cheap is not None:
            # The guide knew the cost as well: a good plan first, should time run out on the rest.
            self._cheap[: self._model.pairs] |= chosen_pairs(self._task, board.lines)
            self._search(asked.request(nodes(board)), self._cheap)
        relaxed = self._relaxed(asked, _COST_TOLERANCE, _GUIDE_SHARE)
        answer = self._engine.ask(relaxed)
        if answer is None or answer.duals is None or answer.x is None:
            return
        safe = safe_bound(relaxed, answer.duals)
        board.raise_bound(2, asked.value(safe.value), "lp")
        request = asked.request(nodes(board))
        for lines in _COST_LINES:
            keep = self._worth_while(safe.reduced, answer.x, lines)
            if _is_nearly(keep, self._within_gap(asked, safe)):
                break
            self._search(request, keep)
        if not board.is_closed(2):
            found = self._search(request, self._within_gap(asked, safe))
            if found is not None:
                board.raise_bound(2, asked.bound(found), "search")

    def _within_gap(self, asked: Program, safe: SafeBound) -> Bools:
        """The columns that a better plan than this one may have."""
        gap = (self._board.score.cost - asked.value(safe.value)) / asked.unit
        keep: Bools = safe.reduced <= gap
        keep[self._model.pairs :] = True
        keep[: self._model.pairs] |= chosen_pairs(self._task, self._board.lines)
        return keep

    def _relaxed(self, asked: Program, tolerance: float, share: float) -> Request:
        effort, seconds = self._board.params.effort, self._board.seconds_left * share
        return replace(
            asked.request(None),
            kind="relaxed",
            tolerance=tolerance,
            seconds=None if effort is not None else seconds,
            iterations=None if effort is None else max(1, int(effort * _ITERATIONS_PER_EFFORT)),
            threads=_threads(self._board),
        )


def _is_nearly(part: Bools, whole: Bools) -> bool:
    return int(whole.sum()) <= _NEARLY_ALL * int(part.sum())


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
