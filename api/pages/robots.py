"""The robots in the chat groups of organisers (企业微信): added, tried, and taken out."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api import messages
from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.nodes import node_choices
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import organisations
from services.errors import Conflict, Invalid, ServiceError
from services.notifications import robots
from services.notifications.robots import GroupRobotIn
from services.paging import CURSOR_LENGTH_MAX, PageQuery
from services.rights import Right

SHOWN: Final = 30
LIST: Final = "/admin/robots"
SAID: Final = {
    "added": mark("Added. Post a test, and look into the group."),
    "tested": mark(
        "A test is on its way into the group. What came of it stands below in a moment."
    ),
    "ended": mark("The group is told nothing any more, and its address is forgotten."),
}


async def show_list(request: Request) -> Response:
    return await _page(await reader_of(request), {})


async def add(request: Request) -> Response:
    """The address is never shown again, not even to whoever typed it wrong."""
    reader = await reader_of(request)
    form = await form_of(request)
    given = {name: text_of(form, name) for name in ("organisation_id", "name", "address")}
    try:
        await robots.create(reader.require_actor(), read_command(given, GroupRobotIn), reader.now)
    except Invalid as error:
        return await _page(reader, form, error)
    return go_to(f"{LIST}?said=added")


async def send_test(request: Request) -> Response:
    reader = await reader_of(request)
    try:
        await robots.send_test(reader.require_actor(), request.path_params["robot_id"], reader.now)
    except Conflict as error:
        return await _page(reader, {}, error)
    return go_to(f"{LIST}?said=tested")


async def end(request: Request) -> Response:
    reader = await reader_of(request)
    await robots.end(reader.require_actor(), request.path_params["robot_id"], reader.now)
    return go_to(f"{LIST}?said=ended")


async def _page(
    reader: Reader, form: Mapping[str, str], refused: ServiceError | None = None
) -> Response:
    actor, asked = reader.require_actor(), reader.request.query_params
    query = PageQuery(limit=SHOWN, after=asked.get("after", "")[:CURSOR_LENGTH_MAX] or None)
    found = await robots.list_all(actor, query)
    names = await organisations.names(actor, {each.organisation_id for each in found.items})
    said = SAID.get(asked.get("said", ""))
    facts = {
        "robots": found.items,
        "names": names,
        "next": found.next,
        "form": form,
        "faults": _faults(reader, refused) if isinstance(refused, Invalid) else {},
        "refusal": sentence(reader, refused) if isinstance(refused, Conflict) else None,
        "said": translations(reader.language).gettext(said) if said and not refused else None,
        **await node_choices(actor, Right.RUN_WORK, form or asked),
    }
    return page(reader, "admin-robots.html", status_of(refused) if refused else 200, **facts)


def _faults(reader: Reader, error: Invalid) -> dict[str, str]:
    zone = reader.settings.zone
    return {
        defect.place: messages.say_defect(defect, reader.language, zone) for defect in error.defects
    }
