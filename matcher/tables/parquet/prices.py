"""A certificate by prices as a folder: a head, and a table of a price for each person."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from matcher.bounds.prices import BELOW_MOST, PRICE_MOST, SEAT_MOST, PriceCertificate
from matcher.defects import Defects, Refused, TooManyDefects
from matcher.problem_reader import ProblemReader
from matcher.reading import LIMIT_BYTES
from matcher.tables.parquet.folders import Folder
from matcher.tables.parquet.writing import write_table

BOUND_FORMAT = "mulin.bound.tables/1"
BOUND_DOCUMENT = "bound.json"
BOUND_TABLE = "prices"

# Prices that millions share are written once, and where a run of them ends.
_PRICES_PER_GROUP = 1_000_000


class BoundRefused(Refused):
    """The folder holds no certificate that can be read."""


def write_bound_tables(certificate: PriceCertificate, path: Path) -> None:
    """Write the certificate into the folder `path`, which must be there and empty."""
    head = {
        "format": BOUND_FORMAT,
        "problem": certificate.problem,
        "seat": certificate.seat,
        "below": certificate.below,
    }
    (path / BOUND_DOCUMENT).write_text(json.dumps(head, indent=1) + "\n", "utf-8")
    rows, step = len(certificate.prices), _PRICES_PER_GROUP
    parts = (certificate.prices[at : at + step] for at in range(0, max(1, rows), step))
    write_table(path, BOUND_TABLE, (pa.table({"price": pa.array(part)}) for part in parts))


def read_bound_tables(path: Path) -> PriceCertificate:
    """The certificate in the folder; raises `BoundRefused` with all that is wrong with it.

    `OSError` where the folder itself cannot be read. Whether it fits a problem is not asked.
    """
    defects = Defects()
    with suppress(TooManyDefects):
        folder = Folder(path, defects, BOUND_DOCUMENT, (BOUND_TABLE,))
        value = folder.document(BOUND_DOCUMENT, LIMIT_BYTES, BoundRefused)
        problem, seat, below = _HeadReader(defects).head(value)
        prices = folder.table(BOUND_TABLE, "price").column("price").whole(0, 0, PRICE_MOST)
        if not defects:
            return PriceCertificate(problem, seat, below, np.ascontiguousarray(prices))
    raise BoundRefused(defects.listed())


class _HeadReader(ProblemReader):
    def head(self, value: Any) -> tuple[str, int, int]:
        """The problem's digest, and the two weights."""
        if value is None:  # What could not be read is told already.
            return "", 0, 1
        keys = self.fields("", value, "format problem seat below")
        keys.get("format", self.exactly(BOUND_FORMAT), "")
        return (
            keys.get("problem", self.text, ""),
            keys.get("seat", self._within(0, SEAT_MOST), 0),
            keys.get("below", self._within(1, BELOW_MOST), 1),
        )

    def _within(self, least: int, most: int) -> Any:
        def read(place: str, value: Any) -> int:
            found = self.integer(place, value)
            if found < least:
                self.defects.add(place, "too_small", least=least, found=found)
            if found > most:
                self.defects.add(place, "too_big", most=most, found=found)
            return found

        return read
