"""When a person can: the times that they gave, day by day."""

from datetime import datetime
from uuid import UUID

from matcher.problem import Horizon
from services.database import rows
from services.planning.availability import available
from services.planning.scope import instant, minute_after, minute_of
from services.settings import Settings

_WINDOWS = (
    "SELECT weekday, start_minute, end_minute FROM availability_window WHERE volunteer_id = $1 "
    "ORDER BY weekday, start_minute"
)
_EXCEPTIONS = (
    "SELECT kind, starts_at, ends_at FROM availability_exception WHERE volunteer_id = $1 "
    "AND ends_at > $2 AND starts_at < $3 ORDER BY starts_at, ends_at"
)


async def free_spans(
    volunteer_id: UUID, since: datetime, until: datetime, settings: Settings
) -> list[tuple[datetime, datetime]]:
    """The spans between two moments in which the person said that they have time, as rounds read
    them. What they promised already is not taken out."""
    horizon = Horizon(minute_of(since), minute_after(until), settings.utc_offset_minutes)
    windows = [tuple(row.values()) for row in await rows(_WINDOWS, volunteer_id)]
    exceptions = await rows(_EXCEPTIONS, volunteer_id, since, until)
    off, extra = (
        [
            (minute_of(row["starts_at"]), minute_after(row["ends_at"]))
            for row in exceptions
            if row["kind"] == kind
        ]
        for kind in ("off", "extra")
    )
    spans = available(windows, off, extra, horizon)
    return [(instant(start), instant(end)) for start, end in spans]
