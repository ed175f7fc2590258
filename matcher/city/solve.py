"""A plan for a district or a city: prices for everybody, whole shifts, a bound over all pairs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from matcher.city.arrays import Array
from matcher.city.bidding import BIDS_PER_EFFORT, Bidding
from matcher.city.certificate import Certificate, Dual, weighed
from matcher.city.demand import BELOW_MINIMUM
from matcher.city.dividing import SEATS_MOST, Part, divide
from matcher.city.improving import STEPS_AT_ONCE, Polishing, lists_of, seeded, town_of
from matcher.city.joining import join
from matcher.city.part import PartParams, PartPlan, RunParts, in_turn
from matcher.city.prepare import prepare
from matcher.city.worth import worth_of_a_seat
from matcher.plan import BoundFrom, Score, Status
from matcher.solve.params import Progress, SolveParams, Stage
from matcher.tables import Assignments, Tables
from matcher.tables.check import check_lines
from matcher.tables.score import score_of

# Parts have so much of the time; the rest is for the whole city and for the bound.
_PARTS_SHARE = 0.6
# Bids are made anew only where so little of the time is used up by then.
_ANEW_SHARE = 0.3
# The rest of the time is for the bound.
_POLISH_SHARE = 0.85


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
    run_parts: RunParts = in_turn,
    seats_of_a_part: int = SEATS_MOST,
) -> CityPlan:
    """A valid plan for columns free of defects, the best that was found, with a proven bound.

    Never without a plan: out of time, or cancelled, it is the best so far; at worst the fixed
    lines. What has more than `seats_of_a_part` seats is divided; `run_parts` solves the parts, here
    or elsewhere, and the plan is the same whoever does.
    """
    solve = _Solve(tables, params, on_progress, cancelled or (lambda: False))
    return solve.plan(seats_of_a_part, run_parts)


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
        self._bidding = Bidding(self._city, self._is_out, self._report)
        self._dual = Dual(self._city)
        self._town = town_of(self._city, self._bidding.wholes)
        self._lists = lists_of(self._city, params.seed)
        self._in_parts, self._proof_began = 0, 0.0

    def plan(self, seats_of_a_part: int, run_parts: RunParts) -> CityPlan:
        """All steps, one after another; each leaves something worth having."""
        self._keep(seeded(self._city, self._town, self._lists, lambda: self._is_out(1.0)))
        parts = divide(self._tables, seats_of_a_part)
        prices = self._divided(parts, run_parts) if len(parts) > 1 else self._undivided()
        self._polish()
        self._proof_began = self._elapsed
        certificate = self._dual.best_certificate(
            prices, self._score, self._below_weight(), lambda: self._is_proof_out(2)
        )
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
        return effort is not None and self._bidding.bids > share * effort * BIDS_PER_EFFORT

    def _is_proof_out(self, weighings: int) -> bool:
        """Whether there is no time for so many more weighings of prices against all pairs.

        In a city one takes as long as a small town's whole plan.
        """
        spent = self._elapsed - self._proof_began
        each = spent / max(1, self._dual.weighings)
        return self._is_out(1.0) or self._elapsed + weighings * each > self._params.seconds

    def _report(self, stage: Stage) -> None:
        if self._on_progress is None:
            return
        seconds = self._params.seconds
        used = min(1.0, self._elapsed / seconds) if seconds > 0 else 1.0
        fraction = 1.0 if stage == "done" else used
        now = int(np.count_nonzero(self._bidding.state.seat["person"] >= 0))
        taken = max(len(self._best), now, self._in_parts if now == 0 else 0)
        self._on_progress(Progress(stage, fraction, self._score, self._bound, taken))

    # ---- plans -------------------------------------------------------------------------------

    def _undivided(self) -> Array:
        """Bids of all seats at once; the prices, in the grid's order."""
        self._bidding.alone()
        prices = self._prices()
        is_closed = self._bidding.settle()
        self._take_plan()
        if not self._is_out(_ANEW_SHARE):
            self._bidding.settle_anew(is_closed)
            self._take_plan()
        return prices

    def _divided(self, parts: Sequence[Part], run_parts: RunParts) -> Array:
        """Bids part by part, and of what that leaves open in the whole; the prices, in the grid's
        order, between those of both: what prices prove is concave, so that half way between they
        prove no less than the two do on average.
        """
        params = self._params
        effort = None if params.effort is None else _PARTS_SHARE * params.effort
        asked = PartParams(
            clock=params.clock,
            deadline=self._began + _PARTS_SHARE * params.seconds,
            effort_of_a_seat=None if effort is None else effort / len(self._city.seat_role),
        )
        found = run_parts(self._tables, parts, asked, self._cancelled)
        prices = join(self._bidding, parts, self._told_of(found))
        self._bidding.settle_joined()
        self._take_plan()
        of_parts = np.maximum(prices[self._city.order], self._dual.reserve)
        half_way: Array = (self._prices() + of_parts) // 2
        return half_way

    def _told_of(self, found: Iterable[tuple[int, PartPlan]]) -> Iterator[tuple[int, PartPlan]]:
        for number, plan in found:
            self._in_parts += int(np.count_nonzero(plan.person >= 0))
            self._report("shortfall")
            yield number, plan

    def _prices(self) -> Array:
        """What each person is paid at least, in the grid's order; the reserve else."""
        found: Array = np.maximum(self._bidding.prices(), self._dual.reserve)
        return found

    def _take_plan(self) -> None:
        """Keep who sits where now, if that is better."""
        city, state = self._city, self._bidding.state
        seats = self._bidding.taken()
        self._keep(
            Assignments(
                person=city.order[state.seat["person"][seats]].astype(np.int32),
                role=city.seat_role[seats].astype(np.int32),
            )
        )

    def _polish(self) -> None:
        """The best plan, a few shifts emptied and filled anew as long as that fills seats."""
        polishing = Polishing(self._city, self._town, self._lists, self._best)
        while polishing.goes_on() and not self._is_out(_POLISH_SHARE):
            polishing.some()
            self._bidding.bids += STEPS_AT_ONCE
            self._report("cost")
        self._keep(polishing.lines())

    def _keep(self, lines: Assignments) -> None:
        """Keep the lines if they are valid and better. That they are valid is never assumed."""
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
            if self._is_proof_out(1) or self._bound == self._score:
                break
        return certificate
