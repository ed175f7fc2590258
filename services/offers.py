"""Offers: what a published plan proposes to a person, who says yes or no."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from services.accounts import Actor
from services.paging import Page, PageQuery
from services.shifts import ShiftBrief


class OfferState(StrEnum):
    """Where an offer stands. `accepted` stays what it is whatever comes of the claim later."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CALLED_OFF = "called_off"


class Why(StrEnum):
    """What speaks for this person on this shift."""

    INVITED = "invited"
    SKILLS = "skills"
    LIKED_CAUSE = "liked_cause"
    NEAR_HOME = "near_home"
    AVAILABLE = "available"


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A seat that is held for a person until the deadline."""

    id: UUID
    claim_id: UUID
    round_id: UUID
    shift: ShiftBrief
    role_key: str
    role_name: str
    state: OfferState
    deadline_at: datetime
    answered_at: datetime | None = None
    why: list[Why] = []


async def list_mine(actor: Actor, query: PageQuery, now: datetime) -> Page[Offer]:
    """The volunteer's offers: those still open first, then by the start of their shift."""
    raise NotImplementedError


async def get(actor: Actor, offer_id: UUID, now: datetime) -> Offer:
    raise NotImplementedError


async def accept(actor: Actor, offer_id: UUID, now: datetime) -> Offer:
    """Say yes. The open offer holds the seat, so it is never full. Again: the same answer.

    Conflict("offer_expired"), Conflict("offer_declined") or Conflict("offer_called_off") else.
    """
    raise NotImplementedError


async def decline(actor: Actor, offer_id: UUID, now: datetime) -> Offer:
    """Say no, at no cost; the next round does not ask again. Again: the same answer.

    Conflict("offer_expired"), Conflict("offer_accepted") or Conflict("offer_called_off") else.
    """
    raise NotImplementedError


async def expire_due(now: datetime) -> int:
    """End the offers whose deadline has passed and free their seats; how many there were."""
    raise NotImplementedError
