"""What protects those who serve in a project: how risky it is, its insurance, its agreement."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from api import messages
from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages import cover_picture
from api.pages.day_fields import end_of, start_of
from api.pages.forms import form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import agreements, insurance, projects, rights
from services.agreements import AgreementIn
from services.errors import Conflict, Invalid, PreconditionFailed, ServiceError
from services.insurance import PolicyIn
from services.paging import LIMIT_MAX, PageQuery
from services.projects import Project, ProjectIn
from services.rights import Right
from services.versions import etag_of

SAID: Final = {
    "risk": mark("Noted."),
    "added": mark("The policy is written down."),
    "removed": mark("The policy is gone."),
    "agreement": mark("Kept. Whoever has a seat and has not signed these words is asked to."),
}
FIELDS: Final = {"covers_from": "first_day", "covers_until": "last_day"}
"""What a person says as days, and where the service means moments."""


async def show(request: Request) -> Response:
    return await _page(await reader_of(request))


async def mark_risk(request: Request) -> Response:
    """Dangerous or not: the rest of the project stays as it is."""
    reader = await reader_of(request)
    actor, form = reader.require_actor(), await form_of(request)
    before = await projects.get(actor, _project_id(reader))
    same = {name: getattr(before, name) for name in ProjectIn.__struct_fields__}
    command = msgspec.structs.replace(
        ProjectIn(**same), is_dangerous=text_of(form, "is_dangerous") == "yes"
    )
    try:
        await projects.replace(actor, before.id, command, _tag(form), reader.now)
    except (Conflict, PreconditionFailed) as error:
        return await _page(reader, refused=error)
    return _back(reader, "risk")


async def add_policy(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    people = text_of(form, "people_max")
    given: dict[str, Any] = {
        "insurer": text_of(form, "insurer"),
        "number": text_of(form, "number"),
        "covers_from": start_of(reader, text_of(form, "first_day")),
        "covers_until": end_of(reader, text_of(form, "last_day")),
        **({"people_max": int(people) if people.isdecimal() else people} if people else {}),
    }
    try:
        command = read_command(given, PolicyIn)
        await insurance.add(reader.require_actor(), _project_id(reader), command)
    except (Conflict, Invalid) as error:
        return await _page(reader, "policy", form, error)
    return _back(reader, "added")


async def remove_policy(request: Request) -> Response:
    reader = await reader_of(request)
    policy_id: UUID = request.path_params["policy_id"]
    try:
        await insurance.remove(reader.require_actor(), policy_id, reader.now)
    except Conflict as error:
        return await _page(reader, refused=error)
    return _back(reader, "removed")


async def write_agreement(request: Request) -> Response:
    reader = await reader_of(request)
    form = await form_of(request)
    given = {
        "is_heavy_risk": text_of(form, "is_heavy_risk") == "yes",
        "text": text_of(form, "text").replace("\r\n", "\n"),
    }
    try:
        await agreements.write(
            reader.require_actor(),
            _project_id(reader),
            read_command(given, AgreementIn),
            _tag(form),
            reader.now,
        )
    except (Conflict, Invalid, PreconditionFailed) as error:
        return await _page(reader, "agreement", form, error)
    return _back(reader, "agreement")


async def _page(
    reader: Reader,
    section: str = "",
    form: Mapping[str, str] | None = None,
    refused: ServiceError | None = None,
) -> Response:
    actor, project_id = reader.require_actor(), _project_id(reader)
    project = await projects.get(actor, project_id)
    await rights.require(actor, Right.SEE_WORK, project.organisation_id)
    policies = (await insurance.list_of(actor, project_id, PageQuery(limit=LIMIT_MAX))).items
    covered = await insurance.coverage(actor, project_id, reader.now)
    agreement = await agreements.read(actor, project_id)
    said = SAID.get(reader.request.query_params.get("said", ""))
    facts = {
        "project": project,
        "policies": policies,
        "covered": covered,
        "state_of": cover_picture.state_of,
        "picture": cover_picture.draw(covered, policies, reader.moments),
        "agreement": agreement,
        "tags": {"risk": etag_of(project), "agreement": etag_of(agreement)},
        "forms": {section: form or {}},
        "faults": {section: _faults(reader, refused) if isinstance(refused, Invalid) else {}},
        "may_change": await rights.covers(actor, Right.RUN_WORK, project.organisation_id),
        "today": reader.moments.day_of(reader.now).isoformat(),
        "refusal": sentence(reader, refused) if refused else None,
        "said": translations(reader.language).gettext(said) if said and not refused else None,
        **_to_come(project, covered),
    }
    return page(reader, "project-protection.html", status_of(refused) if refused else 200, **facts)


def _to_come(project: Project, covered: list[insurance.CoveredShift]) -> dict[str, int]:
    """How many shifts have people whom nothing covers: that is what has to be done at once."""
    bare = [each for each in covered if cover_picture.state_of(each) == "bare"]
    return {"bare": len(bare) if project.is_dangerous else 0}


def _faults(reader: Reader, error: Invalid) -> dict[str, str]:
    zone = reader.settings.zone
    return {
        FIELDS.get(each.place, each.place): messages.say_defect(each, reader.language, zone)
        for each in error.defects
    }


def _tag(form: Mapping[str, str]) -> str:
    """What the page showed when its button was pressed; without it nothing matches."""
    return text_of(form, "tag")[:80]


def _back(reader: Reader, said: str) -> Response:
    return go_to(f"/projects/{_project_id(reader)}/protection?said={said}")


def _project_id(reader: Reader) -> UUID:
    project_id: UUID = reader.request.path_params["project_id"]
    return project_id
