"""The reasons of a plan: which plan still wants them, and where they are kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from tortoise.transactions import in_transaction

from matcher.problem import Line, Problem
from models.core import RoundState
from services.database import rows
from services.planning.loading import load_problem
from services.planning.reasons import LineWhy, TradeOff, WouldFill
from services.scope import as_system

PLAN = (
    "SELECT p.id, p.attempt, r.problem_digest FROM plan p JOIN round r ON r.id = p.round_id "
    "WHERE r.id = $1 AND r.state = $2 AND p.explained_at IS NULL"
)
LINES = "SELECT volunteer_id, shift_id, role_id FROM plan_line WHERE plan_id = $1 ORDER BY id"
KEEP_GAPS = (
    "UPDATE plan_gap g SET would_fill = t.found::jsonb "
    "FROM unnest($2::uuid[], $3::text[]) AS t(role, found) "
    "WHERE g.plan_id = $1 AND g.role_id = t.role"
)
KEEP_LINES = (
    "UPDATE plan_line l SET why = t.found::jsonb "
    "FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS t(volunteer, shift, found) "
    "WHERE l.plan_id = $1 AND l.volunteer_id = t.volunteer AND l.shift_id = t.shift"
)
KEEP_PLAN = "UPDATE plan SET explained_at = $2, trade_off = $3::jsonb WHERE id = $1 RETURNING id"
PLACES = (
    "SELECT v.id, o.name FROM volunteer v JOIN organisation o ON o.id = v.organisation_id "
    "WHERE v.id = ANY($1::uuid[])"
)


class Unexplained(msgspec.Struct, frozen=True, kw_only=True):
    """A plan whose reasons are wanted, with the problem that it was made for."""

    plan_id: UUID
    problem: Problem
    lines: tuple[Line, ...]


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out: by role, by line, and for the whole; what is not there was not asked."""

    gaps: Mapping[UUID, WouldFill] = {}
    lines: Mapping[Line, LineWhy] = {}
    trade_off: TradeOff | None = None


@as_system
async def unexplained(round_id: UUID) -> Unexplained | None:
    """The round's plan, if it is proposed, has no reasons yet and is still that of its problem.

    The data may have moved since: then the plan is stale, or will be said to be, and its reasons
    would be about another problem.
    """
    found = await rows(PLAN, round_id, RoundState.PROPOSED.value)
    if not found:
        return None
    loaded = await load_problem(round_id)
    if loaded.digest != found[0]["problem_digest"]:
        return None
    lines = await rows(LINES, found[0]["id"])
    return Unexplained(
        plan_id=found[0]["id"],
        problem=loaded.problem,
        lines=tuple(
            Line(str(row["volunteer_id"]), str(row["shift_id"]), str(row["role_id"]))
            for row in lines
        ),
    )


@as_system
async def keep_reasons(asked: Unexplained, found: Explained, now: datetime) -> bool:
    """Keep what was found out; False where the plan is gone. Twice is as good as once."""
    trade_off = None if found.trade_off is None else _json(found.trade_off)
    async with in_transaction():
        if not await rows(KEEP_PLAN, asked.plan_id, now, trade_off):
            return False
        roles, would_fill = list(found.gaps), _all_json(list(found.gaps.values()))
        await rows(KEEP_GAPS, asked.plan_id, roles, would_fill)
        people = [UUID(line.volunteer) for line in found.lines]
        shifts = [UUID(line.shift) for line in found.lines]
        why = _all_json(list(found.lines.values()))
        await rows(KEEP_LINES, asked.plan_id, people, shifts, why)
    return True


@as_system
async def places_of(problem: Problem) -> dict[str, str]:
    """For each volunteer the name of the organisation that registered them, by id."""
    people = [UUID(each.id) for each in problem.volunteers]
    return {str(row["id"]): row["name"] for row in await rows(PLACES, people)}


def _all_json(values: Sequence[Any]) -> list[str]:
    return [_json(each) for each in values]


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
