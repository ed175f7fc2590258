"""Programs that work with this service: registering one, its secret, and its end."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api import messages
from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.oauth.description import PATH
from api.pages.forms import form_of, text_of, values_of
from api.pages.nodes import node_choices
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import clients, rights, tokens
from services.clients import ClientIn, ClientScope
from services.errors import Conflict, Invalid, ServiceError
from services.paging import CURSOR_LENGTH_MAX, PageQuery
from services.rights import Actor, Right

SHOWN: Final = 30
LIST: Final = "/admin/clients"
SCOPE_WORDS: Final[Mapping[str, str]] = {
    "work:read": mark("See projects, shifts and who serves"),
    "work:write": mark("Make and change projects and shifts"),
    "people:read": mark("See people"),
    "people:write": mark("Register people"),
    "tags:write": mark("Give people the organisation's tags"),
    "points:write": mark("Award points"),
    "hours:export": mark("Read totals and export hours"),
    "audit:read": mark("Read the log"),
}
SAID: Final[Mapping[str, str]] = {
    "revoked": mark("The program is shut out, and its tokens are of no use any more."),
}


async def show_list(request: Request) -> Response:
    return await _list_page(await reader_of(request))


async def show_new(request: Request) -> Response:
    reader = await reader_of(request)
    form = {name: request.query_params.get(name, "") for name in ("organisation_id", "q")}
    return await _form_page(reader, form, [])


async def make(request: Request) -> Response:
    """The program, and its secret on a page that is shown this once."""
    reader = await reader_of(request)
    actor, form = reader.require_actor(), await form_of(request)
    chosen = await values_of(request, "scopes")
    given = {
        "name": text_of(form, "name"),
        "organisation_id": text_of(form, "organisation_id") or None,
        "scopes": chosen,
        "purpose": text_of(form, "purpose"),
    }
    try:
        client = await clients.make(actor, read_command(given, ClientIn), reader.now)
    except Invalid as error:
        return await _form_page(reader, form, chosen, _faults(reader, error))
    return await _secret_page(reader, actor, client.id)


async def renew_secret(request: Request) -> Response:
    reader = await reader_of(request)
    try:
        return await _secret_page(reader, reader.require_actor(), request.path_params["client_id"])
    except Conflict as error:
        return await _list_page(reader, error)


async def revoke(request: Request) -> Response:
    reader = await reader_of(request)
    await clients.revoke(reader.require_actor(), request.path_params["client_id"], reader.now)
    return go_to(f"{LIST}?said=revoked")


async def _list_page(reader: Reader, refused: ServiceError | None = None) -> Response:
    actor, asked = reader.require_actor(), reader.request.query_params
    query = PageQuery(limit=SHOWN, after=asked.get("after", "")[:CURSOR_LENGTH_MAX] or None)
    found = await clients.list_page(actor, query)
    said = SAID.get(asked.get("said", ""))
    facts = {
        "clients": found.items,
        "next": found.next,
        "scope_words": scope_words(reader),
        "said": translations(reader.language).gettext(said) if said and not refused else None,
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "admin-clients.html", status_of(refused) if refused else 200, **facts)


async def _form_page(
    reader: Reader,
    form: Mapping[str, str],
    chosen: list[str],
    faults: Mapping[str, str] | None = None,
) -> Response:
    actor = reader.require_actor()
    rights.require_anywhere(actor, Right.MANAGE_CLIENTS)
    facts: dict[str, Any] = {
        "form": form,
        "chosen": chosen,
        "faults": faults or {},
        "scopes": [scope.value for scope in ClientScope],
        "scope_words": scope_words(reader),
        **await node_choices(actor, Right.MANAGE_CLIENTS, form),
    }
    return page(reader, "admin-client-new.html", 422 if faults else 200, **facts)


async def _secret_page(reader: Reader, actor: Actor, client_id: UUID) -> Response:
    given = await clients.renew_secret(actor, client_id)
    facts = {
        "client": await clients.get(actor, client_id),
        "secret": given.client_secret,
        "token_address": reader.settings.address.rstrip("/") + PATH,
        "api_address": tokens.audience(reader.settings),
    }
    return page(reader, "admin-client-secret.html", **facts)


def scope_words(reader: Reader) -> dict[str, str]:
    """What each scope lets a program do, in the reader's language."""
    look_up = translations(reader.language).gettext
    return {scope: look_up(words) for scope, words in SCOPE_WORDS.items()}


def _faults(reader: Reader, error: Invalid) -> dict[str, str]:
    zone = reader.settings.zone
    return {
        defect.place.partition("[")[0]: messages.say_defect(defect, reader.language, zone)
        for defect in error.defects
    }
