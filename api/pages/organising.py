"""What organisers work with: the shifts to come, and the projects with their protection."""

from itertools import groupby
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.pages.reader import Reader, reader_of
from api.pages.rendering import page
from services import organising, rights
from services.paging import CURSOR_LENGTH_MAX, PageQuery
from services.rights import Right

SHOWN: Final = 30


async def show_shifts(request: Request) -> Response:
    """The shifts to come, day by day, with what waits for an organiser."""
    reader = await reader_of(request)
    actor = reader.require_actor()
    found = await organising.shifts_to_come(actor, _query(reader), reader.now)
    moments = reader.moments
    days = groupby(found.items, lambda shift: moments.day_of(max(shift.starts_at, reader.now)))
    facts = {
        "days": [(day, list(shifts)) for day, shifts in days],
        "next": found.next,
        "may_lead": rights.has(actor, Right.LEAD_SHIFTS),
        "may_plan": rights.has(actor, Right.PLAN_ROUNDS),
        "may_run": rights.has(actor, Right.RUN_WORK),
    }
    return page(reader, "admin-shifts.html", **facts)


async def show_projects(request: Request) -> Response:
    """The projects, which of them are dangerous, and whether their people are insured."""
    reader = await reader_of(request)
    found = await organising.list_projects(reader.require_actor(), _query(reader), reader.now)
    return page(reader, "admin-projects.html", projects=found.items, next=found.next)


def _query(reader: Reader) -> PageQuery:
    after = reader.request.query_params.get("after", "")
    return PageQuery(limit=SHOWN, after=after[:CURSOR_LENGTH_MAX] or None)
