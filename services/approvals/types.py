"""What a request is, and the table of the kinds that need two people."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from models.core import ApprovalKind as ApprovalKind
from models.core import ApprovalState as ApprovalState
from services.paging import PageQuery
from services.rights import Actor, Right


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """A request, who made it, whom it concerns, and what became of it."""

    id: UUID
    kind: ApprovalKind
    state: ApprovalState
    organisation_id: UUID
    organisation_name: str
    command: dict[str, str]
    reason: str
    requested_at: datetime
    requested_by: UUID
    requested_by_name: str
    concerns: UUID | None = None
    concerns_name: str | None = None
    decided_at: datetime | None = None
    decided_by_name: str | None = None
    expires_at: datetime
    may_decide: bool = False
    may_withdraw: bool = False


class Whose(StrEnum):
    """Which requests a list holds."""

    ALL = "all"
    MINE = "mine"
    TO_DECIDE = "to_decide"


class ApprovalQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Those that the account asked for, that wait for it, or all that it may see."""

    whose: Whose = Whose.ALL
    kind: ApprovalKind | None = None
    state: ApprovalState | None = None


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What an executor is told of the approval that it carries out."""

    id: UUID
    organisation_id: UUID
    command: Mapping[str, str]
    requested_by: UUID
    concerns: UUID | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of act that needs two people.

    `execute` runs in the approver's scope and transaction, and raises a ServiceError to undo the
    approval. `may_approve` is a further condition on who approves or refuses; it raises
    Forbidden.
    """

    asks: Right
    approves: Right
    execute: Callable[[Actor, Decided], Awaitable[None]]
    may_approve: Callable[[Actor, Decided], Awaitable[None]] | None = None


RULES: dict[ApprovalKind, Rule] = {}


def register(kind: ApprovalKind, rule: Rule) -> None:
    """Say what a kind needs and does. Once for each kind, when its part is loaded."""
    if kind in RULES:
        raise TypeError(f"{kind} is registered twice")
    RULES[kind] = rule
