"""What somebody could do instead of a shift that they cannot have: seats that they could claim now.

First those of the same day that ask for the same and are at most half an hour away. Where they are
fewer than three it is looked further, step by step, and said how far.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import cos, radians
from typing import Any
from uuid import UUID

import msgspec

from matcher.geometry import distance_m
from matcher.problem import Engagement, Location
from matcher.rules import transfer_minutes
from models.core import ClaimState
from services.claims.asking import Answer, ask_about
from services.database import rows
from services.errors import Conflict
from services.refusals import NUMBERS
from services.scope import as_system
from services.settings import Settings

ENOUGH = 3
NAMED_MOST = 5
NEAR_MINUTES = 30
DAYS_AHEAD = 14
LOOKED_THROUGH_MOST = 300
LOOKED_AT_MOST = 40
"""So many shifts of a step are asked about: the nearest first."""
NEAR_SQUARE_M = 6_000  # somewhat more than half an hour is; the matcher's own function decides
METRES_PER_DEGREE = 111_195
COSINE_LEAST = 0.01


class Width(StrEnum):
    """How far it was looked."""

    SAME = "same_day_same_skill_near"
    OTHER_SKILL = "same_day_near"
    FARTHER = "same_day"
    OTHER_DAY = "other_day_near"
    ANY = "other_day"


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """A seat that the person could claim now. `way_minutes` is from home, or else from the shift
    that was asked for; None where a place is not known."""

    shift_id: UUID
    project_name: str
    place: str
    starts_at: datetime
    ends_at: datetime
    role_key: str
    role_name: str
    becomes: ClaimState
    is_same_day: bool
    is_same_skill: bool
    is_near: bool
    way_minutes: int | None = None


class Alternatives(msgspec.Struct, frozen=True, kw_only=True):
    """At most five, the best first. `width` is how far it was looked to find three; where there
    are fewer, that is all there is in two weeks."""

    items: list[Alternative]
    width: Width


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked for, and where the way to another begins."""

    shift_id: UUID
    day: date
    category: str | None
    skills: frozenset[str]
    start: Location | None
    max_travel_m: int | None


_ASKED = """
    SELECT s.id, s.starts_at, s.longitude, s.latitude, p.category, v.home_longitude,
        v.home_latitude, v.max_travel_m,
        array(SELECT DISTINCT k.skill FROM role_skill k JOIN role r ON r.id = k.role_id
            WHERE r.shift_id = s.id) AS skills
    FROM shift s JOIN project p ON p.id = s.project_id, volunteer v
    WHERE s.id = $1 AND v.id = $2
"""
# Only where a round still looks for people: who would be a stand-by is not sent there. $6: where
# the way begins, $8: how many degrees north and east of it are within reach; None: anywhere.
_OTHERS = """
    SELECT s.id, s.starts_at, s.longitude, s.latitude, p.category,
        array(SELECT DISTINCT k.skill FROM role_skill k JOIN role r ON r.id = k.role_id
            WHERE r.shift_id = s.id) AS skills
    FROM shift s JOIN project p ON p.id = s.project_id
    WHERE p.state = 'published' AND s.state = 'open' AND s.id <> $1
        AND s.starts_at > $2 AND s.starts_at >= $3 AND s.starts_at < $4
        AND (s.opens_at IS NULL OR s.opens_at <= $2)
        AND EXISTS (SELECT 1 FROM role r WHERE r.shift_id = s.id AND r.held < r.target)
        AND NOT EXISTS (SELECT 1 FROM claim c WHERE c.shift_id = s.id AND c.volunteer_id = $5
            AND c.state IN ('declined', 'refused'))
        AND ($8::float8 IS NULL OR $6::float8 IS NULL OR s.longitude IS NULL
            OR (abs(s.latitude - $7) <= $8 AND abs(s.longitude - $6) <= $9))
    ORDER BY coalesce(abs(s.latitude - $7) + abs(s.longitude - $6), 0), s.starts_at, s.id LIMIT $10
"""
_NAMES = "SELECT id, key, name FROM role WHERE id = ANY($1::uuid[])"


class SeatRefused(Conflict):
    """Why a seat cannot be had, and what could be claimed instead."""

    def __init__(self, refusal: Conflict, alternatives: Alternatives) -> None:
        super().__init__(refusal.reason, **refusal.parameters)
        self.alternatives = alternatives


@as_system
async def instead_of(
    volunteer_id: UUID, shift_id: UUID, now: datetime, settings: Settings
) -> Alternatives:
    """What the person could claim now instead of this shift, by the rules that claims go by.

    A guardian's yes and a signature are not asked about: they can still be had.
    """
    asked_rows = await rows(_ASKED, shift_id, volunteer_id)
    if not asked_rows:
        return Alternatives(items=[], width=Width.ANY)
    asked = _asked(asked_rows[0], settings)
    found, seen, width = list[Alternative](), {shift_id}, Width.SAME
    for width in Width:
        there = await _candidates(asked, width, volunteer_id, now, settings)
        fitting = [row for row in there if row["id"] not in seen and _fits(asked, row, width)]
        fitting = fitting[:LOOKED_AT_MOST]
        seen.update(row["id"] for row in fitting)
        found += await _claimable(asked, fitting, volunteer_id, now, settings)
        if len(found) >= ENOUGH:
            break
    return Alternatives(items=found[:NAMED_MOST], width=width)


