"""The lines of what is held about one person: what each says, and the question that finds it."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec


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


LINES: Final[dict[str, tuple[type[msgspec.Struct], str]]] = {
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
