"""Who holds which role where: what an account may see of it."""

from typing import Any
from uuid import UUID

from models.core import AccountState
from services import rights
from services.database import rows
from services.errors import NotFound
from services.paging import Page, decode_cursor, page_of
from services.rights import Actor, Right, RoleName, acting
from services.roles.types import GIVES, THREE, AccountQuery, RoleGrant, StaffAccount
from services.scope import as_system

_COLUMNS = "a.id, a.name, a.display_name, a.state, a.password_hash IS NOT NULL AS has, a.invited_by"
_WITHIN = (
    "g.organisation_id IN (SELECT descendant_id FROM organisation_closure "
    "WHERE ancestor_id = ANY($1::uuid[]))"
)


@acting
async def list_page(actor: Actor, query: AccountQuery) -> Page[StaffAccount]:
    """The accounts that hold a role in the subtree, in the order in which they were made, each
    with its roles there and no others; and those that the actor made, which hold none yet."""
    nodes = _nodes(actor)
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        f"SELECT {_COLUMNS} FROM account a WHERE (EXISTS (SELECT 1 FROM role_grant g "
        "WHERE g.account_id = a.id AND g.ended_at IS NULL AND ($2::text IS NULL OR g.role = $2) "
        f"AND {_WITHIN}) OR ($2 IS NULL AND a.invited_by = $6)) "
        "AND ($3::text IS NULL OR position(lower($3) IN lower(a.display_name)) > 0 "
        "OR position(lower($3) IN lower(a.name)) > 0) "
        "AND ($4::uuid IS NULL OR a.id > $4) ORDER BY a.id LIMIT $5",
        nodes,
        query.role and query.role.value,
        query.search or None,
        after,
        query.limit + 1,
        actor.account_id,
    )
    held = await _roles(actor, nodes, [row["id"] for row in found])
    views = [_view(actor, row, held.get(row["id"], [])) for row in found]
    return page_of(views, [row["id"] for row in found], query.limit)


@acting
async def get(actor: Actor, account_id: UUID) -> StaffAccount:
    """One account that `list_page` would list."""
    nodes = _nodes(actor)
    held = await _roles(actor, nodes, [account_id])
    found = await rows(f"SELECT {_COLUMNS} FROM account a WHERE a.id = $1", account_id)
    if not found or not (held or found[0]["invited_by"] == actor.account_id):
        raise NotFound
    return _view(actor, found[0], held.get(account_id, []))


@acting
async def find(actor: Actor, name: str) -> StaffAccount:
    """The account that signs in by exactly this name, to give it a role: whoever may give roles
    has to be able to name somebody who holds none yet. Its roles are those inside the subtree."""
    nodes = rights.require_anywhere(actor, Right.GRANT_ROLES)
    found = await _named(name)
    if not found:
        raise NotFound("account_unknown")
    held = await _roles(actor, nodes, [found[0]["id"]])
    return _view(actor, found[0], held.get(found[0]["id"], []))


def givable(actor: Actor, node: UUID | None = None) -> list[RoleName]:
    """The roles that the account may give somewhere, or by its roles at this very node."""
    held = {
        grant.role
        for grant in actor.grants
        if grant.role is not None and (node is None or grant.organisation_id == node)
    }
    return [role for role in RoleName if any(role in GIVES.get(giver, ()) for giver in held)]


async def may_give(actor: Actor, role: RoleName, organisation_id: UUID) -> bool:
    """Whether one of the account's roles, at this node or above, gives this one."""
    givers = [
        grant.organisation_id
        for grant in actor.grants
        if grant.role is not None and role in GIVES.get(grant.role, ())
    ]
    return bool(
        await rows(
            "SELECT 1 FROM organisation_closure c JOIN organisation o ON o.id = c.descendant_id "
            "WHERE c.descendant_id = $1 AND c.ancestor_id = ANY($2::uuid[]) "
            "AND ($3 OR o.parent_id IS NULL)",
            organisation_id,
            givers,
            role not in THREE,
        )
    )


def _nodes(actor: Actor) -> list[UUID]:
    """Where the account sees roles; nowhere for who only manages accounts."""
    if rights.has(actor, Right.MANAGE_ACCOUNTS):
        return rights.nodes(actor, Right.SEE_ROLES)
    return rights.require_anywhere(actor, Right.SEE_ROLES)


@as_system
async def _named(name: str) -> list[dict[str, Any]]:
    return await rows(
        f"SELECT {_COLUMNS} FROM account a WHERE a.name = $1 AND a.state <> 'closed'", name
    )


async def _roles(
    actor: Actor, nodes: list[UUID], account_ids: list[UUID]
) -> dict[UUID, list[RoleGrant]]:
    found = await rows(
        "SELECT g.id, g.account_id, g.role, g.organisation_id, g.created_at, g.ends_at, "
        "o.name AS organisation_name FROM role_grant g "
        "JOIN organisation o ON o.id = g.organisation_id "
        f"WHERE g.account_id = ANY($2::uuid[]) AND g.ended_at IS NULL AND {_WITHIN} ORDER BY g.id",
        nodes,
        account_ids,
    )
    held: dict[UUID, list[RoleGrant]] = {}
    for row in found:
        role = RoleName(row["role"])
        is_own = row["account_id"] == actor.account_id
        may_end = is_own or await may_give(actor, role, row["organisation_id"])
        held.setdefault(row["account_id"], []).append(
            RoleGrant(
                id=row["id"],
                role=role,
                organisation_id=row["organisation_id"],
                organisation_name=row["organisation_name"],
                since=row["created_at"],
                ends_at=row["ends_at"],
                may_end=may_end,
            )
        )
    return held


def _view(actor: Actor, row: dict[str, Any], held: list[RoleGrant]) -> StaffAccount:
    is_open = not row["has"] and row["invited_by"] is not None and row["state"] == "active"
    is_inviter = row["invited_by"] == actor.account_id
    return StaffAccount(
        id=row["id"],
        name=row["name"],
        display_name=row["display_name"],
        state=AccountState(row["state"]),
        has_signed_in=row["has"],
        may_invite=is_open and (is_inviter or rights.has(actor, Right.MANAGE_ACCOUNTS)),
        roles=held,
    )
