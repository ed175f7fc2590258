"""A plan as a folder of Parquet tables, and back."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa

from matcher.defects import Defects, PlanRefused, TooManyDefects
from matcher.plan import REASONS, BoundFrom, Plan, Score
from matcher.plan_reader import PLAN_FORMAT, PlanReader
from matcher.reading import LIMIT_BYTES
from matcher.tables.parquet.columns import Column
from matcher.tables.parquet.folders import Folder
from matcher.tables.parquet.names import ids_of
from matcher.tables.parquet.writing import texts, write_table
from matcher.tables.plans import PlanTables
from matcher.validate import WHOLE_MOST
from matcher.writing import write_plan

PLAN_TABLES_FORMAT = "mulin.plan.tables/1"
PLAN_DOCUMENT = "plan.json"
PLAN_TABLES = ("assignments", "unfilled")

_NOTHING = Plan((), Score(0, 0, 0), Score(0, 0, 0), BoundFrom(), "feasible", 0.0, ())
_REASONS = pa.map_(pa.string(), pa.int64())


def write_plan_tables(plan: PlanTables, path: Path) -> None:
    """Write the plan into the folder `path`, which must be there and empty."""
    document = {**write_plan(plan.head), "format": PLAN_TABLES_FORMAT}
    head = {key: value for key, value in document.items() if key not in PLAN_TABLES}
    (path / PLAN_DOCUMENT).write_text(
        json.dumps(head, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    columns = {"volunteer": plan.volunteer, "shift": plan.shift, "role": plan.role}
    write_table(
        path, "assignments", [pa.table({name: texts(own) for name, own in columns.items()})]
    )
    reasons = [None if each is None else list(each.items()) for each in plan.reasons]
    unfilled = pa.table(
        {
            "shift": texts(plan.unfilled_shift),
            "role": texts(plan.unfilled_role),
            "missing": pa.array(plan.unfilled_missing),
            "reasons": pa.array(reasons, _REASONS),
        }
    )
    write_table(path, "unfilled", [unfilled])


def read_plan_tables(path: Path) -> PlanTables:
    """The plan in the folder; raises `PlanRefused` with all that is wrong with it.

    `OSError` where the folder itself cannot be read. Whether the plan fits a problem is not asked.
    """
    defects = Defects()
    with suppress(TooManyDefects):
        folder = Folder(path, defects, PLAN_DOCUMENT, PLAN_TABLES)
        plan = _read(folder)
        if not defects:
            return plan
    raise PlanRefused(defects.listed())


def _read(folder: Folder) -> PlanTables:
    value = folder.document(PLAN_DOCUMENT, LIMIT_BYTES, PlanRefused)
    head = _HeadReader(folder.defects).head(value)
    lines = folder.table("assignments", "volunteer shift role")
    open_ = folder.table("unfilled", "shift role missing", "reasons")
    columns = {name: _ids(lines.column(name)) for name in ("volunteer", "shift", "role")}
    return PlanTables(
        head=head,
        **columns,
        unfilled_shift=_ids(open_.column("shift")),
        unfilled_role=_ids(open_.column("role")),
        unfilled_missing=open_.column("missing").whole(0, -WHOLE_MOST),
        reasons=_reasons(open_.column("reasons")),
    )


def _ids(column: Column) -> Any:
    return ids_of(column.texts(may_be_empty=True))


def _reasons(column: Column) -> tuple[dict[Any, int] | None, ...]:
    if column.array is None or not column.array.null_count < column.rows:
        return (None,) * column.rows
    absent = column.array.is_null().to_pylist()
    first, names, values = column.entries(is_optional=True)
    words, counts = names.texts(may_be_empty=True).to_pylist(), values.whole(0, -WHOLE_MOST)
    strange = [item for item, word in enumerate(words) if word not in REASONS]
    names.note(strange, "unknown_key", key=lambda item: str(words[item]))
    ends, found = first.tolist(), []
    for row in range(column.rows):
        own = range(ends[row], ends[row + 1])
        said = {words[item]: int(counts[item]) for item in own}
        counted = {reason: said[reason] for reason in REASONS if said.get(reason)}
        found.append(None if absent[row] else counted)
    return tuple(found)


class _HeadReader(PlanReader):
    """Reads what is no table of a plan: its score, bounds and all else that it says of itself."""

    def head(self, value: Any) -> Plan:
        """A plan without lines and open seats."""
        if not isinstance(value, dict):
            if value is not None:  # What could not be read is told already.
                self.fields("", value, "")
            return _NOTHING
        for name in PLAN_TABLES:
            if name in value:
                self.defects.add(name, "unknown_key", key=name)
        if "format" in value:
            self.exactly(PLAN_TABLES_FORMAT)("format", value["format"])
            value = {**value, "format": PLAN_FORMAT}
        return self.plan({**value, **{name: [] for name in PLAN_TABLES}})
