"""Why a plan is as it is, as it is kept and told: ids, figures and codes, no names.

Metres are told to the next hundred and ways to the next kilometre: nobody's home is found by them.
"""

from typing import Literal
from uuid import UUID

import msgspec

from matcher.explaining import answers, changes
from matcher.explaining.person import WhyThis
from matcher.problem import Line

METRES_STEP = 100
METRES_PER_KM = 1000


class SeatChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change that would fill a seat, proven by a plan, and the price by which it is compared.

    `kind` says which of the other fields mean something. `radius`: the person travels
    `metres_more`. `available`: they have `minutes_more` to spare. `limit`: they take `shifts_more`,
    `minutes_more` or `minutes_per_day_more`. `time`: the shift is `minutes_later` (below 0:
    earlier). `group`: the role is open to `organisations` too. `age`: from `min_age` to `max_age`.
    `skills`: these `levels`, 0 for not at all. `team`: the team lines ask for `counts`. `minimum`:
    the shift is held from `minima` on, by role. `replan`: nothing changes but the plan.

    `volunteer_id` and `name` are told to those who may see the person.
    """

    kind: changes.Kind
    price: int
    is_cheapest: bool
    volunteer_id: UUID | None = None
    name: str | None = None
    metres_more: int = 0
    minutes_more: int = 0
    minutes_per_day_more: int = 0
    shifts_more: int = 0
    minutes_later: int = 0
    organisations: list[UUID] = []
    organisation_names: list[str] = []
    min_age: int = 0
    max_age: int = 0
    levels: dict[str, int] = {}
    counts: list[int] = []
    minima: dict[str, int] = {}
    people: int = 0


class WouldFill(msgspec.Struct, frozen=True, kw_only=True):
    """The cheapest change of each kind that would fill a seat, the cheapest first.

    Without any, and `is_settled`, no single change would; not settled, none was found in the time.
    """

    changes: list[SeatChange]
    is_settled: bool


class PlanDifference(msgspec.Struct, frozen=True, kw_only=True):
    """What another plan has more on each level; `is_proven`: no other such plan is better."""

    shortfall: int
    open: int
    cost: int
    is_proven: bool
    given_up: list[UUID] = []


class NextPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who could have the seat if all others stay, and by how much that costs more."""

    volunteer_id: UUID | None
    more: int
    name: str | None = None


class LineWhy(msgspec.Struct, frozen=True, kw_only=True):
    """What a line costs, in parts, who would be next, and what the plan would be without it."""

    cost: int
    travel: int
    cause: int
    invite: int
    fairness: int
    change: int
    kilometres: int
    next: list[NextPerson] = []
    without: PlanDifference | None = None


class SeatPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan becomes if this open seat must be filled; none where `answer` is not `yes`."""

    shift_id: UUID
    role_id: UUID
    answer: Literal["yes", "no", "unknown"]
    difference: PlanDifference | None = None


class TradeOff(msgspec.Struct, frozen=True, kw_only=True):
    """The open seats by what filling each would cost. `is_whole`: all of them were asked about."""

    seats: list[SeatPrice]
    is_whole: bool


class ReportHours(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of some people: mean, median and Gini coefficient (0: all the same)."""

    mean: float
    median: float
    gini: float


class ReportGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Ten people at least: how many (to five), and the shares in a hundred (to five) who are in
    the plan, and who served nothing before and get nothing now."""

    name: str
    people: int
    with_offer: int
    waiting: int
    lines: float
    before: ReportHours
    after: ReportHours


class ReportBar(msgspec.Struct, frozen=True, kw_only=True):
    """The share in a hundred (to five) who have so many or more, up to the next bar; none below
    ten."""

    start: int
    share: int | None


class PlanReport(msgspec.Struct, frozen=True, kw_only=True):
    """Who got how much before and after a plan, in groups of ten people at least.

    `by_place` names organisations at which people are registered. `rest` counts small groups
    together. `could_serve`: of those who wait, the share in a hundred who fit some role.
    """

    everybody: ReportGroup | None
    by_age: list[ReportGroup]
    by_place: list[ReportGroup]
    by_newcomer: list[ReportGroup]
    lines: list[ReportBar]
    hours_before: list[ReportBar]
    hours_after: list[ReportBar]
    could_serve: int | None


def would_fill_of(found: answers.OpenSeat) -> WouldFill:
    """An open seat's remedies as they are kept."""
    return WouldFill(
        changes=[change_of(each.change, is_cheapest=each.is_cheapest) for each in found.remedies],
        is_settled=found.is_settled,
    )


