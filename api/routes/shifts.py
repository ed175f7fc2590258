"""Shifts, and the claims on each."""

from uuid import UUID

from api.layer.operations import Call, Operations, Words
from services import claims, shifts, standing_in
from services.claims import Claim, ClaimIn, Draw, Refusal, ShiftClaimsQuery
from services.paging import Page
from services.shifts import Shift, ShiftIn, ShiftQuery
from services.standing_in import BestShiftsQuery, BestShiftsView

operations = Operations("shifts", Words("班次", "Shifts"))


@operations("GET", "/shifts", Words("列出开放的班次", "List open shifts"), access="open")
async def list_shifts(call: Call, query: ShiftQuery) -> Page[Shift]:
    """Shifts of published projects that have not ended, in the order of their start."""
    return await shifts.list_open(query, call.now)


@operations(
    "POST",
    "/shifts",
    Words("新建班次", "Make a shift"),
    status=201,
    location="/shifts/{id}",
    refuses=("right_missing", "key_taken", "role_key_taken", "seats_out_of_order"),
)
async def create_shift(call: Call, body: ShiftIn) -> Shift:
    """A time and a place of a project, with all its roles."""
    return await shifts.create(call.actor, body)


@operations(
    "GET",
    "/shifts/best",
    Words("最合适的班次", "The best shifts for a person"),
    refuses=("volunteers_only", "not_found"),
)
async def list_best_shifts(call: Call, query: BestShiftsQuery) -> BestShiftsView:
    """Open seats that the person could take, the best first: what they like, how near it is, who
    asked for them and where people are missing. Shifts near by that they cannot take are named
    with the first thing in the way. Nothing is promised by this.
    """
    return await standing_in.best_shifts(call.actor, query, call.now, call.settings)


@operations("GET", "/shifts/{shift_id}", Words("读取班次", "Read a shift"), access="open")
async def read_shift(call: Call, shift_id: UUID) -> Shift:
    """One shift with its roles and how many seats of each are free."""
    return await shifts.get(call.visitor, shift_id)


@operations(
    "PUT",
    "/shifts/{shift_id}",
    Words("修改班次", "Change a shift"),
    refuses=(
        *("right_missing", "key_taken", "role_key_taken", "seats_out_of_order"),
        *("ended", "called_off", "shift_has_claims", "role_has_claims", "below_held"),
        *("claim_mode_in_use", "already_drawn", "draw_out_of_time", "opens_too_late"),
    ),
)
async def replace_shift(call: Call, shift_id: UUID, body: ShiftIn, if_match: str) -> Shift:
    """Writes the shift anew with all its roles; roles are told apart by their keys."""
    return await shifts.replace(call.actor, shift_id, body, if_match, call.now)


@operations(
    "POST",
    "/shifts/{shift_id}/call-off",
    Words("取消班次", "Call a shift off"),
    refuses=("right_missing", "ended"),
)
async def call_off_shift(call: Call, shift_id: UUID) -> Shift:
    """The shift will not take place; every live claim on it is called off with it."""
    return await shifts.call_off(call.actor, shift_id, call.now)


@operations(
    "GET",
    "/shifts/{shift_id}/claims",
    Words("班次的报名", "List the claims on a shift"),
    refuses=("right_missing",),
)
async def list_claims_of_shift(call: Call, shift_id: UUID, query: ShiftClaimsQuery) -> Page[Claim]:
    """Who asked for, holds or held a seat, for the organisers of the shift."""
    return await claims.list_of_shift(call.actor, shift_id, query)


@operations(
    "GET",
    "/shifts/{shift_id}/draw",
    Words("抽签记录", "Read how a shift was drawn"),
    refuses=("not_drawn",),
)
async def read_draw(call: Call, shift_id: UUID) -> Draw:
    """The seed and the places: whoever sorts the claims' ids by SHA-256 of the seed followed by the
    id finds the same order."""
    return await claims.read_draw(call.actor, shift_id)


@operations(
    "POST",
    "/shifts/{shift_id}/claims",
    Words("报名", "Claim a seat"),
    status=201,
    location="/claims/{id}",
    refuses=(
        *("volunteers_only", "no_such_role", "guardian_consent_missing"),
        *("risk_statement_changed", "agreement_missing"),
        *(refusal.value for refusal in Refusal),
    ),
)
async def create_claim(call: Call, shift_id: UUID, body: ClaimIn) -> Claim:
    """Asks for a seat for the volunteer who is signed in, or for a ward, or says why not.

    It is theirs at once, or waits for the organiser or the draw, as the shift says; with `or_wait`
    a place on the waiting list is taken where the shift is full. The version of the risk statement
    is that which was shown. A refusal says what could be claimed instead. Somebody under 18 needs
    a guardian's yes to this shift first: `POST /activity-consents`; heavy risk needs a signature
    first: `POST /shifts/{id}/agreement/signature`. Of two who take the last seat
    at once, one gets it and the other gets `full`.
    """
    return await claims.claim(call.actor, shift_id, body, call.now, call.settings)
