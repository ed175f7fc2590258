"""What the reader is asked, what they promised, and their answers."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import claims, offers, rights
from services.claims import Claim
from services.errors import Conflict
from services.offers import OfferState
from services.paging import LIMIT_MAX, PageQuery

COMING_STATES: Final = ("confirmed", "seeking_standin", "checked_in")
SAID: Final = {
    "accepted": mark("Thank you! The seat is yours."),
    "declined": mark("Thank you for answering. Nothing else changes."),
    "withdrawn": mark("Your seat is free for somebody else now. Thank you for saying so."),
}


async def show_mine(request: Request) -> Response:
    reader = await reader_of(request)
    said = SAID.get(request.query_params.get("said", ""))
    words = translations(reader.language).gettext(said) if said else None
    return await _offers_page(reader, said=words)


async def accept(request: Request) -> Response:
    reader = await reader_of(request)
    try:
        await offers.accept(
            reader.require_actor(), request.path_params["offer_id"], reader.now, reader.settings
        )
    except Conflict as error:
        return await _offers_page(reader, refused=error)
    return go_to("/offers?said=accepted")


async def decline(request: Request) -> Response:
    reader = await reader_of(request)
    try:
        await offers.decline(reader.require_actor(), request.path_params["offer_id"], reader.now)
    except Conflict as error:
        return await _offers_page(reader, refused=error)
    return go_to("/offers?said=declined")


async def withdraw(request: Request) -> Response:
    reader = await reader_of(request)
    try:
        await claims.withdraw(reader.require_actor(), request.path_params["claim_id"], reader.now)
    except Conflict as error:
        return await _offers_page(reader, refused=error)
    return go_to("/offers?said=withdrawn")


async def _offers_page(
    reader: Reader, said: str | None = None, refused: Conflict | None = None
) -> Response:
    actor = reader.require_actor()
    if refused is not None and not reader.is_volunteer:
        raise refused  # A guardian's answer for a ward: there is no list of their own to stand on.
    rights.require_person(actor)
    everything = PageQuery(limit=LIMIT_MAX)
    asked = await offers.list_mine(actor, everything, reader.now)
    held = await claims.list_mine(actor, everything)
    coming = [claim for claim in held.items if _is_coming(claim, reader)]
    earlier = [c for c in held.items if c.state != "offered" and not _is_coming(c, reader)]
    facts = {
        "open": [offer for offer in asked.items if offer.state is OfferState.OPEN],
        "coming": sorted(coming, key=lambda claim: claim.shift.starts_at),
        "earlier": sorted(earlier, key=lambda claim: claim.shift.starts_at, reverse=True),
        "said": said,
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "offers.html", refused.status if refused else 200, **facts)


def _is_coming(claim: Claim, reader: Reader) -> bool:
    return claim.state in COMING_STATES and claim.shift.ends_at > reader.now
