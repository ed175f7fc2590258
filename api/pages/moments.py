"""Days, times and lengths as people say them, in the service's zone."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from babel.dates import format_date, format_time

from api.i18n import locale_of, mark, translations
from api.layer.language import Language

DAY_PATTERNS: Final[dict[Language, str]] = {"zh": "M月d日 EEE", "en": "EEE d MMM"}
YEAR_PATTERNS: Final[dict[Language, str]] = {"zh": "y年M月d日 EEE", "en": "EEE d MMM y"}
NEAR_DAYS: Final = {0: mark("Today"), 1: mark("Tomorrow"), -1: mark("Yesterday")}


NO_BREAK, JOINER = "\u00a0", "\u2060"


def in_one_line(said: str) -> str:
    """The same to the eye, and never parted at the end of a line: 周一 stays with its 11月23日, and
    the time with both. Between two Chinese signs, or one and a digit, a line may end as well."""
    joined = re.sub(r"(?<=\S)(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=\S)", JOINER, said)
    return joined.replace(" ", NO_BREAK)


@dataclass(frozen=True, slots=True)
class Moments:
    """Says instants in one language, for a reader whose clock shows `now`."""

    language: Language
    zone: tzinfo
    now: datetime

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def day_of(self, moment: datetime) -> date:
        """The calendar day in the service's zone."""
        return self.local(moment).date()

    def last_day(self, end: datetime) -> date:
        """The last day of a span whose end is the first instant that is no longer in it."""
        return self.day_of(end - timedelta(microseconds=1))

    def midnight(self, day: date) -> datetime:
        """The first instant of a day."""
        return datetime.combine(day, time(), self.zone)

    def day(self, day: date) -> str:
        """`11月22日 周日`, with the year when it is another one."""
        patterns = DAY_PATTERNS if day.year == self.local(self.now).year else YEAR_PATTERNS
        return in_one_line(
            format_date(day, patterns[self.language], locale=locale_of(self.language))
        )

    def short_day(self, day: date) -> str:
        """`11月22日`, where there is room for no more."""
        pattern = "M月d日" if self.language == "zh" else "d MMM"
        return in_one_line(format_date(day, pattern, locale=locale_of(self.language)))

    def near_day(self, day: date) -> str | None:
        """`今天`, `明天`, `昨天`, or None for any other day."""
        name = NEAR_DAYS.get((day - self.local(self.now).date()).days)
        return self._words(name) if name else None

    def clock(self, moment: datetime) -> str:
        """`09:00`."""
        return format_time(self.local(moment), "HH:mm", locale=locale_of(self.language))

    def stamp(self, moment: datetime) -> str:
        """Day and time: `11月22日 周日 09:00`."""
        return f"{self.day(self.day_of(moment))}{NO_BREAK}{self.clock(moment)}"

    def span(self, starts_at: datetime, ends_at: datetime) -> str:
        """`09:00–12:00`; an end on another day says which."""
        if self.ends_later(starts_at, ends_at):
            return f"{self.clock(starts_at)} – {self.stamp(ends_at)}"
        return f"{self.clock(starts_at)}–{self.clock(ends_at)}"

    def ends_later(self, starts_at: datetime, ends_at: datetime) -> bool:
        """The end is on another day, midnight as the end of the first day aside."""
        last = ends_at - timedelta(minutes=1)
        return self.day_of(starts_at) != self.day_of(last)

    def length(self, minutes: int) -> str:
        """`3 小时 30 分钟`; from two days on, days and hours."""
        catalogue = translations(self.language)
        hours, rest = divmod(max(0, minutes), 60)
        days, hours_of_day = divmod(hours, 24)
        if days >= 2:
            parts = [(days, "days"), (hours_of_day, "hours")]
        else:
            parts = [(hours, "hours"), (rest, "minutes")]
        words = {
            "days": lambda n: catalogue.ngettext("%(num)s day", "%(num)s days", n),
            "hours": lambda n: catalogue.ngettext("%(num)s hour", "%(num)s hours", n),
            "minutes": lambda n: catalogue.ngettext("%(num)s minute", "%(num)s minutes", n),
        }
        said = [words[unit](count) % {"num": count} for count, unit in parts if count]
        if not said:
            said = [words["minutes"](0) % {"num": 0}]
        return " ".join(in_one_line(each) for each in said)

    def between(self, starts_at: datetime, ends_at: datetime) -> str:
        return self.length(int((ends_at - starts_at).total_seconds()) // 60)

    def left(self, deadline_at: datetime) -> str:
        """How long until then; of the last minute only that it is not over."""
        if timedelta() < deadline_at - self.now < timedelta(minutes=1):
            return self._words(mark("less than a minute"))
        return self.between(self.now, deadline_at)

    def read(self, text: str) -> datetime | None:
        """The instant that a field of day and time names in the service's zone, if any."""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def weekday(self, day: date) -> str:
        """Short: `今天`, `周二`."""
        short = format_date(day, "EEE", locale=locale_of(self.language))
        return self.near_day(day) or short

    def _words(self, text: str) -> str:
        return str(translations(self.language).gettext(text))
