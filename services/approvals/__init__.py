"""What one person asks for and a second one approves: one mechanism for every act that needs two.

Each kind says who may ask, who may approve and what then is done (`Rule`). The part that does the
work registers it once, where it is defined:

    approvals.register(ApprovalKind.ROLE_GRANT, Rule(
        asks=Right.GRANT_ROLES, approves=Right.APPROVE_ROLES, execute=_grant))

and asks with `request`. What was asked for is done in the transaction of the approval; if it can
no longer be done, nothing is decided. The database keeps two people apart as well.
"""

from services.approvals.deciding import (
    GOOD_FOR,
    approve,
    expire_due,
    refuse,
    request,
    withdraw,
)
from services.approvals.reading import count_to_decide, get, list_page
from services.approvals.types import (
    RULES,
    Approval,
    ApprovalKind,
    ApprovalQuery,
    ApprovalState,
    Decided,
    Rule,
    Whose,
    register,
)

__all__ = [
    "GOOD_FOR",
    "RULES",
    "Approval",
    "ApprovalKind",
    "ApprovalQuery",
    "ApprovalState",
    "Decided",
    "Rule",
    "Whose",
    "approve",
    "count_to_decide",
    "expire_due",
    "get",
    "list_page",
    "refuse",
    "register",
    "request",
    "withdraw",
]
