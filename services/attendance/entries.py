"""Who entered what into a stay, until when the person may dispute it, and telling them of it.

Whenever somebody else enters, confirms or changes a stay, its person is told, with the day until
which they may say that it is not so.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from models.core import Evidence
from services.birth import ALONE_FROM_AGE
from services.database import rows
from services.notifications import notify, notify_accounts
from services.scope import as_system
from services.settings import Settings

OWN_ACCOUNTS = (
    "array(SELECT x.id FROM account x WHERE x.volunteer_id = ANY (array[c.volunteer_id] || "
    "array(SELECT m.kept_id FROM person_merge m WHERE m.merged_id = c.volunteer_id))) "
    "AS own_accounts"
)
"""The accounts that are the person's own, of a claim `c`; also after two records became one."""


class EnteredBy(StrEnum):
    """As what somebody entered a moment of a stay."""

    SELF = "self"
    GUARDIAN = "guardian"
    LEAD = "lead"
    ORGANISER = "organiser"
    NOBODY = "nobody"  # the planned end stands for what nobody said


_OF_EVIDENCE: Mapping[Evidence, EnteredBy] = {
    Evidence.LEAD: EnteredBy.LEAD,
    Evidence.DECISION: EnteredBy.ORGANISER,
    Evidence.CAPPED: EnteredBy.NOBODY,
}


def entered_by(row: Mapping[str, Any], evidence: Evidence, account_id: UUID | None) -> EnteredBy:
    """As what the account entered a moment that is known by this evidence."""
    known = _OF_EVIDENCE.get(evidence)
    if known is not None:
        return known
    # Whoever scans or types a code for somebody else answers for them.
    return EnteredBy.SELF if account_id in row["own_accounts"] else EnteredBy.GUARDIAN


def dispute_until(row: Mapping[str, Any], settings: Settings) -> datetime:
    """Some days after the shift's end, and after whatever somebody else entered or changed."""
    entries = (
        ("in_recorded_at", "in_by"),
        ("out_recorded_at", "out_by"),
        ("confirmed_at", "confirmed_by"),
        ("corrected_at", "corrected_by"),
    )
    by_others = [
        row[at] for at, by in entries if row[at] is not None and row[by] not in row["own_accounts"]
    ]
    latest: datetime = max([row["ends_at"], *by_others])
    return latest + timedelta(days=settings.dispute_days)


@as_system
async def tell_entered(
    kind: str,
    row: Mapping[str, Any],
    account_id: UUID,
    settings: Settings,
    **facts: object,
) -> None:
    """Tell the person what somebody else entered; of a child the other guardians as well.

    `row` is the stay as it is now. Nobody is told of what they did themselves.
    """
    claim_id = row["claim_id"]
    until = dispute_until(row, settings)
    if account_id not in row["own_accounts"]:
        await notify(
            kind,
            row["volunteer_id"],
            about=claim_id,
            once=f"{kind}:{claim_id}",
            urgent=False,
            project=row["project_name"],
            until=until,
            **facts,
        )
    guardians = await rows(
        "SELECT g.guardian_id FROM guardianship g JOIN volunteer v ON v.id = g.ward_id "
        "WHERE g.ward_id = $1 AND g.state = 'verified' AND v.age < $2 AND g.guardian_id <> $3",
        row["volunteer_id"],
        ALONE_FROM_AGE,
        account_id,
    )
    await notify_accounts(
        "ward_stay_entered",
        [each["guardian_id"] for each in guardians],
        about=claim_id,
        once=f"{kind}:{claim_id}",
        project=row["project_name"],
        until=until,
    )
