"""What the planning job needs of the service: a round's problem, its lease, its plan's place."""

from services.planning.leases import (
    Attempt,
    LostLease,
    begin,
    fail,
    give_back,
    heartbeat,
    stop,
    sweep,
)
from services.planning.loading import Loaded, load_problem
from services.planning.progress import Failure, NamedLine, Progress
from services.planning.storing import mark_stale, store

__all__ = [
    "Attempt",
    "Failure",
    "Loaded",
    "LostLease",
    "NamedLine",
    "Progress",
    "begin",
    "fail",
    "give_back",
    "heartbeat",
    "load_problem",
    "mark_stale",
    "stop",
    "store",
    "sweep",
]
