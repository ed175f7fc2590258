"""What a person is asked, in plain words, and who received what of them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.whose import Whose, whose
from api.pages.wording import sentence
from services import consents, disclosures
from services.consents import ConsentQuestion, ConsentQuestionState, Ground, Purpose
from services.errors import NotSignedIn, ServiceError
from services.paging import LIMIT_MAX, PageQuery
from services.words import Words

FIELD_WORDS: Final[Mapping[str, str]] = {
    "volunteer_number": mark("volunteer number"),
    "student_number": mark("student number"),
    "name": mark("name"),
    "masked_name": mark("name with only the first character"),
    "document": mark("number of an identity document"),
    "phone": mark("phone number"),
    "services": mark("what you did, when and where"),
    "minutes": mark("hours"),
    "total_minutes": mark("the sum of your hours"),
    "shift": mark("which shift"),
}
DONE_WORDS: Final[Mapping[str, str]] = {
    "given": mark("Thank you. You can take it back here at any time."),
    "refused": mark("Noted. Nothing else changes for you, and we will not ask again for 90 days."),
    "withdrawn": mark("Taken back. It counts from now on."),
}


async def show(request: Request) -> Response:
    reader = await reader_of(request)
    return await _page(reader, await whose(reader), done=request.query_params.get("done", ""))


async def answer(request: Request) -> Response:
    """Yes or no to one purpose, by one tap."""
    reader = await reader_of(request)
    person = await whose(reader)
    form = await form_of(request)
    is_given = text_of(form, "answer") == "yes"
    try:
        purpose = Purpose(text_of(form, "purpose"))
    except ValueError:
        return go_to(f"{person.base}/consents")
    say = consents.give if is_given else consents.refuse
    try:
        said = await say(
            reader.require_actor(),
            person.volunteer_id,
            purpose,
            text_of(form, "recipient")[:80],
            now=reader.now,
            text_version=text_of(form, "text_version") or None,
        )
    except NotSignedIn:
        raise
    except ServiceError as error:
        return await _page(reader, person, refused=error)
    done = "given" if is_given else "withdrawn" if said.withdrawn_at else "refused"
    return go_to(f"{person.base}/consents?done={done}#done")


async def _page(
    reader: Reader, person: Whose, *, done: str = "", refused: ServiceError | None = None
) -> Response:
    actor = reader.require_actor()
    asked = await consents.questions(actor, person.volunteer_id, reader.now)
    received = await disclosures.list_of(actor, person.volunteer_id, PageQuery(limit=LIMIT_MAX))
    facts: dict[str, Any] = {
        "person": person,
        "open": [q for q in asked if q.may_be_asked],
        "standing": [q for q in asked if q.stands],
        "said_no": [q for q in asked if not q.stands and not q.may_be_asked],
        "received": received.items,
        "done": DONE_WORDS.get(done),
        "refusal": sentence(reader, refused) if refused else None,
    }
    status = refused.status if refused else 200
    return page(reader, "me-consents.html", status, **facts, **_helpers(reader))


def _helpers(reader: Reader) -> Mapping[str, Callable[..., object]]:
    look_up = translations(reader.language).gettext

    def said(words: Words | None) -> str:
        return "" if words is None else words.zh if reader.language == "zh" else words.en

    def field_words(names: list[str]) -> str:
        comma = "、" if reader.language == "zh" else ", "
        return comma.join(look_up(FIELD_WORDS.get(name, name)) for name in names)

    def is_needed(question: ConsentQuestion) -> bool:
        return question.ground is Ground.NEEDED

    def since(question: ConsentQuestion) -> str | None:
        known = question.answer
        if known is None or question.state is ConsentQuestionState.UNANSWERED:
            return None
        return reader.moments.day(reader.moments.day_of(known.withdrawn_at or known.answered_at))

    return {"said": said, "field_words": field_words, "is_needed": is_needed, "since": since}
