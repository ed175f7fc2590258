"""Report on sizes, `python -m tests.house.sizes`: files over 400 lines, functions over 60.

A report and no failure: now and then a long table is better whole.
"""

import ast
import sys
from collections.abc import Iterator

from tests.house.files import CHECKOUT, committed_files

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60


def long_files() -> Iterator[tuple[str, int]]:
    """Python files over the limit, with their length."""
    for path in committed_files("*.py"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > FILE_LINES_MAX:
            yield str(path.relative_to(CHECKOUT)), lines


def long_functions() -> Iterator[tuple[str, int]]:
    """Functions whose body, without the docstring, is over the limit."""
    for path in committed_files("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = _body_lines(node)
                if lines > FUNCTION_LINES_MAX:
                    yield f"{path.relative_to(CHECKOUT)}:{node.lineno} {node.name}", lines


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def report(title: str, found: list[tuple[str, int]]) -> str:
    """The longest first."""
    lines = [f"{title}: {len(found)}"]
    lines += [f"  {count:5} {name}" for name, count in sorted(found, key=lambda one: -one[1])]
    return "\n".join(lines)


def main() -> None:
    sys.stdout.write(report(f"files over {FILE_LINES_MAX} lines", list(long_files())) + "\n")
    sys.stdout.write(
        report(f"functions over {FUNCTION_LINES_MAX} lines", list(long_functions())) + "\n"
    )


if __name__ == "__main__":
    main()
