"""The facts of one matching problem, read from plain JSON with the format's defaults filled in."""

from __future__ import annotations

import math
from datetime import datetime
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Json = dict[str, Any]

EARTH_RADIUS_M = 6_371_008.8

RULE_DEFAULTS = {
    "min_rest_minutes": 480,
    "speed_kmh": 15,
    "transfer_minutes": 10,
    "adult_age": 18,
    "minors_per_adult": 5,
}
WEIGHT_DEFAULTS = {"travel": 1, "cause": 20, "fairness": 15, "invite": 10, "change": 50}
VOLUNTEER_DEFAULTS: Json = {
    "location": None,
    "max_travel_m": None,
    "age": 30,
    "skills": {},
    "groups": [],
    "max_minutes": 2400,
    "max_minutes_per_day": 480,
    "max_shifts": 7,
    "served_minutes": 0,
    "engaged": [],
    "likes": {},
}
SHIFT_DEFAULTS: Json = {
    "cause": None,
    "location": None,
    "priority": 5,
    "cancel_below_minimum": False,
    "team": [],
    "invited": [],
}
ROLE_DEFAULTS: Json = {"skills": {}, "min": 0, "min_age": 0, "max_age": 150, "groups": []}


class Line(NamedTuple):
    volunteer: str
    shift: str
    role: str


class Span(NamedTuple):
    """A shift, or something that counts like one, as its volunteer meets it."""

    start: int
    end: int
    day: int
    location: tuple[float, float] | None
    promised_elsewhere: bool


class Score(NamedTuple):
    shortfall: int
    open: int
    cost: int


@lru_cache(maxsize=100_000)
def minute_of(text: str) -> int:
    """Whole minutes since 1970-01-01T00:00Z."""
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None, text
    assert moment.second == 0, text
    return int(moment.timestamp()) // 60


@lru_cache(maxsize=100_000)
def distance_m(one: tuple[float, float], other: tuple[float, float]) -> int:
    """The haversine between two [longitude, latitude], rounded down to whole metres."""
    longitude_1, latitude_1, longitude_2, latitude_2 = map(math.radians, (*one, *other))
    half_chord = (
        math.sin((latitude_2 - latitude_1) / 2) ** 2
        + math.cos(latitude_1)
        * math.cos(latitude_2)
        * math.sin((longitude_2 - longitude_1) / 2) ** 2
    )
    return math.floor(2 * EARTH_RADIUS_M * math.asin(math.sqrt(half_chord)))


def rounded_up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def location_of(owner: Mapping[str, Any]) -> tuple[float, float] | None:
    location = owner.get("location")
    return None if location is None else (location[0], location[1])


def lines_of(rows: Iterable[Mapping[str, str]]) -> list[Line]:
    return [Line(row["volunteer"], row["shift"], row["role"]) for row in rows]


class Book:
    """One problem with its defaults filled in, and what each rule says about a list of lines."""

    def __init__(self, problem: Json) -> None:
        self.problem = problem
        self.rules = RULE_DEFAULTS | problem.get("rules", {})
        self.weights = WEIGHT_DEFAULTS | problem.get("weights", {})
        self.horizon_start = minute_of(problem["horizon"]["start"])
        self.horizon_end = minute_of(problem["horizon"]["end"])
        written = datetime.fromisoformat(problem["horizon"]["start"]).utcoffset()
        assert written is not None
        self.offset_minutes = int(written.total_seconds()) // 60
        self.volunteers = {row["id"]: VOLUNTEER_DEFAULTS | row for row in problem["volunteers"]}
        self.shifts = {row["id"]: SHIFT_DEFAULTS | row for row in problem["shifts"]}
        self.roles = {
            (shift["id"], row["id"]): ROLE_DEFAULTS | row
            for shift in problem["shifts"]
            for row in shift["roles"]
        }
        self.together = [set(group) for group in problem.get("together", [])]
        self.apart = [tuple(pair) for pair in problem.get("apart", [])]
        self.fixed = lines_of(problem.get("fixed", []))
        self.fixed_places = {(line.volunteer, line.shift) for line in self.fixed}
        self.fixed_shifts = {line.shift for line in self.fixed}
        self.forbidden = {(row["volunteer"], row["shift"]) for row in problem.get("forbidden", [])}
        self.current = lines_of(problem.get("current", []))
        self.shift_spans = {
            key: self._span(row, promised_elsewhere=False) for key, row in self.shifts.items()
        }
        self.engaged_spans = {
            key: [self._span(span, promised_elsewhere=True) for span in row["engaged"]]
            for key, row in self.volunteers.items()
        }

    def _span(self, row: Mapping[str, Any], *, promised_elsewhere: bool) -> Span:
        start = minute_of(row["start"])
        day = (start + self.offset_minutes) // (24 * 60)
        return Span(start, minute_of(row["end"]), day, location_of(row), promised_elsewhere)

    # ---- what the lines say -------------------------------------------------------------------

    def people_on(self, lines: Iterable[Line], shift: str) -> set[str]:
        return {line.volunteer for line in lines if line.shift == shift}

    def shifts_of(self, lines: Iterable[Line], volunteer: str) -> set[str]:
        return {line.shift for line in lines if line.volunteer == volunteer}

    def spans_of(self, lines: Iterable[Line], volunteer: str) -> list[Span]:
        given = [self.shift_spans[shift] for shift in sorted(self.shifts_of(lines, volunteer))]
        return given + self.engaged_spans[volunteer]

    def pairs_of(self, lines: list[Line]) -> Iterable[tuple[Span, Span]]:
        """Each two shifts of one volunteer, earlier first, at least one of them in the lines."""
        for volunteer in {line.volunteer for line in lines}:
            for one, other in combinations(self.spans_of(lines, volunteer), 2):
                if not (one.promised_elsewhere and other.promised_elsewhere):
                    yield (one, other) if one.start <= other.start else (other, one)

    def lacks_skill(self, volunteer: str, skill: str, level: int) -> bool:
        held = self.volunteers[volunteer]["skills"]
        return skill not in held or bool(held[skill] < level)
