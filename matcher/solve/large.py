"""Large problems: linear relaxations say where to look and how good any plan could be.

The lines that a relaxation over all three levels finds worth while are few and nearly always hold a
nearly best plan; searching only these is fast. What is found is measured against bounds over *all*
lines, from the dual solutions of relaxations that price every one of them.
"""

from dataclasses import replace

import numpy as np

from matcher.columns import Bools, Ints
from matcher.draft import Task
from matcher.solve.board import Board, chosen_pairs
from matcher.solve.certificate import proof_of
from matcher.solve.engine import Engine
from matcher.solve.exact import bound_seats, cost_is_exact, nodes
from matcher.solve.levels import Program, all_levels_program, program, seats_program
from matcher.solve.model import Model
from matcher.solve.relax import Relaxed, part, relaxed
from matcher.solve.worker import Answer, Request

# A relaxation begins with so many of the cheapest lines for each seat, and for each person.
_START_LINES = 12
_START_SHIFTS = 4
# Lines as cheap as the next by this much are told apart by the seed alone.
_NOISE = 0.5
# So many lines for each seat are searched, the cheapest by the relaxation; then more, while there
# is time and the bound says that there is more to win.
_FIRST_LINES = 4
_SEAT_LINES = 12
_COST_LINES = (6, 12, 30)
# A search of a part is not worth its time where all that could be better is at most so much more.
_NEARLY_ALL = 2.0
_LINES_LEAST = 2000
_USED = 0.01
# The bound is looked for once more, with the seats held, if it is below the cost by this share.
_GAP_WORTH = 0.01
_STEPS_PER_EFFORT = 10_000
# What one of several searches may take of the time that is left.
_SEARCH_SHARE = 0.35


