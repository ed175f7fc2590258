"""A part of a problem: some of its people and shifts, with all that lies between them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matcher.tables.tables import (
    Assignments,
    Bools,
    Demands,
    Int32s,
    Int64s,
    Lists,
    People,
    Relations,
    Roles,
    Shifts,
    Spans,
    Tables,
)

Rows = NDArray[np.int32] | NDArray[np.int64]


def of_people_and_shifts(tables: Tables, people: Rows, shifts: Rows) -> Tables:
    """The problem of these people and shifts alone, in the order given; names keep their numbers.

    Lines, pairs and invitations that reach outside are left out; a group keeps its members inside.
    """
    at = _Renumbering(tables, people, shifts)
    return replace(
        tables,
        people=people_in_order(tables.people, people),
        shifts=_shifts(tables.shifts, shifts, at),
        roles=_roles(tables.roles, at),
        relations=_relations(tables.relations, at),
    )


class _Renumbering:
    """Where people, shifts and roles stand in the part; -1 for those outside."""

    def __init__(self, tables: Tables, people: Rows, shifts: Rows) -> None:
        self.person = _places(len(tables.people), people)
        self.shift = _places(len(tables.shifts), shifts)
        self.roles, self.first_role = _items(tables.shifts.first_role, shifts)
        self.role = _places(len(tables.roles), self.roles)


def _places(length: int, rows: Rows) -> Int32s:
    found = np.full(length, -1, np.int32)
    found[rows] = np.arange(len(rows), dtype=np.int32)
    return found


def _items(first: Int64s, rows: Rows) -> tuple[Int64s, Int64s]:
    """The items of these rows one after another, and where each row's then begin."""
    counts = np.diff(first)[rows]
    begins = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    items = np.arange(begins[-1]) + np.repeat(first[:-1][rows] - begins[:-1], counts)
    return items, begins


def _demands(demands: Demands, rows: Rows) -> Demands:
    items, first = _items(demands.first, rows)
    return Demands(first, demands.name[items], demands.level[items])


def _lists(lists: Lists, rows: Rows) -> Lists:
    items, first = _items(lists.first, rows)
    return Lists(first, lists.item[items])


def _members(lists: Lists, places: Int32s) -> Lists:
    """The lists with their items renumbered, without those outside."""
    item = places[lists.item]
    inside = np.concatenate([[0], np.cumsum(item >= 0)]).astype(np.int64)
    return Lists(inside[lists.first], item[item >= 0])


def _spans(spans: Spans, rows: Rows) -> Spans:
    items, first = _items(spans.first, rows)
    return Spans(
        first,
        spans.start[items],
        spans.end[items],
        spans.longitude[items],
        spans.latitude[items],
    )


def people_in_order(people: People, rows: Rows) -> People:
    """These rows of the people, in the order given; names keep their numbers."""
    return People(
        id=people.id[rows],
        longitude=people.longitude[rows],
        latitude=people.latitude[rows],
        max_travel_m=people.max_travel_m[rows],
        age=people.age[rows],
        max_minutes=people.max_minutes[rows],
        max_minutes_per_day=people.max_minutes_per_day[rows],
        max_shifts=people.max_shifts[rows],
        served_minutes=people.served_minutes[rows],
        skills=_demands(people.skills, rows),
        groups=_lists(people.groups, rows),
        available=_spans(people.available, rows),
        engaged=_spans(people.engaged, rows),
        likes=_demands(people.likes, rows),
    )


def _shifts(shifts: Shifts, rows: Rows, at: _Renumbering) -> Shifts:
    team_lines, _ = _items(shifts.team.first, rows)
    return Shifts(
        id=shifts.id[rows],
        project=shifts.project[rows],
        start=shifts.start[rows],
        end=shifts.end[rows],
        longitude=shifts.longitude[rows],
        latitude=shifts.latitude[rows],
        cause=shifts.cause[rows],
        priority=shifts.priority[rows],
        cancel_below_minimum=shifts.cancel_below_minimum[rows],
        first_role=at.first_role,
        team=_demands(shifts.team, rows),
        team_count=shifts.team_count[team_lines],
        invited=_members(_lists(shifts.invited, rows), at.person),
    )


def _roles(roles: Roles, at: _Renumbering) -> Roles:
    rows = at.roles
    return Roles(
        id=roles.id[rows],
        shift=at.shift[roles.shift[rows]],
        min=roles.min[rows],
        max=roles.max[rows],
        min_age=roles.min_age[rows],
        max_age=roles.max_age[rows],
        skills=_demands(roles.skills, rows),
        groups=_lists(roles.groups, rows),
    )


def _relations(relations: Relations, at: _Renumbering) -> Relations:
    one, other = at.person[relations.apart_one], at.person[relations.apart_other]
    apart = (one >= 0) & (other >= 0)
    fixed = Assignments(at.person[relations.fixed.person], at.role[relations.fixed.role])
    kept = (fixed.person >= 0) & (fixed.role >= 0)
    never = at.person[relations.forbidden_person], at.shift[relations.forbidden_shift]
    barred = _both(*never)
    last = at.person[relations.current_person], at.shift[relations.current_shift]
    stays = _both(*last)
    role = relations.current_role[stays]
    return Relations(
        together=_members(relations.together, at.person),
        apart_one=one[apart],
        apart_other=other[apart],
        fixed=Assignments(fixed.person[kept], fixed.role[kept]),
        forbidden_person=never[0][barred],
        forbidden_shift=never[1][barred],
        forbidden_reason=relations.forbidden_reason[barred],
        current_person=last[0][stays],
        current_shift=last[1][stays],
        # No row at all stands for a role that is gone.
        current_role=np.where(role < 0, -1, at.role[role]) if len(at.role) else role,
        current_dropped=0,
    )


def _both(one: Int32s, other: Int32s) -> Bools:
    found: Bools = (one >= 0) & (other >= 0)
    return found
