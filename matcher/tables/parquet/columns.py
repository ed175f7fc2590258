"""One column of a Parquet table, decoded into plain arrays; what is wrong with it is noted.

A column that cannot be used at all is one defect and reads as stand-ins; so does every value that
is wrong by itself, at its own place. No object is made for a row, texts excepted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.defects import Defects
from matcher.reading import child
from matcher.tables.tables import ANYWHERE, Bools, Floats, Int64s
from matcher.times import FIRST_MINUTE, LAST_MINUTE
from matcher.validate import WHOLE_MOST

Arrow = Any
Place = Callable[[int], str]
Said = Callable[[int], str | int]

_PER_MINUTE = {"s": 60, "ms": 60_000, "us": 60_000_000, "ns": 60_000_000_000}


@dataclass(frozen=True, slots=True)
class Column:
    """Values for `rows` rows; `array` is None where nothing can be read.

    `name` is the place of the whole column and `place` that of one row. Rows that are `absent`
    may be null, as they lie in something that is left out.
    """

    defects: Defects
    name: str
    array: Arrow
    rows: int
    place: Place
    absent: Bools | None = None

    def note(
        self, rows: Iterable[int], code: str, **parameters: Callable[[int], str | int]
    ) -> None:
        """Note a defect at each of these rows; `parameters` say each value for a row."""
        if self.defects.is_broken(self.name):
            return
        for row in rows:
            said = {key: value(row) for key, value in parameters.items()}
            self.defects.add(self.place(row), code, needs=(), **said)

    def refuse_type(self, expected: str) -> None:
        """Note that the column is of another type."""
        self.defects.add(self.name, "wrong_type", expected=expected, found=str(self.array.type))

    def nulls(self, *, is_optional: bool = False) -> Bools:
        """Which rows are null; each is noted unless it may be."""
        found: Bools = _numpy(self.array.is_null())
        if found.any() and not is_optional:
            wrong = found if self.absent is None else found & ~self.absent
            self.note(np.nonzero(wrong)[0].tolist(), "null_value")
        return found

    def whole(self, stand_in: int, least: int, most: int = WHOLE_MOST) -> Int64s:
        """Whole numbers from `least` to `most`; `stand_in` without the column."""
        return self._whole(stand_in, least, most, is_optional=False)

    def whole_or(self, none: int, least: int) -> Int64s:
        """Whole numbers of at least `least`, with `none` where a row is null."""
        return self._whole(none, least, WHOLE_MOST, is_optional=True)

    def _whole(self, stand_in: int, least: int, most: int, *, is_optional: bool) -> Int64s:
        array = self.array
        if array is not None and is_optional and pa.types.is_null(array.type):
            array = None
        if array is not None and not pa.types.is_integer(array.type):
            self.refuse_type("a whole number")
            array = None
        if array is None:
            return np.full(self.rows, stand_in, np.int64)
        null = self.nulls(is_optional=is_optional)
        found = _int64(array, stand_in)
        self.note_range(found, least, most, ~null)
        found[null] = stand_in
        return found

    def note_range(self, values: Int64s, least: int, most: int, asked: Bools) -> None:
        """Note the values outside of the range, of the rows `asked`."""
        self.note(
            np.nonzero(asked & (values < least))[0].tolist(),
            "too_small",
            least=lambda _: least,
            found=lambda row: int(values[row]),
        )
        self.note(
            np.nonzero(asked & (values > most))[0].tolist(),
            "too_big",
            most=lambda _: most,
            found=lambda row: int(values[row]),
        )

    def degrees(self, most: int) -> Floats:
        """Numbers from -most to most; not a number where a row is absent."""
        if self.array is None:
            return np.full(self.rows, ANYWHERE)
        kind = self.array.type
        if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
            self.refuse_type("a number")
            return np.full(self.rows, ANYWHERE)
        asked = ~self.nulls()
        numbers = self.array.cast(pa.float64(), safe=False)
        found: Floats = _numpy(pc.fill_null(numbers, 0.0)).copy()
        finite = np.isfinite(found)

        def said(row: int) -> str:
            return str(float(found[row]))

        self.note(np.nonzero(asked & ~finite)[0].tolist(), "not_finite", value=said)
        low, high = asked & finite & (found < -most), asked & finite & (found > most)
        self.note(np.nonzero(low)[0].tolist(), "too_small", least=lambda _: -most, found=said)
        self.note(np.nonzero(high)[0].tolist(), "too_big", most=lambda _: most, found=said)
        found[~asked] = ANYWHERE
        return found

    def flags(self, *, stand_in: bool) -> Bools:
        """True or false."""
        if self.array is not None and not pa.types.is_boolean(self.array.type):
            self.refuse_type("true or false")
        elif self.array is not None:
            self.nulls()
            found: Bools = _numpy(pc.fill_null(self.array, stand_in)).astype(np.bool_)
            return found
        return np.full(self.rows, stand_in, np.bool_)

    def minutes(self) -> Int64s:
        """Times as whole minutes since 1970; they must say their zone."""
        array = self.array
        if array is None:
            return np.zeros(self.rows, np.int64)
        if not pa.types.is_timestamp(array.type):
            self.refuse_type("a time with a time zone")
        elif array.type.tz is None:
            self.defects.add(self.name, "no_offset", found=str(array.type))
        else:
            return self._minutes()
        return np.zeros(self.rows, np.int64)

    def _minutes(self) -> Int64s:
        null = self.nulls()
        counts = _numpy(pc.fill_null(self.array.cast(pa.int64()), 0))
        found: Int64s
        found, rest = np.divmod(counts, _PER_MINUTE[self.array.type.unit])
        outside = (found < FIRST_MINUTE) | (found > LAST_MINUTE)
        said = {"found": lambda row: str(self.array[row].value)}
        self.note(np.nonzero(outside & ~null)[0].tolist(), "not_a_time", **said)
        self.note(np.nonzero((rest > 0) & ~outside)[0].tolist(), "not_whole_minutes", **said)
        found[outside] = 0
        return found

    def texts(self, *, may_be_empty: bool = False, is_optional: bool = False) -> Arrow:
        """Texts; empty where a row is null or wrong. Empty ones are noted unless they may be."""
        array = self.array
        if array is not None and is_optional and pa.types.is_null(array.type):
            array = pa.nulls(self.rows, pa.large_string())
        if array is not None and not _is_text(array.type):
            self.refuse_type("text")
            array = None
        if array is None:
            return pa.repeat(pa.scalar("", pa.large_string()), self.rows)
        null = self.nulls(is_optional=is_optional)
        found = pc.fill_null(self._readable(array.cast(pa.large_string())), "")
        if not may_be_empty:
            empty = _numpy(pc.equal(pc.binary_length(found), 0)) & ~null
            self.note(np.nonzero(empty)[0].tolist(), "empty_text")
        return found

    def _readable(self, texts: Arrow) -> Arrow:
        """The texts, with a stand-in for each that is not UTF-8."""
        try:
            texts.validate(full=True)
        except pa.ArrowInvalid:
            return pa.array(self._decoded(texts.cast(pa.large_binary())), pa.large_string())
        return texts

    def _decoded(self, texts: Arrow) -> Iterable[str | None]:
        for row, data in enumerate(texts.to_pylist()):
            try:
                yield None if data is None else data.decode()
            except UnicodeDecodeError as error:
                start = error.start
                self.note([row], "not_utf8", byte=lambda _, start=start: start)  # type: ignore[misc]
                yield ""

    def lists(self) -> "tuple[Int64s, Column]":
        """Where each row's items begin, and the items as a column."""
        array = self.array
        if array is not None and not _is_list(array.type):
            self.refuse_type("a list")
            array = None
        if array is None:
            return self._no_items("")
        first = self._first(array)
        return first, self._items(array.flatten(), first, "")

    def entries(self, *, is_optional: bool = False) -> "tuple[Int64s, Column, Column]":
        """Where each row's entries begin, and their names and values as columns."""
        array = self.array
        if array is not None and not pa.types.is_map(array.type):
            self.refuse_type("a map of names")
            array = None
        if array is None:
            first, nothing = self._no_items("")
            return first, nothing, nothing
        first = self._first(array, is_optional=is_optional)
        start = array.offsets[0].as_py() if len(array) else 0
        names = self._items(array.keys.slice(start, first[-1]), first, "")
        values = array.items.slice(start, first[-1])
        texts = names.texts(may_be_empty=True)
        named = replace(names, array=texts, place=lambda item: self._at_name(item, first, texts))
        self._note_repeated_names(named, first, texts)
        return first, named, replace(named, array=values)

    def _at_name(self, item: int, first: Int64s, texts: Arrow) -> str:
        return child(self.place(owner_of(first, item)), texts[item].as_py())

    def _note_repeated_names(self, named: "Column", first: Int64s, texts: Arrow) -> None:
        owner = np.repeat(np.arange(self.rows), np.diff(first))
        again = [row for _, row in repeated(owner, codes_of(texts))]
        named.note(again, "duplicate_key", key=lambda item: str(texts[item]))

    def _first(self, array: Arrow, *, is_optional: bool = False) -> Int64s:
        counts = np.where(self.nulls(is_optional=is_optional), 0, np.diff(_numpy(array.offsets)))
        return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)

    def _items(self, items: Arrow, first: Int64s, suffix: str) -> "Column":
        def place(item: int) -> str:
            owner = owner_of(first, item)
            return f"{self.place(owner)}[{item - first[owner]}]"

        return Column(self.defects, f"{self.name}{suffix}", items, len(items), place)

    def _no_items(self, suffix: str) -> "tuple[Int64s, Column]":
        first = np.zeros(self.rows + 1, np.int64)
        return first, Column(self.defects, f"{self.name}{suffix}", None, 0, self.place)

    def members(
        self, required: str, optional: str = "", *, is_optional: bool = False
    ) -> "dict[str, Column]":
        """The parts of a column of records, with the keys it must and may have."""
        array, keys = self.array, (*required.split(), *optional.split())
        if array is not None and is_optional and pa.types.is_null(array.type):
            array = None
        if array is not None and not pa.types.is_struct(array.type):
            self.refuse_type("a record")
            array = None
        if array is None:
            return {key: self._member(key, None, None) for key in keys}
        null = self.nulls(is_optional=is_optional)
        names = [field.name for field in array.type]
        note_keys(self.defects, f"{self.name}.", names, required, optional)
        parts = dict(zip(names, array.flatten(), strict=True))
        return {key: self._member(key, parts.get(key), null) for key in keys}

    def _member(self, key: str, array: Arrow, absent: Bools | None) -> "Column":
        place = self.place
        return Column(
            self.defects,
            f"{self.name}.{key}",
            array,
            self.rows,
            lambda row: f"{place(row)}.{key}",
            absent,
        )


