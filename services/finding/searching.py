"""Searching: conditions put together, one order, and a page of what is found."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from models.core import LIVE_STATES, SEAT_STATES
from services import rights, shifts
from services.database import rows
from services.errors import Defect, Invalid
from services.finding.free_time import free_spans
from services.finding.recommending import recommended_order
from services.finding.types import Choices, FindIn, Found, Order, Pin
from services.paging import Page, decode_cursor, page_of
from services.rights import Actor, acting_for_anybody
from services.search_words import asked_words
from services.settings import Settings
from services.types import Location

EARTH_RADIUS_M: Final = 6_371_008.8
METRES_PER_DEGREE: Final = 111_195
FREE_DAYS: Final = 60
"""*When I can* looks so far ahead: beyond it nobody's week says anything."""
PINS_MOST: Final = 2000
FAR: Final = 1e9
"""Where a shift has no place on the map, it comes last by distance."""

_HELD: Final = [state.value for state in LIVE_STATES | SEAT_STATES]
_LACK: Final = (
    "(SELECT coalesce(sum(greatest(0, r.minimum - r.held)), 0) FROM role r WHERE r.shift_id = s.id)"
)
_OPEN: Final = (
    "FROM shift s JOIN project p ON p.id = s.project_id "
    "WHERE s.state = 'open' AND p.state = 'published'"
)


