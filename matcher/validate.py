"""Everything that can be wrong with a problem whose types are right, all named together."""

import math
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from matcher.clash import describe, smallest_clash
from matcher.defects import Defect, Defects, TooManyDefects
from matcher.problem import (
    Interval,
    Line,
    Location,
    Problem,
    Role,
    Rules,
    Shift,
    Volunteer,
    Weights,
)
from matcher.reading import child

_T = TypeVar("_T", bound=Hashable)

# Above this a JSON number is no longer the same whole number to every reader.
WHOLE_MOST = 2**53

_RULES_LEAST = {
    "min_rest_minutes": 0,
    "speed_kmh": 1,
    "transfer_minutes": 0,
    "adult_age": 0,
    "minors_per_adult": 1,
}
_WEIGHTS = ("travel", "cause", "fairness", "invite", "change")


def validate(problem: Problem) -> tuple[Defect, ...]:
    """All defects of a problem, at most a hundred; empty when it can be planned."""
    defects = Defects()
    with suppress(TooManyDefects):
        note_defects(problem, defects)
    return defects.listed()


def note_defects(problem: Problem, defects: Defects) -> None:
    """Add the problem's defects to those that its reader found already."""
    _horizon_and_numbers(problem, defects)
    for index, volunteer in enumerate(problem.volunteers):
        _volunteer(f"volunteers[{index}]", volunteer, defects)
    _unique_ids("volunteers", [each.id for each in problem.volunteers], defects)
    people = {each.id for each in problem.volunteers}
    for index, shift in enumerate(problem.shifts):
        _shift(f"shifts[{index}]", shift, problem, people, defects)
    _unique_ids("shifts", [each.id for each in problem.shifts], defects)
    _people_lists(problem, people, defects)
    _lines(problem, people, defects)
    if not defects:
        _fixed_lines_clash(problem, defects)


def _horizon_and_numbers(problem: Problem, defects: Defects) -> None:
    horizon = (problem.horizon.start_minute, problem.horizon.end_minute)
    _interval("horizon", horizon, ("start", "end"), defects)
    rules: Rules = problem.rules
    for name, least in _RULES_LEAST.items():
        _range(f"rules.{name}", getattr(rules, name), least, WHOLE_MOST, defects)
    weights: Weights = problem.weights
    for name in _WEIGHTS:
        _range(f"weights.{name}", getattr(weights, name), 0, WHOLE_MOST, defects)


def _volunteer(place: str, volunteer: Volunteer, defects: Defects) -> None:
    _text(place, "id", volunteer.id, defects)
    _location(place, volunteer.location, defects)
    if volunteer.max_travel_m is not None:
        _range(f"{place}.max_travel_m", volunteer.max_travel_m, 0, WHOLE_MOST, defects)
    for name in ("age", "max_minutes", "max_minutes_per_day", "max_shifts", "served_minutes"):
        _range(f"{place}.{name}", getattr(volunteer, name), 0, WHOLE_MOST, defects)
    _levels(f"{place}.skills", volunteer.skills, 1, 5, defects)
    _levels(f"{place}.likes", volunteer.likes, 0, 3, defects)
    _members(f"{place}.groups", volunteer.groups, defects)
    for index, interval in enumerate(volunteer.available):
        at = f"{place}.available[{index}]"
        _interval(at, interval, (), defects)
    for index, engaged in enumerate(volunteer.engaged):
        at = f"{place}.engaged[{index}]"
        _interval(at, (engaged.start_minute, engaged.end_minute), ("start", "end"), defects)
        _location(at, engaged.location, defects)
    _no_line_twice(f"{place}.engaged", volunteer.engaged, defects)


