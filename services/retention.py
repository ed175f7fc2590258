"""Retention: people whose data nobody needs any more are told, and forgotten after seven days.

A run counts first. Above its cap (a number, and one in a hundred) it touches nobody and says so: a
wrong setting must not cost a city its volunteers. A dry run reads and writes nothing.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from tortoise.transactions import in_transaction

from models.core import ErasureReason, new_id
from services import audit, erasure, notifications, rights
from services.audit import Act
from services.database import rows
from services.errors import NotFound
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, as_system, entered
from services.settings import Settings
from services.transactions import transaction

log = logging.getLogger(__name__)

RUN_LOCK: Final = 815
SHARE_MAX: Final = 100
"""One in so many may be touched by one run."""

# $1: the nodes of the run, none for everywhere; $2: before this instant somebody is out of date.
_WITHIN = (
    "v.state = 'active' AND ($1::uuid[] IS NULL OR v.organisation_id IN "
    "(SELECT descendant_id FROM organisation_closure WHERE ancestor_id = ANY($1::uuid[])))"
)
# Nobody who is wanted somewhere, answers for something, or is about to be forgotten already.
_FREE = (
    "NOT EXISTS (SELECT 1 FROM claim c WHERE c.volunteer_id = v.id AND c.ends_at > $2) "
    "AND NOT EXISTS (SELECT 1 FROM account a JOIN role_grant g ON g.account_id = a.id "
    "WHERE a.volunteer_id = v.id AND g.ended_at IS NULL) "
    "AND NOT EXISTS (SELECT 1 FROM account a JOIN guardianship g ON g.guardian_id = a.id "
    "JOIN volunteer w ON w.id = g.ward_id WHERE a.volunteer_id = v.id AND g.state = 'verified' "
    "AND w.state = 'active') "
    "AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.volunteer_id = v.id "
    "AND e.withdrawn_at IS NULL AND e.done_at IS NULL)"
)
_RULES: Final[Mapping[str, str]] = {
    # Long enough ago that they served, signed in or were registered.
    "inactive": f"{_WITHIN} AND v.active_at < $2 AND {_FREE}",
    # Registered, and never proven a number, signed in or served: perhaps nobody.
    "never_came": (
        f"{_WITHIN} AND v.created_at < $2 AND v.active_at < $2 AND v.served_minutes = 0 "
        "AND NOT EXISTS (SELECT 1 FROM account a WHERE a.volunteer_id = v.id) "
        "AND NOT EXISTS (SELECT 1 FROM personal_datum d WHERE d.volunteer_id = v.id "
        "AND d.verified_at IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.volunteer_id = v.id) "
        f"AND {_FREE}"
    ),
}
# A document number is kept while somebody needs it, and a while longer for questions.
_DOCUMENTS = (
    "SELECT d.id FROM personal_datum d JOIN volunteer v ON v.id = d.volunteer_id "
    f"WHERE d.kind = 'document' AND d.created_at < $2 AND {_WITHIN} "
    "AND NOT EXISTS (SELECT 1 FROM document_need n WHERE n.volunteer_id = d.volunteer_id "
    "AND (n.closed_at IS NULL OR n.closed_at >= $2)) ORDER BY d.id"
)

# A run over everything is of those at the top.
_SEEN = (
    "(EXISTS (SELECT 1 FROM organisation_closure c WHERE c.descendant_id = r.organisation_id "
    "AND c.ancestor_id = ANY($1::uuid[])) OR (r.organisation_id IS NULL AND EXISTS "
    "(SELECT 1 FROM organisation o WHERE o.parent_id IS NULL AND o.id = ANY($1::uuid[]))))"
)


class RetentionReport(msgspec.Struct, frozen=True, kw_only=True):
    """How many people each rule found, and how many numbers of documents nobody needs."""

    inactive: int = 0
    never_came: int = 0
    documents: int = 0


class RetentionRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `is_capped`: it found more than it may touch, and touched nobody."""

    id: UUID
    organisation_id: UUID | None = None
    made_at: datetime
    found: int
    touched: int
    people_max: int
    is_capped: bool
    report: RetentionReport


class RetentionPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What a run would find now. Nothing was written."""

    found: int
    people_max: int
    is_capped: bool
    report: RetentionReport


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    people: list[UUID]
    documents: list[UUID]
    people_max: int
    report: RetentionReport

    @property
    def is_capped(self) -> bool:
        return len(self.people) > self.people_max


@acting
async def preview(actor: Actor, now: datetime, settings: Settings) -> RetentionPreview:
    """Count whom a run would touch at the actor's nodes; PostgreSQL lets it write nothing."""
    nodes = rights.require_anywhere(actor, Right.RUN_RETENTION)
    async with entered(SYSTEM):
        return await preview_everywhere(now, settings, nodes)


@as_system
async def preview_everywhere(
    now: datetime, settings: Settings, nodes: list[UUID] | None = None
) -> RetentionPreview:
    """The same for the command line, whose user has the database in hand."""
    async with in_transaction():
        await rows("SET TRANSACTION READ ONLY")
        found = await _find(now, settings, nodes)
    return RetentionPreview(
        found=len(found.people),
        people_max=found.people_max,
        is_capped=found.is_capped,
        report=found.report,
    )


