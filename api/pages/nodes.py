"""Which node is meant: the choices of a form of the administration."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from api.pages.forms import text_of
from services import organisations, rights
from services.errors import NotFound
from services.paging import LIMIT_MAX, PageQuery
from services.rights import Actor, Right


async def node_choices(actor: Actor, right: Right, form: Mapping[str, str]) -> dict[str, Any]:
    """The nodes to choose from: the account's own first, then what lies below, as far as one list
    goes; beyond that they are searched for by name or code."""
    search = text_of(form, "q")[:120].replace("\x00", "")
    found = await organisations.list_page(actor, PageQuery(limit=LIMIT_MAX), text=search or None)
    own = set(rights.nodes(actor, right))
    nodes = sorted(found.items, key=lambda node: node.id not in own)
    chosen = form.get("organisation_id", "")
    if chosen and chosen not in {str(node.id) for node in nodes}:
        with suppress(NotFound, ValueError):
            nodes.insert(0, await organisations.get(actor, UUID(chosen)))
    return {"organisations": nodes, "has_more": found.next is not None or bool(search), "q": search}
