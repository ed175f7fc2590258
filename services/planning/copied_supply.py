"""The people of a round as columns: the statements of `supply`, copied out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa

from matcher.problem import Horizon, Interval
from matcher.tables.parquet.names import Named, all_names, ids_of, rows_of
from matcher.tables.tables import (
    ANYWHERE,
    NO_LIMIT,
    Demands,
    Floats,
    Ids,
    Int32s,
    Int64s,
    Lists,
    People,
    Spans,
)
from services.database import rows
from services.minors import ADULT_AGE, MinorRules, kept_to_hours
from services.planning import supply
from services.planning.availability import WeeklyWindow, available
from services.planning.copies import FLAG, NUMBER, TEXT, WHOLE, Columns, array, copied, numbers
from services.planning.scope import Scope, instant

_NUMBERS = ("age", "max_minutes", "max_minutes_per_day", "max_shifts", "served_minutes")
_BEGUN = "floor(extract(epoch FROM {}) / 60)::bigint"
_OVER = "ceil(extract(epoch FROM {}) / 60)::bigint"

VOLUNTEERS = (
    f"SELECT found.*, o.name AS place FROM ({supply.VOLUNTEERS}) AS found "
    "JOIN volunteer v ON v.id = found.id JOIN organisation o ON o.id = v.organisation_id "
    "ORDER BY found.id"
)
WINDOWS = (
    "SELECT volunteer_id, string_agg(weekday || ' ' || start_minute || ' ' || end_minute, ',' "
    f"ORDER BY weekday, start_minute) AS pattern FROM ({supply.WINDOWS}) AS found "
    "GROUP BY volunteer_id"
)
# Less than a whole minute of service does not exist: off grows, extra shrinks.
EXCEPTIONS = (
    "SELECT volunteer_id, string_agg(CASE kind WHEN 'off' THEN 'off ' || "
    f"{_BEGUN.format('starts_at')} || ' ' || {_OVER.format('ends_at')} ELSE 'extra ' || "
    f"{_OVER.format('starts_at')} || ' ' || {_BEGUN.format('ends_at')} END, ',' "
    f"ORDER BY starts_at, ends_at) AS pattern FROM ({supply.EXCEPTIONS}) AS found "
    "GROUP BY volunteer_id"
)
ENGAGEMENTS = (
    f"SELECT volunteer_id, {_BEGUN.format('starts_at')} AS start, "
    f"{_OVER.format('ends_at')} AS end_, longitude, latitude FROM ({supply.ENGAGEMENTS}) AS found "
    "ORDER BY starts_at, ends_at, longitude, latitude"
)

_VOLUNTEER = {
    "id": TEXT,
    "home_longitude": NUMBER,
    "home_latitude": NUMBER,
    "max_travel_m": WHOLE,
    "is_matched": FLAG,
    "place": TEXT,
    **dict.fromkeys(_NUMBERS, WHOLE),
}
_LEVELS = {"volunteer_id": TEXT, "skill": TEXT, "level": WHOLE}
_LIKINGS = {"volunteer_id": TEXT, "cause": TEXT, "liking": WHOLE}
_GROUPS = {"volunteer_id": TEXT, "organisation_id": TEXT}
_PATTERNS = {"volunteer_id": TEXT, "pattern": TEXT}
_STAYS = {
    "volunteer_id": TEXT,
    "start": WHOLE,
    "end_": WHOLE,
    "longitude": NUMBER,
    "latitude": NUMBER,
}


@dataclass(frozen=True, slots=True)
class CopiedSupply:
    """Everybody of a problem in columns, as `supply.Supply` has them in rows."""

    horizon: Horizon
    minors: MinorRules
    volunteers: Columns
    elsewhere: Any
    memberships: Columns
    skills: Columns
    likes: Columns
    windows: Columns
    exceptions: Columns
    engagements: Columns
    apart: list[dict[str, Any]]

    @property
    def ids(self) -> Any:
        """Everybody who is in the problem, in the order of their ids."""
        return array(self.volunteers, "id")

    def names(self) -> tuple[Any, Any, Any]:
        """The names of skills, groups and causes that the people have."""
        columns = (
            (self.skills, "skill"),
            (self.memberships, "organisation_id"),
            (self.likes, "cause"),
        )
        skills, groups, causes = (
            all_names([array(table, name).cast(pa.large_string())]) for table, name in columns
        )
        return skills, groups, causes

    def places(self) -> Ids:
        """For each person the name of the organisation that registered them."""
        coded = array(self.volunteers, "place").dictionary_encode()
        # One object for each name, however many people have it.
        names: Ids = np.array([*coded.dictionary.to_pylist(), ""], np.object_)
        found: Ids = names[coded.indices.to_numpy(zero_copy_only=False)]
        return found

    def people(self, skills: Any, groups: Any, causes: Any) -> People:
        """The people, with the numbers of these names."""
        found = self.volunteers
        longitude = numbers(found, "home_longitude").astype(np.float64)
        columns = {name: numbers(found, name).astype(np.int64) for name in _NUMBERS}
        per_day = columns["max_minutes_per_day"]
        shortest = np.minimum(per_day, self.minors.minutes_per_day)
        columns["max_minutes_per_day"] = np.where(self._are_minors(), shortest, per_day)
        return People(
            id=ids_of(self.ids),
            longitude=longitude,
            latitude=numbers(found, "home_latitude").astype(np.float64),
            max_travel_m=numbers(found, "max_travel_m", NO_LIMIT).astype(np.int64),
            **columns,
            skills=self._levels(self.skills, "skill", "level", skills),
            groups=self._lists(groups),
            available=self._available(),
            engaged=self._engaged(),
            likes=self._levels(self.likes, "cause", "liking", causes),
        )

    def _owners(self, table: Columns) -> Int32s:
        return rows_of(array(table, "volunteer_id"), self.ids)

    def _levels(self, table: Columns, name: str, level: str, names: Any) -> Demands:
        order, first = self._by_owner(table)
        named = Named(first, array(table, name).cast(pa.large_string()).take(pa.array(order)))
        return named.demands(names, numbers(table, level).astype(np.int64)[order])

    def _lists(self, groups: Any) -> Lists:
        order, first = self._by_owner(self.memberships)
        texts = array(self.memberships, "organisation_id").cast(pa.large_string())
        return Named(first, texts.take(pa.array(order))).lists(groups)

    def _by_owner(self, table: Columns) -> tuple[Int64s, Int64s]:
        """The rows of each person one after another, and where each person's begin."""
        owner = self._owners(table)
        counts = np.bincount(owner, minlength=len(self.ids))
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return np.argsort(owner, kind="stable"), first

    def _engaged(self) -> Spans:
        order, first = self._by_owner(self.engagements)
        columns: list[Any] = [
            numbers(self.engagements, name)[order]
            for name in ("start", "end_", "longitude", "latitude")
        ]
        kinds = (np.int64, np.int64, np.float64, np.float64)
        start, end, longitude, latitude = (
            column.astype(kind) for column, kind in zip(columns, kinds, strict=True)
        )
        return Spans(first, start, end, longitude, latitude)

    def _available(self) -> Spans:
        shapes = _Shapes(self.horizon, len(self.ids))
        shapes.take(
            self._owners(self.windows),
            array(self.windows, "pattern"),
            self._owners(self.exceptions),
            array(self.exceptions, "pattern").to_pylist(),
        )
        unasked = ~numbers(self.volunteers, "is_matched").astype(np.bool_)
        unasked[rows_of(self.elsewhere, self.ids)] = True
        shapes.of_person[unasked] = 0
        shapes.keep_to_hours(self._are_minors(), self.minors)
        return shapes.spans()

    def _are_minors(self) -> Any:
        return numbers(self.volunteers, "age") < ADULT_AGE


