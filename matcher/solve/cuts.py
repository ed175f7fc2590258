"""Rows that follow from others because plans are whole: they bring a relaxation nearer to plans.

Some rows are added up, each so many times, with limits of single columns where that helps. In the
sum every factor and the limit are divided by one number and rounded down. No column is ever below
nought, so rounding its factor down takes nothing from a solution; then the left side is whole, and
rounding down its limit takes none from whole solutions (Chvátal and Gomory). Every valid plan has a
solution in whole numbers that says of each level what the plan says, so the new row is true of all
plans. What was added up how often is all that need be known to derive the row again.

Which rows to add is found by elimination modulo a small prime: where the rows that leave no room
add up to multiples of it in all columns that are not whole, and their limits do not, rounding makes
a row that the relaxation's solution breaks (Caprara, Fischetti and Letchford's mod-k cuts).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from matcher.columns import Bools, Ints, ints
from matcher.solve.duals import LARGEST, TooLarge
from matcher.solve.levels import Program
from matcher.solve.model import Floats
from matcher.solve.worker import Request

_PRIMES = (2, 3)
_ORDERS = 3
_CUTS_MOST = 400
_CLOSE = 1e-6
# So many rounds in a row may move the relaxation by less than a unit.
_IDLE_MOST = 2
DIVISOR_MOST = 2**20
FACTOR_MOST = 2**30

Sparse = dict[int, int]


@dataclass(frozen=True, slots=True)
class Cut:
    """`factor` times each of these rows, `lift` times these columns' upper limits, then divided.

    Rows are counted without those that hold levels: the model's first, then earlier cuts. A
    positive factor is for a row's upper limit, a negative one for its lower.
    """

    divisor: int
    row: Ints
    factor: Ints
    column: Ints
    lift: Ints


class CutRefused(ValueError):
    """The cut names rows, columns or limits that are not there."""


def with_cuts(asked: Program, cuts: Sequence[Cut]) -> Program:
    """The program with these rows as well, each derived anew in exact arithmetic.

    Raises CutRefused, and TooLarge where the sums are not whole numbers of 64 bits.
    """
    waiting = list(cuts)
    while waiting:
        known = len(asked.least) - asked.held
        now = 0
        while now < len(waiting) and int(waiting[now].row.max(initial=0)) < known:
            now += 1
        if not now:
            raise CutRefused
        asked = _with_batch(asked, waiting[:now])
        waiting = waiting[now:]
    return asked


def _with_batch(asked: Program, cuts: Sequence[Cut]) -> Program:
    sums, limits = _sums(asked, cuts)
    most = asked.model.column_most
    lifts = sparse.csr_array(_matrix([(cut.column, cut.lift) for cut in cuts], sums.shape[1]))
    if any(cut.column.size and not np.isfinite(most[cut.column]).all() for cut in cuts):
        raise CutRefused
    entries = sparse.csr_array(sums + lifts)
    divisors = ints([cut.divisor for cut in cuts])
    entries.data //= np.repeat(divisors, np.diff(entries.indptr))
    entries.eliminate_zeros()
    limit = [
        (limit + _total(cut.lift, most[cut.column])) // cut.divisor
        for limit, cut in zip(limits, cuts, strict=True)
    ]
    return replace(
        asked,
        rows=sparse.csr_array(sparse.vstack([asked.rows, entries.astype(float)])),
        least=np.append(asked.least, np.full(len(cuts), -np.inf)),
        most=np.append(asked.most, np.array(limit, np.float64)),
        cuts=(*asked.cuts, *cuts),
    )


def _matrix(entries: Sequence[tuple[Ints, Ints]], columns: int) -> sparse.csr_array:
    at = np.concatenate([ints([]), *(where for where, _ in entries)])
    if at.size and not 0 <= at.min() <= at.max() < columns:
        raise CutRefused
    ends = np.cumsum([0, *(len(where) for where, _ in entries)])
    values = np.concatenate([ints([]), *(value for _, value in entries)])
    return sparse.csr_array((values, at, ends), shape=(len(entries), columns))


def _sums(asked: Program, cuts: Sequence[Cut]) -> tuple[sparse.csr_array, list[int]]:
    """What the rows of each cut add up to, over all columns, and their limits."""
    places = [_places(asked, cut.row) for cut in cuts]
    used, at = np.unique(np.concatenate([ints([]), *places]), return_inverse=True)
    if used.size and not 0 <= used[0] <= used[-1] < len(asked.least):
        raise CutRefused
    some = asked.rows[used]
    pieces = np.split(at, np.cumsum([len(place) for place in places])[:-1])
    factors = _matrix(
        [(piece, cut.factor) for piece, cut in zip(pieces, cuts, strict=True)], len(used)
    )
    if (abs(factors).astype(float) @ abs(some)).max() >= LARGEST:
        raise TooLarge
    limits = [
        _total(cut.factor, np.where(cut.factor > 0, asked.most[place], asked.least[place]))
        for cut, place in zip(cuts, places, strict=True)
    ]
    return sparse.csr_array(factors @ some.astype(np.int64)), limits


def _places(asked: Program, row: Ints) -> Ints:
    """Where in the program a cut's rows are: those that hold levels are not counted."""
    model_rows = len(asked.least) - asked.held - len(asked.cuts)
    places: Ints = np.where(row < model_rows, row, row + asked.held)
    return places


