"""The part of a round's problem that a seat can have to do with, read from the tables."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from matcher.problem import Line, Problem
from services.database import rows
from services.errors import NotFound
from services.planning.demand import OPEN_SHIFTS, demand_of
from services.planning.lines import SEATED, lines_of, read_claimed, read_together
from services.planning.promises import with_room_for_promises
from services.planning.scope import Scope, instant, minute_of, one_moment, read_scope
from services.planning.supply import Supply, read_supply
from services.scope import as_system
from services.standing_in.looking import read_candidates, read_nearest, read_present

CREW = (
    "SELECT c.volunteer_id FROM claim c WHERE c.shift_id = $1 AND c.state = ANY($2::varchar[]) "
    "UNION SELECT l.volunteer_id FROM plan_line l JOIN plan p ON p.id = l.plan_id "
    "WHERE p.round_id = $3 AND l.shift_id = $1"
)
# The shift ($4), and those of the scope on which the people ($5) are promised or planned.
SHIFTS = (
    OPEN_SHIFTS + " AND s.id IN (SELECT $4::uuid UNION SELECT c.shift_id FROM claim c "
    "WHERE c.volunteer_id = ANY($5::uuid[]) AND c.state = ANY($6::varchar[]) "
    "UNION SELECT l.shift_id FROM plan_line l JOIN plan p ON p.id = l.plan_id "
    "WHERE p.round_id = $7 AND l.volunteer_id = ANY($5::uuid[])) ORDER BY s.id"
)
PLANNED = (
    "SELECT l.volunteer_id, l.shift_id, l.role_id FROM plan_line l JOIN plan p ON p.id = l.plan_id "
    "WHERE p.round_id = $1 AND l.volunteer_id = ANY($2::uuid[]) "
    "ORDER BY l.volunteer_id, l.shift_id, l.role_id"
)
INVITED = "SELECT volunteer_id FROM invitation WHERE shift_id = $1"


class SeatProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What decides who takes a seat, and nothing else of the round.

    `asked` are those whom the answer may name; the others of the problem are their friends. All
    that the plan proposes to the people of the problem is `planned`.
    """

    problem: Problem
    planned: tuple[Line, ...]
    asked: frozenset[str]


@as_system
async def read_seat_problem(round_id: UUID, seat: dict[str, Any]) -> SeatProblem:
    """The problem of a seat (a row with `id` and `shift_id` of its role, and when the shift is), as
    it stood at one moment. NotFound where the round does not plan its shift."""
    async with one_moment():
        return await _read(await read_scope(round_id), seat)


async def _read(scope: Scope, seat: dict[str, Any]) -> SeatProblem:
    shift_id = seat["shift_id"]
    asked = await _asked(scope, seat)
    together = await read_together(scope, asked)
    people = await read_present(scope, asked.union(*together))
    ends = instant(scope.horizon.start_minute), instant(scope.horizon.end_minute)
    of_people = shift_id, sorted(people), SEATED, scope.round_id
    shift_rows = await rows(SHIFTS, scope.organisations, *ends, *of_people)
    if shift_id not in {row["id"] for row in shift_rows}:
        raise NotFound
    demand = await demand_of(shift_rows, asked=shift_id)
    claimed = await read_claimed(demand, of=people)
    supply = await _supply(scope, people, demand.shift_ids)
    present = supply.volunteer_ids
    invited = {row["volunteer_id"] for row in await rows(INVITED, shift_id)}
    fixed = claimed.lines(present)
    # Whoever is invited counts, also if nobody looks at them.
    shifts = demand.shifts(present | frozenset(await read_present(scope, invited)), fixed)
    problem = Problem(
        horizon=scope.horizon,
        volunteers=with_room_for_promises(supply.volunteers(), fixed, shifts, scope.horizon),
        shifts=shifts,
        rules=scope.rules,
        weights=scope.weights,
        together=tuple(tuple(map(str, group)) for group in together),
        apart=supply.apart,
        fixed=fixed,
        forbidden=claimed.forbidden(present),
    )
    planned = lines_of(await rows(PLANNED, scope.round_id, sorted(people)))
    return SeatProblem(
        problem=problem, planned=planned, asked=frozenset(map(str, asked & people.keys()))
    )


async def _asked(scope: Scope, seat: dict[str, Any]) -> set[UUID]:
    """Everybody who could take the seat or lives near it, and who is on the shift now."""
    crew = await rows(CREW, seat["shift_id"], SEATED, scope.round_id)
    first, end = minute_of(seat["starts_at"]), minute_of(seat["ends_at"])
    return {
        *(row["volunteer_id"] for row in crew),
        *await read_candidates(scope, seat["id"], first, end),
        *await read_nearest(scope, seat["id"]),
    }


async def _supply(scope: Scope, people: dict[UUID, bool], shift_ids: list[UUID]) -> Supply:
    """These people alone. Whether they are of the scope is known, so its tree is not asked."""
    alone = msgspec.structs.replace(scope, parents={})
    supply = await read_supply(alone, people, shift_ids, SEATED)
    elsewhere = frozenset(person for person, is_of_scope in people.items() if not is_of_scope)
    return replace(supply, elsewhere=elsewhere)
