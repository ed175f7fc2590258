"""The organisation tree, for those who look after it: down step by step, one node at a time."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, get_args
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import memberships, organisations, reorganising, rights, totals
from services.errors import Conflict, Invalid, NotFound, ServiceError
from services.organisations import (
    CloseIn,
    MergeIn,
    MoveIn,
    Organisation,
    OrganisationEdit,
    OrganisationIn,
    OrganisationKind,
)
from services.paging import CURSOR_LENGTH_MAX, PageQuery
from services.rights import Actor, Right
from services.versions import etag_of

CHILDREN_SHOWN: Final = 40
FOUND_SHOWN: Final = 30
EVENTS_SHOWN: Final = 12
LINES_SHOWN: Final = 30
CHOICES_SHOWN: Final = 20
TEXT_LENGTH_MAX: Final = 120
SAID: Final[Mapping[str, str]] = {
    "made": mark("It is set up."),
    "edited": mark("Name and codes are as you wrote them."),
    "moved": mark("It lies here now, with everything below it."),
    "merged": mark("It is merged; what it had is found here."),
    "closed": mark("It is closed; its past stays."),
    "answered": mark("The request is answered."),
}


async def show_top(request: Request) -> Response:
    """Where the account's sight begins, or what a search finds in it."""
    reader = await reader_of(request)
    actor = reader.require_actor()
    rights.require_anywhere(actor, Right.SEE_TREE)
    text = _asked(reader, "text")
    following = None
    if text:
        found = await organisations.list_page(actor, _query(reader, FOUND_SHOWN), text=text)
        nodes, following = found.items, found.next
    else:
        nodes = await organisations.tops(actor)
        if len(nodes) == 1:
            return await _node_page(reader, nodes[0].id)
    below = await organisations.counts_below(actor, [node.id for node in nodes])
    return page(reader, "admin-tree.html", text=text, below=below, nodes=nodes, next=following)


async def show_node(request: Request) -> Response:
    return await _node_page(await reader_of(request), _id(request))


async def add(request: Request) -> Response:
    """A new node below this one."""

    async def make(actor: Actor, node_id: UUID, form: Mapping[str, str]) -> str:
        given = {
            "kind": text_of(form, "kind"),
            "name": text_of(form, "name"),
            "parent_id": str(node_id),
            **_codes(form),
        }
        made = await organisations.create(actor, read_command(given, OrganisationIn))
        return f"/admin/tree/{made.id}?said=made"

    return await _do(request, make, "add")


async def edit(request: Request) -> Response:
    """Another name or other codes."""

    async def change(actor: Actor, node_id: UUID, form: Mapping[str, str]) -> str:
        given = {"name": text_of(form, "name"), "reason": text_of(form, "reason"), **_codes(form)}
        command = read_command(given, OrganisationEdit)
        await reorganising.edit(actor, node_id, command, text_of(form, "version") or None)
        return f"/admin/tree/{node_id}?said=edited"

    return await _do(request, change, "edit")


async def close(request: Request) -> Response:
    reader = await reader_of(request)
    today = reader.moments.day_of(reader.now)

    async def end(actor: Actor, node_id: UUID, form: Mapping[str, str]) -> str:
        command = read_command({"reason": text_of(form, "reason")}, CloseIn)
        await reorganising.close(actor, node_id, command, reader.now, today)
        return f"/admin/tree/{node_id}?said=closed"

    return await _do(request, end, "close")


async def show_move(request: Request) -> Response:
    return await _move_page(await reader_of(request), _id(request))


async def move(request: Request) -> Response:
    reader = await reader_of(request)
    node_id, form = _id(request), await form_of(request)
    given = {
        "parent_id": text_of(form, "other_id"),
        "reason": text_of(form, "reason"),
        "code": text_of(form, "code"),
    }
    try:
        await reorganising.move(reader.require_actor(), node_id, read_command(given, MoveIn))
    except (Conflict, Invalid) as error:
        return await _move_page(reader, node_id, form, error)
    return go_to(f"/admin/tree/{node_id}?said=moved")


async def show_merge(request: Request) -> Response:
    return await _merge_page(await reader_of(request), _id(request))


