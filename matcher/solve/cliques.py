"""Sets of shifts of which one person can have only one: few rows say what many pairs would."""

import numpy as np

from matcher.columns import Bools, Columns


def conflict_cliques(columns: Columns) -> Bools:
    """A row for each clique, a column for each shift; every two shifts in conflict share a row.

    Shifts that run when another starts are in conflict with each other, so a clique grown from
    each shift among those that start no later covers nearly everything; the rest is grown from
    the pairs still uncovered.
    """
    shifts = len(columns.problem.shifts)
    order = np.argsort(columns.shifts.start, kind="stable")
    conflict = columns.conflict[np.ix_(order, order)]
    uncovered = np.triu(conflict, 1)
    found: list[Bools] = []
    for last in range(shifts):
        earlier = conflict[last].copy()
        earlier[last:] = False
        while uncovered[:last, last].any():
            first = int(np.nonzero(uncovered[:last, last])[0][-1])
            clique = _grown(conflict, earlier, last, first)
            members = np.nonzero(clique)[0]
            uncovered[np.ix_(members, members)] = False
            found.append(clique)
    cliques = np.zeros((len(found), shifts), bool)
    if found:
        cliques[:, order] = np.array(found)
    return cliques


def _grown(conflict: Bools, earlier: Bools, last: int, first: int) -> Bools:
    """A clique of `last`, `first` and as many earlier shifts as fit, the latest first."""
    clique = np.zeros(len(conflict), bool)
    clique[[first, last]] = True
    fits = earlier & conflict[first]
    fits[first] = False
    while fits.any():
        member = int(np.nonzero(fits)[0][-1])
        clique[member] = True
        fits &= conflict[member]
        fits[member] = False
    return clique
