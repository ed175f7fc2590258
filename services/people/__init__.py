"""People as their registrars keep them: finding, showing in clear, and making one of two."""

from services.people.comparing import Comparison, Side, compare
from services.people.duplicates import (
    DuplicatePair,
    DuplicateReason,
    PairIn,
    count_duplicates,
    list_duplicates,
    mark_distinct,
)
from services.people.finding import PeopleQuery, PersonLine, find
from services.people.history import History, history
from services.people.merging import PersonMerge, PersonMergeIn, merge
from services.people.revealing import (
    Datum,
    RevealAsk,
    Revealed,
    RevealIn,
    RevealPurpose,
    ask_to_reveal,
    reveal,
)

__all__ = [
    "Comparison",
    "Datum",
    "DuplicatePair",
    "DuplicateReason",
    "History",
    "PairIn",
    "PeopleQuery",
    "PersonLine",
    "PersonMerge",
    "PersonMergeIn",
    "RevealAsk",
    "RevealIn",
    "RevealPurpose",
    "Revealed",
    "Side",
    "ask_to_reveal",
    "compare",
    "count_duplicates",
    "find",
    "history",
    "list_duplicates",
    "mark_distinct",
    "merge",
    "reveal",
]
