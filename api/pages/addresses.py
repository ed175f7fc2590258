"""How a page gets its address."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.pages import pressing
from api.pages.reader import page_behind
from api.pages.rendering import go_to

Handler = Callable[[Request], Awaitable[Response]]
SMALLER: Final = [Middleware(GZipMiddleware, minimum_size=1000)]


async def _lead_back(request: Request) -> Response:
    return go_to(page_behind(request.url.path))


def at(
    path: str,
    *,
    read: Handler | None = None,
    press: Handler | None = None,
    is_repeatable: bool = False,
) -> Route:
    """One route for a path, so that a method it does not have is answered with all that it has.

    Every press asks for the token of its form, which `pages.tokens` puts into the page. It is good
    once, unless a repeat is harmless by itself.

    The address of a button alone can be left in the browser by a refusal; it leads to its page.
    """
    handler = read or _lead_back

    async def answer(request: Request) -> Response:
        if press is not None and request.method == "POST":
            return await pressing.press(press, request, is_repeatable=is_repeatable)
        return await handler(request)

    methods = ["GET", "HEAD", *(["POST"] if press else [])]
    return Route(path, answer, methods=methods, middleware=SMALLER)
