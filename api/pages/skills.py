"""Skills that wait to be confirmed, and deciding over one."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark
from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.skill_words import skill_helpers
from api.pages.wording import sentence
from services import rights, skills
from services.errors import Defect, Invalid, ServiceError
from services.paging import CURSOR_LENGTH_MAX, PageQuery
from services.rights import Right
from services.skills import SkillConfirmIn, SkillRefuseIn, WaitingSkill
from services.versions import etag_of

SHOWN: Final = 30
SEATS_SHOWN: Final = 20
DONE: Final[Mapping[str, str]] = {
    "confirmed": mark("Confirmed. The person has been told."),
    "refused": mark("Not confirmed. The person has been told and can read why."),
}


async def show_list(request: Request) -> Response:
    reader = await reader_of(request)
    actor = reader.require_actor()
    after = request.query_params.get("after", "")
    query = PageQuery(limit=SHOWN, after=after if 0 < len(after) <= CURSOR_LENGTH_MAX else None)
    today = reader.moments.day_of(reader.now)
    waiting = await skills.list_waiting(actor, query, today=today)
    risk = PageQuery(limit=SEATS_SHOWN)
    seats = (
        (await skills.list_seats_at_risk(actor, risk, reader.now, reader.settings)).items
        if rights.has(actor, Right.SEE_CLAIMS)
        else []
    )
    facts: dict[str, Any] = {
        "waiting": waiting.items,
        "next": waiting.next,
        "seats": seats,
        "rules": await skills.every_rule(),
        "done": DONE.get(request.query_params.get("done", "")),
    }
    return page(reader, "admin-skills.html", **facts, **skill_helpers(reader))


async def show_one(request: Request) -> Response:
    reader = await reader_of(request)
    return await _skill_page(reader)


async def confirm(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    given = {
        "expires_on": text_of(form, "expires_on") or None,
        "evidence_kind": text_of(form, "evidence_kind") or None,
        "evidence": text_of(form, "evidence"),
    }
    try:
        await skills.confirm(
            reader.require_actor(),
            request.path_params["skill_id"],
            msgspec.convert(given, SkillConfirmIn, strict=False),
            text_of(form, "version") or None,
            now=reader.now,
            today=reader.moments.day_of(reader.now),
        )
    except msgspec.ValidationError:
        return await _skill_page(reader, form, Invalid([Defect("expires_on", "choose_a_day")]))
    except ServiceError as error:
        return await _skill_page(reader, form, error)
    return go_to("/admin/skills?done=confirmed")


async def refuse(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    try:
        await skills.refuse(
            reader.require_actor(),
            request.path_params["skill_id"],
            msgspec.convert({"reason": text_of(form, "reason")}, SkillRefuseIn),
            text_of(form, "version") or None,
            now=reader.now,
            today=reader.moments.day_of(reader.now),
        )
    except msgspec.ValidationError:
        return await _skill_page(reader, form, Invalid([Defect("reason", "say_why")]))
    except ServiceError as error:
        return await _skill_page(reader, form, error)
    return go_to("/admin/skills?done=refused")


async def _skill_page(
    reader: Reader, form: Mapping[str, str] | None = None, refused: ServiceError | None = None
) -> Response:
    """The skill as it stands now; NotFound, or Forbidden with the reason, passes through."""
    today = reader.moments.day_of(reader.now)
    skill_id = reader.request.path_params["skill_id"]
    found: WaitingSkill = await skills.get_waiting(reader.require_actor(), skill_id, today=today)
    facts: dict[str, Any] = {
        "found": found,
        "form": form or {},
        "version": etag_of(found),
        "today": today,
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(
        reader,
        "admin-skill.html",
        status_of(refused) if refused else 200,
        **facts,
        **skill_helpers(reader),
    )
