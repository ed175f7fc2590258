"""What the tables hold of the people and shifts that an input names, read in a few statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from models.core import DatumKind, MembershipKind
from services import personal
from services.database import rows
from services.imports.wanted import (
    Position,
    RoleFields,
    ShiftFields,
    StoredRole,
    StoredShift,
    StoredVolunteer,
    VolunteerFields,
)

Rows = list[dict[str, Any]]
ById = dict[UUID, Rows]

_VOLUNTEERS = (
    "SELECT v.id, named.external_key, v.name, v.home_longitude, v.home_latitude, v.max_travel_m, "
    "v.max_minutes, v.max_minutes_per_day, v.max_shifts, v.served_minutes, "
    "v.organisation_id <> $1 AS is_elsewhere, v.state FROM volunteer named "
    # What is said of a record that was merged is said of the one that goes on.
    "LEFT JOIN person_merge m ON m.merged_id = named.id "
    "JOIN volunteer v ON v.id = coalesce(m.kept_id, named.id) "
    "WHERE named.organisation_id = $1 AND named.external_key = ANY($2::text[])"
)
_SHIFTS = (
    "SELECT s.id, s.external_key, s.project_id, s.starts_at, s.ends_at, s.place, s.longitude, "
    "s.latitude, s.priority, s.cancel_below_minimum, s.state, s.version "
    "FROM shift s JOIN project p ON p.id = s.project_id "
    "WHERE p.organisation_id = $1 AND s.external_key = ANY($2::text[])"
)
_ROLES = (
    "SELECT r.id, r.shift_id, r.key, r.minimum, r.target, r.maximum, r.min_age, r.max_age, "
    "r.held, EXISTS (SELECT 1 FROM claim c WHERE c.role_id = r.id) AS claimed "
    "FROM role r WHERE r.shift_id = ANY($1::uuid[])"
)
_OF_ROLES = "SELECT * FROM {} WHERE role_id = ANY($1::uuid[])"
_OF_SHIFTS = "SELECT * FROM {} WHERE shift_id = ANY($1::uuid[])"
_OF_VOLUNTEERS = "SELECT * FROM {} WHERE volunteer_id = ANY($1::uuid[])"


async def stored_volunteers(
    organisation_id: UUID, keys: Collection[str], groups: Collection[UUID], day: date
) -> dict[str, StoredVolunteer]:
    """The volunteers of an organisation with these keys; of their groups only those in `groups`
    of which they are team members on that day."""
    found = await rows(_VOLUNTEERS, organisation_id, list(keys))
    ids = [row["id"] for row in found]
    children = {
        table: await _children(_OF_VOLUNTEERS.format(table), ids, "volunteer_id")
        for table in (
            "membership",
            "volunteer_skill",
            "availability_window",
            "availability_exception",
            "volunteer_liking",
            "engagement",
        )
    }
    born = await personal.birth_dates(ids)
    numbers = await personal.many(DatumKind.PHONE, ids)
    proven = await personal.proven(DatumKind.PHONE, ids)
    return {
        row["external_key"]: _volunteer(
            {
                **row,
                "birth_date": born.get(row["id"]),
                "phone": numbers.get(row["id"]),
                "phone_proven": row["id"] in proven,
            },
            children,
            groups,
            day,
        )
        for row in found
    }


def _volunteer(
    row: dict[str, Any],
    children: dict[str, ById],
    groups: Collection[UUID],
    day: date,
) -> StoredVolunteer:
    own = {table: found[row["id"]] for table, found in children.items()}
    fields = VolunteerFields(
        name=row["name"],
        birth_date=row["birth_date"] or date.min,
        phone=row["phone"],
        home=_position(row, "home_"),
        max_travel_m=row["max_travel_m"],
        groups=frozenset(
            each["organisation_id"]
            for each in own["membership"]
            if each["organisation_id"] in groups and _is_team_on(each, day)
        ),
        skills={
            each["skill"]: (each["level"], each["expires_on"]) for each in own["volunteer_skill"]
        },
        evidence={
            each["skill"]: (each["evidence_kind"], each["evidence"])
            for each in own["volunteer_skill"]
        },
        windows=frozenset(
            (each["weekday"], each["start_minute"], each["end_minute"])
            for each in own["availability_window"]
        ),
        changes=frozenset(
            (each["kind"], each["starts_at"], each["ends_at"])
            for each in own["availability_exception"]
        ),
        likes={each["cause"]: each["liking"] for each in own["volunteer_liking"]},
        engaged=sorted_engaged(
            (each["starts_at"], each["ends_at"], _position(each)) for each in own["engagement"]
        ),
        max_minutes=row["max_minutes"],
        max_minutes_per_day=row["max_minutes_per_day"],
        max_shifts=row["max_shifts"],
        served_minutes=row["served_minutes"],
    )
    is_open = row["state"] == "active" and not row["is_elsewhere"]
    skills = own["volunteer_skill"]
    confirmed = frozenset(each["skill"] for each in skills if each["state"] == "verified")
    return StoredVolunteer(row["id"], fields, is_open, row["phone_proven"], confirmed)


def _is_team_on(membership: dict[str, Any], day: date) -> bool:
    is_team = membership["kind"] == MembershipKind.TEAM and not membership["is_requested"]
    return is_team and membership["starts_on"] <= day <= (membership["ends_on"] or date.max)


def sorted_engaged(found: Iterable[Any]) -> tuple[Any, ...]:
    """Promises in an order of their own, so that two lists of the same ones are equal."""
    return tuple(sorted(found, key=lambda each: (each[0], each[1], each[2] or ())))


async def stored_shifts(
    organisation_id: UUID, keys: Collection[str]
) -> dict[str, list[StoredShift]]:
    """The shifts with these keys in an organisation's projects; two projects may use one key."""
    found = await rows(_SHIFTS, organisation_id, list(keys))
    ids = [row["id"] for row in found]
    role_rows = await rows(_ROLES, ids)
    role_ids = [row["id"] for row in role_rows]
    skills = await _children(_OF_ROLES.format("role_skill"), role_ids, "role_id")
    groups = await _children(_OF_ROLES.format("role_group"), role_ids, "role_id")
    roles = _grouped(role_rows, "shift_id")
    teams = await _children(_OF_SHIFTS.format("team_line"), ids, "shift_id")
    invited = await _children(_OF_SHIFTS.format("invitation"), ids, "shift_id")
    by_key: dict[str, list[StoredShift]] = defaultdict(list)
    for row in found:
        fields = _shift_fields(row, teams[row["id"]], invited[row["id"]])
        own = roles[row["id"]]
        fields["roles"] = {
            each["key"]: _role(each, skills[each["id"]], groups[each["id"]]) for each in own
        }
        seats = {each["key"]: StoredRole(each["id"], each["held"], each["claimed"]) for each in own}
        is_open = row["state"] == "open"
        shift = StoredShift(row["id"], row["version"], is_open, fields, seats)
        by_key[row["external_key"]].append(shift)
    return by_key


