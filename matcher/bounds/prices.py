"""The certificate of a plan by prices: a price for each person, and what an open seat weighs."""

import hashlib
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from matcher.tables.tables import Int64s, Tables

PRICE_MOST = 2**53
"""The highest price; above it JSON readers no longer agree on a whole number."""
SEAT_MOST = 2**40
BELOW_MOST = 2**20


@dataclass(frozen=True, slots=True)
class PriceCertificate:
    """Prices of people by their rows, from 0 to `PRICE_MOST`, in eighths of a unit of cost.

    `problem` is the `digest` of the columns. `seat` is what an open seat of priority 1 weighs in
    the proof, in units of cost; `below`, at least 1, how many times as much one below a minimum.
    """

    problem: str
    seat: int
    below: int
    prices: Int64s

    def __post_init__(self) -> None:
        if self.below < 1 or self.seat < 0:
            raise ValueError("an open seat must weigh something, and more below a minimum")


def digest(tables: Tables) -> str:
    """Names these columns: what is put into them, row by row, and nothing else."""
    found = hashlib.sha256()
    _add(found, "tables", tables)
    return found.hexdigest()


def _add(found: Any, name: str, value: Any) -> None:
    if is_dataclass(value):
        found.update(f"<{name}>".encode())
        for field in fields(value):
            _add(found, field.name, getattr(value, field.name))
        return
    if isinstance(value, tuple):
        value = np.array(value, np.object_)
    if not isinstance(value, np.ndarray):
        found.update(f"<{name}={int(value)}>".encode())
        return
    found.update(f"<{name}:{len(value)}>".encode())
    for each in _plain(value):
        found.update(each.tobytes() if isinstance(each, np.ndarray) else each)


def _plain(value: Any) -> tuple[Any, ...]:
    """The array in one form, whatever width it has in memory."""
    if value.dtype == np.object_:
        texts = [str(each).encode() for each in value.tolist()]
        lengths = np.fromiter((len(each) for each in texts), "<i8", len(texts))
        return lengths, b"".join(texts)
    if value.dtype == np.float64:
        # There are many ways to write that something is not a number.
        return (np.where(np.isnan(value), np.nan, value).astype("<f8"),)
    return (value.astype("<i8"),)