def note_keys(
    defects: Defects, prefix: str, names: list[str], required: str, optional: str
) -> None:
    """Note columns that are not known, stand twice or are missing."""
    needed = required.split()
    known = {*needed, *optional.split()}
    for name in dict.fromkeys(names):
        place = child(prefix.removesuffix("."), name)
        if name not in known:
            defects.add(place, "unknown_key", key=name)
        elif names.count(name) > 1:
            defects.add(place, "duplicate_key", key=name)
    for name in needed:
        if name not in names:
            defects.add(f"{prefix}{name}", "missing_key", key=name)


def owner_of(first: Int64s, item: int) -> int:
    """The row whose part of a list holds this item."""
    return int(np.searchsorted(first, item, side="right")) - 1


def codes_of(texts: Arrow) -> Int64s:
    """A number for each text, the same for the same text, counted by first appearance."""
    codes: Int64s = _numpy(texts.dictionary_encode().indices).astype(np.int64)
    return codes


def repeated(*columns: Int64s | Floats) -> list[tuple[int, int]]:
    """`(first row, row)` for every row that says in all columns what one before it says.

    More than are ever counted as defects are not listed.
    """
    order = np.lexsort(columns[::-1])
    is_new = np.zeros(len(order), np.bool_)
    is_new[:1] = True
    for column in columns:
        is_new[1:] |= column[order[1:]] != column[order[:-1]]
    if is_new.all():
        return []
    first = order[np.maximum.accumulate(np.where(is_new, np.arange(len(order)), 0))]
    again = np.nonzero(~is_new)[0]
    again = again[np.argsort(order[again])]
    return list(zip(first[again].tolist(), order[again].tolist(), strict=True))


def _numpy(array: Arrow) -> Any:
    return array.to_numpy(zero_copy_only=False)


def _int64(array: Arrow, stand_in: int) -> Int64s:
    if pa.types.is_uint64(array.type):
        # Whatever is too large stays too large: it is refused by its range.
        array = pc.min_element_wise(array, pa.scalar(2**62, pa.uint64()), skip_nulls=False)
    filled: Int64s = _numpy(pc.fill_null(array.cast(pa.int64()), stand_in)).copy()
    return filled


def _is_text(kind: Arrow) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _is_list(kind: Arrow) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))
