"""Which shifts the reader wants to see, as it stands in the address. No position stands there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from babel.dates import format_date

from api.i18n import locale_of
from api.layer.language import Language
from api.pages.reader import Reader
from services.finding import Box, Choices, FindIn, Order
from services.paging import CURSOR_LENGTH_MAX
from services.types import Location

DAYS_SHOWN: Final = 14
SHIFTS_SHOWN: Final = 30
NEAR_CHOICES_KM: Final = (1, 2, 5, 10)
TEXT_LENGTH_MAX: Final = 100
NAME_LENGTH_MAX: Final = 80
VIEWS: Final = ("list", "map", "you")
DAY_NAMES: Final[Mapping[Language, str]] = {"zh": "M月d日", "en": "d MMM"}
YEAR_NAMES: Final[Mapping[Language, str]] = {"zh": "y年M月d日", "en": "d MMM y"}
ORDERS: Final = tuple(order.value for order in Order)


@dataclass(frozen=True, slots=True)
class Filters:
    """The choice. What the address says that makes no sense is left out, not refused."""

    view: str = "list"
    text: str = ""
    day: date | None = None
    category: str | None = None
    skill: str | None = None
    near: int | None = None
    when_free: bool = False
    with_seats: bool = False
    with_declined: bool = False
    order: str = "time"
    box: str | None = None
    after: str | None = None

    @property
    def narrowed(self) -> bool:
        """Something that hides shifts is chosen."""
        chosen = (self.text, self.day, self.category, self.skill, self.near, self.box)
        return any(chosen) or self.when_free or self.with_seats

    @property
    def sheet_count(self) -> int:
        """How many of the choices that are folded away are made."""
        choices = (self.category, self.skill, self.near)
        return sum(map(bool, choices)) + self.when_free + self.with_seats

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The choice as the pairs of an address, without what is as it is by itself."""
        given = {
            "view": "" if self.view == "list" else self.view,
            "q": self.text,
            "day": self.day.isoformat() if self.day else "",
            "category": self.category or "",
            "skill": self.skill or "",
            "near": str(self.near or ""),
            "free": "1" if self.when_free else "",
            "seats": "1" if self.with_seats else "",
            "declined": "1" if self.with_declined else "",
            "order": "" if self.order == "time" else self.order,
            "box": self.box or "",
            "after": self.after or "",
        }
        return [(name, value) for name, value in given.items() if value]

    def link(self, **changes: Any) -> str:
        """The address of the same choice but for these changes; it begins at the first page."""
        query = urlencode(replace(self, **{"after": None, **changes}).pairs)
        return f"/?{query}" if query else "/"

    def besides(self, *names: str) -> list[tuple[str, str]]:
        """The pairs that a form carries on unseen, beside its own fields of these names."""
        return [pair for pair in self.pairs if pair[0] not in (*names, "after")]

    def query(self, reader: Reader, position: Location | None = None) -> FindIn:
        """The choice as the service understands it."""
        since = reader.moments.midnight(self.day) if self.day else None
        return FindIn(
            limit=SHIFTS_SHOWN,
            after=self.after,
            text=self.text,
            starts_after=since,
            starts_before=since + timedelta(days=1) if since else None,
            category=self.category,
            skill=self.skill,
            position=position,
            within_m=self.near * 1000 if self.near else None,
            box=_box(self.box),
            when_free=self.when_free,
            with_seats=self.with_seats,
            with_declined=self.with_declined,
            order=Order(self.order),
        )


def filters_of(asked: Mapping[str, str], *, has_home: bool, is_volunteer: bool) -> Filters:
    """What is asked for, as far as it can be had by this reader: whoever has no home is near
    nothing, whoever is no volunteer has no free time and nothing that fits."""
    cursor = asked.get("after", "")
    near = next((km for km in NEAR_CHOICES_KM if has_home and str(km) == asked.get("near")), None)
    order = asked.get("order", "")
    possible = {"time", "urgency"} | ({"distance"} if has_home else set())
    possible |= {"fit"} if is_volunteer else set()
    view = asked.get("view", "")
    if view not in VIEWS or (view == "you" and not is_volunteer):
        view = "list"
    return Filters(
        view=view,
        text=asked.get("q", "").replace("\0", "").strip()[:TEXT_LENGTH_MAX],
        day=_day(asked.get("day", "")),
        category=_name(asked.get("category", "")),
        skill=_name(asked.get("skill", "")),
        near=near,
        when_free=is_volunteer and asked.get("free") == "1",
        with_seats=asked.get("seats") == "1",
        with_declined=is_volunteer and asked.get("declined") == "1",
        order=order if order in possible else "time",
        box=asked["box"] if _box(asked.get("box")) else None,
        after=cursor if 0 < len(cursor) <= CURSOR_LENGTH_MAX else None,
    )


def with_choice(found: Choices, filters: Filters) -> Choices:
    """What there is to choose, with what is chosen among it even if nothing of it is left."""
    return Choices(
        categories=sorted({*found.categories, *filter(None, [filters.category])}),
        skills=sorted({*found.skills, *filter(None, [filters.skill])}),
    )


def days_of(reader: Reader, filters: Filters) -> list[tuple[date, str]]:
    """The days of the strip, and how each is called: two weeks from today, and before them the one
    that is chosen where it is none of them. Where a month begins, and out of the row, a day says
    which month it is of."""
    today = reader.moments.day_of(reader.now)
    days = [today + timedelta(days=number) for number in range(DAYS_SHOWN)]
    row = [(day, _short(reader, day) if day.day == 1 else str(day.day)) for day in days]
    if filters.day is None or filters.day in days:
        return row
    return [(filters.day, _short(reader, filters.day)), *row]


def _short(reader: Reader, day: date) -> str:
    """`12月1日`, with the year when it is another one."""
    is_near = day.year == reader.moments.day_of(reader.now).year
    pattern = (DAY_NAMES if is_near else YEAR_NAMES)[reader.language]
    return format_date(day, pattern, locale=locale_of(reader.language))


def _box(text: str | None) -> Box | None:
    """`west,south,east,north` in degrees."""
    if not text or len(text) > 80:
        return None
    try:
        west, south, east, north = (float(each) for each in text.split(","))
        box = msgspec.convert(
            {"west": west, "south": south, "east": east, "north": north}, type=Box
        )
    except (ValueError, msgspec.ValidationError):
        return None
    return box if box.west < box.east and box.south < box.north else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _name(text: str) -> str | None:
    name = text.strip()
    return name if 0 < len(name) <= NAME_LENGTH_MAX and name.isprintable() else None
