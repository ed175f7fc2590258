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
_LARGEST_EXPONENT = 61


@dataclass(frozen=True, slots=True)
class SafeBound:
    """`value` is below every solution; using column j costs `reduced[j]` more than that."""

    value: int
    reduced: Floats


def safe_bound(request: Request, duals: Floats) -> SafeBound:
    """The best whole bound that these multipliers prove."""
    y = np.where(np.isfinite(request.least), duals, np.minimum(duals, 0.0))
    y = np.where(np.isfinite(request.most), y, np.maximum(y, 0.0))
    rows = sparse.csr_array(request.rows, shape=request.shape)
    bits = _bits(rows, y, request.objective)
    whole = np.rint(np.ldexp(y, bits)).astype(np.int64)
    entries = sparse.csr_array(
        (rows.data.astype(np.int64), rows.indices, rows.indptr), shape=rows.shape
    )
    reduced: Ints = np.ldexp(request.objective, bits).astype(np.int64) - entries.T @ whole
    limit = np.where(whole > 0, request.least, request.most)
    limit = np.where(whole == 0, 0.0, limit)
    edge = np.where(reduced < 0, request.column_most, request.column_least)
    # Python's own whole numbers: the sums may be larger than 64 bits hold.
    total = _dot(whole, limit) + _dot(reduced, edge)
    return SafeBound(value=-((-total) >> bits), reduced=np.ldexp(reduced.astype(float), -bits))


def _dot(ones: Ints, twos: Floats) -> int:
    used = (ones != 0) & (twos != 0)
    return sum(
        one * int(two) for one, two in zip(ones[used].tolist(), twos[used].tolist(), strict=True)
    )


def _bits(rows: sparse.csr_array, y: Floats, objective: Floats) -> int:
    """As many binary places as the columns' sums have room for."""
    most = max(
        1.0,
        float((abs(rows).T @ np.abs(y)).max(initial=0.0)),
        float(np.abs(objective).max(initial=0.0)),
    )
    return max(0, min(_BITS, _LARGEST_EXPONENT - 1 - int(np.ceil(np.log2(most)))))
