"""Waiting for a condition: bounded, and never longer than needed."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
POLL_SECONDS = 0.02


def wait_until(condition: Callable[[], T | None], what: str, seconds_max: float = 30) -> T:
    """The first true answer of `condition`; fails, naming what was waited for, if none comes."""
    deadline = time.monotonic() + seconds_max
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds_max} s in vain for {what}")
        time.sleep(POLL_SECONDS)
    return answer
