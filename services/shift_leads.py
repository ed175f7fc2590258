"""Who is told at once what goes wrong with a shift: those who lead it, and their chat groups."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services import notifications
from services.database import rows

# Whoever was named to lead this shift; else those who organise or lead at the nearest node that
# has anybody.
_LEADS = """
    SELECT account_id FROM shift_lead WHERE shift_id = $1 AND ended_at IS NULL ORDER BY account_id
"""
_NEAREST = """
    WITH RECURSIVE above(id, parent_id, height) AS (
        SELECT id, parent_id, 0 FROM organisation WHERE id = $1
        UNION ALL SELECT o.id, o.parent_id, a.height + 1 FROM organisation o
        JOIN above a ON o.id = a.parent_id
    ), there AS (
        SELECT g.account_id, a.height FROM above a JOIN role_grant g ON g.organisation_id = a.id
        WHERE g.role IN ('organiser','shift_lead') AND g.ended_at IS NULL
        AND (g.ends_at IS NULL OR g.ends_at > $2)
    ) SELECT DISTINCT account_id FROM there WHERE height = (SELECT min(height) FROM there)
    ORDER BY account_id
"""


async def tell(
    kind: str,
    shift_id: UUID,
    organisation_id: UUID,
    now: datetime,
    *,
    once: str,
    facts: Mapping[str, object],
) -> int:
    """Alarm those who lead the shift, each once by this key, and the organisers' chat groups; how
    many accounts are concerned. As system."""
    found = await rows(_LEADS, shift_id) or await rows(_NEAREST, organisation_id, now)
    told = [
        await notifications.notify_account(
            kind, row["account_id"], about=shift_id, once=once, urgent=True, **facts
        )
        for row in found
    ]
    if any(told) or not found:
        await notifications.tell_group(kind, organisation_id, **facts)
    return len(found)
