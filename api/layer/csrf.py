"""Requests that another site makes a browser send are refused, by the headers browsers add; and to
whom the tokens of forms are bound (`services.forms`), which refuse them a second time."""

import re
import secrets
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.layer.authentication import cookie_name, token_of
from api.layer.refusals import CrossSite
from services.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_VISIT: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


def require_same_site(connection: HTTPConnection, settings: Settings) -> None:
    """Refuse an unsafe request that a browser was led to by another site.

    `Sec-Fetch-Site` decides where the browser sends it (over TLS and on localhost), else `Origin`.
    A client that sends neither is no browser and may pass, unless it relies on the cookie. Signing
    in is covered too: nobody is to be signed in to somebody else's account without noticing.
    """
    if connection.scope["method"] in SAFE_METHODS or "authorization" in connection.headers:
        return
    headers = connection.headers
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        allowed = fetch_site in ("same-origin", "none")
    elif "origin" in headers:
        allowed = _is_own(headers, settings)
    else:
        allowed = cookie_name(settings) not in connection.cookies
    if not allowed:
        raise CrossSite


def _is_own(headers: Headers, settings: Settings) -> bool:
    origin = urlsplit(headers["origin"])
    own = urlsplit(settings.address)
    by_address = (origin.scheme, origin.netloc) == (own.scheme, own.netloc)
    return bool(origin.netloc) and (by_address or origin.netloc == headers.get("host"))


def visit_cookie_name(settings: Settings) -> str:
    """The cookie of a browser in which nobody has signed in yet."""
    return "__Host-mulin-visit" if settings.secure_cookies else "mulin-visit"


def new_visit() -> str:
    """By what a browser is known until somebody signs in; it says nothing else."""
    return secrets.token_urlsafe(18)


def binding_of(connection: HTTPConnection, settings: Settings) -> str | None:
    """To what the forms of this browser are bound: its session, else its visit."""
    token = token_of(connection, settings)
    if token is not None:
        return f"session:{token}"
    visit = connection.cookies.get(visit_cookie_name(settings), "")
    return f"visit:{visit}" if _VISIT.fullmatch(visit) else None


def set_visit_cookie(response: Response, visit: str, settings: Settings) -> None:
    """Keep the visit until the browser is closed."""
    response.set_cookie(
        visit_cookie_name(settings),
        visit,
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )
