"""The hub of the administration: what this account may look after, and what waits for it."""

from starlette.requests import Request
from starlette.responses import Response

from api.pages.administration import entries_for
from api.pages.reader import reader_of
from api.pages.rendering import page
from services.errors import Forbidden


async def show_hub(request: Request) -> Response:
    reader = await reader_of(request)
    reader.require_actor()
    if not entries_for(reader.actor):
        raise Forbidden
    return page(reader, "admin-hub.html", counts={})
