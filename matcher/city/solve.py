"""A plan for a district or a city: prices for everybody, whole shifts, a bound over all pairs."""

from collections.abc import Callable
from dataclasses import astuple, dataclass

import numpy as np

from matcher.city import auction, settle, whole
from matcher.city.arrays import NEVER, Array, Cache, Folk
from matcher.city.certificate import Certificate, Dual, weighed
from matcher.city.demand import BELOW_MINIMUM
from matcher.city.folk import grouped, unbound
from matcher.city.prepare import City, empty_state, prepare
from matcher.plan import BoundFrom, Score, Status
from matcher.solve.params import Progress, SolveParams, Stage
from matcher.tables import Assignments, Tables
from matcher.tables.check import check_lines
from matcher.tables.score import score_of

# Bids between two looks at the clock: less than half a second.
_BIDS_AT_ONCE = 20_000
_BIDS_PER_EFFORT = 100_000
_LIST_MOST = 64
# Seats beyond this many are served by larger steps: half a unit of cost instead of an eighth.
_SEATS_MANY = 200_000
_STEPS = (1, 4)
_ROUNDS_MOST = 4
# Of the time, so much goes to bids before the plan is settled, and so much is kept for the end.
_FIRST_SHARE, _RESERVE_SHARE = 0.6, 0.1
# Bids are made anew only where so little of the time is used up by then.
_ANEW_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class CityPlan:
    """A valid plan by rows, how good it is and how good any plan could be.

    `certificate` holds the prices that prove the bound of the cost; `first_seconds` is when the
    first valid plan was there.
    """

    assignments: Assignments
    score: Score
    bound: Score
    bound_from: BoundFrom
    status: Status
    seconds: float
    first_seconds: float
    certificate: Certificate


