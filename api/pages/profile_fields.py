"""What the forms of the profile send, as the services understand it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from api.pages.forms import text_of
from api.pages.position_fields import number
from api.pages.reader import Reader
from api.pages.week import DAYS, PARTS, Cell, Exact, Week, read_clock
from services.errors import Defect, Invalid
from services.profile import ChangeKind
from services.types import MINUTES_PER_DAY
from services.volunteer_types import AvailabilityChange, Liking

CAUSES_MAX: Final = 40
CAUSE_LENGTH_MAX: Final = 80
DAYS_OFF_MAX: Final = 366
HOURS_MAX: Final = 168
KILOMETRES_MAX: Final = 1000
SHIFTS_MAX: Final = 100


def cells(sent: Iterable[str]) -> Iterable[Cell]:
    """The boxes that were ticked; anything else is passed over."""
    for text in sent:
        found = re.fullmatch(r"([0-6])-(\d)", text, re.ASCII)
        if found and int(found[2]) < len(PARTS):
            yield int(found[1]), int(found[2])


def exact_times(sent: Iterable[str]) -> Iterable[Exact]:
    """The exact times that were left ticked."""
    for text in sent:
        found = re.fullmatch(r"([0-6])-(\d{1,4})-(\d{1,4})", text, re.ASCII)
        if found and int(found[2]) < int(found[3]) <= MINUTES_PER_DAY:
            yield int(found[1]), int(found[2]), int(found[3])


def with_new_time(week: Week, form: Mapping[str, str]) -> Week:
    """The week with the exact time that was added, if one was. Raises Invalid."""
    start_text, end_text = text_of(form, "new_from"), text_of(form, "new_to")
    if not start_text and not end_text:
        return week
    start, end = read_clock(start_text), read_clock(end_text)
    if end == 0:  # Midnight as an end is that of the day itself.
        end = MINUTES_PER_DAY
    day = text_of(form, "new_day")
    if start is None or end is None or day not in {str(each) for each in range(DAYS)}:
        raise Invalid([Defect("new_from", "times_missing")])
    if end <= start:
        raise Invalid([Defect("new_to", "end_not_after_start")])
    return Week(week.cells, (*week.exact, (int(day), start, end)))


def new_change(form: Mapping[str, str], reader: Reader) -> AvailabilityChange:
    """Days off, or some hours beside the week. Raises Invalid."""
    first = _day(form, "first_day")
    midnight = reader.moments.midnight
    if text_of(form, "kind") == ChangeKind.EXTRA:
        start, end = read_clock(text_of(form, "from")), read_clock(text_of(form, "to"))
        if start is None or end is None:
            raise Invalid([Defect("from", "times_missing")])
        if (end or MINUTES_PER_DAY) <= start:
            raise Invalid([Defect("to", "end_not_after_start")])
        return AvailabilityChange(
            kind=ChangeKind.EXTRA,
            starts_at=midnight(first) + timedelta(minutes=start),
            ends_at=midnight(first) + timedelta(minutes=end or MINUTES_PER_DAY),
        )
    last = _day(form, "last_day") if text_of(form, "last_day") else first
    if last < first:
        raise Invalid([Defect("last_day", "last_day_before_first")])
    if last < reader.moments.day_of(reader.now):
        raise Invalid([Defect("last_day", "day_is_over")])
    if (last - first).days > DAYS_OFF_MAX:
        raise Invalid([Defect("last_day", "too_many_days", parameters={"most": DAYS_OFF_MAX})])
    return AvailabilityChange(
        kind=ChangeKind.OFF,
        starts_at=midnight(first),
        ends_at=midnight(last + timedelta(days=1)),
    )


def name_of(change: AvailabilityChange) -> str:
    """What a button sends to say which change it means."""
    return f"{change.kind.value} {change.starts_at.isoformat()} {change.ends_at.isoformat()}"


def likes(form: Mapping[str, str]) -> list[Liking]:
    """The causes that are liked more or less than any other; 1 is what an unnamed one counts."""
    found = []
    for place in range(CAUSES_MAX):
        cause, liking = form.get(f"cause-{place}", ""), form.get(f"liking-{place}", "")
        if 0 < len(cause) <= CAUSE_LENGTH_MAX and cause.isprintable() and liking in {*"023"}:
            found.append(Liking(cause=cause, liking=int(liking)))
    return found


def limits(form: Mapping[str, str]) -> dict[str, Any]:
    """How much and how far. Raises Invalid with every field that is no number."""
    found: dict[str, Any] = {}
    defects = []
    for name, column, times, most in (
        ("hours", "max_minutes", 60, HOURS_MAX),
        ("hours_per_day", "max_minutes_per_day", 60, 24),
        ("shifts", "max_shifts", 1, SHIFTS_MAX),
        ("kilometres", "max_travel_m", 1000, KILOMETRES_MAX),
    ):
        text = text_of(form, name)
        if name == "kilometres" and not text:
            found[column] = None  # Any way will do.
            continue
        given = number(text)
        if given is None or not 0 <= given <= most:
            defects.append(Defect(name, "number_between", parameters={"most": most}))
        else:
            found[column] = round(given * times)
    if defects:
        raise Invalid(defects[:1])
    return found


def hours_shown(minutes: int) -> str:
    """`4`, `4.5`, `4.17`: hours as a field of a form has them."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


def _day(form: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(text_of(form, name))
    except ValueError as error:
        raise Invalid([Defect(name, "choose_a_day")]) from error
