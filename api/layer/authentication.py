"""Who is asking: the token of a session, from a header (scripts) or a cookie (browsers), or that of
a machine, from a header."""

import re
from datetime import datetime

from starlette.requests import HTTPConnection
from starlette.responses import Response

from services import accounts, tokens
from services.errors import NotSignedIn
from services.rights import Actor
from services.settings import Settings

_BEARER = re.compile(r"Bearer +(?P<token>[\x21-\x7e]{1,1024})", re.IGNORECASE)


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host over TLS; browsers refuse it on plain HTTP."""
    return "__Host-mulin" if settings.secure_cookies else "mulin"


def token_of(connection: HTTPConnection, settings: Settings) -> str | None:
    """The session's token. A header that is there but is no token hides the cookie."""
    header = connection.headers.get("authorization")
    if header is not None:
        found = _BEARER.fullmatch(header.strip())
        return found["token"] if found else None
    return connection.cookies.get(cookie_name(settings))


async def actor_of(connection: HTTPConnection, settings: Settings, now: datetime) -> Actor | None:
    """Who is signed in with this request; None for a visitor or a session that has ended.

    A machine sends its token in the header; raises TokenRefused for one that is not good.
    """
    token = token_of(connection, settings)
    if token is None:
        return None
    if "authorization" in connection.headers and tokens.is_token(token):
        return await tokens.actor_of(token, now, settings)
    return await accounts.actor_of(token, now)


async def refusal_without_actor(
    connection: HTTPConnection, settings: Settings, now: datetime
) -> NotSignedIn:
    """What is said where somebody has to be signed in: why their session ended, if it did."""
    token = token_of(connection, settings)
    reason = await accounts.why_ended(token, now) if token else None
    return NotSignedIn("session_ended", reason=reason) if reason else NotSignedIn()


def set_session_cookie(response: Response, session: accounts.Session, settings: Settings) -> None:
    """Keep the session in the browser, out of reach of scripts and of other sites' forms."""
    response.set_cookie(
        cookie_name(settings),
        session.token,
        expires=session.expires_at,
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(response: Response, settings: Settings) -> None:
    """Forget the session in the browser."""
    response.delete_cookie(
        cookie_name(settings),
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )
