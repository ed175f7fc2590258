"""People as their registrars keep them: searching, showing in clear, documents, one out of two."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from api.routes.volunteers import today
from services import people
from services.approvals import Approval
from services.paging import Page, PageQuery
from services.people import (
    Comparison,
    DuplicatePair,
    PairIn,
    PeopleQuery,
    PersonLine,
    PersonMerge,
    PersonMergeIn,
    RevealAsk,
    Revealed,
    RevealIn,
)

operations = Operations("people", Words("人员", "People"))
MAY_NOT_MERGE = ("right_missing", "same_person")


@operations(
    "POST",
    "/people/search",
    Words("查找人员", "Find people"),
    refuses=("right_missing",),
)
async def find_people(call: Call, body: PeopleQuery) -> Page[PersonLine]:
    """By the beginning of a name, a whole number, or a whole phone number; masked.

    Posted, because what is looked for has no place in an address.
    """
    return await people.find(call.actor, body)


@operations(
    "POST",
    "/volunteers/{volunteer_id}/reveal",
    Words("查看个人信息原文", "Show personal data in clear"),
    refuses=("right_missing", "approval_needed", "person_closed"),
)
async def reveal_personal_data(call: Call, volunteer_id: UUID, body: RevealIn) -> Revealed:
    """What is asked for, for a purpose, with a line in the log that the person may see."""
    return await people.reveal(call.actor, volunteer_id, body, call.now)


@operations(
    "POST",
    "/volunteers/{volunteer_id}/reveal-requests",
    Words("申请查看儿童信息", "Ask to see a child's data"),
    status=201,
    refuses=("right_missing", "person_closed", "already_asked", "people_only"),
)
async def ask_to_reveal(call: Call, volunteer_id: UUID, body: RevealAsk) -> Approval:
    """For a child below 14: a second person approves, and then one day remains."""
    return await people.ask_to_reveal(call.actor, volunteer_id, body.purpose, call.now)


@operations(
    "GET", "/duplicates", Words("可能重复的人员", "People who may be there twice"),
    refuses=("right_missing",),
)  # fmt: skip
async def list_duplicates(call: Call, query: PageQuery) -> Page[DuplicatePair]:
    """Pairs with the same document, phone, or name and birthday, of which both may be merged."""
    return await people.list_duplicates(call.actor, query)


@operations(
    "GET",
    "/volunteers/{one_id}/comparison/{other_id}",
    Words("并排比较两人", "Compare two people"),
    refuses=MAY_NOT_MERGE,
)
async def compare_people(call: Call, one_id: UUID, other_id: UUID) -> Comparison:
    """Two records side by side, with what hangs on each."""
    return await people.compare(call.actor, one_id, other_id, today=today(call))


@operations(
    "POST",
    "/distinct-pairs",
    Words("标记为不同的人", "Say that two are two"),
    refuses=MAY_NOT_MERGE,
)
async def mark_distinct(call: Call, body: PairIn) -> None:
    """They are not listed as duplicates again."""
    await people.mark_distinct(call.actor, body)


@operations(
    "POST",
    "/merges",
    Words("合并两条登记", "Make one of two"),
    status=201,
    refuses=(
        *MAY_NOT_MERGE,
        "person_closed",
        "erasure_under_way",
        "merge_account_has_roles",
        "merge_claims_clash",
    ),
)
async def merge_people(call: Call, body: PersonMergeIn) -> PersonMerge:
    """What the person holds and is moves to the kept record; what was stays, and is shown."""
    return await people.merge(call.actor, body, call.now, today=today(call))
