"""The plan as values: lines, score, proven bounds and why seats stayed open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from matcher.problem import Line

BoundOrigin = Literal["lp", "search", "trivial"]
Status = Literal["optimal", "feasible"]
Reason = Literal[
    "forbidden", "skills", "age", "group", "unavailable", "too_far", "busy", "team", "free"
]

# The order in which a volunteer's first obstacle is looked for.
REASONS: tuple[Reason, ...] = (
    "forbidden",
    "skills",
    "age",
    "group",
    "unavailable",
    "too_far",
    "busy",
    "team",
    "free",
)

# Above this many volunteers a plan leaves the reasons to `mulin explain`.
REASONS_VOLUNTEERS_MAX = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """The three levels of the objective; smaller is better, compared in this order."""

    shortfall: int
    open: int
    cost: int


@dataclass(frozen=True, slots=True)
class BoundFrom:
    """Where each level's bound comes from."""

    shortfall: BoundOrigin = "trivial"
    open: BoundOrigin = "trivial"
    cost: BoundOrigin = "trivial"


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A role with fewer people than its `max`, and what keeps everybody else from it.

    `reasons` holds only counts above zero, in FORMAT's order; None above 10,000 volunteers.
    """

    shift: str
    role: str
    missing: int
    reasons: Mapping[Reason, int] | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Who serves where, how good that is, and how good any plan could be."""

    assignments: tuple[Line, ...]
    score: Score
    bound: Score
    bound_from: BoundFrom
    status: Status
    seconds: float
    unfilled: tuple[Unfilled, ...]
