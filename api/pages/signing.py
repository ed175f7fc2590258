"""Signing in and out, and choosing the language."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.i18n import LANGUAGE_COOKIE_SECONDS
from api.layer.authentication import clear_session_cookie, set_session_cookie, token_of
from api.layer.language import LANGUAGE_COOKIE, known_language
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, own_address, reader_of, visitor_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import accounts
from services.accounts import SignIn, TooManyAttempts
from services.errors import NotSignedIn, ServiceError
from services.rights import Actor


async def show_sign_in(request: Request) -> Response:
    reader = await reader_of(request)
    back = own_address(request.query_params.get("back", "/"))
    if reader.actor is not None:
        return go_to(back)
    return _sign_in_page(reader, back)


async def sign_in(request: Request) -> Response:
    reader = visitor_of(request)
    form = await form_of(request)
    back = own_address(text_of(form, "back"))
    try:
        command = msgspec.convert(
            {"name": text_of(form, "name"), "password": form.get("password", "")}, SignIn
        )
        session = await accounts.sign_in(command, reader.now, reader.settings)
    except msgspec.ValidationError:
        wrong = NotSignedIn("wrong_name_or_password")
        return _sign_in_page(reader, back, text_of(form, "name"), wrong)
    except (NotSignedIn, TooManyAttempts) as error:
        return _sign_in_page(reader, back, text_of(form, "name"), error)
    response = go_to(back if back != "/" else _first_page(session.actor))
    set_session_cookie(response, session, reader.settings)
    return response


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


def _first_page(actor: Actor) -> str:
    """Where somebody begins: a volunteer with what they are asked, an organiser with the plans."""
    return "/offers" if actor.volunteer_id else "/rounds"


def _sign_in_page(
    reader: Reader, back: str, name: str = "", refused: ServiceError | None = None
) -> Response:
    facts = {
        "back": back,
        "name": name,
        "refusal": sentence(reader, refused) if refused else None,
        "has_ended": refused is None and not reader.is_visitor,
    }
    return page(reader, "sign-in.html", refused.status if refused else 200, **facts)
