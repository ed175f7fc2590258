"""What the text of a cell means. Each function reads one kind and refuses with a code."""

import re
import unicodedata
from datetime import date, datetime, timedelta, tzinfo

from services.positions import CoordinateSystem


class CellRefused(ValueError):
    """The cell cannot be read; `code` and `facts` make the sentence."""

    def __init__(self, code: str, **facts: str | int) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)


_SHOWN_MAX = 60

# A year outside these is a slip of the hand, and would not fit the calendar everywhere.
YEAR_LEAST, YEAR_BELOW = 1900, 2200


def shown(text: str) -> str:
    """A cell's text as a refusal repeats it, never more than a line of it."""
    return text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 1] + "…"


def plain(text: str) -> str:
    """Full-width digits and marks as the ordinary ones that they stand for."""
    return unicodedata.normalize("NFKC", text).strip()


def one_line(text: str, most: int) -> str:
    """A name of at most `most` characters without anything that cannot be seen."""
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in text):
        raise CellRefused("control_character")
    if len(text) > most:
        raise CellRefused("text_too_long", most=most, found=len(text))
    return text


_EXPONENT = re.compile(r"\d(\.\d+)?[eE]\+?\d{2,3}")


def key(text: str, most: int) -> str:
    """A name that identifies; 1.1E+17 is what is left of one after a spreadsheet rounded it."""
    if _EXPONENT.fullmatch(text):
        raise CellRefused("digits_lost", found=shown(text))
    return one_line(text, most)


def whole_number(text: str, unit: str, example: int, least: int, most: int) -> int:
    """Digits only, with `12.0` allowed because spreadsheets write it."""
    match = re.fullmatch(r"([+-]?\d{1,18})(?:\.0+)?", plain(text), re.ASCII)
    if match is None:
        raise CellRefused("not_whole_number", unit=unit, example=example, found=shown(text))
    return _within(int(match[1]), least, most)


def _within(number: int, least: int, most: int) -> int:
    if number < least:
        raise CellRefused("below_least", least=least, found=number)
    if number > most:
        raise CellRefused("above_most", most=most, found=number)
    return number


def degrees(text: str, most: int, example: str) -> float:
    """An angle between `-most` and `most`."""
    if not re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,17})?", plain(text), re.ASCII):
        raise CellRefused("not_number", example=example, found=shown(text))
    angle = float(plain(text))
    if abs(angle) <= most:
        return angle
    if most < abs(angle) <= 180:
        raise CellRefused("swapped_position")
    if angle > 0:
        raise CellRefused("above_most", most=most, found=shown(text))
    raise CellRefused("below_least", least=-most, found=shown(text))


_SYSTEMS = {
    CoordinateSystem.WGS84: ("wgs84", "gps", "cgcs2000", "国家2000", "天地图"),
    CoordinateSystem.GCJ02: ("gcj02", "火星", "高德", "腾讯", "gaode", "amap", "tencent"),
    CoordinateSystem.BD09: ("bd09", "bd09ll", "百度", "baidu"),
}
_SYSTEM_OF = {word: system for system, words in _SYSTEMS.items() for word in words}


def coordinate_system(text: str) -> CoordinateSystem:
    """`GCJ-02`, or the name of a map that gives such positions. CGCS2000 lies within centimetres of
    WGS 84."""
    word = re.sub(r"[\s_-]|坐标系?$|地图$", "", plain(text).casefold())
    for each in (word, plain(text).casefold()):
        if each in _SYSTEM_OF:
            return _SYSTEM_OF[each]
    raise CellRefused("not_coordinate_system", found=shown(text))


_YES = {"true", "yes", "y", "1", "是", "对", "√", "✓"}
_NO = {"false", "no", "n", "0", "否", "不", "×"}


def yes_or_no(text: str) -> bool:
    """是 or 否, yes or no, TRUE or FALSE, 1 or 0."""
    word = plain(text).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellRefused("not_yes_or_no", found=shown(text))


_DATE = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_CLOCK = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?"
_OFFSET = r"(?:Z|[+-]\d{2}:?\d{2})"


