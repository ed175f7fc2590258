"""The rest of a sign-in: a page for each thing that may still be asked for, at one address."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from api.layer.callers import caller_of
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, own_address, reader_of
from api.pages.rendering import go_to, page
from api.pages.signing import STEP_PAGE, go_on
from api.pages.steps import set_step_cookie, step_token, wait_seconds
from api.pages.wording import sentence
from services import accounts, providers
from services.accounts import (
    Asks,
    BirthDateProof,
    Chosen,
    Denial,
    PasswordProof,
    Place,
    Progress,
    Registration,
    Step,
    StepGone,
    TotpProof,
)
from services.consent_texts import Purpose, current
from services.errors import Defect, Invalid, NotSignedIn, ServiceError

HOMES_AT_A_GLANCE: Final = 12
TO_A_SHIFT: Final = re.compile(r"/shifts/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/?#]|$)")
Form = Mapping[str, str]
Answer = Callable[[Request, Reader, str, Form], Awaitable[Progress]]
WRONG: Final[Mapping[Asks, ServiceError]] = {
    Asks.CODE: NotSignedIn("code_malformed"),
    Asks.TOTP: NotSignedIn("code_malformed"),
    Asks.ENROLMENT: NotSignedIn("code_malformed"),
    Asks.PASSWORD: NotSignedIn("wrong_name_or_password"),
    Asks.BIRTH_DATE: Invalid([Defect("birth_date", "birth_date_impossible")]),
    Asks.REGISTRATION: Invalid([Defect("name", "name_missing")]),
    Asks.CHOICE: StepGone(),
}
"""What is said of an answer that has not even the right form."""


async def show_step(request: Request) -> Response:
    """What is asked for next. Whoever is at no step any more begins anew, and is told so."""
    reader = await reader_of(request)
    back = own_address(request.query_params.get("back", "/"))
    try:
        step = await accounts.show(step_token(reader), reader.now)
    except StepGone:
        return go_to(f"/sign-in?{urlencode({'back': back, 'over': 1})}")
    return await _page(reader, step, back)


async def answer_step(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    back = own_address(text_of(form, "back"))
    token = step_token(reader)
    try:
        step = await accounts.show(token, reader.now)
    except StepGone as error:
        return await _gone(reader, back, error)
    try:
        reached = await ANSWERS[step.asks](request, reader, token, form)
    except msgspec.ValidationError:
        return await _page(reader, step, back, WRONG[step.asks], form)
    except StepGone as error:
        return await _gone(reader, back, error)
    except ServiceError as error:
        return await _page(reader, step, back, error, form)
    return go_on(reader, reached, back)


async def send_again(request: Request) -> Response:
    """Another code to the same number."""
    reader = await reader_of(request)
    back = own_address(text_of(await form_of(request), "back"))
    token = step_token(reader)
    try:
        step = await accounts.send_again(token, caller_of(request), reader.now, reader.settings)
    except StepGone as error:
        return await _gone(reader, back, error)
    except ServiceError as error:
        return await _page(reader, await accounts.show(token, reader.now), back, error)
    return go_on(reader, step, back)


async def deny(request: Request) -> Response:
    """ "This is not me"."""
    reader = await reader_of(request)
    back = own_address(text_of(await form_of(request), "back"))
    try:
        command = msgspec.convert({"step": step_token(reader)}, Denial)
        step = await accounts.deny(command, reader.now)
    except (StepGone, msgspec.ValidationError):
        return await _gone(reader, back, StepGone())
    return go_on(reader, step, back)


async def _code(request: Request, reader: Reader, token: str, form: Form) -> Progress:
    code = "".join(text_of(form, "code").split())
    msgspec.convert({"step": token, "totp": code}, TotpProof)  # Six digits, like any code.
    is_new = "is_new" in form
    caller = caller_of(request)
    return await accounts.answer_code(
        token, code, caller, reader.now, reader.settings, is_new=is_new
    )


async def _choice(request: Request, reader: Reader, token: str, form: Form) -> Progress:
    command = msgspec.convert({"step": token, "id": text_of(form, "id") or None}, Chosen)
    return await accounts.choose(command, caller_of(request), reader.now, reader.settings)


async def _birth_date(request: Request, reader: Reader, token: str, form: Form) -> Progress:
    given = {"step": token, "birth_date": text_of(form, "birth_date")}
    command = msgspec.convert(given, BirthDateProof)
    return await accounts.prove_by_birth_date(
        command, caller_of(request), reader.now, reader.settings
    )


async def _password(request: Request, reader: Reader, token: str, form: Form) -> Progress:
    code = "".join(text_of(form, "totp").split())
    given = {"step": token, "password": form.get("password", ""), "totp": code}
    command = msgspec.convert(given, PasswordProof)
    return await accounts.prove_by_password(
        command, caller_of(request), reader.now, reader.settings
    )


async def _registration(request: Request, reader: Reader, token: str, form: Form) -> Progress:
    is_guardian_only = "is_guardian_only" in form
    given = {
        "step": token,
        "name": text_of(form, "name"),
        "accepts_terms": "accepts_terms" in form,
        "is_guardian_only": is_guardian_only,
        "birth_date": text_of(form, "birth_date") or None,
        "organisation_id": text_of(form, "organisation_id") or None,
    }
    if not given["name"]:
        raise WRONG[Asks.REGISTRATION]
    command = msgspec.convert(given, Registration)
    return await accounts.register(command, caller_of(request), reader.now, reader.settings)


async def _totp(request: Request, reader: Reader, token: str, form: Form) -> Progress:
    command = _totp_command(token, form)
    return await accounts.answer_totp(command, caller_of(request), reader.now, reader.settings)


async def _enrolment(request: Request, reader: Reader, token: str, form: Form) -> Progress:
    command = _totp_command(token, form)
    return await accounts.enrol(command, caller_of(request), reader.now, reader.settings)


def _totp_command(token: str, form: Form) -> TotpProof:
    code = "".join(text_of(form, "totp").split())
    return msgspec.convert({"step": token, "totp": code}, TotpProof)


ANSWERS: Final[Mapping[Asks, Answer]] = {
    Asks.CODE: _code,
    Asks.CHOICE: _choice,
    Asks.BIRTH_DATE: _birth_date,
    Asks.PASSWORD: _password,
    Asks.REGISTRATION: _registration,
    Asks.TOTP: _totp,
    Asks.ENROLMENT: _enrolment,
}


async def _page(
    reader: Reader,
    step: Step,
    back: str,
    refused: ServiceError | None = None,
    form: Form | None = None,
) -> Response:
    facts: dict[str, Any] = {
        "step": step,
        "back": back,
        "refusal": sentence(reader, refused) if refused else None,
        "is_over": refused is not None and refused.reason == "ask_your_organisation",
        "form": form or {},
        "address": STEP_PAGE,
    }
    if step.asks is Asks.ENROLMENT:
        facts["qr"] = qr_code(step.uri)
    if step.asks is Asks.CODE:
        facts["wait_seconds"] = wait_seconds(step, reader)
    if step.asks is Asks.REGISTRATION:
        facts |= await _registration_facts(reader, form or {}, back)
    status = status_of(refused) if refused else 200
    return page(reader, f"sign-in-{step.asks.value.replace('_', '-')}.html", status, **facts)


async def _registration_facts(reader: Reader, form: Form, back: str) -> dict[str, Any]:
    """Where one lives is chosen in the form itself where few places come into question: those
    around the shift that led here, or the last ones of a level. Else it is found first, level by
    level or by name."""
    query = reader.request.query_params
    is_guardian_only = "is_guardian_only" in form or "guardian" in query
    search = query.get("search", "").strip()[:60]
    chosen = await _place_of(form.get("organisation_id") or query.get("place", ""))
    below: list[Place] = []
    has_moved = chosen is not None or "elsewhere" in query
    homes: list[Place] = []
    if search:
        below = await accounts.places_named(search)
    elif not is_guardian_only and (chosen is None or not chosen.is_home):
        homes = [] if has_moved else await _homes_on_the_way(back)
        if not homes:
            chosen, below = await _descend(chosen)
            homes = below if all(each.is_home for each in below) else []
    return {
        "is_guardian_only": is_guardian_only,
        "search": search,
        "has_moved": has_moved,
        "chosen": None if search else chosen,
        "below": below,
        "homes": homes if len(homes) <= HOMES_AT_A_GLANCE else [],
        "terms": current(Purpose.SERVICE),
    }


async def _homes_on_the_way(back: str) -> list[Place]:
    """Where the neighbours of the shift live to which the reader wants to go on."""
    found = TO_A_SHIFT.match(back)
    homes = await accounts.homes_around(UUID(found[1])) if found else []
    return homes if len(homes) <= HOMES_AT_A_GLANCE else []


async def _descend(chosen: Place | None) -> tuple[Place | None, list[Place]]:
    """The places to choose from; where there is only one, what lies below it."""
    below = await accounts.places(chosen.id if chosen else None)
    while len(below) == 1 and not below[0].is_home:
        chosen = below[0]
        below = await accounts.places(chosen.id)
    return chosen, below


async def _place_of(text: str) -> Place | None:
    try:
        return await accounts.place(UUID(text))
    except ValueError:
        return None


def qr_code(text: str) -> Markup:
    """The text as a QR code, in lines of the page itself."""
    code = segno.make(text, error="m")
    return Markup(code.svg_inline(border=3, dark="#000", light="#fff", omitsize=True))


async def _gone(reader: Reader, back: str, error: ServiceError) -> Response:
    facts = {
        "back": back,
        "refusal": sentence(reader, error),
        "ended": None,
        "phone": "",
        "providers": await providers.active(),
    }
    response = page(reader, "sign-in.html", status_of(error), **facts)
    set_step_cookie(response, None, reader)
    return response
