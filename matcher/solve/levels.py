"""A model with one objective: a level, or the first two in one."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from matcher.columns import Ints
from matcher.solve.duals import TooLarge
from matcher.solve.model import Floats, Model
from matcher.solve.worker import Answer, Request

if TYPE_CHECKING:
    from matcher.solve.cuts import Cut

# A floating-point bound may be this much too high, by itself and by its size.
_BOUND_SLACK = 1e-2
_BOUND_SLACK_RELATIVE = 1e-8

# With all levels in one, a seat weighs this much more than a dear line, and a seat below a role's
# minimum this much more again.
_SEAT_COSTS = 8
_MINIMUM_SEATS = 20
# Larger whole numbers are not all numbers to a solver.
_OBJECTIVE_MOST = 2**53

Above = tuple[Ints, int]


@dataclass(frozen=True, slots=True)
class Program:
    """Least `constant + unit * (objective @ x)`; the objective moves by whole units.

    The rows are the model's, then `held` rows that hold levels, then those of the cuts.
    """

    model: Model
    constant: int
    unit: int
    objective: Floats
    rows: sparse.csr_array
    least: Floats
    most: Floats
    held: int = 0
    cuts: "tuple[Cut, ...]" = ()

    def request(self, nodes: int | None) -> Request:
        """What to ask the solver."""
        model, columns = self.model, len(self.objective)
        return Request(
            kind="whole",
            rows=(self.rows.data, self.rows.indices, self.rows.indptr),
            shape=self.rows.shape,
            least=self.least,
            most=self.most,
            column_least=model.column_least[:columns],
            column_most=model.column_most[:columns],
            is_whole=model.is_whole[:columns],
            objective=self.objective,
            nodes=nodes,
        )

    def bound(self, answer: Answer) -> int:
        """The answer's bound as a whole number that no plan goes below, 0 if that says nothing."""
        if not math.isfinite(answer.bound):
            return 0
        slack = max(_BOUND_SLACK, _BOUND_SLACK_RELATIVE * abs(answer.bound))
        return self.value(math.ceil(answer.bound - slack))

    def value(self, units: int) -> int:
        """What so many units of the objective are in the level's own numbers."""
        return max(0, self.constant + self.unit * units)


def program(model: Model, level: int, reached: tuple[int, ...]) -> Program:
    """The program for a level, where the levels above have `reached` these values."""
    columns = len(model.column_most) if level == 2 else model.core_columns
    above = [
        (model.levels[upper, :columns], reached[upper] - model.constant[upper])
        for upper in range(level)
    ]
    return _program(model, model.levels[level, :columns], model.constant[level], above)


def seats_program(model: Model) -> tuple[Program, int]:
    """Levels 1 and 2 in one, and the factor that makes one of the first outweigh the second."""
    factor = model.open_range + 1
    return weighed_program(model, (factor, 1, 0)), factor


def all_levels_program(model: Model) -> tuple[Program, tuple[int, int]]:
    """All three levels at once, and what one of the first and one of the second level weigh.

    The weights are large enough for a best plan to be nearly always a best one level by level as
    well, and small enough for a solver's arithmetic. Whatever they are, a bound on the whole bounds
    the cost of the plans that equal another on the first two levels.
    """
    cost = model.levels[2]
    dear = float(np.quantile(cost[cost > 0], 0.95)) if (cost > 0).any() else 1.0
    # A seat of the least priority still outweighs the cost of a line.
    least_priority = max(1, int(-model.levels[1, : model.pairs].max(initial=-1)))
    largest = max(1, int(abs(model.levels[:2]).max(initial=0)))
    most = _OBJECTIVE_MOST // (4 * _MINIMUM_SEATS * largest)
    seat = max(1, min(most, round(_SEAT_COSTS * dear / least_priority)))
    minimum = _MINIMUM_SEATS * seat
    return weighed_program(model, (minimum, seat, 1)), (minimum, seat)


def weighed_program(model: Model, weights: tuple[int, int, int]) -> Program:
    """The levels in one, each with a weight; without the rows of fairness if cost has none.

    Raises TooLarge where the objective would not be whole numbers to a solver.
    """
    largest = [int(most) for most in abs(model.levels).max(axis=1, initial=0)]
    if sum(weight * most for weight, most in zip(weights, largest, strict=True)) > _OBJECTIVE_MOST:
        raise TooLarge
    columns = len(model.column_most) if weights[2] else model.core_columns
    objective = sum(
        weight * model.levels[level, :columns] for level, weight in enumerate(weights) if weight
    )
    constant = sum(weight * known for weight, known in zip(weights, model.constant, strict=True))
    return _program(model, np.asarray(objective, np.int64), constant, [])


def _program(model: Model, objective: Ints, constant: int, above: list[Above]) -> Program:
    columns = len(objective)
    rows = model.core_rows if columns == model.core_columns else len(model.least)
    unit = int(np.gcd.reduce(np.append(objective, 0))) or 1
    values = np.array([value for _, value in above], np.float64)
    extra = [sparse.csr_array(row[None, :].astype(float)) for row, _ in above]
    return Program(
        model=model,
        constant=constant,
        unit=unit,
        objective=(objective // unit).astype(float),
        rows=sparse.csr_array(sparse.vstack([model.rows[:rows, :columns], *extra])),
        least=np.concatenate([model.least[:rows], values]),
        most=np.concatenate([model.most[:rows], values]),
        held=len(above),
    )
