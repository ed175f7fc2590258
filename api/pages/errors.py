"""Refusals and failures as pages, in the same layout as everything else."""

from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from api import messages
from api.i18n import mark, translations
from api.layer.problems import status_of
from api.pages.reader import visitor_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services.errors import NotFound, NotSignedIn, ServiceError
from services.notifications.answering import LinkGone

UNSEEN: Final = mark("There is nothing here, or it is only for those who are signed in.")
PICTURES: Final = {401: "lock", 403: "lock", 404: "street"}


def error_page(request: Request, error: ServiceError) -> Response:
    """The page that says no. Who only has to sign in is led there, and back afterwards.

    It asks no service, so that it can be shown when the database is away.
    """
    reader = visitor_of(request)
    status = status_of(error)
    if isinstance(error, NotSignedIn):
        return _to_sign_in(request, f"/sign-in?{urlencode({'back': reader.here})}")
    if error.reason == "no_such_path":
        error = NotFound()
    look_up = translations(reader.language).gettext
    said = messages.say(error.reason, error.parameters, reader.language, reader.settings.zone)
    is_unseen = reader.is_visitor and error.reason == NotFound.code
    facts = {
        "title": said.title,
        "sentence": look_up(UNSEEN) if is_unseen else sentence(reader, error),
        "is_away": status == 503,
        "picture": PICTURES.get(status, "alert"),
        "leads_to_sign_in": isinstance(error, LinkGone),
        "trace": request.state.request_id if status >= 500 else None,
    }
    return page(reader, "error.html", status, **facts)


def _to_sign_in(request: Request, address: str) -> Response:
    """A part of a page that fetches itself would be replaced by the form: the page goes instead."""
    if "hx-request" in request.headers:
        return Response(headers={"HX-Redirect": address, "Cache-Control": "no-store"})
    return go_to(address)
