"""One's own record, and disputes about it."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import my_record
from services.my_record import (
    Dispute,
    DisputeCase,
    DisputeDecision,
    DisputeIn,
    RecordEntry,
    RecordLine,
    RecordQuery,
    RecordTotals,
    TotalsQuery,
)
from services.paging import Page, PageQuery

operations = Operations("my-record", Words("我的记录", "My record"))


@operations(
    "GET",
    "/my-record",
    Words("我的记录", "List my record"),
    refuses=("volunteers_only", "not_found"),
)
async def list_my_record(call: Call, query: RecordQuery) -> Page[RecordLine]:
    """Every stay in the name of the volunteer who is signed in, or of a ward, the latest first:
    who noted it and how, where it stands, where it is held, and until when it can be disputed."""
    return await my_record.list_mine(call.actor, query, call.now, call.settings)


@operations(
    "GET",
    "/my-record/totals",
    Words("我的记录合计", "Read the totals of my record"),
    refuses=("volunteers_only", "not_found"),
)
async def read_my_totals(call: Call, query: TotalsQuery) -> RecordTotals:
    """The sum over all stays as they stand, rounded once, altogether and by months."""
    return await my_record.totals(call.actor, query, call.settings)


@operations("GET", "/my-record/{claim_id}", Words("我的一条记录", "Read one of my stays"))
async def read_my_stay(call: Call, claim_id: UUID) -> RecordEntry:
    """One stay with everything that it said before, and every dispute about it."""
    return await my_record.get(call.actor, claim_id, call.now, call.settings)


@operations(
    "POST",
    "/claims/{claim_id}/disputes",
    Words("申请更正", "Dispute a stay"),
    status=201,
    location="/disputes/{id}",
    refuses=("no_stay", "disputed_already", "dispute_answered", "dispute_too_late"),
)
async def dispute_stay(call: Call, claim_id: UUID, body: DisputeIn) -> Dispute:
    """As the person, or a guardian of theirs, within seven days of the shift or of whatever
    somebody else entered."""
    return await my_record.dispute(call.actor, claim_id, body, call.now, call.settings)


@operations("GET", "/disputes/{dispute_id}", Words("读取更正申请", "Read a dispute"))
async def read_dispute(call: Call, dispute_id: UUID) -> Dispute:
    """For its person, their guardians, and those who organise the project."""
    return await my_record.get_dispute(call.actor, dispute_id)


@operations(
    "GET", "/shifts/{shift_id}/disputes", Words("班次的更正申请", "List the disputes of a shift")
)
async def list_shift_disputes(call: Call, shift_id: UUID, query: PageQuery) -> Page[DisputeCase]:
    """For those who organise the project: open ones first, each with the stay as it stands and as
    it stood."""
    return await my_record.list_of_shift(call.actor, shift_id, query, call.now, call.settings)


@operations(
    "POST",
    "/disputes/{dispute_id}/decision",
    Words("处理更正申请", "Decide a dispute"),
    refuses=(
        *("dispute_needs_another", "dispute_decided", "stay_running", "out_before_in"),
        "outside_shift",
    ),
)
async def decide_dispute(call: Call, dispute_id: UUID, body: DisputeDecision) -> Dispute:
    """As an organiser who neither led the shift nor entered any of the stay. What the stay said
    before is kept, and the person is told."""
    return await my_record.decide(call.actor, dispute_id, body, call.now, call.settings)
