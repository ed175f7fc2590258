"""A `Problem` as `Tables`. The problem must be free of defects; see `matcher.validate`."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from matcher.problem import Engagement, Location, Problem, Role, Shift, Volunteer
from matcher.rules import merged
from matcher.tables.tables import (
    ANYWHERE,
    NO_LIMIT,
    Assignments,
    Demands,
    Ids,
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

_Places = Mapping[str, int]


def tables_of(problem: Problem) -> Tables:
    """The columns of a problem.

    Names are numbered in their order as text; the skills, groups and likings of a row stand in the
    order of their numbers, whatever the order they were written in. All else keeps its order.
    """
    roles = [role for shift in problem.shifts for role in shift.roles]
    skills = _numbered(
        *(each.skills for each in problem.volunteers),
        *(each.skills for each in roles),
        *([line.skill for line in shift.team] for shift in problem.shifts),
    )
    groups = _numbered(
        *(each.groups for each in problem.volunteers), *(each.groups for each in roles)
    )
    causes = _numbered(
        *(each.likes for each in problem.volunteers),
        [shift.cause for shift in problem.shifts if shift.cause is not None],
    )
    person_at = {each.id: row for row, each in enumerate(problem.volunteers)}
    return Tables(
        horizon=problem.horizon,
        rules=problem.rules,
        weights=problem.weights,
        people=_people(problem.volunteers, skills, groups, causes),
        shifts=_shifts(problem.shifts, skills, causes, person_at),
        roles=_roles(problem.shifts, skills, groups),
        relations=_relations(problem, person_at),
        skills=tuple(skills),
        groups=tuple(groups),
        causes=tuple(causes),
    )


def _numbered(*names: Iterable[str]) -> dict[str, int]:
    return {name: row for row, name in enumerate(sorted(set().union(*names)))}


def _people(
    volunteers: Sequence[Volunteer], skills: _Places, groups: _Places, causes: _Places
) -> People:
    longitude, latitude = _coordinates([each.location for each in volunteers])
    return People(
        id=ids([each.id for each in volunteers]),
        longitude=longitude,
        latitude=latitude,
        max_travel_m=_whole(
            NO_LIMIT if each.max_travel_m is None else each.max_travel_m for each in volunteers
        ),
        age=_whole(each.age for each in volunteers),
        max_minutes=_whole(each.max_minutes for each in volunteers),
        max_minutes_per_day=_whole(each.max_minutes_per_day for each in volunteers),
        max_shifts=_whole(each.max_shifts for each in volunteers),
        served_minutes=_whole(each.served_minutes for each in volunteers),
        skills=_levels([each.skills for each in volunteers], skills),
        groups=_members([each.groups for each in volunteers], groups),
        available=_spans(
            [
                [Engagement(start, end) for start, end in merged(each.available)]
                for each in volunteers
            ]
        ),
        engaged=_spans([each.engaged for each in volunteers]),
        likes=_levels([each.likes for each in volunteers], causes),
    )


def _shifts(
    shifts: Sequence[Shift], skills: _Places, causes: _Places, person_at: _Places
) -> Shifts:
    longitude, latitude = _coordinates([each.location for each in shifts])
    team = [line for shift in shifts for line in shift.team]
    return Shifts(
        id=ids([each.id for each in shifts]),
        project=ids([each.project for each in shifts]),
        start=_whole(each.start_minute for each in shifts),
        end=_whole(each.end_minute for each in shifts),
        longitude=longitude,
        latitude=latitude,
        cause=rows([-1 if each.cause is None else causes[each.cause] for each in shifts]),
        priority=_whole(each.priority for each in shifts),
        cancel_below_minimum=np.array([each.cancel_below_minimum for each in shifts], np.bool_),
        first_role=_first(len(each.roles) for each in shifts),
        team=Demands(
            first=_first(len(each.team) for each in shifts),
            name=rows([skills[line.skill] for line in team]),
            level=np.array([line.level for line in team], np.int8),
        ),
        team_count=_whole(line.count for line in team),
        invited=_lists([[person_at[one] for one in each.invited] for each in shifts]),
    )


def _roles(shifts: Sequence[Shift], skills: _Places, groups: _Places) -> Roles:
    roles: list[Role] = [role for shift in shifts for role in shift.roles]
    return Roles(
        id=ids([each.id for each in roles]),
        shift=rows([row for row, shift in enumerate(shifts) for _ in shift.roles]),
        min=_whole(each.min for each in roles),
        max=_whole(each.max for each in roles),
        min_age=_whole(each.min_age for each in roles),
        max_age=_whole(each.max_age for each in roles),
        skills=_levels([each.skills for each in roles], skills),
        groups=_members([each.groups for each in roles], groups),
    )


def _relations(problem: Problem, person_at: _Places) -> Relations:
    shift_at = {each.id: row for row, each in enumerate(problem.shifts)}
    keys = ((shift.id, role.id) for shift in problem.shifts for role in shift.roles)
    role_at = {key: row for row, key in enumerate(keys)}
    current = [
        line for line in problem.current if line.volunteer in person_at and line.shift in shift_at
    ]
    return Relations(
        together=_lists([[person_at[one] for one in group] for group in problem.together]),
        apart_one=rows([person_at[one] for one, _ in problem.apart]),
        apart_other=rows([person_at[other] for _, other in problem.apart]),
        fixed=Assignments(
            person=rows([person_at[line.volunteer] for line in problem.fixed]),
            role=rows([role_at[line.shift, line.role] for line in problem.fixed]),
        ),
        forbidden_person=rows([person_at[each.volunteer] for each in problem.forbidden]),
        forbidden_shift=rows([shift_at[each.shift] for each in problem.forbidden]),
        forbidden_reason=ids([each.reason for each in problem.forbidden]),
        current_person=rows([person_at[line.volunteer] for line in current]),
        current_shift=rows([shift_at[line.shift] for line in current]),
        current_role=rows([role_at.get((line.shift, line.role), -1) for line in current]),
        current_dropped=len(problem.current) - len(current),
    )


def ids(values: Sequence[str]) -> Ids:
    """Texts as an array of objects, also when there are none."""
    found = np.empty(len(values), np.object_)
    found[:] = values
    return found


def rows(values: Sequence[int]) -> Int32s:
    """Row numbers as an array, also when there are none."""
    return np.array(values, np.int32)


def _whole(values: Iterable[int]) -> Int64s:
    return np.array(list(values), np.int64)


def _first(counts: Iterable[int]) -> Int64s:
    return np.array([0, *np.cumsum(list(counts), dtype=np.int64).tolist()], np.int64)


def _coordinates(locations: Sequence[Location | None]) -> tuple[np.ndarray, np.ndarray]:
    found = np.full((len(locations), 2), ANYWHERE)
    for row, location in enumerate(locations):
        if location is not None:
            found[row] = location
    return found[:, 0].copy(), found[:, 1].copy()


def _lists(lists: Sequence[Sequence[int]]) -> Lists:
    return Lists(
        first=_first(len(each) for each in lists),
        item=rows([item for own in lists for item in own]),
    )


def _members(lists: Sequence[Sequence[str]], places: _Places) -> Lists:
    return _lists([sorted(places[name] for name in own) for own in lists])


def _levels(levels: Sequence[Mapping[str, int]], places: _Places) -> Demands:
    ordered = [sorted((places[name], level) for name, level in own.items()) for own in levels]
    return Demands(
        first=_first(len(own) for own in ordered),
        name=rows([name for own in ordered for name, _ in own]),
        level=np.array([level for own in ordered for _, level in own], np.int8),
    )


def _spans(spans: Sequence[Sequence[Engagement]]) -> Spans:
    listed = [each for own in spans for each in own]
    longitude, latitude = _coordinates([each.location for each in listed])
    return Spans(
        first=_first(len(own) for own in spans),
        start=_whole(each.start_minute for each in listed),
        end=_whole(each.end_minute for each in listed),
        longitude=longitude,
        latitude=latitude,
    )
