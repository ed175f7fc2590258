"""What is said in and about safety reports."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from models.core import SafetyReportKind, SafetyReportState
from services.paging import PageQuery
from services.shifts import ShiftBrief

# Nothing but blanks tells nobody anything.
Told = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=4000,
        pattern=r"^[^\x00]*[^\x00-\x20\x7f\u3000][^\x00]*$(?!\n)",
        description="In one's own words",
    ),
]


class SafetyReportIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happened. Without a name, those who read it are not told who wrote."""

    kind: SafetyReportKind
    text: Told
    is_anonymous: bool = False


class SafetyReportAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was done about it, for whoever reported."""

    text: Told


class SafetyReportQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Those that one has to look after, or one's own."""

    mine: bool = False


class SafetyReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report as whoever wrote it, or whoever looks after it, may read it.

    In lists the words are left out: reading them is written into the log.
    """

    id: UUID
    kind: SafetyReportKind
    state: SafetyReportState
    shift: ShiftBrief
    recipient_name: str
    made_at: datetime
    is_mine: bool
    reporter_name: str | None = None
    text: str | None = None
    taken_at: datetime | None = None
    closed_at: datetime | None = None
    answer: str | None = None
