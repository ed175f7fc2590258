"""The problem of a round as columns: what `load_problem` says, for a city's worth of people.

People are copied out of the database and never stand as rows; shifts, roles and lines, of which
there are far fewer, are read as `load_problem` reads them.
"""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import pyarrow as pa

from matcher.problem import Line, Problem, Volunteer
from matcher.tables.check_people import people_above_limits
from matcher.tables.of_problem import tables_of
from matcher.tables.parquet.names import rows_of
from matcher.tables.parts import of_people_and_shifts
from matcher.tables.plan_lines import PlanLines
from matcher.tables.seating import owners
from matcher.tables.tables import (
    Assignments,
    Demands,
    Ids,
    Int32s,
    Int64s,
    Lists,
    People,
    Relations,
    Spans,
    Tables,
)
from matcher.tables.to_problem import problem_of
from services.planning.copied_supply import CopiedSupply, copy_supply
from services.planning.demand import Demand, read_demand
from services.planning.digest import read_digest
from services.planning.lines import SEATED, Claimed, read_claimed, read_current, read_together
from services.planning.promises import with_room_for_promises
from services.planning.scope import Scope, one_moment, read_scope
from services.scope import as_system


class LoadedTables(msgspec.Struct, frozen=True, kw_only=True):
    """A round's problem as it stood at one moment; ids are those of the rows.

    `digest` is that of `load_problem`. `places` has the name of the organisation that registered
    each volunteer, in the order of the columns.
    """

    tables: Tables
    digest: str
    places: Ids

    @property
    def volunteers_count(self) -> int:
        """How many people there are to choose from."""
        return len(self.tables.people)

    @property
    def seats_count(self) -> int:
        """How many seats are to be filled."""
        return int(self.tables.roles.max.sum())

    @property
    def promised(self) -> set[tuple[str, str]]:
        """The volunteer and role of each line that the plan must keep."""
        fixed = self.tables.relations.fixed
        people, roles = self.tables.people.id[fixed.person], self.tables.roles.id[fixed.role]
        return set(zip(people.tolist(), roles.tolist(), strict=True))


