"""Finding a shift: searching, looking at a map, and what fits a person best, with reasons."""

from services.finding.free_time import free_spans
from services.finding.recommending import (
    decline,
    purge,
    recommend,
    recommended_order,
    take_back,
)
from services.finding.searching import choices, find, located
from services.finding.types import (
    Box,
    Choices,
    FindIn,
    Found,
    Order,
    Pin,
    RecommendationQuery,
    Recommendations,
    Recommended,
)

__all__ = [
    "Box",
    "Choices",
    "FindIn",
    "Found",
    "Order",
    "Pin",
    "RecommendationQuery",
    "Recommendations",
    "Recommended",
    "choices",
    "decline",
    "find",
    "free_spans",
    "located",
    "purge",
    "recommend",
    "recommended_order",
    "take_back",
]
