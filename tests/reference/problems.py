"""Random problems in which every rule and key of the format is on and meets the others.

Sizes are small and most values sit at an edge: a gap one minute short, a place 200 m away, an age
on the line, an interval that ends with the shift. What is drawn is JSON, as anyone may write it.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from tests.reference.book import EARTH_RADIUS_M, Json, Line, distance_m
from tests.reference.reading import Reading

if TYPE_CHECKING:
    from tests.reference.choices import Choices

Place = tuple[float, float]

DAY_MINUTES = 24 * 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HORIZON_FROM = int(datetime(2026, 3, 7, tzinfo=UTC).timestamp()) // 60
OFFSETS_MINUTES = (0, 480, -330, 345, 840, -660)
CENTRES: tuple[Place, ...] = ((121.47, 31.23), (0.0, 0.0), (-0.001, 51.5), (179.9995, -16.8))
SKILLS = ("first aid", "手语", "driving")
GROUPS = ("school", "team")
CAUSES = ("green", "elderly", "traffic")
ROLE_IDS = ("helper", "lead", "1")
REASONS = ("declined", "no_consent", "not_insured", "by_hand")


class Size(NamedTuple):
    volunteers: int
    shifts: int
    roles: int


TINY = Size(volunteers=4, shifts=3, roles=2)
SMALL = Size(volunteers=7, shifts=6, roles=3)
MIDDLING = Size(volunteers=20, shifts=10, roles=3)


def problem(choices: Choices, size: Size = SMALL, fixed: str | None = None) -> Json:
    """`fixed` is "none", "consistent" (a valid plan by itself), "any" (may clash), or drawn."""
    return _Drawing(choices, size).problem(
        fixed or choices.pick(("none", "none", "consistent", "consistent"))
    )


class _Drawing:
    def __init__(self, choices: Choices, size: Size) -> None:
        self.choices = choices
        self.size = size
        self.strictness_percent = choices.pick((20, 50, 100))
        self.offset = choices.pick(OFFSETS_MINUTES)
        local_start = choices.pick((0, 0, 17 * 60 + 30, 13 * 60))
        self.start = HORIZON_FROM - self.offset + local_start
        self.end = self.start + choices.pick((2, 1, 3)) * DAY_MINUTES + choices.pick((0, 0, 385))
        self.rules: Json = self._rules()
        self.places = self._places(choices.pick(CENTRES))
        self.spans: list[tuple[int, int, Place | None]] = []  # every shift drawn so far

    def problem(self, fixed: str) -> Json:
        choices = self.choices
        shifts = [self._shift(index) for index in range(self._count(self.size.shifts))]
        volunteers = [self._volunteer(index) for index in range(self._count(self.size.volunteers))]
        people = [row["id"] for row in volunteers]
        for shift in shifts:
            if choices.chance(25):
                shift["invited"] = choices.some(people, 3)
        drawn: Json = {
            "format": "mulin.problem/1",
            "horizon": {
                "start": self._text(self.start, self.offset),
                "end": self._time(self.end),
            },
            "volunteers": volunteers,
            "shifts": shifts,
        }
        if self.rules:
            drawn["rules"] = self.rules
        if choices.chance(60):
            drawn["weights"] = self._weights()
        self._people_together(drawn, people)
        self._lists_of_lines(drawn, fixed)
        return drawn

    def _count(self, most: int) -> int:
        return max(self.choices.whole(1, most), self.choices.whole(1, most))

    def _strict(self, percent: int) -> bool:
        """A chance for what leaves fewer plans: rare in a loose problem, common in a strict one."""
        return self.choices.chance(percent * self.strictness_percent // 100)

    # ---- times and places ---------------------------------------------------------------------

    def _text(self, minute: int, offset: int) -> str:
        zone = timezone(timedelta(minutes=offset))
        written = (EPOCH + timedelta(minutes=minute)).astimezone(zone)
        text = written.isoformat(timespec="seconds" if self.choices.chance(70) else "minutes")
        return text[:-6] + "Z" if offset == 0 and self.choices.chance(30) else text

    def _time(self, minute: int) -> str:
        """Mostly in the horizon's offset, sometimes in another."""
        other = self.choices.chance(25)
        return self._text(minute, self.choices.pick(OFFSETS_MINUTES) if other else self.offset)

    def _places(self, centre: Place) -> list[Place]:
        """The centre and some places whose distance from it matters to a rule."""

        def beside(metres: float, *, east: bool) -> Place:
            degrees = math.degrees(metres / EARTH_RADIUS_M)
            if not east:
                return (centre[0], centre[1] + degrees)
            longitude = centre[0] + degrees / math.cos(math.radians(centre[1]))
            return (longitude - 360 if longitude > 180 else longitude, centre[1])

        near = (201.5, 200.5, 201.5, 99.5, 199.5)
        # Neither these nor their sums are whole: there the last bit of a sine would tell the floor.
        far = (450.2, 1000.7, 3750.2, 12_345.3)
        choices = self.choices
        return [
            centre,
            beside(choices.pick(near), east=choices.chance(50)),
            beside(choices.pick(far), east=choices.chance(50)),
        ]

    def _place(self, none_percent: int) -> Place | None:
        return None if self.choices.chance(none_percent) else self.choices.pick(self.places)

    def _rule(self, name: str) -> int:
        defaults = {"min_rest_minutes": 480, "speed_kmh": 15, "transfer_minutes": 10}
        return int(self.rules.get(name, defaults[name]))

    def _gap(self, one: Place | None, other: Place | None) -> int:
        """A gap between two shifts that is just enough for some rule, or a minute off."""
        ride = 0
        if one and other:
            metres = distance_m(one, other)
            ride = self._rule("transfer_minutes") + math.ceil(
                60 * metres / (1000 * self._rule("speed_kmh"))
            )
        rest = self._rule("min_rest_minutes")
        enough = self.choices.pick((0, ride, rest, rest))
        return enough + self.choices.pick((0, 0, 1, -1))

    def _span(self, place: Place | None, *, before: int = 0) -> tuple[int, int]:
        """From `before` minutes ahead of the horizon on: anywhere, after another, at midnight."""
        choices = self.choices
        length = choices.pick((30, 60, 90, 120, 240, 300, 60, 481))
        earliest, latest = self.start - before, self.end - length
        start = earliest + 30 * choices.whole(0, (latest - earliest) // 30)
        how = choices.pick(("anywhere", "after", "after", "before", "midnight"))
        if how == "midnight":
            day = (start + self.offset) // DAY_MINUTES
            start = day * DAY_MINUTES - self.offset + choices.pick((0, -1, -60, -length))
        elif how != "anywhere" and self.spans:
            other_start, other_end, other_place = choices.pick(self.spans)
            gap = self._gap(place, other_place)
            start = other_end + gap if how == "after" else other_start - gap - length
        start = max(earliest, min(latest, start))
        return start, start + length

    # ---- rules, weights -----------------------------------------------------------------------

    def _rules(self) -> Json:
        values = {
            "min_rest_minutes": (480, 900, 1440, 61, 0),
            "speed_kmh": (15, 1, 7, 60),
            "transfer_minutes": (10, 0, 25),
            "adult_age": (18, 16, 21),
            "minors_per_adult": (5, 1, 2),
        }
        return {
            name: self.choices.pick(options)
            for name, options in values.items()
            if self.choices.chance(40)
        }

    def _weights(self) -> Json:
        values = {
            "travel": (1, 0, 3),
            "cause": (20, 0, 7),
            "fairness": (15, 0, 40),
            "invite": (10, 0, 33),
            "change": (50, 0, 5),
        }
        return {
            name: self.choices.pick(options)
            for name, options in values.items()
            if self.choices.chance(60)
        }

    def _skills(self, most: int) -> dict[str, int]:
        return {
            name: self.choices.pick((1, 2, 3, 5)) for name in self.choices.some(SKILLS[:2], most)
        }

    # ---- shifts -------------------------------------------------------------------------------

    def _shift(self, index: int) -> Json:
        choices = self.choices
        place = self._place(none_percent=25)
        start, end = self._span(place)
        self.spans.append((start, end, place))
        count = self._count(self.size.roles)
        shift: Json = {
            "id": str(index) if choices.chance(10) else f"s{index}",
            "project": choices.pick(("park", "学校")),
            "start": self._time(start),
            "end": self._time(end),
            "roles": [self._role(name) for name in ROLE_IDS[:count]],
        }
        if place:
            shift["location"] = list(place)
        if choices.chance(60):
            shift["cause"] = choices.pick(CAUSES)
        if choices.chance(60):
            shift["priority"] = choices.pick((1, 2, 5, 10))
        if self._strict(50):
            shift["cancel_below_minimum"] = choices.chance(85)
        if self._strict(50):
            shift["team"] = [
                {"skill": name, "level": level, "count": choices.pick((1, 1, 2))}
                for name, level in self._skills(2).items()
            ]
        return shift

    def _role(self, name: str) -> Json:
        choices = self.choices
        least = choices.pick((0, 0, 1, 1, 2))
        role: Json = {"id": name, "max": max(1, least) + choices.pick((0, 0, 1, 2))}
        if least or choices.chance(50):
            role["min"] = least
        if self._strict(20):
            role["skills"] = self._skills(1)
        if self._strict(20):
            role["min_age"] = choices.pick((16, 18, 19))
        if self._strict(15):
            role["max_age"] = choices.pick((30, 29, 19))
        if self._strict(15):
            role["groups"] = choices.some(GROUPS, 2)
        return role

    # ---- volunteers ---------------------------------------------------------------------------

    def _volunteer(self, index: int) -> Json:
        choices = self.choices
        home = self._place(none_percent=20)
        person: Json = {
            "id": str(index) if choices.chance(10) else f"v{index}",
            "available": self._available(),
        }
        if home:
            person["location"] = list(home)
        if home and self._strict(60):
            exact = distance_m(home, choices.pick(self.places))
            person["max_travel_m"] = max(0, exact + choices.pick((0, 0, 1, -1)))
        if choices.chance(60):
            person["age"] = choices.pick((30, 15, 16, 17, 18, 19, 20, 70))
        if choices.chance(60):
            person["skills"] = self._skills(2)
        if choices.chance(50):
            person["groups"] = choices.some(GROUPS, 2)
        if choices.chance(40):
            person["likes"] = {name: choices.whole(0, 3) for name in choices.some(CAUSES, 3)}
        if choices.chance(40):
            person["served_minutes"] = choices.pick((0, 239, 240, 479, 480, 2399, 2400, 9000))
        if self._strict(30):
            person["engaged"] = self._engaged(choices.whole(0, 2))
        self._limits(person)
        return person

    def _limits(self, person: Json) -> None:
        choices = self.choices
        if self._strict(30):
            person["max_minutes"] = choices.pick((480, 120, 240, 330, 600, 60))
        if self._strict(35):
            person["max_minutes_per_day"] = choices.pick((1440, 240, 300, 480, 481, 780, 90))
        if self._strict(30):
            person["max_shifts"] = choices.pick((2, 1, 3, 2, 0))

    def _available(self) -> list[list[str]]:
        """All of the horizon, in one piece or in two; a part; just one shift; or never."""
        choices = self.choices
        margin = choices.pick((0, 0, 300))
        first, last = self.start - margin, self.end + margin
        middle = choices.whole(first + 1, last - 1)
        span_start, span_end, _ = choices.pick(self.spans)
        if choices.chance(40):  # a seam inside some shift
            middle = max(first + 2, min(last - 2, span_start + choices.whole(1, 29)))
        edge = choices.pick((0, 0, 1, -1))
        if not self._strict(60):
            return [[self._time(first), self._time(last)]]
        intervals = choices.pick(
            (
                [(first, middle), (middle, last)],
                [(middle - 1, last), (first, middle)],
                [(first, middle - 1), (middle, last)],
                [(span_start + edge, span_end), (span_end + 1, span_end + 600)],
                [(span_start, span_end + edge)],
                [],
            )
        )
        return [[self._time(start), self._time(end)] for start, end in intervals if start < end]

    def _engaged(self, count: int) -> list[Json]:
        """Promises elsewhere, from ten hours before the horizon on; no two the same."""
        rows = {}
        for _ in range(count):
            place = self._place(none_percent=40)
            start, end = self._span(place, before=600)
            row: Json = {"start": self._time(start), "end": self._time(end)}
            if place:
                row["location"] = list(place)
            rows[start, end, place] = row
        return list(rows.values())

    # ---- lists that name people and lines -----------------------------------------------------

    def _people_together(self, drawn: Json, people: list[str]) -> None:
        choices = self.choices
        if len(people) < 2:
            return
        if choices.chance(55):
            groups = [choices.some(people, 3) for _ in range(choices.pick((1, 1, 2)))]
            drawn["together"] = list(
                {frozenset(group): group for group in groups if len(group) > 1}.values()
            )
        if choices.chance(55):
            pairs = [choices.shuffled(people)[:2] for _ in range(choices.pick((1, 1, 2, 3)))]
            drawn["apart"] = list({frozenset(pair): pair for pair in pairs}.values())

    def _lists_of_lines(self, drawn: Json, fixed: str) -> None:
        choices = self.choices
        seats = all_lines(drawn)
        if fixed == "any":
            drawn["fixed"] = [line._asdict() for line in self._any(drawn, seats)]
        elif fixed == "consistent":
            drawn["fixed"] = self._consistent(drawn, choices.some(seats, 5))
        if choices.chance(55):
            places = [*choices.some(seats, 5), *choices.some(fixed_lines(drawn), 1)]
            drawn["forbidden"] = [
                {"volunteer": volunteer, "shift": shift, "reason": choices.pick(REASONS)}
                for volunteer, shift in dict.fromkeys((one.volunteer, one.shift) for one in places)
            ]
        if choices.chance(40):
            lines = [line._asdict() for line in choices.some(seats, 4)]
            gone = {"volunteer": "gone", "shift": "s0", "role": "helper"}
            drawn["current"] = [*lines, gone] if choices.chance(25) else lines

    def _any(self, drawn: Json, seats: list[Line]) -> list[Line]:
        """Lines that may clash: any; or none alone; or none in pairs, but perhaps in threes."""
        reading = Reading(drawn)
        how = self.choices.pick(("any", "none alone", "none in pairs", "none in pairs"))
        if how == "any":
            return self.choices.some(seats, 8)
        alone = [line for line in seats if not reading.clashes([line])]
        if how == "none alone":
            return self.choices.some(alone, 8)
        kept: list[Line] = []
        for line in self.choices.shuffled(alone):
            if not any(reading.clashes([line, other]) for other in kept):
                kept.append(line)
        return kept[:9]

    def _consistent(self, drawn: Json, wanted: list[Line]) -> list[dict[str, str]]:
        reading = Reading(drawn)
        kept: list[Line] = []
        for line in wanted:
            if not reading.clashes([*kept, line]):
                kept.append(line)
        return [line._asdict() for line in kept]


def all_lines(drawn: Json) -> list[Line]:
    """Every line that names a volunteer, a shift and one of its roles."""
    return [
        Line(person["id"], shift["id"], role["id"])
        for person in drawn["volunteers"]
        for shift in drawn["shifts"]
        for role in shift["roles"]
    ]


def fixed_lines(drawn: Json) -> list[Line]:
    return [Line(**row) for row in drawn.get("fixed", [])]
