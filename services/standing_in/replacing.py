"""Somebody cannot come: who could take the seat, by the same rules that made the plan."""

import asyncio
from typing import Any
from uuid import UUID

from matcher.lookup import Lookup
from matcher.problem import Line
from matcher.ranking import Replacements
from matcher.repair.changes import DropOut, apply
from services import rights
from services.database import rows
from services.errors import Defect, Invalid, NotFound
from services.rights import Actor, Right, acting
from services.shifts import ShiftBrief
from services.standing_in.ranking import as_things_stand, ranked_in_parts
from services.standing_in.seat_problem import SeatProblem, read_seat_problem
from services.standing_in.types import (
    Away,
    ReplacementsQuery,
    ReplacementsView,
    Seated,
    StandIn,
)
from services.subtrees import SUBTREE

AWAY_MOST = 5
KILOMETRE_M = 1000

# Not with the summary of its plan, which counts a city's lines.
ROUND = (
    f"{SUBTREE} SELECT r.organisation_id, p.id AS plan_id FROM round r "
    "JOIN subtree ON subtree.id = r.organisation_id LEFT JOIN plan p ON p.round_id = r.id "
    "WHERE r.id = $2"
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
    found = await rows(ROUND, rights.require_anywhere(actor, Right.SEE_WORK), round_id)
    if not found:
        raise NotFound
    await rights.require(actor, Right.SEE_PEOPLE, found[0]["organisation_id"])
    seats = await rows(SEAT, role_id)
    if found[0]["plan_id"] is None or not seats:
        raise NotFound
    problem = await read_seat_problem(round_id, seats[0])
    # What takes long is done beside the loop.
    names, ranked, seated = await asyncio.to_thread(_answer, problem, seats[0], query)
    return await _view(round_id, seats[0], names, ranked, query, seated)


def _answer(
    found: SeatProblem, seat: dict[str, Any], query: ReplacementsQuery
) -> tuple[list[str], Replacements, list[UUID]]:
    """The people of the problem by row, the answer, and who has a seat of the role."""
    problem, line_of_role = found.problem, (str(seat["shift_id"]), str(seat["id"]))
    if line_of_role not in Lookup(problem).roles:
        raise NotFound
    standing = as_things_stand(problem, found.planned)
    seated = [UUID(line.volunteer) for line in standing if line.role == line_of_role[1]]
    if query.instead_of is not None:
        on_seat = Line(str(query.instead_of), *line_of_role)
        if on_seat not in standing:
            raise Invalid([Defect("instead_of", "unknown_id")])
        problem = apply(problem, [DropOut(on_seat.volunteer, on_seat.shift)])
        standing = as_things_stand(problem, found.planned)
    # One more of those kept away: it may be the one whose seat it is.
    ranked = ranked_in_parts(
        problem, standing, line_of_role, found.asked, (query.limit, AWAY_MOST + 1)
    )
    return [each.id for each in problem.volunteers], ranked, seated


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
