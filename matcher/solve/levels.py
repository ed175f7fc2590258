"""One level after another: each is made least among the plans that equal the levels above."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from matcher.solve.model import Floats, Model
from matcher.solve.worker import Answer, Request

# A floating-point bound may be this much too high, by itself and by its size.
_BOUND_SLACK = 1e-4
_BOUND_SLACK_RELATIVE = 1e-8


@dataclass(frozen=True, slots=True)
class Program:
    """One level of a model, in units of what its objective always moves by."""

    model: Model
    level: int
    unit: int
    objective: Floats
    rows: sparse.csr_array
    least: Floats
    most: Floats

    @property
    def columns(self) -> int:
        """How many columns of the model the level needs."""
        return len(self.objective)

    def request(self, nodes: int | None) -> Request:
        """What to ask the solver."""
        model, columns = self.model, self.columns
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
        units = math.ceil(answer.bound - slack)
        return max(0, self.model.constant[self.level] + self.unit * units)


def program(model: Model, level: int, reached: tuple[int, ...]) -> Program:
    """The program for a level, where the levels above have `reached` these values."""
    is_cost = level == 2
    rows, columns = (
        (len(model.least), len(model.column_most))
        if is_cost
        else (model.core_rows, model.core_columns)
    )
    objective = model.levels[level, :columns]
    unit = int(np.gcd.reduce(np.append(objective, 0))) or 1
    above = [
        sparse.csr_array(model.levels[[upper], :columns].astype(float)) for upper in range(level)
    ]
    values = np.array(
        [reached[upper] - model.constant[upper] for upper in range(level)], np.float64
    )
    return Program(
        model=model,
        level=level,
        unit=unit,
        objective=(objective // unit).astype(float),
        rows=sparse.csr_array(sparse.vstack([model.rows[:rows, :columns], *above])),
        least=np.concatenate([model.least[:rows], values]),
        most=np.concatenate([model.most[:rows], values]),
    )
