"""The changes that might fill one seat, the cheapest first within each kind.

Looked at are changes of this role and this shift, and of one person who could serve on the shift
but for one obstacle. Nobody who is ruled out (H14), no law (rest, way, adults for minors) and no
bond between people (H11, H12) is up for a change, and a shift with promised people keeps its time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from matcher import rules
from matcher.explaining.changes import (
    Ages,
    Available,
    Change,
    Groups,
    Kind,
    Limit,
    Minima,
    Moved,
    Radius,
    SkillLevels,
    Team,
)
from matcher.explaining.moves import moves
from matcher.explaining.seat import Seat
from matcher.explaining.standing import Standing, standing
from matcher.lookup import Lookup
from matcher.problem import Horizon, Shift, Volunteer

_VECTORS_MOST = 256


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change, and who could then take the seat beside the plan as it is, if anybody is known."""

    change: Change
    person: str | None = None


def candidates(seat: Seat) -> dict[Kind, list[Candidate]]:
    """For each kind its changes by price, then by id."""
    people, beside = list(_one_obstacle_away(seat)), list(_beside(seat))
    found: dict[Kind, list[Candidate]] = {
        "radius": _radii(seat, people) + _for_others(_radii(seat, beside)),
        "available": _available(seat, people) + _for_others(_available(seat, beside)),
        "limit": [*_limits(seat, people), *_for_others(_limits(seat, beside))],
        "time": [Candidate(change) for change in moves(seat)],
        "group": _groups(seat, people),
        "age": _ages(seat, people),
        "skills": _skills(seat, people),
        "team": [Candidate(change) for change in _teams(seat)],
        "minimum": [Candidate(change) for change in _minima(seat)],
    }
    return {kind: sorted(each, key=_order) for kind, each in found.items() if each}


def _order(candidate: Candidate) -> tuple[int, int, str]:
    change = candidate.change
    amount = 0
    if isinstance(change, Radius):
        amount = change.metres_more
    elif isinstance(change, Available):
        amount = change.minutes_more
    elif isinstance(change, Moved):
        amount = abs(change.minutes_later)
    return change.price, amount, repr(change)


Person = tuple[int, Volunteer, Standing]


def _one_obstacle_away(seat: Seat) -> Iterator[Person]:
    """Everybody not on the shift, and not ruled out, whom at most one of H1 to H3 keeps away."""
    for row, volunteer in enumerate(seat.problem.volunteers):
        if volunteer.id not in seat.on_shift and volunteer.id not in seat.forbidden:
            found = standing(volunteer, seat.shift, seat.role)
            if len(found.lacking) <= 1:
                yield row, volunteer, found


def _beside(seat: Seat) -> Iterator[Person]:
    """People not for this role but for another of the shift, where they would free somebody."""
    roles = [role for role in seat.shift.roles if role.id != seat.role.id]
    for row, volunteer in enumerate(seat.problem.volunteers if roles else ()):
        if volunteer.id in seat.on_shift or volunteer.id in seat.forbidden:
            continue
        own = set(standing(volunteer, seat.shift, seat.role).lacking)
        if own.isdisjoint({"skills", "age", "group"}):
            continue
        for role in roles:
            found = standing(volunteer, seat.shift, role)
            if len(found.lacking) <= 1:
                yield row, volunteer, found
                break


def _taker(seat: Seat, row: int, volunteer: Volunteer) -> str | None:
    return volunteer.id if seat.can_take[row] and not seat.spoils[row] else None


def _radii(seat: Seat, people: Iterable[Person]) -> list[Candidate]:
    return [
        Candidate(
            Radius(volunteer.id, found.metres, found.metres_beyond), _taker(seat, row, volunteer)
        )
        for row, volunteer, found in people
        if found.lacking == ("too_far",)
    ]


def _available(seat: Seat, people: Iterable[Person]) -> list[Candidate]:
    start, end = seat.shift.start_minute, seat.shift.end_minute
    return [
        Candidate(
            Available(volunteer.id, start, end, found.minutes_uncovered),
            _taker(seat, row, volunteer),
        )
        for row, volunteer, found in people
        if found.lacking == ("unavailable",)
    ]


def _for_others(offered: Iterable[Candidate]) -> list[Candidate]:
    """The same changes of people who cannot take this seat themselves."""
    return [Candidate(each.change) for each in offered]


