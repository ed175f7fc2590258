"""The lead's screen: the code of the moment, who comes, and one tap for each."""

from typing import Final
from uuid import UUID

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import attendance, evaluations
from services.attendance import (
    ByHandIn,
    CheckCode,
    ConfirmIn,
    GeofenceIn,
    LeadIn,
    ObjectionDecision,
    Way,
)
from services.errors import Conflict, Forbidden, Invalid, ServiceError
from services.evaluations import EvaluationIn

FENCES: Final = (100, 200, 300, 500)
SAID: Final = {
    "named": mark("They lead this shift now."),
    "ended": mark("They do not lead this shift any more."),
    "fence": mark("Noted."),
    "thanked": mark("Thank you. They see it with their shift."),
}


async def show(request: Request) -> Response:
    return await _page(await reader_of(request))


async def show_code(request: Request) -> Response:
    """The code alone, for the page that is open."""
    reader = await reader_of(request)
    facts = await _code(reader, _shift_id(reader))
    return page(reader, "lead-code.html", 200, **facts)


async def show_people(request: Request) -> Response:
    """Who comes, for the page that is open."""
    reader = await reader_of(request)
    board = await attendance.board(reader.require_actor(), _shift_id(reader), reader.settings)
    return page(reader, "lead-people.html", 200, board=board)


async def tap(request: Request) -> Response:
    """One person came, went, has not come, or left when they forgot to say so."""
    reader = await reader_of(request)
    actor, now, settings = reader.require_actor(), reader.now, reader.settings
    claim_id: UUID = request.path_params["claim_id"]
    form = await form_of(request)
    act = text_of(form, "act")
    try:
        if act in ("in", "out"):
            await attendance.by_hand(actor, claim_id, ByHandIn(way=Way(act)), now, settings)
        elif act == "absent":
            await attendance.mark_absent(actor, claim_id, now, settings)
        elif act == "confirm":
            await attendance.confirm(actor, claim_id, ConfirmIn(), now, settings)
        elif act == "thank":
            given = {"stars": int(text_of(form, "stars")[:1] or "0"), "words": []}
            await evaluations.give(actor, claim_id, read_command(given, EvaluationIn), now)
            return go_to(f"/shifts/{_shift_id(reader)}/lead?said=thanked")
        else:
            decision = read_command({"outcome": act}, ObjectionDecision)
            await attendance.decide(actor, claim_id, decision, now, settings)
    except Conflict as error:
        return await _page(reader, error)
    return go_to(f"/shifts/{_shift_id(reader)}/lead#people")


async def name(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    given = {key: text_of(form, key) for key in ("claim_id", "account_name") if text_of(form, key)}
    try:
        command = read_command(given, LeadIn)
        await attendance.name_lead(reader.require_actor(), _shift_id(reader), command, reader.now)
    except (Conflict, Invalid) as error:
        return await _page(reader, error)
    return go_to(f"/shifts/{_shift_id(reader)}/lead?said=named")


async def end(request: Request) -> Response:
    reader = await reader_of(request)
    lead_id: UUID = request.path_params["lead_id"]
    await attendance.end_lead(reader.require_actor(), _shift_id(reader), lead_id, reader.now)
    return go_to(f"/shifts/{_shift_id(reader)}/lead?said=ended")


async def fence(request: Request) -> Response:
    reader = await reader_of(request)
    metres = text_of(await form_of(request), "metres")[:4]
    command = GeofenceIn(metres=int(metres) if metres in map(str, FENCES) else None)
    try:
        await attendance.set_geofence(
            reader.require_actor(), _shift_id(reader), command, reader.settings
        )
    except Conflict as error:
        return await _page(reader, error)
    return go_to(f"/shifts/{_shift_id(reader)}/lead?said=fence")


async def _page(reader: Reader, refused: ServiceError | None = None) -> Response:
    actor, shift_id = reader.require_actor(), _shift_id(reader)
    board = await attendance.board(actor, shift_id, reader.settings)
    said = SAID.get(reader.request.query_params.get("said", ""))
    facts = {
        "board": board,
        "leads": (await attendance.list_leads(actor, shift_id)).items,
        "said_of_shift": await _said_of(reader, shift_id),
        "fences": FENCES,
        "said": translations(reader.language).gettext(said) if said and not refused else None,
        "refusal": sentence(reader, refused) if refused else None,
        **await _code(reader, shift_id),
    }
    return page(reader, "lead.html", status_of(refused) if refused else 200, **facts)


async def _code(reader: Reader, shift_id: UUID) -> dict[str, object]:
    """What is shown just now, or why nothing is."""
    try:
        code = await attendance.show_code(
            reader.require_actor(), shift_id, reader.now, reader.settings
        )
    except Conflict as error:
        return {"shift_id": shift_id, "code": None, "closed": sentence(reader, error)}
    return {"shift_id": shift_id, "code": code, "picture": _picture(code), "closed": None}


def _picture(code: CheckCode) -> Markup:
    """The address as a QR code: an SVG that grows with the page."""
    drawn = segno.make(code.address, error="m", micro=False)
    return Markup(drawn.svg_inline(border=3, omitsize=True, light="#fff", dark="#000"))


async def _said_of(reader: Reader, shift_id: UUID) -> evaluations.ShiftEvaluations:
    try:
        return await evaluations.of_shift(reader.require_actor(), shift_id)
    except Forbidden:
        return evaluations.ShiftEvaluations()


def _shift_id(reader: Reader) -> UUID:
    shift_id: UUID = reader.request.path_params["shift_id"]
    return shift_id