def day(text: str) -> date:
    """A date, year first: 2008-05-17, 2008/5/17, 2008年5月17日; a midnight after it is ignored."""
    match = re.fullmatch(rf"{_DATE}(?:[T\s]+0?0:00(?::00)?)?", plain(text), re.ASCII)
    if match is None:
        raise CellRefused("not_date", found=shown(text))
    return _calendar_day(match, text, "not_date")


def _calendar_day(match: re.Match[str], text: str, code: str) -> date:
    try:
        found = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise CellRefused(code, found=shown(text)) from error
    if not YEAR_LEAST <= found.year < YEAR_BELOW:
        raise CellRefused("too_early_or_late")
    return found


def moment(text: str, zone: tzinfo, same_day: date | None = None) -> datetime:
    """A date and a time of day, in `zone` unless it has an offset of its own.

    A time alone is on `same_day` if that is given. Whole minutes only; 24:00 ends the day.
    """
    written = plain(text)
    clock = re.fullmatch(_CLOCK, written, re.ASCII)
    if clock and same_day:
        return _at(same_day, _minute_of_day(clock[1], clock[2], clock[3], text), zone)
    match = re.fullmatch(rf"{_DATE}[T\s]*{_CLOCK}\s*({_OFFSET})?", written, re.ASCII)
    if match is None:
        raise CellRefused("not_date_time", found=shown(text))
    on = _calendar_day(match, text, "not_date_time")
    offset = match[7]
    if offset:
        zone = _zone(offset, text)
    return _at(on, _minute_of_day(match[4], match[5], match[6], text), zone)


def _zone(offset: str, text: str) -> tzinfo:
    try:
        found = datetime.strptime(offset.replace("Z", "+00:00"), "%z").tzinfo
    except ValueError as error:
        raise CellRefused("not_date_time", found=shown(text)) from error
    assert found is not None  # %z was read.
    return found


def _at(on: date, minute: int, zone: tzinfo) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=zone) + timedelta(minutes=minute)


def _minute_of_day(hour: str, minute: str, second: str | None, text: str, hours: int = 24) -> int:
    if second and int(second):
        raise CellRefused("not_whole_minute", found=shown(text))
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > hours * 60:
        raise CellRefused("not_clock_time", found=shown(text))
    return total


def clock_span(text: str) -> tuple[int, int]:
    """`09:00-12:00` as minutes of the day; the end may go on to 48:00, past midnight."""
    match = re.fullmatch(rf"{_CLOCK}\s*[-–—~至到]\s*{_CLOCK}", plain(text), re.ASCII)
    if match is None:
        raise CellRefused("not_clock_time", found=shown(text))
    start = _minute_of_day(match[1], match[2], match[3], text)
    end = _minute_of_day(match[4], match[5], match[6], text, hours=48)
    if start >= 24 * 60:
        raise CellRefused("not_clock_time", found=shown(text))
    if end <= start:
        raise CellRefused("end_before_start_of_day", found=shown(text))
    return start, end


def parts(text: str, separators: str = ";\n、|") -> list[str]:
    """The members of a list in a cell. Chinese and Western semicolons are the same."""
    pattern = "[" + re.escape(separators + "；") + "]"
    return [part.strip() for part in re.split(pattern, text) if part.strip()]


def named_numbers(
    text: str, code: str, least: int, most: int, default: int | None
) -> dict[str, str]:
    """`急救:3; 粤语:2` as names with what follows the colon, checked to begin with a number."""
    found: dict[str, str] = {}
    for part in parts(text):
        name, colon, rest = part.replace("：", ":").partition(":")
        name, rest = one_line(name.strip(), 80), rest.strip()
        if not colon and default is not None:
            rest = str(default)
        if not name:
            raise CellRefused("blank")
        number = plain(rest).split(":")[0].strip()
        if not re.fullmatch(r"\d{1,3}", number, re.ASCII) or not least <= int(number) <= most:
            raise CellRefused(code, name=shown(name), found=shown(rest) or "?")
        if name in found:
            raise CellRefused("named_twice", name=shown(name))
        found[name] = plain(rest)
    return found
