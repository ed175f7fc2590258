"""The inbox: what waits for an answer, and what the reader was told."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.pages.notice_titles import notice_title
from api.pages.reader import Reader, own_address, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import claims, offers
from services.errors import Conflict
from services.my_shifts import reading as my_shifts
from services.my_shifts.types import MyShift, MyShiftQuery
from services.notifications import reading
from services.notifications.reading import NoticeQuery
from services.offers import OfferState
from services.paging import LIMIT_MAX, PageQuery

NOTICES_A_PAGE: Final = 20
SAID: Final = {
    "accepted": mark("Thank you! The seat is yours."),
    "declined": mark("Thank you for answering. Nothing else changes."),
    "withdrawn": mark("Your seat is free for somebody else now. Thank you for saying so."),
}


async def show(request: Request) -> Response:
    reader = await reader_of(request)
    said = SAID.get(request.query_params.get("said", ""))
    words = translations(reader.language).gettext(said) if said else None
    return await _inbox(reader, said=words)


async def lead_here(request: Request) -> Response:
    """Where the offers were before they shared a page with everything else."""
    return go_to("/inbox")


async def accept(request: Request) -> Response:
    reader = await reader_of(request)
    try:
        await offers.accept(
            reader.require_actor(), request.path_params["offer_id"], reader.now, reader.settings
        )
    except Conflict as error:
        return await _inbox(reader, refused=error)
    return go_to("/inbox?said=accepted")


async def decline(request: Request) -> Response:
    reader = await reader_of(request)
    try:
        await offers.decline(reader.require_actor(), request.path_params["offer_id"], reader.now)
    except Conflict as error:
        return await _inbox(reader, refused=error)
    return go_to("/inbox?said=declined")


async def withdraw(request: Request) -> Response:
    reader = await reader_of(request)
    try:
        await claims.withdraw(
            reader.require_actor(), request.path_params["claim_id"], reader.now, reader.settings
        )
    except Conflict as error:
        return await _inbox(reader, refused=error)
    return go_to("/inbox?said=withdrawn")


async def open_one(request: Request) -> Response:
    """A notice was tapped: it counts as read, and leads to what it is about."""
    reader = await reader_of(request)
    notice = await reading.note_opened(
        reader.require_actor(), request.path_params["notice_id"], reader.now, reader.settings
    )
    return go_to(own_address(notice.page))


async def open_all(request: Request) -> Response:
    reader = await reader_of(request)
    await reading.note_all_opened(reader.require_actor(), reader.now)
    return go_to("/inbox")


async def _inbox(
    reader: Reader, said: str | None = None, refused: Conflict | None = None
) -> Response:
    actor = reader.require_actor()
    if refused is not None and not reader.is_volunteer:
        raise refused  # A guardian's answer for a ward: there is no list of their own to stand on.
    asked = []
    if reader.is_volunteer:
        everything = PageQuery(limit=LIMIT_MAX)
        asked = (await offers.list_mine(actor, everything, reader.now)).items
    held = await _held(reader)
    query = NoticeQuery(limit=NOTICES_A_PAGE, after=reader.request.query_params.get("after"))
    notices = await reading.list_mine(actor, query, reader.settings)
    facts = {
        "open": [offer for offer in asked if offer.state is OfferState.OPEN],
        "moved": [each for each in held if each.asked_until],
        "swaps": [(each, swap) for each in held for swap in each.swaps],
        "notice_title": lambda kind: notice_title(reader.language, kind),
        "notices": notices.items,
        "older": notices.next,
        "is_first": query.after is None,
        "has_unread": (await reading.count_unread(actor)).count > 0,
        "said": said,
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "inbox.html", refused.status if refused else 200, **facts)


async def _held(reader: Reader) -> list[MyShift]:
    """The reader's seats to come: a moved shift and a proposed swap wait for an answer too."""
    if not reader.is_volunteer:
        return []
    query = MyShiftQuery(limit=LIMIT_MAX)
    found = await my_shifts.list_mine(reader.require_actor(), query, reader.now, reader.settings)
    return list(found.items)
