"""The week as a grid: whatever somebody's windows are, the grid gives the same time back."""

from hypothesis import example, given
from hypothesis import strategies as st

from api.pages.week import PARTS, Week, by_span, clock, read_clock, week_of, windows_of
from matcher.problem import MINUTES_PER_DAY, Horizon
from services.planning.availability import available
from services.volunteer_types import Window

MONDAY = 20_000 * MINUTES_PER_DAY - 480  # Some midnight in Shanghai.
TWO_WEEKS = Horizon(MONDAY, MONDAY + 14 * MINUTES_PER_DAY, 480)

# Crowded on the borders of parts, where a mistake would be.
minutes = st.one_of(
    st.sampled_from(sorted({part.start for part in PARTS} | {part.end for part in PARTS})),
    st.integers(0, MINUTES_PER_DAY),
)
windows = st.builds(
    lambda day, start, length: Window(
        weekday=day, start_minute=min(start, 1439), end_minute=min(start, 1439) + length
    ),
    st.integers(0, 6),
    minutes,
    st.one_of(st.sampled_from([60, 120, 240, 600, 1440]), st.integers(1, 1440)),
)


def free(found: list[Window]) -> object:
    """The time itself, as a round would read it."""
    return available(
        [(each.weekday, each.start_minute, each.end_minute) for each in found], [], [], TWO_WEEKS
    )


@given(st.lists(windows, max_size=12))
@example([Window(weekday=6, start_minute=1200, end_minute=2880)])
@example([Window(weekday=4, start_minute=900, end_minute=1320)])
def test_the_grid_and_its_exact_times_are_the_same_time(found: list[Window]) -> None:
    week = week_of(found)

    assert free(windows_of(week)) == free(found)
    assert week_of(windows_of(week)) == week
    assert len({(each.weekday, each.start_minute) for each in windows_of(week)}) == len(
        windows_of(week)
    )


def test_parts_cover_the_day_without_a_gap() -> None:
    ends = [part.end for part in PARTS]
    assert [part.start for part in PARTS] == [0, *ends[:-1]]
    assert ends[-1] == MINUTES_PER_DAY


def test_a_finer_window_is_a_cell_and_an_exact_time() -> None:
    week = week_of([Window(weekday=0, start_minute=900, end_minute=1200)])

    assert week.cells == {(0, 5)}
    assert week.exact == ((0, 900, 1080),)
    assert week.within == {(0, 4): ((900, 1080),)}
    with_afternoon = Week(week.cells | {(0, 4)}, week.exact)
    assert windows_of(with_afternoon) == [Window(weekday=0, start_minute=840, end_minute=1200)]


def test_times_of_day_are_read_as_they_are_written() -> None:
    assert [read_clock(clock(minute)) for minute in (0, 510, 1440)] == [0, 510, 1440]
    assert [read_clock(text) for text in ("", "8", "25:00", "08:60", "x:00", "24:01", "-1:00")] == [
        None
    ] * 7


def test_equal_hours_of_several_days_stand_in_one_line() -> None:
    exact = [(3, 420, 480), (0, 930, 1050), (0, 420, 480), (1, 420, 480)]
    assert by_span(exact) == [((420, 480), [0, 1, 3]), ((930, 1050), [0])]
