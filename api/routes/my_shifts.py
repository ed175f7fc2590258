"""What somebody does with the shifts they hold."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services.claims import Claim, Refusal
from services.my_shifts import answering, hand_over_reading, handing_over, reading
from services.my_shifts.types import (
    CodeQuery,
    HandOver,
    HandOverIn,
    MyShift,
    MyShiftQuery,
    SwapIn,
    TakeIn,
)
from services.paging import Page

operations = Operations("my-shifts", Words("我的班次", "My shifts"))
SEAT = ("state_change_refused", "already_started")
TAKING = (
    *("volunteers_only", "guardian_consent_missing", "hand_over_over", "hand_over_restricted"),
    "agreement_missing",
    *(refusal.value for refusal in Refusal),
)


@operations(
    "GET",
    "/my-shifts",
    Words("我的班次", "List my shifts"),
    refuses=("volunteers_only", "not_found"),
)
async def list_my_shifts(call: Call, query: MyShiftQuery) -> Page[MyShift]:
    """The claims of the volunteer who is signed in, or of a ward, by where they stand, each with
    what can be done with it now."""
    return await reading.list_mine(call.actor, query, call.now, call.settings)


@operations("GET", "/my-shifts/{claim_id}", Words("我的一个班次", "Read one of my shifts"))
async def read_my_shift(call: Call, claim_id: UUID) -> MyShift:
    """One claim of one's own or of a ward's, with what can be done with it now."""
    return await reading.get(call.actor, claim_id, call.now, call.settings)


@operations(
    "POST",
    "/claims/{claim_id}/confirm",
    Words("确认会来", "Say that one comes"),
    refuses=("state_change_refused", "ended", "guardian_consent_missing"),
)
async def confirm_claim(call: Call, claim_id: UUID) -> Claim:
    """Says that one comes; after a move, at the new time. Again: nothing changes."""
    return await answering.confirm(call.actor, claim_id, call.now)


@operations(
    "POST",
    "/claims/{claim_id}/cannot-come",
    Words("来不了", "Say that one cannot come"),
    refuses=SEAT,
)
async def cannot_come(call: Call, claim_id: UUID) -> Claim:
    """Looks for a stand-in. The seat stays one's own until somebody takes it; those who lead the
    shift are told at once. Again: nothing changes."""
    return await answering.cannot_come(call.actor, claim_id, call.now)


@operations(
    "POST",
    "/claims/{claim_id}/come-after-all",
    Words("又能来了", "Come after all"),
    refuses=(
        *("state_change_refused", "ended", "guardian_consent_missing", "insurance"),
        "agreement_missing",
    ),
)
async def come_after_all(call: Call, claim_id: UUID) -> Claim:
    """Comes as promised, as long as nobody has taken the seat. Again: nothing changes."""
    return await answering.come_after_all(call.actor, claim_id, call.now)


@operations(
    "POST",
    "/claims/{claim_id}/hand-overs",
    Words("转让名额", "Hand a seat on"),
    status=201,
    location="/hand-overs/{id}",
    refuses=SEAT,
)
async def hand_over_claim(call: Call, claim_id: UUID, body: HandOverIn) -> HandOver:
    """Lets somebody else have the seat: everybody who may take it, or whoever is sent the code.
    Asked again, the earlier way is over."""
    return await handing_over.offer(call.actor, claim_id, body, call.now)


@operations(
    "GET",
    "/hand-overs",
    Words("可以接的名额", "List seats that are handed on"),
    refuses=("volunteers_only", "not_found"),
)
async def list_hand_overs(call: Call, query: CodeQuery) -> Page[HandOver]:
    """Seats that look for somebody and that the person could take, and swaps that are proposed to
    them, by their start; or what a code leads to. A page can hold fewer than its limit."""
    return await hand_over_reading.list_open(call.actor, query, call.now, call.settings)


@operations("GET", "/hand-overs/{hand_over_id}", Words("读取转让", "Read a hand-over"))
async def read_hand_over(call: Call, hand_over_id: UUID) -> HandOver:
    """For its two people and, where it is open to all, for every volunteer."""
    return await hand_over_reading.get(call.actor, hand_over_id)


@operations(
    "POST",
    "/hand-overs/{hand_over_id}/withdraw",
    Words("不转让了", "Keep the seat"),
    refuses=("hand_over_over", "state_change_refused"),
)
async def withdraw_hand_over(call: Call, hand_over_id: UUID) -> HandOver:
    """Keeps the seat, as its person. Again: nothing changes."""
    return await handing_over.withdraw(call.actor, hand_over_id, call.now)


@operations(
    "POST",
    "/hand-overs/{hand_over_id}/take",
    Words("接下名额", "Take a seat that is handed on"),
    refuses=("hand_over_own", *TAKING),
)
async def take_hand_over(call: Call, hand_over_id: UUID, body: TakeIn) -> Claim:
    """Takes the seat in place of its person, by all the rules of a claim. Again: the same seat."""
    return await handing_over.take(call.actor, hand_over_id, body, call.now, call.settings)


@operations(
    "POST",
    "/hand-overs/{hand_over_id}/swaps",
    Words("提出换班", "Propose a swap"),
    status=201,
    location="/hand-overs/{id}",
    refuses=(
        *("hand_over_own", "hand_over_over", "hand_over_already", "risk_statement_changed"),
        *SEAT,
    ),
)
async def propose_swap(call: Call, hand_over_id: UUID, body: SwapIn) -> HandOver:
    """Offers one of one's own seats for the one that is handed on; its person decides."""
    return await handing_over.propose_swap(call.actor, hand_over_id, body, call.now)


@operations(
    "POST",
    "/hand-overs/{hand_over_id}/accept",
    Words("同意换班", "Accept a swap"),
    refuses=TAKING,
)
async def accept_swap(call: Call, hand_over_id: UUID, body: TakeIn) -> Claim:
    """Exchanges the two seats in one transaction, by all rules for both; the new seat."""
    return await handing_over.accept_swap(call.actor, hand_over_id, body, call.now, call.settings)


@operations(
    "POST",
    "/hand-overs/{hand_over_id}/decline",
    Words("不换班", "Decline a swap"),
    refuses=("hand_over_over",),
)
async def decline_swap(call: Call, hand_over_id: UUID) -> HandOver:
    """Keeps one's own seat, at no cost. Again: nothing changes."""
    return await handing_over.decline_swap(call.actor, hand_over_id, call.now)
