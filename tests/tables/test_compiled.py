"""Compiled loops are kept between runs, and made anew when anything that is in them changes."""

import ast
from pathlib import Path

import matcher
from matcher.tables.compiled import loop_sources

PACKAGE = Path(matcher.__file__).parent
KEEPER = PACKAGE / "tables" / "compiled.py"


def imported(path: Path) -> set[Path]:
    """The matcher's files that this one imports when it is run."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("matcher."):
            name = str(node.module).removeprefix("matcher.").replace(".", "/")
            found.add(PACKAGE / f"{name}.py")
    return found


def test_what_a_loop_is_compiled_with_names_the_compiled_code() -> None:
    sources = set(loop_sources())
    loops = {path for path in sources if "@compiled" in path.read_text()}
    assert len(loops) > 5
    for path in loops:
        assert imported(path) <= sources | {KEEPER}, path.name
