"""Which skills count only when confirmed: by whom, on what evidence, and for how long."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from models.core import OrganisationKind
from services.database import rows
from services.organisations.rules import LEVELS
from services.paging import Page, PageQuery, decode_cursor, page_of

_SELECT = "SELECT id, skill, evidence_kinds, lowest_level, valid_days_max FROM skill_rule"


class EvidenceKind(StrEnum):
    """What somebody can show for a skill."""

    FIRST_AID_CERTIFICATE = "first_aid_certificate"
    MEDICAL_LICENCE = "medical_licence"
    DRIVING_LICENCE = "driving_licence"
    BACKGROUND_CHECK = "background_check"


class SkillRule(msgspec.Struct, frozen=True, kw_only=True):
    """A skill that counts only when somebody at `lowest_level` or above has confirmed it, on one of
    these kinds of evidence, for at most `valid_days_max` days at a time."""

    id: UUID
    skill: str
    evidence_kinds: list[EvidenceKind]
    lowest_level: OrganisationKind
    valid_days_max: int | None = None

    @property
    def levels(self) -> list[str]:
        """The levels whose offices may confirm it."""
        return [level.value for level in LEVELS[: LEVELS.index(self.lowest_level) + 1]]

    def last_day(self, today: date) -> date | None:
        """The last day until which it may be confirmed today."""
        return None if self.valid_days_max is None else today + timedelta(days=self.valid_days_max)


async def list_rules(query: PageQuery) -> Page[SkillRule]:
    """The rules, by their skills: anybody may know how to get one confirmed."""
    after = decode_cursor(query.after, str) if query.after else None
    found = await rows(
        f"{_SELECT} WHERE $1::text IS NULL OR skill > $1 ORDER BY skill LIMIT $2",
        after,
        query.limit + 1,
    )
    return page_of([_rule(row) for row in found], [row["skill"] for row in found], query.limit)


async def every_rule() -> list[SkillRule]:
    """All of them."""
    return [_rule(row) for row in await rows(f"{_SELECT} ORDER BY skill")]


async def rules_for(skills: Collection[str]) -> dict[str, SkillRule]:
    """The rules of those among the skills that have one. The name must be exactly the rule's."""
    found = await rows(f"{_SELECT} WHERE skill = ANY($1::text[])", list(skills))
    return {row["skill"]: _rule(row) for row in found}


def _rule(row: dict[str, Any]) -> SkillRule:
    kinds = row["evidence_kinds"]
    return SkillRule(
        id=row["id"],
        skill=row["skill"],
        evidence_kinds=msgspec.convert(
            msgspec.json.decode(kinds) if isinstance(kinds, str) else kinds, list[EvidenceKind]
        ),
        lowest_level=OrganisationKind(row["lowest_level"]),
        valid_days_max=row["valid_days_max"],
    )
