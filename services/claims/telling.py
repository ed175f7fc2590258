"""Telling people of the seats that somebody else took for them."""

from uuid import UUID

from services.database import rows
from services.notifications import notify
from services.rights import Actor
from services.scope import as_system


@as_system
async def tell_taken_for(actor: Actor, claim_id: UUID) -> None:
    """Tell a young person that their guardian claimed, or said yes, in their name.

    Nobody is told of what they did themselves.
    """
    [row] = await rows(
        "SELECT c.volunteer_id, c.starts_at, p.name AS project_name FROM claim c "
        "JOIN shift s ON s.id = c.shift_id JOIN project p ON p.id = s.project_id WHERE c.id = $1",
        claim_id,
    )
    if row["volunteer_id"] not in actor.wards:
        return
    await notify(
        "claimed_by_guardian",
        row["volunteer_id"],
        about=claim_id,
        once=f"claimed_for:{claim_id}",
        project=row["project_name"],
        starts_at=row["starts_at"],
    )
