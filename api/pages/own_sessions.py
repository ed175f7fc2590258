"""Where somebody is signed in, and by what: their sessions, their number, their password."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark
from api.layer.callers import caller_of
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.steps import set_step_cookie, step_token, wait_seconds
from api.pages.wording import sentence
from services import accounts, openid
from services.accounts import Asks, CodeRequest, PasswordChange, StepGone
from services.errors import Conflict, Defect, Invalid, NotFound, NotSignedIn, ServiceError

METHOD_WORDS: Final[Mapping[str, str]] = {
    "phone": mark("by phone code"),
    "password": mark("by password and authenticator"),
    "provider": mark("through your school or district"),
}
DONE_WORDS: Final[Mapping[str, str]] = {
    "ended": mark("That device is signed out."),
    "others": mark("Every other device is signed out."),
    "phone": mark("Your number is changed. The old one was told, other devices are signed out."),
    "password": mark("Your password is changed. Other devices are signed out."),
    "linked": mark("The link is made. Next time one tap is enough."),
    "unlinked": mark("The link is undone."),
}
SESSIONS: Final = "/me/sessions"
PHONE_CODE: Final = "/me/phone/code"


async def show_sessions(request: Request) -> Response:
    return await _sessions_page(await reader_of(request))


async def _sessions_page(reader: Reader, refused: ServiceError | None = None) -> Response:
    actor = reader.require_actor()
    facts: dict[str, Any] = {
        "sessions": await accounts.list_own(actor, reader.now),
        "own": await accounts.own_sign_in(actor),
        "linked": await openid.list_own(actor),
        "method_words": METHOD_WORDS,
        "done": DONE_WORDS.get(reader.request.query_params.get("done", "")),
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "me-sessions.html", status_of(refused) if refused else 200, **facts)


async def end_session(request: Request) -> Response:
    """Sign one of one's devices out. One that ended meanwhile is as good as signed out."""
    reader = await reader_of(request)
    try:
        await accounts.revoke(reader.require_actor(), request.path_params["session_id"], reader.now)
    except NotFound:
        return go_to(SESSIONS)
    return go_to(f"{SESSIONS}?done=ended")


async def end_link(request: Request) -> Response:
    """Sign in with a school's or district's account no more."""
    reader = await reader_of(request)
    try:
        await openid.unlink(reader.require_actor(), request.path_params["identity_id"])
    except NotFound:
        return go_to(SESSIONS)
    except Conflict as error:
        return await _sessions_page(reader, error)
    return go_to(f"{SESSIONS}?done=unlinked")


async def end_others(request: Request) -> Response:
    reader = await reader_of(request)
    await accounts.revoke_others(reader.require_actor(), reader.now)
    return go_to(f"{SESSIONS}?done=others")


async def show_phone(request: Request) -> Response:
    reader = await reader_of(request)
    reader.require_actor()
    return await _phone_page(reader)


async def ask_phone_code(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    phone = text_of(form, "phone")
    try:
        command = msgspec.convert({"phone": phone}, CodeRequest)
        step = await accounts.begin_phone_change(
            reader.require_actor(), command, caller_of(request), reader.now, reader.settings
        )
    except msgspec.ValidationError:
        wrong = Invalid([Defect("phone", "phone_malformed")])
        return await _phone_page(reader, phone, wrong)
    except NotSignedIn:
        raise
    except ServiceError as error:
        return await _phone_page(reader, phone, error)
    response = go_to(PHONE_CODE)
    set_step_cookie(response, step, reader)
    return response


async def show_phone_code(request: Request) -> Response:
    reader = await reader_of(request)
    reader.require_actor()
    return await _phone_code_page(reader)


async def change_phone(request: Request) -> Response:
    reader = await reader_of(request)
    actor = reader.require_actor()
    code = "".join(text_of(await form_of(request), "code").split())
    try:
        await accounts.confirm_phone_change(actor, step_token(reader), code, reader.now)
    except ServiceError as error:
        return await _phone_code_page(reader, error)
    response = go_to(f"{SESSIONS}?done=phone")
    set_step_cookie(response, None, reader)
    return response


async def send_phone_code_again(request: Request) -> Response:
    """Another code to the number that is to be one's own."""
    reader = await reader_of(request)
    actor = reader.require_actor()
    caller = caller_of(request)
    try:
        step = await accounts.send_change_code_again(
            actor, step_token(reader), caller, reader.now, reader.settings
        )
    except NotSignedIn:
        raise
    except ServiceError as error:
        return await _phone_code_page(reader, error)
    response = go_to(PHONE_CODE)
    set_step_cookie(response, step, reader)
    return response


async def show_password(request: Request) -> Response:
    reader = await reader_of(request)
    reader.require_actor()
    return page(reader, "me-password.html", 200, refusal=None)


async def change_password(request: Request) -> Response:
    reader = await reader_of(request)
    actor = reader.require_actor()
    form = await form_of(request)
    given = {
        "password": form.get("password", ""),
        "new_password": form.get("new_password", ""),
        "totp": "".join(text_of(form, "totp").split()),
    }
    try:
        await accounts.change_password(actor, msgspec.convert(given, PasswordChange), reader.now)
    except msgspec.ValidationError:
        said = sentence(reader, NotSignedIn("code_malformed"))
        return page(reader, "me-password.html", 422, refusal=said)
    except ServiceError as error:
        said = sentence(reader, error)
        return page(reader, "me-password.html", status_of(error), refusal=said)
    return go_to(f"{SESSIONS}?done=password")


async def _phone_page(
    reader: Reader, phone: str = "", refused: ServiceError | None = None
) -> Response:
    facts: dict[str, Any] = {
        "own": await accounts.own_sign_in(reader.require_actor()),
        "phone": phone,
        "refusal": sentence(reader, refused) if refused else None,
        "is_stale": refused is not None and refused.reason == "sign_in_again",
    }
    return page(reader, "me-phone.html", status_of(refused) if refused else 200, **facts)


async def _phone_code_page(reader: Reader, refused: ServiceError | None = None) -> Response:
    try:
        step = await accounts.show(step_token(reader), reader.now)
    except StepGone:
        return go_to("/me/phone")
    if step.asks is not Asks.CODE:
        return go_to("/me/phone")
    facts: dict[str, Any] = {
        "step": step,
        "wait_seconds": wait_seconds(step, reader),
        "refusal": sentence(reader, refused) if refused else None,
        "is_stale": refused is not None and refused.reason == "sign_in_again",
    }
    return page(reader, "me-phone-code.html", status_of(refused) if refused else 200, **facts)
