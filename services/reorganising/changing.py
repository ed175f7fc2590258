"""Renaming, recoding, moving and closing a node; each with its place in the history."""

from datetime import date, datetime
from uuid import UUID

from models.core import OrganisationEventKind, OrganisationKind, OrganisationState
from services import rights
from services.database import rows
from services.errors import Conflict, Defect, Invalid
from services.organisations.events import hold_tree, record, states
from services.organisations.reading import get
from services.organisations.rules import require_code_of_parent, require_codes, require_place
from services.organisations.types import CloseIn, MoveIn, Organisation, OrganisationEdit
from services.reorganising.ending import end_grants, end_memberships, shifts_to_come
from services.rights import Actor, Right, acting
from services.transactions import transaction
from services.versions import require_match

Kind = OrganisationEventKind


@acting
async def edit(
    actor: Actor, organisation_id: UUID, command: OrganisationEdit, if_match: str | None
) -> Organisation:
    """Give a node another name or other codes. A new region code of the same length is taken over
    by all codes below; of another length it must still begin them."""
    async with transaction():
        await hold_tree()
        before = await require_active(actor, organisation_id)
        require_match(if_match, before)
        code, credit_code = require_codes(before.kind, command.code, command.credit_code)
        await require_code_of_parent(code, before.parent_id)
        was = await states([organisation_id])
        await rows(
            "UPDATE organisation SET name = $2, credit_code = $3 WHERE id = $1",
            organisation_id,
            command.name,
            credit_code,
        )
        await recode(organisation_id, before.code, code, command.reason)
        is_renamed = command.name != before.name
        await record(
            Kind.RENAMED if is_renamed else Kind.RECODED,
            was,
            await states([organisation_id]),
            command.reason,
        )
    return await get(actor, organisation_id)


@acting
async def move(actor: Actor, organisation_id: UUID, command: MoveIn) -> Organisation:
    """Lay a node with everything below it under another one. The account must be able to change
    the tree where the node lies and where it is to lie.

    Refused with `city_stays`, `organisation_cycle`, `wrong_parent`, `organisation_not_active`,
    `name_taken`, and Invalid for a code that does not belong there.
    """
    async with transaction():
        await hold_tree()
        before = await require_active(actor, organisation_id)
        await require_both_ends(actor, before, command.parent_id, "parent_id")
        parent = await require_active(actor, command.parent_id)
        await refuse_circle(organisation_id, command.parent_id)
        require_place(before.kind, parent.kind)
        code = before.code
        if command.code is not None:
            code, _ = require_codes(before.kind, command.code, None)
        await require_code_of_parent(code, command.parent_id)
        was = await states([organisation_id])
        await rows(
            "UPDATE organisation SET parent_id = $2 WHERE id = $1",
            organisation_id,
            command.parent_id,
        )
        await recode(organisation_id, before.code, code, command.reason)
        await record(Kind.MOVED, was, await states([organisation_id]), command.reason)
    return await get(actor, organisation_id)


@acting
async def close(
    actor: Actor, organisation_id: UUID, command: CloseIn, now: datetime, today: date
) -> Organisation:
    """End a node. Its past stays where it is; memberships and roles at it end, its codes are free.

    Refused with `has_active_below` and `shifts_to_come`: nobody's seat is taken away by this.
    """
    async with transaction():
        await hold_tree()
        before = await require_active(actor, organisation_id)
        if before.parent_id is None:
            raise Conflict("city_stays")
        await rights.require(actor, Right.EDIT_TREE, before.parent_id)
        below = await rows(
            "SELECT 1 FROM organisation WHERE parent_id = $1 AND state = 'active'", organisation_id
        )
        if below:
            raise Conflict("has_active_below", count=len(below))
        if coming := await shifts_to_come(organisation_id, now):
            raise Conflict("shifts_to_come", count=coming)
        was = await states([organisation_id])
        await end_memberships(organisation_id, today)
        await rows(
            "UPDATE organisation SET state = 'closed', code = NULL, credit_code = NULL "
            "WHERE id = $1",
            organisation_id,
        )
        await record(Kind.CLOSED, was, await states([organisation_id]), command.reason)
        await end_grants(organisation_id, now, actor.account_id)
    return await get(actor, organisation_id)


async def require_active(actor: Actor, organisation_id: UUID) -> Organisation:
    """The node, which the account may change and which is neither merged nor closed."""
    await rights.require(actor, Right.EDIT_TREE, organisation_id)
    found = await get(actor, organisation_id)
    if found.state is not OrganisationState.ACTIVE:
        raise Conflict("organisation_not_active", state=found.state.value)
    return found


async def require_both_ends(actor: Actor, node: Organisation, other_id: UUID, place: str) -> None:
    """The account may change the tree where the node lies now and at the other end."""
    if node.kind is OrganisationKind.CITY or node.parent_id is None:
        raise Conflict("city_stays")
    await rights.require(actor, Right.EDIT_TREE, node.parent_id)
    if not await rights.covers(actor, Right.EDIT_TREE, other_id):
        raise Invalid([Defect(place, "unknown_id")])


async def refuse_circle(organisation_id: UUID, other_id: UUID) -> None:
    """Nothing lies under itself, however deep."""
    if await rows(
        "SELECT 1 FROM organisation_closure WHERE ancestor_id = $1 AND descendant_id = $2",
        organisation_id,
        other_id,
    ):
        raise Conflict("organisation_cycle")


async def recode(organisation_id: UUID, before: str | None, after: str | None, reason: str) -> None:
    """Give a node its region code, and let the codes below begin with it."""
    if before == after:
        return
    await rows("UPDATE organisation SET code = $2 WHERE id = $1", organisation_id, after)
    if after is None:
        return
    below = await rows(
        "SELECT o.id, o.name, o.code FROM organisation_closure c JOIN organisation o "
        "ON o.id = c.descendant_id WHERE c.ancestor_id = $1 AND o.id <> $1 "
        "AND o.code IS NOT NULL AND NOT starts_with(o.code, $2) ORDER BY o.code",
        organisation_id,
        after,
    )
    if not below:
        return
    if before is None or len(before) != len(after):
        facts = {"name": below[0]["name"], "code": below[0]["code"]}
        raise Invalid([Defect("code", "codes_below_differ", parameters=facts)])
    ids = [row["id"] for row in below]
    was = await states(ids)
    await rows(
        "UPDATE organisation SET code = $2 || substr(code, length($2) + 1) "
        "WHERE id = ANY($1::uuid[])",
        ids,
        after,
    )
    await record(Kind.RECODED, was, await states(ids), reason)
