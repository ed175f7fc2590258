"""Imports from upload to rows: looked at first, stored in one transaction or not at all."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from models.core import ImportBatch, ImportKind, ImportState, new_id
from services import rights, skills
from services.database import rows
from services.errors import Conflict, NotFound
from services.imports.preparing import Parsed, Prepared, groups_from, parse, prepare
from services.imports.relations import write_relations
from services.imports.rounds_kept import write_rounds
from services.imports.storing import (
    imported_skills,
    write_groups,
    write_invitations,
    write_projects,
    write_shifts,
    write_volunteers,
)
from services.imports.tags import write_tags
from services.imports.views import Import, ImportSummary, Report
from services.minors import rules_of
from services.organisations import subtree_ids
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import as_system
from services.settings import Settings
from services.transactions import transaction
from services.vault import keyring

# Two imports into one organisation wait for each other: each matches what the other may write.
_CONTENT, _REPORT = "import_batch.content", "import_batch.report"
_IMPORT_LOCK = 813
UNUSED_DAYS = 7
RIGHTS = {
    ImportKind.PROBLEM: Right.REGISTER_PEOPLE,
    ImportKind.PEOPLE: Right.REGISTER_PEOPLE,
    ImportKind.SHIFTS: Right.REGISTER_PEOPLE,
    ImportKind.TAGS: Right.ASSIGN_TAGS,
}
"""What each kind of import needs where it goes; who may import may read the reports of it."""


@acting
async def check(
    actor: Actor,
    organisation_id: UUID,
    kind: ImportKind,
    content: bytes,
    now: datetime,
    settings: Settings,
) -> Import:
    """Keep an upload with its report; nothing else is stored yet.

    Raises NotFound outside of the organiser's subtree, TooLarge, and Invalid for a file that
    cannot be read as this kind at all.
    """
    rights.require_anywhere(actor, RIGHTS[kind])
    await rights.require(actor, RIGHTS[kind], organisation_id)
    return await keep(organisation_id, actor.account_id, kind, content, now, settings)


@as_system
async def examine(
    organisation_id: UUID, kind: ImportKind, content: bytes, now: datetime, settings: Settings
) -> Report:
    """The report alone. For the command line, whose user has the database in hand: no scope."""
    parsed = await _parsed(kind, content, settings)
    return (await prepare(organisation_id, parsed, now, settings, lock=False)).report


@as_system
async def keep(
    organisation_id: UUID,
    account_id: UUID | None,
    kind: ImportKind,
    content: bytes,
    now: datetime,
    settings: Settings,
) -> Import:
    """`check` for a caller that has seen to the scope."""
    report = await examine(organisation_id, kind, content, now, settings)
    state = ImportState.REFUSED if report.refused else ImportState.CHECKED
    batch_id = new_id()
    batch = await ImportBatch.create(
        id=batch_id,
        organisation_id=organisation_id,
        requested_by_id=account_id,
        kind=kind,
        state=state,
        # What is refused will never be stored, so there is no reason to hold people's data.
        content=None if report.refused else keyring().seal(_CONTENT, batch_id, content),
        report=_sealed_report(batch_id, report),
        counts=msgspec.to_builtins(report.counts),
    )
    return _view(batch, report)


@acting
async def apply(actor: Actor, import_id: UUID, now: datetime, settings: Settings) -> Import:
    """Store a checked import, all of it or nothing; one that is stored already is just shown.

    The content is looked at again under locks. If a row is now refused, nothing is stored and the
    answer is the refused import with its new report. Raises Conflict `import_refused` for one
    that was refused before.
    """
    await get(actor, import_id)
    return await store(import_id, now, settings)


@as_system
async def store(import_id: UUID, now: datetime, settings: Settings) -> Import:
    """`apply` for a caller that has seen to the scope."""
    async with transaction():
        batch: Any = await ImportBatch.select_for_update().get_or_none(id=import_id)
        if batch is None:
            raise NotFound
        if batch.state is ImportState.APPLIED:
            return _view(batch, _report_of(batch))
        if batch.state is ImportState.REFUSED or batch.content is None:
            raise Conflict("import_refused")
        organisation_id = batch.organisation_id
        parsed = await _parsed(
            batch.kind, keyring().unseal(_CONTENT, batch.id, bytes(batch.content)), settings
        )
        await rows(
            "SELECT pg_advisory_xact_lock($1, hashtext($2))", _IMPORT_LOCK, str(organisation_id)
        )
        prepared = await prepare(organisation_id, parsed, now, settings, lock=True)
        batch.content = None
        batch.report = _sealed_report(batch.id, prepared.report)
        batch.counts = msgspec.to_builtins(prepared.report.counts)
        batch.state = ImportState.REFUSED if prepared.report.refused else ImportState.APPLIED
        if not prepared.report.refused:
            batch.round_id = await _write(
                organisation_id,
                batch.requested_by_id,
                prepared,
                now,
                settings,
            )
            await write_tags(organisation_id, prepared.taggings, batch.id, batch.requested_by_id)
        await batch.save()
        return _view(batch, prepared.report)


async def _parsed(kind: ImportKind, content: bytes, settings: Settings) -> Parsed:
    # In a thread: a hundred thousand rows would keep every other request waiting for seconds.
    return await asyncio.to_thread(parse, kind, content, settings)


async def _write(
    organisation_id: UUID,
    account_id: UUID | None,
    prepared: Prepared,
    now: datetime,
    settings: Settings,
) -> UUID | None:
    today = now.astimezone(settings.zone).date()
    await write_groups(organisation_id, prepared.new_groups)
    await write_projects(organisation_id, prepared.new_projects)
    await write_shifts(prepared.shifts)
    groups = prepared.groups.ids if prepared.groups else ()
    day = groups_from(prepared.problem, today) if prepared.problem else today
    await write_volunteers(organisation_id, prepared.volunteers, groups, today, day)
    brought = [
        line
        for each in prepared.volunteers
        if "evidence" in each.fields and each.outcome in ("new", "changed")
        for line in imported_skills(each)
    ]
    await skills.confirm_imported(account_id, brought, today=today, now=now)
    await write_invitations(prepared.shifts)
    if prepared.relations:
        await write_relations(organisation_id, prepared.relations)
    if prepared.problem is None or prepared.kept is None:
        return None
    problem, of_minors = prepared.problem, rules_of(settings)
    return await write_rounds(organisation_id, account_id, problem, prepared.kept, now, of_minors)


@acting
async def get(actor: Actor, import_id: UUID) -> Import:
    """An import with its whole report, for organisers above or at its organisation."""
    _require_any_import(actor)
    batch: Any = await ImportBatch.get_or_none(id=import_id)
    if batch is None:
        raise NotFound
    await rights.require(actor, RIGHTS[batch.kind], batch.organisation_id)
    return _view(batch, _report_of(batch))


@acting
async def list_page(actor: Actor, query: PageQuery) -> Page[ImportSummary]:
    """Imports of the organiser's subtree, the newest first, without their rows."""
    _require_any_import(actor)
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        "SELECT id, organisation_id, kind, state, created_at, round_id, counts FROM import_batch "
        "WHERE ((kind <> 'tags' AND organisation_id = ANY($1::uuid[])) OR (kind = 'tags' "
        "AND organisation_id = ANY($2::uuid[]))) AND ($3::uuid IS NULL OR id < $3) "
        "ORDER BY id DESC LIMIT $4",
        await subtree_ids(rights.nodes(actor, Right.REGISTER_PEOPLE)),
        await subtree_ids(rights.nodes(actor, Right.ASSIGN_TAGS)),
        after,
        query.limit + 1,
    )
    items = [_summary(row) for row in found]
    return page_of(items, [item.id for item in items], query.limit)


