"""The bounded types of what comes in, shared by every command.

A text never holds NUL, which PostgreSQL cannot store, and whole numbers stay inside their columns.
The patterns mean the same to Python and to ECMAScript, because the API publishes them.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

# `$` alone would let Python accept one more newline at the end.
_ONE_LINE = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f\u3000][^\x00-\x1f\x7f]*$(?!\n)"
_LINES = r"^[^\x00]*$"

INTEGER_MAX = 2**31 - 1
MINUTES_PER_DAY = 1440

Name = Annotated[
    str, Meta(min_length=1, max_length=120, pattern=_ONE_LINE, description="One line, not blank")
]
ShortName = Annotated[
    str, Meta(min_length=1, max_length=80, pattern=_ONE_LINE, description="One line, not blank")
]
Key = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=120,
        pattern=_ONE_LINE,
        description="A name that the caller gives, unique where it is used",
    ),
]
Reason = Annotated[
    str,
    Meta(min_length=1, max_length=400, pattern=_ONE_LINE, description="Why; one line, not blank"),
]
SkillName = Annotated[
    str, Meta(min_length=1, max_length=80, pattern=_ONE_LINE, examples=["first aid", "急救"])
]
Cause = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=80,
        pattern=_ONE_LINE,
        description="The category of a project, as people like it or not",
    ),
]
Line = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
Text = Annotated[str, Meta(max_length=4000, pattern=_LINES)]

Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Location = tuple[Longitude, Latitude]

Minutes = Annotated[int, Meta(ge=0, le=INTEGER_MAX, description="Whole minutes")]
Metres = Annotated[int, Meta(ge=0, le=INTEGER_MAX, description="Whole metres")]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
SeatCount = Annotated[int, Meta(ge=1, le=1_000_000)]
Age = Annotated[int, Meta(ge=0, le=150, description="Whole years")]
Level = Annotated[int, Meta(ge=1, le=5, description="1 has begun, 5 could teach it")]
LikingLevel = Annotated[int, Meta(ge=0, le=3)]
Priority = Annotated[int, Meta(ge=1, le=10)]
Weekday = Annotated[int, Meta(ge=0, le=6, description="Monday is 0")]

Instant = Annotated[
    datetime,
    Meta(tz=True, description="RFC 3339 with an offset", examples=["2026-11-21T09:00:00+08:00"]),
]
