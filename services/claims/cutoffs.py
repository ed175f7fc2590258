"""Until when a seat is given back without more ado."""

from datetime import datetime, timedelta

from services.settings import Settings


def cutoff_of(starts_at: datetime, cutoff_minutes: int | None, settings: Settings) -> datetime:
    """Until when giving a seat back is nobody's trouble: as the shift says, or the settings."""
    minutes = settings.cancel_cutoff_minutes if cutoff_minutes is None else cutoff_minutes
    return starts_at - timedelta(minutes=minutes)
