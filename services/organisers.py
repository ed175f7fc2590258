"""Who organises at a node: whom the service tells what an organiser has to decide."""

from datetime import datetime
from uuid import UUID

from services.database import rows
from services.scope import as_system

_ABOVE = (
    "SELECT g.account_id, (SELECT count(*) FROM organisation_closure d "
    "WHERE d.descendant_id = u.ancestor_id) AS depth FROM organisation_closure u "
    "JOIN role_grant g ON g.organisation_id = u.ancestor_id AND g.role = 'organiser' "
    "AND g.ended_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > $2) "
    "WHERE u.descendant_id = $1 ORDER BY depth DESC, g.account_id"
)


@as_system
async def nearest(organisation_id: UUID, now: datetime) -> list[UUID]:
    """The accounts of those who organise at the node, or at the nearest above that has any."""
    found = await rows(_ABOVE, organisation_id, now)
    return [each["account_id"] for each in found if each["depth"] == found[0]["depth"]]
