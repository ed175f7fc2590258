"""One node takes another over: what would happen, and making it happen.

The node that is merged stays, under the one that took it over: people registered with it, its
projects, rounds, tags and history are in the same scope as before.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import OrganisationEventKind, OrganisationKind, OrganisationState
from services.database import rows
from services.errors import Conflict
from services.organisations.events import hold_tree, record, states
from services.organisations.reading import get
from services.organisations.rules import nearest_code
from services.organisations.types import MergeIn, MergePreview, NodeBrief, Organisation
from services.reorganising.changing import refuse_circle, require_active, require_both_ends
from services.reorganising.ending import end_grants, end_memberships, shifts_to_come
from services.rights import Actor, acting
from services.scope import as_system
from services.transactions import transaction

Kind = OrganisationEventKind

_MOVING = """
    SELECT id, kind, name FROM organisation WHERE parent_id = $1 AND state = 'active' AND id <> $2
    ORDER BY name, id
"""
# Beside each other under the node that takes over would stand: the children and the node itself.
_CLASHES = """
    SELECT there.name FROM organisation there JOIN organisation coming ON coming.name = there.name
    WHERE there.parent_id = $2 AND there.id <> $1 AND coming.id <> there.id AND (coming.id = $1
        OR (coming.parent_id = $1 AND coming.state = 'active' AND coming.id <> $2))
    UNION
    SELECT coming.name FROM organisation itself JOIN organisation coming
        ON coming.name = itself.name AND coming.parent_id = itself.id AND coming.state = 'active'
        AND coming.id <> $2 WHERE itself.id = $1
    ORDER BY 1
"""
_CODES_LOST = """
    SELECT o.id, o.kind, o.name FROM organisation_closure c
    JOIN organisation o ON o.id = c.descendant_id
    WHERE c.ancestor_id = $1 AND o.id <> $1 AND o.code IS NOT NULL
        AND $2::text IS NOT NULL AND NOT starts_with(o.code, $2) ORDER BY o.code
"""
_COUNTS = """
    SELECT
        (SELECT count(*) FROM membership WHERE organisation_id = $1
            AND coalesce(ends_on, 'infinity') >= $2) AS memberships,
        (SELECT count(*) FROM role_grant WHERE organisation_id = $1
            AND ended_at IS NULL) AS roles_ending,
        (SELECT count(*) FROM machine_client WHERE organisation_id = $1
            AND revoked_at IS NULL) AS programs_ending,
        (SELECT count(*) FROM volunteer WHERE organisation_id = $1
            AND state = 'active') AS people_staying,
        (SELECT count(*) FROM project WHERE organisation_id = $1) AS projects_staying
"""


@acting
async def merge_preview(
    actor: Actor, organisation_id: UUID, into_id: UUID, now: datetime, today: date
) -> MergePreview:
    """What `merge` would do now, and why it would be refused; nothing is changed."""
    node = await get(actor, organisation_id)
    other = await get(actor, into_id)
    refusals = []
    try:
        await _require(actor, organisation_id, into_id)
    except Conflict as refusal:
        refusals.append(refusal.reason)
    clashes = await _clashes(organisation_id, into_id)
    return MergePreview(
        organisation_id=node.id,
        into_id=other.id,
        refusals=[*refusals, *(["names_clash"] if clashes else [])],
        clashes=clashes,
        moving=_briefs(await rows(_MOVING, organisation_id, into_id)),
        codes_lost=_briefs(await _codes_lost(organisation_id, into_id)),
        shifts_to_come=await shifts_to_come(organisation_id, now),
        **await _counts(organisation_id, today),
    )


@acting
async def merge(
    actor: Actor, organisation_id: UUID, command: MergeIn, now: datetime, today: date
) -> Organisation:
    """Let another node of the same kind take a node over; the answer is the merged one.

    Nodes below go there; memberships end and begin anew there; roles and programs at the merged
    node end, and who loses a role is signed out. Region codes that no longer fit are taken off and
    stand in the history. Refused with `city_stays`, `merge_other_kind`, `organisation_cycle`,
    `organisation_not_active` and `names_clash`.
    """
    async with transaction():
        await hold_tree()
        await _require(actor, organisation_id, command.into_id)
        if clashes := await _clashes(organisation_id, command.into_id):
            raise Conflict("names_clash", names="、".join(clashes[:5]), count=len(clashes))
        await _take_over(organisation_id, command, today)
        await end_grants(organisation_id, now, actor.account_id)
    return await get(actor, organisation_id)


async def _require(actor: Actor, organisation_id: UUID, into_id: UUID) -> None:
    node = await require_active(actor, organisation_id)
    await require_both_ends(actor, node, into_id, "into_id")
    other = await require_active(actor, into_id)
    if other.kind is not node.kind:
        raise Conflict("merge_other_kind", kind=node.kind.value, other_kind=other.kind.value)
    await refuse_circle(organisation_id, into_id)


async def _take_over(organisation_id: UUID, command: MergeIn, today: date) -> None:
    moving = [row["id"] for row in await rows(_MOVING, organisation_id, command.into_id)]
    lost = [row["id"] for row in await _codes_lost(organisation_id, command.into_id)]
    touched = [organisation_id, command.into_id, *dict.fromkeys([*moving, *lost])]
    was = await states(touched)
    await rows("UPDATE organisation SET code = NULL WHERE id = ANY($1::uuid[])", lost)
    await rows(
        "UPDATE organisation SET parent_id = $2 WHERE id = ANY($1::uuid[])",
        moving,
        command.into_id,
    )
    await rows(
        "UPDATE organisation SET state = $3, merged_into_id = $2, parent_id = $2, code = NULL, "
        "credit_code = NULL WHERE id = $1",
        organisation_id,
        command.into_id,
        OrganisationState.MERGED.value,
    )
    await end_memberships(organisation_id, today, anew_at=command.into_id)
    await _tell(organisation_id, command, moving, lost, was)


async def _tell(
    organisation_id: UUID,
    command: MergeIn,
    moving: Sequence[UUID],
    lost: Sequence[UUID],
    was: dict[UUID, Any],
) -> None:
    """The history of the merged node, of the one that took it over, and of all below."""
    now = await states(list(was))
    for kind, ids in (
        (Kind.MERGED, [organisation_id]),
        (Kind.MOVED, moving),
        (Kind.RECODED, [each for each in lost if each not in set(moving)]),
    ):
        await record(kind, was, {each: now[each] for each in ids}, command.reason)
    took_over = {
        "took_over_id": organisation_id,
        "took_over_name": was[organisation_id].name,
    }
    await record(
        Kind.MERGED,
        was,
        {command.into_id: msgspec.structs.replace(now[command.into_id], **took_over)},
        command.reason,
    )


async def _clashes(organisation_id: UUID, into_id: UUID) -> list[str]:
    return [row["name"] for row in await rows(_CLASHES, organisation_id, into_id)]


async def _codes_lost(organisation_id: UUID, into_id: UUID) -> list[dict[str, Any]]:
    found = await nearest_code(into_id)
    return await rows(_CODES_LOST, organisation_id, found["code"] if found else None)


@as_system
async def _counts(organisation_id: UUID, today: date) -> dict[str, int]:
    """How much hangs on a node; whoever may change the tree sees numbers of it and no people."""
    [found] = await rows(_COUNTS, organisation_id, today)
    return found


def _briefs(found: list[dict[str, Any]]) -> list[NodeBrief]:
    return [
        NodeBrief(id=row["id"], kind=OrganisationKind(row["kind"]), name=row["name"])
        for row in found
    ]
