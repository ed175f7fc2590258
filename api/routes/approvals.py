"""What one person asks for and a second one decides."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import approvals
from services.approvals import Approval, ApprovalQuery
from services.paging import Page

operations = Operations("approvals", Words("审批", "Approvals"))
DECIDING = ("right_missing", "second_person_needed", "not_for_oneself", "approval_decided")


@operations("GET", "/approvals", Words("列出申请", "List requests"))
async def list_approvals(call: Call, query: ApprovalQuery) -> Page[Approval]:
    """Requests that the account made, that concern it, or that it may ask for or approve.

    `whose=to_decide` are those that wait for this account.
    """
    return await approvals.list_page(call.actor, query, call.now)


@operations("GET", "/approvals/{approval_id}", Words("读取申请", "Read a request"))
async def read_approval(call: Call, approval_id: UUID) -> Approval:
    """A request, who made it, whom it concerns, and what became of it."""
    return await approvals.get(call.actor, approval_id, call.now)


@operations(
    "POST",
    "/approvals/{approval_id}/approve",
    Words("同意", "Approve"),
    refuses=(
        *DECIDING,
        "approval_expired",
        "people_only",
        "role_not_yours",
        "top_only",
        "account_not_active",
        "organisation_not_active",
        "already_held",
        "three_apart",
    ),
)
async def approve_approval(call: Call, approval_id: UUID) -> Approval:
    """Approves what somebody else asked for; it is done at once, together with the decision.

    If it can no longer be done, the answer says why and nothing is decided.
    """
    return await approvals.approve(call.actor, approval_id, call.now)


@operations(
    "POST",
    "/approvals/{approval_id}/refuse",
    Words("不同意", "Refuse"),
    refuses=(*DECIDING, "approval_expired", "people_only"),
)
async def refuse_approval(call: Call, approval_id: UUID) -> Approval:
    """Says no to what somebody else asked for."""
    return await approvals.refuse(call.actor, approval_id, call.now)


@operations(
    "POST",
    "/approvals/{approval_id}/withdraw",
    Words("撤回", "Take back"),
    refuses=("not_your_request", "approval_decided", "approval_expired"),
)
async def withdraw_approval(call: Call, approval_id: UUID) -> Approval:
    """Takes one's own request back before anybody has decided it."""
    return await approvals.withdraw(call.actor, approval_id, call.now)