def change_of(change: changes.Change, *, is_cheapest: bool) -> SeatChange:
    """A change as it is kept: ids of the matcher are those of the rows."""
    facts: dict[str, object] = {}
    if isinstance(change, changes.Radius | changes.Available | changes.Limit):
        facts = _of_person(change)
    elif isinstance(change, changes.Moved):
        facts = {"minutes_later": change.minutes_later}
    elif isinstance(change, changes.Groups):
        facts = {"organisations": [UUID(each) for each in change.groups]}
    elif isinstance(change, changes.Ages):
        facts = {"min_age": change.min_age, "max_age": change.max_age}
    elif isinstance(change, changes.SkillLevels):
        facts = {"levels": dict(change.levels)}
    elif isinstance(change, changes.Team):
        facts = {"counts": list(change.counts), "people": change.people}
    elif isinstance(change, changes.Minima):
        facts = {"minima": dict(change.minima), "people": change.people}
    known = {"kind": change.kind, "price": change.price, "is_cheapest": is_cheapest}
    return msgspec.convert({**known, **facts}, SeatChange)


def _of_person(
    change: changes.Radius | changes.Available | changes.Limit,
) -> dict[str, object]:
    who: dict[str, object] = {"volunteer_id": UUID(change.volunteer)}
    if isinstance(change, changes.Radius):
        return {**who, "metres_more": next_multiple(change.metres_more, METRES_STEP)}
    if isinstance(change, changes.Available):
        return {**who, "minutes_more": change.minutes_more}
    return {
        **who,
        "shifts_more": change.shifts_more,
        "minutes_more": change.minutes_more,
        "minutes_per_day_more": change.minutes_per_day_more,
    }


def why_of(
    said: WhyThis,
    next_: tuple[tuple[Line, int], ...],
    without: answers.Difference | None,
) -> LineWhy:
    """A line's reasons as they are kept."""
    return LineWhy(
        cost=said.cost,
        travel=said.travel,
        cause=said.cause,
        invite=said.invite,
        fairness=said.fairness,
        change=said.change,
        kilometres=next_multiple(said.metres, METRES_PER_KM) // METRES_PER_KM,
        next=[NextPerson(volunteer_id=UUID(line.volunteer), more=more) for line, more in next_],
        without=None if without is None else difference_of(without),
    )


def difference_of(found: answers.Difference) -> PlanDifference:
    """A difference as it is kept; the seats given up are roles by id."""
    return PlanDifference(
        shortfall=found.shortfall,
        open=found.open,
        cost=found.cost,
        is_proven=found.is_proven,
        given_up=[UUID(role) for (_, role), _ in found.given_up],
    )


def trade_off_of(found: answers.TradeOff) -> TradeOff:
    """What a seat more costs, as it is kept."""
    seats = []
    for price in found.seats:
        shift, role = map(UUID, price.key)
        if isinstance(price.difference, answers.Difference):
            difference = difference_of(price.difference)
            seats.append(
                SeatPrice(shift_id=shift, role_id=role, answer="yes", difference=difference)
            )
        else:
            answer: Literal["no", "unknown"] = "unknown" if price.difference is None else "no"
            seats.append(SeatPrice(shift_id=shift, role_id=role, answer=answer))
    return TradeOff(seats=seats, is_whole=found.is_whole)


def next_multiple(amount: int, step: int) -> int:
    """The least multiple of the step that is not below the amount."""
    return -(-amount // step) * step
