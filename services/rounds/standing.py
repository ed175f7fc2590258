"""The lines of a plan as they stand now: who still has their seat after answers and withdrawals."""

from typing import Any
from uuid import UUID

from models.core import ClaimState, RoundState
from services.database import rows
from services.planning.lines import SEATED
from services.rounds.types import PlanNow

_SEATED = ", ".join(f"'{state}'" for state in SEATED)
# The claim through which a line stands: the promise behind a fixed line, else the round's offer.
# What was proposed and has no claim stands until the round is published: after that it was never
# asked.
LINES = (
    "SELECT l.role_id, l.shift_id, l.volunteer_id, l.fixed, l.why, found.state, "
    f"CASE WHEN found.state IS NULL THEN r.state <> '{RoundState.PUBLISHED.value}' "
    f"ELSE found.state IN ({_SEATED}) END AS has_seat "
    "FROM plan_line l JOIN plan p ON p.id = l.plan_id JOIN round r ON r.id = p.round_id "
    "LEFT JOIN LATERAL (SELECT state FROM claim WHERE l.fixed AND shift_id = l.shift_id "
    " AND volunteer_id = l.volunteer_id ORDER BY changed_at DESC, id DESC LIMIT 1) kept ON true "
    "LEFT JOIN (SELECT c.shift_id, c.volunteer_id, c.state FROM offer JOIN claim c "
    " ON c.id = offer.claim_id WHERE offer.round_id = (SELECT round_id FROM plan WHERE id = $1)"
    ") asked ON asked.shift_id = l.shift_id AND asked.volunteer_id = l.volunteer_id "
    "CROSS JOIN LATERAL (SELECT coalesce(asked.state, kept.state) AS state) found "
    "WHERE l.plan_id = $1"
)
PEOPLE = (
    f"SELECT s.*, v.name FROM ({LINES} AND l.shift_id = ANY($2::uuid[])) s "
    "JOIN volunteer v ON v.id = s.volunteer_id ORDER BY s.fixed DESC, v.name, v.id"
)
# Of everybody, whether or not the reader may see who it is. A role without a line has a gap.
_OF_ROLES = (
    "SELECT s.role_id, count(*) FILTER (WHERE s.has_seat) AS seated, "
    f"count(*) FILTER (WHERE s.fixed AND s.has_seat AND s.state <> '{ClaimState.OFFERED.value}') "
    "AS promised, "
    f"count(*) FILTER (WHERE s.fixed AND s.state = '{ClaimState.OFFERED.value}') AS asked "
    f"FROM ({LINES}) s GROUP BY s.role_id"
)
# Once it is published, seats that somebody took by themselves are no longer empty.
NOW = (
    "SELECT coalesce(sum(least(o.target, CASE WHEN r.state = $2 "
    "THEN greatest(o.held, t.seated) ELSE t.seated END)), 0)::int AS filled, "
    "coalesce(sum(t.promised), 0)::int AS promised, coalesce(sum(t.asked), 0)::int AS asked "
    "FROM plan p JOIN round r ON r.id = p.round_id "
    "CROSS JOIN LATERAL (SELECT role_id, sum(seated) AS seated, sum(promised) AS promised, "
    f" sum(asked) AS asked FROM ({_OF_ROLES} UNION ALL "
    " SELECT role_id, 0, 0, 0 FROM plan_gap WHERE plan_id = $1) found GROUP BY role_id) t "
    "JOIN role o ON o.id = t.role_id WHERE p.id = $1"
)
SEATS = (
    "SELECT s.role_id, count(*) FILTER (WHERE s.has_seat) AS seated "
    f"FROM ({LINES} AND l.shift_id = ANY($2::uuid[])) s GROUP BY s.role_id"
)


async def people_of(plan_id: UUID, shift_ids: list[UUID]) -> list[dict[str, Any]]:
    """The lines of these shifts whose people the reader may see."""
    return await rows(PEOPLE, plan_id, shift_ids)


async def seats_of(plan_id: UUID, shift_ids: list[UUID]) -> dict[UUID, int]:
    """For each role of these shifts how many of the plan's people have a seat; nothing for a role
    without any."""
    return {row["role_id"]: row["seated"] for row in await rows(SEATS, plan_id, shift_ids)}


async def now_of(plan_id: UUID) -> PlanNow:
    """The whole plan as it stands now."""
    [found] = await rows(NOW, plan_id, RoundState.PUBLISHED.value)
    return PlanNow(**found)
