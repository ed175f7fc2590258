"""H1 to H6 and H14: what each line and each person must keep."""

from collections.abc import Callable, Iterator

import numpy as np

from matcher.problem import MINUTES_PER_DAY
from matcher.rules import TRANSFER_FREE_M
from matcher.tables.findings import Finding
from matcher.tables.loops import (
    FITS,
    LACKS_SKILL,
    OUTSIDE_GROUPS,
    WRONG_AGE,
    inside_a_span,
    next_engagements,
    next_pairs,
    unsuited,
)
from matcher.tables.plan_lines import PlanLines
from matcher.tables.seating import is_among, metres_between, owners
from matcher.tables.tables import Bools, Int32s, Int64s, Spans
from matcher.violation import Violation, violation

AnyRows = Int32s | Int64s

_CODES = {LACKS_SKILL: "skills", WRONG_AGE: "age", OUTSIDE_GROUPS: "group"}

# No two places on earth are farther apart.
_METRES_MOST = 20_015_116

# Pairs are looked at this many at a time, to bound the memory.
BLOCK_PAIRS = 1 << 20


def unsuited_lines(lines: PlanLines) -> Finding:
    """H1."""
    people, roles = lines.tables.people, lines.tables.roles
    chosen = lines.decided
    codes = unsuited(
        lines.person[chosen],
        lines.role[chosen],
        people.age,
        roles.min_age,
        roles.max_age,
        (people.skills.first, people.skills.name, people.skills.level),
        (roles.skills.first, roles.skills.name, roles.skills.level),
        (people.groups.first, people.groups.item),
        (roles.groups.first, roles.groups.item),
    )
    broken = np.nonzero(codes != FITS)[0]

    def tell(n: int) -> Violation:
        line = int(chosen[broken[n]])
        person, role = lines.person[line], lines.role[line]
        limits = {
            "age": int(people.age[person]),
            "least": int(roles.min_age[role]),
            "most": int(roles.max_age[role]),
        }
        code = _CODES[int(codes[broken[n]])]
        return violation("H1", lines.at(line), code, **lines.names(line), **limits)

    return Finding("H1", len(broken), tell)


def unavailable_lines(lines: PlanLines) -> Finding:
    """H2."""
    chosen, shifts, available = lines.decided, lines.tables.shifts, lines.tables.people.available
    fits = inside_a_span(
        lines.person[chosen],
        shifts.start[lines.shift[chosen]],
        shifts.end[lines.shift[chosen]],
        available.first,
        available.start,
        available.end,
    )
    broken = chosen[~fits]

    def tell(n: int) -> Violation:
        line = int(broken[n])
        return violation("H2", lines.at(line), "unavailable", **lines.who_and_where(line))

    return Finding("H2", len(broken), tell)


def distant_lines(lines: PlanLines) -> Finding:
    """H3."""
    limit, metres = lines.tables.people.max_travel_m[lines.person], lines.seating.travel_m()
    broken = lines.decided[((limit >= 0) & (metres > limit))[lines.decided]]

    def tell(n: int) -> Violation:
        line = int(broken[n])
        numbers = {"metres": int(metres[line]), "most": int(limit[line])}
        return violation("H3", lines.at(line), "too_far", **lines.who_and_where(line), **numbers)

    return Finding("H3", len(broken), tell)


class _Stays:
    """Starts, ends, days and places, of shifts or of engagements, row by row."""

    def __init__(self, lines: PlanLines, spans: Spans | None = None) -> None:
        held = spans or lines.tables.shifts
        offset = lines.tables.horizon.offset_minutes
        self.start, self.end = held.start, held.end
        self.day: Int64s = (self.start + offset) // MINUTES_PER_DAY
        self.longitude, self.latitude = held.longitude, held.latitude


