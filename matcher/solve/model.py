"""A sparse system of rows over 0/1 columns, with an objective for each level."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.columns import Bools, Ints
from matcher.draft import Task

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Model:
    """Minimise `levels` one after another over whole `x`, with `least <= rows @ x <= most`.

    The first columns are the task's pairs in their order. `constant` is what each level has
    whatever is planned; no plan takes more than `open_range` off the second. Columns that are not
    `is_whole` come out whole by themselves. Levels 1 and 2 need only the first `core_rows` and
    `core_columns`; the rest counts fairness.
    """

    rows: sparse.csr_array
    least: Floats
    most: Floats
    column_least: Floats
    column_most: Floats
    is_whole: Bools
    levels: Ints
    constant: tuple[int, int, int]
    open_range: int
    pairs: int
    core_rows: int
    core_columns: int


class Builder:
    """Collects columns and rows."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.columns = task.columns
        self._row: list[Ints] = []
        self._column: list[Ints] = []
        self._value: list[Ints] = []
        self._least: list[Floats] = []
        self._most: list[Floats] = []
        self._rows = 0
        self._column_least: list[Floats] = []
        self._column_most: list[Floats] = []
        self._is_whole: list[Bools] = []
        self._levels: list[Ints] = []
        self._columns = 0
        self._core = (0, 0)

    def end_core(self) -> None:
        """What follows matters to the cost alone."""
        self._core = (self._rows, self._columns)

    def add_columns(self, least: Floats, most: Floats, levels: Ints, *, whole: bool) -> Ints:
        """New columns with their bounds and their share in each level (3, n)."""
        count = len(most)
        self._column_least.append(least)
        self._column_most.append(most)
        self._is_whole.append(np.full(count, whole))
        self._levels.append(levels)
        self._columns += count
        return np.arange(self._columns - count, self._columns)

    def add_rows(self, row: Ints, column: Ints, value: Ints, least: Floats, most: Floats) -> None:
        """New rows; `row` counts from 0 within them."""
        count = len(most)
        self._row.append(row + self._rows)
        self._column.append(column)
        self._value.append(np.broadcast_to(value, row.shape))
        self._least.append(least)
        self._most.append(most)
        self._rows += count

    def at_most(self, row: Ints, column: Ints, value: Ints | int, most: Ints) -> None:
        """Rows with an upper limit, without those that their columns cannot reach.

        A limit below zero, which engagements alone overstep, has no columns left to bind.
        """
        most = np.maximum(0, most)
        value = np.broadcast_to(np.asarray(value, np.int64), row.shape)
        reach = np.bincount(row, np.maximum(0, value), minlength=len(most))
        tight = reach > most
        number = np.cumsum(tight) - 1
        kept = tight[row]
        self.add_rows(
            number[row[kept]],
            column[kept],
            value[kept],
            np.full(int(tight.sum()), -np.inf),
            most[tight].astype(float),
        )

    def done(self, constant: tuple[int, int, int], open_range: int) -> Model:
        """The finished model."""
        entries = (
            np.concatenate(self._value),
            (np.concatenate(self._row), np.concatenate(self._column)),
        )
        return Model(
            rows=sparse.csr_array(entries, shape=(self._rows, self._columns), dtype=float),
            least=np.concatenate(self._least),
            most=np.concatenate(self._most),
            column_least=np.concatenate(self._column_least),
            column_most=np.concatenate(self._column_most),
            is_whole=np.concatenate(self._is_whole),
            levels=np.concatenate(self._levels, axis=1),
            constant=constant,
            open_range=open_range,
            pairs=len(self.task.pairs.role),
            core_rows=self._core[0],
            core_columns=self._core[1],
        )
