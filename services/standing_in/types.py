"""What is asked and answered about people for seats and seats for people."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from matcher.plan import Reason
from matcher.ranking import Because
from services.shifts import ShiftBrief


class ReplacementsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many are named, and whose seat it is: that person is thought away."""

    limit: Annotated[int, Meta(ge=1, le=50)] = 5
    instead_of: UUID | None = None


class StandIn(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who could take the seat, and what speaks for them. A higher score is better.

    `about_km` is the way from home, rounded up to whole kilometres: nobody's address is in it.
    """

    volunteer_id: UUID
    name: str
    score: int
    about_km: int | None
    because: list[Because]


class Seated(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has a seat of the role, or is proposed for one."""

    volunteer_id: UUID
    name: str


class Away(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who lives near and cannot take the seat: the first thing in the way."""

    volunteer_id: UUID
    name: str
    about_km: int
    obstacle: Reason


class ReplacementsView(msgspec.Struct, frozen=True, kw_only=True):
    """Who could take a seat of a role, as things stand: the best first. Nobody is asked by this."""

    round_id: UUID
    shift: ShiftBrief
    role_id: UUID
    role: str
    role_name: str
    instead_of: UUID | None
    seated: list[Seated]
    items: list[StandIn]
    away: list[Away]


class BestShiftsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many are named, over how many days, and for which ward if not for oneself."""

    limit: Annotated[int, Meta(ge=1, le=50)] = 10
    days: Annotated[int, Meta(ge=1, le=28)] = 14
    volunteer_id: UUID | None = None


class BestShift(msgspec.Struct, frozen=True, kw_only=True):
    """A shift with a seat that the person could take, and why it is named. Higher is better."""

    shift: ShiftBrief
    role: str
    role_name: str
    score: int
    about_km: int | None
    because: list[Because]


class NotThis(msgspec.Struct, frozen=True, kw_only=True):
    """A shift near by that the person cannot take: the first thing in the way."""

    shift: ShiftBrief
    role: str
    role_name: str
    about_km: int
    obstacle: Reason


class BestShiftsView(msgspec.Struct, frozen=True, kw_only=True):
    """The best open seats for a person, as things stand: no promise."""

    volunteer_id: UUID
    items: list[BestShift]
    near_but: list[NotThis]
