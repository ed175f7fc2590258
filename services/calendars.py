"""What is known of a person, of their promised time and of seats, in the matcher's own words."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any
from uuid import UUID

import msgspec

from matcher.problem import Engagement, Location, Role, Volunteer
from models.core import SEAT_STATES
from services.database import rows
from services.errors import NotFound
from services.refusals import Commitment, Seat
from services.spans import epoch_minute

_SEAT = [state.value for state in SEAT_STATES]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The shift that is asked for, and the others on which the person holds a seat."""

    asked: Commitment
    promised: tuple[Commitment, ...]


Days = tuple[date, date]
"""The first and the last local day of a shift."""

_PEOPLE = """
    SELECT v.*, d.first_day, d.last_day,
        (SELECT coalesce(json_object_agg(skill, level), '{}') FROM counting_skills(d.last_day)
            WHERE volunteer_id = v.id) AS skills,
        array(SELECT DISTINCT organisation_id FROM membership WHERE volunteer_id = v.id
            AND NOT is_requested AND starts_on <= d.first_day
            AND coalesce(ends_on, 'infinity') >= d.last_day) AS groups
    FROM volunteer v, unnest($2::date[], $3::date[]) AS d (first_day, last_day) WHERE v.id = $1
"""


def days_of(starts_at: datetime, ends_at: datetime, zone: timezone) -> Days:
    """The local days on which a shift begins and ends."""
    return starts_at.astimezone(zone).date(), ends_at.astimezone(zone).date()


async def load_person(
    volunteer_id: UUID, starts_at: datetime, ends_at: datetime, zone: timezone
) -> Volunteer:
    """The person as they will be then: of the age that every night brings up to date, with the
    skills that still count on the last local day and the memberships that last from the first."""
    days = days_of(starts_at, ends_at, zone)
    return (await load_person_on(volunteer_id, {days}))[days]


async def load_person_on(volunteer_id: UUID, days: Collection[Days]) -> dict[Days, Volunteer]:
    """The same for shifts on each of these days, read at once. Raises NotFound."""
    if not days:
        return {}
    wanted = list(days)
    found = await rows(
        _PEOPLE, volunteer_id, [first for first, _ in wanted], [last for _, last in wanted]
    )
    if not found:
        raise NotFound
    engaged = await _engagements(volunteer_id)
    return {
        (row["first_day"], row["last_day"]): Volunteer(
            id=str(volunteer_id),
            age=row["age"],
            skills=msgspec.json.decode(row["skills"], type=dict[str, int]),
            groups=tuple(str(group) for group in row["groups"]),
            max_minutes=row["max_minutes"],
            max_minutes_per_day=row["max_minutes_per_day"],
            max_shifts=row["max_shifts"],
            engaged=engaged,
        )
        for row in found
    }


async def _engagements(volunteer_id: UUID) -> tuple[Engagement, ...]:
    found = await rows(
        "SELECT starts_at, ends_at, longitude, latitude FROM engagement WHERE volunteer_id = $1",
        volunteer_id,
    )
    return tuple(
        Engagement(epoch_minute(row["starts_at"]), epoch_minute(row["ends_at"]), _location(row))
        for row in found
    )


async def load_calendar(volunteer_id: UUID, shift_id: UUID) -> Calendar:
    """The shift, and every other one on which the person holds a seat."""
    [found] = (await load_calendars(volunteer_id, [shift_id])).values()
    return found


async def load_calendars(volunteer_id: UUID, shift_ids: Sequence[UUID]) -> dict[UUID, Calendar]:
    """The same for each of these shifts, as if it alone were asked for."""
    found = await rows(
        "SELECT s.id, s.starts_at, s.ends_at, s.longitude, s.latitude, p.name AS project_name, "
        "EXISTS (SELECT 1 FROM claim c WHERE c.shift_id = s.id AND c.volunteer_id = $1 "
        "AND c.state = ANY($3)) AS is_promised "
        "FROM shift s JOIN project p ON p.id = s.project_id WHERE s.id = ANY($2::uuid[]) "
        "OR s.id IN (SELECT shift_id FROM claim WHERE volunteer_id = $1 AND state = ANY($3))",
        volunteer_id,
        list(shift_ids),
        _SEAT,
    )
    all_shifts = {row["id"]: _commitment(row) for row in found}
    promised = [row["id"] for row in found if row["is_promised"]]
    return {
        shift_id: Calendar(
            asked=all_shifts[shift_id],
            promised=tuple(all_shifts[each] for each in promised if each != shift_id),
        )
        for shift_id in shift_ids
    }


async def load_seats(shift_id: UUID, key: str | None) -> list[Seat]:
    """The role of that key, or without a key every role of the shift, in their order."""
    return (await load_seats_of([shift_id], key))[shift_id]


async def load_seats_of(
    shift_ids: Sequence[UUID], key: str | None = None, considered: Sequence[UUID] = ()
) -> dict[UUID, list[Seat]]:
    """The same for each of these shifts. People who were `considered` wait for nothing.

    Who holds a seat is counted anew, not read from the role: so the lock alone keeps the number
    of people right, and the counter's constraint alone does too.
    """
    found = await rows(
        "SELECT r.id, r.shift_id, r.key, r.maximum, r.min_age, r.max_age, "
        "(SELECT count(*) FROM claim WHERE role_id = r.id AND state = ANY($3)) AS held, "
        "(SELECT count(*) FROM claim WHERE role_id = r.id AND state = 'waitlisted') AS queue, "
        "(SELECT count(*) FROM claim WHERE role_id = r.id AND state = 'waitlisted' "
        "AND volunteer_id <> ALL($4::uuid[])) AS waiting, "
        "(SELECT coalesce(json_object_agg(skill, level), '{}') FROM role_skill "
        "WHERE role_id = r.id) AS skills, "
        "array(SELECT organisation_id FROM role_group WHERE role_id = r.id) AS groups "
        "FROM role r WHERE r.shift_id = ANY($1::uuid[]) AND ($2::text IS NULL OR r.key = $2) "
        "ORDER BY r.id",
        list(shift_ids),
        key,
        _SEAT,
        list(considered),
    )
    seats: dict[UUID, list[Seat]] = defaultdict(list)
    for row in found:
        seats[row["shift_id"]].append(_seat(row))
    return seats


def _seat(row: dict[str, Any]) -> Seat:
    role = Role(
        id=row["key"],
        max=row["maximum"],
        skills=msgspec.json.decode(row["skills"], type=dict[str, int]),
        min_age=row["min_age"],
        max_age=row["max_age"],
        groups=tuple(str(group) for group in row["groups"]),
    )
    return Seat(
        id=row["id"], role=role, held=row["held"], queue=row["queue"], waiting=row["waiting"]
    )


def _commitment(row: dict[str, Any]) -> Commitment:
    return Commitment(
        start_minute=epoch_minute(row["starts_at"]),
        end_minute=epoch_minute(row["ends_at"]),
        location=_location(row),
        shift_id=row["id"],
        project_name=row["project_name"],
    )


def _location(row: dict[str, Any]) -> Location | None:
    return None if row["longitude"] is None else (row["longitude"], row["latitude"])
