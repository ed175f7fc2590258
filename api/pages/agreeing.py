"""The written agreement of a project of heavy risk: reading it, and signing it before one comes."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.shifts import version_shown
from api.pages.wording import sentence
from services import agreements, shifts
from services.agreements import SignatureIn
from services.errors import Conflict

ROLE_LENGTH_MAX = 120


def way_of(given: Mapping[str, str]) -> dict[str, str]:
    """Which seat is about to be claimed, as the pages on the way to it hand it on."""
    way = {"role": text_of(given, "role")[:ROLE_LENGTH_MAX]}
    if text_of(given, "wait") == "1":
        way["wait"] = "1"
    return way if way["role"] else {}


async def show(request: Request) -> Response:
    """The words as they are now, and whether the reader has signed them."""
    reader = await reader_of(request)
    return await _page(reader, request.path_params["shift_id"], way_of(request.query_params))


async def sign(request: Request) -> Response:
    """Sign, and go on to the seat that was asked for, if there was one."""
    reader = await reader_of(request)
    form = await form_of(request)
    shift_id: UUID = request.path_params["shift_id"]
    way = way_of(form)
    actor = reader.require_actor()
    if text_of(form, "agrees") != "yes":
        return await _page(reader, shift_id, way, is_unticked=True)
    command = SignatureIn(version=max(1, version_shown(form)))
    try:
        await agreements.sign(actor, shift_id, command, reader.now)
    except Conflict as error:
        return await _page(reader, shift_id, way, refused=error)
    if way:
        return go_to(f"/shifts/{shift_id}/claim?{urlencode(way)}")
    return go_to(f"/shifts/{shift_id}/agreement")


async def _page(
    reader: Reader,
    shift_id: UUID,
    way: Mapping[str, str],
    *,
    refused: Conflict | None = None,
    is_unticked: bool = False,
) -> Response:
    facts = {
        "shift": await shifts.get(reader.actor, shift_id),
        "agreement": await agreements.of_shift(reader.actor, shift_id),
        "way": way,
        "refusal": sentence(reader, refused) if refused else None,
        "is_unticked": is_unticked,
    }
    status = refused.status if refused else 400 if is_unticked else 200
    return page(reader, "agreement.html", status, **facts)
