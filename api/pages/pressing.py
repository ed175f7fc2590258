"""A button is pressed: the form's token is checked and used before anything is done."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api import messages
from api.layer.csrf import binding_of
from api.layer.problems import settings_of, status_of
from api.pages.forms import sent_of
from api.pages.reader import own_address, reader_of, visitor_of
from api.pages.rendering import page
from api.pages.tokens import FIELD
from services import clock, forms
from services.errors import ServiceError
from services.forms import FormForeign, FormOld, FormUsed

Handler = Callable[[Request], Awaitable[Response]]
REFUSED: Final = 400
# Names of what is not written into a page again, not even into the one of whoever just typed it.
NOT_REPEATED: Final = ("password", "code", "secret", "phone", "number", "document", "birth")


async def press(handler: Handler, request: Request, *, is_repeatable: bool) -> Response:
    """What the handler answers, once for each form that this reader was shown.

    Of a form from which nothing came the token stays good, so that it can be sent again.
    """
    try:
        use = await _check(request)
        if is_repeatable:
            return await handler(request)
        await forms.take(use, clock.now())
    except (FormForeign, FormOld, FormUsed) as error:
        return await _refused(request, error)
    return await _once(handler, request, use)


async def _once(handler: Handler, request: Request, use: str) -> Response:
    try:
        response = await handler(request)
    except BaseException:
        await forms.give_back(use)
        raise
    if response.status_code >= REFUSED:
        await forms.give_back(use)
    elif "location" in response.headers:
        await forms.note_outcome(use, own_address(response.headers["location"]))
    return response


async def _check(request: Request) -> str:
    """The use of the form's token. Raises FormForeign or FormOld."""
    sent = await sent_of(request)
    token = next((value for name, value in sent.fields if name == FIELD), None)
    binding = binding_of(request, settings_of(request))
    if token is None or binding is None:
        raise FormForeign
    return forms.check(token, binding, request.url.path, clock.now())


async def _refused(request: Request, error: ServiceError) -> Response:
    """The page that says why the form was not taken, and where to go on."""
    reader = await reader_of(request)
    said = messages.say(error.reason, error.parameters, reader.language, reader.settings.zone)
    behind = (isinstance(error, FormUsed) and error.outcome) or visitor_of(request).here
    facts = {
        "title": said.title,
        "sentence": said.detail,
        "kind": error.reason,
        "behind": behind,
        "kept": await _kept(request) if isinstance(error, FormOld) else None,
        "address": request.url.path,
    }
    response = page(reader, "form-again.html", status_of(error), **facts)
    response.headers.update(_for_htmx(request, error, behind))
    return response


def _for_htmx(request: Request, error: ServiceError, behind: str) -> Mapping[str, str]:
    """htmx shows no refusal by itself: it is led to what came of the form, or to a fresh page."""
    if "hx-request" not in request.headers:
        return {}
    return {"HX-Redirect": behind} if isinstance(error, FormUsed) else {"HX-Refresh": "true"}


async def _kept(request: Request) -> list[tuple[str, str]] | None:
    """What was filled in, to be sent again by one button; None where it is not to be repeated."""
    sent = await sent_of(request)
    fields = [(name, value) for name, value in sent.fields if name != FIELD]
    is_private = any(part in name.lower() for name, _ in fields for part in NOT_REPEATED)
    return None if sent.files or is_private else fields
