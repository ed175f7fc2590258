"""JSON to a `Plan`."""

import math
from typing import TYPE_CHECKING, Any, cast, get_args

from matcher.defects import Defects
from matcher.plan import (
    REASONS,
    BoundFrom,
    BoundOrigin,
    Plan,
    Reason,
    Score,
    Status,
    Unfilled,
)
from matcher.problem_reader import ProblemReader
from matcher.reading import child

if TYPE_CHECKING:
    from matcher.problem import Line

PLAN_FORMAT = "mulin.plan/1"

_LEVELS = "shortfall open cost"
_ORIGINS: tuple[BoundOrigin, ...] = get_args(BoundOrigin)
_STATUSES: tuple[Status, ...] = get_args(Status)


class PlanReader(ProblemReader):
    """Reads the objects of a plan, noting every defect of their shape."""

    def __init__(self, defects: Defects) -> None:
        super().__init__(defects)
        self.assignments: tuple[Line, ...] | None = None

    def plan(self, value: Any) -> Plan:
        """The whole file. `assignments` are its lines as soon as these are read without defect."""
        required = "format assignments score bound bound_from status seconds unfilled"
        keys = self.fields("", value, required)
        keys.get("format", self.exactly(PLAN_FORMAT), "")
        assignments = self._list(keys, "assignments", self.line)
        if not self.defects.has_any_in("", "format", "assignments"):
            self.assignments = assignments
        return Plan(
            assignments=assignments,
            score=keys.get("score", self._score, Score(0, 0, 0)),
            bound=keys.get("bound", self._score, Score(0, 0, 0)),
            bound_from=keys.get("bound_from", self._bound_from, BoundFrom()),
            status=cast("Status", keys.get("status", self._status, "feasible")),
            seconds=keys.get("seconds", self._seconds, 0.0),
            unfilled=self._list(keys, "unfilled", self._unfilled),
        )

    def _score(self, place: str, value: Any) -> Score:
        keys = self.fields(place, value, _LEVELS)
        return Score(*(keys.get(level, self.integer, 0) for level in _LEVELS.split()))

    def _bound_from(self, place: str, value: Any) -> BoundFrom:
        keys = self.fields(place, value, _LEVELS)
        origins = (keys.get(level, self._origin, "trivial") for level in _LEVELS.split())
        return BoundFrom(*(cast("BoundOrigin", origin) for origin in origins))

    def _origin(self, place: str, value: Any) -> str:
        return self._one_of(place, value, _ORIGINS)

    def _status(self, place: str, value: Any) -> str:
        return self._one_of(place, value, _STATUSES)

    def _one_of(self, place: str, value: Any, words: tuple[str, ...]) -> str:
        found = self.text(place, value)
        if found not in words:
            self.defects.add(place, "not_one_of", words=" | ".join(words), found=found)
            return words[-1]
        return found

    def _seconds(self, place: str, value: Any) -> float:
        seconds = self.number(place, value)
        if not math.isfinite(seconds):
            self.defects.add(place, "not_finite", value=str(seconds))
        elif seconds < 0:
            self.defects.add(place, "too_small", least=0, found=str(seconds))
        return seconds

    def _unfilled(self, place: str, value: Any) -> Unfilled:
        keys = self.fields(place, value, "shift role missing", "reasons")
        return Unfilled(
            shift=keys.get("shift", self.text, ""),
            role=keys.get("role", self.text, ""),
            missing=keys.get("missing", self.integer, 0),
            reasons=keys.get("reasons", self._reasons, None),
        )

    def _reasons(self, place: str, value: Any) -> dict[Reason, int]:
        counts = self.levels(place, value)
        for name in counts:
            if name not in REASONS:
                self.defects.add(child(place, name), "unknown_key", key=name)
        return {reason: counts[reason] for reason in REASONS if counts.get(reason)}