class _Shapes:
    """The different availabilities: thousands of people share a handful. The first is never."""

    def __init__(self, horizon: Horizon, people: int) -> None:
        self._horizon = horizon
        self._shapes: list[tuple[Interval, ...]] = [()]
        self.of_person: Int64s = np.zeros(people, np.int64)

    def take(
        self,
        window_owners: Int32s,
        windows: Any,
        exception_owners: Int32s,
        exceptions: Sequence[str],
    ) -> None:
        """Give each person the intervals of these windows and exceptions."""
        coded = windows.dictionary_encode()
        patterns = [_windows(text) for text in coded.dictionary.to_pylist()]
        pattern_of = np.full(len(self.of_person), -1, np.int64)
        pattern_of[window_owners] = coded.indices.to_numpy(zero_copy_only=False)
        plain = [self._add(available(pattern, (), (), self._horizon)) for pattern in patterns]
        has_windows = pattern_of >= 0
        self.of_person[has_windows] = np.array(plain, np.int64)[pattern_of[has_windows]]
        seen: dict[tuple[int, str], int] = {}
        for person, text in zip(exception_owners.tolist(), exceptions, strict=True):
            key = int(pattern_of[person]), text
            if key not in seen:
                pattern = patterns[key[0]] if key[0] >= 0 else ()
                seen[key] = self._add(available(pattern, *_exceptions(text), self._horizon))
            self.of_person[person] = seen[key]

    def keep_to_hours(self, people: Any, of: MinorRules) -> None:
        """Leave these people of their intervals what lies in the hours of minors."""
        shape_of = self.of_person.copy()
        for shape in np.unique(shape_of[people]).tolist():
            kept = self._add(kept_to_hours(self._shapes[shape], self._horizon, of))
            self.of_person[people & (shape_of == shape)] = kept

    def spans(self) -> Spans:
        """The intervals of each person."""
        lengths = np.array([len(shape) for shape in self._shapes], np.int64)
        begins = np.concatenate([[0], np.cumsum(lengths)])
        flat = np.array([part for shape in self._shapes for part in shape], np.int64).reshape(-1, 2)
        counts = lengths[self.of_person]
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        items = np.arange(first[-1]) + np.repeat(begins[self.of_person] - first[:-1], counts)
        nowhere: Floats = np.full(len(items), ANYWHERE)
        return Spans(first, flat[items, 0], flat[items, 1], nowhere, nowhere.copy())

    def _add(self, shape: tuple[Interval, ...]) -> int:
        self._shapes.append(shape)
        return len(self._shapes) - 1


