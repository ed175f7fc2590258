"""What is wrong with an input: each defect names its place, and all are reported together."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from matcher.problem import Line

# A file that is wrong in every line would drown the reader in the same message.
DEFECTS_MAX = 100
# Past so many it is not worth reading on: a file of nothing but defects must cost no more than one
# that is right.
DEFECTS_COUNTED_MAX = 10_000

MESSAGES: Mapping[str, str] = {
    "too_large": "larger than the limit of {limit_bytes} bytes",
    "not_utf8": "not UTF-8 text (byte {byte})",
    "not_json": "not JSON: {detail} (line {line}, column {column})",
    "not_finite": "{value} is not a number that JSON knows",
    "too_deep": "nested too deeply to read",
    "duplicate_key": "the key {key} stands twice in one object",
    "unknown_key": "unknown key {key}",
    "missing_key": "the key {key} is required",
    "null": "null is not allowed; leave the key out instead",
    "wrong_type": "must be {expected}, not {found}",
    "half_character": "holds half a character (a lone surrogate), which no text can",
    "wrong_format": "must be {expected}, not {found}",
    "wrong_length": "must have {expected} entries, not {found}",
    "empty_text": "must not be empty",
    "too_small": "must be at least {least}, not {found}",
    "too_big": "must be at most {most}, not {found}",
    "not_a_time": "not an ISO 8601 time with date and offset: {found}",
    "no_offset": "a time needs an offset such as +08:00 or Z: {found}",
    "not_whole_minutes": "times are whole minutes: {found}",
    "end_not_after_start": "must be after the start",
    "outside_horizon": "the shift must lie within the horizon",
    "duplicate_id": "the id {id} is used twice, first at {first}",
    "duplicate_member": "{member} stands twice in this list, first at {first}",
    "duplicate_line": "the same line stands twice, first at {first}",
    "unknown_volunteer": "no volunteer has the id {id}",
    "unknown_shift": "no shift has the id {id}",
    "unknown_role": "the shift {shift} has no role {id}",
    "same_person": "{id} cannot be paired with himself",
    "not_one_of": "must be one of {words}, not {found}",
    "min_above_max": "min {min} is above max {max}",
    "fixed_clash": "these fixed lines cannot all hold, they break {rule}: {lines}",
    "missing_table": "the table {table} is required",
    "unknown_table": "nothing here is called {table}",
    "not_parquet": "not a table in Parquet: {detail}",
    "null_value": "null is not allowed here",
    "more": "{count} more defects are not listed",
    "unread": "{count} more defects are not listed, and the rest was not read",
}


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing wrong with an input, at one place such as `volunteers[3].available[0]`."""

    place: str
    code: str
    message: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)


class Refused(Exception):
    """An input was refused; `defects` says where and why."""

    def __init__(self, defects: Iterable[Defect]) -> None:
        self.defects = tuple(defects)
        super().__init__("; ".join(f"{defect.place}: {defect.message}" for defect in self.defects))


class ProblemRefused(Refused):
    """The problem cannot be planned as it stands."""


class PlanRefused(Refused):
    """The plan cannot be read. `assignments` are its lines where at least these could be."""

    def __init__(
        self, defects: Iterable[Defect], assignments: tuple[Line, ...] | None = None
    ) -> None:
        super().__init__(defects)
        self.assignments = assignments


class TooManyDefects(Exception):
    """So much is wrong with an input that the rest of it is not read."""


class Defects:
    """Collects defects in the order found, without any that follows from an earlier one.

    A place that is broken keeps quiet about what depends on it: an unreadable start is one
    defect, not also an end before the start and a shift outside the horizon.
    """

    def __init__(self) -> None:
        self._found: list[Defect] = []
        self._broken: set[str] = set()
        self._unlisted = 0

    def add(
        self, place: str, code: str, /, *, needs: Iterable[str] = (), **parameters: str | int
    ) -> None:
        """Note a defect, unless `place` or one of `needs` lies in a place already broken.

        Raises `TooManyDefects` with the one that is too many.
        """
        if any(self.is_broken(each) for each in (place, *needs)):
            return
        self._broken.add(place)
        if len(self._found) >= DEFECTS_MAX:
            self._unlisted += 1
            if self._unlisted >= DEFECTS_COUNTED_MAX:
                raise TooManyDefects
            return
        message = MESSAGES[code].format(**parameters)
        self._found.append(Defect(place, code, message, parameters))

    def is_broken(self, place: str) -> bool:
        """Whether a defect was noted at `place` or at anything that contains it."""
        if not self._broken:
            return False
        if place in self._broken or "" in self._broken:
            return True
        ends = (index for index, letter in enumerate(place) if letter in ".[")
        return any(place[:end] in self._broken for end in ends)

    def has_any_in(self, *places: str) -> bool:
        """Whether anything was noted at one of these top-level places or inside it."""
        tops = {re.split(r"[.\[]", place, maxsplit=1)[0] for place in self._broken}
        return not tops.isdisjoint(places)

    def __bool__(self) -> bool:
        return bool(self._found)

    def listed(self) -> tuple[Defect, ...]:
        """All defects, at most `DEFECTS_MAX` and then one that counts the rest."""
        if not self._unlisted:
            return tuple(self._found)
        code = "more" if self._unlisted < DEFECTS_COUNTED_MAX else "unread"
        more: dict[str, str | int] = {"count": self._unlisted}
        return (*self._found, Defect("", code, MESSAGES[code].format(**more), more))
