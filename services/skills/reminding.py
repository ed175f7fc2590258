"""Telling people in time that a skill is about to end, so that they can have it confirmed anew."""

from datetime import date, timedelta
from typing import Any

from services import notifications
from services.database import rows
from services.scope import as_system
from services.transactions import transaction

DAYS_BEFORE = (30, 7)
BATCH_PEOPLE = 200

# A step is due when its day has come and nothing was said on that day or since. Skills that do not
# count anyway are not announced, nor those that ended before anybody could have been told.
_DUE = """
    SELECT k.id, k.volunteer_id, k.skill, k.expires_on FROM volunteer_skill k
    JOIN volunteer v ON v.id = k.volunteer_id AND v.state = 'active'
    WHERE k.expires_on BETWEEN $1::date - 30 AND $1::date + $2::int
    AND (k.state = 'verified' OR (k.state = 'declared' AND NOT EXISTS
        (SELECT 1 FROM skill_rule r WHERE r.skill = k.skill)))
    AND (k.reminded_on IS NULL OR EXISTS (SELECT 1 FROM unnest($3::int[]) AS step(days)
        WHERE $1::date >= k.expires_on - step.days AND k.reminded_on < k.expires_on - step.days))
    ORDER BY k.id LIMIT $4 FOR UPDATE OF k SKIP LOCKED
"""
_AFTER_THE_END = -1


@as_system
async def remind(today: date) -> int:
    """Announce ends 30 and 7 days before, and once more when it is over; how many there were.

    Each is told once, however often this runs; a step that was missed is made up for by the next.
    """
    steps = [*DAYS_BEFORE, _AFTER_THE_END]
    told = 0
    while True:
        async with transaction():
            due = await rows(_DUE, today, max(steps), steps, BATCH_PEOPLE)
            for row in due:
                await _tell(row, today)
            await rows(
                "UPDATE volunteer_skill SET reminded_on = $2 WHERE id = ANY($1::uuid[])",
                [row["id"] for row in due],
                today,
            )
        told += len(due)
        if len(due) < BATCH_PEOPLE:
            return told


async def _tell(row: dict[str, Any], today: date) -> None:
    left = (row["expires_on"] - today) // timedelta(days=1)
    kind = "skill_ends_soon" if left >= 0 else "skill_has_ended"
    await notifications.notify(
        kind, row["volunteer_id"], skill=row["skill"], day=row["expires_on"].isoformat()
    )
