"""What the matcher's own rules say against a seat, asked one by one as the solver is."""

from matcher import rules
from matcher.problem import Horizon, Role, Rules, Volunteer
from models.core import ClaimMode
from services.calendars import load_calendar, load_person, load_seats
from services.database import rows
from services.rights import Actor
from services.scope import SYSTEM, entered
from services.shifts import Shift
from tests.support.factories import SETTINGS

H1 = {"skills": "skills", "age": "age", "group": "group"}
OUTSIDE_MATCHER = frozenset(
    {
        *("already_claimed", "opens_at", "insurance", "blocked_until", "excluded", "called_off"),
        "guardian_consent_missing",
    }
)
"""What the matcher is never asked, because rounds hold no such shift or line at all."""


async def matcher_reasons(actor: Actor, shift: Shift) -> set[str]:
    """What stands against each of the shift's roles, else against its time; none where it is the
    person's to have."""
    assert actor.volunteer_id is not None
    async with entered(SYSTEM):
        person = await load_person(
            actor.volunteer_id, shift.starts_at, shift.ends_at, SETTINGS.zone
        )
        calendar = await load_calendar(actor.volunteer_id, shift.id)
        seats = await load_seats(shift.id, None)
    by_role = [_role_reasons(person, seat.role, seat.held) for seat in seats]
    young = await _reasons_of_minors(person, calendar.asked, shift)
    if all(by_role):
        return young | {reason for reasons in by_role for reason in reasons}
    offset = SETTINGS.utc_offset_minutes
    asked, found = calendar.asked, set[str]()
    days = Horizon(asked.start_minute, asked.end_minute, offset)
    for other in [*calendar.promised, *person.engaged]:
        if rules.overlap_or_late(asked, other, days, Rules()):
            found.add("overlap" if rules.gap_minutes(asked, other) < 0 else "travel_too_tight")
        elif rules.rests_too_little(asked, other, days, Rules()):
            found.add("too_little_rest")
    return young | (found or _limit_reasons(person, asked, calendar.promised, offset))


ADULT, FROM_MINUTE, UNTIL_MINUTE = 18, 6 * 60, 22 * 60
_AGES = """
    SELECT v.age FROM claim c JOIN volunteer v ON v.id = c.volunteer_id
        WHERE c.shift_id = $1 AND c.state IN ('confirmed', 'seeking_standin', 'checked_in')
    UNION ALL SELECT 40 FROM shift_lead WHERE shift_id = $1 AND ended_at IS NULL
"""


async def _reasons_of_minors(person: Volunteer, asked: rules.Stay, shift: Shift) -> set[str]:
    """That a minor would serve at night, or without enough who are grown up."""
    if person.age >= ADULT:
        return set()
    found = set[str]()
    offset = SETTINGS.utc_offset_minutes
    morning = (asked.start_minute + offset) // 1440 * 1440 - offset
    hours = Volunteer("", available=((morning + FROM_MINUTE, morning + UNTIL_MINUTE),))
    if not rules.is_available(hours, asked):
        found.add("minor_hours")
    # Who only asks for a seat may find grown-ups there by the time they are taken.
    if shift.claim_mode is not ClaimMode.INSTANT:
        return found
    async with entered(SYSTEM):
        there = [Volunteer("", age=row["age"]) for row in await rows(_AGES, shift.id)]
    if rules.adults_missing([*there, person], Rules()):
        found.add("adult_missing")
    return found


def _role_reasons(person: Volunteer, role: Role, held: int) -> set[str]:
    unsuited = rules.unsuited(person, role)
    if unsuited is not None:
        return {H1[unsuited]}
    return {"full"} if rules.too_many(role, held + 1) else set()


def _limit_reasons(
    person: Volunteer, asked: rules.Stay, promised: tuple[rules.Stay, ...], offset: int
) -> set[str]:
    names = {
        "max_minutes": "too_many_minutes",
        "max_minutes_per_day": "too_many_minutes_that_day",
        "max_shifts": "too_many_shifts",
    }
    day = (asked.start_minute + offset) // 1440
    found = set[str]()
    for first in range(day - 6, day + 1):
        week = Horizon(first * 1440 - offset, (first + 7) * 1440 - offset, offset)
        within = [each for each in promised if week.holds(each.start_minute)]
        found |= {names[limit] for limit in rules.above_limits(person, [asked, *within], week)}
    return found
