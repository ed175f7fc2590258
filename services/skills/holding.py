"""A person's own skills: declared, changed and taken back; and written by whoever registers them.

What a person says of a skill is theirs to say at any time. What somebody has confirmed was that
skill at that level on that evidence: whoever changes one of these declares it anew.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import new_id
from services import audit, clock, rights
from services.audit import Act
from services.database import rows
from services.errors import Conflict, Defect, Invalid, NotFound
from services.locks import lock_seats
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, acting
from services.skills.rules import SkillRule, rules_for
from services.skills.scope import confirms, require_seen
from services.skills.types import SELECT, HeldSkill, SkillIn, SkillState, held_skill
from services.transactions import transaction
from services.versions import require_match

SKILLS_MAX = 60
_FACTS = ("level", "evidence", "evidence_kind", "expires_on")


@acting
async def list_of(
    actor: Actor, volunteer_id: UUID, query: PageQuery, *, today: date
) -> Page[HeldSkill]:
    """Somebody's skills by name, for themselves and for the staff who see them."""
    await require_seen(actor, volunteer_id, today)
    after = decode_cursor(query.after, str) if query.after else None
    found = await rows(
        f"{SELECT} WHERE k.volunteer_id = $2 AND ($3::text IS NULL OR k.skill > $3) "
        "ORDER BY k.skill LIMIT $4",
        today,
        volunteer_id,
        after,
        query.limit + 1,
    )
    return page_of([held_skill(row) for row in found], [row["skill"] for row in found], query.limit)


@acting
async def get(actor: Actor, skill_id: UUID, *, today: date) -> HeldSkill:
    """One skill of oneself or of a ward."""
    found = await rows(
        f"{SELECT} WHERE k.id = $2 AND k.volunteer_id = ANY($3::uuid[])",
        today,
        skill_id,
        list(actor.persons),
    )
    if not found:
        raise NotFound
    return held_skill(found[0])


async def asked_for() -> list[str]:
    """The skills that roles of published shifts ask for, for whoever wonders what is useful."""
    found = await rows(
        "SELECT k.skill FROM role_skill k JOIN role r ON r.id = k.role_id "
        "JOIN shift s ON s.id = r.shift_id JOIN project p ON p.id = s.project_id "
        "WHERE p.state = 'published' GROUP BY k.skill ORDER BY count(*) DESC, k.skill LIMIT 40"
    )
    return [row["skill"] for row in found]


@acting
async def declare(actor: Actor, volunteer_id: UUID, command: SkillIn, *, today: date) -> HeldSkill:
    """Say that one (or one's ward) has a skill. `skill_listed` if it is there already."""
    rights.require_own(actor, volunteer_id)
    await _refuse_defects(command, today)
    skill_id = new_id()
    async with transaction():
        # Two requests at once wait for each other, so that neither the name nor the limit slips.
        await lock_seats([], [volunteer_id])
        held = await rows(
            "SELECT (SELECT count(*) FROM volunteer_skill WHERE volunteer_id = v.id) AS count, "
            "EXISTS (SELECT 1 FROM volunteer_skill WHERE volunteer_id = v.id AND skill = $2) "
            "AS is_listed FROM volunteer v WHERE v.id = $1 AND v.state = 'active'",
            volunteer_id,
            command.skill,
        )
        if not held:
            raise NotFound
        if held[0]["is_listed"]:
            raise Conflict("skill_listed", skill=command.skill)
        if held[0]["count"] >= SKILLS_MAX:
            raise Conflict("too_many_skills", most=SKILLS_MAX)
        await _write(volunteer_id, [(skill_id, command, SkillState.DECLARED)])
    return await get(actor, skill_id, today=today)


@acting
async def change(
    actor: Actor, skill_id: UUID, command: SkillIn, if_match: str | None, *, today: date
) -> HeldSkill:
    """Say it differently; then somebody has to confirm it anew. The name stays as it is."""
    async with transaction():
        before = await _locked(actor, skill_id, today)
        require_match(if_match, before)
        if command.skill != before.skill:
            raise Invalid([Defect("skill", "name_stays")])
        await _refuse_defects(command, today)
        if _facts(command) != _facts(before):
            written = [(skill_id, command, SkillState.DECLARED)]
            await _write(before.volunteer_id, written)
    return await get(actor, skill_id, today=today)


@acting
async def remove(actor: Actor, skill_id: UUID, if_match: str | None, *, today: date) -> None:
    """Take a skill of one's own (or a ward's) off the list."""
    async with transaction():
        require_match(if_match, await _locked(actor, skill_id, today))
        await rows("DELETE FROM volunteer_skill WHERE id = $1", skill_id)


