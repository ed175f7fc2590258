"""Everything that the service holds about one person, in one document for that person.

The document's form is published with the interface (`OwnData`) and described in docs/own-data.md;
a change of it that breaks what readers do raises `schema_version`, one more line does not.
"""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from models.core import DatumKind
from services import audit, consents, disclosures, personal, rights, volunteers
from services.attendance.own import (
    AbsenceLine,
    AttendanceLine,
    DisputeLine,
    EvaluationLine,
    FormerAttendanceLine,
    SafetyReportLine,
    lines_of,
)
from services.audit import Act
from services.consent_answers import ConsentAnswer
from services.database import rows
from services.disclosures import Disclosure
from services.notifications.own import Told
from services.notifications.own import of_person as of_told
from services.own_data_lines import (
    LINES,
    ActivityConsentLine,
    AgreementLine,
    BlockLine,
    BuddyLine,
    ClaimLine,
    GuardianLine,
    HandOverLine,
    LogLine,
    MembershipLine,
    NeedLine,
    PointsLine,
    RecommendationLine,
    SeriesLine,
    SignInLine,
    SkillLine,
    TagLine,
)
from services.paging import LIMIT_MAX, PageQuery
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.volunteers import Volunteer

SCHEMA_VERSION: Final = 1

Row = dict[str, Any]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The number of an identity document, in clear: this is its owner's own file."""

    kind: str
    number: str


class OwnData(msgspec.Struct, frozen=True, kw_only=True):
    """One person's data, whole."""

    schema_version: int
    made_at: datetime
    person: Volunteer
    phone: str | None = None
    document: Document | None = None
    is_on_call: bool
    is_matched: bool
    registered_at: datetime
    memberships: list[MembershipLine]
    skills: list[SkillLine]
    claims: list[ClaimLine]
    blocks: list[BlockLine]
    hand_overs: list[HandOverLine]
    groups: list[BuddyLine]
    series: list[SeriesLine]
    reminder_leads: list[int] | None = None
    calendar_feed_made_at: datetime | None = None
    points: list[PointsLine]
    tags: list[TagLine]
    consents: list[ConsentAnswer]
    disclosures: list[Disclosure]
    guardians: list[GuardianLine]
    activity_consents: list[ActivityConsentLine]
    agreements: list[AgreementLine]
    document_needs: list[NeedLine]
    recommendations: list[RecommendationLine]
    attendances: list[AttendanceLine]
    former_attendances: list[FormerAttendanceLine]
    disputes: list[DisputeLine]
    absences: list[AbsenceLine]
    evaluations: list[EvaluationLine]
    safety_reports: list[SafetyReportLine]
    told: Told
    sessions: list[SignInLine]
    log: list[LogLine]


@acting
async def export(actor: Actor, volunteer_id: UUID, now: datetime, *, today: date) -> OwnData:
    """Everything about oneself or a ward. That it was handed out is written into the log."""
    rights.require_own(actor, volunteer_id)
    person = await volunteers.get(actor, volunteer_id, today=today)
    answers = await _everything(consents.list_answers, actor, volunteer_id)
    received = await _everything(disclosures.list_of, actor, volunteer_id)
    async with entered(SYSTEM):
        [row] = await rows(
            "SELECT is_on_call, is_matched, created_at, organisation_id FROM volunteer "
            "WHERE id = $1",
            volunteer_id,
        )
        found = OwnData(
            schema_version=SCHEMA_VERSION,
            made_at=now,
            person=person,
            phone=await personal.get(DatumKind.PHONE, volunteer_id=volunteer_id),
            document=await _document(volunteer_id),
            is_on_call=row["is_on_call"],
            is_matched=row["is_matched"],
            registered_at=row["created_at"],
            reminder_leads=await _leads(volunteer_id),
            calendar_feed_made_at=await _feed_made_at(volunteer_id),
            **await lines_of(volunteer_id),
            told=await of_told(volunteer_id),
            consents=answers,
            disclosures=received,
            log=await _log(actor, volunteer_id),
            **{name: await _lines(name, volunteer_id) for name in LINES},
        )
        await audit.record(
            Act.EXPORTED,
            subject_kind="volunteer",
            subject_id=volunteer_id,
            organisation_id=row["organisation_id"],
            account_id=actor.account_id,
            what="own_data",
            by_oneself=actor.volunteer_id == volunteer_id,
        )
    return found


async def _everything(list_page: Any, actor: Actor, volunteer_id: UUID) -> list[Any]:
    items: list[Any] = []
    query = PageQuery(limit=LIMIT_MAX)
    while True:
        page = await list_page(actor, volunteer_id, query)
        items += page.items
        if page.next is None:
            return items
        query = PageQuery(limit=LIMIT_MAX, after=page.next)


async def _document(volunteer_id: UUID) -> Document | None:
    known = await personal.datum(DatumKind.DOCUMENT, volunteer_id=volunteer_id)
    return None if known is None else Document(kind=known.subkind, number=known.text)


async def _leads(volunteer_id: UUID) -> list[int] | None:
    """How long before a shift the person chose to be reminded."""
    found = await rows(
        "SELECT lead_minutes FROM reminder_setting WHERE volunteer_id = $1", volunteer_id
    )
    return msgspec.json.decode(found[0]["lead_minutes"], type=list[int]) if found else None


async def _feed_made_at(volunteer_id: UUID) -> datetime | None:
    """Since when a calendar reads the person's shifts."""
    found = await rows("SELECT created_at FROM calendar_feed WHERE volunteer_id = $1", volunteer_id)
    return found[0]["created_at"] if found else None


async def _lines(name: str, volunteer_id: UUID) -> list[Any]:
    kind, statement = LINES[name]
    found = await rows(statement, volunteer_id)
    return msgspec.convert(found, list[kind])  # type: ignore[valid-type]


async def _log(actor: Actor, volunteer_id: UUID) -> list[LogLine]:
    found = await rows(
        "SELECT e.created_at, e.act, e.facts, e.account_id = a.id AS by_oneself "
        "FROM audit_event e LEFT JOIN account a ON a.volunteer_id = $1 "
        "WHERE e.subject_id = $1 OR e.subject_id = a.id ORDER BY e.created_at, e.id",
        volunteer_id,
    )
    return [
        LogLine(
            at=row["created_at"],
            act=row["act"],
            by_oneself=bool(row["by_oneself"]),
            facts=msgspec.json.decode(row["facts"]),
        )
        for row in found
    ]