async def merge(request: Request) -> Response:
    reader = await reader_of(request)
    node_id, form = _id(request), await form_of(request)
    given = {"into_id": text_of(form, "other_id"), "reason": text_of(form, "reason")}
    try:
        command = read_command(given, MergeIn)
        today = reader.moments.day_of(reader.now)
        await reorganising.merge(reader.require_actor(), node_id, command, reader.now, today)
    except (Conflict, Invalid) as error:
        return await _merge_page(reader, node_id, form, error)
    return go_to(f"/admin/tree/{command.into_id}?said=merged")


async def show_members(request: Request) -> Response:
    return await _members_page(await reader_of(request), _id(request))


async def accept(request: Request) -> Response:
    reader = await reader_of(request)
    today = reader.moments.day_of(reader.now)
    return await _answer(
        reader,
        request,
        lambda actor, line: memberships.accept(actor, line, today=today),
    )


async def refuse(request: Request) -> Response:
    reader = await reader_of(request)
    return await _answer(reader, request, memberships.refuse)


async def show_contributions(request: Request) -> Response:
    """What the node itself reported, the newest first."""
    reader = await reader_of(request)
    actor, node_id = reader.require_actor(), _id(request)
    found = await totals.contributions(actor, node_id, _query(reader, LINES_SHOWN))
    way = await organisations.path(actor, node_id)
    return page(
        reader,
        "admin-tree-contributions.html",
        node=way[-1],
        lines=found.items,
        next=found.next,
    )


Change = Callable[[Actor, UUID, Mapping[str, str]], Awaitable[str]]


async def _do(request: Request, act: Change, form_name: str) -> Response:
    """Change the node and go on; a refusal stands on top of the node, its form open."""
    reader, form = await reader_of(request), await form_of(request)
    node_id = _id(request)
    try:
        return go_to(await act(reader.require_actor(), node_id, form))
    except (Conflict, Invalid) as error:
        return await _node_page(reader, node_id, error, form_name, form)


async def _answer(
    reader: Reader, request: Request, act: Callable[[Actor, UUID], Awaitable[Any]]
) -> Response:
    actor = reader.require_actor()
    line = await memberships.get(actor, request.path_params["membership_id"])
    try:
        await act(actor, line.id)
    except Conflict as error:
        return await _members_page(reader, line.organisation_id, error)
    return go_to(f"/admin/tree/{line.organisation_id}/members?said=answered")


async def _node_page(
    reader: Reader,
    node_id: UUID,
    refused: ServiceError | None = None,
    opened: str = "",
    form: Mapping[str, str] | None = None,
) -> Response:
    actor = reader.require_actor()
    await rights.require(actor, Right.SEE_TREE, node_id)
    way = await organisations.path(actor, node_id)
    node = way[-1]
    children = await organisations.list_page(
        actor, _query(reader, CHILDREN_SHOWN), parent_id=node_id
    )
    parent = node.parent_id or node.id
    facts = {
        "node": node,
        "way": [each for each in way[:-1] if await rights.covers(actor, Right.SEE_TREE, each.id)],
        "children": children.items,
        "next": children.next,
        "below": await organisations.counts_below(actor, [each.id for each in children.items]),
        "history": (
            await organisations.history(actor, node_id, PageQuery(limit=EVENTS_SHOWN))
        ).items,
        "totals": await _totals(reader, actor, node_id),
        "sees_people": await rights.covers(actor, Right.SEE_PEOPLE, node_id),
        "may_edit": node.state == "active" and await rights.covers(actor, Right.EDIT_TREE, node_id),
        "may_move": node.parent_id is not None
        and await rights.covers(actor, Right.EDIT_TREE, parent),
        "kinds": [kind for kind in OrganisationKind if kind is not OrganisationKind.CITY],
        "opened": opened,
        "form": form or {},
        "version": etag_of(node),
    }
    return _page(reader, "admin-tree-node.html", refused, **facts)


async def _totals(reader: Reader, actor: Actor, node_id: UUID) -> totals.Totals | None:
    if not await rights.covers(actor, Right.SEE_TOTALS, node_id):
        return None
    return await totals.of(actor, node_id, reader.now, reader.moments.day_of(reader.now))


async def _move_page(
    reader: Reader,
    node_id: UUID,
    form: Mapping[str, str] | None = None,
    refused: ServiceError | None = None,
) -> Response:
    """First where to, looked for by name or code; then what changes, and why."""
    actor = reader.require_actor()
    node = await _editable(actor, node_id)
    other_id = text_of(form, "other_id") if form else _asked(reader, "other_id")
    facts = {
        "node": node,
        "other": await _other(actor, other_id),
        "choices": await _choices(reader, actor, node),
        "text": _asked(reader, "text"),
        "form": form or {"code": node.code or ""},
    }
    return _page(reader, "admin-tree-move.html", refused, **facts)


