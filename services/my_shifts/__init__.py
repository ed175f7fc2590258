"""What people do with the shifts they hold.

`reading` shows them, `answering` says yes and no, `handing_over` finds somebody else, `buddies`
come together, `series` come every week, `calendar_feed` and `reminders` keep them in mind, and
`moving` is what happens when a shift is moved under them.
"""

from services.my_shifts import (
    answering,
    buddies,
    calendar_feed,
    hand_over_reading,
    handing_over,
    moving,
    reading,
    reminders,
    series,
    series_following,
)

__all__ = [
    "answering",
    "buddies",
    "calendar_feed",
    "hand_over_reading",
    "handing_over",
    "moving",
    "reading",
    "reminders",
    "series",
    "series_following",
]
