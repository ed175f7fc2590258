"""Visitors without a browser, whose forms carry the token that a page would have given them."""

from collections.abc import Mapping
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx2

from api.pages.tokens import FIELD
from services import clock, forms

SESSION, VISIT = "mulin", "mulin-visit"
A_VISIT = "visit-of-a-test"
BARE = {"x-test-form": "bare"}
"""Headers of a request to which no token is added."""


def token_for(address: str, jar: CookieJar) -> str:
    """The token of a form at this address, as the next page with that form would hold it."""
    known = {cookie.name: cookie.value for cookie in jar if cookie.value}
    binding = f"session:{known[SESSION]}" if SESSION in known else f"visit:{known[VISIT]}"
    return forms.issue(binding, unquote(urlsplit(address).path), clock.now())


def with_token(url: str, cookies: httpx2.Cookies, options: dict[str, Any]) -> dict[str, Any]:
    """The options of a POST, its form with a token; as they are where something else is sent."""
    if dict(options.get("headers") or {}).items() >= BARE.items():
        return options
    data = options.get("data") or {}
    if "content" in options or "json" in options or not isinstance(data, Mapping):
        return options
    if not {SESSION, VISIT} & {cookie.name for cookie in cookies.jar}:
        cookies.set(VISIT, A_VISIT)
    return {**options, "data": {FIELD: token_for(url, cookies.jar), **data}}


class PressingClient(httpx2.AsyncClient):
    """Keeps its cookies; a form that it posts has a fresh token unless it says `BARE`."""

    async def post(self, url: Any, **options: Any) -> httpx2.Response:
        return await super().post(url, **with_token(str(url), self.cookies, options))


class PressingVisitor(httpx2.Client):
    """The same without waiting."""

    def post(self, url: Any, **options: Any) -> httpx2.Response:
        return super().post(url, **with_token(str(url), self.cookies, options))
