"""Open shifts, one shift, and taking a seat on it."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.pages import placing
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import activity_consents, claims, organisations, shifts, volunteers
from services.activity_consents import ActivityConsent, ActivityConsentIn
from services.claims import Claim, ClaimIn, ClaimQuery, Refusal
from services.errors import Conflict
from services.paging import LIMIT_MAX, PageQuery
from services.shifts import Shift, ShiftQuery

ALTERNATIVES_SHOWN: Final = 4
ALTERNATIVES_READ: Final = 40
LIVE: Final = ("offered", "confirmed", "checked_in", "seeking_standin", "served")


async def show_shift(request: Request) -> Response:
    reader = await reader_of(request)
    return await _shift_page(reader, request.path_params["shift_id"])


async def claim(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    shift_id: UUID = request.path_params["shift_id"]
    command = ClaimIn(
        role=text_of(form, "role")[:120] or None, risk_statement_version=_version_shown(form)
    )
    try:
        await claims.claim(reader.require_actor(), shift_id, command, reader.now, reader.settings)
    except Conflict as error:
        if error.reason == Refusal.ALREADY_CLAIMED:  # A second tap on the button: all is well.
            return go_to(f"/shifts/{shift_id}")
        if error.reason == "guardian_consent_missing":
            return await _ask_guardian(reader, shift_id)
        return await _shift_page(reader, shift_id, refused=error)
    return go_to(f"/shifts/{shift_id}")


async def _ask_guardian(reader: Reader, shift_id: UUID) -> Response:
    """A minor may have the seat once a guardian agrees: they are asked at once."""
    try:
        await activity_consents.ask(
            reader.require_actor(), ActivityConsentIn(shift_id=shift_id), reader.now
        )
    except Conflict as error:
        return await _shift_page(reader, shift_id, refused=error)
    return go_to(f"/shifts/{shift_id}#guardian")


async def claim_for_ward(request: Request) -> Response:
    """As a guardian who has read the risks: agree, and take the seat for the ward."""
    reader = await reader_of(request)
    form = await form_of(request)
    shift_id: UUID = request.path_params["shift_id"]
    ward_id: UUID = request.path_params["ward_id"]
    version = _version_shown(form)
    agreed = ActivityConsentIn(
        shift_id=shift_id,
        volunteer_id=ward_id,
        risk_statement_version=version,
    )
    command = ClaimIn(
        role=text_of(form, "role")[:120] or None,
        volunteer_id=ward_id,
        risk_statement_version=version,
    )
    actor = reader.require_actor()
    try:
        await activity_consents.ask(actor, agreed, reader.now)
        await claims.claim(actor, shift_id, command, reader.now, reader.settings)
    except Conflict as error:
        if error.reason != Refusal.ALREADY_CLAIMED:
            return await _shift_page(reader, shift_id, refused=error)
    return go_to(f"/shifts/{shift_id}#wards")


def _version_shown(form: Mapping[str, str]) -> int:
    """The version of the words about the risks that stood on the page with the button."""
    version = text_of(form, "version")[:9]
    return int(version) if version.isdecimal() else 0


async def _wards(reader: Reader, shift_id: UUID) -> list[dict[str, object]]:
    """The reader's wards, and the seat that each of them holds here."""
    actor = reader.actor
    if actor is None or not actor.wards:
        return []
    found: list[dict[str, object]] = []
    today = reader.moments.day_of(reader.now)
    for ward_id in actor.wards:
        person = await volunteers.get(actor, ward_id, today=today)
        query = ClaimQuery(limit=LIMIT_MAX, volunteer_id=ward_id)
        held = await claims.list_mine(actor, query)
        seat = next((c for c in held.items if c.shift.id == shift_id and c.state in LIVE), None)
        found.append({"id": ward_id, "name": person.name, "claim": seat})
    return found


async def _asked_guardian(reader: Reader, shift_id: UUID) -> ActivityConsent | None:
    """Where the question to the reader's own guardian stands, if there is one."""
    if reader.actor is None or reader.actor.volunteer_id is None:
        return None
    asked = await activity_consents.list_mine(reader.actor, PageQuery(limit=LIMIT_MAX))
    own = (each for each in asked.items if each.volunteer_id == reader.actor.volunteer_id)
    return next((each for each in own if each.shift.id == shift_id), None)


async def _shift_page(reader: Reader, shift_id: UUID, refused: Conflict | None = None) -> Response:
    shift = await shifts.get(reader.actor, shift_id)
    facts = {
        "shift": shift,
        "mine": await _my_claim(reader, shift_id),
        "wards": await _wards(reader, shift_id),
        "asked": await _asked_guardian(reader, shift_id),
        "refusal": sentence(reader, refused) if refused else None,
        "alternatives": await _alternatives(reader, shift) if refused else [],
        "names": await _group_names(reader, shift),
    }
    status = refused.status if refused else 200
    return page(
        reader,
        "shift.html",
        status,
        **facts,
        **placing.helpers(reader, await placing.home_of(reader)),
    )


async def _group_names(reader: Reader, shift: Shift) -> Mapping[UUID, str]:
    """The names of the organisations that the roles ask for, as far as the reader may know them."""
    groups = {group for role in shift.roles for group in role.groups}
    return await organisations.names(reader.actor, groups) if reader.actor and groups else {}


async def _my_claim(reader: Reader, shift_id: UUID) -> Claim | None:
    """The reader's live hold on a seat of this shift."""
    if not reader.is_volunteer:
        return None
    mine = await claims.list_mine(reader.require_actor(), PageQuery(limit=LIMIT_MAX))
    return next((c for c in mine.items if c.shift.id == shift_id and c.state in LIVE), None)


async def _alternatives(reader: Reader, shift: Shift) -> list[Shift]:
    """Other shifts from that day on which the reader could claim, of the same kind first."""
    midnight = reader.moments.midnight(reader.moments.day_of(shift.starts_at))
    query = ShiftQuery(limit=ALTERNATIVES_READ, starts_after=max(midnight, reader.now))
    found = await shifts.list_open(query, reader.now)
    others = [other for other in found.items if other.id != shift.id]
    others.sort(key=lambda other: other.category != shift.category)
    possible: list[Shift] = []
    for other in others:
        if len(possible) == ALTERNATIVES_SHOWN:
            break
        if await _is_wanted(reader, other):
            possible.append(other)
    return possible


async def _is_wanted(reader: Reader, shift: Shift) -> bool:
    """Whether a role that still looks for people would take the reader, not only as a stand-by."""
    actor = reader.require_actor()
    for role in shift.roles:
        asked = ClaimIn(role=role.key, risk_statement_version=shift.risk_statement_version)
        if role.held < role.target and await claims.may_claim(
            actor, shift.id, asked, reader.now, reader.settings
        ):
            return True
    return False
