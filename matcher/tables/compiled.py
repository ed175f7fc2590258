"""Loops compiled by Numba. The compiled code is kept between runs, beside the source."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

_Loop = TypeVar("_Loop", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parents[1]
# Where loops may be, and the modules whose numbers and records are compiled into them.
_FOLDERS = ("tables", "city", "index", "bounds")
_NAMED = (
    *("geometry.py", "rules.py", "score.py"),
    *("tables/tables.py", "index/records.py", "bounds/records.py"),
)


def loop_sources() -> list[Path]:
    """The files whose code is in the compiled loops: no loop uses any other of the matcher's."""
    files = sorted(path for folder in _FOLDERS for path in (_PACKAGE / folder).glob("*.py"))
    loops = [path for path in files if b"@compiled" in path.read_bytes()]
    return loops + [_PACKAGE / name for name in _NAMED]


def _digest() -> str:
    """What names the code of all loops as it is now.

    Numba looks only at the file of a loop itself, and would go on using an old copy of what the
    loop calls in another file.
    """
    found = hashlib.sha256(numba.__version__.encode())
    for path in loop_sources():
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _keep_beside_the_source() -> None:
    """Compiled code in a folder of its own for each state of the source, where one can be made.

    Whoever set `NUMBA_CACHE_DIR` is obeyed; where nothing can be written, loops are compiled anew.
    """
    folder = _PACKAGE / "__pycache__" / f"loops-{_digest()}"
    settings: Any = numba.config
    if settings.CACHE_DIR or not os.access(_PACKAGE, os.W_OK):
        return
    folder.mkdir(parents=True, exist_ok=True)
    settings.CACHE_DIR = str(folder)


_keep_beside_the_source()


def compiled(loop: _Loop) -> _Loop:
    """The loop at the speed of C, for one thread."""
    return cast("_Loop", numba.njit(cache=True)(loop))


def compiled_parallel(loop: _Loop) -> _Loop:
    """The loop at the speed of C; its `prange` runs on all cores."""
    return cast("_Loop", numba.njit(cache=True, parallel=True)(loop))
