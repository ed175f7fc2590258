"""A safe bound from a solver's dual solution, in whole numbers.

For rows `least <= A x <= most`, columns in a box and any multipliers `y` at all, the objective
`c @ x` is at least  sum_i (y_i > 0 ? least_i : most_i) y_i + sum_j min over the box of
(c - A' y)_j x_j.  So `y` may be rounded as one likes: what comes out is a proof, not an estimate.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matcher.columns import Ints
from matcher.solve.model import Floats
from matcher.solve.worker import Request

_BITS = 24
BITS_MOST = 40
_LARGEST_EXPONENT = 61
# Whole numbers below this may be added up in 64 bits without a second thought.
LARGEST = 2.0**_LARGEST_EXPONENT


@dataclass(frozen=True, slots=True)
class Multipliers:
    """A whole number for each row, in units of two to the power of minus `bits`."""

    whole: Ints
    bits: int


@dataclass(frozen=True, slots=True)
class SafeBound:
    """`value` is below every solution; using column j costs `reduced[j]` more than that.

    `multipliers` prove it: `proven` of them gives it again.
    """

    value: int
    reduced: Floats
    multipliers: Multipliers


class TooLarge(ValueError):
    """The multipliers are larger than whole numbers of 64 bits can carry through the sums."""


def safe_bound(request: Request, duals: Floats) -> SafeBound:
    """The best whole bound that these multipliers prove, once they are rounded."""
    rows = sparse.csr_array(request.rows, shape=request.shape)
    y = np.nan_to_num(duals, nan=0.0, posinf=0.0, neginf=0.0)
    bits = _bits(_most(rows, y, request.objective))
    return proven(request, Multipliers(np.rint(np.ldexp(y, bits)).astype(np.int64), bits))


def proven(request: Request, multipliers: Multipliers) -> SafeBound:
    """What these multipliers prove, in exact arithmetic. The objective must be whole numbers.

    One on a side where its row has no limit counts as nought. Raises TooLarge.
    """
    whole, bits = multipliers.whole.copy(), multipliers.bits
    whole[(whole > 0) & ~np.isfinite(request.least)] = 0
    whole[(whole < 0) & ~np.isfinite(request.most)] = 0
    rows = sparse.csr_array(request.rows, shape=request.shape)
    most = _most(rows, whole.astype(float), np.ldexp(request.objective, bits))
    if most >= LARGEST:
        raise TooLarge
    entries = sparse.csr_array(
        (rows.data.astype(np.int64), rows.indices, rows.indptr), shape=rows.shape
    )
    reduced: Ints = np.ldexp(request.objective, bits).astype(np.int64) - entries.T @ whole
    limit = np.where(whole > 0, request.least, request.most)
    limit = np.where(whole == 0, 0.0, limit)
    edge = np.where(reduced < 0, request.column_most, request.column_least)
    # Python's own whole numbers: the sums may be larger than 64 bits hold.
    total = _dot(whole, limit) + _dot(reduced, edge)
    return SafeBound(
        value=-((-total) >> bits),
        reduced=np.ldexp(reduced.astype(float), -bits),
        multipliers=Multipliers(whole, bits),
    )


def _dot(ones: Ints, twos: Floats) -> int:
    used = (ones != 0) & (twos != 0)
    return sum(
        one * int(two) for one, two in zip(ones[used].tolist(), twos[used].tolist(), strict=True)
    )


def _most(rows: sparse.csr_array, y: Floats, objective: Floats) -> float:
    """No number on the way to the columns' reduced costs is larger."""
    sums = abs(rows).T @ np.abs(y) + np.abs(objective)
    return float(max(sums.max(initial=1.0), np.abs(y).max(initial=1.0)))


def _bits(most: float) -> int:
    """As many binary places as the columns' sums have room for."""
    return max(0, min(_BITS, _LARGEST_EXPONENT - 1 - int(np.ceil(np.log2(most)))))
