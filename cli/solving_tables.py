"""Problems and plans as folders of Parquet tables, at the terminal."""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.solving_files import (
    file_mode_mask,
    file_refused,
    is_folder,
    load_plan_tables,
    load_problem,
    load_tables,
    read_bytes,
    refuse,
    refuse_unwritable,
    say,
    write_json,
)
from cli.solving_options import LanguageOption, asked_language
from cli.solving_progress import score_words
from cli.solving_words import violation_line
from cli.words import Language, Phrase
from matcher.codec import read_plan, read_problem
from matcher.defects import PlanRefused, ProblemRefused
from matcher.plan import REASONS_VOLUNTEERS_MAX, Plan
from matcher.problem import Problem
from matcher.violation import Violation
from matcher.writing import write_plan, write_problem

if TYPE_CHECKING:
    from matcher.tables import Tables
    from matcher.tables.findings import Broken
    from matcher.tables.plans import PlanTables

OBJECTS_PEOPLE_MOST = REASONS_VOLUNTEERS_MAX
"""Up to so many people a folder's problem is checked like one from JSON: the plan has to give
reasons, which are counted over objects. Above it everything is checked over columns."""


def means_folder(name: str) -> bool:
    """Whether a plan written under this name becomes a folder: it ends in a stroke, or is one."""
    return name.endswith("/") or is_folder(name)


def load_any_problem(name: str, language: Language) -> "Problem | Tables":
    """The problem in the file, or in the folder as columns."""
    return load_tables(name, language) if is_folder(name) else load_problem(name, language)


def load_problem_to_check(name: str, language: Language) -> "Problem | Tables":
    """The problem in the file or folder; as columns where it has more people than objects suit."""
    found = load_any_problem(name, language)
    if isinstance(found, Problem) or len(found.people) > OBJECTS_PEOPLE_MOST:
        return found
    from matcher.tables.to_problem import problem_of

    return problem_of(found)


def refuse_unwritable_plan(name: str, language: Language) -> None:
    """End the command before any work if the plan could not be written there."""
    if not means_folder(name):
        refuse_unwritable(name, language)
        return
    try:
        _empty_place(name)
        with tempfile.TemporaryDirectory(dir=Path(name).resolve().parent):
            return
    except OSError as error:
        raise file_refused(name, error, language) from None


def write_any_plan(name: str, plan: "Plan | PlanTables", language: Language) -> None:
    """Write the plan as JSON, or as a folder of tables where the name means one."""
    if not means_folder(name):
        write_json(name, write_plan(_as_objects(plan)), language)
        return
    from matcher.tables.parquet.plans import write_plan_tables
    from matcher.tables.plans import plan_tables_of

    columns = plan_tables_of(plan) if isinstance(plan, Plan) else plan
    write_folder(name, lambda path: write_plan_tables(columns, path), language)


def _as_objects(plan: "Plan | PlanTables") -> Plan:
    if isinstance(plan, Plan):
        return plan
    from matcher.tables.plans import plan_of

    return plan_of(plan)


def write_folder(name: str, write: Callable[[Path], None], language: Language) -> None:
    """Write a folder, whole or not at all; there must be none of that name, or an empty one."""
    try:
        _empty_place(name)
        target = Path(name).resolve()
        made = Path(tempfile.mkdtemp(dir=target.parent))
        try:
            write(made)
            made.chmod(0o777 & ~file_mode_mask())
            made.replace(target)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise file_refused(name, error, language) from None


def _empty_place(name: str) -> None:
    path = Path(name)
    if path.exists() and not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if path.exists() and any(path.iterdir()):
        raise FileExistsError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))


def check_tables(
    tables: "Tables",
    plan: "PlanTables",
    language: Language,
    false_bounds: Callable[[], list[Violation]] | None = None,
) -> bool:
    """Say what a plan for a large problem breaks, and its true score; whether it breaks nothing.

    The bounds of a plan that breaks nothing else are asked for last.
    """
    from matcher.tables.check_plan import CheckedPlan
    from matcher.tables.findings import Broken

    checked = CheckedPlan(tables, plan)
    broken = checked.broken()
    if not broken and false_bounds is not None:
        found = tuple(false_bounds())
        broken = (Broken("bound", len(found), found),) if found else ()
    for each in broken:
        _say_broken(each, language)
    said = score_words(checked.score)
    if broken:
        count = sum(each.count for each in broken)
        phrase = Phrase(
            f"{count} 处不符；实际得分 {said}", f"{count} found; the true score is {said}"
        )
    else:
        phrase = Phrase(f"方案有效；得分 {said}", f"the plan is valid; its score is {said}")
    say(phrase.in_language(language))
    return not broken


def _say_broken(broken: "Broken", language: Language) -> None:
    for violation in broken.first:
        say(violation_line(violation, language))
    more = broken.count - len(broken.first)
    if more:
        words = Phrase(f"{broken.rule}：另有 {more} 处", f"{broken.rule}: {more} more")
        say(words.in_language(language))


def convert_file(
    source: Annotated[str, typer.Argument(help="A problem or plan: JSON, or a folder of tables.")],
    target: Annotated[str, typer.Argument(help="A folder for JSON; for a folder, a file or -.")],
    language: LanguageOption = None,
) -> None:
    """Turn JSON into a folder of Parquet tables, and such a folder into JSON. 转换"""
    reader = asked_language(language)
    if is_folder(source):
        refuse_unwritable(target, reader)
        write_json(target, _json_of(source, reader), reader)
    else:
        _write_as_folder(source, target, reader)


def _json_of(folder: str, language: Language) -> dict[str, Any]:
    if (Path(folder) / "plan.json").is_file():
        from matcher.tables.plans import plan_of

        return write_plan(plan_of(load_plan_tables(folder, language)))
    from matcher.tables.to_problem import problem_of

    return write_problem(problem_of(load_tables(folder, language)))


def _write_as_folder(source: str, target: str, language: Language) -> None:
    from matcher.tables.of_problem import tables_of
    from matcher.tables.parquet.plans import write_plan_tables
    from matcher.tables.parquet.writing import write_tables
    from matcher.tables.plans import plan_tables_of

    data = read_bytes(source, language)
    try:
        if _is_plan(data):
            plan = plan_tables_of(read_plan(data))
            write_folder(target, lambda path: write_plan_tables(plan, path), language)
        else:
            tables = tables_of(read_problem(data))
            write_folder(target, lambda path: write_tables(tables, path), language)
    except (ProblemRefused, PlanRefused) as refused:
        raise refuse(source, refused, language) from None


def _is_plan(data: bytes) -> bool:
    """Whether the JSON says that it is a plan; what is no JSON is refused as a problem."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and str(value.get("format", "")).startswith("mulin.plan/")
