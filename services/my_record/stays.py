"""Stays as the database has them, and as they are shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from models.core import DisputeState, Evidence
from services.attendance.entries import OWN_ACCOUNTS, dispute_until, entered_by
from services.attendance.own import DISPUTE_ANSWER_PLACE, DISPUTE_PLACE
from services.attendance.reading import minutes_of
from services.database import rows
from services.my_record.types import (
    Dispute,
    Holder,
    Holding,
    RecordLine,
    Stay,
    StayMoment,
    StayState,
)
from services.settings import Settings
from services.shifts import ShiftBrief
from services.vault import keyring

SELECT = f"""
    SELECT a.*, c.shift_id, c.starts_at, c.ends_at, c.organisation_id, s.place,
        p.name AS project_name, r.name AS role_name, o.name AS organisation_name,
        v.name AS volunteer_name, {OWN_ACCOUNTS}, d.decided_at AS dispute_decided_at,
        d.state AS dispute_state, d.created_at AS dispute_made_at
    FROM attendance a JOIN claim c ON c.id = a.claim_id JOIN volunteer v ON v.id = a.volunteer_id
        JOIN shift s ON s.id = c.shift_id JOIN project p ON p.id = s.project_id
        JOIN role r ON r.id = c.role_id JOIN organisation o ON o.id = c.organisation_id
        LEFT JOIN LATERAL (SELECT x.decided_at, x.state, x.created_at FROM dispute x
            WHERE x.claim_id = a.claim_id ORDER BY x.created_at DESC, x.id DESC LIMIT 1) d ON true
"""
_FORMER = f"""
    SELECT f.*, {OWN_ACCOUNTS} FROM attendance_version f JOIN claim c ON c.id = f.claim_id
    WHERE f.claim_id = $1 ORDER BY f.number
"""


async def former_stays(claim_id: UUID) -> list[Stay]:
    """Everything that the stay said before, the oldest first."""
    return [stay_of(row) for row in await rows(_FORMER, claim_id)]


async def disputes_of(claim_id: UUID) -> list[Dispute]:
    """Every dispute about a stay, the oldest first."""
    found = await rows(
        "SELECT * FROM dispute WHERE claim_id = $1 ORDER BY created_at, id", claim_id
    )
    return [view_dispute(row) for row in found]


def view_dispute(row: Mapping[str, Any]) -> Dispute:
    """The row with its words, for those who may read them."""
    ring = keyring()
    text, answer = row["text_cipher"], row["answer_cipher"]
    return Dispute(
        id=row["id"],
        claim_id=row["claim_id"],
        state=DisputeState(row["state"]),
        text=text and ring.decrypt(DISPUTE_PLACE, row["id"], text),
        made_at=row["created_at"],
        due_at=row["due_at"],
        decided_at=row["decided_at"],
        answer=answer and ring.decrypt(DISPUTE_ANSWER_PLACE, row["id"], answer),
    )


def line_of(
    row: Mapping[str, Any], persons: Sequence[UUID], now: datetime, settings: Settings
) -> RecordLine:
    """The stay as a line of the record; `persons` are those for whom the reader may dispute."""
    state = state_of(row)
    since = row["dispute_made_at"] if state is StayState.DISPUTED else last_change(row)
    return RecordLine(
        claim_id=row["claim_id"],
        volunteer_id=row["volunteer_id"],
        shift=ShiftBrief(
            id=row["shift_id"],
            project_name=row["project_name"],
            place=row["place"],
            starts_at=row["starts_at"],
            ends_at=row["ends_at"],
        ),
        role_name=row["role_name"],
        organisation_name=row["organisation_name"],
        stay=stay_of(row),
        state=state,
        holdings=[Holding(holder=Holder.MULIN, state=state, since=since)],
        dispute_until=dispute_until(row, settings),
        can_dispute=row["volunteer_id"] in persons and refusal_of(row, now, settings) is None,
    )


def refusal_of(row: Mapping[str, Any], now: datetime, settings: Settings) -> str | None:
    """Why the stay cannot be disputed now: nobody disputes the same twice, or after the time."""
    if row["dispute_state"] == DisputeState.OPEN:
        return "disputed_already"
    # An answer that changed the stay is itself something new.
    if row["dispute_decided_at"] is not None and last_change(row) < row["dispute_decided_at"]:
        return "dispute_answered"
    return "dispute_too_late" if now > dispute_until(row, settings) else None


def last_change(row: Mapping[str, Any]) -> datetime:
    """When somebody last entered or changed anything of the stay."""
    names = ("in_recorded_at", "out_recorded_at", "confirmed_at", "corrected_at")
    latest: datetime = max(row[name] for name in names if row[name] is not None)
    return latest


def state_of(row: Mapping[str, Any]) -> StayState:
    """Where the stay stands: what is disputed is said before what it was when it was disputed."""
    if row["dispute_state"] == DisputeState.OPEN:
        return StayState.DISPUTED
    if row["struck_at"] is not None:
        return StayState.STRUCK
    if row["out_at"] is None:
        return StayState.RUNNING
    if row["needs_confirmation"]:
        return StayState.TO_BE_CONFIRMED
    return StayState.CORRECTED if row["corrected_at"] is not None else StayState.NOTED


def stay_of(row: Mapping[str, Any]) -> Stay:
    """The times of a row, as it stands or as it stood."""
    return Stay(
        came=_moment(row, "in"),
        left=None if row["out_at"] is None else _moment(row, "out"),
        minutes=minutes_of(row),
        confirmed_at=row["confirmed_at"],
        corrected_at=row["corrected_at"],
        is_struck=row["struck_at"] is not None,
    )


def _moment(row: Mapping[str, Any], way: str) -> StayMoment:
    evidence = Evidence(row[f"{way}_evidence"])
    return StayMoment(
        at=row[f"{way}_at"],
        evidence=evidence,
        by=entered_by(row, evidence, row[f"{way}_by"]),
        noted_at=row[f"{way}_recorded_at"],
    )
