"""Reads JSON into typed values, naming the place of whatever is not as the format says.

A reader never stops at the first defect: it notes it and goes on with a stand-in value.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from matcher.defects import Defects, Refused
from matcher.problem import Location
from matcher.times import TimeRefused, read_time

_T = TypeVar("_T")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FOUND_LENGTH_MAX = 60

LIMIT_BYTES = 64 * 1024 * 1024


class _Repeating(dict[str, Any]):
    """A JSON object of which some keys stood twice."""

    repeated: tuple[str, ...] = ()


class _NotFinite:
    """NaN or Infinity, which Python's reader takes and JSON does not know."""

    def __init__(self, name: str) -> None:
        self.name = name


def load(data: bytes | str | Mapping[str, Any], limit_bytes: int, refuse: type[Refused]) -> Any:
    """The JSON value in `data`; raises `refuse` where it is too large or not JSON."""
    if isinstance(data, Mapping):
        return data
    defects = Defects()
    try:
        if len(data) <= limit_bytes:
            return _load_text(data)
        defects.add("", "too_large", limit_bytes=limit_bytes)
    except UnicodeDecodeError as error:
        defects.add("", "not_utf8", byte=error.start)
    except json.JSONDecodeError as error:
        defects.add("", "not_json", detail=error.msg, line=error.lineno, column=error.colno)
    except RecursionError:
        defects.add("", "too_deep")
    raise refuse(defects.listed())


def _load_text(data: bytes | str) -> Any:
    # A byte order mark is what some editors put before UTF-8; it says nothing.
    text = data.decode("utf-8-sig") if isinstance(data, bytes) else data.removeprefix("\ufeff")
    return json.loads(
        text, object_pairs_hook=_object, parse_constant=_NotFinite, parse_int=_whole_number
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    times = Counter(key for key, _ in pairs)
    repeating = _Repeating(found)
    repeating.repeated = tuple(key for key in found if times[key] > 1)
    return repeating


def _whole_number(digits: str) -> int | float:
    # Python refuses to read thousands of digits; as a float it is an infinity with a place.
    return int(digits) if len(digits) < 400 else float(digits)


def child(place: str, key: str) -> str:
    """The place of `key` in the object at `place`."""
    if not _PLAIN_KEY.fullmatch(key):
        return f"{place}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{place}.{key}" if place else key


class Reader:
    """Reads one value at a time; every method returns a usable value, whatever it found."""

    def __init__(self, defects: Defects) -> None:
        self.defects = defects

    def fields(self, place: str, value: Any, required: str, optional: str = "") -> "Fields":
        """The object at `place`, with the keys it must and may have (names parted by blanks)."""
        needed, known = required.split(), {*required.split(), *optional.split()}
        if not isinstance(value, Mapping):
            self._wrong_type(place, "an object", value)
            return Fields(self, place, {})
        for key in getattr(value, "repeated", ()):
            self.defects.add(child(place, key), "duplicate_key", key=key)
        for key in value:
            if key not in known:
                self.defects.add(child(place, str(key)), "unknown_key", key=str(key))
        for key in needed:
            if key not in value:
                self.defects.add(child(place, key), "missing_key", key=key)
        return Fields(self, place, value)

    def entries(self, place: str, value: Any) -> Mapping[str, Any]:
        """The object at `place`, whose keys are names."""
        if not isinstance(value, Mapping):
            self._wrong_type(place, "an object", value)
            return {}
        for key in getattr(value, "repeated", ()):
            self.defects.add(child(place, key), "duplicate_key", key=key)
        return value

    def items(self, place: str, value: Any, read: Callable[[str, Any], _T]) -> tuple[_T, ...]:
        """The list at `place`, each entry read by `read`."""
        if not isinstance(value, list | tuple):
            self._wrong_type(place, "a list", value)
            return ()
        return tuple(read(f"{place}[{index}]", each) for index, each in enumerate(value))

    def text(self, place: str, value: Any) -> str:
        """A string, as it stands."""
        if not isinstance(value, str):
            self._wrong_type(place, "text", value)
            return ""
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            # Half a character: it cannot be written as UTF-8 again.
            self.defects.add(place, "half_character")
            return ""
        return value

    def integer(self, place: str, value: Any) -> int:
        """A whole number; 12.0 is one, true is not."""
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and value.is_integer():
            return int(value)
        self._wrong_type(place, "a whole number", value)
        return 0

    def number(self, place: str, value: Any) -> float:
        """A number; one that no float holds becomes an infinity."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value) if abs(value) < 1e300 else float("inf")
        self._wrong_type(place, "a number", value)
        return 0.0

    def boolean(self, place: str, value: Any) -> bool:
        """true or false."""
        if isinstance(value, bool):
            return value
        self._wrong_type(place, "true or false", value)
        return False

    def time(self, place: str, value: Any) -> int:
        """Minutes since the epoch."""
        return self.time_and_offset(place, value)[0]

    def time_and_offset(self, place: str, value: Any) -> tuple[int, int]:
        """Minutes since the epoch, and the offset in minutes that was written."""
        if not isinstance(value, str):
            self._wrong_type(place, "an ISO 8601 time as text", value)
            return 0, 0
        try:
            return read_time(value)
        except TimeRefused as refused:
            self.defects.add(place, refused.code, found=shown(value))
            return 0, 0

    def location(self, place: str, value: Any) -> Location:
        """`[longitude, latitude]`."""
        longitude, latitude = self.pair(place, value, self.number, 0.0)
        return longitude, latitude

    def pair(
        self, place: str, value: Any, read: Callable[[str, Any], _T], stand_in: _T
    ) -> tuple[_T, _T]:
        """A list of exactly two."""
        if isinstance(value, list | tuple) and len(value) != 2:
            self.defects.add(place, "wrong_length", expected=2, found=len(value))
            return stand_in, stand_in
        found = self.items(place, value, read)
        return (found[0], found[1]) if found else (stand_in, stand_in)

    def levels(self, place: str, value: Any) -> dict[str, int]:
        """An object of names and whole numbers."""
        return {
            self.text(child(place, name), name): self.integer(child(place, name), level)
            for name, level in self.entries(place, value).items()
        }

    def texts(self, place: str, value: Any) -> tuple[str, ...]:
        """A list of strings."""
        return self.items(place, value, self.text)

    def _wrong_type(self, place: str, expected: str, value: Any) -> None:
        if value is None:
            self.defects.add(place, "null")
        elif isinstance(value, _NotFinite):
            self.defects.add(place, "not_finite", value=value.name)
        else:
            self.defects.add(place, "wrong_type", expected=expected, found=shown(value))


class Fields:
    """One object's keys. A key that is missing gives the default."""

    def __init__(self, reader: Reader, place: str, values: Mapping[str, Any]) -> None:
        self._reader = reader
        self._values = values
        self.place = place

    def get(self, key: str, read: Callable[[str, Any], _T], default: _T) -> _T:
        """The value of `key` as `read` makes it out."""
        if key not in self._values:
            return default
        return read(child(self.place, key), self._values[key])


def shown(value: Any) -> str:
    """What was found, short enough for a message."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    # As JSON writes it: a line break in a text must not break the line of the message.
    text = json.dumps(value, ensure_ascii=False, default=str)
    quoted = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return quoted if len(quoted) <= _FOUND_LENGTH_MAX else f"{quoted[:_FOUND_LENGTH_MAX]}…"