def solve_city(
    tables: Tables,
    params: SolveParams,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> CityPlan:
    """A valid plan for columns free of defects, the best that was found, with a proven bound.

    Never without a plan: out of time, or cancelled, it is the best so far; at worst the fixed
    lines.
    """
    return _Solve(tables, params, on_progress, cancelled or (lambda: False)).plan()


def worth_of_a_seat(tables: Tables) -> int:
    """What one open seat of priority 1 counts as, in cost: more than lines a person would mind."""
    weights = tables.weights
    dear = 200 * weights.travel + 3 * weights.cause + weights.invite + weights.change
    return max(1, 5 * (dear + 10 * weights.fairness))


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


class _Solve:
    def __init__(
        self,
        tables: Tables,
        params: SolveParams,
        on_progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool],
    ) -> None:
        self._params, self._on_progress, self._cancelled = params, on_progress, cancelled
        self._began = params.clock()
        self._tables = tables
        self._best = tables.relations.fixed
        self._score = score_of(tables, self._best)
        self._bound = Score(0, 0, 0)
        self._first_seconds, self._has_plan = self._elapsed, False
        self._city = prepare(tables, worth_of_a_seat(tables))
        self._wholes = whole.wholes_of(self._city)
        self._state = empty_state(self._city)
        self._queue = np.zeros(len(self._city.seat_role) + 1, np.int32)
        self._waiting = self._bids = 0
        self._step = _STEPS[len(self._city.seat_role) > _SEATS_MANY]
        self._dual = Dual(self._city)

    def plan(self) -> CityPlan:
        """All steps, one after another; each leaves something worth having."""
        self._alone()
        prices = self._prices()
        is_closed = self._settle()
        self._take_plan()
        if not self._is_out(_ANEW_SHARE):
            self._settle_anew(is_closed)
            self._take_plan()
        certificate = self._dual.best_certificate(prices, self._score, self._below_weight())
        self._raise(certificate)
        certificate = self._refine(certificate)
        status: Status = "optimal" if self._bound == self._score else "feasible"
        plan = CityPlan(
            assignments=self._best,
            score=self._score,
            bound=self._bound,
            bound_from=BoundFrom(cost="lp" if self._bound.cost else "trivial"),
            status=status,
            seconds=round(self._elapsed, 3),
            first_seconds=round(self._first_seconds, 3),
            certificate=certificate,
        )
        self._report("done")
        return plan

    # ---- time --------------------------------------------------------------------------------

    @property
    def _elapsed(self) -> float:
        return self._params.clock() - self._began

    def _is_out(self, share: float) -> bool:
        """Whether so much of the time, or of the effort, is used up."""
        if self._cancelled() or self._elapsed > share * self._params.seconds:
            return True
        effort = self._params.effort
        return effort is not None and self._bids > share * effort * _BIDS_PER_EFFORT

    def _report(self, stage: Stage) -> None:
        if self._on_progress is None:
            return
        seconds = self._params.seconds
        used = min(1.0, self._elapsed / seconds) if seconds > 0 else 1.0
        fraction = 1.0 if stage == "done" else used
        taken = max(len(self._best), int(np.count_nonzero(self._state.seat["person"] >= 0)))
        self._on_progress(Progress(stage, fraction, self._score, self._bound, taken))

    # ---- bids --------------------------------------------------------------------------------

    def _alone(self) -> None:
        """Everybody for himself: seats of roles, groups not yet kept together."""
        folk = unbound(self._city.folk)
        self._call(np.nonzero(self._state.seat["status"] == 0)[0])
        self._bid(folk, len(self._tables.roles), "shortfall")

    def _call(self, seats: Array) -> None:
        """Let these seats bid, those that are worth most first."""
        order = seats[np.lexsort((seats, self._state.seat["worth"][seats]))]
        self._queue[: len(order)] = order
        self._waiting = len(order)

    def _bid(self, folk: Folk, slots: int, stage: Stage) -> None:
        city = self._city
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
                self._state,
                cache,
                self._queue,
                self._waiting,
                _BIDS_AT_ONCE,
                self._step,
            )
            self._bids += bids
            self._report(stage)

    def _prices(self) -> Array:
        """What each person was paid at least, in the grid's order; the reserve else."""
        state, reserve = self._state, self._dual.reserve
        paid = np.full(len(reserve), NEVER)
        taken = np.nonzero(state.seat["status"] == 1)[0]
        np.minimum.at(paid, state.seat["person"][taken], state.seat["paid"][taken])
        return np.where(paid < NEVER, np.maximum(paid, reserve), reserve)

    # ---- whole shifts ------------------------------------------------------------------------

    def _settle(self) -> Array:
        """Teams, adults and minima; groups whole or not at all. Which shifts had to be emptied."""
        city, state = self._city, self._state
        wished = self._wishes()
        is_closed = np.zeros(len(self._tables.shifts), bool)
        settle.evict_bound(city.folk, city.numbers, state, self._queue, self._waiting)
        self._seat_groups(*wished)
        waiting = np.nonzero(state.seat["status"] == 0)[0]
        self._queue[: len(waiting)] = waiting
        self._waiting = whole.ask_everywhere(
            city.folk, city.demand, city.numbers, state, self._wholes, self._queue, len(waiting)
        )
        self._make_whole(is_closed)
        return is_closed

    def _make_whole(self, is_closed: Array) -> None:
        """Bid until every shift is whole or empty."""
        city = self._city
        for _ in range(_ROUNDS_MOST):
            self._bid(city.folk, len(city.demand.slot), "open")
            self._loosen()
            self._bid(city.folk, len(city.demand.slot), "open")
            if not self._empty(is_closed):
                break
            self._again(is_closed)

    def _settle_anew(self, is_closed: Array) -> None:
        """All bids once more from nothing, now that it is known which seats ask for what.

        Prices that were paid before seats were told apart made some people dearer than they are.
        """
        city, before = self._city, self._state
        self._state = empty_state(city)
        self._state.seat["slot"] = before.seat["slot"]
        for seat in np.nonzero(before.seat["status"] == 4)[0].tolist():
            auction.take(
                city.folk, city.numbers, self._state, seat, before.seat["person"][seat], NEVER
            )
            self._state.seat["status"][seat] = 4
        shift = city.demand.slot["shift"][self._state.seat["slot"]]
        waits = self._state.seat["status"] == 0
        self._state.seat["status"][waits & is_closed[shift]] = 2
        self._call(np.nonzero(waits & ~is_closed[shift])[0])
        self._make_whole(is_closed)

    def _wishes(self) -> tuple[Array, Array]:
        """For each group the shifts on which its members sit now."""
        city, state = self._city, self._state
        groups = len(city.unit_first) - 1
        group_of = np.full(len(city.order), -1, np.int64)
        group_of[city.unit] = np.repeat(np.arange(groups), np.diff(city.unit_first))
        taken = np.nonzero(state.seat["status"] == 1)[0]
        group = group_of[state.seat["person"][taken]]
        shift = city.demand.slot["shift"][state.seat["slot"][taken]]
        return grouped(group[group >= 0], shift[group >= 0], groups)

    def _seat_groups(self, wished_first: Array, wished: Array) -> None:
        city = self._city
        size = int(np.diff(city.unit_first).max(initial=1))
        whole.seat_groups(
            city.folk,
            city.demand,
            city.numbers,
            self._state,
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
        state = self._state
        roles = len(self._tables.roles)
        seats = np.nonzero((state.seat["status"] == 2) & (state.seat["slot"] >= roles))[0]
        state.seat["slot"][seats] = self._city.demand.slot["role"][state.seat["slot"][seats]]
        state.seat["status"][seats] = 0
        self._call(seats)

    def _empty(self, is_closed: Array) -> int:
        city = self._city
        return int(
            whole.empty_the_broken(city.folk, city.numbers, self._state, self._wholes, is_closed)
        )

    def _again(self, is_closed: Array) -> None:
        """People were freed: open seats of shifts that are not closed try once more."""
        state, city = self._state, self._city
        shift = city.demand.slot["shift"][state.seat["slot"]]
        seats = np.nonzero((state.seat["status"] == 2) & ~is_closed[shift])[0]
        state.seat["status"][seats] = 0
        self._call(seats)

    def _take_plan(self) -> None:
        """Keep the lines if they are valid and better. That they are valid is never assumed."""
        city, state = self._city, self._state
        while self._empty(np.zeros(len(self._tables.shifts), bool)):
            pass
        seats = np.nonzero(state.seat["person"] >= 0)[0]
        lines = Assignments(
            person=city.order[state.seat["person"][seats]].astype(np.int32),
            role=city.seat_role[seats].astype(np.int32),
        )
        found = score_of(self._tables, lines)
        if found < self._score and not check_lines(self._tables, lines):
            self._best, self._score = lines, found
        if not self._has_plan:
            self._first_seconds, self._has_plan = self._elapsed, True
        self._report("cost")

    # ---- the bound ---------------------------------------------------------------------------

    def _below_weight(self) -> int:
        """How much more a seat below its minimum weighs in the proof.

        Nothing more where part of the shortfall is a team's that a promised line leaves incomplete.
        """
        roles = self._tables.roles
        missing = np.maximum(0, roles.min - np.bincount(self._best.role, minlength=len(roles)))
        short = weighed(self._tables.shifts.priority[roles.shift], missing)
        return BELOW_MINIMUM if short == self._score.shortfall else 1

    def _raise(self, certificate: Certificate) -> None:
        higher = zip(astuple(self._bound), astuple(certificate.bound), strict=True)
        self._bound = Score(*(max(one, other) for one, other in higher))
        self._report("cost")

    def _refine(self, certificate: Certificate) -> Certificate:
        """Better prices for the bound, as long as there is time and they get better."""
        for found in self._dual.refined(certificate, self._score):
            self._raise(found)
            certificate = found
            if self._is_out(1.0) or self._bound == self._score:
                break
        return certificate
