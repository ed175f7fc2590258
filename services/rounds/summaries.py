"""Plans in figures."""

from typing import Any
from uuid import UUID

import msgspec

from services.database import rows
from services.offers import OFFER_STATE
from services.planning.progress import Score
from services.rounds.types import BoundFrom, PlanSummary

PLANS = (
    "SELECT p.round_id, p.status, p.score_shortfall, p.score_open, p.score_cost, "
    "p.bound_shortfall, p.bound_open, p.bound_cost, p.bound_from, p.seconds, "
    "p.volunteers_count, p.seats_count, "
    "p.certificate IS NOT NULL AS has_certificate, "
    "r.published_at, f.assignments, f.fixed, f.filled, f.shifts FROM plan p "
    "JOIN round r ON r.id = p.round_id JOIN LATERAL ("
    " SELECT (SELECT count(*) FROM plan_line l WHERE l.plan_id = p.id) AS assignments,"
    " (SELECT count(*) FROM plan_line l WHERE l.plan_id = p.id AND l.fixed) AS fixed,"
    " (SELECT coalesce(sum(least(t.people, o.target)), 0)::int FROM (SELECT l.role_id,"
    "  count(*) AS people FROM plan_line l WHERE l.plan_id = p.id GROUP BY l.role_id) t"
    "  JOIN role o ON o.id = t.role_id) AS filled,"
    " (SELECT count(*) FROM (SELECT shift_id FROM plan_line l WHERE l.plan_id = p.id"
    "  UNION SELECT shift_id FROM plan_gap g WHERE g.plan_id = p.id) s) AS shifts) f ON true "
    "WHERE p.round_id = ANY($1::uuid[])"
)
OFFERS = (
    f"SELECT o.round_id, {OFFER_STATE} AS state, count(*) AS offers FROM offer o "
    "JOIN claim c ON c.id = o.claim_id WHERE o.round_id = ANY($1::uuid[]) GROUP BY 1, 2 ORDER BY 2"
)


async def summaries_of(round_ids: list[UUID]) -> dict[UUID, PlanSummary]:
    """The plans of these rounds in figures; nothing for a round without one."""
    offers: dict[UUID, dict[str, int]] = {}
    for row in await rows(OFFERS, round_ids):
        offers.setdefault(row["round_id"], {})[row["state"]] = row["offers"]
    return {
        row["round_id"]: _summary(row, offers.get(row["round_id"], {}))
        for row in await rows(PLANS, round_ids)
    }


def _summary(row: dict[str, Any], offers: dict[str, int]) -> PlanSummary:
    proposed = row["assignments"] - row["fixed"]
    # A role was planned up to what it held already; its target alone counts as seats to fill.
    beyond = row["assignments"] - row["filled"]
    is_published = row["published_at"] is not None
    return PlanSummary(
        status=row["status"],
        score=_score(row, "score"),
        bound=_score(row, "bound"),
        bound_from=msgspec.json.decode(row["bound_from"], type=BoundFrom),
        seconds=row["seconds"],
        volunteers=row["volunteers_count"],
        shifts=row["shifts"],
        assignments=row["assignments"],
        fixed=row["fixed"],
        seats=row["seats_count"] - beyond,
        filled=row["filled"],
        has_certificate=row["has_certificate"],
        offers=offers,
        not_offered=proposed - sum(offers.values()) if is_published else 0,
    )


def _score(row: dict[str, Any], kind: str) -> Score:
    return Score(
        shortfall=row[f"{kind}_shortfall"], open=row[f"{kind}_open"], cost=row[f"{kind}_cost"]
    )
