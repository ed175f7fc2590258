"""Who may do what: one table of roles and rights, and the questions that services ask of it.

A role is held at a node and is valid for everything below it. A volunteer and a guardian act for
people: themselves, and their wards. What lies outside is not there (404); what lies inside but is
not of the role is refused by name (403).
"""

from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import msgspec

from models.core import RoleName as RoleName
from services import scope
from services.database import rows
from services.errors import Defect, Forbidden, Invalid, NotFound, NotSignedIn
from services.scope import Scope

P = ParamSpec("P")
R = TypeVar("R")


class Right(StrEnum):
    """What a role may do at its node and below."""

    SEE_TREE = "see_tree"
    EDIT_TREE = "edit_tree"
    SEE_WORK = "see_work"
    RUN_WORK = "run_work"
    PLAN_ROUNDS = "plan_rounds"
    SEE_CLAIMS = "see_claims"
    SEE_PEOPLE = "see_people"
    REGISTER_PEOPLE = "register_people"
    REVEAL_PEOPLE = "reveal_people"
    MERGE_PEOPLE = "merge_people"
    VERIFY_SKILLS = "verify_skills"
    VERIFY_GUARDIANS = "verify_guardians"
    AWARD_POINTS = "award_points"
    SEE_TOTALS = "see_totals"
    EXPORT_HOURS = "export_hours"
    DEFINE_TAGS = "define_tags"
    ASSIGN_TAGS = "assign_tags"
    SEE_ROLES = "see_roles"
    GRANT_ROLES = "grant_roles"
    APPROVE_ROLES = "approve_roles"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_CLIENTS = "manage_clients"
    MANAGE_PROVIDERS = "manage_providers"
    RUN_RETENTION = "run_retention"
    SEE_AUDIT = "see_audit"
    CALL_UP = "call_up"
    LEAD_SHIFTS = "lead_shifts"
    READ_SAFETY_REPORTS = "read_safety_reports"


_R = Right
MATRIX: Mapping[RoleName, frozenset[Right]] = {
    RoleName.ORGANISER: frozenset(
        {
            _R.SEE_TREE,
            _R.SEE_WORK,
            _R.RUN_WORK,
            _R.PLAN_ROUNDS,
            _R.SEE_CLAIMS,
            _R.SEE_PEOPLE,
            _R.REGISTER_PEOPLE,
            _R.REVEAL_PEOPLE,
            _R.VERIFY_SKILLS,
            _R.VERIFY_GUARDIANS,
            _R.AWARD_POINTS,
            _R.SEE_TOTALS,
            _R.ASSIGN_TAGS,
            _R.LEAD_SHIFTS,
        }
    ),
    RoleName.SHIFT_LEAD: frozenset({_R.SEE_TREE, _R.SEE_WORK, _R.SEE_CLAIMS, _R.LEAD_SHIFTS}),
    RoleName.REPORTER: frozenset({_R.SEE_TREE, _R.SEE_WORK, _R.SEE_TOTALS, _R.EXPORT_HOURS}),
    RoleName.COORDINATOR: frozenset(
        {_R.SEE_TREE, _R.SEE_WORK, _R.SEE_CLAIMS, _R.SEE_PEOPLE, _R.CALL_UP}
    ),
    RoleName.AUDITOR: frozenset({_R.SEE_TREE, _R.SEE_AUDIT}),
    RoleName.NODE_ADMINISTRATOR: frozenset(
        {
            _R.SEE_TREE,
            _R.EDIT_TREE,
            _R.SEE_WORK,
            _R.SEE_PEOPLE,
            _R.MERGE_PEOPLE,
            _R.VERIFY_SKILLS,
            _R.VERIFY_GUARDIANS,
            _R.SEE_TOTALS,
            _R.DEFINE_TAGS,
            _R.ASSIGN_TAGS,
            _R.SEE_ROLES,
            _R.GRANT_ROLES,
            _R.APPROVE_ROLES,
            _R.READ_SAFETY_REPORTS,
        }
    ),
    # 三员分立: who keeps the system, who gives rights and who watches are three people.
    RoleName.SYSTEM_ADMINISTRATOR: frozenset(
        {
            _R.SEE_TREE,
            _R.EDIT_TREE,
            _R.MANAGE_ACCOUNTS,
            _R.MANAGE_CLIENTS,
            _R.MANAGE_PROVIDERS,
            _R.RUN_RETENTION,
        }
    ),
    RoleName.SECURITY_ADMINISTRATOR: frozenset(
        {_R.SEE_TREE, _R.SEE_ROLES, _R.GRANT_ROLES, _R.APPROVE_ROLES}
    ),
    RoleName.AUDIT_ADMINISTRATOR: frozenset({_R.SEE_TREE, _R.SEE_ROLES, _R.SEE_AUDIT}),
}
"""The rights of each role. docs/rights.md is printed from it; nothing else grants anything."""

