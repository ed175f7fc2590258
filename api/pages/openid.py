"""Signing in with what one has at a school or district: to the provider and back."""

from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from api import messages
from api.i18n import mark, translations
from api.layer.callers import caller_of
from api.layer.problems import status_of
from api.pages.reader import Reader, own_address, reader_of
from api.pages.rendering import go_to, page
from api.pages.signing import go_on
from services import openid, providers
from services.errors import NotFound, ServiceError
from services.openid import Returned, SecondFactorAsked, SignedIn, SignInFailed, Unknown

FAILED: Final = "/sign-in/failed"
LINK: Final = "/sign-in/link"
FAILURES: Final = (
    "provider_denied",
    "provider_away",
    "provider_faulty",
    "proof_refused",
    "provider_state",
    "account_locked",
    "guardian_signs_in",
)
AWAY: Final = mark("%(provider)s is not responding")
FIELD_LENGTH_MAX: Final = 2000


async def go(request: Request) -> Response:
    """To the provider, with a token in the browser for when it comes back."""
    reader = await reader_of(request)
    back = own_address(request.query_params.get("back", "/"))
    key: str = request.path_params["key"]
    try:
        begun = await openid.begin(key, back, reader.now, reader.settings)
    except SignInFailed as error:
        return _failed(key, error)
    response = go_to(begun.address)
    _set_token(response, begun.token, reader)
    return response


async def come_back(request: Request) -> Response:
    """From the provider. What it put into the address is not left there."""
    reader = await reader_of(request)
    key: str = request.path_params["key"]
    said = {
        name: request.query_params.get(name, "")[:FIELD_LENGTH_MAX]
        for name in Returned.__struct_fields__
    }
    try:
        reached = await openid.finish(
            key,
            Returned(**said),
            _token(reader),
            caller_of(request),
            reader.actor,
            reader.now,
            reader.settings,
        )
    except ServiceError as error:
        if error.reason not in FAILURES:
            raise
        return _failed(key, error)
    return _reached(reader, reached)


def _reached(reader: Reader, reached: SignedIn | SecondFactorAsked | Unknown) -> Response:
    if isinstance(reached, Unknown):
        response = go_to(LINK)
        _set_token(response, reached.token, reader)
        return response
    progress = reached.session if isinstance(reached, SignedIn) else reached.step
    response = go_on(reader, progress, reached.back)
    _set_token(response, None, reader)
    return response


async def show_failed(request: Request) -> Response:
    """Why a sign-in through a provider came to nothing, and how else to get in."""
    reader = await reader_of(request)
    why = request.query_params.get("why", "")
    if why not in FAILURES:
        raise NotFound
    shown = {button.key: button.title for button in await providers.active()}
    key = request.query_params.get("with", "")
    facts = {"provider": shown.get(key)}
    said = messages.say(why, facts, reader.language, reader.settings.zone)
    return page(
        reader,
        "sign-in-failed.html",
        status_of(ServiceError(why)),
        title=_title(reader, why, facts["provider"]) or said.title,
        sentence=said.detail,
        again=f"/sign-in/with/{key}" if key in shown else None,
    )


def _title(reader: Reader, why: str, provider: str | None) -> str | None:
    """Who does not respond, where it is known."""
    if why != "provider_away" or provider is None:
        return None
    return translations(reader.language).gettext(AWAY) % {"provider": provider}


async def show_link(request: Request) -> Response:
    """Whoever is known there and not here: sign in, or register, and say that it is you."""
    reader = await reader_of(request)
    try:
        shown = await openid.link_shown(_token(reader), reader.now)
    except SignInFailed as error:
        return _failed("", error)
    return _link_page(reader, shown.title)


async def link(request: Request) -> Response:
    reader = await reader_of(request)
    actor = reader.require_actor()
    try:
        back = await openid.link(actor, _token(reader), reader.now)
    except SignInFailed as error:
        return _failed("", error)
    response = go_to(back if back != "/" else "/me/sessions?done=linked")
    _set_token(response, None, reader)
    return response


def _link_page(reader: Reader, title: str) -> Response:
    return page(reader, "sign-in-link.html", title=title, back=urlencode({"back": LINK}))


def _failed(key: str, error: ServiceError) -> Response:
    return go_to(f"{FAILED}?{urlencode({'why': error.reason, 'with': key})}")


def _cookie_name(reader: Reader) -> str:
    return "__Host-mulin-openid" if reader.settings.secure_cookies else "mulin-openid"


def _token(reader: Reader) -> str:
    return reader.request.cookies.get(_cookie_name(reader), "")[:200]


def _set_token(response: Response, token: str | None, reader: Reader) -> None:
    """Keep the token while the browser is away: sent back only to us, out of reach of scripts."""
    name, secure = _cookie_name(reader), reader.settings.secure_cookies
    if token is None:
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
        return
    response.set_cookie(
        name,
        token,
        max_age=int(openid.LINK_GOOD_FOR.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
