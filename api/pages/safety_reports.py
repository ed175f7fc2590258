"""Safety reports: writing one in confidence, and looking after those that came."""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.attendance_words import REPORT_KINDS
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import rights, safety_reports, shifts
from services.errors import Conflict, Invalid, ServiceError
from services.paging import CURSOR_LENGTH_MAX
from services.rights import Right
from services.safety_reports import (
    SafetyReport,
    SafetyReportAnswer,
    SafetyReportIn,
    SafetyReportQuery,
)

SHOWN: Final = 30
SAID: Final = {
    "sent": mark("It is with somebody outside the project now. Thank you for telling us."),
    "taken": mark("You are handling it; whoever reported sees that."),
    "closed": mark("Closed, and your answer is with whoever reported."),
}


async def show_form(request: Request) -> Response:
    return await _form(await reader_of(request))


async def send(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    given = {"kind": text_of(form, "kind"), "text": text_of(form, "text")}
    try:
        command = read_command(
            {**given, "is_anonymous": text_of(form, "is_anonymous") == "yes"}, SafetyReportIn
        )
        made = await safety_reports.report(
            reader.require_actor(), _shift_id(reader), command, reader.now
        )
    except (Conflict, Invalid) as error:
        return await _form(reader, given, error)
    return go_to(f"/safety-reports/{made.id}?said=sent")


async def show_list(request: Request) -> Response:
    """Those that the reader looks after, or those that they wrote."""
    reader = await reader_of(request)
    actor, asked = reader.require_actor(), request.query_params
    looks_after = rights.has(actor, Right.READ_SAFETY_REPORTS)
    mine = asked.get("mine") == "yes" or not looks_after
    after = asked.get("after", "")[:CURSOR_LENGTH_MAX] or None
    found = await safety_reports.list_page(
        actor, SafetyReportQuery(limit=SHOWN, after=after, mine=mine)
    )
    facts = {"reports": found.items, "next": found.next, "mine": mine, "looks_after": looks_after}
    return page(reader, "safety-reports.html", **facts)


async def show_one(request: Request) -> Response:
    reader = await reader_of(request)
    return _one(reader, await safety_reports.get(reader.require_actor(), _report_id(reader)))


async def take(request: Request) -> Response:
    reader = await reader_of(request)
    await safety_reports.take(reader.require_actor(), _report_id(reader), reader.now)
    return go_to(f"/safety-reports/{_report_id(reader)}?said=taken")


async def close(request: Request) -> Response:
    reader = await reader_of(request)
    actor, text = reader.require_actor(), text_of(await form_of(request), "text")
    try:
        command = read_command({"text": text}, SafetyReportAnswer)
        await safety_reports.close(actor, _report_id(reader), command, reader.now)
    except (Conflict, Invalid) as error:
        return _one(reader, await safety_reports.get(actor, _report_id(reader)), error)
    return go_to(f"/safety-reports/{_report_id(reader)}?said=closed")


async def _form(
    reader: Reader, form: dict[str, str] | None = None, refused: ServiceError | None = None
) -> Response:
    actor = reader.require_actor()
    shift = await shifts.get(actor, _shift_id(reader))
    facts = {
        "shift": shift,
        "form": form or {"kind": "", "text": ""},
        "kinds": list(REPORT_KINDS),
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "safety-report-new.html", status_of(refused) if refused else 200, **facts)


def _one(reader: Reader, report: SafetyReport, refused: ServiceError | None = None) -> Response:
    said = SAID.get(reader.request.query_params.get("said", ""))
    facts = {
        "report": report,
        "said": translations(reader.language).gettext(said) if said and not refused else None,
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(reader, "safety-report.html", status_of(refused) if refused else 200, **facts)


def _shift_id(reader: Reader) -> UUID:
    shift_id: UUID = reader.request.path_params["shift_id"]
    return shift_id


def _report_id(reader: Reader) -> UUID:
    report_id: UUID = reader.request.path_params["report_id"]
    return report_id
