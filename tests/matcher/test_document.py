"""`docs/matching.md` names only what is there, and misses no rule."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOLVE = ROOT / "matcher" / "solve"
DOCUMENT = (ROOT / "docs" / "matching.md").read_text(encoding="utf-8")
# `module.name` or `folder.module.name`; the first paragraph explains this with `a` and `b`.
NAMES = sorted(
    set(re.findall(r"`((?:[a-z_]{2,}\.)?[a-z_]{2,}\.[A-Za-z_]{2,})`", DOCUMENT)) - {"format.md"}
)
FILES = sorted(set(re.findall(r"`((?:matcher|benchmarks)/[a-z_/]+\.py)`", DOCUMENT)) - {"a.py"})


@cache
def _names_in(path: Path) -> frozenset[str]:
    """Functions, methods, classes and constants that the module defines."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found.update(each.id for each in node.targets if isinstance(each, ast.Name))
    return frozenset(found)


@pytest.mark.parametrize("name", NAMES)
def test_named_function_exists(name: str) -> None:
    *folders, function = name.split(".")
    module = ROOT.joinpath("matcher", *folders).with_suffix(".py")

    assert module.is_file()
    assert function in _names_in(module)


def test_the_page_names_many_functions() -> None:
    assert len(NAMES) > 60


@pytest.mark.parametrize("path", FILES)
def test_named_file_exists(path: str) -> None:
    assert path in {"matcher/a.py", "matcher/solve/a.py"} or (ROOT / path).is_file()


@pytest.mark.parametrize("number", range(1, 15))
def test_rule_has_its_line_and_the_check_of_that_name_says_so(number: int) -> None:
    (row,) = re.findall(rf"^\| H{number} \|(.*)\|$", DOCUMENT, re.MULTILINE)
    (method,) = re.findall(r"`check\.([a-z_]+)`", row)
    tree = ast.parse((ROOT / "matcher" / "check.py").read_text(encoding="utf-8"))
    (function,) = (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == method
    )

    assert ast.get_docstring(function) == f"H{number}."


def test_every_row_of_the_program_has_its_function_named() -> None:
    stating = {
        f"solve.{module}.{node.name}"
        for module in ("build", "limit_rows", "shift_rows")
        for node in ast.parse((SOLVE / f"{module}.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and re.match(r"(H\d+|Level \d)", ast.get_docstring(node) or "")
    } - {"solve.shift_rows.shift_rules"}  # Only chooses between those that are named.

    assert {name for name in stating if f"`{name}`" not in DOCUMENT} == set()
    assert len(stating) > 8
