"""Questions that are asked again and again of one problem: answered warm, in milliseconds."""

from matcher.index.index import Index
from matcher.index.people import Because, Candidate, KeptAway, Replacements, replacements
from matcher.index.roster import Call, Roster, Rostered, Wanted, roster
from matcher.index.shifts import Barred, BestShifts, Offered, best_shifts

__all__ = [
    "Barred",
    "Because",
    "BestShifts",
    "Call",
    "Candidate",
    "Index",
    "KeptAway",
    "Offered",
    "Replacements",
    "Roster",
    "Rostered",
    "Wanted",
    "best_shifts",
    "replacements",
    "roster",
]
