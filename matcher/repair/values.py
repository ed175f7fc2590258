"""What comes of a repair."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matcher.plan import Score
from matcher.problem import Line, Problem
from matcher.repair.keeping import Lacks, TouchedBy
from matcher.violation import Violation

RemovedBy = TouchedBy | Literal["freed"]
AddedBy = Literal["claimed", "fills", "moved"]


class PlanBroken(Exception):
    """The lines to be repaired were not a valid plan before the changes."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__("; ".join(f"{each.rule} {each.message}" for each in violations))


@dataclass(frozen=True, slots=True)
class Removed:
    """A line that is no longer in the plan: the changes touched it, or its person was freed."""

    line: Line
    reason: RemovedBy


@dataclass(frozen=True, slots=True)
class Added:
    """A line that is new: promised just now, an open seat filled, or a freed person's new seat."""

    line: Line
    reason: AddedBy


@dataclass(frozen=True, slots=True)
class Short:
    """A shift whose people come because they were told to, though they are no whole team."""

    shift: str
    lacks: tuple[Lacks, ...]


@dataclass(frozen=True, slots=True)
class Repaired:
    """The mended plan. It is a valid plan of `problem`.

    `problem` is the changed problem with the plan before as its `current`; its `fixed` are what is
    promised there and the lines of shifts that the changes left without a whole team. Where
    `short` is empty the plan keeps H8 to H10 and H12 without them.

    `bound` is proven for all plans that keep every kept line of all but `freed_most` people, each
    level among those that equal `score` above it; 0 where nothing is proven. `is_best` says that
    it meets the score on all three.
    """

    problem: Problem
    assignments: tuple[Line, ...]
    score: Score
    bound: Score
    freed: tuple[str, ...]
    removed: tuple[Removed, ...]
    added: tuple[Added, ...]
    short: tuple[Short, ...]

    @property
    def is_best(self) -> bool:
        """No plan that frees as few people is better."""
        return self.score == self.bound

    @property
    def are_seats_best(self) -> bool:
        """No plan that frees as few people fills more seats."""
        return (self.score.shortfall, self.score.open) == (self.bound.shortfall, self.bound.open)
