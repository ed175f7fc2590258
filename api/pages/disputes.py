"""Disputes about a shift's stays, for those who organise it."""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.records import record_helpers
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import my_record, shifts
from services.errors import Conflict, Invalid, ServiceError
from services.my_record import DisputeDecision
from services.paging import CURSOR_LENGTH_MAX, PageQuery

SHOWN: Final = 20
SAID: Final = {
    "decided": mark("Decided, and the person has been told."),
}


async def show(request: Request) -> Response:
    return await _page(await reader_of(request))


async def decide(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    dispute_id: UUID = request.path_params["dispute_id"]
    given: dict[str, object] = {
        "outcome": text_of(form, "outcome"),
        "answer": text_of(form, "answer"),
    }
    if given["outcome"] == "corrected":
        for name in ("in_at", "out_at"):
            given |= _moment(reader, name, text_of(form, name))
    try:
        command = read_command(given, DisputeDecision)
        await my_record.decide(
            reader.require_actor(), dispute_id, command, reader.now, reader.settings
        )
    except (Conflict, Invalid) as error:
        return await _page(reader, error, (dispute_id, dict(form)))
    return go_to(f"/shifts/{_shift_id(reader)}/disputes?said=decided")


def _moment(reader: Reader, name: str, text: str) -> dict[str, object]:
    """What a field of day and time says; what it did not say stays as it is, and what cannot be
    read is refused by its name."""
    return {name: reader.moments.read(text) or text} if text else {}


async def _page(
    reader: Reader,
    refused: ServiceError | None = None,
    given: tuple[UUID, dict[str, str]] | None = None,
) -> Response:
    actor, shift_id = reader.require_actor(), _shift_id(reader)
    after = reader.request.query_params.get("after", "")[:CURSOR_LENGTH_MAX] or None
    found = await my_record.list_of_shift(
        actor, shift_id, PageQuery(limit=SHOWN, after=after), reader.now, reader.settings
    )
    said = SAID.get(reader.request.query_params.get("said", ""))
    facts = {
        "shift": await shifts.get(actor, shift_id),
        "cases": found.items,
        "next": found.next,
        "given": dict([given]) if given else {},
        "said": translations(reader.language).gettext(said) if said and not refused else None,
        "refusal": sentence(reader, refused) if refused else None,
        **record_helpers(reader),
    }
    return page(reader, "disputes.html", status_of(refused) if refused else 200, **facts)


def _shift_id(reader: Reader) -> UUID:
    shift_id: UUID = reader.request.path_params["shift_id"]
    return shift_id
