"""What the tests of imports share: a city, an organiser, files, and problems beside each other."""

import io
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from openpyxl import Workbook

from matcher.problem import Horizon, Problem, Volunteer
from matcher.rules import merged
from models.core import ImportKind, Organisation, OrganisationKind, new_id
from services import imports
from services.database import rows
from services.imports import Import, Report
from services.imports.groups import Groups
from services.settings import Settings

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
SETTINGS = Settings()
NO_GROUPS = Groups(new_id(), frozenset(), {}, {})


async def make_city(name: str | None = None) -> UUID:
    """An organisation of its own, with nothing in it."""
    id_ = new_id()
    await Organisation.create(id=id_, kind=OrganisationKind.CITY, name=name or f"city {id_}")
    return id_


async def look(city: UUID, kind: str, content: bytes, settings: Settings = SETTINGS) -> Report:
    return await imports.examine(city, ImportKind(kind), content, NOW, settings)


async def bring_in(city: UUID, kind: str, content: bytes) -> Import:
    """Check and store, as one who may."""
    kept = await imports.keep(city, None, ImportKind(kind), content, NOW, SETTINGS)
    assert not kept.report.refused, refusals(kept.report)
    stored = await imports.store(kept.id, NOW, SETTINGS)
    assert stored.state == "applied", refusals(stored.report)
    return stored


def refusals(report: Report) -> list[tuple[str, str]]:
    """Where and why, of every defect in the report."""
    return [(each.place, each.code) for row in report.rows for each in row.defects]


def outcomes(report: Report) -> set[str]:
    return {row.outcome for row in report.rows}


def csv_bytes(lines: Iterable[str], encoding: str = "utf-8", ending: str = "\n") -> bytes:
    return ending.join(lines).encode(encoding)


def xlsx_bytes(table: Sequence[Sequence[Any]], **properties: Any) -> bytes:
    book = Workbook()
    for row in table:
        book.active.append(list(row))
    for name, value in properties.items():
        setattr(book, name, value)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def json_bytes(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


async def count(table: str) -> int:
    found = await rows(f"SELECT count(*) AS n FROM {table}")
    return int(found[0]["n"])


TABLES = (
    "organisation",
    "volunteer",
    "membership",
    "volunteer_skill",
    "volunteer_liking",
    "availability_window",
    "availability_exception",
    "engagement",
    "together_group",
    "apart_pair",
    "project",
    "shift",
    "role",
    "role_skill",
    "team_line",
    "invitation",
    "exclusion",
    "claim",
    "round",
    "plan_line",
    "points_account",
)


async def everything() -> dict[str, int]:
    """How many rows each table has."""
    return {table: await count(table) for table in TABLES}


async def names_by_id() -> dict[str, str]:
    """The keys and names that the input gave, by the ids that they have here."""
    found = await rows(
        "SELECT id, external_key AS name FROM volunteer "
        "UNION ALL SELECT id, external_key FROM shift UNION ALL SELECT id, key FROM role "
        "UNION ALL SELECT id, name FROM organisation UNION ALL SELECT id, name FROM project"
    )
    return {str(row["id"]): row["name"] for row in found}


def same_whatever_ids(problem: Problem, names: dict[str, str] | None = None) -> dict[str, Any]:
    """All that a problem says, without its order and with its own names in place of ids.

    Free time is what of it lies in the horizon; a promise elsewhere counts if it can touch it.
    """
    name = (lambda id_: names[id_]) if names else (lambda id_: id_)
    return {
        "horizon": problem.horizon,
        "rules": problem.rules,
        "weights": problem.weights,
        "volunteers": {
            name(each.id): _volunteer(each, problem, name) for each in problem.volunteers
        },
        "shifts": {name(each.id): _shift(each, name) for each in problem.shifts},
        "together": {frozenset(map(name, group)) for group in problem.together if len(group) > 1},
        "apart": {frozenset(map(name, pair)) for pair in problem.apart},
        "fixed": {(name(x.volunteer), name(x.shift), name(x.role)) for x in problem.fixed},
        "forbidden": {(name(x.volunteer), name(x.shift), x.reason) for x in problem.forbidden},
        "current": _current(problem, name),
    }


def _volunteer(each: Volunteer, problem: Problem, name: Any) -> dict[str, Any]:
    horizon = problem.horizon
    margin = max(1440, problem.rules.min_rest_minutes)
    nearby = Horizon(horizon.start_minute - margin, horizon.end_minute + margin)
    return {
        "available": _inside(horizon, each.available),
        "location": each.location,
        "max_travel_m": each.max_travel_m,
        "age": each.age,
        "skills": dict(each.skills),
        "groups": set(map(name, each.groups)),
        "limits": (each.max_minutes, each.max_minutes_per_day, each.max_shifts),
        "served_minutes": each.served_minutes,
        "engaged": {
            (x.start_minute, x.end_minute, x.location)
            for x in each.engaged
            if x.end_minute > nearby.start_minute and x.start_minute < nearby.end_minute
        },
        "likes": dict(each.likes),
    }


def _inside(horizon: Horizon, intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    clipped = [
        (max(start, horizon.start_minute), min(end, horizon.end_minute)) for start, end in intervals
    ]
    return sorted(merged(each for each in clipped if each[0] < each[1]))


def _shift(each: Any, name: Any) -> dict[str, Any]:
    return {
        "project": name(each.project),
        "cause": each.cause,
        "span": (each.start_minute, each.end_minute),
        "location": each.location,
        "priority": each.priority,
        "cancels": each.cancel_below_minimum,
        "team": {(line.skill, line.level, line.count) for line in each.team},
        "invited": set(map(name, each.invited)),
        "roles": {
            name(role.id): (
                role.min,
                role.max,
                dict(role.skills),
                (role.min_age, role.max_age),
                set(map(name, role.groups)),
            )
            for role in each.roles
        },
    }


def _current(problem: Problem, name: Any) -> dict[tuple[str, str], str]:
    """The first line of each person and shift whose ids exist."""
    people = {each.id for each in problem.volunteers}
    roles = {each.id: {role.id for role in each.roles} for each in problem.shifts}
    kept: dict[tuple[str, str], str] = {}
    for line in problem.current:
        if line.volunteer in people and line.role in roles.get(line.shift, ()):
            kept.setdefault((name(line.volunteer), name(line.shift)), name(line.role))
    return kept
