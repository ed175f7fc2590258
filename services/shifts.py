"""Shifts: when and where people serve, in which roles."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from models.core import ClaimMode, ProjectState, ShiftState, new_id
from services import rights, search_words
from services.database import rows
from services.errors import Conflict, NotFound
from services.locks import lock_shift
from services.paging import Page, decode_cursor, page_of
from services.rights import Actor, Right, acting, acting_for_anybody
from services.shift_types import (
    Role,
    RoleIn,
    Shift,
    ShiftBrief,
    ShiftIn,
    ShiftQuery,
    TeamLine,
)
from services.shift_writing import called_off_claims, refuse_defects, write_parts, write_shift
from services.transactions import transaction
from services.versions import require_match

__all__ = [
    "Role",
    "RoleIn",
    "Shift",
    "ShiftBrief",
    "ShiftIn",
    "ShiftQuery",
    "TeamLine",
    "call_off",
    "create",
    "get",
    "list_open",
    "read_many",
    "replace",
]

_SELECT = """
    SELECT s.*, p.name AS project_name, p.category, p.state AS project_state, p.organisation_id,
        p.risk_statement, p.risk_statement_version, p.is_dangerous, p.is_heavy_risk,
        o.name AS organisation_name,
        EXISTS (SELECT 1 FROM shift_draw d WHERE d.shift_id = s.id) AS is_drawn,
        (SELECT coalesce(json_agg(json_build_object('id', r.id, 'key', r.key, 'name', r.name,
            'minimum', r.minimum, 'target', r.target, 'maximum', r.maximum, 'held', r.held,
            'free', r.maximum - r.held, 'min_age', r.min_age, 'max_age', r.max_age,
            'skills', coalesce((SELECT json_object_agg(k.skill, k.level ORDER BY k.skill)
                FROM role_skill k WHERE k.role_id = r.id), '{}'),
            'groups', array(SELECT g.organisation_id FROM role_group g WHERE g.role_id = r.id
                ORDER BY g.organisation_id)) ORDER BY r.id), '[]')
            FROM role r WHERE r.shift_id = s.id) AS roles,
        (SELECT coalesce(json_agg(json_build_object('skill', t.skill, 'level', t.level,
            'count', t.count) ORDER BY t.id), '[]')
            FROM team_line t WHERE t.shift_id = s.id) AS team,
        array(SELECT i.volunteer_id FROM invitation i WHERE i.shift_id = s.id
            ORDER BY i.volunteer_id) AS invited
    FROM shift s JOIN project p ON p.id = s.project_id
        JOIN organisation o ON o.id = p.organisation_id
"""
_BELOW = (
    "p.organisation_id IN (SELECT descendant_id FROM organisation_closure WHERE ancestor_id = $5)"
)


@acting
async def create(actor: Actor, command: ShiftIn) -> Shift:
    """A new open shift of a project in the organiser's subtree, with all its roles."""
    rights.require_anywhere(actor, Right.RUN_WORK)
    await refuse_defects(actor, command)
    shift_id = new_id()
    async with transaction():
        await write_shift(shift_id, command, command.external_key or str(shift_id))
        await write_parts(shift_id, command)
        await search_words.fill([shift_id])
    return await get(actor, shift_id)


@acting
async def replace(
    actor: Actor, shift_id: UUID, command: ShiftIn, if_match: str | None, now: datetime
) -> Shift:
    """Change a shift that is still to come.

    Nobody is moved who agreed to another time or place, nobody loses a seat: refused with
    `shift_has_claims`, `role_has_claims` or `below_held`.
    """
    rights.require_anywhere(actor, Right.RUN_WORK)
    async with transaction():
        before = await _locked(actor, shift_id, now)
        require_match(if_match, before)
        await refuse_defects(actor, command, before)
        await write_shift(shift_id, command, command.external_key or before.external_key or "")
        await write_parts(shift_id, command)
        await search_words.fill([shift_id])
    return await get(actor, shift_id)


