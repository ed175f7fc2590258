"""What somebody lacks for a role, and what they can do about it."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

import msgspec

from models.core import SEAT_STATES
from services import rights
from services.database import rows
from services.errors import Conflict
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.refusals import Refusal, Refused
from services.rights import Actor, Right, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.skills.rules import EvidenceKind, SkillRule, rules_for
from services.skills.types import SELECT, HeldSkill, SkillState, held_skill

_SEATS = [state.value for state in SEAT_STATES]


class StepKind(StrEnum):
    """What stands between a person and a skill that counts."""

    DECLARE = "declare"  # not on the list yet
    RAISE_LEVEL = "raise_level"  # there, at a lower level
    SHOW_EVIDENCE = "show_evidence"  # declared, with nothing to look at
    WAIT = "wait"  # declared with evidence: somebody has to look at it
    REFUSED = "refused"
    RENEW = "renew"  # it ends, or has ended, before it is needed


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A missing skill and how to get it: what to do, what to show, and who may confirm it."""

    skill: str
    level: int
    kind: StepKind
    evidence_kinds: list[EvidenceKind] = []
    lowest_level: str | None = None


class Lacking(msgspec.Struct, frozen=True, kw_only=True):
    """A seat whose person cannot start as things stand: a skill of its role will not count."""

    claim_id: UUID
    shift_id: UUID
    project_name: str
    role_name: str
    starts_at: datetime
    volunteer_id: UUID
    volunteer_name: str
    missing: dict[str, int]


async def steps_to(volunteer_id: UUID, missing: Mapping[str, int], day: date) -> list[Step]:
    """What the person can do about each missing skill, which would have to count on that day."""
    found = await rows(
        f"{SELECT} WHERE k.volunteer_id = $2 AND k.skill = ANY($3::text[])",
        day,
        volunteer_id,
        list(missing),
    )
    held = {row["skill"]: held_skill(row) for row in found}
    rules = await rules_for(missing)
    return [
        _step(skill, level, held.get(skill), rules.get(skill), day)
        for skill, level in missing.items()
    ]


async def refusal_for(refused: Refused, volunteer_id: UUID, day: date) -> Conflict:
    """The refusal of a seat in its stable words; of a missing skill, with how to get it."""
    facts = dict(refused.parameters)
    if refused.reason is Refusal.SKILLS:
        missing = cast("dict[str, int]", facts["missing"])
        facts["steps"] = msgspec.to_builtins(await steps_to(volunteer_id, missing, day))
    return Conflict(refused.reason.value, **facts)


def _step(
    skill: str, level: int, held: HeldSkill | None, rule: SkillRule | None, day: date
) -> Step:
    return Step(
        skill=skill,
        level=level,
        kind=_kind(level, held, rule, day),
        evidence_kinds=rule.evidence_kinds if rule else [],
        lowest_level=rule.lowest_level.value if rule else None,
    )


def _kind(level: int, held: HeldSkill | None, rule: SkillRule | None, day: date) -> StepKind:
    if held is None:
        return StepKind.DECLARE
    if held.state is SkillState.REFUSED:
        return StepKind.REFUSED
    if held.level < level:
        return StepKind.RAISE_LEVEL
    if held.expires_on is not None and held.expires_on < day:
        return StepKind.RENEW
    if rule is not None and not held.evidence.strip():
        return StepKind.SHOW_EVIDENCE
    return StepKind.WAIT


# $1 the service's offset, $2 now, $3 the states that hold a seat; whose follows.
_AT_RISK = """
    SELECT c.id, c.shift_id, c.starts_at, c.volunteer_id, v.name AS volunteer_name,
        p.name AS project_name, coalesce(nullif(r.name, ''), r.key) AS role_name, lacking.missing
    FROM claim c JOIN role r ON r.id = c.role_id JOIN shift s ON s.id = c.shift_id
        JOIN project p ON p.id = s.project_id JOIN volunteer v ON v.id = c.volunteer_id,
        LATERAL (SELECT json_object_agg(asked.skill, asked.level) AS missing FROM role_skill asked
            WHERE asked.role_id = c.role_id AND NOT EXISTS (
                SELECT 1 FROM counting_skills(((c.ends_at AT TIME ZONE 'UTC')
                    + make_interval(mins => $1))::date) has
                WHERE has.volunteer_id = c.volunteer_id AND has.skill = asked.skill
                AND has.level >= asked.level)) lacking
    WHERE c.starts_at > $2 AND c.state = ANY($3::varchar[]) AND c.state <> 'checked_in'
        AND lacking.missing IS NOT NULL AND """


@acting
async def own_seats_at_risk(actor: Actor, now: datetime, settings: Settings) -> list[Lacking]:
    """Seats to come of oneself and one's wards that cannot be taken as things stand."""
    return await _at_risk(
        "c.volunteer_id = ANY($4::uuid[]) ORDER BY c.starts_at, c.id",
        settings,
        now,
        list(actor.persons),
    )


@acting
async def list_seats_at_risk(
    actor: Actor, query: PageQuery, now: datetime, settings: Settings
) -> Page[Lacking]:
    """Seats to come whose person will not have the skill, on shifts whose claims the actor sees.

    They can be put right until the shift begins; nobody starts without the skill (D3).
    """
    nodes = rights.require_anywhere(actor, Right.SEE_CLAIMS)
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    found = await _at_risk(
        "c.organisation_id IN (SELECT descendant_id FROM organisation_closure "
        "WHERE ancestor_id = ANY($4::uuid[])) "
        "AND ($5::timestamptz IS NULL OR (c.starts_at, c.id) > ($5, $6::uuid)) "
        "ORDER BY c.starts_at, c.id LIMIT $7",
        settings,
        now,
        nodes,
        *after,
        query.limit + 1,
    )
    return page_of(found, [(each.starts_at, each.claim_id) for each in found], query.limit)


async def _at_risk(
    condition: str, settings: Settings, now: datetime, *arguments: object
) -> list[Lacking]:
    # The skills of the people on one's shifts are not all in one's own sight; whether they
    # suffice for the seat is.
    async with entered(SYSTEM):
        found = await rows(
            _AT_RISK + condition, settings.utc_offset_minutes, now, _SEATS, *arguments
        )
    return [_lacking(row) for row in found]


def _lacking(row: dict[str, Any]) -> Lacking:
    return Lacking(
        claim_id=row["id"],
        shift_id=row["shift_id"],
        project_name=row["project_name"],
        role_name=row["role_name"],
        starts_at=row["starts_at"],
        volunteer_id=row["volunteer_id"],
        volunteer_name=row["volunteer_name"],
        missing=msgspec.json.decode(row["missing"], type=dict[str, int]),
    )
