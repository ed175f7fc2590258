"""Tags of the levels: what there is, who reads it, who has it, and giving it to many at once."""

import csv
import io
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from api.i18n import mark, translations
from api.layer.decoding import read_command
from api.layer.problems import status_of
from api.pages.forms import file_of, form_of, text_of
from api.pages.reader import Reader, reader_of
from api.pages.rendering import go_to, page
from api.pages.wording import sentence
from services import imports, organisations, rights, tags
from services.errors import Conflict, Defect, Invalid, ServiceError
from services.imports import Import, ImportKind
from services.organisations import LEVELS, Organisation
from services.paging import CURSOR_LENGTH_MAX, LIMIT_MAX, PageQuery
from services.rights import Actor, Right
from services.tags import Tag, TagEdit, TagGrantIn, TagIn

SHOWN: Final = 50
ROWS_SHOWN: Final = 100
SAID: Final[Mapping[str, str]] = {
    "defined": mark("The tag is there; now give it to people."),
    "edited": mark("The tag says what you wrote."),
    "retired": mark("Nobody gets this tag any more."),
    "granted": mark("They read it now, on their own people."),
    "withdrawn": mark("They read it no longer."),
    "removed": mark("The tag is taken away."),
    "given": mark("The tags are given."),
}


async def show_list(request: Request) -> Response:
    return await _list_page(await reader_of(request))


async def define(request: Request) -> Response:
    reader, form = await reader_of(request), await form_of(request)
    given = {name: text_of(form, name) for name in ("organisation_id", "name", "meaning")}
    try:
        made = await tags.define(reader.require_actor(), read_command(given, TagIn))
    except (Conflict, Invalid) as error:
        return await _list_page(reader, error, form)
    return go_to(f"/admin/tags/{made.id}?said=defined")


async def show_one(request: Request) -> Response:
    return await _tag_page(await reader_of(request), _id(request))


async def edit(request: Request) -> Response:
    form = await form_of(request)
    given = {name: text_of(form, name) for name in ("name", "meaning")}

    async def change(actor: Actor, tag_id: UUID) -> str:
        await tags.edit(actor, tag_id, read_command(given, TagEdit), None)
        return "edited"

    return await _do(request, change)


async def retire(request: Request) -> Response:
    reader = await reader_of(request)

    async def change(actor: Actor, tag_id: UUID) -> str:
        await tags.retire(actor, tag_id, reader.now)
        return "retired"

    return await _do(request, change)


async def grant(request: Request) -> Response:
    given = {"organisation_id": text_of(await form_of(request), "organisation_id")}

    async def change(actor: Actor, tag_id: UUID) -> str:
        await tags.grant(actor, tag_id, read_command(given, TagGrantIn))
        return "granted"

    return await _do(request, change)


async def withdraw(request: Request) -> Response:
    organisation_id: UUID = request.path_params["organisation_id"]

    async def change(actor: Actor, tag_id: UUID) -> str:
        await tags.withdraw_grant(actor, tag_id, organisation_id)
        return "withdrawn"

    return await _do(request, change)


async def remove(request: Request) -> Response:
    volunteer_id: UUID = request.path_params["volunteer_id"]

    async def change(actor: Actor, tag_id: UUID) -> str:
        await tags.remove(actor, tag_id, volunteer_id)
        return "removed"

    return await _do(request, change)


async def look(request: Request) -> Response:
    """A sheet, or names pasted into the form, looked at line by line before anything is stored."""
    reader, form = await reader_of(request), await form_of(request)
    actor, tag_id = reader.require_actor(), _id(request)
    tag = await tags.get(actor, tag_id)
    sheet = await file_of(request, "sheet")
    try:
        content = sheet.content if sheet else _sheet(tag, text_of(form, "people"))
        found = await imports.check(
            actor, tag.organisation_id, ImportKind.TAGS, content, reader.now, reader.settings
        )
    except (Invalid, Conflict) as error:
        return await _tag_page(reader, tag_id, error)
    return _report_page(reader, tag, found)


async def store(request: Request) -> Response:
    """Give what was looked at."""
    reader = await reader_of(request)
    actor, tag_id = reader.require_actor(), _id(request)
    import_id: UUID = request.path_params["import_id"]
    try:
        found = await imports.apply(actor, import_id, reader.now, reader.settings)
    except Conflict as error:
        return await _tag_page(reader, tag_id, error)
    if found.state == "refused":
        return _report_page(reader, await tags.get(actor, tag_id), found)
    return go_to(f"/admin/tags/{tag_id}?said=given")


