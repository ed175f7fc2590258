"""When people can serve: weekly windows laid over a horizon, days off taken out, extras added."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from matcher.problem import MINUTES_PER_DAY, Horizon, Interval
from matcher.rules import merged

WeeklyWindow = tuple[int, int, int]
"""Weekday (Monday is 0), first minute and end minute of the local day."""

DAYS_PER_WEEK = 7
EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday.


def available(
    windows: Sequence[WeeklyWindow],
    off: Sequence[Interval],
    extra: Sequence[Interval],
    horizon: Horizon,
) -> tuple[Interval, ...]:
    """The intervals inside the horizon in which somebody can serve.

    An extra interval holds even where a day off covers it: it was written for that very time.
    """
    if not off and not extra:
        return of_windows(tuple(windows), horizon)
    weekly = without(on_days(tuple(windows), horizon), off)
    return tuple(within(horizon, merged([*weekly, *extra])))


# Thousands of people share a handful of weekly patterns.
@lru_cache(maxsize=10_000)
def of_windows(windows: tuple[WeeklyWindow, ...], horizon: Horizon) -> tuple[Interval, ...]:
    """The weekly windows alone, in the horizon."""
    return tuple(within(horizon, on_days(windows, horizon)))


def on_days(windows: tuple[WeeklyWindow, ...], horizon: Horizon) -> tuple[Interval, ...]:
    """The weekly windows on every local day that can reach into the horizon, in order."""
    first_day = horizon.day(horizon.start_minute) - 1  # Its windows may run over midnight.
    last_day = horizon.day(horizon.end_minute - 1)
    found = []
    for day in range(first_day, last_day + 1):
        midnight = day * MINUTES_PER_DAY - horizon.offset_minutes
        weekday = (day + EPOCH_WEEKDAY) % DAYS_PER_WEEK
        found += [(midnight + start, midnight + end) for on, start, end in windows if on == weekday]
    return tuple(merged(found))


def without(intervals: Iterable[Interval], off: Iterable[Interval]) -> list[Interval]:
    """What is left of the intervals when `off` is taken out of them."""
    left = list(intervals)
    for off_start, off_end in off:
        parts = []
        for start, end in left:
            before, after = (start, min(end, off_start)), (max(start, off_end), end)
            parts += [part for part in (before, after) if part[0] < part[1]]
        left = parts
    return left


def within(horizon: Horizon, intervals: Iterable[Interval]) -> list[Interval]:
    """The parts of the intervals that lie in the horizon."""
    clipped = [
        (max(start, horizon.start_minute), min(end, horizon.end_minute)) for start, end in intervals
    ]
    return [(start, end) for start, end in clipped if start < end]
