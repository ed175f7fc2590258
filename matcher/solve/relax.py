"""The linear relaxation of a program over all its columns, solved over few of them at a time.

A best plan uses a line or two for each seat; of all the others a solver need only be told that they
do not pay. So the relaxation is solved over some columns, its dual solution prices every column of
the program, those that would pay are let in, and so on until none would. Each round's dual solution
proves a bound over *all* columns, whatever the round left out. On the way rows may be added that
the round's solution breaks (`solve.cuts`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from matcher.columns import Bools
from matcher.solve.duals import SafeBound, safe_bound
from matcher.solve.model import Floats
from matcher.solve.worker import Answer, Request

# The last rounds let in a few columns each and move the bound by next to nothing.
_ROUNDS_MOST = 25
# So many columns are let in at once; the next round knows better which of the others still pay.
_LET_IN_MOST = 8000
# Together with those that pay come the next ones, so that fewer rounds are needed.
_LET_IN_LEAST = 3000
# How far a solver's objective may be off, by itself and by its size. It only decides when to end.
_SLACK = 1e-4
_SLACK_RELATIVE = 1e-9


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The best bound of all rounds, the multipliers that prove it, and the last solution `x`."""

    safe: SafeBound
    duals: Floats
    x: Floats


def relaxed(
    ask: Callable[[Request], Answer | None],
    request: Request,
    start: Bools,
    with_followers: Callable[[Bools], Bools] = lambda keep: keep,
    *,
    enough: float = 0.0,
    strengthened: Callable[[Floats], Request | None] = lambda _: None,
) -> Relaxed | None:
    """Solve the relaxation of `request`, beginning with the columns `start`.

    Some solution must use these columns alone. `with_followers` adds columns without which others
    are of no use. It ends when all columns allow no less than these, or less by `enough` at most,
    unless `strengthened` has a request with more rows for the solution: the same, and rows that it
    breaks behind them. None where not even the first round was answered.
    """
    by_column = sparse.csr_array(request.rows, shape=request.shape).tocsc()
    keep = with_followers(start)
    best: Relaxed | None = None
    for _ in range(_ROUNDS_MOST):
        part = _part(request, by_column, keep)
        answer = ask(part.request)
        if answer is None or answer.duals is None or answer.x is None:
            break
        duals = np.zeros(request.shape[0])
        duals[part.rows] = answer.duals
        safe = safe_bound(request, duals)
        if best is None or safe.value > best.safe.value:
            best = Relaxed(safe, duals, np.zeros(0))
        x = np.zeros(request.shape[1])
        x[keep] = answer.x
        best = replace(best, x=x)
        paying = (safe.reduced < 0) & ~keep
        aim = math.ceil(answer.bound - _slack(answer.bound)) - enough
        longer = strengthened(x)
        if longer is not None:
            request = longer
            by_column = sparse.csr_array(request.rows, shape=request.shape).tocsc()
        if longer is None and (not paying.any() or safe.value >= aim):
            break
        keep = with_followers(keep | _let_in(safe.reduced, keep, int(paying.sum())))
    return best


def _slack(value: float) -> float:
    return _SLACK + _SLACK_RELATIVE * abs(value)


def _let_in(reduced: Floats, keep: Bools, paying: int) -> Bools:
    """The most wanted of the columns that are still outside."""
    count = min(_LET_IN_MOST, max(_LET_IN_LEAST, paying))
    outside = np.nonzero(~keep)[0]
    if count < len(outside):
        outside = outside[np.argpartition(reduced[outside], count)[:count]]
    found = np.zeros(len(keep), bool)
    found[outside] = True
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """Some columns of a program, and of its rows those that these can break."""

    request: Request
    rows: Bools


def part(request: Request, keep: Bools) -> Part:
    """The program with the other columns at nought."""
    return _part(request, sparse.csr_array(request.rows, shape=request.shape).tocsc(), keep)


def _part(request: Request, by_column: sparse.csc_array, keep: Bools) -> Part:
    entries = by_column[:, keep].tocsr()
    low, high = request.column_least[keep], request.column_most[keep]
    ups, downs = entries.maximum(0), entries.minimum(0)
    most = ups @ high + downs @ low
    least = ups @ low + downs @ high
    rows: Bools = (most > request.most) | (least < request.least)
    entries = entries[rows]
    return Part(
        replace(
            request,
            rows=(entries.data, entries.indices, entries.indptr),
            shape=entries.shape,
            least=request.least[rows],
            most=request.most[rows],
            column_least=low,
            column_most=high,
            is_whole=request.is_whole[keep],
            objective=request.objective[keep],
        ),
        rows,
    )