def _windows(text: str) -> tuple[WeeklyWindow, ...]:
    found = []
    for part in text.split(","):
        weekday, start, end = part.split(" ")
        found.append((int(weekday), int(start), int(end)))
    return tuple(found)


def _exceptions(text: str) -> tuple[list[Interval], list[Interval]]:
    """The intervals off, and those extra."""
    found: Mapping[str, list[Interval]] = {"off": [], "extra": []}
    for part in text.split(","):
        kind, start, end = part.split(" ")
        found[kind].append((int(start), int(end)))
    return found["off"], found["extra"]


async def copy_supply(
    scope: Scope, tied: Iterable[UUID], shift_ids: list[UUID], seated: list[str]
) -> CopiedSupply:
    """The people whom `supply.read_supply` reads, by the same statements."""
    members = scope.organisations, scope.first_day, scope.last_day
    outside = await rows(supply.ELSEWHERE, *members, sorted(set(tied)))
    elsewhere = [row["id"] for row in outside]
    people = *members, elsewhere
    horizon = instant(scope.horizon.start_minute), instant(scope.horizon.end_minute)
    nearby = *scope.nearby, shift_ids, seated
    return CopiedSupply(
        horizon=scope.horizon,
        minors=scope.minors,
        volunteers=await copied(_VOLUNTEER, VOLUNTEERS, *people),
        elsewhere=pa.array([str(each) for each in elsewhere], TEXT),
        memberships=await copied(_GROUPS, supply.MEMBERSHIPS, *people),
        skills=await copied(_LEVELS, supply.SKILLS, *people),
        likes=await copied(_LIKINGS, supply.LIKES, *people),
        windows=await copied(_PATTERNS, WINDOWS, *people),
        exceptions=await copied(_PATTERNS, EXCEPTIONS, *people, *horizon),
        engagements=await copied(_STAYS, ENGAGEMENTS, *people, *nearby),
        apart=await rows(supply.APART, *people),
    )