def _sheet(tag: Tag, people: str) -> bytes:
    """The lines of the form as a sheet; each is a number, or a name where it has no digit."""
    lines = [line.strip() for line in people.splitlines() if line.strip()]
    if not lines:
        raise Invalid([Defect("people", "missing_key", parameters={"key": "people"})])
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["编号", "姓名", "标签"])
    for line in lines:
        is_key = any(letter.isdigit() for letter in line)
        writer.writerow([line if is_key else "", "" if is_key else line, tag.name])
    return written.getvalue().encode()


async def _do(request: Request, act: Callable[[Actor, UUID], Awaitable[str]]) -> Response:
    reader, tag_id = await reader_of(request), _id(request)
    try:
        said = await act(reader.require_actor(), tag_id)
    except (Conflict, Invalid) as error:
        return await _tag_page(reader, tag_id, error)
    return go_to(f"/admin/tags/{tag_id}?said={said}")


async def _list_page(
    reader: Reader, refused: ServiceError | None = None, form: Mapping[str, str] | None = None
) -> Response:
    actor = reader.require_actor()
    found = await tags.list_page(actor, _query(reader))
    facts = {
        "tags": found.items,
        "next": found.next,
        "owners": await _owners(actor),
        "form": form or {},
    }
    return _page(reader, "admin-tags.html", refused, **facts)


async def _owners(actor: Actor) -> list[Organisation]:
    """The levels at which the account may define tags: its own nodes first."""
    if not rights.has(actor, Right.DEFINE_TAGS):
        return []
    own = set(rights.nodes(actor, Right.DEFINE_TAGS))
    found = await organisations.list_page(actor, PageQuery(limit=LIMIT_MAX))
    listed = {node.id: node for node in found.items}
    for node_id in own - listed.keys():
        listed[node_id] = await organisations.get(actor, node_id)
    levels = [each for each in listed.values() if each.kind in LEVELS and each.state == "active"]
    allowed = [each for each in levels if await rights.covers(actor, Right.DEFINE_TAGS, each.id)]
    return sorted(
        allowed, key=lambda each: (each.id not in own, LEVELS.index(each.kind), each.name)
    )


async def _tag_page(reader: Reader, tag_id: UUID, refused: ServiceError | None = None) -> Response:
    actor = reader.require_actor()
    tag = await tags.get(actor, tag_id)
    may_define = await rights.covers(actor, Right.DEFINE_TAGS, tag.organisation_id)
    people = await tags.people(actor, tag_id, _query(reader))
    grants = await tags.grants(actor, tag_id) if may_define else []
    text = reader.request.query_params.get("text", "").replace("\x00", "").strip()[:120]
    choices: list[Organisation] = []
    if may_define and text:
        found = await organisations.list_page(actor, PageQuery(limit=20), text=text)
        known = {each.organisation_id for each in grants} | {tag.organisation_id}
        choices = [each for each in found.items if each.id not in known]
    facts = {
        "tag": tag,
        "people": people.items,
        "next": people.next,
        "grants": grants,
        "may_define": may_define,
        "may_assign": await rights.covers(actor, Right.ASSIGN_TAGS, tag.organisation_id),
        "choices": choices,
        "text": text,
    }
    return _page(reader, "admin-tag.html", refused, **facts)


def _report_page(reader: Reader, tag: Tag, found: Import) -> Response:
    def said(defect: Any) -> str:
        if reader.language == "zh":
            return imports.in_chinese(defect.code, defect.parameters, defect.message)
        return str(defect.message)

    wrong = [row for row in found.report.rows if row.defects][:ROWS_SHOWN]
    status = 409 if found.report.refused else 200
    return page(
        reader, "admin-tag-report.html", status, tag=tag, found=found, wrong=wrong, defect_said=said
    )


def _page(
    reader: Reader, template: str, refused: ServiceError | None, /, **facts: object
) -> Response:
    said = SAID.get(reader.request.query_params.get("said", ""))
    return page(
        reader,
        template,
        status_of(refused) if refused else 200,
        refusal=sentence(reader, refused) if refused else None,
        said=translations(reader.language).gettext(said) if said and not refused else None,
        **facts,
    )


def _query(reader: Reader) -> PageQuery:
    after = reader.request.query_params.get("after", "")
    return PageQuery(limit=SHOWN, after=after[:CURSOR_LENGTH_MAX] or None)


def _id(request: Request) -> UUID:
    found: UUID = request.path_params["tag_id"]
    return found
