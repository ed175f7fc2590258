"""Whether a person may take a seat, and if not, why: the matcher's own rules, asked one by one.

Pure: what is known of the person, the shift and the time comes in; a reason or none goes out.
Availability and distance (H2, H3) are not asked here, because who claims a seat has decided both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from matcher import rules
from matcher.problem import MINUTES_PER_DAY, Horizon, Location, Role, Rules, Volunteer

WEEK_DAYS = 7
NUMBERS = Rules()
"""The numbers of the rules for claims by hand: those that a round has unless it says otherwise."""


class Refusal(StrEnum):
    """Why a seat cannot be taken. The facts of the sentence are the refusal's parameters."""

    ENDED = "ended"
    CALLED_OFF = "called_off"
    ALREADY_CLAIMED = "already_claimed"
    EXCLUDED = "excluded"
    BLOCKED_UNTIL = "blocked_until"
    OPENS_AT = "opens_at"
    INSURANCE = "insurance"
    MINOR_HOURS = "minor_hours"
    SKILLS = "skills"
    AGE = "age"
    GROUP = "group"
    FULL = "full"
    OVERLAP = "overlap"
    TRAVEL_TOO_TIGHT = "travel_too_tight"
    TOO_LITTLE_REST = "too_little_rest"
    TOO_MANY_MINUTES = "too_many_minutes"
    TOO_MANY_MINUTES_THAT_DAY = "too_many_minutes_that_day"
    TOO_MANY_SHIFTS = "too_many_shifts"
    ADULT_MISSING = "adult_missing"


_OF_LIMIT = {
    "max_minutes": Refusal.TOO_MANY_MINUTES,
    "max_minutes_per_day": Refusal.TOO_MANY_MINUTES_THAT_DAY,
    "max_shifts": Refusal.TOO_MANY_SHIFTS,
}


@dataclass(frozen=True, slots=True)
class Refused:
    """One reason against a seat, with the facts that its sentence needs."""

    reason: Refusal
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A shift, or an engagement elsewhere, as the rules see it; `shift_id` where it is ours."""

    start_minute: int
    end_minute: int
    location: Location | None = None
    shift_id: UUID | None = None
    project_name: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """A role as the rules see it, with how many people hold a seat of it now.

    Here the role's `max` is its maximum, up to which claims by hand may go. `queue` people are on
    its waiting list; to `waiting` of them a free seat is offered before whoever asks may have it.
    """

    id: UUID
    role: Role
    held: int
    queue: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Company:
    """Who else is on a shift, as far as minors need grown-ups beside them."""

    grown_ups: int
    minors: int
    minors_per_adult: int = NUMBERS.minors_per_adult

    def adults_missing(self, *ages: int) -> int:
        """H10: how many grown-ups they lack, with somebody of each of these ages beside them."""
        adult = NUMBERS.adult_age
        people = [adult] * self.grown_ups + [adult - 1] * self.minors + [*ages]
        numbers = replace(NUMBERS, minors_per_adult=self.minors_per_adult)
        return rules.adults_missing([Volunteer("", age=age) for age in people], numbers)


@dataclass(frozen=True, slots=True)
class Block:
    """An organisation takes no claims of the person until then."""

    until: datetime
    organisation_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Doors:
    """What may keep one person from a shift, whatever its seats and their time."""

    ends_at: datetime
    is_called_off: bool = False
    is_claimed: bool = False
    is_excluded: bool = False
    is_insured: bool = True
    opens_at: datetime | None = None
    block: Block | None = None


def refuse_door(doors: Doors, now: datetime) -> Refused | None:
    """The shift is not there to be claimed: not now, or not for this person."""
    if doors.ends_at <= now:
        return Refused(Refusal.ENDED)
    if doors.is_called_off:
        return Refused(Refusal.CALLED_OFF)
    if doors.is_claimed:
        return Refused(Refusal.ALREADY_CLAIMED)
    if doors.is_excluded:
        return Refused(Refusal.EXCLUDED)
    if doors.block is not None and doors.block.until > now:
        block = doors.block
        names = {"organisation_name": block.organisation_name, "reason": block.reason}
        return Refused(Refusal.BLOCKED_UNTIL, {"until": block.until, **names})
    if doors.opens_at is not None and doors.opens_at > now:
        return Refused(Refusal.OPENS_AT, {"opens_at": doors.opens_at})
    return None if doors.is_insured else Refused(Refusal.INSURANCE)


def choose_seat(
    person: Volunteer,
    seats: Sequence[Seat],
    shift: Commitment,
    promised: Sequence[Commitment],
    offset_minutes: int,
    numbers: Rules = NUMBERS,
    company: Company | None = None,
) -> Seat | Refused:
    """The first of the seats that the person may take, or the first reason against them.

    `promised` are the person's other shifts; engagements stand in the person. `company` is who else
    is on the shift, where that matters.
    """
    refusals = [refuse_role(person, seat) for seat in seats]
    free = [seat for seat, refusal in zip(seats, refusals, strict=True) if refusal is None]
    if not free:
        found = [refusal for refusal in refusals if refusal is not None]
        # Of several roles, *full* says most: there was one that suits.
        return next((each for each in found if each.reason is Refusal.FULL), found[0])
    return (
        refuse_time(person, shift, promised, offset_minutes, numbers)
        or refuse_alone(person.age, company)
        or free[0]
    )


def refuse_alone(age: int, company: Company | None) -> Refused | None:
    """H10: a minor would lack grown-ups on the shift. Whoever is grown up is never refused."""
    if company is None or age >= NUMBERS.adult_age or not (missing := company.adults_missing(age)):
        return None
    facts = {"age": NUMBERS.adult_age, "minors": company.minors_per_adult, "missing": missing}
    return Refused(Refusal.ADULT_MISSING, facts)


def refuse_role(person: Volunteer, seat: Seat) -> Refused | None:
    """H1 and H7: the person does not suit the role, or its seats are taken."""
    if unsuited := refuse_unsuited(person, seat.role):
        return unsuited
    if rules.too_many(seat.role, seat.held + seat.waiting + 1):
        return Refused(Refusal.FULL, {"seats": seat.role.max})
    return None


def refuse_unsuited(person: Volunteer, role: Role) -> Refused | None:
    """H1: a skill is missing, the age does not fit, or the role is for others."""
    if (unsuited := rules.unsuited(person, role)) == "skills":
        missing = {
            skill: level
            for skill, level in sorted(role.skills.items())
            if person.skills.get(skill, 0) < level
        }
        return Refused(Refusal.SKILLS, {"missing": missing})
    if unsuited == "age":
        ages = {"min_age": role.min_age, "max_age": role.max_age}
        return Refused(Refusal.AGE, ages)
    if unsuited == "group":
        return Refused(Refusal.GROUP)
    return None


def refuse_time(
    person: Volunteer,
    shift: Commitment,
    promised: Sequence[Commitment],
    offset_minutes: int,
    numbers: Rules = NUMBERS,
) -> Refused | None:
    """H4 to H6: the shift and the rest of the person's time do not go together."""
    elsewhere = [
        Commitment(each.start_minute, each.end_minute, each.location) for each in person.engaged
    ]
    for other in sorted([*promised, *elsewhere], key=_start):
        clash = _refuse_pair(shift, other, offset_minutes, numbers)
        if clash is not None:
            return clash
    return _refuse_limits(person, shift, promised, offset_minutes)


