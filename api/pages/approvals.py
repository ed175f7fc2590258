"""What waits for a second person, what one asked for oneself, and what became of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.pages.clients import scope_words
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import approvals
from services.approvals import Approval, ApprovalQuery, Whose
from services.errors import Conflict, Forbidden, ServiceError
from services.paging import CURSOR_LENGTH_MAX
from services.rights import Actor

SHOWN: Final = 30
LISTS: Final = (
    (Whose.TO_DECIDE, mark("For you to decide")),
    (Whose.MINE, mark("Asked by you")),
    (Whose.ALL, mark("All requests")),
)
SAID: Final = {
    "approved": mark("Approved, and done."),
    "refused": mark("Refused. Nothing was done."),
    "withdrawn": mark("Taken back."),
    "asked": mark("Asked. It is done once a second person approves."),
}

Decide = Callable[[Actor, UUID, datetime], Awaitable[Approval]]


async def show_list(request: Request) -> Response:
    reader = await reader_of(request)
    return await _list_page(reader, _whose(request))


async def approve(request: Request) -> Response:
    return await _decide(request, approvals.approve)


async def refuse(request: Request) -> Response:
    return await _decide(request, approvals.refuse)


async def withdraw(request: Request) -> Response:
    return await _decide(request, approvals.withdraw)


async def _decide(request: Request, decide: Decide) -> Response:
    """Decide and show what is left; a refusal stands on top of what is there now."""
    reader = await reader_of(request)
    actor = reader.require_actor()
    try:
        decided = await decide(actor, request.path_params["approval_id"], reader.now)
    except Conflict as error:
        return await _list_page(reader, Whose.TO_DECIDE, error)
    whose = Whose.MINE if decided.requested_by == actor.account_id else Whose.TO_DECIDE
    return go_to(f"/admin/approvals?whose={whose.value}&said={decided.state.value}")


async def _list_page(reader: Reader, whose: Whose, refused: ServiceError | None = None) -> Response:
    actor = reader.require_actor()
    if not actor.is_staff:
        raise Forbidden
    after = reader.request.query_params.get("after", "")[:CURSOR_LENGTH_MAX] or None
    query = ApprovalQuery(limit=SHOWN, after=after, whose=whose)
    found = await approvals.list_page(actor, query, reader.now)
    said = SAID.get(reader.request.query_params.get("said", ""))
    facts = {
        "lists": LISTS,
        "whose": whose,
        "to_decide": await approvals.count_to_decide(actor, reader.now),
        "approvals": found.items,
        "next": found.next,
        "said": translations(reader.language).gettext(said) if said and not refused else None,
        "refusal": sentence(reader, refused) if refused else None,
        "read_moment": reader.moments.read,
        "scope_words": scope_words(reader),
    }
    return page(reader, "admin-approvals.html", refused.status if refused else 200, **facts)


def _whose(request: Request) -> Whose:
    try:
        return Whose(request.query_params.get("whose", ""))
    except ValueError:
        return Whose.TO_DECIDE
