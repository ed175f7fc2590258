"""Loops compiled by Numba. The compiled code is kept beside the source between runs."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_Loop = TypeVar("_Loop", bound=Callable[..., Any])


def compiled(loop: _Loop) -> _Loop:
    """The loop at the speed of C. It may call only compiled loops of its own file.

    What is kept on disk is renewed when this file changes, and not when another does.
    """
    return cast("_Loop", numba.njit(cache=True)(loop))