async def write_all(
    actor: Actor, volunteer_id: UUID, wanted: Sequence[SkillIn], *, today: date
) -> None:
    """Make these the person's skills, in the caller's transaction and scope.

    What has not changed stays as it stands. A changed one is declared, unless whoever writes may
    confirm it and gives the evidence, its kind and the last day: then it is confirmed by that.
    """
    found = await rows(f"{SELECT} WHERE k.volunteer_id = $2", today, volunteer_id)
    held = {row["skill"]: held_skill(row) for row in found}
    kept = {each.skill for each in wanted}
    gone = [each.id for name, each in held.items() if name not in kept]
    await rows("DELETE FROM volunteer_skill WHERE id = ANY($1::uuid[])", gone)
    anew = [
        each
        for each in wanted
        if each.skill not in held or _facts(each) != _facts(held[each.skill])
    ]
    rules = await rules_for([each.skill for each in anew])
    may = {name for name, rule in rules.items() if await confirms(actor, volunteer_id, rule, today)}
    lines = [
        (
            held[each.skill].id if each.skill in held else new_id(),
            each,
            SkillState.VERIFIED
            if each.skill in may and proves(each, rules[each.skill], today)
            else SkillState.DECLARED,
        )
        for each in anew
    ]
    await _write(volunteer_id, lines, actor.account_id, clock.now())
    for _, each, state in lines:
        if state is SkillState.VERIFIED:
            await record_confirmation(volunteer_id, each)


def proves(skill: SkillIn, rule: SkillRule, today: date) -> bool:
    """Whether what is written of the skill is all that the rule asks for."""
    last = rule.last_day(today)
    if skill.expires_on is None:
        in_time = last is None
    else:
        in_time = today <= skill.expires_on <= (last or date.max)
    return bool(skill.evidence.strip()) and skill.evidence_kind in rule.evidence_kinds and in_time


async def record_confirmation(
    volunteer_id: UUID, skill: SkillIn | HeldSkill, account_id: UUID | None = None
) -> None:
    """Log that a skill was confirmed: which, at what level, on what kind of evidence.

    By whoever acts, or in whose name a job does.
    """
    found = await rows("SELECT organisation_id FROM volunteer WHERE id = $1", volunteer_id)
    await audit.record(
        Act.SKILL_DECIDED,
        subject_kind="volunteer",
        subject_id=volunteer_id,
        organisation_id=found[0]["organisation_id"],
        account_id=account_id,
        skill=skill.skill,
        decision=SkillState.VERIFIED.value,
        level=skill.level,
        evidence_kind=skill.evidence_kind,
        expires_on=None if skill.expires_on is None else skill.expires_on.isoformat(),
    )


async def _locked(actor: Actor, skill_id: UUID, today: date) -> HeldSkill:
    before = await get(actor, skill_id, today=today)
    await lock_seats([], [before.volunteer_id])
    return await get(actor, skill_id, today=today)


async def _refuse_defects(command: SkillIn, today: date) -> None:
    defects = []
    if command.expires_on is not None and command.expires_on < today:
        defects.append(Defect("expires_on", "day_is_over"))
    rule = (await rules_for([command.skill])).get(command.skill)
    kind = command.evidence_kind
    if rule is not None and kind is not None and kind not in rule.evidence_kinds:
        defects.append(Defect("evidence_kind", "evidence_not_for_skill"))
    if defects:
        raise Invalid(defects)


def _facts(skill: SkillIn | HeldSkill) -> Mapping[str, Any]:
    return {name: getattr(skill, name) for name in _FACTS}


async def _write(
    volunteer_id: UUID,
    lines: Sequence[tuple[UUID, SkillIn, SkillState]],
    account_id: UUID | None = None,
    now: datetime | None = None,
) -> None:
    """Write skills, new or again; those that are verified, by this account at this moment."""
    if not lines:
        return
    plain = [
        {
            **msgspec.to_builtins(skill),
            "id": str(skill_id),
            "state": state.value,
            "evidence_kind": skill.evidence_kind or "",
        }
        for skill_id, skill, state in lines
    ]
    await rows(
        "INSERT INTO volunteer_skill (id, created_at, volunteer_id, skill, level, evidence, "
        "evidence_kind, expires_on, state, reason, verified_by, verified_at) "
        "SELECT id, now(), $1, skill, level, evidence, evidence_kind, expires_on, state, '', "
        "CASE WHEN state = 'verified' THEN $3::uuid END, "
        "CASE WHEN state = 'verified' THEN $4::timestamptz END "
        "FROM jsonb_to_recordset($2::jsonb) AS line(id uuid, skill varchar, level smallint, "
        "evidence varchar, evidence_kind varchar, expires_on date, state varchar) "
        "ON CONFLICT (volunteer_id, skill) DO UPDATE SET level = excluded.level, "
        "evidence = excluded.evidence, evidence_kind = excluded.evidence_kind, "
        "expires_on = excluded.expires_on, state = excluded.state, reason = '', "
        "verified_by = excluded.verified_by, verified_at = excluded.verified_at, "
        "reminded_on = NULL",
        volunteer_id,
        msgspec.json.encode(plain).decode(),
        account_id,
        now,
    )