def _total(factors: Ints, limits: Floats) -> int:
    if not np.isfinite(limits[factors != 0]).all():
        raise CutRefused
    return sum(
        factor * int(limit)
        for factor, limit in zip(factors.tolist(), limits.tolist(), strict=True)
        if factor
    )


class Growing:
    """A program that gets a row for each cut that solutions of its relaxation break.

    There is no more to win once the relaxation bounds the program at `reached`, a plan's value.
    """

    def __init__(
        self, asked: Program, reached: int, request: Callable[[Program], Request], seed: int
    ) -> None:
        self.program = asked
        self._request, self._seed = request, seed
        self._enough = (reached - asked.constant) / asked.unit - 1 + _CLOSE
        self._before, self._idle = -np.inf, 0

    def after(self, x: Floats) -> Request | None:
        """What to ask next, where this solution breaks a cut and cuts have been of use."""
        now = float(self.program.objective @ x)
        self._idle = 0 if abs(now - self._before) >= 1.0 else self._idle + 1
        self._before = now
        if now > self._enough or self._idle >= _IDLE_MOST:
            return None
        cuts = broken_by(self.program, x, self._seed)
        if not cuts:
            return None
        self.program = with_cuts(self.program, cuts)
        return self._request(self.program)


# ---- which to add ----------------------------------------------------------------------------


def broken_by(asked: Program, x: Floats, seed: int) -> tuple[Cut, ...]:
    """Cuts of the program that this solution of its relaxation does not satisfy."""
    tight = _Tight.of(asked, x)
    chance = np.random.default_rng(seed)
    found: dict[tuple[int, tuple[tuple[int, int], ...]], None] = {}
    for prime in _PRIMES:
        for turn in range(_ORDERS):
            order = chance.permutation(len(tight.place))
            if not turn:
                # Short rows first: what few of them add up to is short as well.
                order = order[np.argsort(np.diff(tight.entries.indptr)[order], kind="stable")]
            for chosen in _dependent(tight, order, prime):
                factors = tight.factors(chosen, prime)
                if factors is not None:
                    found[prime, tuple(sorted(factors.items()))] = None
    shortest = sorted(found, key=lambda each: len(each[1]))[:_CUTS_MOST]
    bare = [
        Cut(prime, ints([row for row, _ in rows]), ints([by for _, by in rows]), ints([]), ints([]))
        for prime, rows in shortest
    ]
    return _lifted(asked, bare, tight.is_up) if bare else ()


