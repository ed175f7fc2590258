"""The solver's program with what a repair adds to it: kept lines stay, but for a few people's."""

from dataclasses import replace

import numpy as np
from scipy import sparse

from matcher.columns import Bools, Ints
from matcher.draft import Task
from matcher.solve.build import build
from matcher.solve.model import Model


def freeing_model(task: Task, kept: Bools, freed_most: int) -> Model:
    """All rules over the task's lines, in which at most so many people give up kept lines.

    One 0/1 column says of each person with kept lines (fixed ones apart) whether he is freed: a
    kept line is there unless its person is. `kept` is in the order of the task's lines.
    """
    model = build(task)
    loose = np.nonzero(kept & ~task.pairs.is_fixed)[0]
    if not freed_most or not loose.size:
        least = model.column_least.copy()
        least[loose] = 1.0
        return _all_core(replace(model, column_least=least))
    people, of_line = np.unique(task.pairs.volunteer[loose], return_inverse=True)
    return _all_core(_with_freed(model, loose, of_line, len(people), freed_most))


def _with_freed(model: Model, loose: Ints, of_line: Ints, people: int, freed_most: int) -> Model:
    columns, lines = len(model.column_most), len(loose)
    every = np.arange(lines)
    stays = sparse.csr_array(
        (
            np.ones(2 * lines),
            (np.concatenate([every, every]), np.concatenate([loose, columns + of_line])),
        ),
        shape=(lines, columns + people),
    )
    few = sparse.csr_array(
        (np.ones(people), (np.zeros(people, np.int64), columns + np.arange(people))),
        shape=(1, columns + people),
    )
    old = sparse.hstack([model.rows, sparse.csr_array((model.rows.shape[0], people))])
    return replace(
        model,
        rows=sparse.csr_array(sparse.vstack([old, stays, few])),
        least=np.concatenate([model.least, np.ones(lines), [-np.inf]]),
        most=np.concatenate([model.most, np.full(lines, np.inf), [float(freed_most)]]),
        column_least=np.concatenate([model.column_least, np.zeros(people)]),
        column_most=np.concatenate([model.column_most, np.ones(people)]),
        is_whole=np.concatenate([model.is_whole, np.ones(people, bool)]),
        levels=np.concatenate([model.levels, np.zeros((3, people), np.int64)], axis=1),
    )


def _all_core(model: Model) -> Model:
    """Every level over all rows: what was added stands behind those that only the cost needs."""
    return replace(model, core_rows=len(model.least), core_columns=len(model.column_most))
