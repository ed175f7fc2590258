"""`Problem` and `Plan` to what JSON can hold. Keys at their default are left out."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from matcher.plan import Plan, Unfilled
from matcher.plan_reader import PLAN_FORMAT
from matcher.problem import (
    Engagement,
    Line,
    Location,
    Problem,
    Role,
    Rules,
    Shift,
    Volunteer,
    Weights,
)
from matcher.problem_reader import PROBLEM_FORMAT
from matcher.times import write_time

Json = dict[str, Any]


def write_problem(problem: Problem) -> Json:
    """The problem as JSON values, times in the offset of its horizon."""
    writer = _ProblemWriter(problem.horizon.offset_minutes)
    optional = {
        "rules": _changed(asdict(problem.rules), asdict(Rules())),
        "weights": _changed(asdict(problem.weights), asdict(Weights())),
        "together": [list(group) for group in problem.together],
        "apart": [list(pair) for pair in problem.apart],
        "fixed": _lines(problem.fixed),
        "forbidden": [asdict(each) for each in problem.forbidden],
        "current": _lines(problem.current),
    }
    return {
        "format": PROBLEM_FORMAT,
        "horizon": writer.span(problem.horizon.start_minute, problem.horizon.end_minute),
        "volunteers": [writer.volunteer(each) for each in problem.volunteers],
        "shifts": [writer.shift(each) for each in problem.shifts],
        **{key: value for key, value in optional.items() if value},
    }


class _ProblemWriter:
    def __init__(self, offset_minutes: int) -> None:
        self._offset_minutes = offset_minutes

    def time(self, minute: int) -> str:
        return write_time(minute, self._offset_minutes)

    def span(self, start_minute: int, end_minute: int) -> Json:
        return {"start": self.time(start_minute), "end": self.time(end_minute)}

    def volunteer(self, volunteer: Volunteer) -> Json:
        values = {
            "location": _location(volunteer.location),
            "max_travel_m": volunteer.max_travel_m,
            "age": volunteer.age,
            "skills": dict(volunteer.skills),
            "groups": list(volunteer.groups),
            "max_minutes": volunteer.max_minutes,
            "max_minutes_per_day": volunteer.max_minutes_per_day,
            "max_shifts": volunteer.max_shifts,
            "served_minutes": volunteer.served_minutes,
            "engaged": [self._engagement(each) for each in volunteer.engaged],
            "likes": dict(volunteer.likes),
        }
        return {
            "id": volunteer.id,
            "available": [[self.time(start), self.time(end)] for start, end in volunteer.available],
            **_changed(values, _VOLUNTEER_DEFAULTS),
        }

    def _engagement(self, engagement: Engagement) -> Json:
        return {
            **self.span(engagement.start_minute, engagement.end_minute),
            **_changed({"location": _location(engagement.location)}, {"location": None}),
        }

    def shift(self, shift: Shift) -> Json:
        values = {
            "cause": shift.cause,
            "location": _location(shift.location),
            "priority": shift.priority,
            "cancel_below_minimum": shift.cancel_below_minimum,
            "team": [asdict(line) for line in shift.team],
            "invited": list(shift.invited),
        }
        return {
            "id": shift.id,
            "project": shift.project,
            **self.span(shift.start_minute, shift.end_minute),
            "roles": [_role(role) for role in shift.roles],
            **_changed(values, _SHIFT_DEFAULTS),
        }


_VOLUNTEER_DEFAULTS: Json = {
    "location": None,
    "max_travel_m": None,
    "age": 30,
    "skills": {},
    "groups": [],
    "max_minutes": 2400,
    "max_minutes_per_day": 480,
    "max_shifts": 7,
    "served_minutes": 0,
    "engaged": [],
    "likes": {},
}
_SHIFT_DEFAULTS: Json = {
    "cause": None,
    "location": None,
    "priority": 5,
    "cancel_below_minimum": False,
    "team": [],
    "invited": [],
}
_ROLE_DEFAULTS: Json = {"min": 0, "skills": {}, "min_age": 0, "max_age": 150, "groups": []}


def _role(role: Role) -> Json:
    values = {
        "min": role.min,
        "skills": dict(role.skills),
        "min_age": role.min_age,
        "max_age": role.max_age,
        "groups": list(role.groups),
    }
    return {"id": role.id, "max": role.max, **_changed(values, _ROLE_DEFAULTS)}


def write_plan(plan: Plan) -> Json:
    """The plan as JSON values."""
    return {
        "format": PLAN_FORMAT,
        "assignments": _lines(plan.assignments),
        "score": asdict(plan.score),
        "bound": asdict(plan.bound),
        "bound_from": asdict(plan.bound_from),
        "status": plan.status,
        "seconds": round(plan.seconds, 3),
        "unfilled": [_unfilled(each) for each in plan.unfilled],
    }


def _unfilled(unfilled: Unfilled) -> Json:
    written: Json = {
        "shift": unfilled.shift,
        "role": unfilled.role,
        "missing": unfilled.missing,
    }
    if unfilled.reasons is not None:
        written["reasons"] = dict(unfilled.reasons)
    return written


def _lines(lines: Iterable[Line]) -> list[Json]:
    return [asdict(line) for line in lines]


def _location(location: Location | None) -> list[float] | None:
    return None if location is None else list(location)


def _changed(values: Json, defaults: Json) -> Json:
    return {key: value for key, value in values.items() if value != defaults[key]}