SCOPES: Mapping[str, frozenset[Right]] = {
    "work:read": frozenset({_R.SEE_TREE, _R.SEE_WORK}),
    "work:write": frozenset({_R.SEE_TREE, _R.SEE_WORK, _R.RUN_WORK}),
    "people:read": frozenset({_R.SEE_TREE, _R.SEE_PEOPLE}),
    "people:write": frozenset({_R.SEE_TREE, _R.SEE_PEOPLE, _R.REGISTER_PEOPLE}),
    "tags:write": frozenset({_R.SEE_TREE, _R.SEE_PEOPLE, _R.ASSIGN_TAGS}),
    "points:write": frozenset({_R.SEE_TREE, _R.SEE_PEOPLE, _R.AWARD_POINTS}),
    "hours:export": frozenset({_R.SEE_TREE, _R.SEE_TOTALS, _R.EXPORT_HOURS}),
    "audit:read": frozenset({_R.SEE_TREE, _R.SEE_AUDIT}),
}
"""The rights of a machine's scopes, at the node of its client."""

# Which part of the data a right opens at the second wall.
_PARTS: Mapping[str, frozenset[Right]] = {
    "tree": frozenset({_R.SEE_TREE, _R.EDIT_TREE}),
    "work": frozenset({_R.SEE_WORK, _R.RUN_WORK, _R.PLAN_ROUNDS, _R.SEE_CLAIMS}),
    "people": frozenset({_R.SEE_PEOPLE, _R.REGISTER_PEOPLE, _R.MERGE_PEOPLE}),
    "rights": frozenset(
        {
            _R.SEE_ROLES,
            _R.GRANT_ROLES,
            _R.APPROVE_ROLES,
            _R.MANAGE_ACCOUNTS,
            _R.MANAGE_CLIENTS,
            _R.MANAGE_PROVIDERS,
        }
    ),
    "audit": frozenset({_R.SEE_AUDIT}),
    "reports": frozenset({_R.READ_SAFETY_REPORTS}),
}


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A role at a node; for a machine, one of its scopes."""

    organisation_id: UUID
    role: RoleName | None = None
    machine_scope: str | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """What it allows there and below."""
        if self.role is not None:
            return MATRIX[self.role]
        return SCOPES[self.machine_scope or ""]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: an account, the person that it is, the wards it answers for, its roles.

    `former` are records that were merged into the person's: their history, which nobody acts for.
    """

    account_id: UUID
    name: str
    volunteer_id: UUID | None = None
    wards: tuple[UUID, ...] = ()
    former: tuple[UUID, ...] = ()
    grants: tuple[Grant, ...] = ()
    session_id: UUID | None = None
    is_machine: bool = False

    @property
    def is_staff(self) -> bool:
        """Whether the account holds any role at any node."""
        return bool(self.grants)

    @property
    def persons(self) -> tuple[UUID, ...]:
        """The people for whom the account may act: itself first."""
        own = () if self.volunteer_id is None else (self.volunteer_id,)
        return own + self.wards

    @property
    def records(self) -> tuple[UUID, ...]:
        """The same with the records that were merged into the person's: all that is theirs."""
        return self.persons + self.former


class OutOfScope(NotFound):
    """It may be there, but not for this account; the answer is that of something that is not."""


def scope_of(actor: Actor | None) -> Scope:
    """The scope of the second wall in which an actor's statements run."""
    if actor is None:
        return scope.VISITOR
    parts: dict[str, Any] = {
        part: tuple(sorted({g.organisation_id for g in actor.grants if g.rights & rights}))
        for part, rights in _PARTS.items()
    }
    return Scope(account_id=actor.account_id, persons=actor.records, **parts)


