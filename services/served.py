"""What a person gave, side by side: each organisation sees what was given to it (双报到).

What somebody gave altogether is for themself, and for an organisation to which they belong once
they agreed to show it there.
"""

from datetime import date
from uuid import UUID

import msgspec

from services import consents, rights, volunteers
from services.consents import Purpose
from services.database import rows
from services.member_groups import LIVE
from services.rights import Actor, Right, acting
from services.scope import as_system
from services.subtrees import SUBTREE

_LINES = """
    SELECT c.organisation_id, o.name AS organisation_name, count(*) AS shifts,
        sum(extract(epoch FROM c.ends_at - c.starts_at) / 60)::bigint AS minutes
    FROM claim c JOIN organisation o ON o.id = c.organisation_id
    WHERE c.volunteer_id = $2 AND c.state = 'served' AND {whose}
        -- It was decided that they were never there.
        AND NOT EXISTS (SELECT 1 FROM attendance a
            WHERE a.claim_id = c.id AND a.struck_at IS NOT NULL)
    GROUP BY c.organisation_id, o.name ORDER BY o.name, c.organisation_id
"""


class ServedLine(msgspec.Struct, frozen=True, kw_only=True):
    """Shifts that a person served for one organisation."""

    organisation_id: UUID
    organisation_name: str
    shifts: int
    minutes: int


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """The lines that the asker may see, and the total of all where the person shows it."""

    lines: list[ServedLine]
    total_minutes: int | None = None


@acting
async def of_person(actor: Actor, volunteer_id: UUID, *, today: date) -> Served:
    """Everything to the person; to others what was served at their own nodes, and the total of all
    places only with the person's standing consent to show it to one of these nodes."""
    if volunteer_id in actor.persons:
        lines = await _all(volunteer_id)
        return Served(lines=lines, total_minutes=sum(line.minutes for line in lines))
    nodes = rights.require_anywhere(actor, Right.SEE_PEOPLE)
    await volunteers.get(actor, volunteer_id, today=today)
    found = await rows(
        SUBTREE + _LINES.format(whose="c.organisation_id IN (SELECT id FROM subtree)"),
        nodes,
        volunteer_id,
    )
    lines = [msgspec.convert(row, ServedLine) for row in found]
    total = await _total(volunteer_id) if await _is_shown(nodes, volunteer_id, today) else None
    return Served(lines=lines, total_minutes=total)


async def _is_shown(nodes: list[UUID], volunteer_id: UUID, today: date) -> bool:
    found = await rows(
        f"{SUBTREE} SELECT DISTINCT m.organisation_id FROM membership m WHERE m.volunteer_id = $2 "
        f"AND m.organisation_id IN (SELECT id FROM subtree) AND {LIVE.format(day='$3::date')}",
        nodes,
        volunteer_id,
        today,
    )
    for row in found:
        recipient = str(row["organisation_id"])
        if await consents.stands(volunteer_id, Purpose.SHARE_TOTAL, recipient):
            return True
    return False


@as_system
async def _all(volunteer_id: UUID) -> list[ServedLine]:
    found = await rows(_LINES.format(whose="$1::uuid[] IS NOT NULL"), [volunteer_id], volunteer_id)
    return [msgspec.convert(row, ServedLine) for row in found]


async def _total(volunteer_id: UUID) -> int:
    return sum(line.minutes for line in await _all(volunteer_id))
