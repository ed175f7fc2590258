"""After a shift: thanks, the hours on their way, how it was, and an objection where one is due."""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of, values_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import attendance, evaluations
from services.attendance import ObjectionIn
from services.errors import Conflict, Invalid, ServiceError
from services.evaluations import OF_SHIFT, EvaluationIn

SAID: Final = {
    "out": mark("You are checked out. Thank you for coming!"),
    "evaluated": mark("Thank you for saying so."),
    "objected": mark("The organiser will look at it and you will be told."),
}


async def show(request: Request) -> Response:
    return await _page(await reader_of(request))


async def evaluate(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    stars = text_of(form, "stars")[:1]
    given = {"stars": int(stars) if stars.isdecimal() else 0}
    try:
        words = await values_of(request, "words")
        command = read_command({**given, "words": words}, EvaluationIn)
        await evaluations.give(reader.require_actor(), _claim_id(reader), command, reader.now)
    except (Conflict, Invalid) as error:
        return await _page(reader, error)
    return go_to(f"/mine/{_claim_id(reader)}/after?said=evaluated")


async def object_to(request: Request) -> Response:
    reader = await reader_of(request)
    text = text_of(await form_of(request), "text")
    try:
        command = read_command({"text": text}, ObjectionIn)
        await attendance.object_to(
            reader.require_actor(), _claim_id(reader), command, reader.now, reader.settings
        )
    except (Conflict, Invalid) as error:
        return await _page(reader, error)
    return go_to(f"/mine/{_claim_id(reader)}/after?said=objected")


async def _page(reader: Reader, refused: ServiceError | None = None) -> Response:
    actor, claim_id = reader.require_actor(), _claim_id(reader)
    seen = await attendance.of_claim(actor, claim_id, reader.settings)
    given = await evaluations.of_claim(actor, claim_id)
    said = SAID.get(reader.request.query_params.get("said", ""))
    facts = {
        "seen": seen,
        "mine": next((each for each in given.items if each.about == "shift"), None),
        "theirs": next((each for each in given.items if each.about == "volunteer"), None),
        "words": sorted(OF_SHIFT),
        "said": translations(reader.language).gettext(said) if said and not refused else None,
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "after.html", status_of(refused) if refused else 200, **facts)


def _claim_id(reader: Reader) -> UUID:
    claim_id: UUID = reader.request.path_params["claim_id"]
    return claim_id
