"""Providers of other houses, for those who look after them."""

from collections.abc import Mapping
from typing import Any, Final

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
from services import openid, providers, rights
from services.errors import Conflict, Invalid, ServiceError
from services.paging import CURSOR_LENGTH_MAX, PageQuery
from services.providers import ProviderIn, ProviderSecretIn
from services.rights import Right

SHOWN: Final = 30
LIST: Final = "/admin/providers"
FIELDS: Final = ("key", "title", "issuer", "client_id", "number_claim")
SAID: Final[Mapping[str, str]] = {
    "made": mark("Its people can sign in now. Try it yourself in a private window."),
    "on": mark("Its people can sign in again."),
    "off": mark("Nobody signs in with it any more. Whoever is signed in stays so."),
    "secret": mark("The new secret is kept, encrypted."),
}


async def show_list(request: Request) -> Response:
    return await _list_page(await reader_of(request))


async def show_new(request: Request) -> Response:
    reader = await reader_of(request)
    form = {name: request.query_params.get(name, "") for name in ("organisation_id", "q")}
    return await _form_page(reader, form)


async def make(request: Request) -> Response:
    reader = await reader_of(request)
    actor, form = reader.require_actor(), await form_of(request)
    given: dict[str, Any] = {name: text_of(form, name) for name in FIELDS}
    for name in ("organisation_id", "client_secret"):
        given[name] = text_of(form, name) or None
    try:
        await providers.make(actor, read_command(given, ProviderIn))
    except Invalid as error:
        return await _form_page(reader, form, _faults(reader, error))
    except Conflict as error:
        return await _form_page(reader, form, {"key": sentence(reader, error)})
    return go_to(f"{LIST}?said=made")


async def replace_secret(request: Request) -> Response:
    reader = await reader_of(request)
    actor, form = reader.require_actor(), await form_of(request)
    try:
        command = read_command({"client_secret": text_of(form, "client_secret")}, ProviderSecretIn)
        await providers.replace_secret(actor, request.path_params["provider_id"], command)
    except Invalid as error:
        return await _list_page(reader, error)
    return go_to(f"{LIST}?said=secret")


async def activate(request: Request) -> Response:
    return await _set(request, is_active=True)


async def deactivate(request: Request) -> Response:
    return await _set(request, is_active=False)


async def _set(request: Request, *, is_active: bool) -> Response:
    reader = await reader_of(request)
    provider_id = request.path_params["provider_id"]
    await providers.set_active(reader.require_actor(), provider_id, is_active=is_active)
    return go_to(f"{LIST}?said={'on' if is_active else 'off'}")


async def _list_page(reader: Reader, refused: ServiceError | None = None) -> Response:
    actor, asked = reader.require_actor(), reader.request.query_params
    query = PageQuery(limit=SHOWN, after=asked.get("after", "")[:CURSOR_LENGTH_MAX] or None)
    found = await providers.list_page(actor, query)
    said = SAID.get(asked.get("said", ""))
    facts = {
        "providers": found.items,
        "next": found.next,
        "return_address": lambda key: openid.return_address(key, reader.settings),
        "said": translations(reader.language).gettext(said) if said and not refused else None,
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "admin-providers.html", status_of(refused) if refused else 200, **facts)


async def _form_page(
    reader: Reader, form: Mapping[str, str], faults: Mapping[str, str] | None = None
) -> Response:
    actor = reader.require_actor()
    rights.require_anywhere(actor, Right.MANAGE_PROVIDERS)
    facts = {
        "form": form,
        "faults": faults or {},
        "return_address": openid.return_address("…", reader.settings),
        **await node_choices(actor, Right.MANAGE_PROVIDERS, form),
    }
    return page(reader, "admin-provider-new.html", 422 if faults else 200, **facts)


def _faults(reader: Reader, error: Invalid) -> dict[str, str]:
    zone = reader.settings.zone
    own = {"key": mark("Two to forty small letters, digits or hyphens, such as yucai.")}
    look_up = translations(reader.language).gettext
    return {
        defect.place: look_up(own[defect.place])
        if defect.place in own
        else messages.say_defect(defect, reader.language, zone)
        for defect in error.defects
    }
