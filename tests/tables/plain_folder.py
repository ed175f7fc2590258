"""A JSON problem put into Parquet tables value by value, right or wrong, with nothing of ours."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]

TIME = pa.timestamp("us", "Asia/Shanghai")
PLACE = pa.struct([("longitude", pa.float64()), ("latitude", pa.float64())])
LEVELS = pa.map_(pa.string(), pa.int64())
TEXTS = pa.list_(pa.string())
WHOLE = pa.int64()
SPAN = [("start", TIME), ("end", TIME)]
LINE = {"volunteer": pa.string(), "shift": pa.string(), "role": pa.string()}
SCHEMAS: dict[str, dict[str, Any]] = {
    "volunteers": {
        "id": pa.string(),
        "available": pa.list_(pa.struct(SPAN)),
        "location": PLACE,
        "max_travel_m": WHOLE,
        "age": WHOLE,
        "skills": LEVELS,
        "groups": TEXTS,
        "max_minutes": WHOLE,
        "max_minutes_per_day": WHOLE,
        "max_shifts": WHOLE,
        "served_minutes": WHOLE,
        "engaged": pa.list_(pa.struct([*SPAN, ("location", PLACE)])),
        "likes": LEVELS,
    },
    "shifts": {
        "id": pa.string(),
        "project": pa.string(),
        "cause": pa.string(),
        "start": TIME,
        "end": TIME,
        "location": PLACE,
        "priority": WHOLE,
        "cancel_below_minimum": pa.bool_(),
        "team": pa.list_(pa.struct([("skill", pa.string()), ("level", WHOLE), ("count", WHOLE)])),
        "invited": TEXTS,
    },
    "roles": {
        "shift": pa.string(),
        "id": pa.string(),
        "skills": LEVELS,
        "min": WHOLE,
        "max": WHOLE,
        "min_age": WHOLE,
        "max_age": WHOLE,
        "groups": TEXTS,
    },
    "together": {"volunteers": TEXTS},
    "apart": {"one": pa.string(), "other": pa.string()},
    "fixed": LINE,
    "forbidden": {"volunteer": pa.string(), "shift": pa.string(), "reason": pa.string()},
    "current": LINE,
}
USUAL: dict[str, Json] = {
    "volunteers": {
        "age": 30,
        "max_minutes": 2400,
        "max_minutes_per_day": 480,
        "max_shifts": 7,
        "served_minutes": 0,
        "skills": {},
        "groups": [],
        "engaged": [],
        "likes": {},
    },
    "shifts": {"priority": 5, "cancel_below_minimum": False, "team": [], "invited": []},
    "roles": {"min": 0, "min_age": 0, "max_age": 150, "skills": {}, "groups": []},
}


def put(problem: Json, folder: Path) -> None:
    """The problem as a folder: `problem.json`, and a table for each list that it has."""
    head = {key: problem[key] for key in ("horizon", "rules", "weights") if key in problem}
    document = {"format": "mulin.tables/1", **head}
    (folder / "problem.json").write_text(json.dumps(document), "utf-8")
    for name, table in tables(problem).items():
        pq.write_table(table, folder / f"{name}.parquet")


def tables(problem: Json) -> dict[str, Any]:
    """The tables by name."""
    shifts = problem["shifts"]
    rows: dict[str, list[Json]] = {
        "volunteers": [_volunteer(each) for each in problem["volunteers"]],
        "shifts": [_shift(each) for each in shifts],
        "roles": [_role(role, shift["id"]) for shift in shifts for role in shift["roles"]],
    }
    if "together" in problem:
        rows["together"] = [{"volunteers": group} for group in problem["together"]]
    if "apart" in problem:
        rows["apart"] = [{"one": one, "other": other} for one, other in problem["apart"]]
    for name in ("fixed", "forbidden", "current"):
        if name in problem:
            rows[name] = problem[name]
    return {
        name: pa.Table.from_pylist(
            [{**USUAL.get(name, {}), **row} for row in own], pa.schema(list(SCHEMAS[name].items()))
        )
        for name, own in rows.items()
    }


def _volunteer(row: Json) -> Json:
    pairs = [{"start": _time(start), "end": _time(end)} for start, end in row["available"]]
    found = {**_placed(row), "available": pairs}
    if "engaged" in row:
        found["engaged"] = [_placed(_timed(each)) for each in row["engaged"]]
    return found


def _shift(row: Json) -> Json:
    found = _placed(_timed(row))
    del found["roles"]
    return found


def _role(row: Json, shift: str) -> Json:
    return {**row, "shift": shift}


def _placed(row: Json) -> Json:
    if "location" not in row:
        return dict(row)
    longitude, latitude = row["location"]
    return {**row, "location": {"longitude": longitude, "latitude": latitude}}


def _timed(row: Json) -> Json:
    return {**row, "start": _time(row["start"]), "end": _time(row["end"])}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def place_in_tables(place: str, problem: Json) -> str:
    """Where a place of the JSON problem lies in its tables."""
    place = re.sub(r"location\[0\]", "location.longitude", place)
    place = re.sub(r"location\[1\]", "location.latitude", place)
    place = re.sub(r"(available\[\d+\])\[0\]", r"\1.start", place)
    place = re.sub(r"(available\[\d+\])\[1\]", r"\1.end", place)
    place = re.sub(r"^(apart\[\d+\])\[0\]", r"\1.one", place)
    place = re.sub(r"^(apart\[\d+\])\[1\]", r"\1.other", place)
    place = re.sub(r"^(together\[\d+\])(\[\d+\])", r"\1.volunteers\2", place)
    role = re.match(r"shifts\[(\d+)\]\.roles\[(\d+)\]", place)
    if role:
        before = sum(len(shift["roles"]) for shift in problem["shifts"][: int(role[1])])
        place = f"roles[{before + int(role[2])}]" + place[role.end() :]
    return place