class Large:
    """One solve of a large model."""

    def __init__(self, board: Board, engine: Engine, task: Task, model: Model) -> None:
        self._board, self._engine = board, engine
        self._task, self._model = task, model
        self._whole, self._weights = all_levels_program(model)
        # The rows of fairness are one for each person, in their order.
        steps = model.rows[model.core_rows :, model.core_columns :].tocoo()
        self._step_owner = np.zeros(len(model.column_most) - model.core_columns, np.int64)
        self._step_owner[steps.col] = steps.row
        self._start = self._cheapest()

    def run(self) -> None:
        """A plan good on all levels, then the first two levels, then the cost."""
        board = self._board
        board.report("shortfall")
        guide = self._relaxed(self._whole, "relaxed")
        if guide is not None:
            keep = self._worth_while(guide, _FIRST_LINES)
            self._search(self._whole, keep, _SEARCH_SHARE)
        if not self._are_seats_closed():
            self._seats(guide)
        board.report("cost")
        if guide and not board.is_closed(2) and cost_is_exact(self._task.columns.problem):
            self._cost(guide)

    def _seats(self, guide: Relaxed | None) -> None:
        """A bound over everything, a search of what is cheap, a search of what could be better."""
        board, model = self._board, self._model
        seats, factor = seats_program(model)
        found = self._relaxed(seats, "alike")
        if found is None:
            return
        self._note(found, (factor, 1, 0))
        value = seats.value(found.safe.value)
        bound_seats(board, model, value, factor, "lp")
        if self._are_seats_closed():
            return
        if guide is not None:
            self._search(seats, self._worth_while(guide, _SEAT_LINES), _SEARCH_SHARE)
            bound_seats(board, model, value, factor, "lp")
        if not self._are_seats_closed():
            reached = factor * board.score.shortfall + board.score.open
            answer = self._search(seats, self._within(seats, found, reached), 1.0)
            bound_seats(board, model, value, factor, "lp")
            if answer is not None:
                bound_seats(board, model, seats.bound(answer), factor, "search")

    def _are_seats_closed(self) -> bool:
        return self._board.is_closed(0) and self._board.is_closed(1)

    def _cost(self, guide: Relaxed) -> None:
        """A bound by relaxation, searches of what it finds cheap, then of all that could be better.

        A column whose reduced cost is above the gap between plan and bound is in no better plan, so
        what is left when these are gone is all of the problem still.
        """
        board, whole = self._board, self._whole
        self._note(guide, (*self._weights, 1))
        board.raise_bound(2, whole.value(guide.safe.value) - self._above(), "lp")
        cheap, could_be = guide, self._within(whole, guide, self._above() + board.score.cost)
        if board.score.cost - board.bound.cost > _GAP_WORTH * board.score.cost:
            # What a seat weighs was no guide to the cost; with the seats held it is a better one.
            asked = program(self._model, 2, (board.score.shortfall, board.score.open))
            own = self._relaxed(asked, "relaxed")
            if own is not None:
                self._note(own, (0, 0, 1), is_held=True)
                board.raise_bound(2, asked.value(own.safe.value), "lp")
                could_be &= self._within(asked, own, board.score.cost)
                cheap = own
        for lines in _COST_LINES:
            keep = self._worth_while(cheap, lines) & could_be
            if board.is_closed(2) or could_be.sum() <= _NEARLY_ALL * keep.sum():
                break
            self._search(whole, keep, _SEARCH_SHARE)
        if not board.is_closed(2):
            answer = self._search(whole, could_be, 1.0)
            if answer is not None:
                board.raise_bound(2, whole.bound(answer) - self._above(), "search")

    def _note(
        self, found: Relaxed, weights: tuple[int, int, int], *, is_held: bool = False
    ) -> None:
        """Keep what proves the bound. Of seats that are held later on, it says what they were."""
        proof = proof_of(weights, found.safe.multipliers, is_held=is_held)
        self._board.proofs.append(proof)

    def _above(self) -> int:
        """What the first two levels of the plan weigh in the program of all levels."""
        score = self._board.score
        minimum, seat = self._weights
        return minimum * score.shortfall + seat * score.open

    def _relaxed(self, asked: Program, kind: str) -> Relaxed | None:
        effort = self._board.params.effort
        request = replace(
            asked.request(None),
            kind=kind,
            iterations=None if effort is None else max(1, int(effort * _STEPS_PER_EFFORT)),
        )
        start = self._start.copy()
        start[: self._model.pairs] |= chosen_pairs(self._task, self._board.lines)
        found = relaxed(self._engine.ask, request, start[: request.shape[1]], self._with_steps)
        if found is not None:
            self._start[: len(found.x)] |= found.x > 0
        return found

    def _with_steps(self, keep: Bools) -> Bools:
        """With the steps of fairness of everybody who has a line here, and no others."""
        serves = np.zeros(len(self._task.columns.problem.volunteers), bool)
        serves[self._task.pairs.volunteer[keep[: self._model.pairs]]] = True
        found = keep.copy()
        core = self._model.core_columns
        found[core:] = serves[self._step_owner[: len(keep) - core]]
        return found

    def _cheapest(self) -> Bools:
        """A few of the cheapest lines of each role and of each person, and all other columns."""
        columns, pairs = self._task.columns, self._task.pairs
        keep = self._model.column_least > 0
        keep[len(pairs.role) :] = True
        chance = np.random.default_rng(self._board.params.seed)
        step = min(columns.problem.weights.fairness, 1000)
        price = pairs.cost + step * columns.fairness_base[pairs.volunteer]
        dear = float(np.quantile(price, 0.5)) if len(price) else 0.0
        noisy = price + chance.random(len(price)) * _NOISE * abs(dear)
        seats = np.minimum(columns.role_max, len(columns.problem.volunteers))
        people = len(columns.problem.volunteers)
        # Where there are far more people than seats, most are of no use.
        own = _START_SHIFTS if people <= _START_LINES * seats.sum() else 0
        for owner, most in (
            (pairs.role, _START_LINES * seats),
            (pairs.volunteer, np.full(people, own)),
        ):
            order = np.lexsort((noisy, owner))
            keep[order[_rank(owner[order]) < most[owner[order]]]] = True
        return keep

    def _worth_while(self, found: Relaxed, lines_for_a_seat: int) -> Bools:
        """So many of the cheapest lines for each seat that can be filled, and those in use."""
        pairs = self._model.pairs
        used = int((found.x[:pairs] > _USED).sum())
        reduced = found.safe.reduced[:pairs]
        count = max(_LINES_LEAST, lines_for_a_seat * used)
        most = np.partition(reduced, count)[count] if count < pairs else np.inf
        keep = np.ones(len(self._model.column_most), bool)
        keep[:pairs] = (reduced < most) | (found.x[:pairs] > _USED) | self._must_stay()
        return keep

    def _within(self, asked: Program, found: Relaxed, reached: int) -> Bools:
        """The columns that a better plan than one of this value may have."""
        gap = (reached - asked.value(found.safe.value)) / asked.unit
        pairs = self._model.pairs
        keep = np.ones(len(self._model.column_most), bool)
        keep[:pairs] = (found.safe.reduced[:pairs] <= gap) | self._must_stay()
        return keep

    def _must_stay(self) -> Bools:
        """Lines without which there may be no solution: the fixed ones and the plan's own."""
        kept: Bools = chosen_pairs(self._task, self._board.lines)
        return kept | self._task.pairs.is_fixed

    def _search(self, asked: Program, keep: Bools, share: float) -> Answer | None:
        """Search these columns alone; a better plan is taken, the bound holds for these only."""
        request: Request = asked.request(nodes(self._board))
        if self._board.params.effort is None and share < 1:
            request = replace(request, seconds=share * self._board.seconds_left)
        keep = keep[: request.shape[1]]
        found = self._engine.ask(part(request, keep).request)
        if found is not None and found.x is not None:
            x = np.zeros(len(keep))
            x[keep] = found.x
            self._board.take_columns(self._task, x)
        return found


def _rank(owner: Ints) -> Ints:
    """The place of each row among those of its owner, from 0; rows of one owner are together."""
    first = np.searchsorted(owner, owner)
    ranks: Ints = np.arange(len(owner)) - first
    return ranks
