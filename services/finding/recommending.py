"""For you: what fits a person best by the matcher's own score, with reasons that are kept (C9)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from models.core import new_id
from services import rights, shifts, standing_in
from services.database import rows
from services.errors import Conflict, NotFound
from services.finding.types import (
    NotYet,
    RecommendationQuery,
    Recommendations,
    Recommended,
)
from services.rights import Actor, acting
from services.scope import SYSTEM, as_system, entered
from services.settings import Settings
from services.shifts import Shift
from services.standing_in import BestShift, BestShiftsQuery, NotThis
from services.transactions import transaction

MOST: Final = 50
KEPT_DAYS: Final = 90
"""Reasons can be asked about so long after their shift; then nobody needs them."""

# Written anew only where something else is shown than before.
_KEEP = """
    INSERT INTO recommendation AS kept (id, created_at, volunteer_id, shift_id, role_key, score,
        because, shown_at)
    SELECT line.id, $2, $1, line.shift_id, line.role_key, line.score, line.because::jsonb, $2
    FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::text[])
        AS line(id, shift_id, role_key, score, because)
    ORDER BY line.shift_id
    ON CONFLICT (volunteer_id, shift_id) DO UPDATE SET role_key = excluded.role_key,
        score = excluded.score, because = excluded.because, shown_at = excluded.shown_at
    WHERE kept.declined_at IS NULL AND (kept.role_key, kept.score, kept.because) IS DISTINCT FROM
        (excluded.role_key, excluded.score, excluded.because)
"""
_DECLINED = (
    "SELECT shift_id FROM recommendation WHERE volunteer_id = $1 AND declined_at IS NOT NULL"
)
# A no is remembered whether or not the shift was ever recommended: lists leave it out as well.
_DECLINE = """
    INSERT INTO recommendation AS kept (id, created_at, volunteer_id, shift_id, role_key, score,
        because, shown_at, declined_at) VALUES ($1, $2, $3, $4, '', 0, '[]', $2, $2)
    ON CONFLICT (volunteer_id, shift_id) DO UPDATE SET
        declined_at = coalesce(kept.declined_at, greatest($2, kept.shown_at))
"""


@acting
async def recommend(
    actor: Actor, query: RecommendationQuery, now: datetime, settings: Settings
) -> Recommendations:
    """The shifts that fit a person best, or a ward of theirs, and why. What is shown is written
    down with its reasons; what the person said no to is left out."""
    volunteer_id = _whose(actor, query.volunteer_id)
    if await _is_refused(volunteer_id):
        return Recommendations(volunteer_id=volunteer_id, is_refused=True, items=[], near_but=[])
    asked = BestShiftsQuery(limit=MOST, days=query.days, volunteer_id=volunteer_id)
    best = await standing_in.best_shifts(actor, asked, now, settings)
    declined = await _declined(volunteer_id)
    ranked = sorted(best.items, key=lambda each: (-each.score, each.shift.starts_at))
    offered = [each for each in ranked if each.shift.id not in declined][: query.limit]
    barred = [each for each in best.near_but if each.shift.id not in declined]
    named = [each.shift.id for each in offered] + [each.shift.id for each in barred]
    whole = {each.id: each for each in await shifts.read_many(named)}
    await _keep(volunteer_id, offered, now)
    return Recommendations(
        volunteer_id=volunteer_id,
        is_refused=False,
        items=[_recommended(each, whole) for each in offered if each.shift.id in whole],
        near_but=[_not_yet(each, whole) for each in barred if each.shift.id in whole],
    )


async def recommended_order(
    actor: Actor | None, now: datetime, settings: Settings
) -> Sequence[UUID]:
    """The shifts that fit the person, the best first. Raises Conflict("matching_refused") for
    whoever does not want to be matched."""
    rights.require_person(actor)
    assert actor is not None
    found = await recommend(actor, RecommendationQuery(limit=MOST, days=28), now, settings)
    if found.is_refused:
        raise Conflict("matching_refused")
    return [each.shift.id for each in found.items]


@acting
async def decline(
    actor: Actor, shift_id: UUID, now: datetime, volunteer_id: UUID | None = None
) -> None:
    """Not for me: it does not come back, neither here nor in lists. It costs nothing and tells
    nobody. Twice is once."""
    person = _whose(actor, volunteer_id)
    await shifts.get(actor, shift_id)
    async with entered(SYSTEM), transaction():
        await rows(_DECLINE, new_id(), now, person, shift_id)


@acting
async def take_back(actor: Actor, shift_id: UUID, volunteer_id: UUID | None = None) -> None:
    """Let a shift come back. Nothing happens where the person never said no to it."""
    person = _whose(actor, volunteer_id)
    async with entered(SYSTEM), transaction():
        await rows(
            "UPDATE recommendation SET declined_at = NULL WHERE volunteer_id = $1 "
            "AND shift_id = $2 AND declined_at IS NOT NULL",
            person,
            shift_id,
        )


@as_system
async def purge(now: datetime) -> None:
    """Forget the recommendations of shifts that are long over."""
    await rows(
        "DELETE FROM recommendation d USING shift s WHERE s.id = d.shift_id AND s.ends_at < $1",
        now - timedelta(days=KEPT_DAYS),
    )


def _whose(actor: Actor, volunteer_id: UUID | None) -> UUID:
    if volunteer_id is None:
        return rights.require_person(actor)
    rights.require_own(actor, volunteer_id)
    return volunteer_id


async def _is_refused(volunteer_id: UUID) -> bool:
    """Whether the person said no to being matched; the consent keeps this column."""
    found = await rows("SELECT is_matched FROM volunteer WHERE id = $1", volunteer_id)
    if not found:
        raise NotFound
    return not found[0]["is_matched"]


async def _declined(volunteer_id: UUID) -> set[UUID]:
    return {row["shift_id"] for row in await rows(_DECLINED, volunteer_id)}


async def _keep(volunteer_id: UUID, offered: Sequence[BestShift], now: datetime) -> None:
    if not offered:
        return
    async with entered(SYSTEM), transaction():
        await rows(
            _KEEP,
            volunteer_id,
            now,
            [new_id() for _ in offered],
            [each.shift.id for each in offered],
            [each.role for each in offered],
            [each.score for each in offered],
            [msgspec.json.encode(each.because).decode() for each in offered],
        )


def _recommended(found: BestShift, whole: dict[UUID, Shift]) -> Recommended:
    return Recommended(
        shift=whole[found.shift.id],
        role=found.role,
        role_name=found.role_name,
        score=found.score,
        about_km=found.about_km,
        because=found.because,
    )


def _not_yet(found: NotThis, whole: dict[UUID, Shift]) -> NotYet:
    return NotYet(
        shift=whole[found.shift.id],
        role_name=found.role_name,
        about_km=found.about_km,
        obstacle=found.obstacle,
    )
