"""The proof of a city's bound: a price for each person. Anyone can compute again what it proves.

`bound_of` needs the columns and the prices and nothing that a solver said.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from matcher.city import bound
from matcher.city.arrays import NEVER, PRICE_UNITS, Array
from matcher.city.folk import unbound
from matcher.city.pairs import own_costs
from matcher.city.prepare import City
from matcher.city.whole import wholes_of
from matcher.plan import Score

_STEP_FIRST = 8
_ROUNDS_MOST = 200
# After so many rounds in a row that win nothing, steps are halved; those of 1 are the last.
_IDLE_MOST = {True: 2, False: 8}
_SEAT_PARTS = (8, 64, 512, 4096, 32768)
# Above what fairness asks, in units of price; likewise.
_CEILINGS = (65_536, 16_384, 4_096, 1_024, 512, 256)
# A proof of so much of the cost needs no ceiling: small steps win more in the same time.
_GOOD = 0.85


@dataclass(frozen=True, slots=True)
class Certificate:
    """Prices of people by their rows in the columns, in eighths of a unit of cost, and what they
    prove among plans with this shortfall and open level. `seat` is what an open seat of priority
    1 weighs in the proof, `below` how many times as much one below its role's minimum."""

    prices: Array
    seat: int
    below: int
    shortfall: int
    open: int
    bound: Score


