"""What people agree to, and who received what of them."""

from uuid import UUID

import msgspec

from api.layer.operations import Call, Operations, Words
from services import consents, disclosures, rights
from services.consents import TEXTS, ConsentAnswer, ConsentIn, ConsentQuestion, ConsentText, Purpose
from services.disclosures import Disclosure
from services.paging import Page, PageQuery

operations = Operations("consents", Words("同意", "Consents"))


class PersonQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """About whom: a ward, or without it oneself."""

    volunteer_id: UUID | None = None


class OfPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """About whom: a ward, or without it oneself. The list is whole."""

    volunteer_id: UUID | None = None


class ConsentQuestions(msgspec.Struct, frozen=True, kw_only=True):
    """Every question that concerns a person, and where it stands."""

    items: list[ConsentQuestion]


class ConsentWording(msgspec.Struct, frozen=True, kw_only=True):
    """One wording of one purpose, with the digest that answers can be held against."""

    purpose: Purpose
    text: ConsentText
    digest: str


class ConsentWordings(msgspec.Struct, frozen=True, kw_only=True):
    """Every wording that was ever asked, the oldest of each purpose first."""

    items: list[ConsentWording]


def _whom(call: Call, volunteer_id: UUID | None) -> UUID:
    return volunteer_id or rights.require_person(call.actor)


@operations(
    "GET",
    "/consent-questions",
    Words("我可以同意什么", "List what I am asked"),
    refuses=("volunteers_only", "not_found"),
)
async def list_consent_questions(call: Call, query: OfPerson) -> ConsentQuestions:
    """Each purpose, for each recipient by itself: its words, where the answer stands, and whether
    we may bring it up (not for 90 days after a no)."""
    whom = _whom(call, query.volunteer_id)
    return ConsentQuestions(items=await consents.questions(call.actor, whom, call.now))


@operations("GET", "/consent-wordings", Words("历次文本", "List every wording"), access="open")
async def list_consent_wordings(call: Call) -> ConsentWordings:
    """The words that were ever asked, each with its version and SHA-256."""
    items = [
        ConsentWording(purpose=purpose, text=text, digest=text.digest)
        for purpose, texts in TEXTS.items()
        for text in texts
    ]
    return ConsentWordings(items=items)


@operations(
    "GET",
    "/consents",
    Words("我的回答", "List my answers"),
    refuses=("volunteers_only", "not_found"),
)
async def list_consents(call: Call, query: PersonQuery) -> Page[ConsentAnswer]:
    """Every answer that was ever given, the latest first."""
    page = PageQuery(limit=query.limit, after=query.after)
    return await consents.list_answers(call.actor, _whom(call, query.volunteer_id), page)


@operations(
    "POST",
    "/consents",
    Words("回答", "Answer"),
    status=201,
    location="/consents/{id}",
    refuses=(
        *("volunteers_only", "guardian_answers", "adults_only"),
        *("leave_by_erasure", "consent_text_changed"),
    ),
)
async def create_consent(call: Call, body: ConsentIn) -> ConsentAnswer:
    """Yes or no, for oneself or a ward. A no takes back the yes that stands; it costs nothing."""
    return await consents.answer(call.actor, body, call.now)


@operations("GET", "/consents/{consent_id}", Words("读取回答", "Read an answer"))
async def read_consent(call: Call, consent_id: UUID) -> ConsentAnswer:
    """One answer, with the version of the words."""
    return await consents.get(call.actor, consent_id)


@operations(
    "POST",
    "/consents/{consent_id}/withdraw",
    Words("撤回同意", "Take a yes back"),
    refuses=("guardian_answers", "leave_by_erasure"),
)
async def withdraw_consent(call: Call, consent_id: UUID) -> ConsentAnswer:
    """Stops the next use. What was handed over before stays listed under `/disclosures`."""
    return await consents.withdraw(call.actor, consent_id, call.now)


@operations(
    "GET",
    "/disclosures",
    Words("谁收到过我的信息", "List who received my data"),
    refuses=("volunteers_only", "not_found"),
)
async def list_disclosures(call: Call, query: PersonQuery) -> Page[Disclosure]:
    """Who received which fields, when, for what, and on what ground."""
    page = PageQuery(limit=query.limit, after=query.after)
    return await disclosures.list_of(call.actor, _whom(call, query.volunteer_id), page)
