"""ISO 8601 times as whole minutes since 1970-01-01T00:00Z, and back."""

import re
from datetime import date

from matcher.problem import MINUTES_PER_DAY

_EPOCH = date(1970, 1, 1).toordinal()
_MINUTES_PER_HOUR = 60
# The last minute that can be written: the end of the last day, at the offset farthest behind.
LAST_MINUTE = (date.max.toordinal() + 1 - _EPOCH) * MINUTES_PER_DAY + MINUTES_PER_DAY - 1
# The first one: the start of the first day, at the offset farthest ahead.
FIRST_MINUTE = (1 - _EPOCH) * MINUTES_PER_DAY - (MINUTES_PER_DAY - 1)
_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"(Z|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)


class TimeRefused(ValueError):
    """The text is no time that the format allows; `code` is the defect's."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def read_time(text: str) -> tuple[int, int]:
    """`(minutes since the epoch, offset in minutes)`; raises `TimeRefused`."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise TimeRefused("not_a_time")
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if offset is None:
        raise TimeRefused("no_offset")
    offset_minutes = _read_offset(offset)
    minute_of_day = _read_clock(int(hour), int(minute), int(second or 0), int(fraction or 0))
    try:
        days = date(int(year), int(month), int(day)).toordinal() - _EPOCH
    except ValueError:
        raise TimeRefused("not_a_time") from None
    return days * MINUTES_PER_DAY + minute_of_day - offset_minutes, offset_minutes


def _read_clock(hour: int, minute: int, second: int, fraction: int) -> int:
    ends_the_day = (hour, minute, second, fraction) == (24, 0, 0, 0)
    if minute > 59 or second > 60 or (hour > 23 and not ends_the_day):
        raise TimeRefused("not_a_time")
    if second or fraction:
        raise TimeRefused("not_whole_minutes")
    return hour * _MINUTES_PER_HOUR + minute


def _read_offset(offset: str) -> int:
    if offset == "Z":
        return 0
    digits = offset[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        raise TimeRefused("not_a_time")
    total = hours * _MINUTES_PER_HOUR + minutes
    return -total if offset[0] == "-" else total


def write_time(minute: int, offset_minutes: int = 0) -> str:
    """The time at that offset, as `2026-01-29T08:00:00+08:00`.

    At the far ends of the calendar another offset may be the only one that can be written.
    """
    for offset in (offset_minutes, 0, MINUTES_PER_DAY - 1, 1 - MINUTES_PER_DAY):
        days, minute_of_day = divmod(minute + offset, MINUTES_PER_DAY)
        if 1 <= days + _EPOCH <= date.max.toordinal():
            day = date.fromordinal(days + _EPOCH)
            hour, rest = divmod(minute_of_day, _MINUTES_PER_HOUR)
            return f"{day.isoformat()}T{hour:02}:{rest:02}:00{_write_offset(offset)}"
    if minute == LAST_MINUTE:
        return f"{date.max.isoformat()}T24:00:00{_write_offset(1 - MINUTES_PER_DAY)}"
    raise ValueError(f"minute {minute} is outside the calendar")


def _write_offset(offset_minutes: int) -> str:
    hours, minutes = divmod(abs(offset_minutes), _MINUTES_PER_HOUR)
    return f"{'-' if offset_minutes < 0 else '+'}{hours:02}:{minutes:02}"
