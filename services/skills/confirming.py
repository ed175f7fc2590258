"""Confirming skills: whoever may decides on evidence, for a time; nobody decides on their own."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from services import audit, notifications, rights
from services.audit import Act
from services.database import rows
from services.errors import Conflict, Defect, Invalid, NotFound
from services.locks import lock_seats
from services.paging import Page, PageQuery, decode_cursor, page_of
from services.rights import Actor, Right, acting
from services.skills.holding import record_confirmation
from services.skills.rules import EvidenceKind, SkillRule, rules_for
from services.skills.scope import LEVEL_NAMES, NODES_OF_PERSON, require_confirms
from services.skills.types import SELECT, Evidence, HeldSkill, SkillState, held_skill
from services.transactions import transaction
from services.versions import require_match

Reason = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=400,
        pattern=r"^[^\x00]*[^\x00-\x20\x7f\u3000][^\x00]*$",
        description="In words that help the person; they read it",
    ),
]


class SkillConfirmIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was seen, and until which day it holds.

    What is left out is as the person declared it; a last day that nobody named is the latest that
    the rule allows.
    """

    expires_on: date | None = None
    evidence_kind: EvidenceKind | None = None
    evidence: Evidence = ""


class SkillRefuseIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the skill cannot be confirmed."""

    reason: Reason


class WaitingSkill(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's skill as those see it who may decide over it.

    `latest_day` is the last day until which it may be confirmed today.
    """

    id: UUID
    skill: HeldSkill
    volunteer_name: str
    age: int
    organisation_name: str
    rule: SkillRule
    latest_day: date | None = None


# $1 today, $2 the nodes, $3 the levels top down, $4 the actor's own persons.
_DECIDABLE = (
    SELECT
    + f"""
    JOIN volunteer p ON p.id = k.volunteer_id
    WHERE r.id IS NOT NULL AND p.state = 'active' AND p.id <> ALL($4::uuid[]) AND EXISTS (
        SELECT 1 FROM organisation_closure up JOIN organisation o ON o.id = up.ancestor_id
        WHERE up.ancestor_id = ANY($2::uuid[])
        AND array_position($3::text[], o.kind::text)
            <= array_position($3::text[], r.lowest_level::text)
        AND up.descendant_id IN ({NODES_OF_PERSON.format(person="p.id", today="$1")}))
    """
)
_WAITS = " AND k.state = 'declared' AND k.evidence ~ '[^[:space:]]'"


@acting
async def list_waiting(actor: Actor, query: PageQuery, *, today: date) -> Page[WaitingSkill]:
    """The skills that wait for somebody like the actor: declared, with evidence, first come."""
    nodes = rights.require_anywhere(actor, Right.VERIFY_SKILLS)
    after = decode_cursor(query.after, UUID) if query.after else None
    found = await rows(
        f"{_DECIDABLE}{_WAITS} AND ($5::uuid IS NULL OR k.id > $5) ORDER BY k.id LIMIT $6",
        today,
        nodes,
        LEVEL_NAMES,
        list(actor.persons),
        after,
        query.limit + 1,
    )
    views = await _views([held_skill(row) for row in found], today)
    return page_of(views, [each.id for each in views], query.limit)


@acting
async def count_waiting(actor: Actor, *, today: date) -> int:
    """How many skills wait for somebody like the actor."""
    nodes = rights.nodes(actor, Right.VERIFY_SKILLS)
    if not nodes:
        return 0
    [row] = await rows(
        f"SELECT count(*) AS count FROM ({_DECIDABLE}{_WAITS}) waiting",
        today,
        nodes,
        LEVEL_NAMES,
        list(actor.persons),
    )
    return int(row["count"])


@acting
async def get_waiting(actor: Actor, skill_id: UUID, *, today: date) -> WaitingSkill:
    """A restricted skill that the actor may decide over, whether it waits or is decided."""
    held, rule = await _found(skill_id, today)
    await require_confirms(actor, held.volunteer_id, rule, today)
    [view] = await _views([held], today)
    return view


@acting
async def confirm(
    actor: Actor,
    skill_id: UUID,
    command: SkillConfirmIn,
    if_match: str | None,
    *,
    now: datetime,
    today: date,
) -> WaitingSkill:
    """Confirm a skill on evidence, also once more before it ends. The person is told.

    Refused: `evidence_missing` without any, Invalid for a kind or a day that the rule does not
    allow; and see `scope.require_confirms`.
    """
    async with transaction():
        before = await _locked(actor, skill_id, if_match, today)
        decided = _decided(before, command, today)
        await rows(
            "UPDATE volunteer_skill SET state = 'verified', evidence = $2, evidence_kind = $3, "
            "expires_on = $4, reason = '', verified_by = $5, verified_at = $6, "
            "reminded_on = NULL WHERE id = $1",
            skill_id,
            decided.evidence,
            decided.evidence_kind,
            decided.expires_on,
            actor.account_id,
            now,
        )
        await record_confirmation(decided.volunteer_id, decided)
        await notifications.notify("skill_confirmed", decided.volunteer_id, skill=decided.skill)
    return await get_waiting(actor, skill_id, today=today)


