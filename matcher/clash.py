"""Fixed lines that cannot all hold, and the smallest set of them that shows it.

Only H4 to H7 and H11 bind fixed lines, and each of them is broken by a set that can be named
outright: one line beside an engagement, two lines of one person, two people apart, the longest
shifts of one person, one person too many in a role. The smallest of these is the smallest of all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from matcher import rules
from matcher.lookup import Lookup
from matcher.problem import Line, Problem, Shift, Volunteer


@dataclass(frozen=True, slots=True)
class Clash:
    """The rule that these fixed lines break together, by their places in `fixed`."""

    rule: str
    places: tuple[int, ...]


def smallest_clash(problem: Problem) -> Clash | None:
    """A smallest set of fixed lines that cannot all hold; None when they can."""
    lookup = Lookup(problem)
    clashes = [*_by_person(lookup), *_by_role(lookup), *_apart(lookup)]
    return min(clashes, key=lambda clash: (len(clash.places), clash.places), default=None)


def _by_person(lookup: Lookup) -> Iterator[Clash]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lookup.problem.fixed):
        places[line.volunteer].append(place)
    for volunteer_id, own in places.items():
        volunteer = lookup.volunteers[volunteer_id]
        yield from _beside_engagements(lookup, volunteer, own)
        yield from _two_at_once(lookup, own)
        yield from _above_limits(lookup, volunteer, own)


def _shift(lookup: Lookup, place: int) -> Shift:
    return lookup.shifts[lookup.problem.fixed[place].shift]


def _pair_rule(lookup: Lookup, one: rules.Stay, two: rules.Stay) -> str | None:
    horizon, numbers = lookup.problem.horizon, lookup.problem.rules
    if rules.overlap_or_late(one, two, horizon, numbers):
        return "H4"
    return "H5" if rules.rests_too_little(one, two, horizon, numbers) else None


def _beside_engagements(lookup: Lookup, volunteer: Volunteer, own: list[int]) -> Iterator[Clash]:
    for place in own:
        for engagement in volunteer.engaged:
            rule = _pair_rule(lookup, _shift(lookup, place), engagement)
            if rule:
                yield Clash(rule, (place,))


def _two_at_once(lookup: Lookup, own: list[int]) -> Iterator[Clash]:
    for one, two in combinations(own, 2):
        if _shift(lookup, one) is _shift(lookup, two):
            yield Clash("H7", (one, two))
            continue
        rule = _pair_rule(lookup, _shift(lookup, one), _shift(lookup, two))
        if rule:
            yield Clash(rule, (one, two))


def _above_limits(lookup: Lookup, volunteer: Volunteer, own: list[int]) -> Iterator[Clash]:
    horizon = lookup.problem.horizon
    counted = rules.counted(volunteer, horizon)
    engaged_minutes = rules.minutes_by_day(counted, horizon)
    longest = sorted(own, key=lambda place: (-_shift(lookup, place).minutes, place))
    by_day: dict[int, list[int]] = defaultdict(list)
    for place in longest:
        by_day[horizon.day(_shift(lookup, place).start_minute)].append(place)
    left = volunteer.max_minutes - sum(engaged_minutes.values())
    yield from _first_above(lookup, longest, left)
    for day, of_day in by_day.items():
        left = volunteer.max_minutes_per_day - engaged_minutes.get(day, 0)
        yield from _first_above(lookup, of_day, left)
    needed = max(1, volunteer.max_shifts - len(counted) + 1)
    if len(own) >= needed:
        yield Clash("H6", tuple(own[:needed]))


def _first_above(lookup: Lookup, longest: Sequence[int], minutes_left: int) -> Iterator[Clash]:
    """The fewest lines whose minutes exceed what is left: the longest ones."""
    total = 0
    for count, place in enumerate(longest, start=1):
        total += _shift(lookup, place).minutes
        if total > minutes_left:
            yield Clash("H6", tuple(sorted(longest[:count])))
            return


def _by_role(lookup: Lookup) -> Iterator[Clash]:
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, line in enumerate(lookup.problem.fixed):
        places[line.shift, line.role].append(place)
    for key, own in places.items():
        role = lookup.roles[key]
        if rules.too_many(role, len(own)):
            yield Clash("H7", tuple(own[: role.max + 1]))


def _apart(lookup: Lookup) -> Iterator[Clash]:
    places: dict[str, dict[str, int]] = defaultdict(dict)
    for place, line in enumerate(lookup.problem.fixed):
        places[line.shift].setdefault(line.volunteer, place)
    for people in places.values():
        for one, two in _pairs_of(people, lookup):
            yield Clash("H11", (min(one, two), max(one, two)))


def _pairs_of(people: dict[str, int], lookup: Lookup) -> Iterable[tuple[int, int]]:
    for person, place in people.items():
        for other in lookup.apart_from.get(person, ()):
            if person < other and other in people:
                yield place, people[other]


def describe(line: Line, place: int) -> str:
    """The line as a reader finds it: its place in `fixed`, and what it says."""
    return f"fixed[{place}] ({line.volunteer} on {line.shift} as {line.role})"
