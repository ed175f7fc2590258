"""Skills that come from a file: declared as in it, confirmed where it brings evidence."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from models.core import new_id
from services import rights
from services.database import rows
from services.rights import Actor, Right
from services.skills.holding import record_confirmation
from services.skills.rules import EvidenceKind
from services.skills.scope import LEVEL_NAMES, NODES_OF_PERSON
from services.skills.types import SkillIn


class ImportedSkill(msgspec.Struct, frozen=True, kw_only=True):
    """A skill of a person as a file has it. Without evidence, what is stored of it stays."""

    volunteer_id: UUID
    skill: str
    level: int
    expires_on: date | None = None
    evidence: str = ""
    evidence_kind: EvidenceKind | None = None


# What the file does not change stays as it stands, confirmed or refused.
_SAME = """((k.level, k.expires_on) IS NOT DISTINCT FROM (excluded.level, excluded.expires_on)
    AND (excluded.evidence = '' OR (k.evidence, k.evidence_kind) =
        (excluded.evidence, excluded.evidence_kind)))"""
_WRITE = f"""
    INSERT INTO volunteer_skill AS k (id, created_at, volunteer_id, skill, level, evidence,
        evidence_kind, expires_on, state, reason)
    SELECT id, now(), volunteer_id, skill, level, evidence, evidence_kind,
        expires_on, 'declared', ''
    FROM jsonb_to_recordset($1::jsonb) AS line(id uuid, volunteer_id uuid, skill varchar,
        level smallint, evidence varchar, evidence_kind varchar, expires_on date)
    ON CONFLICT (volunteer_id, skill) DO UPDATE SET level = excluded.level,
        expires_on = excluded.expires_on,
        evidence = coalesce(nullif(excluded.evidence, ''), k.evidence),
        evidence_kind = coalesce(nullif(excluded.evidence_kind, ''), k.evidence_kind),
        state = CASE WHEN {_SAME} THEN k.state ELSE 'declared' END,
        reason = CASE WHEN {_SAME} THEN k.reason ELSE '' END,
        verified_by = CASE WHEN {_SAME} THEN k.verified_by END,
        verified_at = CASE WHEN {_SAME} THEN k.verified_at END,
        reminded_on = CASE WHEN {_SAME} THEN k.reminded_on END
"""
# $1 the lines, $2 today, $3 the nodes, $4 the levels top down, $5 the account's own people, $6 the
# account, $7 now. The same asks as of a decision by hand.
_CONFIRM = f"""
    UPDATE volunteer_skill k SET state = 'verified', verified_by = $6, verified_at = $7
    FROM jsonb_to_recordset($1::jsonb) AS line(volunteer_id uuid, skill varchar, evidence varchar)
    JOIN skill_rule r ON r.skill = line.skill
    WHERE k.volunteer_id = line.volunteer_id AND k.skill = line.skill AND line.evidence <> ''
        AND k.state = 'declared' AND r.evidence_kinds ? k.evidence_kind
        AND CASE WHEN k.expires_on IS NULL THEN r.valid_days_max IS NULL ELSE k.expires_on
            BETWEEN $2::date AND $2::date + coalesce(r.valid_days_max, 100000) END
        AND k.volunteer_id <> ALL($5::uuid[]) AND EXISTS (
            SELECT 1 FROM organisation_closure up JOIN organisation o ON o.id = up.ancestor_id
            WHERE up.ancestor_id = ANY($3::uuid[])
            AND array_position($4::text[], o.kind::text)
                <= array_position($4::text[], r.lowest_level::text)
            AND up.descendant_id IN ({NODES_OF_PERSON.format(person="k.volunteer_id", today="$2")}))
    RETURNING k.volunteer_id, k.skill, k.level, k.evidence, k.evidence_kind, k.expires_on
"""


async def write_imported(lines: Sequence[ImportedSkill]) -> None:
    """Write the skills of a file, in the caller's transaction: declared, or as they stand."""
    await rows(_WRITE, _plain(lines))


async def confirm_imported(
    account_id: UUID | None, lines: Collection[ImportedSkill], *, today: date, now: datetime
) -> int:
    """Confirm those that came with evidence, as far as the account may; how many there were.

    Where it may not, or the evidence is not what the rule asks for, they stay declared.
    """
    proven = [each for each in lines if each.evidence]
    if account_id is None or not proven:
        return 0
    grants = await rights.load_grants(account_id, now)
    account = await rows("SELECT name, volunteer_id FROM account WHERE id = $1", account_id)
    own = Actor(
        account_id=account_id,
        name="",
        volunteer_id=account[0]["volunteer_id"] if account else None,
        wards=await rights.load_wards(account_id),
        grants=grants,
    )
    confirmed = await rows(
        _CONFIRM,
        _plain(proven),
        today,
        rights.nodes(own, Right.VERIFY_SKILLS),
        LEVEL_NAMES,
        list(own.persons),
        account_id,
        now,
    )
    for row in confirmed:
        facts = {**row, "evidence_kind": EvidenceKind(row["evidence_kind"])}
        volunteer_id: UUID = facts.pop("volunteer_id")
        await record_confirmation(volunteer_id, SkillIn(**facts), account_id)
    return len(confirmed)


def _plain(lines: Collection[ImportedSkill]) -> str:
    plain = [
        {
            **msgspec.to_builtins(each),
            "id": str(new_id()),
            "evidence_kind": each.evidence_kind or "",
        }
        for each in lines
    ]
    return msgspec.json.encode(plain).decode()
