"""The hard rules of `docs/format.md`, one function for each, on single people and shifts.

These are the words of the format in code: `check`, `score`, the reasons and the services ask them.
The solver states the same rules in arrays (`columns`) and is held against these by tests.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol

from matcher.geometry import distance_m
from matcher.problem import (
    Engagement,
    Horizon,
    Interval,
    Location,
    Role,
    Rules,
    Shift,
    TeamLine,
    Volunteer,
)

TRANSFER_FREE_M = 200

Unsuited = Literal["skills", "age", "group"]


class Stay(Protocol):
    """A time and perhaps a place where somebody is: a shift or an engagement."""

    @property
    def start_minute(self) -> int: ...
    @property
    def end_minute(self) -> int: ...
    @property
    def location(self) -> Location | None: ...


def unsuited(volunteer: Volunteer, role: Role) -> Unsuited | None:
    """H1. What the role asks for and the volunteer is not; None when nothing."""
    if any(volunteer.skills.get(skill, 0) < level for skill, level in role.skills.items()):
        return "skills"
    if not role.min_age <= volunteer.age <= role.max_age:
        return "age"
    if role.groups and set(role.groups).isdisjoint(volunteer.groups):
        return "group"
    return None


def is_available(volunteer: Volunteer, shift: Stay) -> bool:
    """H2. The shift lies within one available interval."""
    return any(
        start <= shift.start_minute and shift.end_minute <= end
        for start, end in merged(volunteer.available)
    )


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The intervals in order, those that touch or overlap made one."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def is_too_far(volunteer: Volunteer, shift: Shift) -> bool:
    """H3. The shift is farther from home than the volunteer travels."""
    metres = travel_m(volunteer, shift)
    return volunteer.max_travel_m is not None and metres > volunteer.max_travel_m


def travel_m(volunteer: Volunteer, shift: Shift) -> int:
    """Metres from home to the shift; 0 where either has no location."""
    if volunteer.location is None or shift.location is None:
        return 0
    return distance_m(volunteer.location, shift.location)


def gap_minutes(one: Stay, two: Stay) -> int:
    """Minutes between the end of the earlier and the start of the later; below 0 they overlap."""
    return max(two.start_minute - one.end_minute, one.start_minute - two.end_minute)


def overlap_or_late(one: Stay, two: Stay, horizon: Horizon, rules: Rules) -> bool:
    """H4. The two overlap, or on one day leave too little time to get from one to the other."""
    gap = gap_minutes(one, two)
    if gap < 0:
        return True
    same_day = horizon.day(one.start_minute) == horizon.day(two.start_minute)
    return same_day and gap < transfer_minutes(one, two, rules)


def transfer_minutes(one: Stay, two: Stay, rules: Rules) -> int:
    """How long the way from one to the other takes on one day; 0 within 200 m."""
    if one.location is None or two.location is None:
        return 0
    metres = distance_m(one.location, two.location)
    if metres <= TRANSFER_FREE_M:
        return 0
    return rules.transfer_minutes - (-60 * metres // (1000 * rules.speed_kmh))


def rests_too_little(one: Stay, two: Stay, horizon: Horizon, rules: Rules) -> bool:
    """H5. The two start on different days with less than the rest between them."""
    other_day = horizon.day(one.start_minute) != horizon.day(two.start_minute)
    return other_day and gap_minutes(one, two) < rules.min_rest_minutes


def counted(volunteer: Volunteer, horizon: Horizon) -> list[Engagement]:
    """The engagements that count in H6: those that start inside the horizon."""
    return [each for each in volunteer.engaged if horizon.holds(each.start_minute)]


def minutes_by_day(stays: Iterable[Stay], horizon: Horizon) -> dict[int, int]:
    """Minutes of the stays that start on each day."""
    found: dict[int, int] = {}
    for stay in stays:
        day = horizon.day(stay.start_minute)
        found[day] = found.get(day, 0) + stay.end_minute - stay.start_minute
    return found


def above_limits(volunteer: Volunteer, shifts: Sequence[Stay], horizon: Horizon) -> list[str]:
    """H6. The limits that these shifts break, by name.

    Engagements count, but alone they break nothing: without a shift (of that day) there is
    nothing to refuse.
    """
    if not shifts:
        return []
    stays = [*shifts, *counted(volunteer, horizon)]
    by_day = minutes_by_day(stays, horizon)
    days = {horizon.day(shift.start_minute) for shift in shifts}
    broken = {
        "max_minutes": sum(by_day.values()) > volunteer.max_minutes,
        "max_minutes_per_day": max(by_day[day] for day in days) > volunteer.max_minutes_per_day,
        "max_shifts": len(stays) > volunteer.max_shifts,
    }
    return [limit for limit, is_broken in broken.items() if is_broken]


def too_many(role: Role, people: int) -> bool:
    """H7. More people than the role's `max`."""
    return people > role.max


def roles_below_minimum(shift: Shift, people: Mapping[str, int]) -> list[Role]:
    """H8. Roles under their `min` on a shift that is called off for that; `people` by role id."""
    if not shift.cancel_below_minimum or not any(people.values()):
        return []
    return [role for role in shift.roles if people.get(role.id, 0) < role.min]


def team_missing(line: TeamLine, people: Iterable[Volunteer]) -> int:
    """H9. How many people with the line's skill the team lacks."""
    have = sum(1 for person in people if person.skills.get(line.skill, 0) >= line.level)
    return max(0, line.count - have)


def adults_missing(people: Iterable[Volunteer], rules: Rules) -> int:
    """H10. How many adults the minors among these people lack."""
    ages = [person.age for person in people]
    minors = sum(1 for age in ages if age < rules.adult_age)
    return max(0, -(-minors // rules.minors_per_adult) - (len(ages) - minors))


def is_split(group: Sequence[str], on_shift: set[str]) -> bool:
    """H12. Some of the group are on the shift and some are not."""
    present = sum(1 for member in group if member in on_shift)
    return 0 < present < len(group)