def _lifted(asked: Program, cuts: Sequence[Cut], is_up: Bools) -> tuple[Cut, ...]:
    """With the limits of columns that are at them, so that rounding takes nothing from these."""
    sums, _ = _sums(asked, cuts)
    found = []
    for at, cut in enumerate(cuts):
        piece = slice(int(sums.indptr[at]), int(sums.indptr[at + 1]))
        column, over = sums.indices[piece].astype(np.int64), sums.data[piece] % cut.divisor
        kept = is_up[column] & (over > 0)
        found.append(replace(cut, column=column[kept], lift=cut.divisor - over[kept]))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Tight:
    """The rows without room that columns between their limits are in, over these columns alone.

    `limit` is what is left of each row's limit beside the columns that are at theirs.
    """

    place: Ints
    entries: sparse.csr_array
    limit: Ints
    is_most: Bools
    is_least: Bools
    is_up: Bools

    @classmethod
    def of(cls, asked: Program, x: Floats) -> "_Tight":
        upper = asked.model.column_most[: len(x)]
        is_up = (x >= upper - _CLOSE) & (upper > 0)
        between = (x > _CLOSE) & ~is_up
        activity = asked.rows @ x
        is_most = np.abs(activity - asked.most) < _CLOSE * (1 + np.abs(activity))
        is_least = np.abs(activity - asked.least) < _CLOSE * (1 + np.abs(activity))
        is_counted = np.ones(len(activity), bool)
        model_rows = len(activity) - asked.held - len(asked.cuts)
        is_counted[model_rows : model_rows + asked.held] = False
        near = np.nonzero((is_most | is_least) & is_counted)[0]
        some = asked.rows[near]
        of_between = sparse.csr_array(some[:, np.nonzero(between)[0]])
        kept = np.diff(of_between.indptr) > 0
        near = near[kept]
        rest = some[kept] @ np.where(is_up, upper, 0.0)
        side = np.where(is_most[near], asked.most[near], asked.least[near])
        return cls(
            place=np.where(near < model_rows, near, near - asked.held),
            entries=of_between[kept].astype(np.int64),
            limit=np.rint(side - rest).astype(np.int64),
            is_most=is_most[near],
            is_least=is_least[near],
            is_up=is_up,
        )

    def row(self, at: int, prime: int) -> Sparse:
        """One row modulo the prime."""
        piece = slice(int(self.entries.indptr[at]), int(self.entries.indptr[at + 1]))
        found = zip(
            self.entries.indices[piece].tolist(),
            (self.entries.data[piece] % prime).tolist(),
            strict=True,
        )
        return {column: value for column, value in found if value}

    def factors(self, chosen: Sparse, prime: int) -> Sparse | None:
        """How often to add each row so that the limits are one short of a multiple, if possible."""
        over = sum(by * int(self.limit[at]) for at, by in chosen.items()) % prime
        if not over:
            return None
        scale = -pow(over, -1, prime) % prime
        found = {}
        for at, by in chosen.items():
            factor = by * scale % prime
            if not self.is_most[at] or (self.is_least[at] and 2 * factor > prime):
                factor -= prime
            found[int(self.place[at])] = factor
        return found


def _dependent(tight: _Tight, order: Ints, prime: int) -> list[Sparse]:
    """Sets of rows that add up, each so many times, to multiples of the prime everywhere."""
    pivots: dict[int, tuple[Sparse, Sparse]] = {}
    found = []
    for at in order.tolist():
        row, chosen = tight.row(at, prime), {at: 1}
        while row:
            column = min(row)
            if column not in pivots:
                pivots[column] = (row, chosen)
                break
            other, others = pivots[column]
            times = -row[column] * pow(other[column], -1, prime) % prime
            _add(row, other, times, prime)
            _add(chosen, others, times, prime)
        else:
            if chosen:
                found.append(chosen)
    return found


def _add(to: Sparse, other: Sparse, times: int, prime: int) -> None:
    for key, value in other.items():
        total = (to.get(key, 0) + times * value) % prime
        if total:
            to[key] = total
        else:
            to.pop(key, None)
