"""What is said of somebody's skill: what comes in, and what is shown."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import SkillState as SkillState
from services.skills.rules import EvidenceKind
from services.types import Level, SkillName

Evidence = Annotated[
    str, Meta(max_length=400, pattern=r"^[^\x00]*$", description="What shows it, in words")
]


class SkillIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A skill as its holder declares it."""

    skill: SkillName
    level: Level
    evidence: Evidence = ""
    evidence_kind: EvidenceKind | None = None
    expires_on: date | None = None


class HeldSkill(msgspec.Struct, frozen=True, kw_only=True):
    """A skill of a person and where it stands.

    `counts` says whether it counts today. `is_restricted`: it counts only when verified. `reason`
    is why it was refused. `expires_on` is the last day on which it counts.
    """

    id: UUID
    volunteer_id: UUID
    skill: str
    level: int
    evidence: str
    evidence_kind: EvidenceKind | None
    expires_on: date | None
    state: SkillState
    reason: str
    decided_at: datetime | None
    is_restricted: bool
    counts: bool


SELECT = """
    SELECT k.id, k.volunteer_id, k.skill, k.level, k.evidence, k.evidence_kind, k.expires_on,
        k.state, k.reason, k.verified_at, r.id IS NOT NULL AS is_restricted,
        EXISTS (SELECT 1 FROM counting_skills($1) c
            WHERE c.volunteer_id = k.volunteer_id AND c.skill = k.skill) AS counts
    FROM volunteer_skill k LEFT JOIN skill_rule r ON r.skill = k.skill
"""
"""Skills as `held_skill` reads them; $1 is today."""


def held_skill(row: dict[str, Any]) -> HeldSkill:
    """A row of `SELECT` as it is shown."""
    return HeldSkill(
        id=row["id"],
        volunteer_id=row["volunteer_id"],
        skill=row["skill"],
        level=row["level"],
        evidence=row["evidence"],
        evidence_kind=EvidenceKind(row["evidence_kind"]) if row["evidence_kind"] else None,
        expires_on=row["expires_on"],
        state=SkillState(row["state"]),
        reason=row["reason"],
        decided_at=row["verified_at"],
        is_restricted=row["is_restricted"],
        counts=row["counts"],
    )
