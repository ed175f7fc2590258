"""The queue of guardians whose papers somebody has to see."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.pages.forms import form_of, text_of
from api.pages.guardians import RELATION_WORDS
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import guardians, wards
from services.errors import Defect, Invalid, NotSignedIn, ServiceError
from services.guardian_types import EvidenceKind, GuardianDecision
from services.paging import PageQuery
from services.wards import CHILDREN_MAX, GuardianCheckDecision

PAGE: Final = "/admin/guardians"
EVIDENCE_WORDS: Final[Mapping[str, str]] = {
    EvidenceKind.HOUSEHOLD_REGISTER: mark("household register"),
    EvidenceKind.BIRTH_CERTIFICATE: mark("birth certificate"),
    EvidenceKind.COURT_DECISION: mark("court decision"),
    EvidenceKind.SCHOOL_RECORD: mark("school record"),
}
DONE_WORDS: Final[Mapping[str, str]] = {
    "verified": mark("Written down. Both sides are told."),
    "refused": mark("Written down. They are told what to bring next time."),
}


async def show(request: Request) -> Response:
    reader = await reader_of(request)
    return await _page(reader, done=request.query_params.get("done", ""))


async def decide(request: Request) -> Response:
    """Over a tie between a guardian and a minor."""
    guardianship_id = request.path_params["guardianship_id"]
    reader = await reader_of(request)
    form = await form_of(request)
    try:
        command = _read(form, GuardianDecision)
        await guardians.decide(reader.require_actor(), guardianship_id, command, reader.now)
    except NotSignedIn:
        raise
    except ServiceError as error:
        return await _page(reader, refused=error)
    return go_to(f"{PAGE}?done={'verified' if command.is_verified else 'refused'}")


async def decide_check(request: Request) -> Response:
    """Over a guardian who wants to register children."""
    check_id = request.path_params["check_id"]
    reader = await reader_of(request)
    form = await form_of(request)
    try:
        command = _read(form, GuardianCheckDecision)
        await wards.decide_check(reader.require_actor(), check_id, command, reader.now)
    except NotSignedIn:
        raise
    except ServiceError as error:
        return await _page(reader, refused=error)
    return go_to(f"{PAGE}?done={'verified' if command.is_verified else 'refused'}")


def _read(form: Mapping[str, str], kind: Any) -> Any:
    is_verified = text_of(form, "decision") == "yes"
    known: dict[str, Any] = {"is_verified": is_verified}
    if is_verified and text_of(form, "evidence_kind"):
        known["evidence_kind"] = text_of(form, "evidence_kind")
    if is_verified and text_of(form, "children"):
        known["children"] = text_of(form, "children")
    try:
        return msgspec.convert(known, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid([Defect("", "form_incomplete")]) from error


async def _page(reader: Reader, *, done: str = "", refused: ServiceError | None = None) -> Response:
    actor = reader.require_actor()
    ties_page, checks_page = PageQuery(), PageQuery()
    look_up = translations(reader.language).gettext
    facts: dict[str, Any] = {
        "ties": (await guardians.list_waiting(actor, ties_page)).items,
        "checks": (await wards.list_waiting_checks(actor, checks_page)).items,
        "kinds": list(EvidenceKind),
        "children_max": CHILDREN_MAX,
        "evidence_words": lambda kind: look_up(EVIDENCE_WORDS[kind]),
        "relation_words": lambda relation: look_up(RELATION_WORDS[relation]),
        "done": DONE_WORDS.get(done),
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "admin-guardians.html", refused.status if refused else 200, **facts)