class Meetings:
    """H4 and H5: stays of one person that overlap, or leave too little time between them.

    `told_most` of each rule are kept for `tell`; all are counted.
    """

    def __init__(self, lines: PlanLines, told_most: int) -> None:
        self.lines = lines
        self.told_most = told_most
        self.shifts, self.engaged = _Stays(lines), _Stays(lines, lines.tables.people.engaged)
        numbers = lines.tables.rules
        ride = -(-60 * _METRES_MOST // (1000 * numbers.speed_kmh))
        self.reach = numbers.transfer_minutes + ride
        self.counts = {"H4": 0, "H5": 0}
        self.told: dict[str, list[Violation]] = {"H4": [], "H5": []}
        for ones, others in self._pairs_of_lines():
            self._judge(ones, self.shifts, lines.shift[others])
        for ones, others in self._engagements():
            self._judge(ones, self.engaged, others)

    def findings(self) -> Iterator[Finding]:
        """What was found for each of the two rules."""
        for rule, count in self.counts.items():
            yield Finding(rule, count, self.told[rule].__getitem__)

    def _pairs_of_lines(self) -> Iterator[tuple[Int64s, Int64s]]:
        lines, stays, rest = self.lines, self.shifts, self.lines.tables.rules.min_rest_minutes
        order = np.lexsort((stays.start[lines.shift], lines.person))
        person, shift = lines.person[order], lines.shift[order]
        stop = np.searchsorted(person, person, side="right").astype(np.int64)
        columns = (stop, shift, stays.start[shift], stays.end[shift], stays.day[shift])
        at = np.array([0, 1], np.int64)
        for ones, others in _blocks(
            len(person), at, lambda *found: next_pairs(*columns, rest, self.reach, at, *found)
        ):
            # The one that stands first in the plan is the one that is named first.
            found = order[ones], order[others]
            yield np.minimum(*found), np.maximum(*found)

    def _engagements(self) -> Iterator[tuple[Int64s, Int64s]]:
        lines, stays, rest = self.lines, self.shifts, self.lines.tables.rules.min_rest_minutes
        shift, spans = lines.shift, lines.tables.people.engaged
        columns = (lines.person, stays.start[shift], stays.end[shift], stays.day[shift])
        engaged = (spans.first, spans.start, spans.end, self.engaged.day)
        at = np.array([0, 0], np.int64)
        yield from _blocks(
            len(shift),
            at,
            lambda *found: next_engagements(*columns, engaged, rest, self.reach, at, *found),
        )

    def _judge(self, ones: Int64s, other_stays: _Stays, others: AnyRows) -> None:
        """Hold each line of `ones` against the stay beside it in `others`."""
        stays, shift = self.shifts, self.lines.shift[ones]
        gap = np.maximum(
            other_stays.start[others] - stays.end[shift],
            stays.start[shift] - other_stays.end[others],
        )
        needed = self._transfer(shift, other_stays, others)
        same_day = stays.day[shift] == other_stays.day[others]
        rest = self.lines.tables.rules.min_rest_minutes
        broken: dict[str, Bools] = {
            "H4": (gap < 0) | (same_day & (gap < needed)),
            "H5": ~same_day & (gap < rest),
        }
        for rule, is_broken in broken.items():
            self.counts[rule] += int(is_broken.sum())
            for pair in np.nonzero(is_broken)[0][: self.told_most - len(self.told[rule])].tolist():
                line, other = int(ones[pair]), self._name(ones[pair], other_stays, others[pair])
                least = int(needed[pair]) if rule == "H4" else rest
                self.told[rule].append(self._words(rule, line, other, int(gap[pair]), least))

    def _name(self, line: int, stays: _Stays, row: int) -> str:
        if stays is self.shifts:
            return str(self.lines.tables.shifts.id[row])
        first = self.lines.tables.people.engaged.first[self.lines.person[line]]
        return f"engaged[{row - first}]"

    def _transfer(self, shift: Int32s, other_stays: _Stays, others: AnyRows) -> Int64s:
        stays, numbers = self.shifts, self.lines.tables.rules
        metres = metres_between(
            stays.longitude[shift],
            stays.latitude[shift],
            other_stays.longitude[others],
            other_stays.latitude[others],
        )
        ride = -(-60 * metres // (1000 * numbers.speed_kmh))
        return np.where(metres > TRANSFER_FREE_M, numbers.transfer_minutes + ride, 0)

    def _words(self, rule: str, line: int, other: str, gap: int, needed: int) -> Violation:
        code = "rest" if rule == "H5" else "overlap" if gap < 0 else "transfer"
        names = self.lines.who_and_where(line)
        at = self.lines.at(line)
        return violation(rule, at, code, **names, other=other, gap=gap, needed=needed)


def _blocks(
    lines: int, at: Int64s, fill: Callable[[Int64s, Int64s], int]
) -> Iterator[tuple[Int64s, Int64s]]:
    """What `fill` puts into two columns, block by block, until `at` has passed the last line."""
    ones, others = np.empty(BLOCK_PAIRS, np.int64), np.empty(BLOCK_PAIRS, np.int64)
    while at[0] < lines:
        found = fill(ones, others)
        yield ones[:found].copy(), others[:found].copy()


_LIMITS = ("max_minutes", "max_minutes_per_day", "max_shifts")


def people_above_limits(lines: PlanLines) -> Int64s:
    """H6. The people whom these lines give more than they may have."""
    found: Int64s = np.nonzero(_above_limits(lines)[1].any(axis=1))[0]
    return found


def _above_limits(lines: PlanLines) -> tuple[Int64s, Bools]:
    """For each person the first line or -1, and which of the limits is broken."""
    people = lines.tables.people
    first_line, totals, counts, above_on_a_day = _served(lines)
    broken = np.stack(
        [totals > people.max_minutes, above_on_a_day, counts > people.max_shifts], axis=1
    )
    broken &= (first_line >= 0)[:, None]
    return first_line, broken


def lines_above_limits(lines: PlanLines) -> Finding:
    """H6. Two roles on one shift are H7's; its minutes pass once."""
    people = lines.tables.people
    first_line, broken = _above_limits(lines)
    rows, limits = np.nonzero(broken)

    def tell(n: int) -> Violation:
        row, limit = int(rows[n]), _LIMITS[limits[n]]
        most = int(getattr(people, limit)[row])
        at = lines.at(int(first_line[row]))
        return violation("H6", at, limit, volunteer=str(people.id[row]), most=most)

    return Finding("H6", len(rows), tell)


def _served(lines: PlanLines) -> tuple[Int64s, Int64s, Int64s, Bools]:
    """For each person the first line or -1, minutes, shifts, and whether a day has too much.

    Engagements that start in the horizon count with them, and alone break nothing.
    """
    tables, seating = lines.tables, lines.seating
    people, horizon, engaged = tables.people, tables.horizon, tables.people.engaged
    first_line = np.full(len(people), -1, np.int64)
    first_line[lines.person[::-1]] = np.arange(len(lines.person))[::-1]
    owner = owners(engaged.first)
    inside = (engaged.start >= horizon.start_minute) & (engaged.start < horizon.end_minute)
    inside &= first_line[owner] >= 0
    shift = seating.pair_shift
    person = np.concatenate([seating.pair_person, owner[inside]])
    start = np.concatenate([tables.shifts.start[shift], engaged.start[inside]])
    minutes = np.concatenate([tables.shifts.end[shift], engaged.end[inside]]) - start
    is_shift = np.arange(len(person)) < len(shift)
    totals = np.zeros(len(people), np.int64)
    np.add.at(totals, person, minutes)
    day = (start + horizon.offset_minutes) // MINUTES_PER_DAY
    above = np.zeros(len(people), np.bool_)
    if len(person):
        order = np.lexsort((day, person))
        person, day = person[order], day[order]
        begins = np.nonzero(np.diff(person, prepend=-1) | np.diff(day, prepend=0))[0]
        of_day = np.add.reduceat(minutes[order], begins)
        serves = np.logical_or.reduceat(is_shift[order], begins)
        above[person[begins][serves & (of_day > people.max_minutes_per_day[person[begins]])]] = True
    return first_line, totals, np.bincount(person, minlength=len(people)), above


def forbidden_lines(lines: PlanLines) -> Finding:
    """H14."""
    relations, seating = lines.tables.relations, lines.seating
    never = np.sort(seating.pair_keys(relations.forbidden_person, relations.forbidden_shift))
    fixed_shift = lines.tables.roles.shift[relations.fixed.role]
    promised = np.sort(seating.pair_keys(relations.fixed.person, fixed_shift))
    own = seating.pair_keys(lines.person, lines.shift)
    broken = np.nonzero(is_among(own, never) & ~is_among(own, promised))[0]

    def tell(n: int) -> Violation:
        line = int(broken[n])
        return violation("H14", lines.at(line), "forbidden", **lines.who_and_where(line))

    return Finding("H14", len(broken), tell)
