"""People who promised more than their limits allow keep it, and are asked for nothing more."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from matcher.lookup import by_volunteer
from matcher.problem import Horizon, Line, Shift, Volunteer
from matcher.rules import Stay, above_limits, counted, minutes_by_day


def with_room_for_promises(
    volunteers: Iterable[Volunteer],
    fixed: Iterable[Line],
    shifts: Iterable[Shift],
    horizon: Horizon,
) -> tuple[Volunteer, ...]:
    """The volunteers, with limits that their fixed lines keep.

    Seats may be claimed for many weeks, each within the limits, and limits may be lowered
    afterwards. A round must not fail for that: what people promised is theirs to keep.
    """
    shift_of = {shift.id: shift for shift in shifts}
    lines_of = by_volunteer(fixed)
    return tuple(
        _with_room(
            volunteer, [shift_of[line.shift] for line in lines_of.get(volunteer.id, ())], horizon
        )
        for volunteer in volunteers
    )


def _with_room(volunteer: Volunteer, promised: Sequence[Shift], horizon: Horizon) -> Volunteer:
    if not above_limits(volunteer, promised, horizon):
        return volunteer
    stays: list[Stay] = [*promised, *counted(volunteer, horizon)]
    minutes = minutes_by_day(stays, horizon).values()
    return replace(
        volunteer,
        available=(),
        max_minutes=max(volunteer.max_minutes, sum(minutes)),
        max_minutes_per_day=max(volunteer.max_minutes_per_day, *minutes),
        max_shifts=max(volunteer.max_shifts, len(stays)),
    )
