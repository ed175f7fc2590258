"""The log, for those who watch."""

from api.layer.operations import Call, Operations, Words
from services import audit_reading
from services.audit_reading import AuditLine, AuditQuery, ChainState
from services.paging import Page

operations = Operations("audit", Words("日志", "Log"))


@operations("GET", "/audit-lines", Words("查日志", "Read the log"), refuses=("right_missing",))
async def list_audit_lines(call: Call, query: AuditQuery) -> Page[AuditLine]:
    """What was done with rights and personal data in the account's subtree, newest first.

    The log holds ids and facts, never a name, a number or a date of birth of those it is about.
    """
    return await audit_reading.list_page(call.actor, query)


@operations(
    "GET", "/audit-chain", Words("日志封链状态", "State of the chain"), refuses=("right_missing",)
)
async def read_audit_chain(call: Call) -> ChainState:
    """The last link of the chain over the whole log, and how long unsealed lines have waited.

    Keep number and digest elsewhere: `mulin audit verify --head` compares with them.
    """
    return await audit_reading.chain_state(call.actor)
