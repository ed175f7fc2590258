"""The times to which a shift could be moved for a seat on it to be filled."""

from collections.abc import Iterator

from matcher import rules
from matcher.explaining.changes import Moved
from matcher.explaining.seat import Seat
from matcher.explaining.standing import standing
from matcher.problem import MINUTES_PER_DAY, Shift, Volunteer

MOVE_MOST_MINUTES = 1440
"""No shift is moved by more than a day."""


def moves(seat: Seat) -> Iterator[Moved]:
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
        if volunteer.id not in seat.forbidden and _could_serve(volunteer, shift):
            for start, end in rules.merged(volunteer.available):
                yield from (start - shift.start_minute, end - shift.end_minute)
            for engagement in volunteer.engaged:
                yield from _clear_of(engagement, seat)
    for other in problem.shifts:
        if other.id != shift.id:
            yield from _clear_of(other, seat)
    yield from _midnights(seat)


def _could_serve(volunteer: Volunteer, shift: Shift) -> bool:
    """At some time, in any role: who comes for another role may free somebody for this one."""
    return any(
        set(standing(volunteer, shift, role).lacking) <= {"unavailable"} for role in shift.roles
    )


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
