"""Seats bid for people, and shifts are made whole: everything that moves somebody in a city."""

from collections.abc import Callable

import numpy as np

from matcher.city import auction, settle, whole
from matcher.city.arrays import NEVER, Array, Cache, Folk
from matcher.city.folk import grouped, unbound
from matcher.city.prepare import City, empty_state
from matcher.solve.params import Stage

# Bids between two looks at the clock: less than half a second.
_BIDS_AT_ONCE = 20_000
BIDS_PER_EFFORT = 100_000
"""What one unit of effort is."""
_LIST_MOST = 64
# Seats beyond this many are served by larger steps: half a unit of cost instead of an eighth.
_SEATS_MANY = 200_000
_STEPS = (1, 4)
_ROUNDS_MOST = 4
# Of the time, so much goes to bids before the plan is settled, and so much is kept for the end.
_FIRST_SHARE, _RESERVE_SHARE = 0.6, 0.1


def groups_that_never_sit(city: City) -> Array:
    """Groups of which a member has a promised line, or two members are kept apart."""
    groups = len(city.unit_first) - 1
    owner = np.full(len(city.order), -1, np.int64)
    owner[city.unit] = np.repeat(np.arange(groups), np.diff(city.unit_first))
    is_bad = np.zeros(groups + 1, bool)
    is_bad[owner[city.fixed_person]] = True
    one, other = (
        np.repeat(owner, city.folk.person["foe_last"] - city.folk.person["foe_first"]),
        owner[city.folk.foe],
    )
    is_bad[one[one == other]] = True
    return is_bad[:groups]


