"""The claims of the volunteer who is signed in."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import claims
from services.claims import Claim, ClaimQuery, RefuseIn
from services.paging import Page

operations = Operations("claims", Words("报名", "Claims"))


@operations(
    "GET",
    "/claims",
    Words("我的报名", "List my claims"),
    refuses=("volunteers_only", "not_found"),
)
async def list_claims(call: Call, query: ClaimQuery) -> Page[Claim]:
    """The claims of the volunteer who is signed in, or of a ward of theirs who is named."""
    return await claims.list_mine(call.actor, query)


@operations("GET", "/claims/{claim_id}", Words("读取报名", "Read a claim"))
async def read_claim(call: Call, claim_id: UUID) -> Claim:
    """One claim: for the person, and for the organisers of the shift."""
    return await claims.get(call.actor, claim_id)


@operations(
    "POST",
    "/claims/{claim_id}/approve",
    Words("同意报名", "Take somebody who asked"),
    refuses=(
        *("right_missing", "not_requested", "cannot_be_taken", "guardian_consent_missing"),
        *("adult_missing", "agreement_missing"),
        "waiting_over",
        *("ended", "insurance", "full", "opens_at"),
    ),
)
async def approve_claim(call: Call, claim_id: UUID) -> Claim:
    """Where the organiser decides: the seat is the person's, who is told. Whoever waits for one is
    offered it, because they may have made other plans. Again: nothing changes.

    What keeps a person from it that is not about the shift is not told: they see it themselves.
    """
    return await claims.approve(call.actor, claim_id, call.now, call.settings)


@operations(
    "POST",
    "/claims/{claim_id}/refuse",
    Words("婉拒报名", "Do not take somebody who asked"),
    refuses=("right_missing", "not_requested"),
)
async def refuse_claim(call: Call, claim_id: UUID, body: RefuseIn) -> Claim:
    """The person is told, with the reason if one is given. Again: nothing changes."""
    return await claims.refuse(call.actor, claim_id, body, call.now)


@operations(
    "POST",
    "/claims/{claim_id}/withdraw",
    Words("取消报名", "Withdraw a claim"),
    refuses=("volunteers_only", "state_change_refused", "already_started", "cutoff_passed"),
)
async def withdraw_claim(call: Call, claim_id: UUID) -> Claim:
    """Gives the seat back. Again: nothing changes."""
    return await claims.withdraw(call.actor, claim_id, call.now, call.settings)
