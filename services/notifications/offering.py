"""Telling people of offers, whatever made them: a round, a waiting list, a call-up, an invitation.

Offers are told a moment after they were made, some hundreds at a time: a city's plan makes half a
million of them in one transaction, which is not to wait for as many notifications.
"""

from datetime import datetime

from services.database import rows
from services.notifications.telling import Told, notify_many
from services.scope import as_system
from services.transactions import transaction

OFFERS_MAX, BATCHES_MAX = 500, 20
URGENT = frozenset({"waitlist", "call_up"})
"""What a night's sleep would make worthless."""

_UNTOLD = """
    SELECT o.id, o.source, o.deadline_at, c.volunteer_id, s.place, s.starts_at, j.name AS project
    FROM offer o JOIN claim c ON c.id = o.claim_id JOIN shift s ON s.id = c.shift_id
    JOIN project j ON j.id = s.project_id
    WHERE o.told_at IS NULL AND c.state = 'offered' AND o.deadline_at > $1
    ORDER BY o.created_at LIMIT $2 FOR UPDATE OF o SKIP LOCKED
"""


@as_system
async def tell(now: datetime) -> int:
    """Tell of what is open and not told yet; how many offers that were. Two at once share them."""
    told = 0
    for _ in range(BATCHES_MAX):
        found = await _tell_some(now)
        told += found
        if found < OFFERS_MAX:
            break
    return told


async def _tell_some(now: datetime) -> int:
    async with transaction():
        # What nobody can answer any more is not worth a word.
        await rows(
            "UPDATE offer o SET told_at = $1 FROM claim c WHERE c.id = o.claim_id "
            "AND o.told_at IS NULL AND (c.state <> 'offered' OR o.deadline_at <= $1)",
            now,
        )
        found = await rows(_UNTOLD, now, OFFERS_MAX)
        for source in sorted({row["source"] for row in found}):
            of_source = [row for row in found if row["source"] == source]
            await notify_many(
                f"offer_{source}",
                [
                    Told(
                        volunteer_id=row["volunteer_id"],
                        about=row["id"],
                        once=f"offer:{row['id']}",
                        facts={
                            "project": row["project"],
                            "starts_at": row["starts_at"],
                            "place": row["place"],
                            "deadline_at": row["deadline_at"],
                        },
                    )
                    for row in of_source
                ],
                urgent=source in URGENT,
            )
        await rows(
            "UPDATE offer SET told_at = $1 WHERE id = ANY($2::uuid[])",
            now,
            [row["id"] for row in found],
        )
    return len(found)
