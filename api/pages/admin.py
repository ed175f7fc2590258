"""The hub of the administration: what this account may look after, and what waits for it."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.pages.administration import entries_for
from api.pages.reader import Reader, reader_of
from api.pages.rendering import page
from services import approvals, guardians, organising, people, rights, skills
from services.errors import Forbidden
from services.rights import Actor, Right

COUNTED_MAX: Final = 100  # Of what may be very many no more are counted.


async def show_hub(request: Request) -> Response:
    reader = await reader_of(request)
    actor = reader.require_actor()
    if not entries_for(actor):
        raise Forbidden
    return page(reader, "admin-hub.html", counts=await _waiting(reader, actor))


async def _waiting(reader: Reader, actor: Actor) -> dict[str, int]:
    """How many things wait for this account, by the page on which they wait."""
    counts = {"/admin/approvals": await approvals.count_to_decide(actor, reader.now)}
    if rights.has(actor, Right.RUN_WORK):
        asking = await organising.count_asking(actor, reader.now, COUNTED_MAX)
        counts["/admin/shifts"] = asking
    if rights.has(actor, Right.MERGE_PEOPLE):
        counts["/admin/people"] = await people.count_duplicates(actor, COUNTED_MAX)
    if rights.has(actor, Right.VERIFY_SKILLS):
        today = reader.moments.day_of(reader.now)
        counts["/admin/skills"] = await skills.count_waiting(actor, today=today)
    if rights.has(actor, Right.VERIFY_GUARDIANS):
        counts["/admin/guardians"] = await guardians.count_waiting(actor)
    return counts
