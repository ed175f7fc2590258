"""A problem to a folder of Parquet tables, as `docs/format.md` says."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from matcher.tables.parquet.folders import SUFFIX
from matcher.tables.parquet.reading import PROBLEM_DOCUMENT, TABLES_FORMAT
from matcher.tables.parts import of_people_and_shifts
from matcher.tables.tables import (
    NO_LIMIT,
    Assignments,
    Floats,
    Int32s,
    Int64s,
    Lists,
    Spans,
    Tables,
)
from matcher.times import write_time

Arrow = Any

TIME = pa.timestamp("ms", "UTC")
PLACE = pa.struct([("longitude", pa.float64()), ("latitude", pa.float64())])
SPAN = pa.struct([("start", TIME), ("end", TIME)])
STAY = pa.struct([("start", TIME), ("end", TIME), ("location", PLACE)])
TEAM_LINE = pa.struct([("skill", pa.string()), ("level", pa.int8()), ("count", pa.int64())])

# People are written this many at a time: a city's never stand in memory twice.
_PEOPLE_PER_GROUP = 250_000

_MILLISECONDS_PER_MINUTE = 60_000


def write_tables(tables: Tables, path: Path) -> None:
    """Write the problem into the folder `path`, which must be there and empty."""
    document = _document(tables)
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    (path / PROBLEM_DOCUMENT).write_text(text, "utf-8")
    write_table(path, "volunteers", _volunteers(tables))
    write_table(path, "shifts", [_shifts(tables)])
    write_table(path, "roles", [_roles(tables)])
    for name, table in _relations(tables).items():
        if table.num_rows:
            write_table(path, name, [table])


def write_table(path: Path, name: str, parts: Iterable[Arrow]) -> None:
    """Write the parts, of which there is at least one, as one table of the folder."""
    parts = iter(parts)
    first = next(parts)
    with pq.ParquetWriter(path / f"{name}{SUFFIX}", first.schema, compression="zstd") as writer:
        writer.write_table(first)
        for part in parts:
            writer.write_table(part)


def _document(tables: Tables) -> dict[str, Any]:
    horizon = tables.horizon
    return {
        "format": TABLES_FORMAT,
        "horizon": {
            "start": write_time(horizon.start_minute, horizon.offset_minutes),
            "end": write_time(horizon.end_minute, horizon.offset_minutes),
        },
        "rules": asdict(tables.rules),
        "weights": asdict(tables.weights),
    }


def _volunteers(tables: Tables) -> Iterator[Arrow]:
    nothing = np.zeros(0, np.int64)
    for first in range(0, max(1, len(tables.people)), _PEOPLE_PER_GROUP):
        rows = np.arange(first, min(first + _PEOPLE_PER_GROUP, len(tables.people)))
        people = of_people_and_shifts(tables, rows, nothing).people
        limit = people.max_travel_m
        yield pa.table(
            {
                "id": texts(people.id),
                "location": _places(people.longitude, people.latitude),
                "max_travel_m": pa.array(limit, mask=limit == NO_LIMIT),
                "age": pa.array(people.age),
                "skills": _levels(people.skills, tables.skills),
                "groups": _lists(people.groups, np.array(tables.groups, np.object_)),
                "available": _spans(people.available, SPAN),
                "max_minutes": pa.array(people.max_minutes),
                "max_minutes_per_day": pa.array(people.max_minutes_per_day),
                "max_shifts": pa.array(people.max_shifts),
                "served_minutes": pa.array(people.served_minutes),
                "engaged": _spans(people.engaged, STAY),
                "likes": _levels(people.likes, tables.causes),
            }
        )


def _shifts(tables: Tables) -> Arrow:
    shifts = tables.shifts
    team = shifts.team
    lines = pa.StructArray.from_arrays(
        [_named(team.name, tables.skills), pa.array(team.level), pa.array(shifts.team_count)],
        fields=list(TEAM_LINE),
    )
    causes = pa.array(tables.causes, pa.string())
    cause = pa.array(shifts.cause, pa.int32(), mask=shifts.cause < 0)
    return pa.table(
        {
            "id": texts(shifts.id),
            "project": texts(shifts.project),
            "cause": causes.take(cause),
            "start": _times(shifts.start),
            "end": _times(shifts.end),
            "location": _places(shifts.longitude, shifts.latitude),
            "priority": pa.array(shifts.priority),
            "cancel_below_minimum": pa.array(shifts.cancel_below_minimum),
            "team": pa.ListArray.from_arrays(_offsets(team.first), lines),
            "invited": _lists(shifts.invited, tables.people.id),
        }
    )


def _roles(tables: Tables) -> Arrow:
    roles = tables.roles
    return pa.table(
        {
            "shift": texts(tables.shifts.id[roles.shift]),
            "id": texts(roles.id),
            "min": pa.array(roles.min),
            "max": pa.array(roles.max),
            "skills": _levels(roles.skills, tables.skills),
            "min_age": pa.array(roles.min_age),
            "max_age": pa.array(roles.max_age),
            "groups": _lists(roles.groups, np.array(tables.groups, np.object_)),
        }
    )


def _relations(tables: Tables) -> dict[str, Arrow]:
    relations, people, shifts = tables.relations, tables.people.id, tables.shifts.id
    return {
        "together": pa.table({"volunteers": _lists(relations.together, people)}),
        "apart": pa.table(
            {
                "one": texts(people[relations.apart_one]),
                "other": texts(people[relations.apart_other]),
            }
        ),
        "fixed": line_table(tables, relations.fixed),
        "forbidden": pa.table(
            {
                "volunteer": texts(people[relations.forbidden_person]),
                "shift": texts(shifts[relations.forbidden_shift]),
                "reason": texts(relations.forbidden_reason),
            }
        ),
        "current": _current(tables),
    }


def _current(tables: Tables) -> Arrow:
    """The last plan's lines. What is gone comes back with an id that nothing has."""
    relations, roles = tables.relations, tables.roles
    dropped = relations.current_dropped
    row = relations.current_role
    role = np.empty(len(row), np.object_)
    role[row < 0] = _unused(roles.id, int((row < 0).sum()))
    role[row >= 0] = roles.id[row[row >= 0]]
    gone = np.full(dropped, "gone", np.object_)
    person = tables.people.id[relations.current_person]
    shift = tables.shifts.id[relations.current_shift]
    return pa.table(
        {
            "volunteer": texts(np.concatenate([person, _unused(tables.people.id, dropped)])),
            "shift": texts(np.concatenate([shift, gone])),
            "role": texts(np.concatenate([role, gone])),
        }
    )


