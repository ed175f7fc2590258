"""The rows of H6: minutes in the horizon, minutes of a day, and number of shifts.

What somebody can serve within 600 minutes are whole shifts: of those that take 240 minutes two, not
two and a half. There are few lengths of shifts, so what combinations of them fit can be listed, and
the rows are those that these combinations, and no fractions of more, satisfy.
"""

from itertools import product

import numpy as np

from matcher.columns import Ints, ints
from matcher.solve.model import Builder

# The most frequent lengths are told apart; a shift of another one counts as the next one below.
_LENGTHS_MOST = 4
# Rows with larger coefficients say next to nothing more.
_COEFFICIENT_MOST = 4
# Where so many combinations fit, fractions of a shift win little.
_COMBINATIONS_MOST = 400

Signature = tuple[int, int, int]


def within_limits(builder: Builder) -> None:
    """H6, with what engagements take already taken off."""
    pairs, columns = builder.task.pairs, builder.columns
    every = np.arange(len(pairs.role))
    minutes = columns.minutes[pairs.shift]
    day = pairs.volunteer * columns.days + columns.day[pairs.shift]
    day_minutes = columns.day_minutes_left.ravel()
    builder.at_most(pairs.volunteer, every, minutes, columns.minutes_left)
    builder.at_most(pairs.volunteer, every, 1, columns.shifts_left)
    builder.at_most(day, every, minutes, day_minutes)
    lengths = _Lengths(minutes)
    lengths.add_rows(builder, pairs.volunteer, columns.minutes_left, columns.shifts_left)
    shifts_of_day = np.repeat(columns.shifts_left, columns.days)
    lengths.add_rows(builder, day, day_minutes, shifts_of_day)


class _Lengths:
    """The lengths of all possible lines, in few classes, each as long as its shortest.

    Lines shorter than any class are in none: without them a row only says less.
    """

    def __init__(self, minutes: Ints) -> None:
        different, times = np.unique(minutes[minutes > 0], return_counts=True)
        often = np.argsort(-times, kind="stable")[:_LENGTHS_MOST]
        self.least = np.sort(different[often])
        self._at = np.searchsorted(self.least, minutes, side="right") - 1
        self._known: dict[tuple[int, int, tuple[int, ...]], tuple[Ints, Ints]] = {}

    def add_rows(self, builder: Builder, owner: Ints, minutes: Ints, shifts: Ints) -> None:
        """What each owner's lines may be of each length, where it is less than these limits say."""
        lines = np.nonzero(self._at >= 0)[0]
        if not lines.size:
            return
        at, owner = self._at[lines], owner[lines]
        present = np.zeros(len(minutes), np.int64)
        np.bitwise_or.at(present, owner, 1 << at)
        signatures, of_owner = np.unique(
            np.stack([minutes, shifts, present], axis=1), axis=0, return_inverse=True
        )
        order = np.argsort(of_owner[owner], kind="stable")
        ends = np.cumsum(np.bincount(of_owner[owner], minlength=len(signatures)))
        for signature, mine in zip(signatures.tolist(), np.split(order, ends[:-1]), strict=True):
            if mine.size:
                factors, most = self._rows(*signature)
                _, row = np.unique(owner[mine], return_inverse=True)
                count = int(row.max()) + 1
                for factor, limit in zip(factors, most.tolist(), strict=True):
                    counted = factor[at[mine]] > 0
                    builder.at_most(
                        row[counted],
                        lines[mine[counted]],
                        factor[at[mine[counted]]],
                        np.full(count, limit),
                    )

    def _rows(self, minutes: int, shifts: int, present: int) -> tuple[Ints, Ints]:
        """A factor for each length and what their sum is at most, for each row worth having."""
        own = [at for at in range(len(self.least)) if present >> at & 1]
        key = (minutes, shifts, tuple(self.least[own].tolist()))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _facets(*key)
        factors = np.zeros((len(found[0]), len(self.least)), np.int64)
        factors[:, own] = found[0]
        return factors, found[1]


def _facets(minutes: int, shifts: int, lengths: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Rows over how many shifts of each length somebody has that bound all that fit, and no more.

    Only those that say more than the two limits themselves.
    """
    none = np.zeros((0, len(lengths)), np.int64), ints([])
    most = [max(0, min(minutes // length, shifts)) for length in lengths]
    if np.prod([each + 1.0 for each in most]) > 20 * _COMBINATIONS_MOST:
        return none
    every = ints(list(product(*(range(each + 1) for each in most))))  # type: ignore[arg-type]
    fits = every[(every @ ints(lengths) <= minutes) & (every.sum(axis=1) <= shifts)]
    if len(fits) > _COMBINATIONS_MOST:
        return none
    factors = ints(list(product(range(_COEFFICIENT_MOST + 1), repeat=len(lengths))))[1:]  # type: ignore[arg-type]
    factors = factors[np.gcd.reduce(factors, axis=1) == 1]
    reached = factors @ fits.T
    limit = reached.max(axis=1)
    kept = [
        row
        for row in range(len(factors))
        if _is_facet(fits[reached[row] == limit[row]])
        and not _is_known(factors[row], int(limit[row]), minutes, shifts, lengths)
    ]
    return factors[kept], limit[kept]


def _is_facet(tight: Ints) -> bool:
    """Whether so many combinations, differing in every way, have no room left."""
    ways = tight.shape[1]
    return len(tight) >= ways and bool(np.linalg.matrix_rank(tight[1:] - tight[0]) == ways - 1)


def _is_known(
    factors: Ints, limit: int, minutes: int, shifts: int, lengths: tuple[int, ...]
) -> bool:
    """Whether one of the limits themselves says as much."""
    ratio = ints(lengths) * factors[0]
    is_multiple = bool((factors * lengths[0] == ratio).all())
    by_minutes: bool = is_multiple and limit * lengths[0] >= int(factors[0]) * minutes
    by_count: bool = bool((factors == 1).all()) and limit >= shifts
    return by_count or by_minutes
