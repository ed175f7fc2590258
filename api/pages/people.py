"""People as their registrars see them: the list, one person, and who may be there twice."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of, values_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import documents, memberships, organisations, people, rights, skills, volunteers
from services.documents import NeedIn, NeedPurpose
from services.errors import Conflict, Forbidden, Invalid, ServiceError
from services.paging import CURSOR_LENGTH_MAX, LIMIT_MAX, PageQuery
from services.people import (
    Datum,
    DuplicateReason,
    PairIn,
    PeopleQuery,
    PersonMergeIn,
    RevealAsk,
    Revealed,
    RevealIn,
    RevealPurpose,
)
from services.rights import Right
from services.skills import HeldSkill

SHOWN: Final = 30
COUNTED_MAX: Final = 99
SAID: Final = {
    "asked": mark("The person is asked for the number and has been told."),
    "closed": mark("The number is no longer asked for."),
    "distinct": mark("Noted: these are two people."),
    "merged": mark("The two records are one person now."),
    "wanted": mark("A second person is asked to approve. You find it under approvals."),
}
DATUM_WORDS: Final[Mapping[Datum, str]] = {
    Datum.PHONE: mark("Phone number"),
    Datum.BIRTH_DATE: mark("Date of birth"),
    Datum.DOCUMENT: mark("Identity document"),
}
PURPOSE_WORDS: Final[Mapping[RevealPurpose, str]] = {
    RevealPurpose.CONTACT: mark("to reach the person"),
    RevealPurpose.IDENTITY: mark("to check who somebody is"),
    RevealPurpose.INSURANCE: mark("for insurance"),
    RevealPurpose.CORRECTION: mark("to put data right"),
    RevealPurpose.SAFETY: mark("for somebody's safety"),
}
REASON_WORDS: Final[Mapping[DuplicateReason, str]] = {
    DuplicateReason.DOCUMENT: mark("same document"),
    DuplicateReason.NAME_AND_BIRTH_DATE: mark("same name and birthday"),
    DuplicateReason.PHONE: mark("same phone number"),
}
NEED_WORDS: Final[Mapping[NeedPurpose, str]] = {
    NeedPurpose.INSURANCE: mark("for insurance"),
    NeedPurpose.DESTINATION: mark("for a destination"),
}
MEMBERSHIP_WORDS: Final[Mapping[str, str]] = {
    "home": mark("home community"),
    "unit": mark("unit"),
    "team": mark("team"),
    "student": mark("student"),
}


async def show_list(request: Request) -> Response:
    reader = await reader_of(request)
    after = request.query_params.get("after", "")[:CURSOR_LENGTH_MAX] or None
    return await _list_page(reader, PeopleQuery(limit=SHOWN, after=after))


async def search(request: Request) -> Response:
    """By a form that is posted: a number that is looked for does not stand in an address."""
    reader = await reader_of(request)
    words = text_of(await form_of(request), "q").replace("\x00", "")[:120]
    return await _list_page(reader, PeopleQuery(q=words, limit=SHOWN))


async def _list_page(reader: Reader, query: PeopleQuery) -> Response:
    actor = reader.require_actor()
    found = await people.find(actor, query)
    facts = {
        "people": found.items,
        "next": None if query.q else found.next,
        "is_cut": bool(query.q and found.next),
        "is_whole": not (query.after or found.next),
        "search": query.q,
        "duplicates": await people.count_duplicates(actor, COUNTED_MAX),
        "may_merge": rights.has(actor, Right.MERGE_PEOPLE),
    }
    return page(reader, "admin-people.html", **facts)


async def show_person(request: Request) -> Response:
    return await _person_page(await reader_of(request), request.path_params["volunteer_id"])


async def reveal(request: Request) -> Response:
    """On a page that is shown this once, so that no address leads to what it shows."""
    reader = await reader_of(request)
    volunteer_id: UUID = request.path_params["volunteer_id"]
    purpose = text_of(await form_of(request), "purpose")
    fields = await values_of(request, "fields")
    try:
        command = read_command({"fields": fields, "purpose": purpose}, RevealIn)
        shown = await people.reveal(reader.require_actor(), volunteer_id, command, reader.now)
    except Invalid:
        words = translations(reader.language).gettext("Choose what to show, and for what.")
        return await _person_page(reader, volunteer_id, fault=words)
    except Forbidden as error:
        if error.reason != "approval_needed":
            raise
        return await _person_page(reader, volunteer_id, refused=error)
    return await _person_page(reader, volunteer_id, shown=shown)


async def ask_to_reveal(request: Request) -> Response:
    reader = await reader_of(request)
    volunteer_id: UUID = request.path_params["volunteer_id"]
    given = {"purpose": text_of(await form_of(request), "purpose")}
    try:
        purpose = read_command(given, RevealAsk).purpose
        await people.ask_to_reveal(reader.require_actor(), volunteer_id, purpose, reader.now)
    except (Invalid, Conflict) as error:
        return await _person_page(reader, volunteer_id, refused=error)
    return go_to(f"/admin/people/{volunteer_id}?said=wanted")


async def ask_document(request: Request) -> Response:
    reader = await reader_of(request)
    volunteer_id: UUID = request.path_params["volunteer_id"]
    form = await form_of(request)
    given = {name: text_of(form, name) for name in ("purpose", "recipient")}
    try:
        command = read_command(given, NeedIn)
        await documents.open_need(reader.require_actor(), volunteer_id, command, reader.now)
    except (Invalid, Conflict) as error:
        return await _person_page(reader, volunteer_id, refused=error)
    return go_to(f"/admin/people/{volunteer_id}?said=asked")


async def close_document(request: Request) -> Response:
    reader = await reader_of(request)
    need_id: UUID = request.path_params["need_id"]
    need = await documents.close(reader.require_actor(), need_id, reader.now)
    return go_to(f"/admin/people/{need.volunteer_id}?said=closed")


async def show_duplicates(request: Request) -> Response:
    reader = await reader_of(request)
    after = request.query_params.get("after", "")[:CURSOR_LENGTH_MAX] or None
    query = PageQuery(limit=SHOWN, after=after)
    found = await people.list_duplicates(reader.require_actor(), query)
    facts = {"pairs": found.items, "next": found.next, "said": _said(reader), **_words(reader)}
    return page(reader, "admin-duplicates.html", **facts)


async def show_pair(request: Request) -> Response:
    return await _pair_page(await reader_of(request))


async def merge(request: Request) -> Response:
    reader = await reader_of(request)
    actor, form = reader.require_actor(), await form_of(request)
    ids = [str(request.path_params[name]) for name in ("one_id", "other_id")]
    kept = text_of(form, "kept_id")
    if kept not in ids:
        words = translations(reader.language).gettext("Choose which record goes on.")
        return await _pair_page(reader, fault=words)
    ids.remove(kept)
    given = {"kept_id": kept, "merged_id": ids[0], "reason": text_of(form, "reason")}
    today = reader.moments.day_of(reader.now)
    try:
        await people.merge(actor, read_command(given, PersonMergeIn), reader.now, today=today)
    except Invalid:
        words = translations(reader.language).gettext(
            "Say in a few words how you know that they are one person."
        )
        return await _pair_page(reader, fault=words)
    except Conflict as error:
        return await _pair_page(reader, refused=error)
    return go_to(f"/admin/people/{kept}?said=merged")


async def mark_distinct(request: Request) -> Response:
    reader = await reader_of(request)
    one, other = (request.path_params[name] for name in ("one_id", "other_id"))
    await people.mark_distinct(reader.require_actor(), PairIn(one_id=one, other_id=other))
    return go_to("/admin/people/duplicates?said=distinct")


async def _pair_page(
    reader: Reader, *, fault: str = "", refused: ServiceError | None = None
) -> Response:
    actor = reader.require_actor()
    one, other = (reader.request.path_params[name] for name in ("one_id", "other_id"))
    today = reader.moments.day_of(reader.now)
    found = await people.compare(actor, one, other, today=today)
    nodes = [side.volunteer.organisation_id for side in (found.one, found.other)]
    facts = {
        "found": found,
        "nodes": await organisations.names(actor, nodes),
        "fault": fault,
        "refusal": sentence(reader, refused) if refused else None,
        **_words(reader),
    }
    status = status_of(refused) if refused else 400 if fault else 200
    return page(reader, "admin-pair.html", status, **facts)


async def _person_page(
    reader: Reader,
    volunteer_id: UUID,
    *,
    shown: Revealed | None = None,
    fault: str = "",
    refused: ServiceError | None = None,
) -> Response:
    actor = reader.require_actor()
    today = reader.moments.day_of(reader.now)
    rights.require_anywhere(actor, Right.SEE_PEOPLE)
    person = await volunteers.get(actor, volunteer_id, today=today)
    is_open = person.state.value == "active"
    may_reveal = is_open and await rights.covers(actor, Right.REVEAL_PEOPLE, person.organisation_id)
    facts = {
        "person": person,
        "node": (await organisations.names(actor, [person.organisation_id])).get(
            person.organisation_id
        ),
        "memberships": await memberships.list_of(actor, volunteer_id, today=today),
        "skills": await _skills(reader, volunteer_id) if is_open else [],
        "today": today,
        "needs": await documents.list_needs(actor, volunteer_id) if may_reveal else [],
        "history": await people.history(actor, volunteer_id, today=today),
        "may_reveal": may_reveal,
        "may_block": is_open and rights.has(actor, Right.RUN_WORK),
        "shown": shown,
        "fault": fault,
        "refusal": sentence(reader, refused) if refused else None,
        "needs_approval": refused is not None and refused.reason == "approval_needed",
        "said": _said(reader) if not (shown or fault or refused) else None,
        **_words(reader),
    }
    status = status_of(refused) if refused else 400 if fault else 200
    return page(reader, "admin-person.html", status, **facts)


async def _skills(reader: Reader, volunteer_id: UUID) -> list[HeldSkill]:
    query, today = PageQuery(limit=LIMIT_MAX), reader.moments.day_of(reader.now)
    found = await skills.list_of(reader.require_actor(), volunteer_id, query, today=today)
    return found.items


def _said(reader: Reader) -> str | None:
    said = SAID.get(reader.request.query_params.get("said", ""))
    return translations(reader.language).gettext(said) if said else None


def _words(reader: Reader) -> dict[str, Any]:
    look_up = translations(reader.language).gettext
    return {
        "datum_words": {each: look_up(words) for each, words in DATUM_WORDS.items()},
        "purpose_words": {each: look_up(words) for each, words in PURPOSE_WORDS.items()},
        "reason_words": {each: look_up(words) for each, words in REASON_WORDS.items()},
        "need_words": {each: look_up(words) for each, words in NEED_WORDS.items()},
        "membership_words": {each: look_up(words) for each, words in MEMBERSHIP_WORDS.items()},
        **document_words(reader),
    }


def document_words(reader: Reader) -> dict[str, Any]:
    """The kinds of documents in the reader's language."""
    look_up = translations(reader.language).gettext
    return {"document_words": {each: look_up(words) for each, words in DOCUMENT_WORDS.items()}}


DOCUMENT_WORDS: Final[Mapping[documents.DocumentKind, str]] = {
    documents.DocumentKind.RESIDENT_ID: mark("Resident identity card"),
    documents.DocumentKind.PASSPORT: mark("Passport"),
    documents.DocumentKind.HM_PERMIT: mark("Mainland travel permit, Hong Kong and Macau"),
    documents.DocumentKind.TAIWAN_PERMIT: mark("Mainland travel permit, Taiwan"),
    documents.DocumentKind.HMT_RESIDENCE: mark("Residence permit, Hong Kong, Macau and Taiwan"),
    documents.DocumentKind.PERMANENT_RESIDENCE: mark("Foreigner's permanent residence card"),
}
