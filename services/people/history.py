"""What a person has done at the asker's own nodes, whichever of their records it was done on."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from models.core import ClaimState
from services import rights, volunteers
from services.database import rows
from services.rights import Actor, Right, acting
from services.scope import as_system
from services.subtrees import SUBTREE

SHOWN = 20


class HistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A seat that somebody holds or held."""

    shift_id: UUID
    project_name: str
    role_name: str
    starts_at: datetime
    state: ClaimState


class FormerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was merged into this one."""

    volunteer_id: UUID
    external_key: str
    organisation_name: str
    merged_at: datetime
    reason: str


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The latest seats first, and the records that were merged into this one."""

    lines: list[HistoryLine]
    former: list[FormerRecord]


@acting
async def history(actor: Actor, volunteer_id: UUID, *, today: date) -> History:
    """For those who see the person: seats on shifts of nodes where they see claims."""
    await volunteers.get(actor, volunteer_id, today=today)
    former = await _former(volunteer_id)
    found = await rows(
        f"{SUBTREE} SELECT c.shift_id, p.name AS project_name, r.name AS role_name, "
        "c.starts_at, c.state FROM claim c JOIN role r ON r.id = c.role_id "
        "JOIN shift s ON s.id = c.shift_id JOIN project p ON p.id = s.project_id "
        "WHERE c.volunteer_id = ANY($2::uuid[]) "
        "AND c.organisation_id IN (SELECT id FROM subtree) "
        "ORDER BY c.starts_at DESC, c.id DESC LIMIT $3",
        rights.nodes(actor, Right.SEE_CLAIMS),
        [volunteer_id, *(each.volunteer_id for each in former)],
        SHOWN,
    )
    return History(lines=msgspec.convert(found, list[HistoryLine]), former=former)


@as_system
async def _former(volunteer_id: UUID) -> list[FormerRecord]:
    found = await rows(
        "SELECT m.merged_id AS volunteer_id, v.external_key, o.name AS organisation_name, "
        "m.created_at AS merged_at, m.reason FROM person_merge m "
        "JOIN volunteer v ON v.id = m.merged_id JOIN organisation o ON o.id = v.organisation_id "
        "WHERE m.kept_id = $1 ORDER BY m.created_at, m.id",
        volunteer_id,
    )
    return msgspec.convert(found, list[FormerRecord])
