"""The lines that a relaxation begins with: some that are cheap for each seat and each person."""

import numpy as np

from matcher.columns import Bools, Ints
from matcher.draft import Task
from matcher.solve.model import Model

LINES_FOR_A_SEAT = 12
_LINES_FOR_A_PERSON = 4
# Lines as cheap as the next by this much are told apart by the seed alone.
_NOISE = 0.5


def cheapest_lines(task: Task, model: Model, seed: int) -> Bools:
    """A few of the cheapest lines of each role and of each person, and all other columns."""
    columns, pairs = task.columns, task.pairs
    keep = model.column_least > 0
    keep[len(pairs.role) :] = True
    chance = np.random.default_rng(seed)
    step = min(columns.problem.weights.fairness, 1000)
    price = pairs.cost + step * columns.fairness_base[pairs.volunteer]
    dear = float(np.quantile(price, 0.5)) if len(price) else 0.0
    noisy = price + chance.random(len(price)) * _NOISE * abs(dear)
    seats = np.minimum(columns.role_max, len(columns.problem.volunteers))
    people = len(columns.problem.volunteers)
    # Where there are far more people than seats, most are of no use.
    own = _LINES_FOR_A_PERSON if people <= LINES_FOR_A_SEAT * seats.sum() else 0
    for owner, most in (
        (pairs.role, LINES_FOR_A_SEAT * seats),
        (pairs.volunteer, np.full(people, own)),
    ):
        order = np.lexsort((noisy, owner))
        keep[order[_rank(owner[order]) < most[owner[order]]]] = True
    return keep


def _rank(owner: Ints) -> Ints:
    """The place of each row among those of its owner, from 0; rows of one owner are together."""
    first = np.searchsorted(owner, owner)
    ranks: Ints = np.arange(len(owner)) - first
    return ranks
