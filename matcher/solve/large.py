"""Large problems: linear relaxations say where to look and how good any plan could be.

The lines that a relaxation over all three levels finds worth while are few and nearly always hold a
nearly best plan; searching only these is fast. What is found is measured against bounds over *all*
lines, from the dual solutions of relaxations that price every one of them.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from matcher.columns import Bools
from matcher.draft import Task
from matcher.solve.board import Board, chosen_pairs
from matcher.solve.certificate import proof_of
from matcher.solve.cuts import Growing, with_cuts
from matcher.solve.engine import Engine
from matcher.solve.exact import bound_seats, cost_is_exact, nodes
from matcher.solve.first_lines import LINES_FOR_A_SEAT, cheapest_lines
from matcher.solve.levels import Program, all_levels_program, program, seats_program
from matcher.solve.model import Floats, Model
from matcher.solve.relax import Relaxed, part, relaxed
from matcher.solve.worker import Answer, Request

# What the first relaxation may leave of its bound: its solution says where to look all the same.
_ROUGH = 0.005
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
# Where it is as far below as this already, only that.
_FAR = 0.03
_STEPS_PER_EFFORT = 10_000
# What one of several searches may take of the time that is left.
_SEARCH_SHARE = 0.35

# A program, its relaxation, and what the first two levels of the plan weigh in it.
_Guide = tuple[Program, Relaxed, int]


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
        self._start = cheapest_lines(task, model, board.params.seed)

    def run(self) -> None:
        """A plan good on all levels, then the first two levels, then the cost."""
        board = self._board
        board.report("shortfall")
        guide = self._relaxed(self._whole, "relaxed", enough=_ROUGH * board.score.cost)
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
        seats, found = self._strengthened(seats, "alike", self._seats_reached(factor))
        if found is None:
            return
        board.proofs.append(proof_of((factor, 1, 0), seats, found.safe.multipliers))
        value = seats.value(found.safe.value)
        bound_seats(board, model, value, factor, "lp")
        if self._are_seats_closed():
            return
        could_be = self._within(seats, found, self._seats_reached(factor))
        if guide is not None:
            keep = self._worth_while(guide, _SEAT_LINES)[: len(could_be)]
            if could_be.sum() > _NEARLY_ALL * keep.sum():
                self._search(seats, keep, _SEARCH_SHARE)
                bound_seats(board, model, value, factor, "lp")
        if not self._are_seats_closed():
            could_be = self._within(seats, found, self._seats_reached(factor))
            answer = self._search(seats, could_be, 1.0)
            bound_seats(board, model, value, factor, "lp")
            if answer is not None:
                bound_seats(board, model, seats.bound(answer), factor, "search")

    def _seats_reached(self, factor: int) -> int:
        return factor * self._board.score.shortfall + self._board.score.open

    def _are_seats_closed(self) -> bool:
        return self._board.is_closed(0) and self._board.is_closed(1)

    def _cost(self, guide: Relaxed) -> None:
        """A bound by relaxation, searches of what it finds cheap, then of all that could be better.

        A column whose reduced cost is above the gap between plan and bound is in no better plan, so
        what is left when these are gone is all of the problem still.
        """
        board = self._board
        self._start |= self._worth_while(guide, LINES_FOR_A_SEAT)
        guides = self._cost_guides(guide)
        whole = with_cuts(self._whole, guides[-1][0].cuts)
        for lines in _COST_LINES:
            could_be = self._could_be(guides)
            keep = self._worth_while(guides[-1][1], lines) & could_be
            if board.is_closed(2) or could_be.sum() <= _NEARLY_ALL * keep.sum():
                break
            self._search(whole, keep, _SEARCH_SHARE)
        if not board.is_closed(2):
            answer = self._search(whole, self._could_be(guides), 1.0)
            if answer is not None:
                board.raise_bound(2, whole.bound(answer) - self._above(), "search")

    def _cost_guides(self, guide: Relaxed) -> list[_Guide]:
        """Relaxations that bound the cost; the last knows most about it."""
        guides = [(self._whole, guide, self._above())]
        self._bound_cost(*guides[0])
        if self._cost_gap() <= _FAR:
            self._add_guide(guides, self._whole)
        if self._cost_gap() > _GAP_WORTH:
            # What a seat weighs was no guide to the cost; with the seats held it is a better one.
            score = self._board.score
            asked = program(self._model, 2, (score.shortfall, score.open))
            self._add_guide(guides, with_cuts(asked, guides[-1][0].cuts))
        return guides

    def _add_guide(self, guides: list[_Guide], asked: Program) -> None:
        above = 0 if asked.held else self._above()
        asked, found = self._strengthened(asked, "relaxed", above + self._board.score.cost)
        if found is not None:
            guides.append((asked, found, above))
            self._bound_cost(*guides[-1])

    def _bound_cost(self, asked: Program, found: Relaxed, above: int) -> None:
        """Keep what proves the bound. Of seats that are held later on, it says what they were."""
        before = self._board.bound.cost
        self._board.raise_bound(2, asked.value(found.safe.value) - above, "lp")
        if self._board.bound.cost > before:
            weights = (0, 0, 1) if asked.held else (*self._weights, 1)
            self._board.proofs.append(proof_of(weights, asked, found.safe.multipliers))

    def _cost_gap(self) -> float:
        """By what share of the cost its bound is below it."""
        cost = self._board.score.cost
        return (cost - self._board.bound.cost) / max(1, cost)

    def _could_be(self, guides: list[_Guide]) -> Bools:
        """The columns that a plan of less cost than this one may have, its seats being the same."""
        cost = self._board.score.cost
        kept = [self._within(asked, found, above + cost) for asked, found, above in guides]
        could_be: Bools = np.logical_and.reduce(kept)
        return could_be

    def _strengthened(
        self, asked: Program, kind: str, reached: int
    ) -> tuple[Program, Relaxed | None]:
        """The relaxation's bound with the cuts that it asks for, and the program with them."""
        growing = Growing(
            asked, reached, lambda longer: self._request(longer, kind), self._board.params.seed
        )
        found = self._relaxed(asked, kind, growing.after)
        return growing.program, found

    def _above(self) -> int:
        """What the first two levels of the plan weigh in the program of all levels."""
        score = self._board.score
        minimum, seat = self._weights
        return minimum * score.shortfall + seat * score.open

    def _request(self, asked: Program, kind: str) -> Request:
        effort = self._board.params.effort
        return replace(
            asked.request(None),
            kind=kind,
            iterations=None if effort is None else max(1, int(effort * _STEPS_PER_EFFORT)),
        )

    def _relaxed(
        self,
        asked: Program,
        kind: str,
        cut: Callable[[Floats], Request | None] = lambda _: None,
        *,
        enough: float = 0.0,
    ) -> Relaxed | None:
        request = self._request(asked, kind)
        start = self._start.copy()
        start[: self._model.pairs] |= chosen_pairs(self._task, self._board.lines)
        found = relaxed(
            self._engine.ask,
            request,
            start[: request.shape[1]],
            self._with_steps,
            enough=enough / asked.unit,
            strengthened=cut,
        )
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
        keep = np.ones(len(asked.objective), bool)
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