def _shift(
    place: str, shift: Shift, problem: Problem, people: Collection[str], defects: Defects
) -> None:
    _text(place, "id", shift.id, defects)
    _text(place, "project", shift.project, defects)
    _interval(place, (shift.start_minute, shift.end_minute), ("start", "end"), defects)
    _within_horizon(place, shift, problem, defects)
    _location(place, shift.location, defects)
    _range(f"{place}.priority", shift.priority, 1, 10, defects)
    for index, role in enumerate(shift.roles):
        _role(f"{place}.roles[{index}]", role, defects)
    _unique_ids(f"{place}.roles", [each.id for each in shift.roles], defects)
    for index, line in enumerate(shift.team):
        at = f"{place}.team[{index}]"
        _text(at, "skill", line.skill, defects)
        _range(f"{at}.level", line.level, 1, 5, defects)
        _range(f"{at}.count", line.count, 0, WHOLE_MOST, defects)
    _no_line_twice(f"{place}.team", shift.team, defects)
    _members(f"{place}.invited", shift.invited, defects)
    for index, person in enumerate(shift.invited):
        if person not in people:
            _unknown_volunteer(f"{place}.invited[{index}]", person, defects)


def _role(place: str, role: Role, defects: Defects) -> None:
    _text(place, "id", role.id, defects)
    _levels(f"{place}.skills", role.skills, 1, 5, defects)
    _range(f"{place}.max", role.max, 1, WHOLE_MOST, defects)
    _range(f"{place}.min", role.min, 0, WHOLE_MOST, defects)
    if role.min > role.max:
        needs = (f"{place}.min", f"{place}.max")
        defects.add(needs[0], "min_above_max", needs=needs, min=role.min, max=role.max)
    _range(f"{place}.min_age", role.min_age, 0, WHOLE_MOST, defects)
    _range(f"{place}.max_age", role.max_age, 0, WHOLE_MOST, defects)
    _members(f"{place}.groups", role.groups, defects)


def _people_lists(problem: Problem, people: Collection[str], defects: Defects) -> None:
    for index, group in enumerate(problem.together):
        place = f"together[{index}]"
        _paired_with_himself(place, group, defects)
        _known(place, group, people, defects)
    # The order of people in a group or a pair says nothing: [a, b] and [b, a] are one line.
    _no_line_twice("together", [frozenset(each) for each in problem.together], defects)
    for index, pair in enumerate(problem.apart):
        place = f"apart[{index}]"
        _paired_with_himself(place, pair, defects)
        _known(place, pair, people, defects)
    _no_line_twice("apart", [frozenset(each) for each in problem.apart], defects)


def _paired_with_himself(place: str, members: Sequence[str], defects: Defects) -> None:
    for _, index, member in _repeated(members):
        defects.add(f"{place}[{index}]", "same_person", id=member)


def _known(place: str, members: Sequence[str], people: Collection[str], defects: Defects) -> None:
    for index, member in enumerate(members):
        if member not in people:
            _unknown_volunteer(f"{place}[{index}]", member, defects)


def _lines(problem: Problem, people: Collection[str], defects: Defects) -> None:
    roles = {shift.id: {role.id for role in shift.roles} for shift in problem.shifts}
    shift_places = {shift.id: f"shifts[{place}]" for place, shift in enumerate(problem.shifts)}
    for index, line in enumerate(problem.fixed):
        place = f"fixed[{index}]"
        _known_volunteer(place, line.volunteer, people, defects)
        _known_shift(place, line.shift, roles, defects)
        if line.shift in roles and line.role not in roles[line.shift]:
            needs = (f"{shift_places[line.shift]}.roles",)
            names = {"id": line.role, "shift": line.shift}
            defects.add(f"{place}.role", "unknown_role", needs=needs, **names)
    for index, forbidden in enumerate(problem.forbidden):
        place = f"forbidden[{index}]"
        _known_volunteer(place, forbidden.volunteer, people, defects)
        _known_shift(place, forbidden.shift, roles, defects)
        _text(place, "reason", forbidden.reason, defects)
    for index, line in enumerate(problem.current):
        for name in ("volunteer", "shift", "role"):
            _text(f"current[{index}]", name, getattr(line, name), defects)
    _no_line_twice("fixed", problem.fixed, defects)
    _no_line_twice("forbidden", problem.forbidden, defects)
    _no_line_twice("current", problem.current, defects)


