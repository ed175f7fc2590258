"""How tests solve: stopped by effort, never by the clock."""

import time

from matcher.solve import SolveParams

# No test takes nearly as long; it only keeps a hang from lasting for ever.
SECONDS_MOST = 600.0


def params(
    effort: float | None = 20.0, seed: int = 1, seconds: float = SECONDS_MOST
) -> SolveParams:
    """Repeatable, with one thread."""
    return SolveParams(seconds=seconds, clock=time.monotonic, seed=seed, effort=effort, workers=1)
