"""Spans of time as people send them: aware, in whole minutes, the end after the start."""

from datetime import UTC, datetime

from services.errors import Defect

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def span_defects(place: str, starts_at: datetime, ends_at: datetime) -> list[Defect]:
    """What is wrong with a span, at `place` + `starts_at` or `ends_at`."""
    found = [
        Defect(f"{place}{name}", code)
        for name, moment in (("starts_at", starts_at), ("ends_at", ends_at))
        if (code := _wrong(moment)) is not None
    ]
    if not found and ends_at <= starts_at:
        found.append(Defect(f"{place}ends_at", "end_not_after_start"))
    return found


def _wrong(moment: datetime) -> str | None:
    if not EARLIEST <= moment < LATEST:
        return "time_out_of_range"
    if moment.second or moment.microsecond:
        return "not_whole_minutes"
    return None


def epoch_minute(moment: datetime) -> int:
    """The whole minutes since 1970-01-01T00:00Z, as the matcher counts."""
    return int(moment.timestamp() // 60)
