"""One's inbox as server-sent events: `GET /api/v1/notifications/stream`.

Whoever comes back with `Last-Event-ID` hears what came since, and nothing twice. The session is
asked for again at every event and every quarter of a minute, so that a stream ends with it.
"""

from collections.abc import AsyncIterator
from typing import Final

import msgspec
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.layer.authentication import actor_of, refusal_without_actor
from api.layer.operations import PREFIX
from api.layer.problems import settings_of
from services import clock
from services.errors import Forbidden
from services.notifications import following
from services.notifications.following import Looker, Place
from services.rights import Actor

PING_SECONDS: Final = 15
HEADERS: Final = {"Cache-Control": "private, no-store", "X-Accel-Buffering": "no"}


async def stream(request: Request) -> Response:
    """The inbox of whoever is signed in, from now on or from the event that they name."""
    settings, now = settings_of(request), clock.now()
    actor = await actor_of(request, settings, now)
    if actor is None:
        raise await refusal_without_actor(request, settings, now)
    if actor.is_machine:
        raise Forbidden("volunteers_only")
    named = request.headers.get("last-event-id")
    place = following.place_of(named) if named else await following.present_place(actor)
    looker = _looker(request)
    looker.require_room(actor, settings)
    return EventSourceResponse(_events(request, place, looker), ping=PING_SECONDS, headers=HEADERS)


async def _events(request: Request, place: Place, looker: Looker) -> AsyncIterator[ServerSentEvent]:
    settings = settings_of(request)
    with looker.bell() as bell:
        while (actor := await _actor(request)) is not None:
            bell.listen(actor)
            for event in await following.since(actor, place, settings):
                place = event.place
                yield ServerSentEvent(
                    data=msgspec.json.encode(event.notice).decode(),
                    event="notice",
                    id=str(place),
                )
            await bell.wait(PING_SECONDS)


async def _actor(request: Request) -> Actor | None:
    return await actor_of(request, settings_of(request), clock.now())


def _looker(request: Request) -> Looker:
    """The process's own, which looks for all of its streams at once."""
    state = request.app.state
    if not hasattr(state, "looker"):
        state.looker = Looker()
    found: Looker = state.looker
    return found


routes = [Route(f"{PREFIX}/notifications/stream", stream, methods=["GET"])]