def _require_any_import(actor: Actor) -> None:
    if not rights.has(actor, Right.ASSIGN_TAGS):
        rights.require_anywhere(actor, Right.REGISTER_PEOPLE)


@as_system
async def forget_unused(now: datetime, *, days: int = UNUSED_DAYS) -> int:
    """Erase the content of imports that were checked and then left; how many there were."""
    found = await rows(
        "UPDATE import_batch SET content = NULL, state = 'refused' "
        "WHERE state = 'checked' AND created_at < $1 RETURNING id",
        now - timedelta(days=days),
    )
    return len(found)


def _sealed_report(batch_id: UUID, report: Report) -> bytes:
    # Its rows quote names and numbers of people.
    return keyring().seal(_REPORT, batch_id, msgspec.json.encode(report))


def _report_of(batch: Any) -> Report:
    content = keyring().unseal(_REPORT, batch.id, bytes(batch.report))
    return msgspec.json.decode(content, type=Report)


def _view(batch: Any, report: Report) -> Import:
    return Import(
        id=batch.id,
        organisation_id=batch.organisation_id,
        kind=batch.kind,
        state=batch.state,
        created_at=batch.created_at,
        report=report,
        round_id=batch.round_id,
    )


def _summary(row: dict[str, Any]) -> ImportSummary:
    counts = row["counts"]
    return ImportSummary(
        id=row["id"],
        organisation_id=row["organisation_id"],
        kind=ImportKind(row["kind"]),
        state=ImportState(row["state"]),
        created_at=row["created_at"],
        counts=msgspec.json.decode(counts) if isinstance(counts, str) else counts,
        round_id=row["round_id"],
    )
