"""Random prices on random problems: loops, a plain reading and brute force held together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.bounds.prices import PriceCertificate, digest
from matcher.bounds.proving import proven_bounds
from matcher.city.certificate import Dual
from matcher.city.prepare import prepare
from matcher.city.worth import worth_of_a_seat
from matcher.plan import Score
from matcher.tables.of_problem import tables_of
from tests.reference import book
from tests.reference.brute import Frontier, TooLarge, frontier
from tests.reference.pricing import Pricing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matcher.problem import Problem
    from tests.reference.book import Json

_COMBINATIONS_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Told:
    """How many price vectors were asked, how many of them held against brute force, and how many
    proved a cost above nothing."""

    asked: int
    held_against_brute_force: int
    positive: int


def agree_on(problems: Iterable[tuple[Json, Problem]], vectors: int, seed: int) -> Told:
    """Random prices, weights and levels for each problem.

    The compiled count equals that of plain Python; the engine's own is never above it; and no
    valid plan of these levels costs less, as far as brute force can tell.
    """
    chance = np.random.default_rng(seed)
    asked = held = positive = 0
    for drawn, problem in problems:
        case = _Case(drawn, problem)
        for _ in range(vectors):
            cost = case.agree(chance)
            asked += 1
            held += case.every is not None
            positive += cost > 0
    return Told(asked, held, positive)


class _Case:
    def __init__(self, drawn: Json, problem: Problem) -> None:
        self._tables = tables_of(problem)
        self._pricing = Pricing(drawn)
        self._digest = digest(self._tables)
        self._city = prepare(self._tables, worth_of_a_seat(self._tables))
        self._dual = Dual(self._city)
        self.every: Frontier | None
        try:
            self.every = frontier(self._pricing.reading, _COMBINATIONS_MOST)
        except TooLarge:
            self.every = None

    def agree(self, chance: Any) -> int:
        """Ask about one vector of prices; the cost that it proves."""
        prices = chance.integers(0, chance.choice([1, 50, 500, 4_000]), len(self._tables.people))
        seat = int(chance.choice([0, 1, 10, 100, 3_000]))
        below = int(chance.choice([1, 2, 20]))
        given = self._levels(chance)
        certificate = PriceCertificate(self._digest, seat, below, prices)
        found = proven_bounds(self._tables, Score(*given), certificate)
        levels = book.Score(found.shortfall, found.open, found.cost)
        by_id = dict(zip(self._tables.people.id.tolist(), prices.tolist(), strict=True))
        assert levels == self._pricing.proven(by_id, seat, below, given)
        if self.every is not None:
            least = self.every.least(given)
            assert all(low <= true for low, true in zip(levels, least, strict=True))
        self._dual.weigh(seat)
        ordered = np.maximum(prices[self._city.order], self._dual.reserve)
        engine = self._dual.certificate(ordered, Score(*given), below).bound
        assert engine.cost <= found.cost
        assert (engine.shortfall, engine.open) <= (found.shortfall, found.open)
        return found.cost

    def _levels(self, chance: Any) -> book.Score:
        """Some shortfall and open level: of a valid plan, where all of them are known."""
        if self.every is None:
            return book.Score(int(chance.integers(0, 40)), int(chance.integers(0, 80)), 0)
        levels = sorted(self.every.cost_least)
        shortfall, open_ = levels[int(chance.integers(0, len(levels)))]
        return book.Score(shortfall, open_, self.every.cost_least[shortfall, open_])
