"""Somebody cannot come: who could take the seat, by the same rules that made the plan."""

import asyncio
from typing import Any
from uuid import UUID

from matcher.lookup import Lookup
from matcher.problem import Line, Problem
from matcher.ranking import Ranking, Replacements
from matcher.repair.changes import DropOut, apply
from services import rights, rounds
from services.database import rows
from services.errors import Defect, Invalid, NotFound
from services.planning.lines import lines_of
from services.planning.loading import read_problem
from services.rights import Actor, Right, acting
from services.shifts import ShiftBrief
from services.standing_in.types import (
    Away,
    ReplacementsQuery,
    ReplacementsView,
    Seated,
    StandIn,
)

AWAY_MOST = 5
KILOMETRE_M = 1000

LINES = (
    "SELECT l.volunteer_id, l.shift_id, l.role_id FROM plan_line l JOIN plan p ON p.id = l.plan_id "
    "WHERE p.round_id = $1 ORDER BY l.volunteer_id, l.shift_id, l.role_id"
)
SEAT = (
    "SELECT r.id, r.key, r.name, r.shift_id, s.place, s.starts_at, s.ends_at, j.name AS project "
    "FROM role r JOIN shift s ON s.id = r.shift_id JOIN project j ON j.id = s.project_id "
    "WHERE r.id = $1"
)
NAMES = "SELECT id, name FROM volunteer WHERE id = ANY($1::uuid[]) AND state = 'active'"


@acting
async def replacements(
    actor: Actor, round_id: UUID, role_id: UUID, query: ReplacementsQuery
) -> ReplacementsView:
    """Who could take a seat of a role of the round now, with reasons; nobody is asked by it.

    What is promised and what the round's plan still proposes are taken as they are. NotFound while
    the round has no plan, and for a role that it does not plan.
    """
    round_ = await rounds.get(actor, round_id)
    await rights.require(actor, Right.SEE_PEOPLE, round_.organisation_id)
    seats = await rows(SEAT, role_id)
    if round_.plan is None or not seats:
        raise NotFound
    problem = (await read_problem(round_id)).problem
    planned = lines_of(await rows(LINES, round_id))
    # A city's worth of people takes longer than the loop may be kept.
    names, found = await asyncio.to_thread(_ranked, problem, planned, seats[0], query)
    seated = [
        UUID(line.volunteer)
        for line in _as_things_stand(problem, planned)
        if line.role == str(role_id)
    ]
    return await _view(round_id, seats[0], names, found, query, seated)


def _ranked(
    problem: Problem, planned: tuple[Line, ...], seat: dict[str, Any], query: ReplacementsQuery
) -> tuple[list[str], Replacements]:
    """The people of the problem by row, and the answer."""
    shift_id, role_id = str(seat["shift_id"]), str(seat["id"])
    if (shift_id, role_id) not in Lookup(problem).roles:
        raise NotFound
    if query.instead_of is not None:
        on_seat = Line(str(query.instead_of), shift_id, role_id)
        if on_seat not in _as_things_stand(problem, planned):
            raise Invalid([Defect("instead_of", "unknown_id")])
        problem = apply(problem, [DropOut(on_seat.volunteer, shift_id)])
    ranking = Ranking(problem, _as_things_stand(problem, planned))
    role = ranking.role_at[shift_id, role_id]
    # One more of those kept away: it may be the one whose seat it is.
    found = ranking.replacements(role, query.limit, AWAY_MOST + 1)
    return [each.id for each in problem.volunteers], found


def _as_things_stand(problem: Problem, planned: tuple[Line, ...]) -> list[Line]:
    """What is promised, and what the plan proposes to people who have not said no since."""
    lookup = Lookup(problem)
    promised = {(line.volunteer, line.shift) for line in problem.fixed}
    proposed = [
        line
        for line in planned
        if lookup.knows(line)
        and (line.volunteer, line.shift) not in promised
        and (line.volunteer, line.shift) not in lookup.forbidden
    ]
    return [*problem.fixed, *proposed]


async def _view(
    round_id: UUID,
    seat: dict[str, Any],
    names: list[str],
    found: Replacements,
    query: ReplacementsQuery,
    seated: list[UUID],
) -> ReplacementsView:
    rows_named = [each.person for each in found.candidates]
    rows_named += [each.person for each in found.kept_away]
    people = [UUID(names[row]) for row in rows_named]
    # Read as the actor: whoever they may not see is not named.
    name_of = {row["id"]: row["name"] for row in await rows(NAMES, [*people, *seated])}
    candidates, away = found.candidates, found.kept_away
    items = zip(candidates, people[: len(candidates)], strict=True)
    kept_away = zip(away, people[len(candidates) :], strict=True)
    return ReplacementsView(
        round_id=round_id,
        shift=brief_of(seat),
        role_id=seat["id"],
        role=seat["key"],
        role_name=seat["name"],
        instead_of=query.instead_of,
        seated=[
            Seated(volunteer_id=person, name=name_of[person])
            for person in seated
            if person in name_of
        ],
        items=[
            StandIn(
                volunteer_id=person,
                name=name_of[person],
                score=each.score,
                about_km=about_km(each.way_m),
                because=list(each.because),
            )
            for each, person in items
            if person in name_of
        ],
        away=[
            Away(
                volunteer_id=person,
                name=name_of[person],
                about_km=whole_km(each.way_m),
                obstacle=each.obstacle,
            )
            for each, person in kept_away
            if person in name_of and person != query.instead_of
        ][:AWAY_MOST],
    )


def brief_of(row: dict[str, Any]) -> ShiftBrief:
    """The shift of a row of `SEAT`."""
    return ShiftBrief(
        id=row["shift_id"],
        project_name=row["project"],
        place=row["place"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
    )


def about_km(way_m: int | None) -> int | None:
    """A way in whole kilometres, rounded up, so that no home can be found from it."""
    return None if way_m is None else whole_km(way_m)


def whole_km(way_m: int) -> int:
    """At least one."""
    return max(1, -(-way_m // KILOMETRE_M))
