"""Why somebody asks for the number of a document, and the person's answer: a number, or none."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.people import NEED_WORDS, document_words
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import documents, rights
from services.documents import DocumentIn
from services.errors import Conflict, Invalid, ServiceError

SAID = {
    "kept": mark("Kept, encrypted. It is deleted once nothing needs it."),
    "closed": mark("Nothing is asked any more, and no number is kept for it."),
}


async def show_needs(request: Request) -> Response:
    return await _needs_page(await reader_of(request))


async def answer(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    need_id: UUID = request.path_params["need_id"]
    try:
        command = read_command(
            {name: text_of(form, name) for name in ("kind", "number")}, DocumentIn
        )
        await documents.answer(reader.require_actor(), need_id, command, reader.now)
    except (Invalid, Conflict) as error:
        return await _needs_page(reader, need_id, form.get("kind", ""), error)
    return go_to("/me/documents?said=kept")


async def close(request: Request) -> Response:
    reader = await reader_of(request)
    await documents.close(reader.require_actor(), request.path_params["need_id"], reader.now)
    return go_to("/me/documents?said=closed")


async def _needs_page(
    reader: Reader, at: UUID | None = None, kind: str = "", refused: ServiceError | None = None
) -> Response:
    actor = reader.require_actor()
    look_up = translations(reader.language).gettext
    said = SAID.get(reader.request.query_params.get("said", ""))
    facts = {
        "needs": await documents.list_needs(actor, rights.require_person(actor)),
        "at": at,
        "kind": kind,
        "fault": sentence(reader, refused) if refused else None,
        "said": look_up(said) if said and not refused else None,
        "need_words": {each: look_up(words) for each, words in NEED_WORDS.items()},
        **document_words(reader),
    }
    status = status_of(refused) if refused else 200
    return page(reader, "me-documents.html", status, **facts)
