"""Which lines of a plan the changes touched, and which therefore stay.

A line is *touched* when the changed problem has no room for it: its shift is off, its volunteer
cannot come, it no longer fits in time or place, or a claim took its seat or its hours. Every other
line is *kept*. Where kept lines alone no longer make a whole team (H8 to H10, H12), the people who
were told to come still do: their lines are *promised*, which is what `fixed` is for (H13).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from matcher import rules
from matcher.lookup import Lookup, by_shift
from matcher.problem import Line, Problem
from matcher.score import line_cost

TouchedBy = Literal[
    "called_off",  # the shift, or the role, is gone
    "dropped_out",  # the volunteer cannot come
    "unavailable",  # the shift moved out of the volunteer's time (H2)
    "too_far",  # the shift moved farther than the volunteer travels (H3)
    "overlap",  # the time is taken by what is promised (H4)
    "rest",  # the rest is taken by what is promised (H5)
    "limit",  # a limit of the volunteer is reached by what is promised (H6)
    "seat_taken",  # the seat is promised to somebody, or no longer there (H7)
    "apart",  # somebody is promised there from whom the volunteer is apart (H11)
]

Lacks = Literal["minimum", "team", "adults", "together"]


@dataclass(frozen=True, slots=True)
class Keeping:
    """`touched` with what touched each; `fixed` is what the problem still promises of its own."""

    kept: tuple[Line, ...]
    touched: dict[Line, TouchedBy]
    fixed: tuple[Line, ...]
    promised: tuple[Line, ...]


def keeping(before: Problem, after: Problem, lines: Sequence[Line]) -> Keeping:
    """What stays of `lines`, a valid plan of `before`, in the problem `after` the changes.

    Fixed lines of shifts that did not move always stay, those promised just now too: should they
    clash, the problem is refused. Of other lines of which one must go it is one that is not fixed,
    then one on a shift that moved, then the dearest.
    """
    old, new = Lookup(before), Lookup(after)
    settled = _Settled(new)
    touched: dict[Line, TouchedBy] = {}
    for line in _in_order_of_trust(old, new, lines):
        why = _unfit(old, new, line) or settled.refuses(line)
        if why is None or _is_settled(old, new, line):
            settled.add(line)
        else:
            touched[line] = why
    stays = settled.lines
    fixed = tuple(line for line in after.fixed if line in stays)
    kept = tuple(line for line in dict.fromkeys((*lines, *after.fixed)) if line in stays)
    return Keeping(kept, touched, fixed, _promised(new, kept, fixed))


def _in_order_of_trust(old: Lookup, new: Lookup, lines: Sequence[Line]) -> list[Line]:
    def rank(line: Line) -> tuple[bool, bool, bool, int]:
        if not new.knows(line):
            return (True, True, True, 0)
        cost = line_cost(new, new.volunteers[line.volunteer], new.shifts[line.shift])
        is_settled = _is_settled(old, new, line)
        return (not is_settled, line not in new.fixed, _has_moved(old, new, line), cost)

    return sorted(dict.fromkeys((*new.problem.fixed, *lines)), key=rank)


def _is_settled(old: Lookup, new: Lookup, line: Line) -> bool:
    """Whether the line stays whatever else does: promised just now, or on a shift as it was."""
    return line in new.fixed and (line not in old.fixed or not _has_moved(old, new, line))


def _has_moved(old: Lookup, new: Lookup, line: Line) -> bool:
    one, other = old.shifts[line.shift], new.shifts[line.shift]
    return (one.start_minute, one.end_minute, one.location) != (
        other.start_minute,
        other.end_minute,
        other.location,
    )


def _unfit(old: Lookup, new: Lookup, line: Line) -> TouchedBy | None:
    """What the line itself lost by the changes. What a person decided before, still holds."""
    if not new.knows(line):
        return "called_off"
    if (line.volunteer, line.shift) in new.forbidden and line not in new.fixed:
        return "dropped_out"
    volunteer, shift = new.volunteers[line.volunteer], new.shifts[line.shift]
    was = old.shifts[line.shift]
    if not rules.is_available(volunteer, shift) and rules.is_available(volunteer, was):
        return "unavailable"
    if rules.is_too_far(volunteer, shift) and not rules.is_too_far(volunteer, was):
        return "too_far"
    return None


class _Settled:
    """The lines that stay so far, and what they leave no room for."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self.lines: set[Line] = set()
        self._of_volunteer: dict[str, list[Line]] = defaultdict(list)
        self._on_shift: dict[str, list[Line]] = defaultdict(list)

    def add(self, line: Line) -> None:
        self.lines.add(line)
        self._of_volunteer[line.volunteer].append(line)
        self._on_shift[line.shift].append(line)

    def refuses(self, line: Line) -> TouchedBy | None:
        """H4 to H7 and H11, beside what is settled already."""
        lookup, problem = self._lookup, self._lookup.problem
        volunteer, shift = lookup.volunteers[line.volunteer], lookup.shifts[line.shift]
        own = [lookup.shifts[each.shift] for each in self._of_volunteer[line.volunteer]]
        if any(each is shift for each in own):
            return "seat_taken"
        stays: list[rules.Stay] = [*own, *volunteer.engaged]
        if any(
            rules.overlap_or_late(shift, each, problem.horizon, problem.rules) for each in stays
        ):
            return "overlap"
        if any(
            rules.rests_too_little(shift, each, problem.horizon, problem.rules) for each in stays
        ):
            return "rest"
        if rules.above_limits(volunteer, [*own, shift], problem.horizon):
            return "limit"
        there = self._on_shift[line.shift]
        people = sum(1 for each in there if each.role == line.role)
        if rules.too_many(lookup.roles[line.shift, line.role], people + 1):
            return "seat_taken"
        apart = lookup.apart_from.get(line.volunteer, set())
        return "apart" if any(each.volunteer in apart for each in there) else None


def _promised(lookup: Lookup, kept: Iterable[Line], fixed: Sequence[Line]) -> tuple[Line, ...]:
    """The kept lines of shifts that they alone do not make whole, but for those fixed already."""
    spoiled = {
        shift_id for shift_id, there in by_shift(kept).items() if lacks(lookup, shift_id, there)
    }
    already = set(fixed)
    return tuple(line for line in kept if line.shift in spoiled and line not in already)


def lacks(lookup: Lookup, shift_id: str, there: Sequence[Line]) -> list[Lacks]:
    """Which of H8 to H10 and H12 these lines of one shift break, as if none of them was fixed.

    On a shift that has a fixed line H8 to H10 do not bind; then only H12 is asked.
    """
    shift, problem = lookup.shifts[shift_id], lookup.problem
    people = [lookup.volunteers[name] for name in dict.fromkeys(line.volunteer for line in there)]
    count: dict[str, int] = defaultdict(int)
    for line in there:
        count[line.role] += 1
    names = {person.id for person in people}
    groups = {group for name in names for group in lookup.groups_of.get(name, ())}
    is_split = any(
        rules.is_split(group, names) and lookup.is_bound(group, shift_id) for group in groups
    )
    found: dict[Lacks, bool] = {"together": is_split}
    if not lookup.has_fixed(shift_id):
        found["minimum"] = bool(rules.roles_below_minimum(shift, count))
        found["team"] = any(rules.team_missing(line, people) for line in shift.team)
        found["adults"] = rules.adults_missing(people, problem.rules) > 0
    order: tuple[Lacks, ...] = ("minimum", "team", "adults", "together")
    return [code for code in order if found.get(code)]