def _known_volunteer(place: str, id_: str, people: Collection[str], defects: Defects) -> None:
    if id_ not in people:
        _unknown_volunteer(f"{place}.volunteer", id_, defects)


def _unknown_volunteer(place: str, id_: str, defects: Defects) -> None:
    # A list of people that could not be read knows nobody; that is said once.
    defects.add(place, "unknown_volunteer", needs=("volunteers",), id=id_)


def _known_shift(place: str, id_: str, shifts: Collection[str], defects: Defects) -> None:
    if id_ not in shifts:
        defects.add(f"{place}.shift", "unknown_shift", needs=("shifts",), id=id_)


def _fixed_lines_clash(problem: Problem, defects: Defects) -> None:
    clash = smallest_clash(problem)
    if clash is None:
        return
    lines: list[tuple[int, Line]] = [(place, problem.fixed[place]) for place in clash.places]
    defects.add(
        "fixed",
        "fixed_clash",
        rule=clash.rule,
        lines="; ".join(describe(line, place) for place, line in lines),
        places=" ".join(str(place) for place in clash.places),
        count=len(lines),
    )


def _text(place: str, name: str, value: str, defects: Defects) -> None:
    if not value:
        defects.add(f"{place}.{name}", "empty_text")


def _range(place: str, value: int, least: int, most: int, defects: Defects) -> None:
    if value < least:
        defects.add(place, "too_small", least=least, found=value)
    elif value > most:
        defects.add(place, "too_big", most=most, found=value)


def _levels(place: str, levels: Mapping[str, int], least: int, most: int, defects: Defects) -> None:
    for name, level in levels.items():
        if not least <= level <= most:
            _range(child(place, name), level, least, most, defects)


def _location(place: str, location: Location | None, defects: Defects) -> None:
    if location is None:
        return
    for index, (value, most) in enumerate(zip(location, (180, 90), strict=True)):
        at = f"{place}.location[{index}]"
        if not math.isfinite(value):
            defects.add(at, "not_finite", value=str(value))
        elif value < -most:
            defects.add(at, "too_small", least=-most, found=str(value))
        elif value > most:
            defects.add(at, "too_big", most=most, found=str(value))


def _interval(place: str, interval: Interval, names: tuple[str, ...], defects: Defects) -> None:
    start, end = interval
    if end > start:
        return
    ends = [f"{place}.{name}" for name in names] or [f"{place}[0]", f"{place}[1]"]
    defects.add(ends[1], "end_not_after_start", needs=ends)


def _within_horizon(place: str, shift: Shift, problem: Problem, defects: Defects) -> None:
    horizon = problem.horizon
    for name, minute in (("start", shift.start_minute), ("end", shift.end_minute)):
        if not horizon.start_minute <= minute <= horizon.end_minute:
            needs = ("horizon", "horizon.start", "horizon.end")
            defects.add(f"{place}.{name}", "outside_horizon", needs=needs)


def _unique_ids(place: str, ids: Sequence[str], defects: Defects) -> None:
    for first, index, id_ in _repeated(ids):
        if id_:
            at = f"{place}[{first}]"
            defects.add(f"{place}[{index}].id", "duplicate_id", id=id_, first=at)


def _members(place: str, members: Sequence[str], defects: Defects) -> None:
    for index, member in enumerate(members):
        if not member:
            defects.add(f"{place}[{index}]", "empty_text")
    for first, index, member in _repeated(members):
        at = f"{place}[{first}]"
        defects.add(f"{place}[{index}]", "duplicate_member", member=member, first=at)


def _no_line_twice(place: str, lines: Sequence[Hashable], defects: Defects) -> None:
    for first, index, _ in _repeated(lines):
        needs = (f"{place}[{first}]",)
        defects.add(f"{place}[{index}]", "duplicate_line", needs=needs, first=needs[0])


def _repeated(values: Iterable[_T]) -> Iterator[tuple[int, int, _T]]:
    """`(first place, place, value)` for every value that was there before."""
    first: dict[_T, int] = {}
    for index, value in enumerate(values):
        if first.setdefault(value, index) != index:
            yield first[value], index, value
