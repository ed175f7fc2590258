"""Which shifts the reader wants to see, as it stands in the address."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from api.pages.reader import Reader
from services.paging import CURSOR_LENGTH_MAX, LIMIT_MAX
from services.shifts import Shift, ShiftQuery

DAYS_SHOWN: Final = 14
SHIFTS_SHOWN: Final = 50
NEAR_CHOICES_KM: Final = (2, 5, 10)
CATEGORY_LENGTH_MAX: Final = 80


@dataclass(frozen=True, slots=True)
class Filters:
    """The choice, and what there is to choose from."""

    day: date | None
    category: str | None
    near: int | None
    after: str | None
    days: tuple[date, ...]
    can_near: bool = False
    categories: tuple[str, ...] = ()
    near_choices: tuple[int, ...] = field(default=NEAR_CHOICES_KM)

    @property
    def chosen(self) -> bool:
        return bool(self.day or self.category or self.near)

    def link(self, **changes: Any) -> str:
        """The address of the same choice but for these changes; it begins at the first page."""
        other = replace(self, **{"after": None, **changes})
        day = other.day.isoformat() if other.day else None
        pairs = [("day", day), ("category", other.category), ("near", other.near)]
        query = urlencode([pair for pair in [*pairs, ("after", other.after)] if pair[1]])
        return f"/?{query}" if query else "/"

    def among(self, categories: Iterable[str | None]) -> "Filters":
        """The same choice, with these categories to choose from."""
        known = {category for category in (*categories, self.category) if category}
        return replace(self, categories=tuple(sorted(known)))

    def query(self, reader: Reader) -> ShiftQuery:
        """The choice as the service understands it. Distance is not in it."""
        starts_after = reader.moments.midnight(self.day) if self.day else None
        return ShiftQuery(
            limit=LIMIT_MAX if self.near else SHIFTS_SHOWN,
            after=self.after,
            starts_after=starts_after,
            starts_before=starts_after + timedelta(days=1) if starts_after else None,
            category=self.category,
        )


def filters_of(reader: Reader, can_near: bool) -> Filters:
    """What the address asks for. What it says that makes no sense is left out, not refused."""
    asked = reader.request.query_params
    today = reader.moments.day_of(reader.now)
    days = tuple(today + timedelta(days=number) for number in range(DAYS_SHOWN))
    day = _day(asked.get("day", ""))
    category = asked.get("category", "").strip()
    near = asked.get("near", "")
    cursor = asked.get("after", "")
    return Filters(
        day=day,
        category=category if 0 < len(category) <= CATEGORY_LENGTH_MAX else None,
        near=next((km for km in NEAR_CHOICES_KM if can_near and str(km) == near), None),
        after=cursor if 0 < len(cursor) <= CURSOR_LENGTH_MAX else None,
        days=days if day is None or day in days else (*days, day),
        can_near=can_near,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Day:
    """The shifts that start on one calendar day."""

    day: date
    shifts: list[Shift]
