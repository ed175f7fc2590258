"""Planning: the rounds of an organiser, one round with its plan, and what to do with it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.pages.failures import failure_said
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import rights, rounds
from services.errors import Conflict, Invalid, NotFound, ServiceError
from services.paging import CURSOR_LENGTH_MAX, PageQuery
from services.rights import Actor, Right
from services.rounds import PlanSummary, PlanView, PublishIn, Round, TradeOff

ROUNDS_SHOWN: Final = 20
PLAN_SHIFTS_SHOWN: Final = 40


async def show_list(request: Request) -> Response:
    reader = await reader_of(request)
    found = await rounds.list_page(_organiser(reader), _query(request, ROUNDS_SHOWN))
    return page(reader, "rounds.html", rounds=found.items, next=found.next)


async def show_round(request: Request) -> Response:
    return await _round_page(await reader_of(request), _round_id(request))


async def show_progress(request: Request) -> Response:
    """The moving part of a round that is worked out or published; the whole page after that."""
    reader = await reader_of(request)
    round_ = await rounds.get(_organiser(reader), _round_id(request))
    response = page(reader, "round-progress.html", round=round_)
    if round_.state != "solving" and not round_.publishing:
        response.headers["HX-Refresh"] = "true"
    return response


async def download_certificate(request: Request) -> Response:
    """The proof of the plan's bounds, as a file."""
    reader = await reader_of(request)
    round_id = _round_id(request)
    found = await rounds.certificate(_organiser(reader), round_id)
    headers = {
        "Content-Disposition": f'attachment; filename="mulin-proof-{round_id}.json"',
        "Cache-Control": "private, no-store",
    }
    return Response(msgspec.json.encode(found), media_type="application/json", headers=headers)


async def solve(request: Request) -> Response:
    reader = await reader_of(request)
    return await _do(reader, request, lambda actor, id_: rounds.solve_again(actor, id_, reader.now))


async def cancel(request: Request) -> Response:
    reader = await reader_of(request)
    return await _do(reader, request, lambda actor, id_: rounds.cancel(actor, id_, reader.now))


async def discard(request: Request) -> Response:
    reader = await reader_of(request)
    return await _do(reader, request, lambda actor, id_: rounds.discard(actor, id_, reader.now))


async def publish(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    deadline_at = reader.moments.read(text_of(form, "deadline_at"))
    command = PublishIn(deadline_at=deadline_at)
    return await _do(
        reader,
        request,
        lambda actor, id_: rounds.publish(actor, id_, command, reader.now, reader.settings),
    )


async def _do(
    reader: Reader, request: Request, act: Callable[[Actor, UUID], Awaitable[Round]]
) -> Response:
    """Do something with the round and show it; a refusal stands on top of what is there now."""
    round_id = _round_id(request)
    try:
        await act(_organiser(reader), round_id)
    except (Conflict, Invalid) as error:
        return await _round_page(reader, round_id, refused=error)
    return go_to(f"/rounds/{round_id}")


async def _round_page(
    reader: Reader, round_id: UUID, refused: ServiceError | None = None
) -> Response:
    actor = _organiser(reader)
    round_ = await rounds.get(actor, round_id)
    plan = await _plan(actor, round_, reader.request) if round_.plan else None
    days = groupby(
        plan.items if plan else [], lambda line: reader.moments.day_of(line.shift.starts_at)
    )
    facts = {
        "round": round_,
        "plan": plan,
        "no_more": bool(plan and plan.trade_off and _no_more(plan.trade_off)),
        "days": [(day, list(lines)) for day, lines in days],
        "failed": await failure_said(reader, actor, round_.failure) if round_.failure else None,
        "again": _again(reader, round_),
        "first_deadline": _first_deadline(reader),
        "refusal": sentence(reader, refused) if refused else None,
        "may_see_people": rights.has(actor, Right.SEE_PEOPLE),
        "counts_reasons": not round_.plan or _counts_reasons(round_.plan),
        "may_plan": await rights.covers(actor, Right.PLAN_ROUNDS, round_.organisation_id),
    }
    return page(reader, "round.html", refused.status if refused else 200, **facts)


async def _plan(actor: Actor, round_: Round, request: Request) -> PlanView | None:
    try:
        return await rounds.plan(actor, round_.id, _query(request, PLAN_SHIFTS_SHOWN))
    except NotFound:  # It was replaced between the two questions.
        return None


def _no_more(found: TradeOff) -> bool:
    """Whether it was proven of each empty seat, of all of them, that nobody can take it."""
    return found.is_whole and all(seat.answer == "no" for seat in found.seats)


def _counts_reasons(summary: PlanSummary) -> bool:
    return summary.volunteers <= rounds.REASONS_PEOPLE_MOST


def _first_deadline(reader: Reader) -> datetime:
    """What the form proposes: as far ahead as the setting says, on the whole hour."""
    proposed = reader.now + timedelta(hours=reader.settings.offer_hours)
    return reader.moments.local(proposed).replace(minute=0, second=0, microsecond=0)


def _again(reader: Reader, round_: Round) -> str:
    """The form for a new round over the same days."""
    moments = reader.moments
    same = {
        "organisation_id": str(round_.organisation_id),
        "first_day": moments.day_of(round_.horizon_start).isoformat(),
        "last_day": moments.last_day(round_.horizon_end).isoformat(),
        "seconds_max": str(round_.seconds_max),
    }
    return f"/rounds/new?{urlencode(same)}"


def _organiser(reader: Reader) -> Actor:
    actor = reader.require_actor()
    rights.require_anywhere(actor, Right.SEE_WORK)
    return actor


def _round_id(request: Request) -> UUID:
    round_id: UUID = request.path_params["round_id"]
    return round_id


def _query(request: Request, limit: int) -> PageQuery:
    after = request.query_params.get("after", "")
    return PageQuery(limit=limit, after=after[:CURSOR_LENGTH_MAX] or None)
