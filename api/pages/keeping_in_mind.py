"""Reminders, the calendar, and a shift that an organiser moves."""

import hashlib
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.layer.language import language_of
from api.layer.problems import settings_of
from api.pages.forms import form_of, text_of, values_of
from api.pages.position_fields import location
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import clock, rights, shifts
from services.errors import Conflict, Invalid
from services.my_shifts import calendar_feed, moving, reminders
from services.my_shifts.types import Feed, ReminderSetting, ShiftMoveIn
from services.rights import Right

LEADS: Final = (4320, 2880, 1440, 720, 240, 120, 60, 30)
"""What the page offers, in minutes; programs may choose others."""


async def show_settings(request: Request) -> Response:
    return await _settings(await reader_of(request))


async def _settings(reader: Reader, made: Feed | None = None) -> Response:
    actor = reader.require_actor()
    setting = await reminders.setting(actor, None)
    feed = made or await calendar_feed.state(actor, None)
    address = None
    if feed.path is not None:
        address = reader.settings.address.rstrip("/") + feed.path
    facts = {
        "leads": sorted({*LEADS, *setting.lead_minutes}, reverse=True),
        "chosen": setting.lead_minutes,
        "feed": feed,
        "address": address,
        "web_address": None if address is None else "webcal" + address[address.index(":") :],
        "is_saved": reader.request.query_params.get("said") == "saved",
    }
    return page(reader, "mine-settings.html", **facts)


async def choose_reminders(request: Request) -> Response:
    reader = await reader_of(request)
    chosen = [each for each in await values_of(request, "lead") if each.isdecimal()]
    known = {str(lead) for lead in LEADS}
    leads = [int(each) for each in chosen if each in known][:5]
    command = ReminderSetting(lead_minutes=leads)
    await reminders.choose(reader.require_actor(), None, command, reader.now)
    return go_to("/mine/settings?said=saved")


async def make_feed(request: Request) -> Response:
    """The address is on this one page only: it is told once."""
    reader = await reader_of(request)
    made = await calendar_feed.make(reader.require_actor(), None, reader.now)
    return await _settings(reader, made)


async def revoke_feed(request: Request) -> Response:
    reader = await reader_of(request)
    await calendar_feed.revoke(reader.require_actor(), None)
    return go_to("/mine/settings")


async def read_calendar(request: Request) -> Response:
    """The calendar behind an address; nobody signs in, so the address is all there is."""
    settings, language = settings_of(request), language_of(request)
    token = str(request.path_params["token"])
    content = await calendar_feed.read(token, clock.now(), settings, language)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


async def show_move(request: Request) -> Response:
    return await _move(await reader_of(request))


async def _move(
    reader: Reader,
    refused: Conflict | Invalid | None = None,
    form: Mapping[str, str] | None = None,
) -> Response:
    actor = reader.require_actor()
    rights.require_anywhere(actor, Right.RUN_WORK)
    shift = await shifts.get(actor, reader.request.path_params["shift_id"])
    await rights.require(actor, Right.RUN_WORK, shift.organisation_id)
    facts = {
        "shift": shift,
        "form": form or {},
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "shift-move.html", refused.status if refused else 200, **facts)


async def move(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    actor = reader.require_actor()
    shift = await shifts.get(actor, request.path_params["shift_id"])
    try:
        command = ShiftMoveIn(
            starts_at=reader.moments.read(text_of(form, "starts_at")) or shift.starts_at,
            ends_at=reader.moments.read(text_of(form, "ends_at")) or shift.ends_at,
            place=text_of(form, "place")[:200],
            location=location(form),
        )
        await moving.move(actor, shift.id, command, None, reader.now, reader.settings)
    except (Conflict, Invalid) as error:
        return await _move(reader, error, form)
    return go_to(f"/shifts/{shift.id}")
