"""Reading reports and answering them, for those outside the project who look after them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from models.core import SafetyReportKind, SafetyReportState
from services import audit, rights
from services.audit import Act
from services.database import rows
from services.errors import Conflict, NotFound
from services.notifications import notify_account
from services.paging import Page, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.safety_reports.recipients import INSIDER, may_read
from services.safety_reports.types import SafetyReport, SafetyReportAnswer, SafetyReportQuery
from services.scope import SYSTEM, entered
from services.shifts import ShiftBrief
from services.transactions import transaction
from services.vault import keyring

TEXT_PLACE, ANSWER_PLACE = "safety_report.text_cipher", "safety_report.answer_cipher"
_SELECT = (
    "SELECT r.*, s.place, s.starts_at, s.ends_at, p.name AS project_name, "
    "o.name AS recipient_name, coalesce(v.name, a.display_name) AS reporter_name "
    "FROM safety_report r JOIN shift s ON s.id = r.shift_id JOIN project p ON p.id = s.project_id "
    "JOIN organisation o ON o.id = r.recipient_id JOIN account a ON a.id = r.account_id "
    "LEFT JOIN volunteer v ON v.id = a.volunteer_id "
)
_BELOW = (
    "EXISTS (SELECT 1 FROM organisation_closure up WHERE up.descendant_id = r.recipient_id "
    "AND up.ancestor_id = ANY($1::uuid[]))"
)


@acting
async def list_page(actor: Actor, query: SafetyReportQuery) -> Page[SafetyReport]:
    """The reports that the actor looks after, or their own; the latest first, without words."""
    nodes = [] if query.mine else rights.require_anywhere(actor, Right.READ_SAFETY_REPORTS)
    mine = "r.account_id = $2 AND $1::uuid[] IS NOT NULL"
    theirs = f"{_BELOW} AND NOT ({INSIDER.format(account='$2')})"
    after = decode_cursor(query.after, UUID) if query.after else None
    # The wall decides which reports; of their shifts and projects the reader need see nothing else.
    seen = await rows("SELECT id FROM safety_report")
    async with entered(SYSTEM):
        found = await rows(
            f"{_SELECT} WHERE {mine if query.mine else theirs} AND r.id = ANY($5::uuid[]) "
            "AND ($3::uuid IS NULL OR r.id < $3) ORDER BY r.id DESC LIMIT $4",
            nodes,
            actor.account_id,
            after,
            query.limit + 1,
            [row["id"] for row in seen],
        )
    reports = [view(row, actor) for row in found]
    return page_of(reports, [row["id"] for row in found], query.limit)


@acting
async def get(actor: Actor, report_id: UUID) -> SafetyReport:
    """One report with its words, for whoever wrote it or looks after it; the latter is logged."""
    await _require_seen(report_id)
    async with entered(SYSTEM), transaction():
        row = await load(report_id)
        if row["account_id"] != actor.account_id:
            await _require_reader(actor, row)
            await _log(Act.SAFETY_REPORT_READ, actor, row)
        return view(row, actor, with_text=True)


@acting
async def take(actor: Actor, report_id: UUID, now: datetime) -> SafetyReport:
    """Look after a report from now on; whoever reported sees that somebody does. Twice is once."""
    await _require_seen(report_id)
    async with entered(SYSTEM), transaction():
        row = await _locked(actor, report_id)
        if row["state"] == SafetyReportState.SENT:
            await rows(
                "UPDATE safety_report SET state = 'taken', taken_by = $2, taken_at = $3 "
                "WHERE id = $1",
                report_id,
                actor.account_id,
                now,
            )
            await _log(Act.SAFETY_REPORT_DECIDED, actor, row, decision="taken")
            await _tell_reporter(row, "taken")
        return view(await load(report_id), actor, with_text=True)


@acting
async def close(
    actor: Actor, report_id: UUID, command: SafetyReportAnswer, now: datetime
) -> SafetyReport:
    """End a report that somebody looks after, and tell whoever reported what was done.

    Raises Conflict("report_not_taken"), ("report_closed").
    """
    await _require_seen(report_id)
    async with entered(SYSTEM), transaction():
        row = await _locked(actor, report_id)
        if row["state"] != SafetyReportState.TAKEN:
            is_new = row["state"] == SafetyReportState.SENT
            raise Conflict("report_not_taken" if is_new else "report_closed")
        await rows(
            "UPDATE safety_report SET state = 'closed', closed_by = $2, closed_at = $3, "
            "answer_cipher = $4 WHERE id = $1",
            report_id,
            actor.account_id,
            now,
            keyring().encrypt(ANSWER_PLACE, report_id, command.text),
        )
        await _log(Act.SAFETY_REPORT_DECIDED, actor, row, decision="closed")
        await _tell_reporter(row, "closed")
        return view(await load(report_id), actor, with_text=True)


async def _require_seen(report_id: UUID) -> None:
    """The wall lets the actor see the report at all: asked before the system's scope is entered."""
    if not await rows("SELECT 1 FROM safety_report WHERE id = $1", report_id):
        raise NotFound


async def load(report_id: UUID) -> dict[str, Any]:
    """Everything about one report, in the system's scope. Raises NotFound."""
    found = await rows(f"{_SELECT} WHERE r.id = $1", report_id)
    if not found:
        raise NotFound
    return found[0]


def view(row: dict[str, Any], actor: Actor, *, with_text: bool = False) -> SafetyReport:
    """The row as this reader may see it."""
    is_mine = row["account_id"] == actor.account_id
    ring, answer = keyring(), row["answer_cipher"]
    return SafetyReport(
        id=row["id"],
        kind=SafetyReportKind(row["kind"]),
        state=SafetyReportState(row["state"]),
        shift=ShiftBrief(
            id=row["shift_id"],
            project_name=row["project_name"],
            place=row["place"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
        ),
        recipient_name=row["recipient_name"],
        made_at=row["created_at"],
        is_mine=is_mine,
        reporter_name=row["reporter_name"] if is_mine or not row["is_anonymous"] else None,
        text=ring.decrypt(TEXT_PLACE, row["id"], row["text_cipher"]) if with_text else None,
        taken_at=row["taken_at"],
        closed_at=row["closed_at"],
        answer=ring.decrypt(ANSWER_PLACE, row["id"], answer) if with_text and answer else None,
    )


async def _locked(actor: Actor, report_id: UUID) -> dict[str, Any]:
    await rows("SELECT 1 FROM safety_report WHERE id = $1 FOR UPDATE", report_id)
    row = await load(report_id)
    await _require_reader(actor, row)
    return row


async def _require_reader(actor: Actor, row: dict[str, Any]) -> None:
    """Whoever looks after it; to everybody else, those who run the shift too, it is not there."""
    if not await may_read(actor, row["recipient_id"], row["shift_id"]):
        raise NotFound


async def _tell_reporter(row: dict[str, Any], what: str) -> None:
    await notify_account(
        "safety_report_moved", row["account_id"], about=row["id"], once=f"{what}:{row['id']}"
    )


async def _log(act: Act, actor: Actor, row: dict[str, Any], **facts: str) -> None:
    await audit.record(
        act,
        subject_kind="safety_report",
        subject_id=row["id"],
        organisation_id=row["recipient_id"],
        account_id=actor.account_id,
        **facts,
    )