async def _candidates(
    asked: _Asked, width: Width, volunteer_id: UUID, now: datetime, settings: Settings
) -> list[dict[str, Any]]:
    """Open shifts of that day or of the next two weeks; of the near ones, a rough square."""
    first = datetime.combine(asked.day, time(), settings.zone)
    until = first + timedelta(days=1)
    if width in (Width.OTHER_DAY, Width.ANY):
        first, until = now, max(first, now) + timedelta(days=DAYS_AHEAD)
    longitude, latitude = asked.start or (None, None)
    north = east = None
    if width not in (Width.FARTHER, Width.ANY) and latitude is not None:
        north = NEAR_SQUARE_M / METRES_PER_DEGREE
        east = north / max(COSINE_LEAST, cos(radians(abs(latitude) + north)))
    return await rows(
        _OTHERS,
        *(asked.shift_id, now, first, until, volunteer_id, longitude, latitude, north, east),
        LOOKED_THROUGH_MOST,
    )


async def _claimable(
    asked: _Asked,
    candidates: Sequence[dict[str, Any]],
    volunteer_id: UUID,
    now: datetime,
    settings: Settings,
) -> list[Alternative]:
    if not candidates:
        return []
    answers = await ask_about(
        volunteer_id, [each["id"] for each in candidates], None, now, settings
    )
    open_ = [answers[each["id"]] for each in candidates if each["id"] in answers]
    wanted = [each for each in open_ if each.seat is not None and each.refused is None]
    names = {row["id"]: row for row in await rows(_NAMES, [a.seat.id for a in wanted if a.seat])}
    by_id = {each["id"]: each for each in candidates}
    return [_alternative(asked, by_id[each.shift["id"]], each, names, settings) for each in wanted]


def _alternative(
    asked: _Asked,
    row: dict[str, Any],
    answer: Answer,
    names: Mapping[UUID, dict[str, Any]],
    settings: Settings,
) -> Alternative:
    assert answer.seat is not None
    assert answer.state is not None
    role, shift = names[answer.seat.id], answer.shift
    return Alternative(
        shift_id=row["id"],
        project_name=shift["project_name"],
        place=shift["place"],
        starts_at=shift["starts_at"],
        ends_at=shift["ends_at"],
        role_key=role["key"],
        role_name=role["name"],
        becomes=answer.state,
        is_same_day=_day(shift["starts_at"], settings) == asked.day,
        is_same_skill=_is_alike(asked, row),
        is_near=_is_near(asked, row),
        way_minutes=_way_minutes(asked, row),
    )


def _asked(row: dict[str, Any], settings: Settings) -> _Asked:
    home = _place(row["home_longitude"], row["home_latitude"])
    return _Asked(
        shift_id=row["id"],
        day=_day(row["starts_at"], settings),
        category=row["category"],
        skills=frozenset(row["skills"]),
        start=home or _place(row["longitude"], row["latitude"]),
        max_travel_m=row["max_travel_m"] if home else None,
    )


def _fits(asked: _Asked, row: dict[str, Any], width: Width) -> bool:
    if _is_too_far(asked, row):
        return False
    if width is Width.SAME:
        return _is_alike(asked, row) and _is_near(asked, row)
    if width in (Width.OTHER_SKILL, Width.OTHER_DAY):
        return _is_near(asked, row)
    return True


def _is_too_far(asked: _Asked, row: dict[str, Any]) -> bool:
    """Farther from home than the person travels."""
    there = _place(row["longitude"], row["latitude"])
    if asked.max_travel_m is None or asked.start is None or there is None:
        return False
    return distance_m(asked.start, there) > asked.max_travel_m


def _is_alike(asked: _Asked, row: dict[str, Any]) -> bool:
    """It asks for a skill that was asked for; where none was, it is of the same category."""
    if asked.skills:
        return bool(asked.skills.intersection(row["skills"]))
    return bool(row["category"] == asked.category)


def _is_near(asked: _Asked, row: dict[str, Any]) -> bool:
    way = _way_minutes(asked, row)
    return way is None or way <= NEAR_MINUTES


def _way_minutes(asked: _Asked, row: dict[str, Any]) -> int | None:
    """How long the matcher takes the way to be."""
    there = _place(row["longitude"], row["latitude"])
    if asked.start is None or there is None:
        return None
    return transfer_minutes(Engagement(0, 1, asked.start), Engagement(1, 2, there), NUMBERS)


def _day(moment: datetime, settings: Settings) -> date:
    return moment.astimezone(settings.zone).date()


def _place(longitude: float | None, latitude: float | None) -> Location | None:
    return None if longitude is None or latitude is None else (longitude, latitude)
