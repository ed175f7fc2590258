"""What a person's own file says of their coming and going, and of what they reported."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.attendance.reading import OBJECTION_PLACE
from services.database import rows
from services.safety_reports.reading import ANSWER_PLACE, TEXT_PLACE
from services.vault import keyring

DISPUTE_PLACE, DISPUTE_ANSWER_PLACE = "dispute.text_cipher", "dispute.answer_cipher"


class AttendanceLine(msgspec.Struct, frozen=True, kw_only=True):
    """When the person came and went, how that is known, and whether they were near the place."""

    claim_id: UUID
    in_at: datetime
    in_evidence: str
    in_place: str
    out_at: datetime | None = None
    out_evidence: str | None = None
    out_place: str | None = None
    needs_confirmation: bool
    confirmed_at: datetime | None = None
    corrected_at: datetime | None = None
    struck_at: datetime | None = None


class FormerAttendanceLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a stay said before it was changed; 1 is the first that it said."""

    claim_id: UUID
    number: int
    in_at: datetime
    in_evidence: str
    out_at: datetime
    out_evidence: str
    confirmed_at: datetime | None = None
    corrected_at: datetime | None = None
    struck_at: datetime | None = None


class DisputeLine(msgspec.Struct, frozen=True, kw_only=True):
    """What the person said against a stay in their name, and what was answered."""

    claim_id: UUID
    state: str
    text: str | None = None
    made_at: datetime
    due_at: datetime
    decided_at: datetime | None = None
    answer: str | None = None


class AbsenceLine(msgspec.Struct, frozen=True, kw_only=True):
    """The person was marked as absent; what they said to it, and what became of it."""

    claim_id: UUID
    marked_at: datetime
    object_until: datetime
    objected_at: datetime | None = None
    objection: str | None = None
    decided_at: datetime | None = None
    outcome: str | None = None


class EvaluationLine(msgspec.Struct, frozen=True, kw_only=True):
    """What the person said of a shift, or its lead of the person."""

    claim_id: UUID
    about: str
    stars: int
    words: list[str]
    changed_at: datetime


class SafetyReportLine(msgspec.Struct, frozen=True, kw_only=True):
    """What the person reported in confidence, and what was answered."""

    id: UUID
    kind: str
    state: str
    shift_id: UUID
    made_at: datetime
    text: str
    answer: str | None = None


async def lines_of(volunteer_id: UUID) -> dict[str, list[Any]]:
    """All of it, in the system's scope, by the names of the file's parts."""
    came = await rows(
        "SELECT claim_id, in_at, in_evidence, in_place, out_at, out_evidence, out_place, "
        "needs_confirmation, confirmed_at, corrected_at, struck_at FROM attendance "
        "WHERE volunteer_id = $1 ORDER BY in_at",
        volunteer_id,
    )
    before = await rows(
        "SELECT claim_id, number, in_at, in_evidence, out_at, out_evidence, confirmed_at, "
        "corrected_at, struck_at FROM attendance_version WHERE volunteer_id = $1 "
        "ORDER BY claim_id, number",
        volunteer_id,
    )
    said = await rows(
        "SELECT claim_id, about, stars, words, changed_at FROM evaluation "
        "WHERE volunteer_id = $1 ORDER BY changed_at, id",
        volunteer_id,
    )
    said = [{**row, "words": msgspec.json.decode(row["words"])} for row in said]
    return {
        "attendances": msgspec.convert(came, list[AttendanceLine]),
        "former_attendances": msgspec.convert(before, list[FormerAttendanceLine]),
        "disputes": await _disputes(volunteer_id),
        "absences": await _absences(volunteer_id),
        "evaluations": msgspec.convert(said, list[EvaluationLine]),
        "safety_reports": await _reports(volunteer_id),
    }


async def _absences(volunteer_id: UUID) -> list[AbsenceLine]:
    found = await rows(
        "SELECT id, claim_id, created_at AS marked_at, object_until, objected_at, "
        "objection_cipher, decided_at, outcome FROM absence WHERE volunteer_id = $1 ORDER BY id",
        volunteer_id,
    )
    for row in found:
        cipher = row.pop("objection_cipher")
        row["objection"] = cipher and keyring().decrypt(OBJECTION_PLACE, row.pop("id"), cipher)
        row.pop("id", None)
    return msgspec.convert(found, list[AbsenceLine])


async def _disputes(volunteer_id: UUID) -> list[DisputeLine]:
    found = await rows(
        "SELECT id, claim_id, state, text_cipher, created_at AS made_at, due_at, decided_at, "
        "answer_cipher FROM dispute WHERE volunteer_id = $1 ORDER BY created_at, id",
        volunteer_id,
    )
    ring = keyring()
    for row in found:
        text, answer = row.pop("text_cipher"), row.pop("answer_cipher")
        row["text"] = text and ring.decrypt(DISPUTE_PLACE, row["id"], text)
        row["answer"] = answer and ring.decrypt(DISPUTE_ANSWER_PLACE, row["id"], answer)
    return msgspec.convert(found, list[DisputeLine])


async def _reports(volunteer_id: UUID) -> list[SafetyReportLine]:
    found = await rows(
        "SELECT r.id, r.kind, r.state, r.shift_id, r.created_at AS made_at, r.text_cipher, "
        "r.answer_cipher FROM safety_report r JOIN account a ON a.id = r.account_id "
        "WHERE a.volunteer_id = $1 ORDER BY r.id",
        volunteer_id,
    )
    ring = keyring()
    for row in found:
        answer = row.pop("answer_cipher")
        row["text"] = ring.decrypt(TEXT_PLACE, row["id"], row.pop("text_cipher"))
        row["answer"] = answer and ring.decrypt(ANSWER_PLACE, row["id"], answer)
    return msgspec.convert(found, list[SafetyReportLine])
