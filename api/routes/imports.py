"""Real input: a file is looked at, row by row, and then stored whole or not at all."""

from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.layer.bodies import JSON_MEDIA_TYPE
from api.layer.language import LANGUAGES, language_of
from api.layer.operations import Call, Operations, Words
from services import imports, rights
from services.errors import NotFound
from services.imports import Import, ImportKind, ImportSummary, RowReport
from services.paging import Page, PageQuery

WORKBOOK_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = (
    JSON_MEDIA_TYPE,
    "text/csv",
    WORKBOOK_MEDIA_TYPE,
    "application/vnd.ms-excel",  # What a browser on Windows calls a CSV file.
    "application/octet-stream",
)

SHEETS = (ImportKind.PEOPLE, ImportKind.SHIFTS, ImportKind.TAGS)

operations = Operations("imports", Words("导入", "Imports"))


class ImportQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file is, and into which organisation; without it, the organiser's own."""

    kind: ImportKind
    organisation_id: UUID | None = None


@operations(
    "POST",
    "/imports",
    Words("检查导入文件", "Look at a file"),
    status=201,
    location="/imports/{id}",
    media_types=MEDIA_TYPES,
    bytes_max=lambda settings: settings.upload_bytes_max,
    refuses=("right_missing", "not_found"),
)
async def create_import(call: Call, body: bytes, query: ImportQuery) -> Import:
    """A matching problem as JSON, or a sheet of people, shifts or tags as CSV or .xlsx.

    The answer says for every row whether it is `new`, `changed`, the `same` or `refused`, and why.
    Nothing is stored yet; an import with a refused row can never be.
    """
    organisation_id = (
        query.organisation_id or rights.require_anywhere(call.actor, imports.RIGHTS[query.kind])[0]
    )
    found = await imports.check(
        call.actor, organisation_id, query.kind, body, call.now, call.settings
    )
    return _in_language(call, found)


@operations("GET", "/imports", Words("列出导入", "List imports"), refuses=("right_missing",))
async def list_imports(call: Call, query: PageQuery) -> Page[ImportSummary]:
    """The imports of the account's subtree, newest first, without their rows."""
    return await imports.list_page(call.actor, query)


@operations(
    "GET", "/imports/{import_id}", Words("读取导入", "Read an import"), refuses=("right_missing",)
)
async def read_import(call: Call, import_id: UUID) -> Import:
    """The import with its report."""
    return _in_language(call, await imports.get(call.actor, import_id))


@operations(
    "POST",
    "/imports/{import_id}/apply",
    Words("存入导入内容", "Store an import"),
    refuses=("right_missing", "import_refused"),
)
async def apply_import(call: Call, import_id: UUID) -> Import:
    """Stores all rows in one transaction. What is stored already is not stored again.

    The rows are looked at once more: if one is refused by now, nothing is stored and the state of
    the answer is `refused`. A problem also makes the draft round that `round_id` names.
    """
    found = await imports.apply(call.actor, import_id, call.now, call.settings)
    return _in_language(call, found)


def _in_language(call: Call, found: Import) -> Import:
    """The report with its sentences in the reader's language; codes and facts are the same."""
    if language_of(call.request) != "zh":
        return found
    report = found.report
    rows = [_row_in_chinese(row) if row.defects else row for row in report.rows]
    notes = [
        msgspec.structs.replace(
            each, message=imports.in_chinese(each.code, each.parameters, each.message)
        )
        for each in report.notes
    ]
    translated = msgspec.structs.replace(report, rows=rows, notes=notes)
    return msgspec.structs.replace(found, report=translated)


def _row_in_chinese(row: RowReport) -> RowReport:
    defects = [
        msgspec.structs.replace(
            each, message=imports.in_chinese(each.code, each.parameters, each.message)
        )
        for each in row.defects
    ]
    return msgspec.structs.replace(row, defects=defects)


async def download_template(request: Request) -> Response:
    """An empty sheet to fill in: `people.zh.xlsx`, `tags.en.xlsx` and so on."""
    name = request.path_params["name"]
    kind, _, rest = name.partition(".")
    language = next((each for each in LANGUAGES if rest == f"{each}.xlsx"), None)
    if kind not in SHEETS or language is None:
        raise NotFound
    content = imports.workbook_template(ImportKind(kind), language)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=WORKBOOK_MEDIA_TYPE, headers=headers)


template_routes = [Route("/imports/templates/{name}", download_template)]
