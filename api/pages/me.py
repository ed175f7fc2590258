"""Me at a glance: what comes next, what I gave, and what is worth a look."""

from starlette.requests import Request
from starlette.responses import Response

from api.pages.reader import reader_of
from api.pages.rendering import go_to, page
from services import estimates, overview


async def show(request: Request) -> Response:
    """A person's own start page; whoever is nobody's own looks at their sign-ins instead."""
    reader = await reader_of(request)
    actor = reader.require_actor()
    if actor.volunteer_id is None:
        return go_to("/me/wards" if actor.wards else "/me/sessions")
    person = await overview.overview(actor, actor.volunteer_id, reader.now, reader.settings)
    known = await estimates.of_person(actor, actor.volunteer_id)
    return page(reader, "me-overview.html", person=person, estimates=known)
