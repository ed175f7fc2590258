"""The problem of a round, read from the tables in a few set-based statements."""

import asyncio
from uuid import UUID

import msgspec

from matcher.problem import Line, Problem
from services.planning.demand import Demand, read_demand
from services.planning.digest import read_digest
from services.planning.lines import SEATED, Claimed, read_claimed, read_current, read_together
from services.planning.promises import with_room_for_promises
from services.planning.scope import Scope, one_moment, read_scope
from services.planning.supply import Supply, read_supply
from services.scope import as_system


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """A round's problem as it stood at one moment; ids are those of the rows.

    `digest` names it (`services.planning.digest`), so that a later look tells whether data moved.
    """

    problem: Problem
    digest: str

    @property
    def volunteers_count(self) -> int:
        """How many people there are to choose from."""
        return len(self.problem.volunteers)

    @property
    def seats_count(self) -> int:
        """How many seats are to be filled."""
        return sum(role.max for shift in self.problem.shifts for role in shift.roles)

    @property
    def promised(self) -> set[tuple[str, str]]:
        """The volunteer and role of each line that the plan must keep."""
        return {(line.volunteer, line.role) for line in self.problem.fixed}


@as_system
async def load_problem(round_id: UUID) -> Loaded:
    """The problem of a round, from one moment of the database; NotFound if there is none."""
    async with one_moment():
        return await read_problem(round_id)


@as_system
async def read_problem(round_id: UUID) -> Loaded:
    """`load_problem` inside the caller's transaction, of which it sees what the caller sees.

    Should the rows move while it reads, lines that name what is gone are left out.
    """
    scope = await read_scope(round_id)
    demand = await read_demand(scope)
    claimed = await read_claimed(demand)
    together = await read_together(scope)
    tied = {row["volunteer_id"] for row in claimed.fixed}.union(*together)
    supply = await read_supply(scope, tied, demand.shift_ids, SEATED)
    current = await read_current(scope, demand)
    read = Read(
        scope=scope,
        demand=demand,
        claimed=claimed,
        together=together,
        supply=supply,
        current=current,
        digest=await read_digest(round_id),
    )
    # A city's worth of rows takes longer than the loop may be kept from the heartbeat.
    return await asyncio.to_thread(_loaded, read)


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was read for a problem."""

    scope: Scope
    demand: Demand
    claimed: Claimed
    together: list[list[UUID]]
    supply: Supply
    current: tuple[Line, ...]
    digest: str


def _loaded(read: Read) -> Loaded:
    horizon, people = read.scope.horizon, read.supply.volunteer_ids
    fixed = read.claimed.lines(people)
    shifts = read.demand.shifts(people, fixed)
    together = [[str(each) for each in group if each in people] for group in read.together]
    problem = Problem(
        horizon=horizon,
        volunteers=with_room_for_promises(read.supply.volunteers(), fixed, shifts, horizon),
        shifts=shifts,
        rules=read.scope.rules,
        weights=read.scope.weights,
        together=tuple(tuple(group) for group in together),
        apart=read.supply.apart,
        fixed=fixed,
        forbidden=read.claimed.forbidden(people),
        current=read.current,
    )
    return Loaded(problem=problem, digest=read.digest)
