"""What is said to rounds and what they answer."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from matcher.plan import REASONS_VOLUNTEERS_MAX
from models.core import ClaimState, RoundState
from services.planning.progress import Failure, Progress, Score
from services.planning.reasons import LineWhy, PlanReport, TradeOff, WouldFill
from services.shifts import ShiftBrief
from services.types import Age, Instant, Minutes

SECONDS_MAX = 600
REASONS_PEOPLE_MOST = REASONS_VOLUNTEERS_MAX
"""Of how many volunteers a plan counts what keeps each from its empty seats."""
WEIGHT_MAX = 1_000_000
OFFSET_MAX = 840

Weight = Annotated[int, Meta(ge=0, le=WEIGHT_MAX)]


class RulesIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Numbers that the hard rules use."""

    min_rest_minutes: Minutes = 480
    speed_kmh: Annotated[int, Meta(ge=1, le=1000)] = 15
    transfer_minutes: Minutes = 10
    adult_age: Age = 18
    minors_per_adult: Annotated[int, Meta(ge=1, le=1_000_000)] = 5


class WeightsIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one unit of each soft wish costs."""

    travel: Weight = 1
    cause: Weight = 20
    fairness: Weight = 15
    invite: Weight = 10
    change: Weight = 50


class RoundIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be planned: all open shifts of the organisation's subtree inside the horizon.

    Days and weekly windows are local at `offset_minutes` east of UTC. Without it they are those of
    the last round that was published there over some of this time, so that what people promised
    then keeps the rules now; else the service's own.
    """

    organisation_id: UUID
    horizon_start: Instant
    horizon_end: Instant
    rules: RulesIn | None = None
    weights: WeightsIn | None = None
    seconds_max: Annotated[int, Meta(ge=1, le=SECONDS_MAX)] = 20
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 1
    offset_minutes: Annotated[int, Meta(ge=-OFFSET_MAX, le=OFFSET_MAX)] | None = None


class PublishIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Until when people may answer; without it, for as long as the service's setting says."""

    deadline_at: Instant | None = None


class BoundFrom(msgspec.Struct, frozen=True, kw_only=True):
    """Where each level's bound comes from: `lp`, `search` or `trivial`."""

    shortfall: str
    open: str
    cost: str


class PlanSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A plan in figures, as it was made. `seats` counts the roles' targets, `filled` how many of
    these seats it fills: whoever is on a role beyond its target is among the `assignments` alone.

    `offers` counts the offers by state; `not_offered` the lines that were published too late to
    be answered before their shift. `has_certificate`: the proof of the bounds can be had.
    """

    status: Literal["optimal", "feasible"]
    score: Score
    bound: Score
    bound_from: BoundFrom
    seconds: float
    volunteers: int
    shifts: int
    assignments: int
    fixed: int
    seats: int
    filled: int
    has_certificate: bool = False
    offers: dict[str, int] = {}
    not_offered: int = 0


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """A planning run: what was asked, how far it is, and what came of it.

    `publishing`: its offers are being sent; it is `proposed` until all of them are.
    """

    id: UUID
    organisation_id: UUID
    organisation_name: str
    horizon_start: datetime
    horizon_end: datetime
    offset_minutes: int
    rules: RulesIn
    weights: WeightsIn
    seconds_max: int
    seed: int
    state: RoundState
    cancel_requested: bool
    progress: Progress
    attempt: int
    failure: Failure | None = None
    requested_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    publishing: bool = False
    published_at: datetime | None = None
    plan: PlanSummary | None = None


class PlanPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on a role. `fixed`: promised before the round. `state`: of their claim, if any.

    `has_seat`: a seat is kept for them; not once they said no, or where they were never asked.
    `why`, for those who may see people: what the line costs and what the plan would be without it.
    """

    volunteer_id: UUID
    name: str
    fixed: bool
    state: ClaimState | None = None
    has_seat: bool = True
    why: LineWhy | None = None


class PlanRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role as planned: who, how many are missing to the target, and what keeps others away.

    `filled` counts the people who have a seat now, `others` of them not by this plan, and `missing`
    what they lack to the target.
    `reasons` counts volunteers by the first thing that kept each from the role when the plan was
    made; it is empty where nothing was missing then or where there were too many volunteers to
    count. `would_fill` says what would fill a seat, once that is worked out: a little after the
    plan is proposed.
    """

    role_id: UUID
    role: str
    name: str
    minimum: int
    target: int
    people: list[PlanPerson]
    filled: int
    others: int
    missing: int
    reasons: dict[str, int] = {}
    would_fill: WouldFill | None = None


class PlanShift(msgspec.Struct, frozen=True, kw_only=True):
    """A shift as planned."""

    shift: ShiftBrief
    priority: int
    roles: list[PlanRole]


class PlanNow(msgspec.Struct, frozen=True, kw_only=True):
    """How the seats of a plan stand now, after answers and withdrawals.

    `filled` of the roles' targets; `promised` and `asked` count those who were on it before the
    round: who said yes, and who was asked by another and has not answered yet.
    """

    filled: int
    promised: int
    asked: int


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """The plan of a round, shift by shift in the order of time.

    `report` says who got how much, in groups of ten at least; `trade_off` what one more filled
    seat would cost. `explained_at` tells that reasons have been worked out as far as they will be.
    """

    round_id: UUID
    summary: PlanSummary
    now: PlanNow
    items: list[PlanShift]
    next: str | None = None
    report: PlanReport | None = None
    trade_off: TradeOff | None = None
    explained_at: datetime | None = None
