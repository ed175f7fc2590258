"""To whom a report goes: a level above those who run the shift, and nobody who runs it."""

from uuid import UUID

from services import rights
from services.database import rows
from services.rights import Actor, Right
from services.scope import as_system

# Whoever may organise at the project's node, or leads this shift, is no outsider.
INSIDER = (
    "EXISTS (SELECT 1 FROM role_grant o JOIN organisation_closure u "
    "ON u.ancestor_id = o.organisation_id WHERE o.account_id = {account} AND o.ended_at IS NULL "
    "AND o.role = 'organiser' AND u.descendant_id = p.organisation_id) "
    "OR EXISTS (SELECT 1 FROM shift_lead l WHERE l.account_id = {account} "
    "AND l.shift_id = s.id AND l.ended_at IS NULL)"
)
_LEVELS_WITH_READERS = f"""
    SELECT up.ancestor_id AS id, above.parent_id IS NULL AS is_top,
        (SELECT count(*) FROM organisation_closure d
            WHERE d.descendant_id = up.ancestor_id) AS depth,
        EXISTS (SELECT 1 FROM role_grant g JOIN account a ON a.id = g.account_id
            WHERE g.organisation_id = up.ancestor_id AND g.role = 'node_administrator'
            AND g.ended_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > now())
            AND a.state = 'active' AND NOT ({INSIDER.format(account="g.account_id")})) AS is_read
    FROM shift s JOIN project p ON p.id = s.project_id
        JOIN organisation_closure up ON up.descendant_id = p.organisation_id
        JOIN organisation above ON above.id = up.ancestor_id
    WHERE s.id = $1
        AND (above.kind IN ('street', 'district', 'city') OR above.parent_id IS NULL)
        AND (up.ancestor_id <> p.organisation_id OR above.parent_id IS NULL)
    ORDER BY depth DESC
"""


@as_system
async def recipient_of(shift_id: UUID) -> UUID:
    """The nearest street, district or city above the project's own node where somebody outside the
    project looks after reports; the city where there is nobody."""
    levels = await rows(_LEVELS_WITH_READERS, shift_id)
    read = [level["id"] for level in levels if level["is_read"]]
    found: UUID = read[0] if read else levels[-1]["id"]
    return found


@as_system
async def readers_of(recipient_id: UUID, shift_id: UUID) -> list[UUID]:
    """The accounts at that level which look after its reports, none that runs the shift."""
    found = await rows(
        "SELECT DISTINCT g.account_id FROM role_grant g JOIN account a ON a.id = g.account_id, "
        "shift s JOIN project p ON p.id = s.project_id "
        "WHERE s.id = $2 AND g.organisation_id = $1 AND g.role = 'node_administrator' "
        "AND g.ended_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > now()) "
        f"AND a.state = 'active' AND NOT ({INSIDER.format(account='g.account_id')}) "
        "ORDER BY g.account_id",
        recipient_id,
        shift_id,
    )
    return [row["account_id"] for row in found]


@as_system
async def is_insider(account_id: UUID, shift_id: UUID) -> bool:
    """Whether the account runs the shift: its reports are not for them."""
    return bool(
        await rows(
            "SELECT 1 FROM shift s JOIN project p ON p.id = s.project_id WHERE s.id = $1 "
            f"AND ({INSIDER.format(account='$2')})",
            shift_id,
            account_id,
        )
    )


async def may_read(actor: Actor, recipient_id: UUID, shift_id: UUID) -> bool:
    """Whether the actor looks after reports of that level, and is outside the project."""
    if not await rights.covers(actor, Right.READ_SAFETY_REPORTS, recipient_id):
        return False
    return not await is_insider(actor.account_id, shift_id)
