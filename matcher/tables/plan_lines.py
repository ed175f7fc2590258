"""The lines of a plan under check: each once, with its place in the plan and its names."""

import numpy as np

from matcher.tables.findings import Finding
from matcher.tables.seating import Seating, is_among
from matcher.tables.tables import Assignments, Int32s, Int64s, Tables
from matcher.violation import Violation, violation


class PlanLines:
    """The different lines of a plan by rows, in its order. `decided` are those not fixed.

    `places` says where each line stands in the plan that was read, if lines were left out of it.
    """

    def __init__(
        self, tables: Tables, assignments: Assignments, places: Int64s | None = None
    ) -> None:
        self.tables = tables
        keys = _keys(tables, assignments)
        _, first, self._line_of = np.unique(keys, return_index=True, return_inverse=True)
        self._first = first
        self._all_places = np.arange(len(keys)) if places is None else places
        kept = np.sort(first)
        self._places: Int64s = self._all_places[kept]
        self.person: Int32s = assignments.person[kept]
        self.role: Int32s = assignments.role[kept]
        self.shift: Int32s = tables.roles.shift[self.role]
        self.seating = Seating(tables, Assignments(self.person, self.role))
        self._keys: Int64s = np.sort(keys[kept])
        fixed = np.sort(_keys(tables, tables.relations.fixed))
        self.decided: Int64s = np.nonzero(~is_among(keys[kept], fixed))[0]

    def at(self, line: int) -> str:
        """Where the line stands in the plan."""
        return f"assignments[{self._places[line]}]"

    def who_and_where(self, line: int) -> dict[str, str]:
        """The ids of volunteer and shift."""
        tables = self.tables
        return {
            "volunteer": str(tables.people.id[self.person[line]]),
            "shift": str(tables.shifts.id[self.shift[line]]),
        }

    def names(self, line: int) -> dict[str, str]:
        """The ids of volunteer, shift and role."""
        return {**self.who_and_where(line), "role": str(self.tables.roles.id[self.role[line]])}

    def repeated(self) -> Finding:
        """Lines that stand in the plan again."""
        is_first = np.zeros(len(self._line_of), np.bool_)
        is_first[self._first] = True
        again = np.nonzero(~is_first)[0]

        def tell(n: int) -> Violation:
            here = int(again[n])
            first = f"assignments[{self._all_places[self._first[self._line_of[here]]]}]"
            at = f"assignments[{self._all_places[here]}]"
            return violation("format", at, "duplicate_line", first=first)

        return Finding("format", len(again), tell)

    def broken_promises(self) -> Finding:
        """H13."""
        tables, fixed = self.tables, self.tables.relations.fixed
        missing = np.nonzero(~is_among(_keys(tables, fixed), self._keys))[0]

        def tell(n: int) -> Violation:
            place = int(missing[n])
            person, role = fixed.person[place], fixed.role[place]
            names = {
                "volunteer": str(tables.people.id[person]),
                "shift": str(tables.shifts.id[tables.roles.shift[role]]),
                "role": str(tables.roles.id[role]),
            }
            return violation("H13", f"fixed[{place}]", "fixed", **names)

        return Finding("H13", len(missing), tell)


def _keys(tables: Tables, lines: Assignments) -> Int64s:
    keys: Int64s = lines.person.astype(np.int64) * max(1, len(tables.roles)) + lines.role
    return keys
