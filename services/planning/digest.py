"""A short name of everything that makes a round's problem, counted up inside the database.

Whether data moved under a plan is asked often, of rounds of any size: no row leaves the database
for it. Each kind of row is one statement: how many there are, and the sum of their hashes, which
does not care in which order they are found.
"""

import hashlib
from collections.abc import Iterator
from uuid import UUID

import msgspec

from services.database import rows
from services.planning import demand, lines, supply
from services.planning.scope import Scope, instant, read_scope
from services.scope import as_system

_FIGURES = (
    "SELECT count(*) AS rows, coalesce(sum(hash_record_extended(found, 0)), 0)::text AS hashes "
    "FROM ({}) AS found"
)
# Who came, or said yes to an offer, holds the same seat as before: states are not in it.
_FIXED = (
    "SELECT volunteer_id, shift_id, role_id FROM claim "
    "WHERE shift_id = ANY($1::uuid[]) AND state = ANY($2::varchar[])"
)
_OF_PEOPLE = "JOIN people ON people.id = of.volunteer_id WHERE of.shift_id = ANY($5::uuid[])"
_INVITED = supply.PEOPLE + f"SELECT of.shift_id, of.volunteer_id FROM invitation of {_OF_PEOPLE}"
_EXCLUDED = (
    supply.PEOPLE + f"SELECT of.volunteer_id, of.shift_id, of.reason FROM exclusion of {_OF_PEOPLE}"
)
_BLOCKED = (
    supply.PEOPLE
    + f"SELECT of.volunteer_id, of.shift_id FROM ({lines.BLOCKED.format(shifts='$5')}) of "
    + _OF_PEOPLE
)
_AGAINST = (
    supply.PEOPLE + "SELECT DISTINCT of.volunteer_id, of.shift_id, of.state FROM claim of "
    f"{_OF_PEOPLE} AND of.state = ANY($6::varchar[])"
)
_WINDOWS = f"SELECT * FROM ({supply.WINDOWS}) AS every WHERE weekday = ANY($5::int[])"
_TIED = (
    "SELECT DISTINCT volunteer_id AS id FROM claim "
    "WHERE shift_id = ANY($1::uuid[]) AND state = ANY($2::varchar[])"
)

_Asked = tuple[str, tuple[object, ...]]


@as_system
async def read_digest(round_id: UUID) -> str:
    """The name of a round's problem as it stands now; NotFound if there is no such round.

    Another name means that a row moved; the same name, that none did that the problem is made of.
    Of several statements each may see a later moment than the one before, where the caller's
    transaction does not hold one still.
    """
    scope = await read_scope(round_id)
    shift_rows = await rows(demand.SHIFTS, scope.organisations, *_horizon(scope))
    shifts = [row["id"] for row in shift_rows]
    together = await lines.read_together(scope)
    tied = {row["id"] for row in await rows(_TIED, shifts, lines.SEATED)}.union(*together)
    members = scope.organisations, scope.first_day, scope.last_day
    outside = await rows(supply.ELSEWHERE, *members, sorted(tied))
    people = *members, [row["id"] for row in outside]
    last = await lines.last_plans(scope, shift_rows)
    found = hashlib.sha256(
        msgspec.json.encode((scope.horizon, scope.rules, scope.weights, together, people[3]))
    )
    asked = [
        *_of_shifts(scope, shifts),
        *_of_people(scope, people, shifts),
        (lines.PLAN_LINES, (list(last.values()), list(last))),
    ]
    for statement, arguments in asked:
        figures = (await rows(_FIGURES.format(_unordered(statement)), *arguments))[0]
        found.update(f"{figures['rows']} {figures['hashes']};".encode())
    return found.hexdigest()


def _horizon(scope: Scope) -> tuple[object, object]:
    return instant(scope.horizon.start_minute), instant(scope.horizon.end_minute)


def _of_shifts(scope: Scope, shifts: list[UUID]) -> Iterator[_Asked]:
    yield demand.SHIFTS, (scope.organisations, *_horizon(scope))
    for statement in (demand.ROLES, demand.ROLE_SKILLS, demand.ROLE_GROUPS, demand.TEAM_LINES):
        yield statement, (shifts,)
    yield _FIXED, (shifts, lines.SEATED)


def _of_people(scope: Scope, people: tuple[object, ...], shifts: list[UUID]) -> Iterator[_Asked]:
    for statement in (supply.VOLUNTEERS, supply.MEMBERSHIPS, supply.SKILLS, supply.LIKES):
        yield statement, people
    yield _WINDOWS, (*people, scope.weekdays)
    yield supply.EXCEPTIONS, (*people, *_horizon(scope))
    yield supply.ENGAGEMENTS, (*people, *scope.nearby, shifts, lines.SEATED)
    yield supply.APART, people
    yield _INVITED, (*people, shifts)
    yield _EXCLUDED, (*people, shifts)
    yield _BLOCKED, (*people, shifts)
    yield _AGAINST, (*people, shifts, lines.AGAINST)


def _unordered(statement: str) -> str:
    """The statement without its order, which comes last and would only be work here."""
    head, order, tail = statement.rpartition(" ORDER BY ")
    return head if order and ")" not in tail else statement
