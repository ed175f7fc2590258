"""The page behind a link in a message: one question and two buttons, without signing in.

Looking at it changes nothing. Whoever holds the link may answer, once.
"""

from starlette.requests import Request
from starlette.responses import Response

from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services.errors import ServiceError
from services.notifications import answering
from services.notifications.answering import LinkGone


async def show(request: Request) -> Response:
    return await _question(await reader_of(request))


async def accept(request: Request) -> Response:
    return await _answer(request, is_yes=True)


async def decline(request: Request) -> Response:
    return await _answer(request, is_yes=False)


async def _answer(request: Request, *, is_yes: bool) -> Response:
    reader = await reader_of(request)
    try:
        await answering.use(
            request.path_params["token"], is_yes=is_yes, now=reader.now, settings=reader.settings
        )
    except LinkGone:
        raise
    except ServiceError as refused:
        return await _question(reader, refused)
    return go_to(f"/answer/{request.path_params['token']}")


async def _question(reader: Reader, refused: ServiceError | None = None) -> Response:
    linked = await answering.look(reader.request.path_params["token"], reader.now)
    facts = {
        "offer": linked.offer,
        "base": f"/answer/{reader.request.path_params['token']}",
        "refusal": sentence(reader, refused) if refused else None,
    }
    response = page(reader, "answer.html", refused.status if refused else 200, **facts)
    # The address is the key: no other page is to learn it, and no machine to keep it.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response
