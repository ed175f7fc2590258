"""What the planning job needs of the service: a round's problem, its lease, its plan's place."""

from services.planning.choosing import load
from services.planning.explaining import (
    Explained,
    Unexplained,
    keep_reasons,
    places_of,
    unexplained,
)
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
from services.planning.sharing import sweep_parts
from services.planning.storing import mark_stale, store

__all__ = [
    "Attempt",
    "Explained",
    "Failure",
    "Loaded",
    "LostLease",
    "NamedLine",
    "Progress",
    "Unexplained",
    "begin",
    "fail",
    "give_back",
    "heartbeat",
    "keep_reasons",
    "load",
    "load_problem",
    "mark_stale",
    "places_of",
    "stop",
    "store",
    "sweep",
    "sweep_parts",
    "unexplained",
]
