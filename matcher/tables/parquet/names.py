"""Texts to the numbers that stand for them: names of skills, and ids of rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from matcher.tables.parquet.columns import codes_of, owner_of, repeated
from matcher.tables.tables import Demands, Ids, Int8s, Int32s, Int64s, Lists

Arrow = Any


def rows_of(texts: Arrow, ids: Arrow) -> Int32s:
    """The row of `ids` at which each text first stands; -1 where it does not."""
    if not len(texts):
        return np.zeros(0, np.int32)
    found = pc.fill_null(pc.index_in(texts, value_set=ids), -1)
    rows: Int32s = found.to_numpy(zero_copy_only=False).astype(np.int32)
    return rows


def ids_of(texts: Arrow) -> Ids:
    """The texts as objects."""
    found: Ids = texts.to_numpy(zero_copy_only=False)
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """Names in lists, before it is known which number each name gets."""

    first: Int64s
    texts: Arrow

    def numbered(self, names: Arrow) -> Int32s:
        """The place of each in `names`."""
        return rows_of(self.texts, names)

    def owners(self) -> Int64s:
        """The row that holds each."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))

    def lists(self, names: Arrow) -> Lists:
        """As lists, each in the order of its numbers."""
        item = self.numbered(names)
        return Lists(self.first, item[_in_order(self.owners(), item)])

    def demands(self, names: Arrow, level: Int64s) -> Demands:
        """With a level for each, in the order of their numbers."""
        name = self.numbered(names)
        order = _in_order(self.owners(), name)
        return Demands(self.first, name[order], small(level[order]))

    def in_their_order(self, names: Arrow, level: Int64s) -> Demands:
        """With a level for each, in the order they stand in."""
        return Demands(self.first, self.numbered(names), small(level))

    def repeated(self) -> list[tuple[int, int]]:
        """`(place in the row of the first, item)` for each that its row has twice."""
        pairs = repeated(self.owners(), codes_of(self.texts))
        starts = self.first
        return [(first - int(starts[owner_of(starts, first)]), item) for first, item in pairs]


def all_names(texts: Iterable[Arrow]) -> Arrow:
    """The different texts in the order that Python gives them."""
    found: set[str] = set()
    for each in texts:
        found.update(each.unique().to_pylist())
    return pa.array(sorted(found), pa.large_string())


def small(level: Int64s) -> Int8s:
    """Levels in one byte; those out of range are told elsewhere."""
    return level.clip(-1, 100).astype(np.int8)


def _in_order(owner: Int64s, name: Int32s) -> Int64s:
    if len(name) < 2 or np.all((owner[1:] > owner[:-1]) | (name[1:] >= name[:-1])):
        return np.arange(len(name))
    return np.lexsort((name, owner))
