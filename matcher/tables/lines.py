"""Lines by ids to lines by rows and back."""

from collections.abc import Iterable

import numpy as np

from matcher.problem import Line
from matcher.tables.tables import Assignments, Tables


class Numbering:
    """The rows of ids. Building it reads every id once; keep it where there is more to look up."""

    def __init__(self, tables: Tables) -> None:
        self.person_at = {id_: row for row, id_ in enumerate(tables.people.id.tolist())}
        self.shift_at = {id_: row for row, id_ in enumerate(tables.shifts.id.tolist())}
        shifts = tables.shifts.id[tables.roles.shift].tolist()
        keys = zip(shifts, tables.roles.id.tolist(), strict=True)
        self.role_at = {key: row for row, key in enumerate(keys)}

    def rows_of(self, lines: Iterable[Line]) -> Assignments:
        """The lines by rows, in their order. Raises `KeyError` with an id that does not exist."""
        pairs = [
            (self.person_at[line.volunteer], self.role_at[line.shift, line.role]) for line in lines
        ]
        found = np.array(pairs, np.int32).reshape(-1, 2)
        return Assignments(found[:, 0].copy(), found[:, 1].copy())


def lines_of(tables: Tables, assignments: Assignments) -> tuple[Line, ...]:
    """The lines by ids, in the order of the rows given."""
    columns = zip(
        tables.people.id[assignments.person].tolist(),
        tables.shifts.id[tables.roles.shift[assignments.role]].tolist(),
        tables.roles.id[assignments.role].tolist(),
        strict=True,
    )
    return tuple(Line(*row) for row in columns)


def assignments_of(tables: Tables, lines: Iterable[Line]) -> Assignments:
    """The lines by rows, in their order. Raises `KeyError` with an id that does not exist."""
    return Numbering(tables).rows_of(lines)
