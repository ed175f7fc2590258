"""Everything that the service holds about one person, in one document for that person.

The document's form is published with the interface (`OwnData`) and described in docs/own-data.md;
a change of it that readers notice raises `schema_version`.
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
from services.paging import LIMIT_MAX, PageQuery
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.volunteers import Volunteer

SCHEMA_VERSION: Final = 1

Row = dict[str, Any]


class MembershipLine(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation that the person belongs or belonged to."""

    organisation_id: UUID
    organisation_name: str
    kind: str
    number: str
    starts_on: date
    ends_on: date | None = None


class SkillLine(msgspec.Struct, frozen=True, kw_only=True):
    """A skill with its evidence, and whether somebody has confirmed it."""

    skill: str
    level: int
    state: str
    evidence_kind: str
    evidence: str
    verified_at: datetime | None = None
    expires_on: date | None = None


class ClaimLine(msgspec.Struct, frozen=True, kw_only=True):
    """A seat that was asked for, offered or held, with what became of it."""

    id: UUID
    shift_id: UUID
    project_name: str
    role_name: str
    place: str
    starts_at: datetime
    ends_at: datetime
    state: str
    risk_statement_version: int | None = None
    made_at: datetime
    changed_at: datetime
    offered_until: datetime | None = None
    answered_at: datetime | None = None


