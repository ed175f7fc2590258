"""Whoever only reads and checks plans loads no solver."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIGHT = (
    "matcher.check",
    "matcher.score",
    "matcher.codec",
    "matcher.validate",
    "matcher.rules",
    "matcher.explain",
    "matcher.greedy",
)


@pytest.mark.parametrize("module", LIGHT)
def test_module_loads_neither_the_solvers_nor_the_solve_package(module: str) -> None:
    heavy = _loaded_by(module, "ortools", "scipy", "matcher.solve")

    assert heavy == []


def test_solve_itself_loads_its_solvers_only_when_it_needs_them() -> None:
    """The relaxation's library takes more than a second to load; small problems never ask it."""
    assert _loaded_by("matcher.solve", "ortools", "scipy.optimize") == []
    assert _loaded_by("matcher.solve", "matcher.solve") == ["matcher.solve"]


def _loaded_by(module: str, *names: str) -> list[str]:
    script = f"import sys, {module}\nprint(*(name for name in {names!r} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()
