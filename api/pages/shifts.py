"""One shift: what it is, what the reader holds there, and a guardian's yes for a ward."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark
from api.pages import placing
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import activity_consents, claims, organisations, rights, shifts, volunteers
from services.activity_consents import ActivityConsent, ActivityConsentIn
from services.claims import Claim, ClaimIn, ClaimQuery, Refusal, SeatRefused, Width
from services.errors import Conflict
from services.minors import ADULT_AGE
from services.paging import LIMIT_MAX, PageQuery
from services.rights import Right
from services.shifts import Role, Shift

LIVE: Final = (
    *("requested", "entered", "waitlisted", "offered"),
    *("confirmed", "checked_in", "seeking_standin", "served"),
)
WIDTH_WORDS: Final[Mapping[Width, str]] = {
    Width.SAME: mark("On the same day, asking for the same, half an hour away at most."),
    Width.OTHER_SKILL: mark("On the same day and near; some ask for something else."),
    Width.FARTHER: mark("On the same day; some are further away."),
    Width.OTHER_DAY: mark("Near; some are on another day."),
    Width.ANY: mark("All that we found within two weeks."),
}


async def show_shift(request: Request) -> Response:
    reader = await reader_of(request)
    return await shift_page(reader, request.path_params["shift_id"])


async def claim_for_ward(request: Request) -> Response:
    """As a guardian who has read the risks: agree, and take the seat for the ward."""
    reader = await reader_of(request)
    form = await form_of(request)
    shift_id: UUID = request.path_params["shift_id"]
    ward_id: UUID = request.path_params["ward_id"]
    version = version_shown(form)
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
            return await shift_page(reader, shift_id, refused=error)
    return go_to(f"/shifts/{shift_id}#wards")


def version_shown(form: Mapping[str, str]) -> int:
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


async def shift_page(
    reader: Reader, shift_id: UUID, refused: Conflict | None = None, role: str | None = None
) -> Response:
    """The shift, what the reader holds there, and why not where something was refused."""
    shift = await shifts.get(reader.actor, shift_id)
    instead = refused.alternatives if isinstance(refused, SeatRefused) else None
    is_full = refused is not None and "waitlist_place" in refused.parameters
    said = refused.parameters if refused else {}
    facts = {
        "shift": shift,
        "mine": await _my_claim(reader, shift_id),
        "wards": await _wards(reader, shift_id),
        "asked": await _asked_guardian(reader, shift_id),
        "refusal": sentence(reader, refused) if refused else None,
        "lacks_skill": refused is not None and refused.reason == Refusal.SKILLS,
        # Of a shift of their own that is in the way, its address and its name.
        "clash": (said.get("shift_id"), said.get("project_name")),
        # After a no to one role: the other role that is open to them, and no button but its own.
        "is_refused_seat": instead is not None and role is not None,
        "open_role": await _open_role(reader, shift, role) if instead else None,
        "asks_skill": any(each.skills for each in shift.roles),
        "alternatives": instead.items if instead else [],
        "width_words": WIDTH_WORDS[instead.width] if instead else "",
        "can_wait": (role or shift.roles[0].key) if is_full else None,
        "free_until": free_until(reader, shift),
        "adult_age": ADULT_AGE,
        "names": await _group_names(reader, shift),
        # The shift's own key is shown to those who organise there, and to nobody else.
        "sees_claims": rights.has(reader.actor, Right.SEE_CLAIMS) and shift.external_key,
        "runs_it": rights.has(reader.actor, Right.RUN_WORK) and shift.external_key,
    }
    status = refused.status if refused else 200
    helpers = placing.helpers(reader, await placing.home_of(reader))
    return page(reader, "shift.html", status, **facts, **helpers)


async def _open_role(reader: Reader, shift: Shift, refused: str | None) -> Role | None:
    """A role beside the refused one whose seat the reader could have."""
    if refused is None:
        return None
    found = await claims.role_open_to(reader.require_actor(), shift.id, reader.now, reader.settings)
    return next((each for each in shift.roles if each.id == found and each.key != refused), None)


def free_until(reader: Reader, shift: Shift) -> datetime:
    """Until when a seat of this shift is given back at no cost."""
    minutes = shift.cutoff_minutes
    if minutes is None:
        minutes = reader.settings.cancel_cutoff_minutes
    return shift.starts_at - timedelta(minutes=minutes)


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
