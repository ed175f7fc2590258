"""Where two sets of columns differ."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def unlike(one: Any, two: Any, place: str = "") -> list[str]:
    """The places, such as `people.age`, at which the two differ in shape, type or value."""
    if is_dataclass(one) and type(one) is type(two):
        return [
            found
            for field in fields(one)
            for found in unlike(
                getattr(one, field.name), getattr(two, field.name), f"{place}.{field.name}"
            )
        ]
    if isinstance(one, np.ndarray):
        return [] if _same(one, two) else [f"{place}: {one[:8]} / {two[:8]}"]
    return [] if one == two else [f"{place}: {one} / {two}"]


def _same(one: np.ndarray, two: np.ndarray) -> bool:
    if one.dtype != two.dtype or one.shape != two.shape:
        return False
    if one.dtype == np.float64:
        return bool(np.array_equal(one, two, equal_nan=True))
    return bool(np.array_equal(one, two))
