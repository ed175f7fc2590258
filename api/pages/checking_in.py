"""Checking in and out: by the camera, a photo, digits, or the address that a code is."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import STATIC_FOLDER, go_to, page, static_address
from api.pages.wording import sentence
from services import attendance
from services.attendance import DigitsIn, ScanIn
from services.errors import Conflict, Invalid, ServiceError

SAID: Final = {
    "in": mark("You are checked in. Have a good time!"),
    "out": mark("You are checked out. Thank you for coming!"),
}
KEPT_FOR_OFFLINE: Final = (
    *("tokens.css", "layout.css", "parts.css", "controls.css", "components.css", "attendance.css"),
    *("mark.svg", "scanning.js", "scan.js"),
)
"""What the page without a network is made of, by file names under `static/`."""
SENSES: Final = "camera=(self), geolocation=(self), microphone=(), payment=()"
"""What these pages may ask the phone for; every other page may ask for nothing."""
READERS: Final = ("/static/qr-0.7.0/decode.js", "/static/qr-0.7.0/index.js")


async def show(request: Request) -> Response:
    return await _page(await reader_of(request), request.path_params["claim_id"])


async def check(request: Request) -> Response:
    """A code or digits, as the form sends them."""
    reader = await reader_of(request)
    claim_id: UUID = request.path_params["claim_id"]
    actor, form = reader.require_actor(), await form_of(request)
    seen = await attendance.of_claim(actor, claim_id, reader.settings)
    way = "out" if text_of(form, "way") == "out" else "in"
    try:
        position = _position(form)
        if code := text_of(form, "code"):
            given = {"code": code, "way": way, "volunteer_id": str(seen.volunteer_id)}
            scan = read_command({**given, **position}, ScanIn)
            await attendance.scan(actor, scan, reader.now, reader.settings)
        else:
            digits = "".join(text_of(form, "digits").split())
            typed = read_command({"digits": digits, "way": way, **position}, DigitsIn)
            await attendance.by_digits(actor, claim_id, typed, reader.now, reader.settings)
    except Invalid:
        return await _page(reader, claim_id, refused=Conflict("digits_not_six"))
    except ServiceError as error:
        if error.status in (401, 403, 404):
            raise
        return await _page(reader, claim_id, refused=error)
    if way == "out":
        return go_to(f"/mine/{claim_id}/after?said=out")
    return go_to(f"/mine/{claim_id}/check-in?said=in")


async def show_code(request: Request) -> Response:
    """What a phone's own camera opens: one button. Opening it changes nothing."""
    return await _code_page(await reader_of(request))


async def use_code(request: Request) -> Response:
    reader = await reader_of(request)
    actor, form = reader.require_actor(), await form_of(request)
    way = "out" if text_of(form, "way") == "out" else "in"
    try:
        command = read_command({"code": request.path_params["code"], "way": way}, ScanIn)
        seen = await attendance.scan(actor, command, reader.now, reader.settings)
    except Invalid:
        return await _code_page(reader, Conflict("code_unreadable"))
    except Conflict as error:
        return await _code_page(reader, error)
    if way == "out":
        return go_to(f"/mine/{seen.claim_id}/after?said=out")
    return go_to(f"/mine/{seen.claim_id}/check-in?said=in")


async def show_scanner(request: Request) -> Response:
    """The page that a phone keeps: it scans without a network and sends when there is one."""
    reader = await reader_of(request)
    reader.require_actor()
    return _with_senses(page(reader, "scan.html"))


async def show_worker(request: Request) -> Response:
    """What keeps that page on the phone, with the names of the files that it is made of."""
    files = [*(static_address(name) for name in KEPT_FOR_OFFLINE), *READERS]
    script = (STATIC_FOLDER / "scan-worker.js").read_text("utf-8")
    content = script.replace("/* FILES */", ", ".join(f'"{file}"' for file in files))
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type="text/javascript", headers=headers)


def _position(form: Mapping[str, str]) -> dict[str, object]:
    """What the phone said about where it is, if it did; compared and forgotten."""
    given = [text_of(form, name) for name in ("longitude", "latitude", "accuracy")]
    try:
        longitude, latitude, accuracy = (float(each) for each in given)
    except ValueError:
        return {}
    position: dict[str, object] = {"location": [longitude, latitude], "accuracy_m": accuracy}
    if system := text_of(form, "system"):
        position["system"] = system
    return {"position": position}


async def _page(reader: Reader, claim_id: UUID, refused: ServiceError | None = None) -> Response:
    actor = reader.require_actor()
    seen = await attendance.of_claim(actor, claim_id, reader.settings)
    said = SAID.get(reader.request.query_params.get("said", ""))
    facts = {
        "seen": seen,
        "is_own": seen.volunteer_id in actor.persons,
        "asks_position": await attendance.asks_position(claim_id),
        "said": translations(reader.language).gettext(said) if said and not refused else None,
        "refusal": sentence(reader, refused) if refused else None,
    }
    status = status_of(refused) if refused else 200
    return _with_senses(page(reader, "check-in.html", status, **facts))


def _with_senses(response: Response) -> Response:
    response.headers["Permissions-Policy"] = SENSES
    return response


async def _code_page(reader: Reader, refused: Conflict | None = None) -> Response:
    actor, seen = reader.require_actor(), None
    if refused is None:
        try:
            seen = await attendance.look(
                actor, reader.request.path_params["code"][:400], reader.now, reader.settings
            )
        except Conflict as error:
            refused = error
    facts = {"seen": seen, "refusal": sentence(reader, refused) if refused else None}
    return page(reader, "check-code.html", status_of(refused) if refused else 200, **facts)
