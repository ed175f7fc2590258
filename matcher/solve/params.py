"""What a solve is asked for, and what it tells while it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from matcher.plan import Score

EFFORT_MOST = 1_000_000.0  # The solvers count branches in 32 bits.

SEED = 1

Stage = Literal["greedy", "shortfall", "open", "cost", "done"]


@dataclass(frozen=True, slots=True)
class SolveParams:
    """How long and how hard to look.

    `seconds` is wall time by `clock`, which the caller passes in (`time.monotonic`). `effort` is
    a limit that no clock moves, for runs that must be repeatable: the branches searched for each
    level. A run that ends by effort or by proof, and not by `seconds`, gives the same plan for the
    same problem, seed and effort. `workers` is how many threads the solvers may use.

    Raises ValueError for a negative seed, and for an effort below 0 or above `EFFORT_MOST`.
    """

    seconds: float
    clock: Callable[[], float]
    seed: int = SEED
    effort: float | None = None
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise ValueError(f"seed: {self.seed} is negative")
        if self.effort is not None and not 0 <= self.effort <= EFFORT_MOST:
            raise ValueError(f"effort: {self.effort} is not between 0 and {EFFORT_MOST}")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a solve stands: the level it works on, and the best plan and bounds so far."""

    stage: Stage
    fraction: float
    score: Score
    bound: Score
    assignments: int
