"""Repair: somebody drops out, a shift moves, claims arrive, and the plan is mended in place."""

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
from matcher.repair.repair import Added, PlanBroken, Removed, Repaired, Short, repair

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
    "repair",
]