class Bidding:
    """Who sits where while seats bid. `is_out` says whether a share of the time is used up, and
    `told` is called between bids with the level that they are for."""

    def __init__(
        self, city: City, is_out: Callable[[float], bool], told: Callable[[Stage], None]
    ) -> None:
        self.city, self.state = city, empty_state(city)
        self.wholes = whole.wholes_of(city)
        self.bids = 0
        self._is_out, self._told = is_out, told
        self._queue = np.zeros(len(city.seat_role) + 1, np.int32)
        self._waiting = 0
        self._step = _STEPS[len(city.seat_role) > _SEATS_MANY]

    # ---- bids --------------------------------------------------------------------------------

    def alone(self) -> None:
        """Everybody for himself: seats of roles, groups not yet kept together."""
        folk = unbound(self.city.folk)
        self._call(np.nonzero(self.state.seat["status"] == 0)[0])
        self._bid(folk, len(self.city.tables.roles), "shortfall")

    def _call(self, seats: Array) -> None:
        """Let these seats bid, those that are worth most first."""
        order = seats[np.lexsort((seats, self.state.seat["worth"][seats]))]
        self._queue[: len(order)] = order
        self._waiting = len(order)

    def _bid(self, folk: Folk, slots: int, stage: Stage) -> None:
        city = self.city
        share = _FIRST_SHARE if stage == "shortfall" else 1 - _RESERVE_SHARE
        cache = Cache(
            person=np.zeros((slots, _LIST_MOST), np.int32),
            cost=np.zeros((slots, _LIST_MOST), np.int64),
            size=np.zeros(slots, np.int32),
            beyond=np.zeros(slots, np.int64),
            wanted=np.zeros(slots, np.int32),
        )
        while self._waiting and not self._is_out(share):
            self._waiting, bids = auction.run(
                city.grid,
                folk,
                city.demand,
                city.numbers,
                self.state,
                cache,
                self._queue,
                self._waiting,
                _BIDS_AT_ONCE,
                self._step,
            )
            self.bids += bids
            self._told(stage)

    # ---- whole shifts ------------------------------------------------------------------------

    def settle(self) -> Array:
        """Teams, adults and minima; groups whole or not at all. Which shifts had to be emptied."""
        city, state = self.city, self.state
        wished = self._wishes()
        is_closed = np.zeros(len(self.city.tables.shifts), bool)
        settle.evict_bound(city.folk, city.numbers, state, self._queue, self._waiting)
        self._seat_groups(*wished)
        waiting = np.nonzero(state.seat["status"] == 0)[0]
        self._queue[: len(waiting)] = waiting
        self._waiting = whole.ask_everywhere(
            city.folk, city.demand, city.numbers, state, self.wholes, self._queue, len(waiting)
        )
        self.make_whole(is_closed)
        return is_closed

    def settle_joined(self) -> None:
        """Whoever waits bids with the whole city, until every shift is whole or empty."""
        city, state = self.city, self.state
        waiting = np.nonzero(state.seat["status"] == 0)[0]
        self._call(waiting)
        self._waiting = whole.ask_everywhere(
            city.folk, city.demand, city.numbers, state, self.wholes, self._queue, len(waiting)
        )
        self.make_whole(np.zeros(len(city.tables.shifts), bool))

    def make_whole(self, is_closed: Array) -> None:
        """Bid until every shift is whole or empty."""
        city = self.city
        for _ in range(_ROUNDS_MOST):
            self._bid(city.folk, len(city.demand.slot), "open")
            self._loosen()
            self._bid(city.folk, len(city.demand.slot), "open")
            if not self.empty(is_closed):
                break
            self._again(is_closed)

    def settle_anew(self, is_closed: Array) -> None:
        """All bids once more from nothing, now that it is known which seats ask for what.

        Prices that were paid before seats were told apart made some people dearer than they are.
        """
        city, before = self.city, self.state
        self.state = empty_state(city)
        self.state.seat["slot"] = before.seat["slot"]
        for seat in np.nonzero(before.seat["status"] == 4)[0].tolist():
            auction.take(
                city.folk, city.numbers, self.state, seat, before.seat["person"][seat], NEVER
            )
            self.state.seat["status"][seat] = 4
        shift = city.demand.slot["shift"][self.state.seat["slot"]]
        waits = self.state.seat["status"] == 0
        self.state.seat["status"][waits & is_closed[shift]] = 2
        self._call(np.nonzero(waits & ~is_closed[shift])[0])
        self.make_whole(is_closed)

    def _wishes(self) -> tuple[Array, Array]:
        """For each group the shifts on which its members sit now."""
        city, state = self.city, self.state
        groups = len(city.unit_first) - 1
        group_of = np.full(len(city.order), -1, np.int64)
        group_of[city.unit] = np.repeat(np.arange(groups), np.diff(city.unit_first))
        taken = np.nonzero(state.seat["status"] == 1)[0]
        group = group_of[state.seat["person"][taken]]
        shift = city.demand.slot["shift"][state.seat["slot"][taken]]
        return grouped(group[group >= 0], shift[group >= 0], groups)

    def _seat_groups(self, wished_first: Array, wished: Array) -> None:
        city = self.city
        size = int(np.diff(city.unit_first).max(initial=1))
        whole.seat_groups(
            city.folk,
            city.demand,
            city.numbers,
            self.state,
            city.unit_first,
            city.unit,
            groups_that_never_sit(city),
            wished_first,
            wished,
            city.seat_first,
            np.zeros(size, np.int64),
        )

    def _loosen(self) -> None:
        """Seats that ask for more than their role and stayed open ask for the role alone again.

        Whether the shift is whole without is looked at afterwards.
        """
        state = self.state
        roles = len(self.city.tables.roles)
        seats = np.nonzero((state.seat["status"] == 2) & (state.seat["slot"] >= roles))[0]
        state.seat["slot"][seats] = self.city.demand.slot["role"][state.seat["slot"][seats]]
        state.seat["status"][seats] = 0
        self._call(seats)

    def empty(self, is_closed: Array) -> int:
        city = self.city
        return int(
            whole.empty_the_broken(city.folk, city.numbers, self.state, self.wholes, is_closed)
        )

    def _again(self, is_closed: Array) -> None:
        """People were freed: open seats of shifts that are not closed try once more."""
        state, city = self.state, self.city
        shift = city.demand.slot["shift"][state.seat["slot"]]
        seats = np.nonzero((state.seat["status"] == 2) & ~is_closed[shift])[0]
        state.seat["status"][seats] = 0
        self._call(seats)

    def taken(self) -> Array:
        """The seats that somebody has, once every shift that is not whole has been emptied."""
        while self.empty(np.zeros(len(self.city.tables.shifts), bool)):
            pass
        return np.nonzero(self.state.seat["person"] >= 0)[0]

    def prices(self) -> Array:
        """What each person is paid at least, in the grid's order; 0 for those nobody took."""
        paid = np.full(len(self.city.order), NEVER)
        taken = np.nonzero(self.state.seat["status"] == 1)[0]
        np.minimum.at(paid, self.state.seat["person"][taken], self.state.seat["paid"][taken])
        return np.where(paid < NEVER, paid, 0)
