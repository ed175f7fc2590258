"""A problem and its folder of tables say the same; what is wrong is named in both."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from matcher.codec import read_problem
from matcher.defects import Defect, ProblemRefused
from matcher.problem import Horizon, Problem
from matcher.tables.of_problem import tables_of
from matcher.tables.parquet.reading import read_tables
from matcher.tables.parquet.writing import write_tables
from tests.reference.cases import case
from tests.reference.choices import seeded
from tests.reference.problems import TINY
from tests.tables.plain_folder import place_in_tables, put
from tests.tables.same import unlike
from tests.tables.spoiling import EVERY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Json = dict[str, Any]


def test_a_problem_survives_its_folder(tmp_path: Path) -> None:
    for number in range(40):
        tables = tables_of(read_problem(case(number)[0]))
        folder = tmp_path / str(number)
        folder.mkdir()
        write_tables(tables, folder)
        assert unlike(read_tables(folder), tables) == [], f"case {number}"


def test_a_folder_that_others_wrote_says_what_the_problem_says(tmp_path: Path) -> None:
    for number in range(100, 140):
        drawn = case(number)[0]
        folder = tmp_path / str(number)
        folder.mkdir()
        put(drawn, folder)
        assert unlike(read_tables(folder), tables_of(read_problem(drawn))) == [], f"case {number}"


def test_nothing_at_all_has_a_folder(tmp_path: Path) -> None:
    tables = tables_of(Problem(Horizon(0, 60)))
    write_tables(tables, tmp_path)
    assert unlike(read_tables(tmp_path), tables) == []


def json_defects(document: Json) -> set[tuple[str, str]]:
    """Place (in tables) and code of all that is wrong with the JSON problem."""
    try:
        read_problem(document)
    except ProblemRefused as refused:
        return {
            (place_in_tables(defect.place, document), defect.code) for defect in refused.defects
        }
    return set()


def folder_defects(folder: Path) -> set[tuple[str, str]]:
    """Place and code of all that is wrong with the folder."""
    try:
        read_tables(folder)
    except ProblemRefused as refused:
        return {(defect.place, defect.code) for defect in refused.defects}
    return set()


def test_every_defect_of_the_problem_is_one_of_its_folder(tmp_path: Path) -> None:
    codes: set[str] = set()
    for number in range(5 * len(EVERY)):
        drawn = deepcopy(case(number, TINY, fixed="any" if number % 3 else "consistent")[0])
        choices = seeded(random.Random(number))
        EVERY[number % len(EVERY)](drawn, choices)
        if number % 2:
            choices.pick(EVERY)(drawn, choices)
        folder = tmp_path / str(number)
        folder.mkdir()
        put(drawn, folder)
        expected = json_defects(drawn)
        assert folder_defects(folder) == expected, f"case {number}"
        codes.update(code for _, code in expected)

    assert codes >= {
        "duplicate_id",
        "duplicate_line",
        "duplicate_member",
        "empty_text",
        "end_not_after_start",
        "min_above_max",
        "not_finite",
        "outside_horizon",
        "same_person",
        "too_big",
        "too_small",
        "unknown_role",
        "unknown_shift",
        "unknown_volunteer",
    }


def test_fixed_lines_that_clash_are_named_as_in_json(tmp_path: Path) -> None:
    clashes = 0
    for number in range(60):
        drawn = case(number, fixed="any")[0]
        folder = tmp_path / str(number)
        folder.mkdir()
        put(drawn, folder)
        told = [
            _told(lambda drawn=drawn: read_problem(drawn)),
            _told(lambda folder=folder: read_tables(folder)),
        ]
        assert told[0] == told[1]
        clashes += bool(told[0])
    assert clashes >= 10


def _told(read: Callable[[], object]) -> tuple[Defect, ...]:
    try:
        read()
    except ProblemRefused as refused:
        return refused.defects
    return ()
