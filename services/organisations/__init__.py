"""The organisation tree, and who may act where in it."""

from models.core import OrganisationEventKind, OrganisationKind, OrganisationState
from services.organisations.changing import close, edit, move
from services.organisations.making import create, create_root
from services.organisations.merging import merge, merge_preview
from services.organisations.reading import (
    SUBTREE,
    counts_below,
    get,
    history,
    list_page,
    names,
    path,
    subtree_ids,
    tops,
)
from services.organisations.rules import LEVELS
from services.organisations.types import (
    CloseIn,
    MergeIn,
    MergePreview,
    MoveIn,
    NodeBrief,
    NodeState,
    Organisation,
    OrganisationEdit,
    OrganisationEvent,
    OrganisationIn,
)

__all__ = [
    "LEVELS",
    "SUBTREE",
    "CloseIn",
    "MergeIn",
    "MergePreview",
    "MoveIn",
    "NodeBrief",
    "NodeState",
    "Organisation",
    "OrganisationEdit",
    "OrganisationEvent",
    "OrganisationEventKind",
    "OrganisationIn",
    "OrganisationKind",
    "OrganisationState",
    "close",
    "counts_below",
    "create",
    "create_root",
    "edit",
    "get",
    "history",
    "list_page",
    "merge",
    "merge_preview",
    "move",
    "names",
    "path",
    "subtree_ids",
    "tops",
]
