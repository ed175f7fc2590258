"""Whom an organisation takes no claims of for a time: the list, a new one, and its end."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api import messages
from api.i18n import mark, translations
from api.layer.decoding import read_command, read_id
from api.layer.problems import status_of
from api.pages.day_fields import end_of
from api.pages.forms import form_of, text_of
from api.pages.nodes import node_choices
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import blocks, people, rights
from services.blocks import DAYS_MAX, BlockIn
from services.errors import Conflict, Invalid, NotFound, ServiceError
from services.paging import CURSOR_LENGTH_MAX, PageQuery
from services.people import PeopleQuery, PersonLine
from services.rights import Right

SHOWN: Final = 30
FOUND_MOST: Final = 20
DAYS_AT_FIRST: Final = 30
LIST: Final = "/admin/blocks"
SAID: Final = {
    "made": mark("Noted. The person is told until when, and why."),
    "lifted": mark("They can sign up again, and they are told."),
}


async def show_list(request: Request) -> Response:
    reader = await reader_of(request)
    actor, asked = reader.require_actor(), reader.request.query_params
    query = PageQuery(limit=SHOWN, after=asked.get("after", "")[:CURSOR_LENGTH_MAX] or None)
    found = await blocks.list_page(actor, query, reader.now)
    said = SAID.get(asked.get("said", ""))
    facts = {
        "blocks": found.items,
        "next": found.next,
        "may_change": rights.has(actor, Right.RUN_WORK),
        "said": translations(reader.language).gettext(said) if said else None,
    }
    return page(reader, "admin-blocks.html", **facts)


async def show_new(request: Request) -> Response:
    """Who it is about stands in the address by an id; without one, somebody is looked for."""
    reader = await reader_of(request)
    rights.require_anywhere(reader.require_actor(), Right.RUN_WORK)
    form = {name: request.query_params.get(name, "") for name in ("person", "organisation_id")}
    if not form["person"]:
        return page(reader, "admin-block-whom.html", people=[], search="", is_cut=False)
    return await _form_page(reader, form)


async def look(request: Request) -> Response:
    """By a form that is posted, so that no name stands in an address."""
    reader = await reader_of(request)
    actor = reader.require_actor()
    rights.require_anywhere(actor, Right.RUN_WORK)
    words = text_of(await form_of(request), "q").replace("\x00", "")[:120]
    found: list[PersonLine] = []
    is_cut = False
    if words:
        asked = await people.find(actor, PeopleQuery(q=words, limit=FOUND_MOST))
        found, is_cut = asked.items, asked.next is not None
    facts = {"people": found, "search": words, "is_cut": is_cut}
    return page(reader, "admin-block-whom.html", **facts)


async def make(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    given = {
        "volunteer_id": text_of(form, "person"),
        "ends_at": end_of(reader, text_of(form, "last_day")),
        "reason": " ".join(text_of(form, "reason").split()),
        **({"organisation_id": node} if (node := text_of(form, "organisation_id")) else {}),
    }
    try:
        await blocks.add(reader.require_actor(), read_command(given, BlockIn), reader.now)
    except (Conflict, Invalid) as error:
        return await _form_page(reader, form, error)
    return go_to(f"{LIST}?said=made")


async def lift(request: Request) -> Response:
    reader = await reader_of(request)
    await blocks.lift(reader.require_actor(), request.path_params["block_id"])
    return go_to(f"{LIST}?said=lifted")


async def _form_page(
    reader: Reader, form: Mapping[str, str], refused: ServiceError | None = None
) -> Response:
    actor, today = reader.require_actor(), reader.moments.day_of(reader.now)
    facts = {
        "form": form,
        "whom": await blocks.whom(actor, read_id(text_of(form, "person"))),
        "first_day": today.isoformat(),
        "proposed_day": (today + timedelta(days=DAYS_AT_FIRST)).isoformat(),
        "most_day": (today + timedelta(days=DAYS_MAX - 1)).isoformat(),
        "refusal": sentence(reader, refused) if isinstance(refused, Conflict) else None,
        "faults": _faults(reader, refused) if isinstance(refused, Invalid) else {},
        **await node_choices(actor, Right.RUN_WORK, form),
    }
    return page(reader, "admin-block-new.html", status_of(refused) if refused else 200, **facts)


def _faults(reader: Reader, error: Invalid) -> dict[str, str]:
    """What is wrong, by the field of the form; of a person who is gone there is nothing to say."""
    if any(defect.place == "volunteer_id" for defect in error.defects):
        raise NotFound from error
    names = {"ends_at": "last_day"}
    zone = reader.settings.zone
    return {
        names.get(defect.place, defect.place): messages.say_defect(defect, reader.language, zone)
        for defect in error.defects
    }