class BlockLine(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation that takes no claims of the person until a moment, and why."""

    organisation_name: str
    reason: str
    made_at: datetime
    ends_at: datetime


class HandOverLine(msgspec.Struct, frozen=True, kw_only=True):
    """A seat of one's own that was handed on, or one that was offered to the person."""

    claim_id: UUID
    is_own: bool
    is_open_to_all: bool
    state: str
    made_at: datetime
    answered_at: datetime | None = None


class BuddyLine(msgspec.Struct, frozen=True, kw_only=True):
    """A group that the person joined to come together."""

    shift_id: UUID
    state: str
    risk_statement_version: int
    joined_at: datetime
    left_at: datetime | None = None
    claim_id: UUID | None = None


class SeriesLine(msgspec.Struct, frozen=True, kw_only=True):
    """A standing sign-up, and the days that are skipped."""

    project_name: str
    weekday: int
    start_minute: int
    starts_on: date
    ends_on: date | None = None
    ended_at: datetime | None = None
    skipped: list[date]


class PointsLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the points account; negative where points left it."""

    id: UUID
    points: int
    reason: str
    made_at: datetime
    reverses_id: UUID | None = None


class TagLine(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that some level has given to the person."""

    name: str
    meaning: str
    owner_name: str
    given_at: datetime


class SignInLine(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in of the person's account."""

    method: str
    device: str
    signed_in_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None


class GuardianLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who answers or answered for the person."""

    relation: str
    state: str
    evidence_kind: str
    asked_at: datetime
    decided_at: datetime | None = None
    ended_at: datetime | None = None


class ActivityConsentLine(msgspec.Struct, frozen=True, kw_only=True):
    """A guardian's answer to one shift."""

    shift_id: UUID
    state: str
    risk_statement_version: int
    answered_at: datetime | None = None


class AgreementLine(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement that the person signed, in the words that they signed."""

    project_name: str
    version: int
    text: str
    signed_at: datetime


class NeedLine(msgspec.Struct, frozen=True, kw_only=True):
    """Why the number of a document was asked for."""

    purpose: str
    recipient: str
    asked_at: datetime
    answered_at: datetime | None = None
    closed_at: datetime | None = None


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the log that concerns the person. `by_oneself` where their own account did it."""

    at: datetime
    act: str
    by_oneself: bool
    facts: dict[str, str | int | bool | list[str] | None]


class RecommendationLine(msgspec.Struct, frozen=True, kw_only=True):
    """A shift that was recommended to the person, and why; when they said no to it, if they did."""

    shift_id: UUID
    project_name: str
    because: list[str]
    shown_at: datetime
    declined_at: datetime | None = None


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
            **{name: await _lines(name, volunteer_id) for name in _LINES},
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
    kind, statement = _LINES[name]
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


_LINES: Final[dict[str, tuple[type[msgspec.Struct], str]]] = {
    "memberships": (
        MembershipLine,
        "SELECT m.organisation_id, o.name AS organisation_name, m.kind, m.number, m.starts_on, "
        "m.ends_on FROM membership m JOIN organisation o ON o.id = m.organisation_id "
        "WHERE m.volunteer_id = $1 ORDER BY m.starts_on, m.id",
    ),
    "skills": (
        SkillLine,
        "SELECT skill, level, state, evidence_kind, evidence, verified_at, expires_on "
        "FROM volunteer_skill WHERE volunteer_id = $1 ORDER BY skill",
    ),
    "claims": (
        ClaimLine,
        "SELECT c.id, c.shift_id, p.name AS project_name, r.name AS role_name, s.place, "
        "c.starts_at, c.ends_at, c.state, c.risk_statement_version, c.created_at AS made_at, "
        "c.changed_at, o.deadline_at AS offered_until, o.answered_at FROM claim c "
        "JOIN role r ON r.id = c.role_id JOIN shift s ON s.id = c.shift_id "
        "JOIN project p ON p.id = s.project_id LEFT JOIN offer o ON o.claim_id = c.id "
        "WHERE c.volunteer_id = $1 ORDER BY c.starts_at, c.id",
    ),
    "blocks": (
        BlockLine,
        "SELECT o.name AS organisation_name, b.reason, b.created_at AS made_at, b.ends_at "
        "FROM block b JOIN organisation o ON o.id = b.organisation_id WHERE b.volunteer_id = $1 "
        "ORDER BY b.id",
    ),
    "hand_overs": (
        HandOverLine,
        "SELECT h.claim_id, c.volunteer_id = $1 AS is_own, h.is_open_to_all, h.state, "
        "h.created_at AS made_at, h.answered_at FROM hand_over h JOIN claim c ON c.id = h.claim_id "
        "WHERE c.volunteer_id = $1 OR h.volunteer_id = $1 ORDER BY h.id",
    ),
    "groups": (
        BuddyLine,
        "SELECT g.shift_id, g.state, m.risk_statement_version, m.created_at AS joined_at, "
        "m.left_at, m.claim_id FROM buddy_member m JOIN buddy_group g ON g.id = m.group_id "
        "WHERE m.volunteer_id = $1 ORDER BY m.id",
    ),
    "series": (
        SeriesLine,
        "SELECT p.name AS project_name, s.weekday, s.start_minute, s.starts_on, s.ends_on, "
        "s.ended_at, array(SELECT day FROM series_skip WHERE series_id = s.id ORDER BY day) "
        "AS skipped FROM series s JOIN project p ON p.id = s.project_id "
        "WHERE s.volunteer_id = $1 ORDER BY s.id",
    ),
    "points": (
        PointsLine,
        "SELECT t.id, CASE WHEN t.credit_id = a.id THEN t.points ELSE -t.points END AS points, "
        "t.reason, t.created_at AS made_at, t.reverses_id FROM points_account a "
        "JOIN points_transfer t ON a.id IN (t.credit_id, t.debit_id) WHERE a.volunteer_id = $1 "
        "ORDER BY t.id",
    ),
    "tags": (
        TagLine,
        "SELECT t.name, t.meaning, o.name AS owner_name, vt.created_at AS given_at "
        "FROM volunteer_tag vt JOIN tag t ON t.id = vt.tag_id "
        "JOIN organisation o ON o.id = t.organisation_id WHERE vt.volunteer_id = $1 "
        "ORDER BY t.name, t.id",
    ),
    "guardians": (
        GuardianLine,
        "SELECT relation, state, evidence_kind, created_at AS asked_at, decided_at, ended_at "
        "FROM guardianship WHERE ward_id = $1 ORDER BY id",
    ),
    "activity_consents": (
        ActivityConsentLine,
        "SELECT shift_id, state, risk_statement_version, answered_at FROM activity_consent "
        "WHERE volunteer_id = $1 ORDER BY id",
    ),
    "agreements": (
        AgreementLine,
        "SELECT p.name AS project_name, a.version, a.text, g.signed_at "
        "FROM agreement_signature g JOIN agreement a ON a.id = g.agreement_id "
        "JOIN project p ON p.id = a.project_id WHERE g.volunteer_id = $1 "
        "ORDER BY g.signed_at, g.id",
    ),
    "document_needs": (
        NeedLine,
        "SELECT purpose, recipient, created_at AS asked_at, answered_at, closed_at "
        "FROM document_need WHERE volunteer_id = $1 ORDER BY id",
    ),
    "recommendations": (
        RecommendationLine,
        "SELECT d.shift_id, p.name AS project_name, array(SELECT jsonb_array_elements_text("
        "d.because)) AS because, d.shown_at, d.declined_at FROM recommendation d "
        "JOIN shift s ON s.id = d.shift_id JOIN project p ON p.id = s.project_id "
        "WHERE d.volunteer_id = $1 ORDER BY d.shown_at, d.id",
    ),
    "sessions": (
        SignInLine,
        "SELECT s.method, s.device, s.created_at AS signed_in_at, s.seen_at, "
        "s.revoked_at AS ended_at FROM sign_in_session s JOIN account a ON a.id = s.account_id "
        "WHERE a.volunteer_id = $1 ORDER BY s.id",
    ),
}
