"""The tables that name people and lines: together, apart, fixed, forbidden and current."""

from typing import Any

import numpy as np
import pyarrow as pa

from matcher.tables.parquet.columns import Column, codes_of, repeated
from matcher.tables.parquet.demand_reading import known_people, known_shifts
from matcher.tables.parquet.folders import Folder, Table
from matcher.tables.parquet.names import Named, ids_of, rows_of
from matcher.tables.tables import Assignments, Int32s, Int64s, Lists, Relations

Arrow = Any


class RelationsReader:
    """Reads the five tables against the ids of people, shifts and roles."""

    def __init__(
        self, folder: Folder, people: Arrow, shifts: Arrow, role_ids: Arrow, role_shift: Int32s
    ) -> None:
        self._folder = folder
        self._people, self._shifts, self._role_ids = people, shifts, role_ids.unique()
        # A role is found by its shift and its id together, as one number.
        keys = self._role_keys(role_shift, rows_of(role_ids, self._role_ids))
        self._key_order = np.argsort(keys, kind="stable")
        self._keys = keys[self._key_order]

    def relations(self) -> Relations:
        """All five; everything wrong with them is noted."""
        together = self._together()
        apart_one, apart_other = self._apart()
        fixed = self._fixed()
        table = self._folder.optional_table("forbidden", "volunteer shift reason")
        person, shift, reason = self._forbidden(table)
        current = self._current()
        return Relations(
            together=together,
            apart_one=apart_one,
            apart_other=apart_other,
            fixed=fixed,
            forbidden_person=person,
            forbidden_shift=shift,
            forbidden_reason=ids_of(reason),
            **current,
        )

    def _role_keys(self, shift: Int32s, role: Int32s) -> Int64s:
        return shift.astype(np.int64) * (len(self._role_ids) + 1) + role

    def _role_rows(self, shift: Int32s, role_texts: Arrow) -> Int32s:
        """The role of each shift and id; -1 where there is none."""
        role = rows_of(role_texts, self._role_ids)
        wanted = self._role_keys(shift, role)
        if not len(self._keys) or not len(wanted):
            return np.full(len(wanted), -1, np.int32)
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        found = (self._keys[at] == wanted) & (shift >= 0) & (role >= 0)
        return np.where(found, self._key_order[at], -1).astype(np.int32)

    def _together(self) -> Lists:
        table = self._folder.optional_table("together", "volunteers")
        column = table.column("volunteers")
        first, items = column.lists()
        named = Named(first, items.texts(may_be_empty=True))
        again = [item for _, item in named.repeated()]
        items.note(again, "same_person", id=lambda item: str(named.texts[item]))
        rows = known_people(items, named.texts, self._people)
        self._note_same_groups(column, first, codes_of(named.texts))
        return Lists(first, rows)

    def _note_same_groups(self, column: Column, first: Int64s, codes: Int64s) -> None:
        # The order of people in a group says nothing: [a, b] and [b, a] are one line.
        ends, members = first.tolist(), codes.tolist()
        seen: dict[frozenset[int], int] = {}
        for row in range(column.rows):
            group = frozenset(members[ends[row] : ends[row + 1]])
            one = seen.setdefault(group, row)
            if one != row:
                needs = (f"together[{one}]", column.name)
                at = f"together[{one}]"
                column.defects.add(f"together[{row}]", "duplicate_line", needs=needs, first=at)

    def _apart(self) -> tuple[Int32s, Int32s]:
        table = self._folder.optional_table("apart", "one other")
        columns = table.column("one"), table.column("other")
        ones, others = (column.texts(may_be_empty=True) for column in columns)
        codes, other_codes = _codes_together(ones, others)
        same = np.nonzero(codes == other_codes)[0].tolist()
        columns[1].note(same, "same_person", id=lambda row: str(others[row]))
        rows = [
            known_people(column, texts, self._people)
            for column, texts in zip(columns, (ones, others), strict=True)
        ]
        pairs = np.minimum(codes, other_codes), np.maximum(codes, other_codes)
        self._note_repeated(table, columns, pairs)
        return rows[0], rows[1]

    def _fixed(self) -> Assignments:
        table = self._folder.optional_table("fixed", "volunteer shift role")
        columns = [table.column(name) for name in ("volunteer", "shift", "role")]
        texts = [column.texts(may_be_empty=True) for column in columns]
        person = known_people(columns[0], texts[0], self._people)
        shift = known_shifts(columns[1], texts[1], self._shifts)
        role = self._role_rows(shift, texts[2])
        needs = ("roles", "roles.id", "roles.shift", columns[2].name, columns[1].name)
        for row in np.nonzero((role < 0) & (shift >= 0))[0].tolist():
            names = {"id": texts[2][row].as_py(), "shift": texts[1][row].as_py()}
            table.defects.add(columns[2].place(row), "unknown_role", needs=needs, **names)
        self._note_repeated(table, columns, [codes_of(each) for each in texts])
        return Assignments(person, role)

    def _forbidden(self, table: Table) -> tuple[Int32s, Int32s, Arrow]:
        columns = [table.column(name) for name in ("volunteer", "shift", "reason")]
        texts = [column.texts(may_be_empty=True) for column in columns[:2]]
        reason = columns[2].texts()
        person = known_people(columns[0], texts[0], self._people)
        shift = known_shifts(columns[1], texts[1], self._shifts)
        self._note_repeated(table, columns, [codes_of(each) for each in (*texts, reason)])
        return person, shift, reason

    def _current(self) -> dict[str, Any]:
        table = self._folder.optional_table("current", "volunteer shift role")
        columns = [table.column(name) for name in ("volunteer", "shift", "role")]
        texts = [column.texts() for column in columns]
        self._note_repeated(table, columns, [codes_of(each) for each in texts])
        person, shift = rows_of(texts[0], self._people), rows_of(texts[1], self._shifts)
        role = self._role_rows(shift, texts[2])
        kept = (person >= 0) & (shift >= 0)
        return {
            "current_person": person[kept],
            "current_shift": shift[kept],
            "current_role": role[kept],
            "current_dropped": int((~kept).sum()),
        }

    def _note_repeated(self, table: Table, columns: Any, codes: Any) -> None:
        broken = [column.name for column in columns]
        for first, row in repeated(*codes):
            at = f"{table.name}[{first}]"
            needs = (at, *broken)
            table.defects.add(f"{table.name}[{row}]", "duplicate_line", needs=needs, first=at)


def _codes_together(ones: Arrow, others: Arrow) -> tuple[Int64s, Int64s]:
    codes = codes_of(pa.concat_arrays([ones, others]))
    return codes[: len(ones)], codes[len(ones) :]
