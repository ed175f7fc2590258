"""Claims: one person's hold on one seat."""

from models.core import ClaimState as ClaimState
from services.claims.alternatives import Alternative, Alternatives, SeatRefused, Width
from services.claims.approving import RefuseIn, approve, refuse
from services.claims.claiming import claim, may_claim, role_open_to, take_over
from services.claims.draws import Draw, draw_due, read_draw
from services.claims.giving_back import withdraw
from services.claims.queues import offer_due
from services.claims.reading import get, list_mine, list_of_shift
from services.claims.types import ALLOWED, Claim, ClaimIn, ClaimQuery, ShiftClaimsQuery
from services.refusals import Refusal

__all__ = [
    "ALLOWED",
    "Alternative",
    "Alternatives",
    "Claim",
    "ClaimIn",
    "ClaimQuery",
    "ClaimState",
    "Draw",
    "Refusal",
    "RefuseIn",
    "SeatRefused",
    "ShiftClaimsQuery",
    "Width",
    "approve",
    "claim",
    "draw_due",
    "get",
    "list_mine",
    "list_of_shift",
    "may_claim",
    "offer_due",
    "read_draw",
    "refuse",
    "role_open_to",
    "take_over",
    "withdraw",
]
