"""How a page gets its address."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.pages.reader import page_behind
from api.pages.rendering import go_to

Handler = Callable[[Request], Awaitable[Response]]
SMALLER: Final = [Middleware(GZipMiddleware, minimum_size=1000)]


async def _lead_back(request: Request) -> Response:
    return go_to(page_behind(request.url.path))


def at(path: str, *, read: Handler | None = None, press: Handler | None = None) -> Route:
    """One route for a path, so that a method it does not have is answered with all that it has.

    The address of a button alone can be left in the browser by a refusal; it leads to its page.
    """
    handlers = {"GET": read or _lead_back, "HEAD": read or _lead_back, "POST": press}
    known = {method: handler for method, handler in handlers.items() if handler}

    async def answer(request: Request) -> Response:
        return await known[request.method](request)

    return Route(path, answer, methods=list(known), middleware=SMALLER)
