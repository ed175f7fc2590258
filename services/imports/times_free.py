"""When somebody can serve, as people write it: weekly windows, single days, days off."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, tzinfo

from services.imports.cells import CellRefused, clock_span, day, parts, plain, shown

MINUTES_PER_DAY = 1440

Window = tuple[int, int, int]
Change = tuple[str, datetime, datetime]

_CHINESE_DAYS = "一二三四五六日"
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_WORDS: dict[str, tuple[int, ...]] = {
    **{
        prefix + letter: (index,)
        for index, letter in enumerate(_CHINESE_DAYS)
        for prefix in ("周", "星期", "礼拜")
    },
    **{prefix + "天": (6,) for prefix in ("周", "星期", "礼拜")},
    **{name: (index,) for index, name in enumerate(_ENGLISH_DAYS)},
    **{
        name: (index,)
        for index, name in enumerate(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        )
    },
    **{name: (index,) for name, index in (("tues", 1), ("wednes", 2), ("thur", 3), ("thurs", 3))},
    **dict.fromkeys(("每天", "每日", "daily", "every day"), tuple(range(7))),
    **dict.fromkeys(("工作日", "weekdays"), tuple(range(5))),
    **dict.fromkeys(("周末", "双休日", "weekend", "weekends"), (5, 6)),
}
_SPAN = re.compile(r"\d{1,2}:\d{2}\s*[-–—~至到]\s*\d{1,2}:\d{2}")
_TO = re.compile(r"\s*(?:[-–—~至到]|\.\.)\s*")


def availability(text: str, zone: tzinfo) -> tuple[frozenset[Window], frozenset[Change]]:
    """`Mon 09:00-12:00; 周六 14:00-18:00; 2026-05-17 09:00-12:00` as windows and single spans.

    Windows that touch or overlap on one weekday are joined. Raises CellRefused.
    """
    windows: list[Window] = []
    changes: set[Change] = set()
    for part in parts(text, separators=";\n|"):
        written = plain(part)
        first = _SPAN.search(written)
        if first is None:
            raise CellRefused("not_availability", found=shown(part))
        spans = [
            clock_span(each) for each in re.split(r"[,、\s]+", _tight(written[first.start() :]))
        ]
        when = written[: first.start()].strip().rstrip(",:").strip()
        if re.match(r"\d{4}", when):
            on = datetime.combine(day(when), datetime.min.time(), zone)
            for start, end in spans:
                changes.add(("extra", on + timedelta(minutes=start), on + timedelta(minutes=end)))
        else:
            weekdays = _weekdays(when, part)
            windows.extend((weekday, *span) for weekday in weekdays for span in spans)
    return joined_windows(windows), frozenset(changes)


def _tight(text: str) -> str:
    """Without blanks around the dashes, so that blanks can divide the spans."""
    return re.sub(r"\s*([-–—~至到])\s*", r"\1", text)


def _weekdays(when: str, part: str) -> list[int]:
    found: list[int] = []
    for word in re.split(r"[,、/\s]+", _tight(when.casefold())):
        if word in _DAY_WORDS:
            found.extend(_DAY_WORDS[word])
            continue
        ends = [_DAY_WORDS.get(_with_prefix(end, word), ()) for end in _TO.split(word)]
        if len(ends) != 2 or any(len(end) != 1 for end in ends):
            raise CellRefused("not_availability", found=shown(part))
        first, last = ends[0][0], ends[1][0]
        found.extend((first + step) % 7 for step in range((last - first) % 7 + 1))
    return found


def _with_prefix(end: str, whole: str) -> str:
    """`五` in `周一至五` is `周五`."""
    return whole[0] + end if len(end) == 1 and end in _CHINESE_DAYS + "天" else end


def joined_windows(windows: Iterable[Window]) -> frozenset[Window]:
    """The same times with as few windows as there can be on each weekday."""
    joined: list[Window] = []
    for weekday, start, end in sorted(windows):
        if joined and joined[-1][0] == weekday and start <= joined[-1][2]:
            joined[-1] = (weekday, joined[-1][1], max(end, joined[-1][2]))
        else:
            joined.append((weekday, start, end))
    return frozenset(joined)


def days_off(text: str, zone: tzinfo) -> frozenset[Change]:
    """`2026-05-02; 2026-05-04..2026-05-06` as whole days on which the windows do not hold."""
    return frozenset(_off(part, zone) for part in parts(text, separators=";,\n、|"))


def _off(part: str, zone: tzinfo) -> Change:
    days = list(_days(part))
    if len(days) > 2 or days[-1] < days[0]:
        raise CellRefused("end_before_start", found=shown(part))
    start = datetime.combine(days[0], datetime.min.time(), zone)
    end = datetime.combine(days[-1] + timedelta(days=1), datetime.min.time(), zone)
    return ("off", start, end)


def _days(part: str) -> Iterator[date]:
    for each in re.split(r"\s*(?:\.\.|~|至|到|–|—|\s-\s)\s*", plain(part)):
        yield day(each)