def _start(commitment: Commitment) -> int:
    return commitment.start_minute


def _refuse_pair(
    shift: Commitment, other: Commitment, offset_minutes: int, numbers: Rules
) -> Refused | None:
    # Only its days matter here.
    days = Horizon(shift.start_minute, shift.end_minute, offset_minutes)
    gap = rules.gap_minutes(shift, other)
    if rules.overlap_or_late(shift, other, days, numbers):
        if gap < 0:
            return Refused(Refusal.OVERLAP, _named(other))
        needs = rules.transfer_minutes(shift, other, numbers)
        return Refused(Refusal.TRAVEL_TOO_TIGHT, {**_named(other), "needs": needs, "has": gap})
    if rules.rests_too_little(shift, other, days, numbers):
        facts = {**_named(other), "needs": numbers.min_rest_minutes, "has": gap}
        if other.start_minute < shift.start_minute:
            facts["until"] = _moment(other.end_minute + numbers.min_rest_minutes)
        return Refused(Refusal.TOO_LITTLE_REST, facts)
    return None


def _named(other: Commitment) -> dict[str, object]:
    return {
        "shift_id": other.shift_id,
        "project_name": other.project_name,
        "starts_at": _moment(other.start_minute),
        "ends_at": _moment(other.end_minute),
    }


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def _refuse_limits(
    person: Volunteer, shift: Commitment, promised: Sequence[Commitment], offset_minutes: int
) -> Refused | None:
    """H6 in each seven days that hold the shift's first: a round may begin on any weekday."""
    limits = {
        "max_minutes": person.max_minutes,
        "max_minutes_per_day": person.max_minutes_per_day,
        "max_shifts": person.max_shifts,
    }
    day = (shift.start_minute + offset_minutes) // MINUTES_PER_DAY
    for first_day in range(day - WEEK_DAYS + 1, day + 1):
        start = first_day * MINUTES_PER_DAY - offset_minutes
        week = Horizon(start, start + WEEK_DAYS * MINUTES_PER_DAY, offset_minutes)
        within = [each for each in promised if week.holds(each.start_minute)]
        for limit in rules.above_limits(person, [shift, *within], week):
            return Refused(_OF_LIMIT[limit], {"limit": limits[limit]})
    return None
