"""A problem from a folder of Parquet tables, as `docs/format.md` says."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from matcher.defects import Defects, ProblemRefused, TooManyDefects
from matcher.problem import Horizon, Problem, Rules, Weights
from matcher.problem_reader import ProblemReader
from matcher.reading import LIMIT_BYTES
from matcher.tables.fixed_clash import note_fixed_clash
from matcher.tables.parquet.demand_reading import Demand, read_demand
from matcher.tables.parquet.folders import Folder
from matcher.tables.parquet.names import all_names
from matcher.tables.parquet.relations_reading import RelationsReader
from matcher.tables.parquet.supply_reading import Supply, read_supply
from matcher.tables.tables import Tables
from matcher.validate import note_defects

TABLES_FORMAT = "mulin.tables/1"
PROBLEM_DOCUMENT = "problem.json"
PROBLEM_TABLES = (
    "volunteers",
    "shifts",
    "roles",
    "together",
    "apart",
    "fixed",
    "forbidden",
    "current",
)


def read_tables(path: Path) -> Tables:
    """The problem in the folder; raises `ProblemRefused` with all that is wrong with it.

    `OSError` where the folder itself cannot be read.
    """
    defects = Defects()
    with suppress(TooManyDefects):
        folder = Folder(path, defects, PROBLEM_DOCUMENT, PROBLEM_TABLES)
        tables = _read(folder)
        if not defects:
            note_fixed_clash(tables, defects)
        if not defects:
            return tables
    raise ProblemRefused(defects.listed())


def _read(folder: Folder) -> Tables:
    value = folder.document(PROBLEM_DOCUMENT, LIMIT_BYTES, ProblemRefused)
    frame = _FrameReader(folder.defects).frame(value)
    supply = read_supply(folder)
    demand = read_demand(folder, frame.horizon, supply.ids)
    relations = RelationsReader(
        folder, supply.ids, demand.ids, demand.role_ids, demand.role_shift
    ).relations()
    skills = all_names([supply.skills.texts, demand.skills.texts, demand.team.texts])
    groups = all_names([supply.groups.texts, demand.groups.texts])
    causes = _causes(supply, demand)
    return Tables(
        horizon=frame.horizon,
        rules=frame.rules,
        weights=frame.weights,
        people=supply.people(skills, groups, causes),
        shifts=demand.shifts(skills, causes),
        roles=demand.roles(skills, groups),
        relations=relations,
        skills=tuple(skills.to_pylist()),
        groups=tuple(groups.to_pylist()),
        causes=tuple(causes.to_pylist()),
    )


def _causes(supply: Supply, demand: Demand) -> Any:
    return all_names([supply.likes.texts, demand.causes.drop_null()])


class _FrameReader(ProblemReader):
    """Reads what is no table: the horizon, the rules and the weights."""

    def frame(self, value: Any) -> Problem:
        """A problem without people and shifts."""
        frame = Problem(Horizon(0, 1))
        if value is not None:
            keys = self.fields("", value, "format horizon", "rules weights")
            keys.get("format", self.exactly(TABLES_FORMAT), "")
            frame = Problem(
                horizon=keys.get("horizon", self._horizon, Horizon(0, 1)),
                rules=keys.get("rules", self._rules, Rules()),
                weights=keys.get("weights", self._weights, Weights()),
            )
            note_defects(frame, self.defects)
        return frame
