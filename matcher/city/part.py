"""One part of a city, solved for itself: seats, who sits there, and what was paid for them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from matcher.city.arrays import Array
from matcher.city.bidding import BIDS_PER_EFFORT, Bidding
from matcher.city.dividing import Part
from matcher.city.prepare import prepare
from matcher.city.worth import worth_of_a_seat
from matcher.solve.params import Stage
from matcher.tables import Tables

# Bids are made anew only where so little of the time is used up by then.
_ANEW_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class PartPlan:
    """Columns over the part's seats, role by role and seat by seat: `person` by row in the part or
    -1, what was `paid` in units of price, the `kind` of slot (0 the role's own, n the n-th beyond
    it), and the `status` of `State`. `prices` are those of the part's people, by row."""

    person: Array
    paid: Array
    kind: Array
    status: Array
    prices: Array
    bids: int


@dataclass(frozen=True, slots=True)
class PartParams:
    """How long and how hard to look at all parts: until `deadline` on `clock`, and so many bids
    for each seat, in units of effort."""

    clock: Callable[[], float]
    deadline: float
    effort_of_a_seat: float | None = None


class RunParts(Protocol):
    """Solves parts, in any order and anywhere, and tells of each that is done.

    A part that is missing is nobody's loss but time's: its seats bid with the whole city.
    """

    def __call__(
        self,
        whole: Tables,
        parts: Sequence[Part],
        params: PartParams,
        cancelled: Callable[[], bool],
    ) -> Iterator[tuple[int, PartPlan]]: ...


def in_turn(
    whole: Tables, parts: Sequence[Part], params: PartParams, cancelled: Callable[[], bool]
) -> Iterator[tuple[int, PartPlan]]:
    """One part after another in this process, each with its share of the time that is left."""
    left = sum(part.seats for part in parts)
    for number, part in enumerate(parts):
        now = params.clock()
        share = part.seats / max(1, left)
        left -= part.seats
        own = PartParams(
            params.clock, now + share * max(0.0, params.deadline - now), params.effort_of_a_seat
        )
        yield number, solve_part(part.tables(whole), own, cancelled)


def solve_part(tables: Tables, params: PartParams, cancelled: Callable[[], bool]) -> PartPlan:
    """The part's seats, whole shifts or none, as the bids of this part alone have it."""
    return _Solve(tables, params, cancelled).found()


class _Solve:
    def __init__(self, tables: Tables, params: PartParams, cancelled: Callable[[], bool]) -> None:
        self._params, self._cancelled = params, cancelled
        self._began = params.clock()
        self._city = prepare(tables, worth_of_a_seat(tables))
        self._bidding = Bidding(self._city, self._is_out, self._told)

    def found(self) -> PartPlan:
        bidding = self._bidding
        bidding.alone()
        prices = np.empty(len(self._city.order), np.int64)
        prices[self._city.order] = bidding.prices()
        is_closed = bidding.settle()
        if not self._is_out(_ANEW_SHARE):
            bidding.settle_anew(is_closed)
        bidding.taken()
        seat = bidding.state.seat
        role = self._city.seat_role
        own = seat["slot"] == role
        has = seat["person"] >= 0
        person = np.full(len(seat), -1, np.int32)
        person[has] = self._city.order[seat["person"][has]]
        return PartPlan(
            person=person,
            paid=np.where(has, seat["paid"], 0),
            kind=np.where(own, 0, seat["slot"] - self._city.extra_first[role] + 1).astype(np.int32),
            status=seat["status"].astype(np.int8),
            prices=prices,
            bids=bidding.bids,
        )

    def _is_out(self, share: float) -> bool:
        params = self._params
        used = params.clock() - self._began
        if self._cancelled() or used > share * (params.deadline - self._began):
            return True
        effort = params.effort_of_a_seat
        seats = len(self._city.seat_role)
        return effort is not None and self._bidding.bids > share * effort * seats * BIDS_PER_EFFORT

    def _told(self, stage: Stage) -> None:
        """Nobody looks at the inside of a part."""