def _limits(seat: Seat, people: Iterable[Person]) -> Iterator[Candidate]:
    """People whom H6 alone keeps away, and by how much."""
    lookup = Lookup(seat.problem)
    own: dict[str, list[Shift]] = {}
    for line in seat.lines:
        own.setdefault(line.volunteer, []).append(lookup.shifts[line.shift])
    for row, volunteer, found in people:
        if found.lacking or seat.is_blocked[row]:
            continue
        shifts = [*own.get(volunteer.id, ()), seat.shift]
        if rules.above_limits(volunteer, shifts, seat.problem.horizon):
            change = raised(volunteer, shifts, seat.shift, seat.problem.horizon)
            yield Candidate(change, None if seat.spoils[row] else volunteer.id)


def raised(volunteer: Volunteer, shifts: Sequence[Shift], shift: Shift, horizon: Horizon) -> Limit:
    """The limits that these shifts need, of which `shift` is the one to come."""
    stays: list[rules.Stay] = [*shifts, *rules.counted(volunteer, horizon)]
    by_day = rules.minutes_by_day(stays, horizon)
    day = horizon.day(shift.start_minute)
    return Limit(
        volunteer.id,
        shifts_more=max(0, len(stays) - volunteer.max_shifts),
        minutes_more=max(0, sum(by_day.values()) - volunteer.max_minutes),
        minutes_per_day_more=max(0, by_day[day] - volunteer.max_minutes_per_day),
    )


def _groups(seat: Seat, people: Iterable[Person]) -> list[Candidate]:
    """Each group of which a member could serve here; people in none are reached by no group."""
    takers: dict[str, str | None] = {}
    for row, volunteer, found in people:
        if found.lacking == ("group",):
            for group in volunteer.groups:
                takers[group] = takers.get(group) or _taker(seat, row, volunteer)
    where = seat.shift.id, seat.role.id
    return [Candidate(Groups(*where, (group,)), taker) for group, taker in takers.items()]


def _ages(seat: Seat, people: Iterable[Person]) -> list[Candidate]:
    takers: dict[tuple[int, int], str | None] = {}
    for row, volunteer, found in people:
        if found.lacking == ("age",):
            years = (found.years_below, found.years_above)
            takers[years] = takers.get(years) or _taker(seat, row, volunteer)
    if takers:
        widest = max(below for below, _ in takers), max(above for _, above in takers)
        takers.setdefault(widest, None)
    role, where = seat.role, (seat.shift.id, seat.role.id)
    return [
        Candidate(Ages(*where, role.min_age - below, role.max_age + above, below + above), taker)
        for (below, above), taker in takers.items()
    ]


def _skills(seat: Seat, people: Iterable[Person]) -> list[Candidate]:
    takers: dict[tuple[tuple[str, int], ...], str | None] = {}
    for row, volunteer, found in people:
        if found.lacking == ("skills",):
            levels = tuple(sorted(found.skills.items()))
            takers[levels] = takers.get(levels) or _taker(seat, row, volunteer)
    if takers:
        takers.setdefault(_lowest(takers), None)
    asked, where = seat.role.skills, (seat.shift.id, seat.role.id)
    return [
        Candidate(
            SkillLevels(*where, levels, sum(asked[skill] - level for skill, level in levels)), taker
        )
        for levels, taker in takers.items()
    ]


def _lowest(vectors: Iterable[tuple[tuple[str, int], ...]]) -> tuple[tuple[str, int], ...]:
    lowest: dict[str, int] = {}
    for levels in vectors:
        for skill, level in levels:
            lowest[skill] = min(level, lowest.get(skill, level))
    return tuple(sorted(lowest.items()))


def _teams(seat: Seat) -> Iterator[Team]:
    """Every way to ask for fewer people with a skill; where somebody is fixed H9 binds nobody."""
    counts = [line.count for line in seat.shift.team]
    if not seat.is_fixed:
        for fewer in _vectors(counts):
            left = tuple(count - less for count, less in zip(counts, fewer, strict=True))
            yield Team(seat.shift.id, left, sum(fewer))


def _minima(seat: Seat) -> Iterator[Minima]:
    """Every way to hold the shift with fewer people; only where it is called off below them."""
    if seat.shift.cancel_below_minimum and not seat.is_fixed:
        least = {role.id: role.min for role in seat.shift.roles if role.min}
        for fewer in _vectors(list(least.values())):
            lowered = {
                name: low - less
                for (name, low), less in zip(least.items(), fewer, strict=True)
                if less
            }
            yield Minima(seat.shift.id, tuple(lowered.items()), sum(fewer))


def _vectors(most: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All ways to take something off these numbers; where there are too many, off one at a time."""
    total = 1
    for number in most:
        total *= number + 1
    if total <= _VECTORS_MOST:
        yield from (each for each in product(*(range(number + 1) for number in most)) if any(each))
        return
    for place, number in enumerate(most):
        for less in range(1, min(number, _VECTORS_MOST) + 1):
            yield tuple(less if at == place else 0 for at in range(len(most)))
    yield tuple(most)
