"""JSON to a `Problem`: one method for each kind of object. Values are checked in `validate`."""

from collections.abc import Callable
from typing import Any, TypeVar

from matcher.problem import (
    Engagement,
    Forbidden,
    Horizon,
    Interval,
    Line,
    Problem,
    Role,
    Rules,
    Shift,
    TeamLine,
    Volunteer,
    Weights,
)
from matcher.reading import Fields, Reader, shown

PROBLEM_FORMAT = "mulin.problem/1"

_T = TypeVar("_T")


class ProblemReader(Reader):
    """Reads the objects of a problem, noting every defect of their shape."""

    def problem(self, value: Any) -> Problem:
        """The whole file."""
        optional = "rules weights together apart fixed forbidden current"
        keys = self.fields("", value, "format horizon volunteers shifts", optional)
        keys.get("format", self.exactly(PROBLEM_FORMAT), "")
        return Problem(
            horizon=keys.get("horizon", self._horizon, Horizon(0, 1)),
            volunteers=self._list(keys, "volunteers", self._volunteer),
            shifts=self._list(keys, "shifts", self._shift),
            rules=keys.get("rules", self._rules, Rules()),
            weights=keys.get("weights", self._weights, Weights()),
            together=self._list(keys, "together", self.texts),
            apart=self._list(keys, "apart", self._apart),
            fixed=self._list(keys, "fixed", self.line),
            forbidden=self._list(keys, "forbidden", self._forbidden),
            current=self._list(keys, "current", self.line),
        )

    def exactly(self, format_name: str) -> Callable[[str, Any], str]:
        """Reads a key that has one right value."""

        def read(place: str, value: Any) -> str:
            found = self.text(place, value)
            if found != format_name:
                self.defects.add(
                    place, "wrong_format", expected=f'"{format_name}"', found=shown(value)
                )
            return found

        return read

    def line(self, place: str, value: Any) -> Line:
        """`{volunteer, shift, role}`."""
        keys = self.fields(place, value, "volunteer shift role")
        return Line(
            volunteer=keys.get("volunteer", self.text, ""),
            shift=keys.get("shift", self.text, ""),
            role=keys.get("role", self.text, ""),
        )

    def _list(self, keys: Fields, key: str, read: Callable[[str, Any], _T]) -> tuple[_T, ...]:
        return keys.get(key, lambda place, value: self.items(place, value, read), ())

    def _horizon(self, place: str, value: Any) -> Horizon:
        keys = self.fields(place, value, "start end")
        start, offset_minutes = keys.get("start", self.time_and_offset, (0, 0))
        return Horizon(start, keys.get("end", self.time, 0), offset_minutes)

    def _rules(self, place: str, value: Any) -> Rules:
        names = "min_rest_minutes speed_kmh transfer_minutes adult_age minors_per_adult"
        keys = self.fields(place, value, "", names)
        default = Rules()
        return Rules(
            **{name: keys.get(name, self.integer, getattr(default, name)) for name in names.split()}
        )

    def _weights(self, place: str, value: Any) -> Weights:
        names = "travel cause fairness invite change"
        keys = self.fields(place, value, "", names)
        default = Weights()
        return Weights(
            **{name: keys.get(name, self.integer, getattr(default, name)) for name in names.split()}
        )

    def _volunteer(self, place: str, value: Any) -> Volunteer:
        numbers = "age max_minutes max_minutes_per_day max_shifts served_minutes"
        optional = f"location max_travel_m skills groups engaged likes {numbers}"
        keys = self.fields(place, value, "id available", optional)
        default = Volunteer("")
        whole = {
            name: keys.get(name, self.integer, getattr(default, name)) for name in numbers.split()
        }
        return Volunteer(
            id=keys.get("id", self.text, ""),
            available=self._list(keys, "available", self._interval),
            location=keys.get("location", self.location, None),
            max_travel_m=keys.get("max_travel_m", self.integer, None),
            skills=keys.get("skills", self.levels, {}),
            groups=keys.get("groups", self.texts, ()),
            engaged=self._list(keys, "engaged", self._engagement),
            likes=keys.get("likes", self.levels, {}),
            **whole,
        )

    def _interval(self, place: str, value: Any) -> Interval:
        return self.pair(place, value, self.time, 0)

    def _engagement(self, place: str, value: Any) -> Engagement:
        keys = self.fields(place, value, "start end", "location")
        return Engagement(
            start_minute=keys.get("start", self.time, 0),
            end_minute=keys.get("end", self.time, 0),
            location=keys.get("location", self.location, None),
        )

    def _shift(self, place: str, value: Any) -> Shift:
        optional = "cause location priority cancel_below_minimum team invited"
        keys = self.fields(place, value, "id project start end roles", optional)
        return Shift(
            id=keys.get("id", self.text, ""),
            project=keys.get("project", self.text, ""),
            start_minute=keys.get("start", self.time, 0),
            end_minute=keys.get("end", self.time, 0),
            roles=self._list(keys, "roles", self._role),
            cause=keys.get("cause", self.text, None),
            location=keys.get("location", self.location, None),
            priority=keys.get("priority", self.integer, 5),
            cancel_below_minimum=keys.get("cancel_below_minimum", self.boolean, False),
            team=self._list(keys, "team", self._team_line),
            invited=keys.get("invited", self.texts, ()),
        )

    def _role(self, place: str, value: Any) -> Role:
        keys = self.fields(place, value, "id max", "skills min min_age max_age groups")
        return Role(
            id=keys.get("id", self.text, ""),
            max=keys.get("max", self.integer, 1),
            min=keys.get("min", self.integer, 0),
            skills=keys.get("skills", self.levels, {}),
            min_age=keys.get("min_age", self.integer, 0),
            max_age=keys.get("max_age", self.integer, 150),
            groups=keys.get("groups", self.texts, ()),
        )

    def _team_line(self, place: str, value: Any) -> TeamLine:
        keys = self.fields(place, value, "skill level count")
        return TeamLine(
            skill=keys.get("skill", self.text, ""),
            level=keys.get("level", self.integer, 1),
            count=keys.get("count", self.integer, 0),
        )

    def _apart(self, place: str, value: Any) -> tuple[str, str]:
        return self.pair(place, value, self.text, "")

    def _forbidden(self, place: str, value: Any) -> Forbidden:
        keys = self.fields(place, value, "volunteer shift reason")
        return Forbidden(
            volunteer=keys.get("volunteer", self.text, ""),
            shift=keys.get("shift", self.text, ""),
            reason=keys.get("reason", self.text, ""),
        )
