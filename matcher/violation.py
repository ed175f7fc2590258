"""One broken rule, or one false claim of a plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MESSAGES: Mapping[str, str] = {
    "unknown_volunteer": "no volunteer has the id {volunteer}",
    "unknown_shift": "no shift has the id {shift}",
    "unknown_role": "the shift {shift} has no role {role}",
    "duplicate_line": "the same line stands twice, first at {first}",
    "skills": "{volunteer} lacks a skill that {role} on {shift} asks for",
    "age": "{volunteer} is {age}; {role} on {shift} takes {least} to {most}",
    "group": "{volunteer} is in none of the groups that {role} on {shift} asks for",
    "unavailable": "{volunteer} is not available for the whole of {shift}",
    "too_far": "{shift} is {metres} m from {volunteer}, who travels {most} m",
    "overlap": "{volunteer} serves on {shift} and {other} at once",
    "transfer": "{volunteer} has {gap} minutes from {shift} to {other} and needs {needed}",
    "rest": "{volunteer} has {gap} minutes between {shift} and {other} and needs {needed}",
    "max_minutes": "{volunteer} serves more than {most} minutes in the horizon",
    "max_minutes_per_day": "{volunteer} serves more than {most} minutes on one day",
    "max_shifts": "{volunteer} serves more than {most} shifts",
    "too_many": "{role} on {shift} has {people} people, at most {most}",
    "two_roles": "{volunteer} has {roles} roles on {shift}",
    "below_minimum": "{role} on {shift} has {people} people, fewer than {least}, and is not off",
    "team": "{shift} lacks {missing} people with {skill} at level {level}",
    "adults": "{shift} lacks {missing} adults for its minors",
    "apart": "{volunteer} and {other} are both on {shift}",
    "together": "only some of the group {group} are on {shift}",
    "fixed": "{volunteer} was promised {role} on {shift}",
    "forbidden": "{volunteer} is never to serve on {shift}",
    "score": "the plan says {said}, it is {true}",
    "bound_above_score": "the bound {bound} is above the score {score}",
    "bound_beaten": "the bound is {bound}, but somebody is free for {role} on {shift}: {possible}",
    "unproven": "the plan says {said}, a relaxation proves {true}",
    "unproven_by_certificate": "the plan says {said}, its certificate proves {true}",
    "negative": "a bound is at worst 0, not {bound}",
    "status": "the plan says {said}, its bounds say {true}",
    "unfilled_missing": "{role} on {shift} lacks {missing} people and is not listed",
    "unfilled_unknown": "{role} on {shift} has all its people or does not exist",
    "unfilled_twice": "{role} on {shift} is listed twice",
    "unfilled_count": "the plan says {said} are missing, it is {true}",
    "unfilled_reasons": "the plan says {said}, it is {true}",
    "no_reasons": "the reasons are required up to {most} volunteers",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule by its name (H1 to H14, `score`, `bound`, `unfilled`, `format`) and where it broke."""

    rule: str
    place: str
    code: str
    message: str
    parameters: Mapping[str, str | int] = field(default_factory=dict)


def violation(rule: str, place: str, code: str, /, **parameters: str | int) -> Violation:
    """A violation with its message."""
    return Violation(rule, place, code, MESSAGES[code].format(**parameters), parameters)
