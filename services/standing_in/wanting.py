"""Where a volunteer is wanted most: by what they like, how near it is, and who needs whom."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any
from uuid import UUID

from matcher.problem import Horizon, Line, Problem, Rules, Weights
from matcher.ranking import NEAR_M, BestShifts, Ranking
from services import minors, rights
from services.database import rows
from services.errors import NotFound
from services.planning.demand import INSURED, Demand, demand_of
from services.planning.lines import SEATED, read_claimed
from services.planning.promises import with_room_for_promises
from services.planning.scope import Scope, minute_after, minute_of
from services.planning.supply import read_supply
from services.rights import Actor, acting
from services.scope import SYSTEM, entered
from services.settings import Settings
from services.standing_in.replacing import about_km, brief_of, whole_km
from services.standing_in.types import BestShift, BestShiftsQuery, BestShiftsView, NotThis

SHIFTS_LOOKED_AT = 300
"""Nearer ones first: beyond so many nobody would look, and a request must be answered soon."""
NEAR_BUT_MOST = 5
METRES_PER_DEGREE = 111_195
COSINE_LEAST = 0.01

HOME = (
    "SELECT home_longitude, home_latitude, max_travel_m FROM volunteer "
    "WHERE id = $1 AND state = 'active'"
)
# A rough square first; the rules themselves measure. Without a home everything may be near.
OPEN_SHIFTS = (
    "SELECT s.id, s.project_id, p.organisation_id, p.category, p.is_dangerous, s.starts_at, "
    "s.ends_at, s.longitude, s.latitude, s.priority, s.cancel_below_minimum "
    "FROM shift s JOIN project p ON p.id = s.project_id "
    "WHERE p.state = 'published' AND s.state = 'open' AND s.starts_at >= $1 AND s.ends_at <= $2 "
    f"AND (s.opens_at IS NULL OR s.opens_at <= $1) AND {INSURED} "
    "AND EXISTS (SELECT 1 FROM role r WHERE r.shift_id = s.id AND r.held < r.target) "
    "AND ($3::float8 IS NULL OR s.longitude IS NULL OR "
    "(abs(s.latitude - $4) <= $5 AND least(abs(s.longitude - $3), 360 - abs(s.longitude - $3)) "
    "<= $6)) "
    "ORDER BY coalesce(abs(s.latitude - $4) + abs(s.longitude - $3), 0), s.starts_at, s.id "
    "LIMIT $7"
)
NAMED = (
    "SELECT r.id, r.key, r.name, r.shift_id, s.place, s.starts_at, s.ends_at, j.name AS project "
    "FROM role r JOIN shift s ON s.id = r.shift_id JOIN project j ON j.id = s.project_id "
    "WHERE r.id = ANY($1::uuid[])"
)


@acting
async def best_shifts(
    actor: Actor, query: BestShiftsQuery, now: datetime, settings: Settings
) -> BestShiftsView:
    """The best open seats for the person who asks, or for a ward of theirs, with reasons.

    Who else is on a shift, and with which skills, decides with it and is not told.
    """
    volunteer_id = query.volunteer_id
    if volunteer_id is None:
        volunteer_id = rights.require_person(actor)
    rights.require_own(actor, volunteer_id)
    async with entered(SYSTEM):
        problem, lines = await _problem(volunteer_id, now, query.days, settings)
    from_minute = minute_after(now)
    ranking, found = await asyncio.to_thread(
        _ranked, problem, lines, str(volunteer_id), from_minute, query.limit
    )
    rows_named = [each.role for each in found.offered] + [each.role for each in found.barred]
    roles = [UUID(ranking.seats[row][1].id) for row in rows_named]
    named = {row["id"]: row for row in await rows(NAMED, roles)}
    return _view(volunteer_id, ranking, found, named)


def _ranked(
    problem: Problem, lines: list[Line], volunteer_id: str, from_minute: int, limit: int
) -> tuple[Ranking, BestShifts]:
    ranking = Ranking(problem, lines)
    row = next(at for at, each in enumerate(problem.volunteers) if each.id == volunteer_id)
    found = ranking.best_shifts(row, limit, from_minute=from_minute, barred_most=NEAR_BUT_MOST)
    return ranking, found


async def _problem(
    volunteer_id: UUID, now: datetime, days: int, settings: Settings
) -> tuple[Problem, list[Line]]:
    """The shifts within reach, the person, and everybody who is on one of them."""
    demand = await _demand(volunteer_id, now, now + timedelta(days=days))
    scope = _scope(now, days, settings)
    claimed = await read_claimed(demand)
    tied = {row["volunteer_id"] for row in claimed.fixed} | {volunteer_id}
    supply = await read_supply(scope, tied, demand.shift_ids, SEATED)
    # Who asks is asked about their hours, though nobody may propose anything to them.
    supply = replace(
        supply,
        elsewhere=supply.elsewhere - {volunteer_id},
        unasked=supply.unasked - {volunteer_id},
    )
    people = supply.volunteer_ids
    fixed = claimed.lines(people)
    shifts = demand.shifts(people, fixed)
    problem = Problem(
        horizon=scope.horizon,
        volunteers=with_room_for_promises(supply.volunteers(), fixed, shifts, scope.horizon),
        shifts=shifts,
        rules=scope.rules,
        apart=supply.apart,
        fixed=fixed,
        forbidden=claimed.forbidden(people),
    )
    return problem, list(fixed)


async def _demand(volunteer_id: UUID, now: datetime, until: datetime) -> Demand:
    homes = await rows(HOME, volunteer_id)
    if not homes:
        raise NotFound
    shift_rows = await rows(OPEN_SHIFTS, now, until, *_square(homes[0]), SHIFTS_LOOKED_AT)
    shift_rows.sort(key=lambda row: row["id"])
    return await demand_of(shift_rows)


def _square(home: dict[str, Any]) -> tuple[float | None, float | None, float, float]:
    """Home, and how many degrees north and east may be within reach."""
    longitude, latitude, limit = (
        home["home_longitude"],
        home["home_latitude"],
        home["max_travel_m"],
    )
    if longitude is None or limit is None:
        return longitude, latitude, 180.0, 360.0
    north = 1.01 * max(limit, NEAR_M) / METRES_PER_DEGREE
    return (
        longitude,
        latitude,
        north,
        north / max(COSINE_LEAST, cos(radians(abs(latitude) + north))),
    )


def _scope(now: datetime, days: int, settings: Settings) -> Scope:
    """The numbers of a round over these days with the default rules, and nobody's subtree: the
    people are those that are named."""
    start = minute_of(now)
    horizon = Horizon(start, start + days * 1440, settings.utc_offset_minutes)
    nowhere, of_minors = UUID(int=0), minors.rules_of(settings)
    return Scope(
        round_id=nowhere,
        organisation_id=nowhere,
        horizon=horizon,
        rules=minors.strict(Rules(), of_minors),
        weights=Weights(),
        minors=of_minors,
        parents={},
        above=[],
    )


def _view(
    volunteer_id: UUID, ranking: Ranking, found: BestShifts, named: dict[UUID, dict[str, Any]]
) -> BestShiftsView:
    def seat(role: int) -> dict[str, Any] | None:
        return named.get(UUID(ranking.seats[role][1].id))

    return BestShiftsView(
        volunteer_id=volunteer_id,
        items=[
            BestShift(
                shift=brief_of(row),
                role=row["key"],
                role_name=row["name"],
                score=each.score,
                about_km=about_km(each.way_m),
                because=list(each.because),
            )
            for each in found.offered
            if (row := seat(each.role))
        ],
        near_but=[
            NotThis(
                shift=brief_of(row),
                role=row["key"],
                role_name=row["name"],
                about_km=whole_km(each.way_m),
                obstacle=each.obstacle,
            )
            for each in found.barred
            if (row := seat(each.role))
        ],
    )
