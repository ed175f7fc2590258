"""The tables of shifts and of roles."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.problem import Horizon
from matcher.tables.parquet.columns import Column, codes_of, owner_of, repeated
from matcher.tables.parquet.folders import Folder, Table
from matcher.tables.parquet.names import Named, ids_of, rows_of
from matcher.tables.parquet.supply_reading import (
    note_ends,
    note_repeated_members,
    read_ids,
    read_levels,
    read_location,
    read_names,
)
from matcher.tables.tables import Bools, Floats, Int32s, Int64s, Lists, Roles, Shifts

Arrow = Any

_SHIFT_OPTIONAL = "cause location priority cancel_below_minimum team invited"
_OF_HORIZON = ("problem.json", "horizon", "horizon.start", "horizon.end")
_ROLE_OPTIONAL = "min skills min_age max_age groups"


@dataclass(frozen=True, slots=True)
class Demand:
    """Shifts and roles as read, while names have no numbers yet. Roles stand shift by shift."""

    ids: Arrow
    projects: Arrow
    start: Int64s
    end: Int64s
    longitude: Floats
    latitude: Floats
    causes: Arrow
    priority: Int64s
    cancel_below_minimum: Bools
    team: Named
    team_levels: Int64s
    team_count: Int64s
    invited: Lists
    role_ids: Arrow
    role_shift: Int32s
    numbers: dict[str, Int64s]
    skills: Named
    skill_levels: Int64s
    groups: Named

    def shifts(self, skills: Arrow, causes: Arrow) -> Shifts:
        """The shifts, with the numbers of these names."""
        counts = np.bincount(self.role_shift[self.role_shift >= 0], minlength=len(self.ids))
        return Shifts(
            id=ids_of(self.ids),
            project=ids_of(self.projects),
            start=self.start,
            end=self.end,
            longitude=self.longitude,
            latitude=self.latitude,
            cause=rows_of(self.causes, causes),
            priority=self.priority,
            cancel_below_minimum=self.cancel_below_minimum,
            first_role=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            team=self.team.in_their_order(skills, self.team_levels),
            team_count=self.team_count,
            invited=self.invited,
        )

    def roles(self, skills: Arrow, groups: Arrow) -> Roles:
        """The roles, with the numbers of these names."""
        return Roles(
            id=ids_of(self.role_ids),
            shift=self.role_shift,
            **self.numbers,
            skills=self.skills.demands(skills, self.skill_levels),
            groups=self.groups.lists(groups),
        )


def read_demand(folder: Folder, horizon: Horizon, people: Arrow) -> Demand:
    """Shifts and roles; everything wrong with a row by itself is noted, and whom it invites."""
    table = folder.table("shifts", "id project start end", _SHIFT_OPTIONAL)
    ids = read_ids(table)
    start, end = _times(table, horizon)
    longitude, latitude = read_location(table.column("location"))
    team, team_levels, team_count = _team(table.column("team"))
    return Demand(
        ids=ids,
        projects=table.column("project").texts(),
        start=start,
        end=end,
        longitude=longitude,
        latitude=latitude,
        causes=_causes(table.column("cause")),
        priority=table.column("priority").whole(5, 1, 10),
        cancel_below_minimum=table.column("cancel_below_minimum").flags(stand_in=False),
        team=team,
        team_levels=team_levels,
        team_count=team_count,
        invited=_invited(table.column("invited"), people),
        **_roles(folder, ids),
    )


def _times(table: Table, horizon: Horizon) -> tuple[Int64s, Int64s]:
    columns = table.column("start"), table.column("end")
    start, end = columns[0].minutes(), columns[1].minutes()
    note_ends(*columns, start, end)
    for column, minute in zip(columns, (start, end), strict=True):
        outside = (minute < horizon.start_minute) | (minute > horizon.end_minute)
        for row in np.nonzero(outside)[0].tolist():
            needs = (*_OF_HORIZON, column.name)
            table.defects.add(column.place(row), "outside_horizon", needs=needs)
    return start, end


def _causes(column: Column) -> Arrow:
    """Names of causes; null where a shift has none."""
    texts = column.texts(may_be_empty=True, is_optional=True)
    if column.array is None or column.defects.is_broken(column.name):
        return pa.nulls(column.rows, pa.large_string())
    return pc.if_else(column.array.is_null(), pa.scalar(None, pa.large_string()), texts)


def _team(column: Column) -> tuple[Named, Int64s, Int64s]:
    first, items = column.lists()
    parts = items.members("skill level count")
    skills = parts["skill"].texts()
    levels, counts = parts["level"].whole(1, 1, 5), parts["count"].whole(0, 0)
    owner = np.repeat(np.arange(len(first) - 1), np.diff(first))
    for one, again in repeated(owner, codes_of(skills), levels, counts):
        at = f"{column.place(owner_of(first, one))}[{one - first[owner_of(first, one)]}]"
        needs = (at, *(part.name for part in parts.values()))
        items.defects.add(items.place(again), "duplicate_line", needs=needs, first=at)
    return Named(first, skills), levels, counts


def _invited(column: Column, people: Arrow) -> Lists:
    first, items = column.lists()
    named = Named(first, items.texts())
    note_repeated_members(items, named)
    return Lists(first, known_people(items, named.texts, people))


def known_people(column: Column, texts: Arrow, people: Arrow) -> Int32s:
    """The rows of these people; each who does not exist is noted."""
    rows = rows_of(texts, people)
    for row in np.nonzero(rows < 0)[0].tolist():
        needs = ("volunteers", "volunteers.id", column.name)
        id_ = texts[row].as_py()
        column.defects.add(column.place(row), "unknown_volunteer", needs=needs, id=id_)
    return rows


def known_shifts(column: Column, texts: Arrow, shifts: Arrow) -> Int32s:
    """The rows of these shifts; each that does not exist is noted."""
    rows = rows_of(texts, shifts)
    for row in np.nonzero(rows < 0)[0].tolist():
        needs = ("shifts", "shifts.id", column.name)
        id_ = texts[row].as_py()
        column.defects.add(column.place(row), "unknown_shift", needs=needs, id=id_)
    return rows


def _roles(folder: Folder, shifts: Arrow) -> dict[str, Any]:
    """The roles' part of `Demand`, in the order of their shifts."""
    table = folder.table("roles", "shift id max", _ROLE_OPTIONAL)
    shift_column = table.column("shift")
    shift_ids = shift_column.texts(may_be_empty=True)
    shift = known_shifts(shift_column, shift_ids, shifts)
    twice = shifts.take(pa.array([row for _, row in repeated(codes_of(shifts))], pa.int64()))
    ids = read_ids(table, np.where(rows_of(shift_ids, twice) < 0, codes_of(shift_ids), -1))
    least, most = table.column("min").whole(0, 0), table.column("max").whole(1, 1)
    _note_crossed(table, least, most)
    numbers = {
        "min": least,
        "max": most,
        "min_age": table.column("min_age").whole(0, 0),
        "max_age": table.column("max_age").whole(150, 0),
    }
    skills, levels = read_levels(table.column("skills"), 1, 5)
    groups = read_names(table.column("groups"))
    order = np.argsort(shift, kind="stable")
    skills, levels = _reordered(skills, levels, order)
    groups, _ = _reordered(groups, np.zeros(len(groups.texts), np.int64), order)
    return {
        "role_ids": ids.take(pa.array(order)),
        "role_shift": shift[order],
        "numbers": {name: values[order] for name, values in numbers.items()},
        "skills": skills,
        "skill_levels": levels,
        "groups": groups,
    }


def _note_crossed(table: Table, least: Int64s, most: Int64s) -> None:
    for row in np.nonzero(least > most)[0].tolist():
        places = (f"{table.name}[{row}].min", f"{table.name}[{row}].max")
        needs = (*places, f"{table.name}.min", f"{table.name}.max")
        numbers = {"min": int(least[row]), "max": int(most[row])}
        table.defects.add(places[0], "min_above_max", needs=needs, **numbers)


def _reordered(named: Named, levels: Int64s, order: Int64s) -> tuple[Named, Int64s]:
    """The lists of each row, with the rows in another order."""
    counts = np.diff(named.first)[order]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    items = np.arange(len(levels)) - np.repeat(first[:-1] - named.first[:-1][order], counts)
    return Named(first, named.texts.take(pa.array(items))), levels[items]
