"""A problem and its folder of tables say the same; what is wrong is named in both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.codec import read_problem
from matcher.problem import Horizon, Problem
from matcher.tables.of_problem import tables_of
from matcher.tables.parquet.reading import read_tables
from matcher.tables.parquet.writing import write_tables
from tests.reference.cases import case
from tests.tables.same import unlike

if TYPE_CHECKING:
    from pathlib import Path


def test_a_problem_survives_its_folder(tmp_path: Path) -> None:
    for number in range(40):
        problem = read_problem(case(number)[0])
        tables = tables_of(problem)
        folder = tmp_path / str(number)
        folder.mkdir()
        write_tables(tables, folder)
        assert unlike(read_tables(folder), tables) == [], f"case {number}"


def test_nothing_at_all_has_a_folder(tmp_path: Path) -> None:
    tables = tables_of(Problem(Horizon(0, 60)))
    write_tables(tables, tmp_path)
    assert unlike(read_tables(tmp_path), tables) == []
