"""Claiming the shifts of standing sign-ups as they appear, and telling what came of each."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.core import new_id
from services import claims, notifications
from services.claims import ClaimIn, queues
from services.database import rows
from services.errors import Conflict, NotFound
from services.locks import lock_seats
from services.my_shifts.seats import actor_for
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction

AHEAD = timedelta(days=56)
"""How far ahead seats are claimed: eight weeks, so that nobody holds a year of a small shift."""

_NEW = """
    SELECT z.id AS series_id, z.volunteer_id, z.role_key, z.risk_statement_version,
        s.id AS shift_id, s.starts_at, p.name AS project_name
    FROM series z JOIN project p ON p.id = z.project_id AND p.state = 'published'
        JOIN shift s ON s.project_id = p.id AND s.state = 'open' AND s.starts_at > $1
        AND s.starts_at <= $2
        CROSS JOIN LATERAL (SELECT s.starts_at AT TIME ZONE 'UTC'
            + make_interval(mins => $3) AS at) AS local
    WHERE z.ended_at IS NULL AND extract(isodow FROM local.at) - 1 = z.weekday
        AND extract(hour FROM local.at) * 60 + extract(minute FROM local.at) = z.start_minute
        AND local.at::date >= z.starts_on AND local.at::date <= coalesce(z.ends_on, 'infinity')
        AND (s.opens_at IS NULL OR s.opens_at <= $1)
        AND NOT EXISTS (SELECT 1 FROM series_skip k WHERE k.series_id = z.id
            AND k.day = local.at::date)
        AND NOT EXISTS (SELECT 1 FROM series_outcome o WHERE o.series_id = z.id
            AND o.shift_id = s.id)
    ORDER BY s.starts_at, z.created_at, z.id LIMIT $4
"""
LIMIT = 200
LATER = ("opens_at", "insurance")
"""Reasons that pass by themselves: the shift is looked at again."""


@as_system
async def follow(now: datetime, settings: Settings) -> int:
    """Claim what is new for those who signed up to come every week; how many shifts were looked
    at. Whoever signed up first comes first. Each shift is asked for once and its answer told."""
    found = await rows(_NEW, now, now + AHEAD, settings.utc_offset_minutes, LIMIT)
    for row in found:
        async with transaction():
            await _follow_one(row, now, settings)
    return len(found)


async def _follow_one(row: dict[str, Any], now: datetime, settings: Settings) -> None:
    ahead = await queues.people_ahead(row["shift_id"], now, settings)
    await lock_seats([row["shift_id"]], [row["volunteer_id"], *ahead])
    # Behind the locks: another worker may have been here, or the person changed their mind.
    still = await rows(
        "SELECT 1 FROM series WHERE id = $1 AND ended_at IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM series_outcome WHERE series_id = $1 AND shift_id = $2)",
        row["series_id"],
        row["shift_id"],
    )
    if not still:
        return
    if await _has_seat_then(row):
        await _note(row, None, "series_has_seat", now, is_told=False)
        return
    wish = ClaimIn(role=row["role_key"], risk_statement_version=row["risk_statement_version"])
    try:
        actor = await actor_for(row["volunteer_id"])
        async with transaction():
            taken = await claims.claim(actor, row["shift_id"], wish, now, settings)
    except Conflict as refusal:
        if refusal.reason not in LATER:
            await _note(row, await _held_already(row, refusal), refusal.reason, now)
    except NotFound as refusal:
        await _note(row, None, refusal.reason, now)
    else:
        await _note(row, taken.id, None, now)


async def _has_seat_then(row: dict[str, Any]) -> bool:
    """The project has several shifts at this time, and one of them is the person's already."""
    return bool(
        await rows(
            "SELECT 1 FROM series_outcome o JOIN claim c ON c.id = o.claim_id "
            "WHERE o.series_id = $1 AND c.starts_at = $2 AND c.shift_id <> $3",
            row["series_id"],
            row["starts_at"],
            row["shift_id"],
        )
    )


async def _held_already(row: dict[str, Any], refusal: Conflict) -> UUID | None:
    """The claim that the person made by hand before we came to it."""
    if refusal.reason != "already_claimed":
        return None
    found = await rows(
        "SELECT id FROM claim WHERE volunteer_id = $1 AND shift_id = $2 ORDER BY id DESC LIMIT 1",
        row["volunteer_id"],
        row["shift_id"],
    )
    return found[0]["id"] if found else None


async def _note(
    row: dict[str, Any],
    claim_id: UUID | None,
    reason: str | None,
    now: datetime,
    *,
    is_told: bool = True,
) -> None:
    await rows(
        "INSERT INTO series_outcome (id, created_at, series_id, shift_id, claim_id, reason) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(),
        now,
        row["series_id"],
        row["shift_id"],
        claim_id,
        None if claim_id else reason,
    )
    if not is_told or (reason and claim_id):
        return
    await notifications.notify(
        "series_claimed" if claim_id else "series_refused",
        row["volunteer_id"],
        about=claim_id or row["shift_id"],
        once=f"series:{row['series_id']}:{row['shift_id']}",
        project=row["project_name"],
        starts_at=row["starts_at"],
    )
