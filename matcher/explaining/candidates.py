"""The changes that might fill one seat, the cheapest first within each kind.

Looked at are changes of this role and this shift, and of one person who could serve here but for
one obstacle. Nobody who is ruled out (H14), no law (rest, transfer, adults for minors) and no bond
between people (H11, H12) is up for a change, and a shift with promised people keeps its time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from matcher import rules
from matcher.columns import Bools, compile_columns, rows_of
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
from matcher.explaining.standing import Standing, standing
from matcher.load import Load
from matcher.lookup import Lookup
from matcher.problem import MINUTES_PER_DAY, Horizon, Line, Problem, Role, Shift, Volunteer
from matcher.teams import Teams

MOVE_MOST_MINUTES = 1440
"""No shift is moved by more than a day."""

_VECTORS_MOST = 256


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change, and who could then take the seat beside the plan as it is, if anybody is known."""

    change: Change
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """An open role of a plan, and what the plan says about everybody beside it."""

    problem: Problem
    lines: tuple[Line, ...]
    shift: Shift
    role: Role
    on_shift: frozenset[str]
    is_fixed: bool
    forbidden: frozenset[str]
    can_take: Bools
    is_blocked: Bools
    spoils: Bools


def seat_of(problem: Problem, lines: Sequence[Line], shift_id: str, role_id: str) -> Seat:
    """The role beside these valid lines. Raises KeyError where there is no such role."""
    columns = compile_columns(problem)
    volunteers, roles = rows_of(columns, lines)
    shifts = columns.role_shift[roles]
    load = Load.of(columns, volunteers, shifts)
    at, row = columns.shift_at[shift_id], columns.role_at[shift_id, role_id]
    here = shifts == at
    lookup = Lookup(problem)
    promised = {line.volunteer for line in lookup.fixed_by_shift.get(shift_id, ())}
    return Seat(
        problem=problem,
        lines=tuple(lines),
        shift=lookup.shifts[shift_id],
        role=lookup.roles[shift_id, role_id],
        on_shift=frozenset(line.volunteer for line in lines if line.shift == shift_id),
        is_fixed=lookup.has_fixed(shift_id),
        forbidden=frozenset(
            who for who, where in lookup.forbidden if where == shift_id and who not in promised
        ),
        can_take=load.can_take(at),
        is_blocked=load.blocked[:, at],
        spoils=Teams(columns).spoiled_by_one(at, volunteers[here], roles[here], row),
    )


def candidates(seat: Seat) -> dict[Kind, list[Candidate]]:
    """For each kind its changes by price, then by id."""
    people = list(_one_obstacle_away(seat))
    found: dict[Kind, list[Candidate]] = {
        "radius": [_radius(seat, *each) for each in people if each[2].lacking == ("too_far",)],
        "available": [
            _available(seat, *each) for each in people if each[2].lacking == ("unavailable",)
        ],
        "limit": list(_limits(seat, people)),
        "time": [Candidate(change) for change in _moves(seat)],
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


def _taker(seat: Seat, row: int, volunteer: Volunteer) -> str | None:
    return volunteer.id if seat.can_take[row] and not seat.spoils[row] else None


def _radius(seat: Seat, row: int, volunteer: Volunteer, found: Standing) -> Candidate:
    change = Radius(volunteer.id, found.metres, found.metres_beyond)
    return Candidate(change, _taker(seat, row, volunteer))


def _available(seat: Seat, row: int, volunteer: Volunteer, found: Standing) -> Candidate:
    change = Available(
        volunteer.id, seat.shift.start_minute, seat.shift.end_minute, found.minutes_uncovered
    )
    return Candidate(change, _taker(seat, row, volunteer))


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


def _moves(seat: Seat) -> Iterator[Moved]:
    """Every time at which some person or other shift begins or ceases to be in the way.

    Whether a seat can be filled changes at these minutes alone, so the nearest time that does it
    is one of them.
    """
    if seat.is_fixed:
        return
    shift, horizon = seat.shift, seat.problem.horizon
    minutes = {each for each in _edges(seat) if abs(each) <= MOVE_MOST_MINUTES}
    for later in sorted(minutes - {0}, key=abs):
        if (
            horizon.start_minute <= shift.start_minute + later
            and shift.end_minute + later <= horizon.end_minute
        ):
            yield Moved(shift.id, later)


def _edges(seat: Seat) -> Iterator[int]:
    shift, problem = seat.shift, seat.problem
    for volunteer in problem.volunteers:
        found = standing(volunteer, shift, seat.role)
        if volunteer.id not in seat.forbidden and set(found.lacking) <= {"unavailable"}:
            for start, end in rules.merged(volunteer.available):
                yield from (start - shift.start_minute, end - shift.end_minute)
            for engagement in volunteer.engaged:
                yield from _clear_of(engagement, seat)
    for other in problem.shifts:
        if other.id != shift.id:
            yield from _clear_of(other, seat)
    yield from _midnights(seat)


def _clear_of(stay: rules.Stay, seat: Seat) -> Iterator[int]:
    """Just before and just behind another stay, with the way between them or the rest."""
    shift, numbers = seat.shift, seat.problem.rules
    way = rules.transfer_minutes(shift, stay, numbers)
    for gap in dict.fromkeys((0, way, numbers.min_rest_minutes)):
        yield stay.end_minute + gap - shift.start_minute
        yield stay.start_minute - gap - shift.end_minute


def _midnights(seat: Seat) -> Iterator[int]:
    """The last minute of the day before and the first of the day after: limits count by day."""
    horizon, start = seat.problem.horizon, seat.shift.start_minute
    passed = (start + horizon.offset_minutes) % MINUTES_PER_DAY
    yield from (-passed - 1, MINUTES_PER_DAY - passed)
