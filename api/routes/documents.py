"""Why the number of a document is asked of somebody, and their answer."""

from uuid import UUID

import msgspec

from api.layer.operations import Call, Operations, Words
from services import documents
from services.documents import DocumentIn, DocumentNeed, NeedIn

operations = Operations("documents", Words("证件", "Documents"))


class DocumentNeeds(msgspec.Struct, frozen=True, kw_only=True):
    """Everything for which the number was ever asked of this person, the latest first."""

    items: list[DocumentNeed]


@operations(
    "GET",
    "/volunteers/{volunteer_id}/document-needs",
    Words("证件需求", "List why a document is needed"),
    refuses=("right_missing", "person_closed"),
)
async def list_document_needs(call: Call, volunteer_id: UUID) -> DocumentNeeds:
    """For the person, and for those who may ask."""
    return DocumentNeeds(items=await documents.list_needs(call.actor, volunteer_id))


@operations(
    "POST",
    "/volunteers/{volunteer_id}/document-needs",
    Words("请本人填写证件", "Ask for a document"),
    status=201,
    location="/document-needs/{id}",
    refuses=("right_missing", "person_closed", "document_need_open"),
)
async def ask_for_document(call: Call, volunteer_id: UUID, body: NeedIn) -> DocumentNeed:
    """For insurance or for one destination; the person is told and may decline."""
    return await documents.open_need(call.actor, volunteer_id, body, call.now)


@operations(
    "GET",
    "/document-needs/{need_id}",
    Words("读取证件需求", "Read why a document is needed"),
    refuses=("right_missing",),
)
async def read_document_need(call: Call, need_id: UUID) -> DocumentNeed:
    """What was entered is shown by its first and last letter."""
    return await documents.get(call.actor, need_id)


@operations(
    "POST",
    "/document-needs/{need_id}/answer",
    Words("填写证件号码", "Enter the number"),
    refuses=("document_not_needed",),
)
async def answer_document_need(call: Call, need_id: UUID, body: DocumentIn) -> DocumentNeed:
    """By the person, or a guardian. All kinds of documents are good for everything."""
    return await documents.answer(call.actor, need_id, body, call.now)


@operations(
    "POST",
    "/document-needs/{need_id}/close",
    Words("不再需要证件", "Ask no more"),
    refuses=("right_missing",),
)
async def close_document_need(call: Call, need_id: UUID) -> DocumentNeed:
    """By whoever asked, or by the person; with the last open need the number is deleted."""
    return await documents.close(call.actor, need_id, call.now)
