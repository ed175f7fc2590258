"""Whose skills an account may see, and which of them it may confirm."""

from datetime import date
from uuid import UUID

from services import rights
from services.database import rows
from services.errors import Forbidden, NotFound
from services.organisations.rules import LEVELS
from services.rights import Actor, Right
from services.skills.rules import SkillRule

LEVEL_NAMES = [level.value for level in LEVELS]

NODES_OF_PERSON = """
    SELECT v.organisation_id FROM volunteer v WHERE v.id = {person} AND v.state = 'active'
    UNION ALL
    SELECT m.organisation_id FROM membership m JOIN volunteer v ON v.id = m.volunteer_id
    WHERE m.volunteer_id = {person} AND v.state = 'active' AND NOT m.is_requested
        AND m.starts_on <= {today} AND (m.ends_on IS NULL OR m.ends_on >= {today})
"""
"""Where a person is registered, and where they are a member today."""


async def require_seen(actor: Actor, volunteer_id: UUID, today: date) -> None:
    """The actor is the person or their guardian, or staff above one of the person's nodes."""
    if volunteer_id in actor.persons:
        return
    nodes = rights.require_anywhere(actor, Right.SEE_PEOPLE)
    if not await _is_above(nodes, volunteer_id, today):
        raise NotFound


async def require_confirms(actor: Actor, volunteer_id: UUID, rule: SkillRule, today: date) -> None:
    """The actor may decide over this skill of this person.

    NotFound where the person is out of sight; Forbidden `own_skill` for oneself and one's wards,
    `confirmed_higher` for an office below the level that the rule names.
    """
    nodes = rights.require_anywhere(actor, Right.VERIFY_SKILLS)
    if not await _is_above(nodes, volunteer_id, today):
        raise NotFound
    if volunteer_id in actor.persons:
        raise Forbidden("own_skill")
    if not await _is_above(nodes, volunteer_id, today, rule.levels):
        raise Forbidden("confirmed_higher", level_kind=rule.lowest_level.value)


async def confirms(actor: Actor, volunteer_id: UUID, rule: SkillRule, today: date) -> bool:
    """The same question, answered."""
    nodes = rights.nodes(actor, Right.VERIFY_SKILLS)
    if not nodes or volunteer_id in actor.persons:
        return False
    return await _is_above(nodes, volunteer_id, today, rule.levels)


async def _is_above(
    nodes: list[UUID], volunteer_id: UUID, today: date, kinds: list[str] | None = None
) -> bool:
    own = NODES_OF_PERSON.format(person="$2", today="$3")
    return bool(
        await rows(
            "SELECT 1 FROM organisation_closure up JOIN organisation o ON o.id = up.ancestor_id "
            "WHERE up.ancestor_id = ANY($1::uuid[]) "
            "AND ($4::text[] IS NULL OR o.kind = ANY($4::text[])) "
            f"AND up.descendant_id IN ({own}) LIMIT 1",
            nodes,
            volunteer_id,
            today,
            kinds,
        )
    )
