"""Who is told when somebody cannot come: those who lead the shift, and who might come instead."""

from datetime import datetime, timedelta
from uuid import UUID

from services import notifications, shift_leads
from services.database import rows
from services.my_shifts.seats import HeldSeat

POSSIBLE_MAX = 20
KNOWN_FOR = timedelta(days=180)

# First who waits for a seat of this very shift, then who has come to the project before, whoever
# was asked longest ago first, so that it is not always the same people.
_POSSIBLE = """
    SELECT v.id FROM volunteer v JOIN (
        SELECT c.volunteer_id, 0 AS rank FROM claim c
            WHERE c.shift_id = $1 AND c.state = 'waitlisted'
        UNION ALL SELECT c.volunteer_id, 1 FROM claim c JOIN shift s ON s.id = c.shift_id
            WHERE s.project_id = (SELECT project_id FROM shift WHERE id = $1)
            AND c.state IN ('confirmed','checked_in','served') AND c.ends_at > $3
    ) known ON known.volunteer_id = v.id
    WHERE v.state = 'active' AND v.id <> $2 AND NOT EXISTS (SELECT 1 FROM claim held
        WHERE held.volunteer_id = v.id AND held.starts_at < $5 AND held.ends_at > $4
        AND held.state IN ('offered','confirmed','seeking_standin','checked_in'))
    GROUP BY v.id ORDER BY min(known.rank), (SELECT max(n.created_at) FROM notification n
        WHERE n.volunteer_id = v.id AND n.kind = 'standin_wanted') NULLS FIRST, v.id LIMIT $6
"""


async def tell_leads(kind: str, seat: HeldSeat, now: datetime) -> int:
    """Alarm at once those who lead the shift, and the organisers' chat groups; how many accounts
    were told. As system."""
    return await shift_leads.tell(
        kind,
        seat.shift_id,
        seat.organisation_id,
        now,
        once=f"{kind}:{seat.id}:{now.isoformat()}",
        facts={"project": await words_of_shift(seat.shift_id), "starts_at": seat.starts_at},
    )


async def tell_possible(seat: HeldSeat, now: datetime) -> int:
    """Tell those who might take the seat, a few; how many. As system."""
    found = await rows(
        _POSSIBLE,
        seat.shift_id,
        seat.volunteer_id,
        now - KNOWN_FOR,
        seat.starts_at,
        seat.ends_at,
        POSSIBLE_MAX,
    )
    for row in found:
        await notifications.notify(
            "standin_wanted",
            row["id"],
            about=seat.shift_id,
            once=f"standin_wanted:{seat.id}",
            project=await words_of_shift(seat.shift_id),
            starts_at=seat.starts_at,
        )
    return len(found)


async def words_of_shift(shift_id: UUID) -> str:
    """What the shift is called in a message."""
    [row] = await rows(
        "SELECT p.name FROM shift s JOIN project p ON p.id = s.project_id WHERE s.id = $1",
        shift_id,
    )
    return str(row["name"])
