"""Reminding organisers of disputes that nobody has answered in time."""

from datetime import datetime

from services.database import rows
from services.my_record.disputing import dispute_row, tell_deciders
from services.scope import as_system
from services.transactions import transaction

AT_ONCE = 200


@as_system
async def remind_due(now: datetime) -> int:
    """Remind of each dispute whose time is over, once; how many there were. Safe to run twice and
    at once."""
    async with transaction():
        due = await rows(
            "UPDATE dispute SET reminded_at = $1 WHERE id IN (SELECT id FROM dispute "
            "WHERE state = 'open' AND reminded_at IS NULL AND due_at <= $1 "
            "ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING id",
            now,
            AT_ONCE,
        )
        for each in due:
            found, row = await dispute_row(each["id"])
            await tell_deciders("dispute_overdue", row, found)
    return len(due)
