"""Requests that another site makes a browser send are refused, by the headers browsers add."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from api.layer.authentication import cookie_name
from api.layer.refusals import CrossSite
from services.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


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
