"""What goes around every request: an id, the security headers, one line in the log."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.layer.csrf import require_same_site
from api.layer.refusals import CrossSite
from services.settings import Settings

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # For browsers that do not know frame-ancestors.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TLS_ONLY: Final = {"Strict-Transport-Security": "max-age=31536000"}
log = structlog.get_logger("api")


class Envelope:
    """Gives each request an id, puts the security headers on each answer, and logs it once.

    The line in the log has the route and not the address: no query, no ids, no personal data.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = {**HEADERS, **(TLS_ONLY if settings.secure_cookies else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(MutableHeaders(scope=message), scope, request_id)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            log.info(
                "request",
                request_id=request_id,
                method=scope["method"],
                route=_route(scope),
                status=status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )

    def _add_headers(self, headers: MutableHeaders, scope: Scope, request_id: str) -> None:
        for name, value in self.headers.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = request_id
        if scope["path"].startswith("/api/"):
            headers.setdefault("Cache-Control", "private, no-cache")
            headers.add_vary_header("Accept-Language, Authorization, Cookie")


class SameSite:
    """Refuses what another site made a browser send, before anything is read."""

    def __init__(self, app: ASGIApp, settings: Settings, refuse: Any) -> None:
        self.app = app
        self.settings = settings
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            require_same_site(request, self.settings)
        except CrossSite as error:
            response = await self.refuse(request, error)
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)


@contextmanager
def quiet_web_server() -> Iterator[None]:
    """Keeps personal data out of the web server's own logs while the application runs.

    Its line per request has the whole address, and its report of a crash the message, which may
    quote a row. Ours, which have neither, have been written by then.
    """
    requests, errors = (logging.getLogger(f"uvicorn.{name}") for name in ("access", "error"))
    before = requests.disabled
    requests.disabled = True
    errors.addFilter(_has_no_traceback)
    try:
        yield
    finally:
        requests.disabled = before
        errors.removeFilter(_has_no_traceback)


def _has_no_traceback(record: logging.LogRecord) -> bool:
    return record.exc_info is None


def _route(scope: Scope) -> str:
    """The pattern of the address; what no route took is not repeated into the log."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "(none)"
