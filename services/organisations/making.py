"""New nodes."""

from uuid import UUID

from models.core import OrganisationEventKind, OrganisationKind, OrganisationState, new_id
from services import rights
from services.database import rows
from services.errors import Conflict, Defect, Invalid
from services.organisations.events import record, states
from services.organisations.reading import COLUMNS, view
from services.organisations.rules import require_code_of_parent, require_codes, require_place
from services.organisations.types import Organisation, OrganisationIn
from services.rights import Actor, Right, acting
from services.scope import as_system
from services.transactions import transaction


@acting
async def create(actor: Actor, command: OrganisationIn) -> Organisation:
    """A new node in the account's subtree.

    A level of government lies under a higher one; every other body lies anywhere. Refused with
    `wrong_parent`, `organisation_not_active`, `name_taken`, `code_taken`, or Invalid for codes.
    """
    found = rights.require_anywhere(actor, Right.EDIT_TREE)
    parent_id = command.parent_id or found[0]
    if not await rights.covers(actor, Right.EDIT_TREE, parent_id):
        raise Invalid([Defect("parent_id", "unknown_id")])
    [parent] = await rows("SELECT kind, state FROM organisation WHERE id = $1", parent_id)
    require_place(command.kind, OrganisationKind(parent["kind"]))
    if parent["state"] != OrganisationState.ACTIVE:
        raise Conflict("organisation_not_active", state=parent["state"])
    code, credit_code = require_codes(command.kind, command.code, command.credit_code)
    await require_code_of_parent(code, parent_id)
    return await insert(command.kind, parent_id, command.name, code, credit_code)


@as_system
async def create_root(name: str) -> Organisation:
    """A city, the top of a tree. For whoever sets up the service; no account can do this."""
    return await insert(OrganisationKind.CITY, None, name)


async def insert(
    kind: OrganisationKind,
    parent_id: UUID | None,
    name: str,
    code: str | None = None,
    credit_code: str | None = None,
) -> Organisation:
    """The node, with the first event of its history."""
    async with transaction():
        [row] = await rows(
            "INSERT INTO organisation AS o (id, created_at, kind, parent_id, name, code, "
            "credit_code, state) VALUES ($1, now(), $2, $3, $4, $5, $6, $7) "
            f"RETURNING {COLUMNS}",
            new_id(),
            kind.value,
            parent_id,
            name,
            code,
            credit_code,
            OrganisationState.ACTIVE.value,
        )
        await record(OrganisationEventKind.MADE, {}, await states([row["id"]]))
    return view(row)