class _Statement:
    """Conditions and their values, numbered as they come: what was not asked is not there, so that
    the database's indices are used."""

    def __init__(self, now: datetime) -> None:
        self.values: list[object] = []
        self.conditions: list[str] = []
        self.require("s.ends_at > {}", now)

    def value(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"

    def require(self, condition: str, *values: object) -> None:
        self.conditions.append(condition.format(*(self.value(each) for each in values)))

    @property
    def where(self) -> str:
        return " AND ".join(("", *self.conditions))


@acting_for_anybody
async def find(
    actor: Actor | None, query: FindIn, now: datetime, settings: Settings
) -> Page[Found]:
    """The open shifts that are asked for, in the order that is asked for.

    Raises NotSignedIn or Forbidden("volunteers_only") where the person's own time, home or fit is
    asked about and there is none; Conflict("matching_refused") for an order by fit of whoever does
    not want to be matched; Invalid where a distance has nowhere to begin.
    """
    statement, way = await _statement(actor, query, now, settings)
    rank = await _rank(actor, query, statement, way, now, settings)
    after = decode_cursor(query.after, tuple[float, datetime, UUID]) if query.after else None
    found = await rows(
        f"SELECT * FROM (SELECT s.id, s.starts_at, {way} AS way_m, {rank} AS rank "
        f"{_OPEN}{statement.where}) found WHERE "
        + (
            "true"
            if after is None
            else "(rank, starts_at, id) > ({}::float8, {}::timestamptz, {}::uuid)".format(
                *(statement.value(each) for each in after)
            )
        )
        + f" ORDER BY rank, starts_at, id LIMIT {statement.value(query.limit + 1)}",
        *statement.values,
    )
    whole = {each.id: each for each in await shifts.read_many([row["id"] for row in found])}
    found = [row for row in found if row["id"] in whole]  # Called off between two statements.
    items = [Found(shift=whole[row["id"]], way_m=_metres(row["way_m"])) for row in found]
    return page_of(
        items, [(row["rank"], row["starts_at"], row["id"]) for row in found], query.limit
    )


@acting_for_anybody
async def located(
    actor: Actor | None, query: FindIn, now: datetime, settings: Settings
) -> list[Pin]:
    """The same shifts for a map: those that have a place, the soonest `PINS_MOST` of them."""
    statement, way = await _statement(actor, query, now, settings)
    found = await rows(
        f"SELECT {way} AS way_m, s.id, p.name AS project_name, s.place, s.starts_at, s.ends_at, "
        f"s.longitude, s.latitude, {_LACK} > 0 AS urgent {_OPEN}{statement.where} "
        f"AND s.longitude IS NOT NULL ORDER BY s.starts_at, s.id LIMIT {PINS_MOST}",
        *statement.values,
    )
    return [_pin(row) for row in found]


def _pin(row: dict[str, Any]) -> Pin:
    return Pin(
        id=row["id"],
        project_name=row["project_name"],
        place=row["place"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        location=(row["longitude"], row["latitude"]),
        urgent=row["urgent"],
    )


async def choices(now: datetime) -> Choices:
    """The categories of the shifts to come, and the skills that they ask for."""
    categories = await rows(
        f"SELECT DISTINCT p.category {_OPEN} AND s.ends_at > $1 AND p.category IS NOT NULL "
        "ORDER BY 1 LIMIT 40",
        now,
    )
    skills = await rows(
        "SELECT DISTINCT k.skill FROM role_skill k JOIN role r ON r.id = k.role_id "
        f"WHERE r.shift_id IN (SELECT s.id {_OPEN} AND s.ends_at > $1) ORDER BY 1 LIMIT 60",
        now,
    )
    return Choices(
        categories=[row["category"] for row in categories], skills=[row["skill"] for row in skills]
    )


async def _statement(
    actor: Actor | None, query: FindIn, now: datetime, settings: Settings
) -> tuple[_Statement, str]:
    """The conditions, and how the way to a shift is worked out."""
    statement = _Statement(now)
    _require_demand(statement, query)
    origin = query.position or await _home(actor)
    way = _way(statement, origin)
    if query.within_m is not None:
        if origin is None:
            raise Invalid([Defect("within_m", "position_missing")])
        _require_near(statement, origin, query.within_m, way)
    if query.order is Order.DISTANCE and origin is None:
        raise Invalid([Defect("order", "position_missing")])
    if query.when_free:
        await _require_free(statement, actor, now, settings)
    if not query.with_declined:
        _require_wanted(statement, actor)
    return statement, way


def _require_demand(statement: _Statement, query: FindIn) -> None:
    if words := asked_words(query.text):
        statement.require("s.words @> {}::text[]", words)
    elif query.text.strip():  # Nothing but dots and dashes: no shift has such a word.
        statement.require("false")
    if query.starts_after is not None:
        statement.require("s.starts_at >= {}", query.starts_after)
    if query.starts_before is not None:
        statement.require("s.starts_at < {}", query.starts_before)
    if query.category is not None:
        statement.require("p.category = {}", query.category)
    if query.skill is not None:
        statement.require(
            "EXISTS (SELECT 1 FROM role r JOIN role_skill k ON k.role_id = r.id "
            "WHERE r.shift_id = s.id AND k.skill = {})",
            query.skill,
        )
    if query.organisation_id is not None:
        statement.require(
            "p.organisation_id IN (SELECT descendant_id FROM organisation_closure "
            "WHERE ancestor_id = {})",
            query.organisation_id,
        )
    if query.with_seats:
        statement.require(
            "EXISTS (SELECT 1 FROM role r WHERE r.shift_id = s.id AND r.held < r.maximum)"
        )
    if query.box is not None:
        box = query.box
        statement.require("s.longitude BETWEEN {} AND {}", box.west, box.east)
        statement.require("s.latitude BETWEEN {} AND {}", box.south, box.north)


def _way(statement: _Statement, origin: Location | None) -> str:
    """Metres from the origin to the shift, as the matcher measures; NULL where unknown."""
    if origin is None:
        return "NULL::float8"
    longitude, latitude = (f"{statement.value(each)}::float8" for each in origin)
    return (
        f"floor(2 * {EARTH_RADIUS_M} * asin(least(1.0, sqrt("
        f"power(sin(radians(s.latitude - {latitude}) / 2), 2) + cos(radians({latitude})) "
        f"* cos(radians(s.latitude)) * power(sin(radians(s.longitude - {longitude}) / 2), 2)))))"
    )


def _require_near(statement: _Statement, origin: Location, within_m: int, way: str) -> None:
    """A square of latitudes first, which is quick to tell, then the way itself."""
    north = 1.01 * within_m / METRES_PER_DEGREE
    statement.require("s.latitude BETWEEN {} AND {}", origin[1] - north, origin[1] + north)
    statement.require(way + " <= {}", within_m)


async def _home(actor: Actor | None) -> Location | None:
    """Where the person lives, if they are one and said so."""
    if actor is None or actor.volunteer_id is None:
        return None
    found = await rows(
        "SELECT home_longitude, home_latitude FROM volunteer "
        "WHERE id = $1 AND home_longitude IS NOT NULL",
        actor.volunteer_id,
    )
    return (found[0]["home_longitude"], found[0]["home_latitude"]) if found else None


async def _require_free(
    statement: _Statement, actor: Actor | None, now: datetime, settings: Settings
) -> None:
    volunteer_id = rights.require_person(actor)
    spans = await free_spans(volunteer_id, now, now + timedelta(days=FREE_DAYS), settings)
    statement.require(
        "EXISTS (SELECT 1 FROM unnest({}::timestamptz[], {}::timestamptz[]) AS free(since, until) "
        "WHERE free.since <= s.starts_at AND free.until >= s.ends_at)",
        [since for since, _ in spans],
        [until for _, until in spans],
    )
    statement.require(
        "NOT EXISTS (SELECT 1 FROM claim c WHERE c.volunteer_id = {} AND c.state = ANY({}) "
        "AND c.starts_at < s.ends_at AND c.ends_at > s.starts_at)",
        volunteer_id,
        _HELD,
    )
    statement.require(
        "NOT EXISTS (SELECT 1 FROM engagement e WHERE e.volunteer_id = {} "
        "AND e.starts_at < s.ends_at AND e.ends_at > s.starts_at)",
        volunteer_id,
    )


def _require_wanted(statement: _Statement, actor: Actor | None) -> None:
    """What the person has said no to does not come back."""
    if actor is None or actor.volunteer_id is None:
        return
    statement.require(
        "NOT EXISTS (SELECT 1 FROM claim c WHERE c.shift_id = s.id AND c.volunteer_id = {} "
        "AND c.state = 'declined')",
        actor.volunteer_id,
    )
    statement.require(
        "NOT EXISTS (SELECT 1 FROM recommendation d WHERE d.shift_id = s.id "
        "AND d.volunteer_id = {} AND d.declined_at IS NOT NULL)",
        actor.volunteer_id,
    )


async def _rank(
    actor: Actor | None,
    query: FindIn,
    statement: _Statement,
    way: str,
    now: datetime,
    settings: Settings,
) -> str:
    """What the shifts are ordered by, the least first; of equal ones the soonest."""
    if query.order is Order.DISTANCE:
        return f"coalesce({way}, {FAR})"
    if query.order is Order.URGENCY:
        return f"-{_LACK}::float8"
    if query.order is Order.FIT:
        best = await recommended_order(actor, now, settings)
        places = statement.value(list(best))
        statement.conditions.append(f"s.id = ANY({places}::uuid[])")
        return f"array_position({places}::uuid[], s.id)::float8"
    return "0::float8"


def _metres(value: Any) -> int | None:
    return None if value is None else int(value)
