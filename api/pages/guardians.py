"""Guardians and wards: questions to answer, ties to make, children to register."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import accounts, activity_consents, consents, guardians, volunteers, wards
from services.activity_consents import ActivityConsent, ActivityConsentIn, AnswerIn
from services.consents import TEXTS, Purpose
from services.errors import Defect, Invalid, NotSignedIn, ServiceError
from services.guardian_types import GuardianCode, GuardianshipIn, Relation
from services.paging import LIMIT_MAX, PageQuery
from services.rights import Actor
from services.wards import GuardianCheckIn, WardIn

T = TypeVar("T", bound=msgspec.Struct)
PAGE: Final = "/me/wards"
EVERYTHING: Final = PageQuery(limit=LIMIT_MAX)
RELATION_WORDS: Final[Mapping[str, str]] = {
    Relation.MOTHER: mark("mother"),
    Relation.FATHER: mark("father"),
    Relation.GRANDPARENT: mark("grandparent"),
    Relation.LEGAL_GUARDIAN: mark("legal guardian"),
}
TIE_WORDS: Final[Mapping[str, str]] = {
    "requested": mark("Waiting to be verified"),
    "verified": mark("Verified"),
    "refused": mark("Could not be verified"),
    "ended": mark("Ended"),
    "withdrawn": mark("Taken back"),
}
ANSWER_WORDS: Final[Mapping[str, str]] = {
    "asked": mark("Waiting for a guardian"),
    "given": mark("Agreed"),
    "refused": mark("Not agreed"),
    "withdrawn": mark("Taken back"),
}
DONE_WORDS: Final[Mapping[str, str]] = {
    "agreed": mark("You have agreed. Your child is told and can take the seat now."),
    "refused": mark("You have said no. If there was a seat, it is free for somebody else."),
    "tied": mark("You are linked. It counts once somebody has seen your papers."),
    "ended": mark("Ended. It counts no more from now on."),
    "check": mark("Noted. Please bring your papers; you will be told."),
    "registered": mark("Your child is registered. You act for them from now on."),
    "asked": mark("Your guardian has been asked, and is told by a message."),
}


async def show(request: Request) -> Response:
    reader = await reader_of(request)
    return await _page(reader, done=request.query_params.get("done", ""))


async def lead_to_page(_: Request) -> Response:
    return go_to(PAGE)


async def make_code(request: Request) -> Response:
    reader = await reader_of(request)
    try:
        code = await guardians.make_code(reader.require_actor(), reader.now)
    except NotSignedIn:
        raise
    except ServiceError as error:
        return await _page(reader, refused=error)
    # The code is shown once and stands in no address.
    return await _page(reader, code=code)


async def tie(request: Request) -> Response:
    form = await form_of(request)
    command = {"code": text_of(form, "tie"), "relation": text_of(form, "relation")}

    async def act(actor: Actor, reader: Reader) -> None:
        typed = _read(command, GuardianshipIn, "guardian_code_wrong")
        await guardians.ask(actor, typed, reader.now)

    return await _do(request, act, "tied")


async def end(request: Request) -> Response:
    guardianship_id: UUID = request.path_params["guardianship_id"]

    async def act(actor: Actor, reader: Reader) -> None:
        await guardians.end(actor, guardianship_id, reader.now)

    return await _do(request, act, "ended")


async def ask_check(request: Request) -> Response:
    form = await form_of(request)

    async def act(actor: Actor, reader: Reader) -> None:
        command = {"organisation_id": text_of(form, "organisation_id")}
        await wards.ask_check(actor, _read(command, GuardianCheckIn), reader.now)

    return await _do(request, act, "check")


async def withdraw_check(request: Request) -> Response:
    check_id: UUID = request.path_params["check_id"]

    async def act(actor: Actor, reader: Reader) -> None:
        await wards.withdraw_check(actor, check_id, reader.now)

    return await _do(request, act, "ended")


async def register(request: Request) -> Response:
    form = await form_of(request)

    async def act(actor: Actor, reader: Reader) -> None:
        names = ("name", "birth_date", "organisation_id", "relation", "text_version")
        if text_of(form, "agrees") != "yes":
            raise Invalid([Defect("agrees", "notice_not_agreed")])
        command = _read({name: text_of(form, name) for name in names}, WardIn)
        today = reader.moments.day_of(reader.now)
        await wards.register(actor, command, reader.now, today=today)

    return await _do(request, act, "registered")


async def answer(request: Request) -> Response:
    consent_id: UUID = request.path_params["consent_id"]
    form = await form_of(request)
    is_given = text_of(form, "answer") == "yes"

    async def act(actor: Actor, reader: Reader) -> None:
        known = {"is_given": is_given, "risk_statement_version": _number(form, "version")}
        command = _read(known, AnswerIn)
        await activity_consents.answer(actor, consent_id, command, reader.now)

    return await _do(request, act, "agreed" if is_given else "refused")


async def ask_guardian(request: Request) -> Response:
    """As a minor: have one's guardians asked about a shift."""
    shift_id: UUID = request.path_params["shift_id"]

    async def act(actor: Actor, reader: Reader) -> None:
        await activity_consents.ask(actor, ActivityConsentIn(shift_id=shift_id), reader.now)

    return await _do(request, act, "asked")


