"""What is kept of each change of the tree: what was, what is, who and why."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from models.core import OrganisationEventKind, new_id
from services import audit, clock, scope
from services.audit import Act
from services.database import rows
from services.organisations.types import NodeState

# One change of the tree at a time: the same lock as the trigger that refuses circles.
_TREE_LOCK = 812
_STATE = """
    SELECT o.id, o.kind, o.name, o.code, o.credit_code, o.parent_id, p.name AS parent_name,
        o.state, o.merged_into_id, m.name AS merged_into_name
    FROM organisation o LEFT JOIN organisation p ON p.id = o.parent_id
        LEFT JOIN organisation m ON m.id = o.merged_into_id
    WHERE o.id = ANY($1::uuid[])
"""


async def hold_tree() -> None:
    """Wait until no other transaction is changing the tree, and keep it so to the end."""
    await rows("SELECT pg_advisory_xact_lock($1)", _TREE_LOCK)


async def states(ids: Sequence[UUID]) -> dict[UUID, NodeState]:
    """How these nodes are now."""
    return {row["id"]: _state(row) for row in await rows(_STATE, list(ids))}


def _state(row: dict[str, Any]) -> NodeState:
    known = {name: row[name] for name in row if name not in ("id", "kind")}
    return msgspec.convert(known, NodeState)


async def record(
    kind: OrganisationEventKind,
    before: dict[UUID, NodeState],
    after: dict[UUID, NodeState],
    reason: str = "",
) -> None:
    """Write one event and one line of the log for each node that is not as it was."""
    for organisation_id, now in after.items():
        was = before.get(organisation_id)
        if was == now:
            continue
        await rows(
            "INSERT INTO organisation_event (id, created_at, organisation_id, kind, before, after, "
            "reason, account_id) VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8)",
            new_id(),
            clock.now(),
            organisation_id,
            kind.value,
            "{}" if was is None else msgspec.json.encode(was).decode(),
            msgspec.json.encode(now).decode(),
            reason,
            scope.present().account_id,
        )
        await audit.record(
            Act.TREE_CHANGED,
            subject_kind="organisation",
            subject_id=organisation_id,
            organisation_id=organisation_id,
            change=kind.value,
        )
