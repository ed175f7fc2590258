"""Claiming: the page that asks once more, with the risks on it, and taking the seat."""

from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.pages.agreeing import way_of
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.shifts import free_until, shift_page, version_shown
from services import activity_consents, agreements, claims, rights, shifts
from services.activity_consents import ActivityConsentIn
from services.claims import ClaimIn, Refusal
from services.errors import Conflict, NotFound

KEY_LENGTH_MAX = 120


async def ask(request: Request) -> Response:
    """What is about to be promised, with the words about the risks as they are today."""
    reader = await reader_of(request)
    rights.require_person(reader.require_actor())
    shift = await shifts.get(reader.actor, request.path_params["shift_id"])
    asked = request.query_params.get("role", "")
    role = next((each for each in shift.roles if asked in ("", each.key)), None)
    if role is None:
        raise NotFound("no_such_role")
    if shift.state != "open" or shift.ends_at <= reader.now:
        return go_to(f"/shifts/{shift.id}")
    facts = {
        "shift": shift,
        "role": role,
        "waits": role.free <= 0 and request.query_params.get("wait") == "1",
        "free_until": free_until(reader, shift),
        "agreement": await agreements.of_shift(reader.actor, shift.id),
        "way": way_of({**request.query_params, "role": role.key}),
    }
    return page(reader, "claim.html", **facts)


async def claim(request: Request) -> Response:
    """Take the seat, a place in the draw or on the list; or say why not, and what else there is."""
    reader = await reader_of(request)
    form = await form_of(request)
    shift_id: UUID = request.path_params["shift_id"]
    role = text_of(form, "role")[:KEY_LENGTH_MAX] or None
    command = ClaimIn(
        role=role,
        risk_statement_version=version_shown(form),
        or_wait=text_of(form, "wait") == "1",
    )
    try:
        await claims.claim(reader.require_actor(), shift_id, command, reader.now, reader.settings)
    except Conflict as error:
        if error.reason == Refusal.ALREADY_CLAIMED:  # A second tap on the button: all is well.
            return go_to(f"/shifts/{shift_id}")
        if error.reason == "guardian_consent_missing":
            return await _ask_guardian(reader, shift_id)
        if error.reason == "agreement_missing":  # It is signed, and then asked for once more.
            return go_to(f"/shifts/{shift_id}/agreement?{urlencode(way_of(form))}")
        return await shift_page(reader, shift_id, refused=error, role=role)
    return go_to(f"/shifts/{shift_id}")


async def _ask_guardian(reader: Reader, shift_id: UUID) -> Response:
    """A minor may have the seat once a guardian agrees: they are asked at once."""
    try:
        await activity_consents.ask(
            reader.require_actor(), ActivityConsentIn(shift_id=shift_id), reader.now
        )
    except Conflict as error:
        return await shift_page(reader, shift_id, refused=error)
    return go_to(f"/shifts/{shift_id}#guardian")