def acting(
    function: Callable[Concatenate[Actor, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[Actor, P], Coroutine[Any, Any, R]]:
    """Let a service function act in the scope of its first argument, the actor."""

    @wraps(function)
    async def scoped(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
        async with scope.entered(scope_of(actor)):
            return await function(actor, *args, **kwargs)

    return scoped


def acting_for_anybody(
    function: Callable[Concatenate[Actor | None, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[Actor | None, P], Coroutine[Any, Any, R]]:
    """The same for what visitors may ask too."""

    @wraps(function)
    async def scoped(actor: Actor | None, /, *args: P.args, **kwargs: P.kwargs) -> R:
        async with scope.entered(scope_of(actor)):
            return await function(actor, *args, **kwargs)

    return scoped


def nodes(actor: Actor | None, right: Right) -> list[UUID]:
    """The nodes at which the actor has the right; it is valid for all that lies below them."""
    if actor is None:
        return []
    return sorted({grant.organisation_id for grant in actor.grants if right in grant.rights})


def has(actor: Actor | None, right: Right) -> bool:
    """Whether the actor has the right anywhere."""
    return bool(nodes(actor, right))


def require_anywhere(actor: Actor | None, right: Right) -> list[UUID]:
    """The nodes at which the actor has the right. Raises Forbidden if there are none."""
    if actor is None:
        raise NotSignedIn
    found = nodes(actor, right)
    if not found:
        raise Forbidden("right_missing", right=right.value)
    return found


async def covers(actor: Actor | None, right: Right, organisation_id: UUID) -> bool:
    """Whether the actor has the right at this node or at one above it."""
    return await _is_below(organisation_id, nodes(actor, right))


async def require(actor: Actor | None, right: Right, organisation_id: UUID) -> None:
    """Refuse an act at a node: OutOfScope where the actor sees nothing, Forbidden where the role
    does not have the right."""
    if actor is None:
        raise NotSignedIn
    if await covers(actor, right, organisation_id):
        return
    if not actor.grants:
        raise Forbidden("right_missing", right=right.value)
    if await _is_below(organisation_id, sorted({g.organisation_id for g in actor.grants})):
        raise Forbidden("right_missing", right=right.value)
    raise OutOfScope


async def require_right_then_node(
    actor: Actor | None, right: Right, organisation_id: UUID | None
) -> UUID:
    """The node meant: the one named, or the only one at which the actor has the right.

    Raises Forbidden without the right anywhere, Invalid where a node must be named or is outside.
    """
    found = require_anywhere(actor, right)
    if organisation_id is None:
        if len(found) > 1:
            raise Invalid([Defect("organisation_id", "name_the_node")])
        return found[0]
    if not await covers(actor, right, organisation_id):
        raise Invalid([Defect("organisation_id", "unknown_id")])
    return organisation_id


def require_person(actor: Actor | None) -> UUID:
    """The volunteer that the actor is. Raises Forbidden for accounts that are nobody's own."""
    if actor is None:
        raise NotSignedIn
    if actor.volunteer_id is None:
        raise Forbidden("volunteers_only")
    return actor.volunteer_id


def require_own(actor: Actor | None, volunteer_id: UUID) -> None:
    """The person must be the actor or their ward; for anybody else there is no such person."""
    if actor is None:
        raise NotSignedIn
    if volunteer_id not in actor.persons:
        raise OutOfScope


async def _is_below(organisation_id: UUID, above: list[UUID]) -> bool:
    if not above:
        return False
    return bool(
        await rows(
            "SELECT 1 FROM organisation_closure WHERE descendant_id = $1 "
            "AND ancestor_id = ANY($2::uuid[])",
            organisation_id,
            above,
        )
    )


async def load_grants(account_id: UUID, now: datetime) -> tuple[Grant, ...]:
    """The roles that an account holds now."""
    found = await rows(
        "SELECT role, organisation_id FROM role_grant WHERE account_id = $1 AND ended_at IS NULL "
        "AND (ends_at IS NULL OR ends_at > $2) ORDER BY role, organisation_id",
        account_id,
        now,
    )
    return tuple(
        Grant(role=RoleName(row["role"]), organisation_id=row["organisation_id"]) for row in found
    )


async def load_wards(account_id: UUID) -> tuple[UUID, ...]:
    """The minors for whom an account answers as a verified guardian."""
    found = await rows(
        "SELECT g.ward_id FROM guardianship g JOIN volunteer v ON v.id = g.ward_id "
        "WHERE g.guardian_id = $1 AND g.state = 'verified' AND v.age < 18 "
        "AND v.state = 'active' ORDER BY g.ward_id",
        account_id,
    )
    return tuple(row["ward_id"] for row in found)