@as_system
async def load_tables(round_id: UUID) -> LoadedTables:
    """The problem of a round, from one moment of the database; NotFound if there is none."""
    async with one_moment():
        read = await _read(round_id)
    # A city's worth of rows takes longer than the loop may be kept from the heartbeat.
    return await asyncio.to_thread(_loaded, read)


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was read for a problem."""

    scope: Scope
    demand: Demand
    claimed: Claimed
    together: list[list[UUID]]
    supply: CopiedSupply
    current: tuple[Line, ...]
    digest: str


async def _read(round_id: UUID) -> _Read:
    scope = await read_scope(round_id)
    demand = await read_demand(scope)
    claimed = await read_claimed(demand)
    together = await read_together(scope)
    tied = {row["volunteer_id"] for row in claimed.fixed}.union(*together)
    return _Read(
        scope=scope,
        demand=demand,
        claimed=claimed,
        together=together,
        supply=await copy_supply(scope, tied, demand.shift_ids, SEATED),
        current=await read_current(scope, demand),
        digest=await read_digest(round_id),
    )


def _loaded(read: _Read) -> LoadedTables:
    frame, people_rows = _frame(read)
    skills, groups, causes = (
        pa.array(sorted({*own, *names.to_pylist()}), pa.large_string())
        for own, names in zip(
            (frame.skills, frame.groups, frame.causes), read.supply.names(), strict=True
        )
    )
    tables = Tables(
        horizon=frame.horizon,
        rules=frame.rules,
        weights=frame.weights,
        people=read.supply.people(skills, groups, causes),
        shifts=replace(
            frame.shifts,
            cause=_renumbered(frame.shifts.cause, frame.causes, causes),
            team=_demands(frame.shifts.team, frame.skills, skills),
            invited=_members(frame.shifts.invited, people_rows),
        ),
        roles=replace(
            frame.roles,
            skills=_demands(frame.roles.skills, frame.skills, skills),
            groups=_members(frame.roles.groups, rows_of(_texts(frame.groups), groups)),
        ),
        relations=_relations(frame.relations, people_rows),
        skills=tuple(skills.to_pylist()),
        groups=tuple(groups.to_pylist()),
        causes=tuple(causes.to_pylist()),
    )
    return LoadedTables(tables=with_room(tables), digest=read.digest, places=read.supply.places())


def _frame(read: _Read) -> tuple[Tables, Int32s]:
    """The problem with only those people whom a line or list names, and their rows among all."""
    named = _named(read)
    at = rows_of(pa.array([str(each) for each in named], pa.string()), read.supply.ids)
    people = frozenset(each for each, row in zip(named, at.tolist(), strict=True) if row >= 0)
    fixed = read.claimed.lines(people)
    together = [[str(each) for each in group if each in people] for group in read.together]
    problem = Problem(
        horizon=read.scope.horizon,
        volunteers=tuple(Volunteer(str(each)) for each in named if each in people),
        shifts=read.demand.shifts(people, fixed),
        rules=read.scope.rules,
        weights=read.scope.weights,
        together=tuple(tuple(group) for group in together),
        apart=tuple((str(row["one_id"]), str(row["other_id"])) for row in read.supply.apart),
        fixed=fixed,
        forbidden=read.claimed.forbidden(people),
        current=read.current,
    )
    return tables_of(problem), at[at >= 0]


def _named(read: _Read) -> list[UUID]:
    """Everybody whom a line or list names, whether they are in the problem or not."""
    found = {row["volunteer_id"] for row in read.claimed.fixed}
    found.update(person for person, _, _ in read.claimed.against)
    found.update(*read.together)
    for row in read.supply.apart:
        found.update((row["one_id"], row["other_id"]))
    for invited in read.demand.invited.values():
        found.update(row["volunteer_id"] for row in invited)
    found.update(UUID(line.volunteer) for line in read.current)
    return sorted(found)


def _texts(names: tuple[str, ...]) -> Any:
    return pa.array(names, pa.large_string())


def _renumbered(rows: Int32s, names: tuple[str, ...], all_names: Any) -> Int32s:
    # The last place is for -1, which stays.
    places = np.append(rows_of(_texts(names), all_names), np.int32(-1))
    found: Int32s = places[rows]
    return found


def _demands(demands: Demands, names: tuple[str, ...], all_names: Any) -> Demands:
    return replace(demands, name=_renumbered(demands.name, names, all_names))


def _members(lists: Lists, places: Int32s) -> Lists:
    return Lists(lists.first, places[lists.item])


def _relations(relations: Relations, people: Int32s) -> Relations:
    return replace(
        relations,
        together=_members(relations.together, people),
        apart_one=people[relations.apart_one],
        apart_other=people[relations.apart_other],
        fixed=Assignments(people[relations.fixed.person], relations.fixed.role),
        forbidden_person=people[relations.forbidden_person],
        current_person=people[relations.current_person],
    )


def with_room(tables: Tables) -> Tables:
    """`with_room_for_promises` over columns: it is asked only about those who lack the room."""
    lines = PlanLines(tables, tables.relations.fixed)
    rows = people_above_limits(lines)
    if not len(rows):
        return tables
    shifts = np.unique(lines.shift[np.isin(lines.person, rows)])
    part = problem_of(of_people_and_shifts(tables, rows, shifts))
    roomy = with_room_for_promises(part.volunteers, part.fixed, part.shifts, part.horizon)
    columns = {}
    for name in ("max_minutes", "max_minutes_per_day", "max_shifts"):
        columns[name] = getattr(tables.people, name).copy()
        columns[name][rows] = [getattr(each, name) for each in roomy]
    people = replace(tables.people, **columns, available=_without(tables.people, rows))
    return replace(tables, people=people)


def _without(people: People, rows: Int64s) -> Spans:
    """The availability of everybody but these."""
    spans = people.available
    gone = np.zeros(len(people), np.bool_)
    gone[rows] = True
    kept = ~gone[owners(spans.first)]
    counts = np.where(gone, 0, np.diff(spans.first))
    return Spans(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        spans.start[kept],
        spans.end[kept],
        spans.longitude[kept],
        spans.latitude[kept],
    )
