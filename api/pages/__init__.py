"""The pages: what a person reads and presses."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from api.pages import offers, round_form, rounds, shifts, signing
from api.pages.errors import error_page
from api.pages.reader import page_behind
from api.pages.rendering import STATIC_FOLDER, go_to
from api.pages.static import VersionedFiles

__all__ = ["error_page", "routes"]

Handler = Callable[[Request], Awaitable[Response]]
SMALLER: Final = [Middleware(GZipMiddleware, minimum_size=1000)]


async def _lead_back(request: Request) -> Response:
    return go_to(page_behind(request.url.path))


def _at(path: str, *, read: Handler | None = None, press: Handler | None = None) -> Route:
    """One route for a path, so that a method it does not have is answered with all that it has.

    The address of a button alone can be left in the browser by a refusal; it leads to its page.
    """
    handlers = {"GET": read or _lead_back, "HEAD": read or _lead_back, "POST": press}
    known = {method: handler for method, handler in handlers.items() if handler}

    async def answer(request: Request) -> Response:
        return await known[request.method](request)

    return Route(path, answer, methods=list(known), middleware=SMALLER)


routes: list[BaseRoute] = [
    _at("/", read=shifts.show_open),
    _at("/shifts/{shift_id:uuid}", read=shifts.show_shift),
    _at("/shifts/{shift_id:uuid}/claims", press=shifts.claim),
    _at("/claims/{claim_id:uuid}/withdraw", press=offers.withdraw),
    _at("/offers", read=offers.show_mine),
    _at("/offers/{offer_id:uuid}/accept", press=offers.accept),
    _at("/offers/{offer_id:uuid}/decline", press=offers.decline),
    _at("/rounds", read=rounds.show_list, press=round_form.ask),
    _at("/rounds/new", read=round_form.show_form),
    _at("/rounds/{round_id:uuid}", read=rounds.show_round),
    _at("/rounds/{round_id:uuid}/progress", read=rounds.show_progress),
    _at("/rounds/{round_id:uuid}/solve", press=rounds.solve),
    _at("/rounds/{round_id:uuid}/cancel", press=rounds.cancel),
    _at("/rounds/{round_id:uuid}/discard", press=rounds.discard),
    _at("/rounds/{round_id:uuid}/publish", press=rounds.publish),
    _at("/sign-in", read=signing.show_sign_in, press=signing.sign_in),
    _at("/sign-out", press=signing.sign_out),
    _at("/language", press=signing.choose_language),
    Mount("/static", VersionedFiles(directory=STATIC_FOLDER), middleware=SMALLER),
]
