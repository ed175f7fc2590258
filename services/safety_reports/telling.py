"""Reporting an accident, harassment or a minor's safety, in confidence."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from models.core import new_id
from services import audit
from services.audit import Act
from services.database import rows
from services.errors import Conflict, NotFound
from services.notifications import notify_accounts
from services.rights import Actor, acting
from services.safety_reports.reading import TEXT_PLACE, load, view
from services.safety_reports.recipients import readers_of, recipient_of
from services.safety_reports.types import SafetyReport, SafetyReportIn
from services.scope import SYSTEM, entered
from services.transactions import transaction
from services.vault import keyring

A_DAY: Final = timedelta(days=1)
REPORTS_MAX: Final = 10


@acting
async def report(
    actor: Actor, shift_id: UUID, command: SafetyReportIn, now: datetime
) -> SafetyReport:
    """Tell somebody outside the project what happened on a shift.

    For whoever has or had a seat on it, their guardians, and those who lead it. Raises NotFound to
    others, Conflict("too_many_reports") after ten in a day.
    """
    async with entered(SYSTEM), transaction():
        if not await _was_there(actor, shift_id):
            raise NotFound
        [lately] = await rows(
            "SELECT count(*) AS count FROM safety_report WHERE account_id = $1 AND created_at > $2",
            actor.account_id,
            now - A_DAY,
        )
        if lately["count"] >= REPORTS_MAX:
            raise Conflict("too_many_reports", most=REPORTS_MAX)
        report_id, recipient_id = new_id(), await recipient_of(shift_id)
        await rows(
            "INSERT INTO safety_report (id, created_at, kind, state, shift_id, recipient_id, "
            "account_id, is_anonymous, text_cipher) "
            "VALUES ($1, $2, $3, 'sent', $4, $5, $6, $7, $8)",
            report_id,
            now,
            command.kind.value,
            shift_id,
            recipient_id,
            actor.account_id,
            command.is_anonymous,
            keyring().encrypt(TEXT_PLACE, report_id, command.text),
        )
        # Neither who reported nor what: the log has more readers than the report.
        await audit.record(
            Act.SAFETY_REPORTED,
            subject_kind="safety_report",
            subject_id=report_id,
            organisation_id=recipient_id,
            account_id=None if command.is_anonymous else actor.account_id,
        )
        await notify_accounts(
            "safety_report_new",
            await readers_of(recipient_id, shift_id),
            about=report_id,
            once=f"report:{report_id}",
            urgent=True,
        )
        return view(await load(report_id), actor, with_text=True)


async def _was_there(actor: Actor, shift_id: UUID) -> bool:
    return bool(
        await rows(
            "SELECT 1 FROM claim WHERE shift_id = $1 AND volunteer_id = ANY($2::uuid[]) "
            "UNION ALL SELECT 1 FROM shift_lead WHERE shift_id = $1 AND account_id = $3 LIMIT 1",
            shift_id,
            list(actor.records),
            actor.account_id,
        )
    )
