"""All that is held about a person: to take along, and to have forgotten."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.whose import Whose, whose
from api.pages.wording import sentence
from services import erasure, own_data
from services.erasure import ErasureIn
from services.errors import NotSignedIn, ServiceError

DONE_WORDS: Final[Mapping[str, str]] = {
    "kept": mark("All stays as it is. Nothing was deleted."),
}


async def show(request: Request) -> Response:
    reader = await reader_of(request)
    return await _page(reader, await whose(reader), done=request.query_params.get("done", ""))


async def download(request: Request) -> Response:
    """The document as a file."""
    reader = await reader_of(request)
    person = await whose(reader)
    today = reader.moments.day_of(reader.now)
    found = await own_data.export(
        reader.require_actor(), person.volunteer_id, reader.now, today=today
    )
    headers = {
        "Content-Disposition": f'attachment; filename="mulin-{today.isoformat()}.json"',
        "Cache-Control": "private, no-store",
    }
    content = msgspec.json.format(msgspec.json.encode(found), indent=2)
    return Response(content, media_type="application/json", headers=headers)


async def erase(request: Request) -> Response:
    reader = await reader_of(request)
    person = await whose(reader)
    command = ErasureIn(volunteer_id=person.volunteer_id)
    try:
        await erasure.ask(reader.require_actor(), command, reader.now, reader.settings)
    except NotSignedIn:
        raise
    except ServiceError as error:
        return await _page(reader, person, refused=error)
    return go_to(f"{person.base}/data#delete")


async def keep(request: Request) -> Response:
    reader = await reader_of(request)
    person = await whose(reader)
    actor = reader.require_actor()
    present = await erasure.present(actor, person.volunteer_id)
    try:
        if present is not None:
            await erasure.withdraw(actor, present.id, reader.now)
    except NotSignedIn:
        raise
    except ServiceError as error:
        return await _page(reader, person, refused=error)
    return go_to(f"{person.base}/data?done=kept")


async def _page(
    reader: Reader, person: Whose, *, done: str = "", refused: ServiceError | None = None
) -> Response:
    facts: dict[str, Any] = {
        "person": person,
        "present": await erasure.present(reader.require_actor(), person.volunteer_id),
        "grace_days": erasure.GRACE.days,
        "done": DONE_WORDS.get(done),
        "refusal": sentence(reader, refused) if refused else None,
        "is_old_sign_in": refused is not None and refused.reason == "sign_in_again",
    }
    return page(reader, "me-data.html", refused.status if refused else 200, **facts)
