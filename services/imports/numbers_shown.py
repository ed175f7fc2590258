"""Numbers of a workbook as a person sees them: dates as dates, whole numbers without a point."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from services.imports.sheet import Flaw

# ECMA-376 part 1, 18.8.30: the formats that have a number and no code; 27 to 36 and 50 to 58 are
# the East Asian dates. Of them all these show a time of day.
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_BUILT_IN_TIMES = frozenset({18, 19, 20, 21, 22, 32, 33, 45, 46, 47, 55, 56})
# A spreadsheet keeps fifteen digits of a number.
_EXACT_BELOW = 10**15
_LAST_SERIAL = 2_958_465  # 9999-12-31


@dataclass(frozen=True, slots=True)
class CellFormats:
    """How the cells of a workbook show numbers: by style, the number of a format and its code."""

    codes: Mapping[int, str]
    styles: Sequence[int]
    counts_from_1904: bool = False

    def shows(self, style: int) -> str:
        """`date`, `time` (a date may be with it) or `number`."""
        number = self.styles[style] if 0 <= style < len(self.styles) else 0
        if number in self.codes:
            return _shown_by(self.codes[number])
        if number in _BUILT_IN_TIMES:
            return "time"
        return "date" if number in _BUILT_IN_DATES else "number"


@lru_cache(maxsize=512)
def _shown_by(code: str) -> str:
    positive = code.split(";")[0]
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', "", positive.lower())
    if "general" in bare:
        return "number"
    if "h" in bare or "s" in bare:
        return "time"
    return "date" if re.search("[ymd]", bare) else "number"


def shown_number(raw: str, formats: CellFormats, style: int) -> str | Flaw:
    """The text for the raw digits of a numeric cell. Raises ValueError if they are no number."""
    number = float(raw)
    shows = formats.shows(style)
    if shows != "number" and 0 <= number <= _LAST_SERIAL:
        return _shown_time(number, shows, formats.counts_from_1904)
    if number.is_integer():
        if abs(number) >= _EXACT_BELOW:
            return Flaw("digits_lost", raw[:40])
        return str(int(number))
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(raw)
    # Fifteen digits hide what binary fractions add: 121.47000000000001 was typed as 121.47.
    return f"{number:.15g}"


def _shown_time(serial: float, shows: str, counts_from_1904: bool) -> str:
    first = datetime(1904, 1, 1) if counts_from_1904 else datetime(1899, 12, 30)  # noqa: DTZ001
    moment = first + timedelta(seconds=round(serial * 86_400))
    clock = f"{moment:%H:%M}" + (f":{moment:%S}" if moment.second else "")
    if serial < 1 and shows == "time":
        return clock
    if shows == "date" and serial == int(serial):
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d} {clock}"
