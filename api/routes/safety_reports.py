"""What went wrong on a shift, told in confidence to somebody outside the project."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import safety_reports
from services.paging import Page
from services.safety_reports import (
    SafetyReport,
    SafetyReportAnswer,
    SafetyReportIn,
    SafetyReportQuery,
)

operations = Operations("safety-reports", Words("安全报告", "Safety reports"))


@operations(
    "POST",
    "/shifts/{shift_id}/safety-reports",
    Words("提交安全报告", "Report in confidence"),
    status=201,
    location="/safety-reports/{id}",
    refuses=("too_many_reports",),
)
async def report_in_confidence(call: Call, shift_id: UUID, body: SafetyReportIn) -> SafetyReport:
    """For whoever has or had a seat on the shift, or leads it. Those who run the project never see
    it: it goes to the street, the district or the city above them."""
    return await safety_reports.report(call.actor, shift_id, body, call.now)


@operations("GET", "/safety-reports", Words("安全报告列表", "List safety reports"))
async def list_safety_reports(call: Call, query: SafetyReportQuery) -> Page[SafetyReport]:
    """Those that one looks after, or, with `mine`, those that one wrote; without their words."""
    return await safety_reports.list_page(call.actor, query)


@operations("GET", "/safety-reports/{report_id}", Words("读取安全报告", "Read a safety report"))
async def read_safety_report(call: Call, report_id: UUID) -> SafetyReport:
    """One report with its words; that somebody else than its author read it is logged."""
    return await safety_reports.get(call.actor, report_id)


@operations(
    "POST",
    "/safety-reports/{report_id}/take",
    Words("受理安全报告", "Look after a safety report"),
)
async def take_safety_report(call: Call, report_id: UUID) -> SafetyReport:
    """Whoever reported sees that somebody looks after it. Again: nothing changes."""
    return await safety_reports.take(call.actor, report_id, call.now)


@operations(
    "POST",
    "/safety-reports/{report_id}/close",
    Words("办结安全报告", "Close a safety report"),
    refuses=("report_not_taken", "report_closed"),
)
async def close_safety_report(
    call: Call, report_id: UUID, body: SafetyReportAnswer
) -> SafetyReport:
    """With an answer that whoever reported reads."""
    return await safety_reports.close(call.actor, report_id, body, call.now)