@acting
async def refuse(
    actor: Actor,
    skill_id: UUID,
    command: SkillRefuseIn,
    if_match: str | None,
    *,
    now: datetime,
    today: date,
) -> WaitingSkill:
    """Say no to a skill, or take back that it was confirmed; it does not count from now on.

    The person is told, reads why, and may declare it anew.
    """
    async with transaction():
        before = (await _locked(actor, skill_id, if_match, today)).skill
        await rows(
            "UPDATE volunteer_skill SET state = 'refused', reason = $2, verified_by = $3, "
            "verified_at = $4, reminded_on = NULL WHERE id = $1",
            skill_id,
            command.reason.strip(),
            actor.account_id,
            now,
        )
        found = await rows(
            "SELECT organisation_id FROM volunteer WHERE id = $1", before.volunteer_id
        )
        await audit.record(
            Act.SKILL_DECIDED,
            subject_kind="volunteer",
            subject_id=before.volunteer_id,
            organisation_id=found[0]["organisation_id"],
            skill=before.skill,
            decision=SkillState.REFUSED.value,
            before=before.state.value,
            level=before.level,
        )
        await notifications.notify("skill_refused", before.volunteer_id, skill=before.skill)
    return await get_waiting(actor, skill_id, today=today)


def _decided(before: WaitingSkill, command: SkillConfirmIn, today: date) -> HeldSkill:
    evidence = command.evidence.strip() or before.skill.evidence.strip()
    kind = command.evidence_kind or before.skill.evidence_kind
    # What the person wrote may say more than the rule allows; what the office writes may not.
    stated, latest = before.skill.expires_on, before.latest_day or date.max
    if stated is not None and not today <= stated <= latest:
        stated = None
    last = command.expires_on or stated or before.latest_day
    defects = []
    if kind not in before.rule.evidence_kinds:
        defects.append(Defect("evidence_kind", "evidence_not_for_skill"))
    if last is not None and last < today:
        defects.append(Defect("expires_on", "day_is_over"))
    if last is not None and last > latest:
        day = latest.isoformat()
        defects.append(Defect("expires_on", "later_than_rule", parameters={"latest": day}))
    if defects:
        raise Invalid(defects)
    if not evidence:
        raise Conflict("evidence_missing", skill=before.skill.skill)
    return msgspec.structs.replace(
        before.skill, evidence=evidence, evidence_kind=kind, expires_on=last
    )


async def _locked(actor: Actor, skill_id: UUID, if_match: str | None, today: date) -> WaitingSkill:
    before = await get_waiting(actor, skill_id, today=today)
    # A claim that is being made waits for this, or this for it.
    await lock_seats([], [before.skill.volunteer_id])
    before = await get_waiting(actor, skill_id, today=today)
    # What is confirmed is what was looked at: the person may have changed it meanwhile.
    require_match(if_match, before)
    return before


async def _found(skill_id: UUID, today: date) -> tuple[HeldSkill, SkillRule]:
    found = await rows(f"{SELECT} WHERE k.id = $2", today, skill_id)
    if not found:
        raise NotFound
    held = held_skill(found[0])
    rule = (await rules_for([held.skill])).get(held.skill)
    if rule is None:
        raise NotFound
    return held, rule


async def _views(found: list[HeldSkill], today: date) -> list[WaitingSkill]:
    people = await rows(
        "SELECT v.id, v.name, v.age, o.name AS organisation_name FROM volunteer v "
        "LEFT JOIN organisation o ON o.id = v.organisation_id WHERE v.id = ANY($1::uuid[])",
        [each.volunteer_id for each in found],
    )
    by_id: dict[UUID, dict[str, Any]] = {row["id"]: row for row in people}
    rules = await rules_for({each.skill for each in found})
    return [
        WaitingSkill(
            id=each.id,
            skill=each,
            volunteer_name=by_id[each.volunteer_id]["name"],
            age=by_id[each.volunteer_id]["age"],
            organisation_name=by_id[each.volunteer_id]["organisation_name"] or "",
            rule=rules[each.skill],
            latest_day=rules[each.skill].last_day(today),
        )
        for each in found
    ]
