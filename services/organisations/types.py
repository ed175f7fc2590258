"""What is said of an organisation: what comes in, and what is shown."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import OrganisationEventKind, OrganisationKind, OrganisationState
from services.types import Name

Code = Annotated[
    str,
    Meta(
        max_length=40,
        pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)",
        description="A region code of a level; zeros at its end may be left out",
        examples=["310106", "310106012000"],
    ),
]
CreditCode = Annotated[
    str,
    Meta(
        max_length=40,
        pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)",
        description="统一社会信用代码, with its check digit",
        examples=["91110000600037341L"],
    ),
]
Reason = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=400,
        pattern=r"^[^\x00]*[^\x00-\x20\x7f\u3000][^\x00]*$",
        description="Why; it stays in the history",
    ),
]


class OrganisationIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A node to be made under `parent_id`; without it, under the account's own."""

    kind: OrganisationKind
    name: Name
    parent_id: UUID | None = None
    code: Code | None = None
    credit_code: CreditCode | None = None


class OrganisationEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A node's name and codes as they are to be. The codes below a new region code follow it."""

    name: Name
    code: Code | None = None
    credit_code: CreditCode | None = None
    reason: Reason


class MoveIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a node is to lie, and its region code there: none keeps it, an empty one takes it
    off."""

    parent_id: UUID
    code: Code | None = None
    reason: Reason


class MergeIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The node of the same kind that takes everything over."""

    into_id: UUID
    reason: Reason


class CloseIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a node ends."""

    reason: Reason


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the tree. Only a city has no parent; one that was merged lies under the node that
    took it over, so that its past stays in sight."""

    id: UUID
    kind: OrganisationKind
    name: str
    parent_id: UUID | None = None
    code: str | None = None
    credit_code: str | None = None
    state: OrganisationState = OrganisationState.ACTIVE
    merged_into_id: UUID | None = None


class NodeState(msgspec.Struct, frozen=True, kw_only=True):
    """A node at one moment, with the names that others had then."""

    name: str
    code: str | None = None
    credit_code: str | None = None
    parent_id: UUID | None = None
    parent_name: str | None = None
    state: OrganisationState = OrganisationState.ACTIVE
    merged_into_id: UUID | None = None
    merged_into_name: str | None = None
    took_over_id: UUID | None = None
    took_over_name: str | None = None


class OrganisationEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a node. `before` is missing where it was made."""

    id: UUID
    organisation_id: UUID
    kind: OrganisationEventKind
    made_at: datetime
    before: NodeState | None = None
    after: NodeState
    reason: str = ""
    account_id: UUID | None = None
    account_name: str | None = None


class NodeBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A node in a list of others."""

    id: UUID
    kind: OrganisationKind
    name: str


class MergePreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a merger would do. With anything in `refusals` it would be refused.

    `moving` are the active nodes right below, `codes_lost` those that no longer fit the codes
    above them, and `clashes` names that stand on both sides.
    """

    organisation_id: UUID
    into_id: UUID
    refusals: list[str] = []
    clashes: list[str] = []
    moving: list[NodeBrief] = []
    codes_lost: list[NodeBrief] = []
    memberships: int = 0
    roles_ending: int = 0
    programs_ending: int = 0
    people_staying: int = 0
    projects_staying: int = 0
    shifts_to_come: int = 0