def _unused(ids: Any, count: int) -> Any:
    """So many different texts that are none of these ids."""
    found = np.empty(count, np.object_)
    taken = set(ids.tolist()) if count else set()
    number = 0
    for row in range(count):
        while f"gone-{number}" in taken:
            number += 1
        found[row] = f"gone-{number}"
        number += 1
    return found


def line_table(tables: Tables, lines: Assignments) -> Arrow:
    """Lines by their ids."""
    return pa.table(
        {
            "volunteer": texts(tables.people.id[lines.person]),
            "shift": texts(tables.shifts.id[tables.roles.shift[lines.role]]),
            "role": texts(tables.roles.id[lines.role]),
        }
    )


def texts(values: Any) -> Arrow:
    """Texts as a column."""
    return pa.array(values, pa.string())


def _named(rows: Int32s, names: tuple[str, ...]) -> Arrow:
    return pa.array(names, pa.string()).take(pa.array(rows))


def _offsets(first: Int64s) -> Arrow:
    return pa.array(first, pa.int32())


def _levels(demands: Any, names: tuple[str, ...]) -> Arrow:
    keys = _named(demands.name, names)
    return pa.MapArray.from_arrays(_offsets(demands.first), keys, pa.array(demands.level))


def _lists(lists: Lists, names: Any) -> Arrow:
    return pa.ListArray.from_arrays(_offsets(lists.first), texts(names[lists.item]))


def _times(minutes: Int64s) -> Arrow:
    return pa.array(minutes * _MILLISECONDS_PER_MINUTE).cast(TIME)


def _places(longitude: Floats, latitude: Floats) -> Arrow:
    columns = [pa.array(longitude), pa.array(latitude)]
    nowhere = pa.array(np.isnan(longitude))
    return pa.StructArray.from_arrays(columns, fields=list(PLACE), mask=nowhere)


def _spans(spans: Spans, kind: Arrow) -> Arrow:
    columns = [_times(spans.start), _times(spans.end)]
    if kind is STAY:
        columns.append(_places(spans.longitude, spans.latitude))
    items = pa.StructArray.from_arrays(columns, fields=list(kind))
    return pa.ListArray.from_arrays(_offsets(spans.first), items)
