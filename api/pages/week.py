"""Somebody's week as a grid to tap: days across, parts of the day down, and exact times beside.

A cell is on when the whole part is free. What is finer than a part stays as an exact time, so that
a week that was imported to the minute comes back as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.i18n import mark
from services.types import MINUTES_PER_DAY
from services.volunteer_types import Window

Span = tuple[int, int]
Exact = tuple[int, int, int]
"""Weekday, first minute, end minute."""
Cell = tuple[int, int]
"""Weekday and part."""

DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day, as people name it."""

    name: str
    start: int
    end: int


PARTS: Final = (
    Part(mark("Night"), 0, 360),
    Part(mark("Early"), 360, 480),
    Part(mark("Morning"), 480, 720),
    Part(mark("Noon"), 720, 840),
    Part(mark("Afternoon"), 840, 1080),
    Part(mark("Early evening"), 1080, 1200),
    Part(mark("Evening"), 1200, 1320),
    Part(mark("Late"), 1320, 1440),
)


@dataclass(frozen=True, slots=True)
class Week:
    """The cells that are wholly free, and what is free beside them."""

    cells: frozenset[Cell]
    exact: tuple[Exact, ...]

    @property
    def within(self) -> Mapping[Cell, tuple[Span, ...]]:
        """The exact times that lie in each cell, for its picture."""
        return {
            (day, number): found
            for day in range(DAYS)
            for number, part in enumerate(PARTS)
            if (found := _inside(self.exact, day, part))
        }


def week_of(windows: Iterable[Window]) -> Week:
    """The windows as a grid and what does not fill a cell of it."""
    free = _by_day((each.weekday, each.start_minute, each.end_minute) for each in windows)
    cells = frozenset(
        (day, number)
        for day, spans in free.items()
        for number, part in enumerate(PARTS)
        if any(start <= part.start and part.end <= end for start, end in spans)
    )
    exact: list[Exact] = []
    for day, spans in free.items():
        left = list(spans)
        for number, part in enumerate(PARTS):
            if (day, number) in cells:
                left = _without(left, part)
        exact += [(day, start, end) for start, end in left]
    return Week(cells, tuple(sorted(exact)))


def windows_of(week: Week) -> list[Window]:
    """The week as windows, which never touch one another within a day."""
    wanted = [(day, PARTS[number].start, PARTS[number].end) for day, number in week.cells]
    return [
        Window(weekday=day, start_minute=start, end_minute=end)
        for day, spans in sorted(_by_day([*wanted, *week.exact]).items())
        for start, end in spans
    ]


def by_span(exact: Iterable[Exact]) -> list[tuple[Span, list[int]]]:
    """Exact times by their hours, the earliest first, each with its days."""
    found: dict[Span, list[int]] = {}
    for day, start, end in sorted(exact):
        found.setdefault((start, end), []).append(day)
    return sorted(found.items())


def _by_day(found: Iterable[Exact]) -> dict[int, list[Span]]:
    """The free spans of each day of the week, merged; what runs over midnight is the next day's."""
    days: dict[int, list[Span]] = {}
    for day, start, end in found:
        if start < min(end, MINUTES_PER_DAY):
            days.setdefault(day, []).append((start, min(end, MINUTES_PER_DAY)))
        if end > MINUTES_PER_DAY:
            after = (max(start, MINUTES_PER_DAY) - MINUTES_PER_DAY, end - MINUTES_PER_DAY)
            days.setdefault((day + 1) % DAYS, []).append(after)
    return {day: _merged(spans) for day, spans in days.items()}


def _merged(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _without(spans: Iterable[Span], part: Part) -> list[Span]:
    found = []
    for start, end in spans:
        pieces = ((start, min(end, part.start)), (max(start, part.end), end))
        found += [piece for piece in pieces if piece[0] < piece[1]]
    return found


def _inside(exact: Iterable[Exact], day: int, part: Part) -> tuple[Span, ...]:
    return tuple(
        (max(start, part.start), min(end, part.end))
        for on, start, end in exact
        if on == day and start < part.end and end > part.start
    )


def clock(minute: int) -> str:
    """`08:30`; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def read_clock(text: str) -> int | None:
    """The minute of the day that a field of time names; 24:00 is its end."""
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isascii() and hour.isdecimal() and minute[:2].isascii()):
        return None
    if not minute[:2].isdecimal() or int(minute[:2]) > 59:
        return None
    total = int(hour) * 60 + int(minute[:2])
    return total if total <= MINUTES_PER_DAY else None
