"""What service asks of people under 18: their hours, the measure of their day, and grown-ups beside
them. Claims and rounds ask it here, by the matcher's own rules.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from uuid import UUID

import msgspec

from matcher import rules
from matcher.problem import MINUTES_PER_DAY, Horizon, Interval, Role, Rules, Volunteer
from models.core import SEAT_STATES, ClaimState
from services.database import rows
from services.refusals import NUMBERS, Commitment, Company, Refusal, Refused
from services.settings import Settings

ADULT_AGE = NUMBERS.adult_age
_SEATED = [state.value for state in SEAT_STATES]
# Who looks for a stand-in has said that they do not come; a minor who does may yet come.
_COMES = [state.value for state in SEAT_STATES - {ClaimState.SEEKING_STANDIN}]

# $1 the shifts, $2 who is not counted, $3 from which age one is grown up, $4 who comes, $5 who has
# a seat. Whoever leads the shift by name is there too, with a seat or without.
_COMPANY = """
    SELECT s.id,
        (SELECT count(*) FROM claim c JOIN volunteer v ON v.id = c.volunteer_id
            WHERE c.shift_id = s.id AND c.volunteer_id IS DISTINCT FROM $2::uuid AND v.age >= $3
            AND c.state = ANY($4::varchar[])) AS seated,
        (SELECT count(*) FROM claim c JOIN volunteer v ON v.id = c.volunteer_id
            WHERE c.shift_id = s.id AND c.volunteer_id IS DISTINCT FROM $2::uuid AND v.age < $3
            AND c.state = ANY($5::varchar[])) AS minors,
        (SELECT count(*) FROM shift_lead l JOIN account a ON a.id = l.account_id
            LEFT JOIN volunteer v ON v.id = a.volunteer_id
            WHERE l.shift_id = s.id AND l.ended_at IS NULL AND a.state = 'active'
            AND (v.age IS NULL OR v.age >= $3) AND NOT EXISTS (SELECT 1 FROM claim c
                WHERE c.shift_id = s.id AND c.volunteer_id = a.volunteer_id
                AND c.state = ANY($5::varchar[]))) AS leading
    FROM shift s WHERE s.id = ANY($1::uuid[])
"""


class MinorRules(msgspec.Struct, frozen=True, kw_only=True):
    """The service's numbers for people under 18. A round keeps those of the day it was made."""

    from_minute: int = 360
    until_minute: int = 1320
    minutes_per_day: int = 240
    minors_per_adult: int = NUMBERS.minors_per_adult


def rules_of(settings: Settings) -> MinorRules:
    """The numbers of this installation."""
    return MinorRules(
        from_minute=settings.minor_from_minute,
        until_minute=settings.minor_until_minute,
        minutes_per_day=settings.minor_minutes_per_day,
        minors_per_adult=settings.minors_per_adult,
    )


def is_minor(age: int) -> bool:
    """Whether somebody of this age is under 18."""
    return age < ADULT_AGE


def strict(numbers: Rules, of: MinorRules) -> Rules:
    """A round's own numbers, nowhere more generous to minors than the service's."""
    return replace(
        numbers,
        adult_age=max(numbers.adult_age, ADULT_AGE),
        minors_per_adult=min(numbers.minors_per_adult, of.minors_per_adult),
    )


def grown_up_only(role: Role) -> Role:
    """The role as it is in a dangerous project: for nobody under 18."""
    least = max(role.min_age, ADULT_AGE)
    return replace(role, min_age=least, max_age=max(role.max_age, least))


def kept_short(person: Volunteer, of: MinorRules) -> Volunteer:
    """The person, who as a minor serves no longer on one day than minors do."""
    if not is_minor(person.age):
        return person
    return replace(person, max_minutes_per_day=min(person.max_minutes_per_day, of.minutes_per_day))


def kept_to_hours(
    available: Sequence[Interval], horizon: Horizon, of: MinorRules
) -> tuple[Interval, ...]:
    """What is left of a minor's available time, which is in order, in the hours of minors."""
    hours = hours_in(horizon, of)
    found: list[Interval] = []
    first = 0
    for start, end in available:
        while first < len(hours) and hours[first][1] <= start:
            first += 1
        for opens, closes in hours[first:]:
            if opens >= end:
                break
            found.append((max(start, opens), min(end, closes)))
    return tuple(found)


@lru_cache(maxsize=1_000)
def hours_in(horizon: Horizon, of: MinorRules) -> tuple[Interval, ...]:
    """The hours in which minors serve, on every local day that the horizon touches."""
    first, last = horizon.day(horizon.start_minute), horizon.day(horizon.end_minute - 1)
    midnights = (day * MINUTES_PER_DAY - horizon.offset_minutes for day in range(first, last + 1))
    spans = ((night + of.from_minute, night + of.until_minute) for night in midnights)
    return tuple(rules.merged(span for span in spans if span[0] < span[1]))


def refuse_hours(
    age: int, shift: Commitment, offset_minutes: int, of: MinorRules
) -> Refused | None:
    """H2 of minors: the shift is not wholly in the hours in which they serve."""
    if not is_minor(age):
        return None
    days = Horizon(shift.start_minute, shift.end_minute, offset_minutes)
    if rules.is_available(Volunteer("", available=hours_in(days, of)), shift):
        return None
    hours = {"from_time": _clock(of.from_minute), "until_time": _clock(of.until_minute)}
    return Refused(Refusal.MINOR_HOURS, {"age": ADULT_AGE, **hours})


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


async def company_of(
    shift_ids: Sequence[UUID], of: MinorRules, without: UUID | None = None
) -> dict[UUID, Company]:
    """Who else is on each of these shifts, as far as H10 goes. To be asked as the system."""
    found = await rows(_COMPANY, list(shift_ids), without, ADULT_AGE, _COMES, _SEATED)
    return {
        row["id"]: Company(
            grown_ups=row["seated"] + row["leading"],
            minors=row["minors"],
            minors_per_adult=of.minors_per_adult,
        )
        for row in found
    }
