"""Claims: one person's hold on one seat."""

from services.claims.claiming import claim, may_claim
from services.claims.giving_back import withdraw
from services.claims.reading import get, list_mine, list_of_shift
from services.claims.types import ALLOWED, Claim, ClaimIn, ClaimQuery
from services.refusals import Refusal

__all__ = [
    "ALLOWED",
    "Claim",
    "ClaimIn",
    "ClaimQuery",
    "Refusal",
    "claim",
    "get",
    "list_mine",
    "list_of_shift",
    "may_claim",
    "withdraw",
]