async def _merge_page(
    reader: Reader,
    node_id: UUID,
    form: Mapping[str, str] | None = None,
    refused: ServiceError | None = None,
) -> Response:
    """First into which, then what would happen, and only then the button."""
    actor = reader.require_actor()
    node = await _editable(actor, node_id)
    other = await _other(actor, text_of(form, "other_id") if form else _asked(reader, "other_id"))
    preview = None
    if other is not None:
        preview = await reorganising.merge_preview(
            actor, node.id, other.id, reader.now, reader.moments.day_of(reader.now)
        )
    facts = {
        "node": node,
        "other": other,
        "preview": preview,
        "refusals": [_refusal(reader, code, node, other) for code in preview.refusals]
        if preview and other
        else [],
        "choices": await _choices(reader, actor, node, same_kind=True),
        "text": _asked(reader, "text"),
        "form": form or {},
    }
    return _page(reader, "admin-tree-merge.html", refused, **facts)


def _refusal(reader: Reader, code: str, node: Organisation, other: Organisation) -> str:
    facts = {"kind": node.kind.value, "other_kind": other.kind.value}
    return sentence(reader, Conflict(code, **facts))


async def _editable(actor: Actor, node_id: UUID) -> Organisation:
    await rights.require(actor, Right.EDIT_TREE, node_id)
    return await organisations.get(actor, node_id)


async def _other(actor: Actor, other_id: str) -> Organisation | None:
    try:
        return await organisations.get(actor, UUID(other_id))
    except (ValueError, NotFound):
        return None


async def _choices(
    reader: Reader, actor: Actor, node: Organisation, *, same_kind: bool = False
) -> list[Organisation]:
    text = _asked(reader, "text")
    if not text:
        return []
    found = await organisations.list_page(
        actor,
        PageQuery(limit=CHOICES_SHOWN),
        text=text,
        kind=node.kind if same_kind else None,
        state=organisations.OrganisationState.ACTIVE,
    )
    return [each for each in found.items if each.id != node.id]


async def _members_page(
    reader: Reader, node_id: UUID, refused: ServiceError | None = None
) -> Response:
    actor = reader.require_actor()
    today = reader.moments.day_of(reader.now)
    asked = _asked(reader, "when")
    whens: tuple[memberships.When, ...] = get_args(memberships.When)
    when = next((each for each in whens if each == asked), whens[0])
    query = _query(reader, LINES_SHOWN)
    found = await memberships.members(actor, node_id, query, today=today, when=when)
    waiting = await memberships.members(
        actor, node_id, PageQuery(limit=LINES_SHOWN), today=today, when="requested"
    )
    facts = {
        "node": await organisations.get(actor, node_id),
        "members": found.items,
        "next": found.next,
        "when": when,
        "waiting": len(waiting.items),
        "may_answer": await rights.covers(actor, Right.REGISTER_PEOPLE, node_id),
    }
    return _page(reader, "admin-tree-members.html", refused, **facts)


def _page(
    reader: Reader, template: str, refused: ServiceError | None, /, **facts: object
) -> Response:
    said = SAID.get(_asked(reader, "said"))
    look_up = translations(reader.language).gettext
    return page(
        reader,
        template,
        status_of(refused) if refused else 200,
        refusal=sentence(reader, refused) if refused else None,
        said=look_up(said) if said and not refused else None,
        link=lambda path, **query: f"{path}?{urlencode(query)}",
        **facts,
    )


def _codes(form: Mapping[str, str]) -> dict[str, str]:
    found = {name: text_of(form, name) for name in ("code", "credit_code")}
    return {name: code for name, code in found.items() if code}


def _asked(reader: Reader, name: str) -> str:
    """A parameter of the address as far as it makes sense, and else nothing."""
    return reader.request.query_params.get(name, "").replace("\x00", "").strip()[:TEXT_LENGTH_MAX]


def _query(reader: Reader, limit: int) -> PageQuery:
    after = reader.request.query_params.get("after", "")
    return PageQuery(limit=limit, after=after[:CURSOR_LENGTH_MAX] or None)


def _id(request: Request) -> UUID:
    found: UUID = request.path_params["organisation_id"]
    return found