@acting
async def call_off(actor: Actor, shift_id: UUID, now: datetime) -> Shift:
    """Call a shift off, and with it every claim that is still live. Twice is once."""
    rights.require_anywhere(actor, Right.RUN_WORK)
    async with transaction():
        before = await _locked(actor, shift_id, now, may_be_called_off=True)
        if before.state is ShiftState.OPEN:
            await rows(
                "UPDATE shift SET state = 'called_off', version = version + 1 WHERE id = $1",
                shift_id,
            )
            await called_off_claims(shift_id, now)
    return await get(actor, shift_id)


@acting_for_anybody
async def get(actor: Actor | None, shift_id: UUID) -> Shift:
    """A shift of a published project for anybody, any other for those who organise it."""
    found = await rows(f"{_SELECT} WHERE s.id = $1", shift_id)
    if not found:
        raise NotFound
    is_own = await rights.covers(actor, Right.SEE_WORK, found[0]["organisation_id"])
    if not is_own and found[0]["project_state"] != ProjectState.PUBLISHED:
        raise NotFound
    return _view(found[0], is_own=is_own)


async def list_open(query: ShiftQuery, now: datetime) -> Page[Shift]:
    """The open shifts of published projects that are not over, by their start."""
    after = decode_cursor(query.after, tuple[datetime, UUID]) if query.after else (None, None)
    found = await rows(
        f"{_SELECT} WHERE s.state = 'open' AND p.state = 'published' AND s.ends_at > $1 "
        "AND ($2::timestamptz IS NULL OR s.starts_at >= $2) "
        "AND ($3::timestamptz IS NULL OR s.starts_at < $3) "
        f"AND ($4::text IS NULL OR p.category = $4) AND ($5::uuid IS NULL OR {_BELOW}) "
        "AND ($6::timestamptz IS NULL OR (s.starts_at, s.id) > ($6, $7::uuid)) "
        "ORDER BY s.starts_at, s.id LIMIT $8",
        now,
        query.starts_after,
        query.starts_before,
        query.category,
        query.organisation_id,
        *after,
        query.limit + 1,
    )
    keys = [(row["starts_at"], row["id"]) for row in found]
    return page_of([_view(row, is_own=False) for row in found], keys, query.limit)


async def read_many(shift_ids: Sequence[UUID]) -> list[Shift]:
    """Shifts as anybody may read them, of those ids that the present scope may see; in no order."""
    found = await rows(f"{_SELECT} WHERE s.id = ANY($1::uuid[])", list(shift_ids))
    return [_view(row, is_own=False) for row in found]


async def _locked(
    actor: Actor, shift_id: UUID, now: datetime, *, may_be_called_off: bool = False
) -> Shift:
    await lock_shift(shift_id)
    shift = await get(actor, shift_id)
    await rights.require(actor, Right.RUN_WORK, shift.organisation_id)
    if shift.ends_at <= now:
        raise Conflict("ended")
    if shift.state is ShiftState.CALLED_OFF and not may_be_called_off:
        raise Conflict("called_off")
    return shift


def _view(row: dict[str, Any], *, is_own: bool) -> Shift:
    roles = msgspec.json.decode(row["roles"], type=list[Role])
    has_place = row["longitude"] is not None
    return Shift(
        id=row["id"],
        project_id=row["project_id"],
        project_name=row["project_name"],
        organisation_id=row["organisation_id"],
        organisation_name=row["organisation_name"],
        category=row["category"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        place=row["place"],
        location=(row["longitude"], row["latitude"]) if has_place else None,
        priority=row["priority"],
        cancel_below_minimum=row["cancel_below_minimum"],
        state=ShiftState(row["state"]),
        roles=roles,
        team=msgspec.json.decode(row["team"], type=list[TeamLine]),
        risk_statement=row["risk_statement"],
        risk_statement_version=row["risk_statement_version"],
        urgent=any(role.held < role.minimum for role in roles),
        claim_mode=ClaimMode(row["claim_mode"]),
        opens_at=row["opens_at"],
        draw_at=row["draw_at"],
        is_drawn=row["is_drawn"],
        cutoff_minutes=row["cutoff_minutes"],
        is_dangerous=row["is_dangerous"],
        is_heavy_risk=row["is_heavy_risk"],
        external_key=row["external_key"] if is_own else None,
        invited=list(row["invited"]) if is_own else [],
    )