async def _do(
    request: Request, act: Callable[[Actor, Reader], Awaitable[None]], done: str
) -> Response:
    reader = await reader_of(request)
    try:
        await act(reader.require_actor(), reader)
    except NotSignedIn:
        raise
    except ServiceError as error:
        return await _page(reader, refused=error)
    return go_to(f"{PAGE}?done={done}")


def _read(known: Mapping[str, Any], kind: type[T], code: str = "form_incomplete") -> T:
    try:
        return msgspec.convert(known, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid([Defect("", code)]) from error


def _number(form: Mapping[str, str], name: str) -> int:
    text = text_of(form, name)
    return int(text) if text.isdecimal() and len(text) < 10 else 0


async def _page(
    reader: Reader,
    *,
    done: str = "",
    refused: ServiceError | None = None,
    code: GuardianCode | None = None,
) -> Response:
    actor = reader.require_actor()
    ties = (await guardians.list_mine(actor, EVERYTHING)).items
    asked = (await activity_consents.list_mine(actor, EVERYTHING)).items
    checks = (await wards.list_own_checks(actor, EVERYTHING)).items
    waiting, past = _sorted(asked, reader)
    search = reader.request.query_params.get("search", "").strip()[:60]
    facts: dict[str, Any] = {
        "search": search,
        "places": await accounts.places_named(search) if search else [],
        "chosen": await _place(reader.request.query_params.get("place", "")),
        "check": next((each for each in checks if each.state == "requested"), None),
        "open_check": next((each for each in checks if each.children_left), None),
        "mine": [tie for tie in ties if tie.is_guardian and tie.state != "ended"],
        "guarded_by": [tie for tie in ties if not tie.is_guardian and tie.state != "ended"],
        "waiting": waiting,
        "past": past,
        "child_notice": TEXTS[Purpose.CHILD][-1],
        "relations": list(Relation),
        "ages": consents.AGES,
        "is_grown_up": await _is_grown_up(actor, reader),
        "code": code,
        "done": DONE_WORDS.get(done),
        "refusal": sentence(reader, refused) if refused else None,
        "is_ward_of": lambda asked: asked.volunteer_id in actor.wards,
    }
    status = refused.status if refused else 200
    return page(reader, "me-wards.html", status, **facts, **_helpers(reader))


async def _is_grown_up(actor: Actor, reader: Reader) -> bool:
    """Whoever is no volunteer signs in as a guardian, which is for adults only."""
    if actor.volunteer_id is None:
        return True
    today = reader.moments.day_of(reader.now)
    person = await volunteers.get(actor, actor.volunteer_id, today=today)
    return person.age >= consents.AGES.grown_up


async def _place(text: str) -> accounts.Place | None:
    try:
        return await accounts.place(UUID(text))
    except ValueError:
        return None


def _sorted(
    asked: list[ActivityConsent], reader: Reader
) -> tuple[list[ActivityConsent], list[ActivityConsent]]:
    """What waits for an answer, the soonest first, and everything else."""
    waiting = [
        each
        for each in asked
        if each.shift.starts_at > reader.now
        and (each.state == "asked" or (each.state == "given" and not each.is_live))
    ]
    known = {each.id for each in waiting}
    waiting.sort(key=lambda each: each.shift.starts_at)
    return waiting, [each for each in asked if each.id not in known]


def _helpers(reader: Reader) -> Mapping[str, Callable[..., object]]:
    look_up = translations(reader.language).gettext
    return {
        "relation_words": lambda relation: look_up(RELATION_WORDS[relation]),
        "tie_words": lambda state: look_up(TIE_WORDS[state]),
        "answer_words": lambda state: look_up(ANSWER_WORDS[state]),
        "said": lambda words: words.zh if reader.language == "zh" else words.en,
    }
