"""Who asks for a seat that the organiser gives, and who waits for one."""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.layer.decoding import read_id
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import claims, rights, shifts
from services.claims import Claim, ClaimState, RefuseIn, ShiftClaimsQuery
from services.errors import Conflict, Forbidden, NotFound
from services.paging import LIMIT_MAX
from services.rights import Right

DONE: Final = {
    "approved": mark("%(name)s has the seat and is told so."),
    "asked": mark("%(name)s is asked, and the seat is kept for them until they answer."),
    "refused": mark("%(name)s is told, kindly. You can still ask them for another shift."),
}


async def show(request: Request) -> Response:
    reader = await reader_of(request)
    return await _requests_page(reader, request.path_params["shift_id"])


async def decide(request: Request) -> Response:
    """The organiser's yes or no to one who asked."""
    reader = await reader_of(request)
    form = await form_of(request)
    shift_id: UUID = request.path_params["shift_id"]
    claim_id: UUID = request.path_params["claim_id"]
    says_yes = text_of(form, "decision") == "yes"
    actor = reader.require_actor()
    done = "refused"
    try:
        if says_yes:
            claim = await claims.approve(actor, claim_id, reader.now, reader.settings)
            done = "asked" if claim.state is ClaimState.OFFERED else "approved"
        else:
            reason = " ".join(text_of(form, "reason").split())[:400] or None
            await claims.refuse(actor, claim_id, RefuseIn(reason=reason), reader.now)
    except Conflict as error:
        return await _requests_page(reader, shift_id, refused=error)
    return go_to(f"/shifts/{shift_id}/requests?done={done}&claim={claim_id}")


async def _requests_page(
    reader: Reader, shift_id: UUID, refused: Conflict | None = None
) -> Response:
    actor = reader.require_actor()
    shift = await shifts.get(actor, shift_id)
    await rights.require(actor, Right.SEE_CLAIMS, shift.organisation_id)
    waiting = await _in_state(reader, shift_id, ClaimState.WAITLISTED)
    may_decide = await rights.covers(actor, Right.RUN_WORK, shift.organisation_id)
    chooses = may_decide and shift.claim_mode == "approve" and shift.starts_at > reader.now
    facts = {
        "shift": shift,
        "asking": await _in_state(reader, shift_id, ClaimState.REQUESTED),
        "entered": await _in_state(reader, shift_id, ClaimState.ENTERED),
        "waiting": sorted(waiting, key=lambda claim: (claim.role_key, claim.waitlist_place or 0)),
        "asked": await _in_state(reader, shift_id, ClaimState.OFFERED),
        "may_decide": may_decide,
        "to_give": {role.key for role in shift.roles if chooses and role.free > 0},
        "done": await _done(reader, shift_id),
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "shift-requests.html", refused.status if refused else 200, **facts)


async def _done(reader: Reader, shift_id: UUID) -> str | None:
    """What was done just now, and with whom; both stand in the address."""
    asked = reader.request.query_params
    said = DONE.get(asked.get("done", ""))
    if said is None:
        return None
    try:
        claim = await claims.get(reader.require_actor(), read_id(asked.get("claim", "")))
    except (Forbidden, NotFound):
        return None
    if claim.shift.id != shift_id:
        return None
    return translations(reader.language).gettext(said) % {"name": claim.volunteer_name}


async def _in_state(reader: Reader, shift_id: UUID, state: ClaimState) -> list[Claim]:
    query = ShiftClaimsQuery(limit=LIMIT_MAX, state=state)
    return (await claims.list_of_shift(reader.require_actor(), shift_id, query)).items