class Dual:
    """Evaluates prices for one city."""

    def __init__(self, city: City) -> None:
        self._city = city
        tables = city.tables
        roles = len(tables.roles)
        fixed_in = np.bincount(tables.relations.fixed.role, minlength=roles)
        self._seats = np.maximum(0, np.minimum(tables.roles.max, len(tables.people)) - fixed_in)
        self._missing = np.maximum(0, tables.roles.min - fixed_in)
        self._below = np.minimum(self._missing, self._seats)
        self._priority = tables.shifts.priority[tables.roles.shift]
        self._first = np.concatenate([[0], np.cumsum(self._seats)]).astype(np.int64)
        self._taken = np.full(int(self._first[-1]), -1, np.int32)
        self._found = np.zeros(roles, np.int64)
        self._fit = np.zeros(roles, np.int64)
        self._worst = np.zeros(roles, np.int64)
        self._wholes = wholes_of(city)
        self._fixed = np.bincount(city.fixed_person, minlength=len(city.order))
        self._folk = unbound(city.folk)
        fair = city.numbers.fairness * PRICE_UNITS
        self.reserve = fair * (city.folk.person["base"].astype(np.int64) + self._fixed)
        self._constant = self._constants()
        self._seat = max(1, int(city.seat_worth.max(initial=1)) // PRICE_UNITS)
        self._counted: tuple[int, int] | None = None
        self.weighings = 0
        """How often prices were weighed against all pairs: what takes the time here."""

    def _constants(self) -> int:
        """The cost of what is in every plan: fixed lines, and lines before that are not kept."""
        city, tables = self._city, self._city.tables
        relations = tables.relations
        shift = tables.roles.shift[relations.fixed.role].astype(np.int64)
        lines = own_costs(city.folk, city.demand, city.numbers, city.fixed_person, shift)
        count = self._fixed
        fair = count * city.folk.person["base"] + count * (count - 1) // 2
        before = len(relations.current_person) + relations.current_dropped
        return (
            int(lines.sum())
            + city.numbers.fairness * int(fair.sum())
            + city.numbers.change * before
        )

    def weigh(self, seat: int) -> None:
        """Let an open seat of priority 1 weigh this much in the proofs that follow."""
        self._seat = seat

    def best_certificate(
        self,
        prices: Array,
        score: Score,
        below: int,
        is_out: Callable[[], bool] = lambda: False,
    ) -> Certificate:
        """The best proof over some ceilings of the prices and some weights of an open seat.

        Once it `is_out` of time, no more of them are looked at.

        Seats that nobody can have drive prices up, for nothing: a ceiling takes that back. What the
        plan leaves open beyond what every plan must is taken off at the weight of a seat, so a
        heavy one proves little then. Any of them proves something.
        """
        value, best = self._value(prices, score, below), prices
        for ceiling in _CEILINGS if value < _GOOD * score.cost else ():
            lower = np.minimum(prices, self.reserve + ceiling)
            if is_out():
                break
            if np.array_equal(lower, best):
                continue
            found = self._value(lower, score, below)
            if found < value:
                break
            value, best = found, lower
        if self.counted() != (score.shortfall, score.open) and not is_out():
            below = self._weigh_best(best, score, below, value, is_out)
        return self.certificate(best, score, below)

    def _weigh_best(
        self, prices: Array, score: Score, below: int, value: int, is_out: Callable[[], bool]
    ) -> int:
        """Let a seat weigh what proves most: the proof is concave in it. The best `below` too."""
        best = whole = self._seat
        for part in _SEAT_PARTS:
            if is_out():
                break
            self._seat = max(1, whole // part)
            found = self._value(prices, score, below)
            if found < value:
                break
            value, best = found, self._seat
        self._seat = best
        return 1 if self._value(prices, score, 1) > value else below

    def certificate(self, prices: Array, score: Score, below: int) -> Certificate:
        """What these prices, by the grid's order, prove among plans as good on the upper levels."""
        value = self._value(prices, score, below)
        by_row = np.empty(len(prices), np.int64)
        by_row[self._city.order] = prices
        shortfall, open_ = self.counted()
        return Certificate(
            prices=by_row,
            seat=self._seat,
            below=below,
            shortfall=score.shortfall,
            open=score.open,
            bound=Score(min(shortfall, score.shortfall), min(open_, score.open), max(0, value)),
        )

    def _value(self, prices: Array, score: Score, below: int) -> int:
        self.weighings += 1
        city, tables = self._city, self._city.tables
        weight = self._priority * self._seat * PRICE_UNITS
        bound.roles_take(
            city.grid,
            self._folk,
            city.demand,
            city.numbers,
            prices,
            self._seats,
            self._below,
            below * weight,
            weight,
            self._found,
            self._fit,
            self._first,
            self._taken,
            self._worst,
        )
        bound.teams_take(
            city.grid,
            self._folk,
            city.demand,
            city.numbers,
            prices,
            self._wholes,
            tables.shifts.first_role,
            below * weight,
            weight,
            self._below,
            self._found,
            self._first,
            self._taken,
            self._worst,
        )
        total = int(self._found.sum()) + int(
            bound.people_give(self._folk, city.numbers, prices, self._fixed, len(tables.shifts))
        )
        # Seats that nobody can have, for want of people at all, are open in every plan.
        hidden = weighed(
            self._priority, tables.roles.max - np.minimum(tables.roles.max, len(tables.people))
        )
        lacking = weighed(self._priority, self._missing - self._below)
        held = (score.open - hidden) + (below - 1) * (score.shortfall - lacking)
        total -= held * self._seat * PRICE_UNITS
        return -(-total // PRICE_UNITS) + self._constant

    def counted(self) -> tuple[int, int]:
        """Shortfall and open level that no plan undercuts, by counting who fits each role."""
        if self._counted is None:
            self._counted = self._count()
        return self._counted

    def _count(self) -> tuple[int, int]:
        city, tables = self._city, self._city.tables
        fit = self._fit.copy()
        few = np.nonzero(fit < self._seats)[0]
        if len(few):
            # Looked for again without any price, for whom there was none.
            seats = np.zeros_like(self._seats)
            seats[few] = self._seats[few]
            never = np.full(len(seats), NEVER)
            free = np.zeros(len(city.order), np.int64)
            found, again = np.zeros(len(seats), np.int64), np.zeros(len(seats), np.int64)
            bound.roles_take(
                city.grid,
                self._folk,
                city.demand,
                city.numbers,
                free,
                seats,
                self._below,
                never,
                never,
                found,
                again,
                self._first,
                np.full_like(self._taken, -1),
                np.zeros_like(self._worst),
            )
            fit[few] = again[few]
        fixed_in = np.bincount(tables.relations.fixed.role, minlength=len(fit))
        shortfall = weighed(self._priority, np.maximum(0, self._missing - fit))
        return shortfall, weighed(self._priority, tables.roles.max - fixed_in - fit)

    def refined(self, best: Certificate, score: Score) -> Iterator[Certificate]:
        """Certificates that prove more and more, by small steps against what prices get wrong.

        Whoever more roles would take than pays for them becomes dearer, whoever fewer do cheaper.
        """
        prices = best.prices[self._city.order]
        fair = max(1, self._city.numbers.fairness * PRICE_UNITS)
        left = self._folk.person["shifts"] - self._fixed
        idle, step = 0, _STEP_FIRST
        for _ in range(_ROUNDS_MOST):
            asked = np.bincount(self._taken[self._taken >= 0], minlength=len(prices))
            given = np.where(
                prices > self.reserve, np.minimum((prices - self.reserve - 1) // fair + 1, left), 0
            )
            prices = np.maximum(prices + step * (asked - np.maximum(0, given)), self.reserve)
            found = self.certificate(prices, score, best.below)
            idle = 0 if found.bound.cost > best.bound.cost else idle + 1
            if idle == 0:
                best = found
            yield best
            if idle >= _IDLE_MOST[step > 1]:
                if step == 1:
                    return
                idle, step = 0, step // 2
            if best.bound.cost >= score.cost:
                return


def weighed(worth: Array, seats: Array) -> int:
    """The exact sum, in whole numbers of any size."""
    return sum(
        one * int(two) for one, two in zip(worth.tolist(), seats.tolist(), strict=True) if two
    )
