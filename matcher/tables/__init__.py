"""A problem as columns of plain arrays: what FORMAT says, without an object for each person.

The same fields, one array each; lists become one long array and the places at which each row's
part begins. Millions of people fit, and the city engine, the Parquet folder and the database
meet here.
"""

from matcher.tables.tables import (
    ANYWHERE,
    NO_LIMIT,
    Assignments,
    Demands,
    Lists,
    People,
    Relations,
    Roles,
    Shifts,
    Spans,
    Tables,
)

__all__ = [
    "ANYWHERE",
    "NO_LIMIT",
    "Assignments",
    "Demands",
    "Lists",
    "People",
    "Relations",
    "Roles",
    "Shifts",
    "Spans",
    "Tables",
]
