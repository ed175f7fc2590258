"""The offers of the volunteer who is signed in."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import offers
from services.offers import Offer, OfferQuery
from services.paging import Page

GONE = ("offer_expired", "offer_withdrawn", "offer_called_off")
operations = Operations("offers", Words("邀约", "Offers"))


@operations(
    "GET",
    "/offers",
    Words("我的邀约", "List my offers"),
    refuses=("volunteers_only", "not_found"),
)
async def list_offers(call: Call, query: OfferQuery) -> Page[Offer]:
    """The offers to the volunteer who is signed in, or to a ward: those still open first."""
    return await offers.list_mine(call.actor, query, call.now)


@operations(
    "GET", "/offers/{offer_id}", Words("读取邀约", "Read an offer"), refuses=("volunteers_only",)
)
async def read_offer(call: Call, offer_id: UUID) -> Offer:
    """One offer, with what speaks for this person."""
    return await offers.get(call.actor, offer_id, call.now)


@operations(
    "POST",
    "/offers/{offer_id}/accept",
    Words("接受邀约", "Accept an offer"),
    refuses=(
        *("volunteers_only", "offer_declined", *GONE),
        *("skills", "age", "group", "insurance", "minor_hours", "adult_missing"),
        *("guardian_consent_missing", "agreement_missing"),
    ),
)
async def accept_offer(call: Call, offer_id: UUID) -> Offer:
    """Says yes. The open offer holds the seat, so the answer is never `full`. Again: the same.

    Refused while the person lacks what the role asks for; the offer stays open until its deadline.
    """
    return await offers.accept(call.actor, offer_id, call.now, call.settings)


@operations(
    "POST",
    "/offers/{offer_id}/decline",
    Words("婉拒邀约", "Decline an offer"),
    refuses=("volunteers_only", "offer_accepted", *GONE),
)
async def decline_offer(call: Call, offer_id: UUID) -> Offer:
    """Says no, which costs nothing; the seat is free again at once. Again: the same answer."""
    return await offers.decline(call.actor, offer_id, call.now)
