"""Where a sign-in begins, and where a session ends; choosing the language."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api import messages
from api.i18n import LANGUAGE_COOKIE_SECONDS
from api.layer.authentication import clear_session_cookie, set_session_cookie, token_of
from api.layer.callers import caller_of
from api.layer.language import LANGUAGE_COOKIE, known_language
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, own_address, reader_of, visitor_of
from api.pages.rendering import go_to, page
from api.pages.steps import set_step_cookie
from api.pages.wording import sentence
from services import accounts, providers
from services.accounts import CodeRequest, Progress, Session, SignIn, StepGone
from services.errors import Defect, Invalid, NotSignedIn, ServiceError
from services.rights import Actor

STEP_PAGE: Final = "/sign-in/step"


async def show_sign_in(request: Request) -> Response:
    """By phone; `again` is for somebody who is signed in and has to prove it once more, `over` for
    somebody whose half sign-in ran out."""
    reader = await reader_of(request)
    back = own_address(request.query_params.get("back", "/"))
    if reader.actor is not None and "again" not in request.query_params:
        return go_to(back)
    return await _page(reader, "sign-in.html", back, {"phone": ""})


async def ask_code(request: Request) -> Response:
    reader = visitor_of(request)
    form = await form_of(request)
    back = own_address(text_of(form, "back"))
    phone = text_of(form, "phone")
    try:
        command = msgspec.convert({"phone": phone}, CodeRequest)
        step = await accounts.begin(command, caller_of(request), reader.now, reader.settings)
    except msgspec.ValidationError:
        wrong = Invalid([Defect("phone", "phone_malformed")])
        return await _page(reader, "sign-in.html", back, {"phone": phone}, wrong)
    except ServiceError as error:
        return await _page(reader, "sign-in.html", back, {"phone": phone}, error)
    return go_on(reader, step, back)


async def show_staff(request: Request) -> Response:
    reader = await reader_of(request)
    back = own_address(request.query_params.get("back", "/"))
    if reader.actor is not None and "again" not in request.query_params:
        return go_to(back)
    return await _page(reader, "sign-in-staff.html", back, {"name": ""})


async def sign_in(request: Request) -> Response:
    """By name and password."""
    reader = visitor_of(request)
    form = await form_of(request)
    back, name = own_address(text_of(form, "back")), text_of(form, "name")
    facts = {"name": name}
    try:
        given = {"name": name, "password": form.get("password", "")}
        command = msgspec.convert(given, SignIn)
        reached = await accounts.sign_in(command, caller_of(request), reader.now, reader.settings)
    except msgspec.ValidationError:
        wrong = NotSignedIn("wrong_name_or_password")
        return await _page(reader, "sign-in-staff.html", back, facts, wrong)
    except ServiceError as error:
        return await _page(reader, "sign-in-staff.html", back, facts, error)
    return go_on(reader, reached, back)


def go_on(reader: Reader, reached: Progress, back: str) -> Response:
    """Into the house with a session, else to the page of the next step."""
    if isinstance(reached, Session):
        response = go_to(back if back != "/" else first_page(reached.actor))
        set_session_cookie(response, reached, reader.settings)
        set_step_cookie(response, None, reader)
        return response
    response = go_to(f"{STEP_PAGE}?{urlencode({'back': back})}" if back != "/" else STEP_PAGE)
    set_step_cookie(response, reached, reader)
    return response


def first_page(actor: Actor) -> str:
    """Where somebody begins: with the plans, with what they are asked, or with their wards."""
    if actor.is_staff:
        return "/admin" if actor.volunteer_id is None else "/inbox"
    return "/inbox" if actor.volunteer_id is not None else "/me/wards"


async def sign_out(request: Request) -> Response:
    reader = visitor_of(request)
    token = token_of(request, reader.settings)
    if token:
        await accounts.sign_out(token, reader.now)
    response = go_to("/")
    clear_session_cookie(response, reader.settings)
    return response


async def choose_language(request: Request) -> Response:
    form = await form_of(request)
    response = go_to(own_address(text_of(form, "back")))
    language = known_language(text_of(form, "language"))
    if language:
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=LANGUAGE_COOKIE_SECONDS,
            secure=visitor_of(request).settings.secure_cookies,
            httponly=True,
            samesite="lax",
        )
    return response


async def _page(
    reader: Reader,
    template: str,
    back: str,
    facts: Mapping[str, object],
    refused: ServiceError | None = None,
) -> Response:
    said = {
        "back": back,
        "refusal": sentence(reader, refused) if refused else None,
        "providers": await providers.active() if template == "sign-in.html" else [],
        "ended": await _why_ended(reader) if refused is None and reader.actor is None else None,
    }
    return page(reader, template, status_of(refused) if refused else 200, **said, **facts)


async def _why_ended(reader: Reader) -> str | None:
    """What to tell somebody whose sign-in is over: half done, or one the browser still holds."""
    if "over" in reader.request.query_params:
        return sentence(reader, StepGone())
    token = token_of(reader.request, reader.settings)
    if token is None:
        return None
    reason = await accounts.why_ended(token, reader.now) or "expired"
    facts = {"reason": reason}
    return messages.say("session_ended", facts, reader.language, reader.settings.zone).detail
