"""Shifts as a calendar file (RFC 5545): a stable UID, a SEQUENCE that rises with every change, and
cancelled events that stay, so that calendars notice."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from uuid import UUID

import icalendar
import msgspec

REFRESH = timedelta(minutes=30)
NAMES = {"zh": "睦邻 · 我的班次", "en": "Mulin · my shifts"}
TENTATIVE = {"zh": "（待确认）", "en": " (not yet certain)"}
CANCELLED = {"zh": "（已取消）", "en": " (cancelled)"}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One claim of a person, as a calendar shows it."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    sequence: int
    status: str
    project_name: str
    role_name: str
    place: str
    longitude: float | None = None
    latitude: float | None = None
    address: str


def calendar_text(events: Iterable[Event], language: str, zone: tzinfo) -> bytes:
    """The file. The same events make the same bytes, so that a reader can tell nothing changed."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Mulin//My shifts//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", NAMES[language])
    calendar.add("x-wr-calname", NAMES[language])
    refresh = icalendar.vDuration(REFRESH)
    refresh.params["VALUE"] = "DURATION"
    calendar.add("refresh-interval", refresh)
    calendar.add("x-published-ttl", icalendar.vDuration(REFRESH))
    for event in events:
        calendar.add_component(_component(event, language))
    text: bytes = calendar.to_ical()
    return text


def _component(event: Event, language: str) -> icalendar.Event:
    told = icalendar.Event()
    told.add("uid", f"{event.id}@mulin")
    # Instants, in UTC: right wherever the calendar is read, whatever its clock is set to.
    told.add("dtstart", event.starts_at.astimezone(UTC))
    told.add("dtend", event.ends_at.astimezone(UTC))
    told.add("dtstamp", event.changed_at.astimezone(UTC))
    told.add("last-modified", event.changed_at.astimezone(UTC))
    told.add("sequence", event.sequence)
    told.add("status", event.status)
    told.add("transp", "OPAQUE" if event.status == "CONFIRMED" else "TRANSPARENT")
    told.add("summary", event.project_name + _suffix(event.status, language))
    told.add("description", f"{event.role_name}\n{event.address}")
    told.add("url", event.address)
    if event.place:
        told.add("location", event.place)
    if event.latitude is not None and event.longitude is not None:
        told.add("geo", (event.latitude, event.longitude))
    return told


def _suffix(status: str, language: str) -> str:
    return {"TENTATIVE": TENTATIVE, "CANCELLED": CANCELLED}.get(status, {}).get(language, "")