def _shift_fields(row: dict[str, Any], team: Rows, invited: Rows) -> ShiftFields:
    return ShiftFields(
        project=row["project_id"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        place=row["place"],
        location=_position(row),
        priority=row["priority"],
        cancel_below_minimum=row["cancel_below_minimum"],
        team=frozenset((each["skill"], each["level"], each["count"]) for each in team),
        invited=frozenset(each["volunteer_id"] for each in invited),
    )


def _role(row: dict[str, Any], skills: Rows, groups: Rows) -> RoleFields:
    return RoleFields(
        minimum=row["minimum"],
        target=row["target"],
        maximum=row["maximum"],
        min_age=row["min_age"],
        max_age=row["max_age"],
        skills={each["skill"]: each["level"] for each in skills},
        groups=frozenset(each["organisation_id"] for each in groups),
    )


def _position(row: dict[str, Any], prefix: str = "") -> Position | None:
    longitude, latitude = row[f"{prefix}longitude"], row[f"{prefix}latitude"]
    return None if longitude is None else (longitude, latitude)


async def _children(sql: str, ids: Sequence[UUID], key: str) -> ById:
    return _grouped(await rows(sql, ids), key)


def _grouped(found: Rows, key: str) -> ById:
    groups: ById = defaultdict(list)
    for row in found:
        groups[row[key]].append(row)
    return groups
