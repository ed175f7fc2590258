"""Who could stand in for somebody who cannot come, and where a volunteer is wanted most."""

from services.standing_in.replacing import replacements
from services.standing_in.types import (
    Away,
    BestShift,
    BestShiftsQuery,
    BestShiftsView,
    NotThis,
    ReplacementsQuery,
    ReplacementsView,
    Seated,
    StandIn,
)
from services.standing_in.wanting import best_shifts

__all__ = [
    "Away",
    "BestShift",
    "BestShiftsQuery",
    "BestShiftsView",
    "NotThis",
    "ReplacementsQuery",
    "ReplacementsView",
    "Seated",
    "StandIn",
    "best_shifts",
    "replacements",
]
