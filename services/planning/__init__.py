"""What the planning job needs of the service: a round's problem, its lease, its plan's place."""

from services.planning.leases import (
    Attempt,
    LostLease,
    begin,
    fail,
    give_back,
    heartbeat,
    sweep,
)
from services.planning.loading import Loaded, load_problem
from services.planning.storing import mark_stale, store

__all__ = [
    "Attempt",
    "Loaded",
    "LostLease",
    "begin",
    "fail",
    "give_back",
    "heartbeat",
    "load_problem",
    "mark_stale",
    "store",
    "sweep",
]
