"""Days that somebody chooses in a form, as the moments that the services mean."""

from datetime import date, datetime, timedelta
from typing import Final

from api.pages.reader import Reader

YEARS: Final = range(1900, 2200)
"""Beyond these it is a slip of the hand."""


def start_of(reader: Reader, text: str) -> datetime | str:
    """The first instant of the day; what is no day stays as it is, for the service to refuse."""
    return _midnight(reader, text, 0)


def end_of(reader: Reader, text: str) -> datetime | str:
    """The first instant that is no longer in the day."""
    return _midnight(reader, text, 1)


def _midnight(reader: Reader, text: str, days_later: int) -> datetime | str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    if day.year not in YEARS:
        return text
    return reader.moments.midnight(day + timedelta(days=days_later))
