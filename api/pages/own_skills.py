"""Declaring a skill, changing it, taking it off: for oneself, or for a ward."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api.layer.problems import status_of
from api.pages.forms import form_of, text_of
from api.pages.profile import Whose, whose
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.skill_words import skill_helpers
from api.pages.whose import ward_name
from api.pages.wording import sentence
from services import skills
from services.errors import Defect, Invalid, ServiceError
from services.skills import EvidenceKind, HeldSkill, SkillIn, SkillRule
from services.versions import etag_of

NAME_LENGTH_MAX: Final = 80


async def lead_to_list(request: Request) -> Response:
    """The list itself stands in the profile."""
    return go_to("/me/profile#skills")


async def show_new(request: Request) -> Response:
    reader = await reader_of(request)
    own = await whose(reader)
    wanted = request.query_params.get("skill", "").strip()[:NAME_LENGTH_MAX]
    return await _skill_page(reader, own, {"skill": wanted, "level": "3"})


async def declare(request: Request) -> Response:
    reader = await reader_of(request)
    own = await whose(reader)
    form = await form_of(request)
    today = reader.moments.day_of(reader.now)
    try:
        command = await _command(form)
        await skills.declare(own.actor, own.volunteer_id, command, today=today)
    except ServiceError as error:
        return await _skill_page(reader, own, form, refused=error)
    return own.saved("skills")


async def show_one(request: Request) -> Response:
    reader = await reader_of(request)
    own, held = await _held(request, reader)
    return await _skill_page(reader, own, _as_form(held), held)


async def change(request: Request) -> Response:
    reader = await reader_of(request)
    own, held = await _held(request, reader)
    form = {**await form_of(request), "skill": held.skill}
    today = reader.moments.day_of(reader.now)
    try:
        command = await _command(form)
        version = text_of(form, "version") or None
        await skills.change(own.actor, held.id, command, version, today=today)
    except ServiceError as error:
        return await _skill_page(reader, own, form, held, error)
    return own.saved("skills")


async def remove(request: Request) -> Response:
    reader = await reader_of(request)
    own, held = await _held(request, reader)
    await skills.remove(own.actor, held.id, None, today=reader.moments.day_of(reader.now))
    return go_to(f"{own.home}?saved=removed#skills")


async def _held(request: Request, reader: Reader) -> tuple[Whose, HeldSkill]:
    """The skill of the address, and whose it is: one's own or a ward's."""
    actor = reader.require_actor()
    today = reader.moments.day_of(reader.now)
    held = await skills.get(actor, request.path_params["skill_id"], today=today)
    return Whose(actor, held.volunteer_id, await ward_name(reader, held.volunteer_id)), held


async def _command(form: Mapping[str, str]) -> SkillIn:
    """What the form says. Raises Invalid."""
    name = text_of(form, "skill")
    rule = (await skills.rules_for([name])).get(name)
    kind = text_of(form, "evidence_kind") or None
    # Where only one kind will do, nobody has to choose it.
    if rule is not None and kind is None and len(rule.evidence_kinds) == 1:
        kind = rule.evidence_kinds[0].value
    level, last_day = text_of(form, "level"), text_of(form, "expires_on") or None
    given = {
        "skill": name,
        "level": int(level) if level in {*"12345"} else 0,
        "evidence": text_of(form, "evidence"),
        "evidence_kind": kind if rule is not None else None,
        "expires_on": last_day,
    }
    try:
        return msgspec.convert(given, SkillIn, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid([_defect(name, level, last_day)]) from error


def _defect(name: str, level: str, last_day: str | None) -> Defect:
    if not name or len(name) > NAME_LENGTH_MAX:
        return Defect("skill", "name_the_skill")
    if level not in {*"12345"}:
        return Defect("level", "choose_a_level")
    if last_day is not None and not _is_day(last_day):
        return Defect("expires_on", "choose_a_day")
    return Defect("evidence", "too_long", parameters={"most": 400})


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _as_form(held: HeldSkill) -> Mapping[str, str]:
    return {
        "skill": held.skill,
        "level": str(held.level),
        "evidence": held.evidence,
        "evidence_kind": held.evidence_kind or "",
        "expires_on": "" if held.expires_on is None else held.expires_on.isoformat(),
    }


async def _skill_page(
    reader: Reader,
    own: Whose,
    form: Mapping[str, str],
    held: HeldSkill | None = None,
    refused: ServiceError | None = None,
) -> Response:
    name = form.get("skill", "")
    rules = await skills.every_rule()
    rule: SkillRule | None = next((each for each in rules if each.skill == name), None)
    facts: dict[str, Any] = {
        "own": own,
        "form": form,
        "held": held,
        "rule": rule,
        "rules": rules,
        "suggested": await skills.asked_for() if held is None else [],
        "version": etag_of(held) if held else "",
        "kinds": list(EvidenceKind),
        "today": reader.moments.day_of(reader.now),
        "refusal": sentence(reader, refused) if refused else None,
    }
    return page(
        reader,
        "me-skill.html",
        status_of(refused) if refused else 200,
        **facts,
        **skill_helpers(reader),
    )
