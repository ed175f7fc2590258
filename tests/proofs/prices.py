"""The long proof of what prices prove: loops, a plain reading and brute force on random problems.

    python -m tests.proofs.prices --problems 2000

Ends with 1 at the first vector of prices on which they disagree.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from tests.matcher.test_city import numbered
from tests.proofs._stages import DOCUMENTS, FIRST_NUMBER, commit
from tests.reference.proving import Told, agree_on

if TYPE_CHECKING:
    from collections.abc import Sequence

REPORT = DOCUMENTS / "prices.md"


def report(told: Told, problems: int, vectors: int, first: int, seconds: float) -> str:
    """What was asked and held, in words."""
    command = f"python -m tests.proofs.prices --problems {problems} --vectors {vectors}"
    return f"""# What prices prove of a city's plan

Written by `{command}`
of commit `{commit()}`, {datetime.now(UTC):%Y-%m-%d}, case numbers from {first},
in {seconds:.0f} seconds.

Random prices, weights of an open seat and levels on {problems:,} random problems with every rule
in use: **{told.asked:,} vectors of prices, none on which anything differed**; {told.positive:,} of
them proved a cost above nothing.

- `matcher.bounds.proving` (compiled loops over cells of people) and `tests/reference/pricing.py`
  (plain Python over all pairs) prove the same three bounds, to the unit.
- The engine's own `city.certificate.Dual` never proves more.
- On the {told.held_against_brute_force:,} that are tiny enough to try every plan, no bound is above
  the least that brute force finds among the valid plans of that shortfall and open level.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--problems", type=int, default=5_000)
    parser.add_argument("--vectors", type=int, default=10, help="prices for each problem")
    parser.add_argument("--first", type=int, default=FIRST_NUMBER, help="the first case number")
    parser.add_argument("--output", type=Path, default=REPORT)
    chosen = parser.parse_args(arguments)
    began = monotonic()
    try:
        told = agree_on(numbered(chosen.first, chosen.problems), chosen.vectors, seed=chosen.first)
    except AssertionError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    seconds = monotonic() - began
    text = report(told, chosen.problems, chosen.vectors, chosen.first, seconds)
    chosen.output.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
