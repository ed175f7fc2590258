"""When people can serve, held against an independent count of single minutes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from matcher.problem import MINUTES_PER_DAY, Horizon
from services.planning.availability import available, on_days, within, without

MIDNIGHT = int(datetime(2026, 12, 7, tzinfo=UTC).timestamp()) // 60 - 480  # Monday in China.
WEEK = Horizon(MIDNIGHT, MIDNIGHT + 7 * MINUTES_PER_DAY, 480)

spans = st.tuples(st.integers(-300, 3300), st.integers(1, 900)).map(
    lambda drawn: (MIDNIGHT + drawn[0], MIDNIGHT + drawn[0] + drawn[1])
)
weekly = st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)).map(
    lambda drawn: (drawn[0], drawn[1], drawn[1] + drawn[2])
)


def test_a_weekly_window_falls_on_its_local_weekday() -> None:
    tuesday_nine_to_noon = (1, 9 * 60, 12 * 60)

    [(start, end)] = on_days((tuesday_nine_to_noon,), WEEK)

    assert start == MIDNIGHT + MINUTES_PER_DAY + 9 * 60
    assert end == start + 180


def test_a_window_that_runs_over_midnight_reaches_in_from_the_day_before_the_horizon() -> None:
    sunday_night = (6, 22 * 60, 26 * 60)

    assert available([sunday_night], [], [], WEEK) == (
        (MIDNIGHT, MIDNIGHT + 120),
        (MIDNIGHT + 6 * MINUTES_PER_DAY + 22 * 60, MIDNIGHT + 7 * MINUTES_PER_DAY),
    )


def test_windows_that_touch_at_midnight_are_one_interval() -> None:
    all_week = [(weekday, 0, 1440) for weekday in range(7)]

    assert available(all_week, [], [], WEEK) == ((WEEK.start_minute, WEEK.end_minute),)


def test_an_extra_span_holds_on_a_day_off() -> None:
    day_off = (MIDNIGHT, MIDNIGHT + MINUTES_PER_DAY)
    extra = (MIDNIGHT + 600, MIDNIGHT + 660)

    assert available([(0, 480, 1080)], [day_off], [extra], WEEK) == (extra,)


@given(
    windows=st.lists(weekly, max_size=4, unique_by=lambda window: window[:2]),
    off=st.lists(spans, max_size=3),
    extra=st.lists(spans, max_size=3),
    offset=st.sampled_from((480, 0, -330)),
)
def test_every_minute_is_available_just_when_the_rows_say_so(
    windows: list[tuple[int, int, int]],
    off: list[tuple[int, int]],
    extra: list[tuple[int, int]],
    offset: int,
) -> None:
    horizon = Horizon(MIDNIGHT, MIDNIGHT + 2 * MINUTES_PER_DAY, offset)

    found = available(windows, off, extra, horizon)

    for probe in range(MIDNIGHT - 200, MIDNIGHT + 2 * MINUTES_PER_DAY + 200, 7):
        inside = any(start <= probe < end for start, end in found)
        assert inside == _says(probe, windows, off, extra, horizon), probe


def _says(
    probe: int,
    windows: list[tuple[int, int, int]],
    off: list[tuple[int, int]],
    extra: list[tuple[int, int]],
    horizon: Horizon,
) -> bool:
    if not horizon.holds(probe):
        return False
    if any(start <= probe < end for start, end in extra):
        return True
    if any(start <= probe < end for start, end in off):
        return False
    local = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=probe + horizon.offset_minutes)
    of_day = local.hour * 60 + local.minute
    return any(
        (weekday == local.weekday() and start <= of_day < end)
        or (weekday == (local.weekday() - 1) % 7 and of_day + 1440 < end)
        for weekday, start, end in windows
    )


@given(intervals=st.lists(spans, max_size=4), off=st.lists(spans, max_size=4))
def test_taking_out_leaves_nothing_that_was_taken(
    intervals: list[tuple[int, int]], off: list[tuple[int, int]]
) -> None:
    left = without(intervals, off)

    assert all(start < end for start, end in left)
    assert not any(start < b and a < end for start, end in left for a, b in off)


def test_what_lies_outside_the_horizon_is_cut_off() -> None:
    before = (WEEK.start_minute - 60, WEEK.start_minute)
    over_the_end = (WEEK.end_minute - 60, WEEK.end_minute + 60)

    assert within(WEEK, [before, over_the_end]) == [(WEEK.end_minute - 60, WEEK.end_minute)]
