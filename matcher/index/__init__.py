"""Questions that are asked again and again of one problem: answered warm, in milliseconds."""

from matcher.index.index import Index
from matcher.index.people import replacements
from matcher.index.roster import Call, Roster, Rostered, Wanted, roster
from matcher.index.shifts import best_shifts

__all__ = [
    "Call",
    "Index",
    "Roster",
    "Rostered",
    "Wanted",
    "best_shifts",
    "replacements",
    "roster",
]
