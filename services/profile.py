"""A person's own profile, theirs (or their guardian's) to change without asking anybody.

What an organiser vouches for (name, birth date, memberships) is not here; skills are in
`services.skills`, yes and no to being matched and called in `services.consents`.
"""

from collections.abc import Sequence
from datetime import UTC
from typing import Any, Final
from uuid import UUID

import msgspec

from models.core import new_id
from services import rights
from services.database import rows
from services.errors import Invalid, NotFound
from services.lists import listed_twice
from services.locks import lock_seats
from services.profile_types import (
    Availability,
    AvailabilityIn,
    ChangeKind,
    Profile,
    ProfileIn,
)
from services.rights import Actor, acting
from services.transactions import transaction
from services.types import Location
from services.versions import require_match
from services.volunteer_rules import time_defects
from services.volunteer_types import AvailabilityChange, Liking, Window

HOME_DECIMALS: Final = 3
"""A home is kept to a thousandth of a degree, about a hundred metres."""

__all__ = [
    "Availability",
    "AvailabilityIn",
    "ChangeKind",
    "Profile",
    "ProfileIn",
    "availability",
    "get",
    "known_causes",
    "replace",
    "replace_availability",
]


@acting
async def get(actor: Actor, volunteer_id: UUID) -> Profile:
    """The profile of oneself or of a ward."""
    rights.require_own(actor, volunteer_id)
    found = await rows(
        "SELECT v.id, v.home_longitude, v.home_latitude, v.max_travel_m, v.max_minutes, "
        "v.max_minutes_per_day, v.max_shifts, v.is_matched, v.is_on_call, v.age, "
        "(SELECT coalesce(json_agg(json_build_object('cause', cause, 'liking', liking) "
        "ORDER BY cause), '[]') FROM volunteer_liking WHERE volunteer_id = v.id) AS likes "
        "FROM volunteer v WHERE v.id = $1 AND v.state = 'active'",
        volunteer_id,
    )
    if not found:
        raise NotFound
    [row] = found
    has_home = row["home_longitude"] is not None
    return Profile(
        id=row["id"],
        home=(row["home_longitude"], row["home_latitude"]) if has_home else None,
        max_travel_m=row["max_travel_m"],
        likes=msgspec.json.decode(row["likes"], type=list[Liking]),
        max_minutes=row["max_minutes"],
        max_minutes_per_day=row["max_minutes_per_day"],
        max_shifts=row["max_shifts"],
        is_matched=row["is_matched"],
        is_on_call=row["is_on_call"],
        age=row["age"],
    )


@acting
async def replace(
    actor: Actor, volunteer_id: UUID, command: ProfileIn, if_match: str | None
) -> Profile:
    """Write the profile anew; what is left out takes its default. A home is kept only roughly."""
    rights.require_own(actor, volunteer_id)
    if defects := listed_twice("likes", [each.cause for each in command.likes]):
        raise Invalid(defects)
    longitude, latitude = _roughly(command.home)
    async with transaction():
        await lock_seats([], [volunteer_id])
        require_match(if_match, await get(actor, volunteer_id))
        await rows(
            "UPDATE volunteer SET home_longitude = $2, home_latitude = $3, max_travel_m = $4, "
            "max_minutes = $5, max_minutes_per_day = $6, max_shifts = $7 WHERE id = $1",
            volunteer_id,
            longitude,
            latitude,
            command.max_travel_m,
            command.max_minutes,
            command.max_minutes_per_day,
            command.max_shifts,
        )
        await rows("DELETE FROM volunteer_liking WHERE volunteer_id = $1", volunteer_id)
        await rows(
            "INSERT INTO volunteer_liking (id, created_at, volunteer_id, cause, liking) "
            "SELECT id, now(), $1, cause, liking "
            "FROM unnest($2::uuid[], $3::text[], $4::int[]) AS line(id, cause, liking)",
            volunteer_id,
            [new_id() for _ in command.likes],
            [each.cause for each in command.likes],
            [each.liking for each in command.likes],
        )
    return await get(actor, volunteer_id)


@acting
async def availability(actor: Actor, volunteer_id: UUID) -> Availability:
    """When oneself or a ward has time."""
    rights.require_own(actor, volunteer_id)
    windows = await rows(
        "SELECT weekday, start_minute, end_minute FROM availability_window "
        "WHERE volunteer_id = $1 ORDER BY weekday, start_minute",
        volunteer_id,
    )
    changes = await rows(
        "SELECT kind, starts_at, ends_at FROM availability_exception "
        "WHERE volunteer_id = $1 ORDER BY starts_at, ends_at, kind",
        volunteer_id,
    )
    return Availability(
        id=volunteer_id,
        windows=[Window(**row) for row in windows],
        changes=[_change(row) for row in changes],
    )


@acting
async def replace_availability(
    actor: Actor, volunteer_id: UUID, command: AvailabilityIn, if_match: str | None
) -> Availability:
    """Say anew when one has time. Seats that are promised stay promised."""
    rights.require_own(actor, volunteer_id)
    if defects := time_defects(command.windows, command.changes):
        raise Invalid(defects)
    async with transaction():
        await lock_seats([], [volunteer_id])
        before = await availability(actor, volunteer_id)
        require_match(if_match, before)
        if command.windows != before.windows:
            await _write_windows(volunteer_id, command.windows)
        if command.changes != before.changes:
            await _write_changes(volunteer_id, command.changes)
    return await availability(actor, volunteer_id)


async def known_causes() -> list[str]:
    """The categories of published projects, for people to say how much they like them."""
    found = await rows(
        "SELECT DISTINCT category FROM project WHERE state = 'published' "
        "AND category IS NOT NULL ORDER BY category LIMIT 40"
    )
    return [row["category"] for row in found]


def _roughly(home: Location | None) -> tuple[float | None, float | None]:
    if home is None:
        return None, None
    return round(home[0], HOME_DECIMALS), round(home[1], HOME_DECIMALS)


def _change(row: dict[str, Any]) -> AvailabilityChange:
    return AvailabilityChange(
        kind=ChangeKind(row["kind"]),
        starts_at=row["starts_at"].astimezone(UTC),
        ends_at=row["ends_at"].astimezone(UTC),
    )


async def _write_windows(volunteer_id: UUID, windows: Sequence[Window]) -> None:
    await rows("DELETE FROM availability_window WHERE volunteer_id = $1", volunteer_id)
    await rows(
        "INSERT INTO availability_window (id, created_at, volunteer_id, weekday, start_minute, "
        "end_minute) SELECT id, now(), $1, weekday, start_minute, end_minute "
        "FROM unnest($2::uuid[], $3::int[], $4::int[], $5::int[]) "
        "AS line(id, weekday, start_minute, end_minute)",
        volunteer_id,
        [new_id() for _ in windows],
        [each.weekday for each in windows],
        [each.start_minute for each in windows],
        [each.end_minute for each in windows],
    )


async def _write_changes(volunteer_id: UUID, changes: Sequence[AvailabilityChange]) -> None:
    await rows("DELETE FROM availability_exception WHERE volunteer_id = $1", volunteer_id)
    await rows(
        "INSERT INTO availability_exception (id, created_at, volunteer_id, kind, starts_at, "
        "ends_at) SELECT id, now(), $1, kind, starts_at, ends_at "
        "FROM unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[]) "
        "AS line(id, kind, starts_at, ends_at)",
        volunteer_id,
        [new_id() for _ in changes],
        [each.kind.value for each in changes],
        [each.starts_at for each in changes],
        [each.ends_at for each in changes],
    )
