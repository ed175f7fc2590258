"""By a link: a seat that somebody hands on, and friends who come together."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.pages.forms import form_of, text_of
from api.pages.mine import said_of, stand_in_link, version_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import shifts
from services.errors import Conflict, NotFound
from services.my_shifts import buddies, hand_over_reading, handing_over, reading
from services.my_shifts.types import (
    Act,
    BuddyGroup,
    BuddyGroupIn,
    CodeQuery,
    HandOver,
    JoinIn,
    MyShiftQuery,
    SwapIn,
    TakeIn,
)
from services.paging import LIMIT_MAX

SIZES: Final = range(2, 9)
CODE_LENGTH_MAX: Final = 32


def _query(request: Request) -> CodeQuery:
    code = str(request.path_params["code"])
    if len(code) > CODE_LENGTH_MAX:
        raise NotFound
    return CodeQuery(limit=1, code=code)


async def show_stand_in(request: Request) -> Response:
    return await _or_nowhere(request, _stand_in)


async def _or_nowhere(request: Request, show: Callable[[Reader], Awaitable[Response]]) -> Response:
    """What the link leads to; where it leads nowhere, what to do about it."""
    reader = await reader_of(request)
    try:
        return await show(reader)
    except NotFound as error:
        return page(reader, "link-nowhere.html", error.status)


async def _hand_over(reader: Reader) -> HandOver:
    query = _query(reader.request)
    found = await hand_over_reading.list_open(
        reader.require_actor(), query, reader.now, reader.settings
    )
    if not found.items:
        raise NotFound
    return found.items[0]


async def _stand_in(reader: Reader, refused: Conflict | None = None) -> Response:
    hand_over = await _hand_over(reader)
    query = MyShiftQuery(limit=50)
    mine = await reading.list_mine(reader.require_actor(), query, reader.now, reader.settings)
    facts = {
        "hand_over": hand_over,
        "link": stand_in_link(reader, hand_over),
        "mine": [each for each in mine.items if Act.HAND_OVER in each.acts],
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "stand-in.html", refused.status if refused else 200, **facts)


async def take(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    hand_over = await _hand_over(reader)
    command = TakeIn(risk_statement_version=version_of(form), code=hand_over.code)
    try:
        taken = await handing_over.take(
            reader.require_actor(), hand_over.id, command, reader.now, reader.settings
        )
    except Conflict as error:
        return await _stand_in(reader, error)
    return go_to(f"/mine/{taken.id}?said=taken")


async def propose_swap(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    hand_over = await _hand_over(reader)
    claim_id = _id_of(text_of(form, "claim"))
    command = SwapIn(
        claim_id=claim_id, risk_statement_version=version_of(form), code=hand_over.code
    )
    try:
        await handing_over.propose_swap(reader.require_actor(), hand_over.id, command, reader.now)
    except Conflict as error:
        return await _stand_in(reader, error)
    return go_to(f"/stand-in/{hand_over.code}?said=asked")


def _id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


async def show_begin(request: Request) -> Response:
    return await _begin(await reader_of(request))


async def _begin(reader: Reader, refused: Conflict | None = None) -> Response:
    actor = reader.require_actor()
    shift = await shifts.get(actor, reader.request.path_params["shift_id"])
    facts = {
        "shift": shift,
        "sizes": SIZES,
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "buddies-new.html", refused.status if refused else 200, **facts)


async def begin(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    size = text_of(form, "size")
    command = BuddyGroupIn(
        size=int(size) if size in {str(each) for each in SIZES} else SIZES[0],
        risk_statement_version=version_of(form),
        is_planned_together=text_of(form, "together") == "yes",
    )
    shift_id: UUID = request.path_params["shift_id"]
    try:
        group = await buddies.begin(reader.require_actor(), shift_id, command, reader.now)
    except Conflict as error:
        return await _begin(reader, error)
    return go_to(f"/buddies/{group.code}")


async def show_group(request: Request) -> Response:
    return await _or_nowhere(request, _group_page)


async def _group(reader: Reader) -> BuddyGroup:
    found = await buddies.list_mine(reader.require_actor(), _query(reader.request), reader.now)
    if not found.items:
        raise NotFound
    return found.items[0]


async def _own_claim(reader: Reader, group: BuddyGroup) -> UUID | None:
    """The reader's own seat, once the group has its seats."""
    if not group.is_mine or group.state != "claimed":
        return None
    query = MyShiftQuery(limit=LIMIT_MAX)
    found = await reading.list_mine(reader.require_actor(), query, reader.now, reader.settings)
    return next((each.id for each in found.items if each.buddy_code == group.code), None)


async def _group_page(reader: Reader, refused: Conflict | None = None) -> Response:
    group = await _group(reader)
    facts = {
        "group": group,
        "claim_id": await _own_claim(reader, group),
        "link": f"{reader.settings.address.rstrip('/')}/buddies/{group.code}",
        "said": said_of(reader),
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "buddies.html", refused.status if refused else 200, **facts)


async def join(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    group = await _group(reader)
    command = JoinIn(code=group.code, risk_statement_version=version_of(form))
    try:
        await buddies.join(reader.require_actor(), group.id, command, reader.now)
    except Conflict as error:
        return await _group_page(reader, error)
    return go_to(f"/buddies/{group.code}")


async def leave(request: Request) -> Response:
    reader = await reader_of(request)
    group = await _group(reader)
    await buddies.leave(reader.require_actor(), group.id, None, reader.now)
    return go_to("/mine?said=left")


async def claim(request: Request) -> Response:
    reader = await reader_of(request)
    group = await _group(reader)
    try:
        await buddies.claim_all(reader.require_actor(), group.id, reader.now, reader.settings)
    except Conflict as error:
        return await _group_page(reader, error)
    return go_to(f"/buddies/{group.code}")