@acting
async def run(actor: Actor, now: datetime, settings: Settings) -> RetentionRun:
    """Tell those whose time has come; they are forgotten in seven days unless they sign in."""
    nodes = rights.require_anywhere(actor, Right.RUN_RETENTION)
    async with entered(SYSTEM):
        return await run_everywhere(now, settings, nodes)


@as_system
async def run_everywhere(
    now: datetime, settings: Settings, nodes: list[UUID] | None = None
) -> RetentionRun:
    """The same for the daily job and the command line. Above the cap nobody is touched, loudly."""
    async with transaction():
        # Two runs at once would touch twice as many as one may.
        await rows("SELECT pg_advisory_xact_lock($1)", RUN_LOCK)
        found = await _find(now, settings, nodes)
        if found.is_capped:
            log.error(
                "retention touches nobody: %d people found, %d is the most",
                len(found.people),
                found.people_max,
            )
        else:
            await _touch(found, now, settings)
        touched = 0 if found.is_capped else len(found.people)
        made = await _keep(found, touched, nodes, now)
        await audit.record(
            Act.RETENTION_RUN,
            subject_kind="retention_run",
            subject_id=made.id,
            organisation_id=made.organisation_id,
            found=made.found,
            touched=touched,
            people_max=made.people_max,
        )
    return made


@as_system
async def run_daily(now: datetime, settings: Settings) -> RetentionRun | None:
    """The run of the day, once a local day; None if there was one already or none is wanted."""
    if not settings.retention_daily:
        return None
    midnight = now.astimezone(settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if await rows(
        "SELECT 1 FROM retention_run WHERE organisation_id IS NULL AND created_at >= $1", midnight
    ):
        return None
    return await run_everywhere(now, settings)


async def _find(now: datetime, settings: Settings, nodes: list[UUID] | None) -> _Found:
    limits = {
        "inactive": now - timedelta(days=settings.retention_inactive_days),
        "never_came": now - timedelta(days=settings.retention_never_came_days),
    }
    people: list[UUID] = []
    counts: dict[str, int] = {}
    for rule, condition in _RULES.items():
        found = await rows(
            f"SELECT v.id FROM volunteer v WHERE {condition} ORDER BY v.id", nodes, limits[rule]
        )
        known = set(people)
        new = [row["id"] for row in found if row["id"] not in known]
        counts[rule] = len(new)
        people += new
    documents = await rows(
        _DOCUMENTS, nodes, now - timedelta(days=settings.retention_document_days)
    )
    [everybody] = await rows(f"SELECT count(*) AS count FROM volunteer v WHERE {_WITHIN}", nodes)
    return _Found(
        people=people,
        documents=[row["id"] for row in documents],
        people_max=min(settings.retention_people_max, -(-everybody["count"] // SHARE_MAX)),
        report=RetentionReport(**counts, documents=len(documents)),
    )


async def _touch(found: _Found, now: datetime, settings: Settings) -> None:
    for volunteer_id in found.people:
        made = await erasure.begin(ErasureReason.RETENTION, now, volunteer_id=volunteer_id)
        day = f"{made.due_at.astimezone(settings.zone):%Y-%m-%d}"
        await notifications.notify("erasure_soon", volunteer_id, day=day)
    await rows("DELETE FROM personal_datum WHERE id = ANY($1::uuid[])", found.documents)


async def _keep(
    found: _Found, touched: int, nodes: list[UUID] | None, now: datetime
) -> RetentionRun:
    [row] = await rows(
        "INSERT INTO retention_run (id, created_at, organisation_id, found_count, touched_count, "
        "people_max, report) VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb) RETURNING *",
        new_id(),
        now,
        nodes[0] if nodes else None,
        len(found.people),
        touched,
        found.people_max,
        msgspec.json.encode(found.report).decode(),
    )
    return _view(row)


@acting
async def get(actor: Actor, run_id: UUID) -> RetentionRun:
    """One run, for those who may start one there."""
    nodes = rights.require_anywhere(actor, Right.RUN_RETENTION)
    async with entered(SYSTEM):
        found = await rows(
            f"SELECT r.* FROM retention_run r WHERE {_SEEN} AND r.id = $2", nodes, run_id
        )
    if not found:
        raise NotFound
    return _view(found[0])


@acting
async def list_page(actor: Actor, query: PageQuery) -> Page[RetentionRun]:
    """The runs at the actor's nodes and below, the latest first."""
    nodes = rights.require_anywhere(actor, Right.RUN_RETENTION)
    after = decode_cursor(query.after, UUID) if query.after else None
    async with entered(SYSTEM):
        found = await rows(
            f"SELECT r.* FROM retention_run r WHERE {_SEEN} AND ($2::uuid IS NULL OR r.id < $2) "
            "ORDER BY r.id DESC LIMIT $3",
            nodes,
            after,
            query.limit + 1,
        )
    return page_of([_view(row) for row in found], [row["id"] for row in found], query.limit)


def _view(row: dict[str, Any]) -> RetentionRun:
    return RetentionRun(
        id=row["id"],
        organisation_id=row["organisation_id"],
        made_at=row["created_at"],
        found=row["found_count"],
        touched=row["touched_count"],
        people_max=row["people_max"],
        is_capped=row["found_count"] > row["people_max"],
        report=msgspec.json.decode(row["report"], type=RetentionReport),
    )
