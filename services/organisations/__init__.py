"""The organisation tree, and who may act where in it."""

from models.core import OrganisationEventKind, OrganisationKind, OrganisationState
from services.organisations.making import create, create_root
from services.organisations.reading import (
    counts_below,
    get,
    history,
    list_page,
    names,
    path,
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
from services.subtrees import SUBTREE, subtree_ids

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
    "counts_below",
    "create",
    "create_root",
    "get",
    "history",
    "list_page",
    "names",
    "path",
    "subtree_ids",
    "tops",
]
