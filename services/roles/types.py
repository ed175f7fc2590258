"""Accounts and the roles that they hold, and which role may give which."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import AccountState
from services.paging import PageQuery
from services.rights import RoleName
from services.types import Instant, Name, Reason

THREE = frozenset(
    {
        RoleName.SYSTEM_ADMINISTRATOR,
        RoleName.SECURITY_ADMINISTRATOR,
        RoleName.AUDIT_ADMINISTRATOR,
    }
)
"""三员: who keeps the system, who gives rights, who watches. At the top of the tree only."""

GIVES: Mapping[RoleName, frozenset[RoleName]] = {
    # Not the auditor: nobody chooses who watches them.
    RoleName.NODE_ADMINISTRATOR: frozenset(
        {
            RoleName.ORGANISER,
            RoleName.SHIFT_LEAD,
            RoleName.REPORTER,
            RoleName.COORDINATOR,
            RoleName.NODE_ADMINISTRATOR,
        }
    ),
    RoleName.SECURITY_ADMINISTRATOR: frozenset(RoleName),
}
"""Which roles the holder of a role may give, approve and end, at its node and below."""


class GrantIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A role for an account at a node, and why. Without `ends_at` it lasts until it is ended."""

    account_id: UUID
    role: RoleName
    organisation_id: UUID
    reason: Reason
    ends_at: Instant | None = None


class RoleGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A role that an account holds at a node."""

    id: UUID
    role: RoleName
    organisation_id: UUID
    organisation_name: str
    since: datetime
    ends_at: datetime | None = None
    may_end: bool = False


class StaffAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account and those of its roles that lie inside the reader's subtree.

    `may_invite`: its owner has no password yet, and the reader may give them a code for it.
    """

    id: UUID
    name: str | None
    display_name: str
    state: AccountState
    has_signed_in: bool
    may_invite: bool
    roles: list[RoleGrant]


class AccountQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Accounts that hold a role, or whose name has this in it."""

    role: RoleName | None = None
    search: Annotated[str, Meta(max_length=120, pattern=r"^[^\x00]*$")] | None = None


class StaffIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who is to have an account: the name to sign in with, and what they are called."""

    name: Annotated[
        str,
        Meta(
            min_length=2,
            max_length=40,
            pattern=r"^[a-z0-9][a-z0-9._-]*[a-z0-9]$(?!\n)",
            description="Small letters, digits, `.`, `_`, `-`",
            examples=["li.ming"],
        ),
    ]
    display_name: Name
