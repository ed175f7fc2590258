"""Repair: somebody drops out, a shift moves, claims arrive, and the plan is mended in place.

`matcher.repair.repair.repair` does it, and loads the solvers; what is here is light.
"""

from matcher.repair.changes import (
    CallOff,
    Change,
    ChangeRefused,
    Claim,
    DropOut,
    Join,
    MoveShift,
    Same,
    SetSeats,
)
from matcher.repair.values import Added, PlanBroken, Removed, Repaired, Short

__all__ = [
    "Added",
    "CallOff",
    "Change",
    "ChangeRefused",
    "Claim",
    "DropOut",
    "Join",
    "MoveShift",
    "PlanBroken",
    "Removed",
    "Repaired",
    "Same",
    "SetSeats",
    "Short",
]
