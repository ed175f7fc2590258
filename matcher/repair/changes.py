"""What may happen to a plan that was made already, and the problem as it is then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from matcher.defects import MESSAGES, Defect, Refused
from matcher.problem import Forbidden, Line, Location, Problem, Role, Shift, Volunteer
from matcher.validate import validate

DROPPED_OUT = "dropped_out"
"""The reason of `forbidden` for somebody who cannot come."""


class Same(Enum):
    """As it was."""

    PLACE = "place"


@dataclass(frozen=True, slots=True)
class DropOut:
    """Somebody cannot come: to one shift, or to none of the problem."""

    volunteer: str
    shift: str | None = None


@dataclass(frozen=True, slots=True)
class MoveShift:
    """A shift takes place at another time, and perhaps at another place (None: at none)."""

    shift: str
    start_minute: int
    end_minute: int
    location: Location | Same | None = Same.PLACE


@dataclass(frozen=True, slots=True)
class CallOff:
    """A shift does not take place."""

    shift: str


@dataclass(frozen=True, slots=True)
class SetSeats:
    """A role has other numbers of people from now on."""

    shift: str
    role: str
    min: int
    max: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody was promised a seat: one more line of `fixed`."""

    line: Line


@dataclass(frozen=True, slots=True)
class Join:
    """Somebody new."""

    volunteer: Volunteer


Change = DropOut | MoveShift | CallOff | SetSeats | Claim | Join


class ChangeRefused(Refused):
    """A change that cannot be: it names what does not exist, or promises what clashes."""


def apply(problem: Problem, changes: Sequence[Change]) -> Problem:
    """The problem after the changes, one after another.

    Lines of `fixed` that name what is gone go with it; whether the others still hold is not asked
    here. Raises `ChangeRefused` with the place of the change, as `changes[2].shift`.
    """
    for place, change in enumerate(changes):
        problem = _applied(problem, change, f"changes[{place}]")
    return problem


def refuse_defects(problem: Problem) -> None:
    """Raises `ChangeRefused` if what the changes made is not a problem that can be planned."""
    defects = validate(problem)
    if defects:
        raise ChangeRefused(defects)


def _applied(problem: Problem, change: Change, at: str) -> Problem:
    match change:
        case DropOut():
            return _dropped_out(problem, change, at)
        case MoveShift():
            return _moved(problem, change, at)
        case CallOff():
            return _called_off(problem, change, at)
        case SetSeats():
            return _with_seats(problem, change, at)
        case Claim():
            return _claimed(problem, change, at)
        case Join():
            return _joined(problem, change, at)


def _dropped_out(problem: Problem, change: DropOut, at: str) -> Problem:
    """Never on these shifts again. Of friends who serve together, the others go on without."""
    if change.volunteer not in {each.id for each in problem.volunteers}:
        raise _refused(f"{at}.volunteer", "unknown_volunteer", id=change.volunteer)
    if change.shift is not None:
        _shift(problem, change.shift, at)
    gone = {change.shift} if change.shift is not None else {each.id for each in problem.shifts}
    known = {each.shift for each in problem.forbidden if each.volunteer == change.volunteer}
    never = [
        Forbidden(change.volunteer, each.id, DROPPED_OUT)
        for each in problem.shifts
        if each.id in gone - known
    ]
    together = problem.together
    if change.shift is None:
        groups = (tuple(each for each in group if each != change.volunteer) for group in together)
        together = tuple(dict.fromkeys(group for group in groups if len(group) > 1))
    return replace(
        problem,
        together=together,
        fixed=tuple(
            line
            for line in problem.fixed
            if line.volunteer != change.volunteer or line.shift not in gone
        ),
        forbidden=(*problem.forbidden, *never),
    )


def _moved(problem: Problem, change: MoveShift, at: str) -> Problem:
    shift = _shift(problem, change.shift, at)
    if change.end_minute <= change.start_minute:
        raise _refused(f"{at}.end", "end_not_after_start")
    horizon = problem.horizon
    if change.start_minute < horizon.start_minute or change.end_minute > horizon.end_minute:
        raise _refused(f"{at}.start", "outside_horizon")
    location = shift.location if isinstance(change.location, Same) else change.location
    return _with_shift(
        problem,
        replace(
            shift,
            start_minute=change.start_minute,
            end_minute=change.end_minute,
            location=location,
        ),
    )


def _called_off(problem: Problem, change: CallOff, at: str) -> Problem:
    _shift(problem, change.shift, at)
    return replace(
        problem,
        shifts=tuple(each for each in problem.shifts if each.id != change.shift),
        fixed=tuple(line for line in problem.fixed if line.shift != change.shift),
        forbidden=tuple(each for each in problem.forbidden if each.shift != change.shift),
    )


def _with_seats(problem: Problem, change: SetSeats, at: str) -> Problem:
    shift = _shift(problem, change.shift, at)
    if change.role not in {role.id for role in shift.roles}:
        raise _refused(f"{at}.role", "unknown_role", shift=shift.id, id=change.role)
    if change.max < 1:
        raise _refused(f"{at}.max", "too_small", least=1, found=change.max)
    if change.min > change.max:
        raise _refused(f"{at}.min", "min_above_max", min=change.min, max=change.max)
    if change.min < 0:
        raise _refused(f"{at}.min", "too_small", least=0, found=change.min)
    roles = tuple(_with_numbers(role, change) for role in shift.roles)
    return _with_shift(problem, replace(shift, roles=roles))


def _with_numbers(role: Role, change: SetSeats) -> Role:
    return replace(role, min=change.min, max=change.max) if role.id == change.role else role


def _claimed(problem: Problem, change: Claim, at: str) -> Problem:
    """A claim that was made before is the same claim."""
    line = change.line
    if line.volunteer not in {each.id for each in problem.volunteers}:
        raise _refused(f"{at}.volunteer", "unknown_volunteer", id=line.volunteer)
    shift = _shift(problem, line.shift, at)
    if line.role not in {role.id for role in shift.roles}:
        raise _refused(f"{at}.role", "unknown_role", shift=shift.id, id=line.role)
    return replace(problem, fixed=tuple(dict.fromkeys((*problem.fixed, line))))


def _joined(problem: Problem, change: Join, at: str) -> Problem:
    for place, each in enumerate(problem.volunteers):
        if each.id == change.volunteer.id:
            first = f"volunteers[{place}]"
            raise _refused(f"{at}.volunteer", "duplicate_id", id=each.id, first=first)
    return replace(problem, volunteers=(*problem.volunteers, change.volunteer))


def _shift(problem: Problem, shift_id: str, at: str) -> Shift:
    for shift in problem.shifts:
        if shift.id == shift_id:
            return shift
    raise _refused(f"{at}.shift", "unknown_shift", id=shift_id)


def _with_shift(problem: Problem, shift: Shift) -> Problem:
    shifts = tuple(shift if each.id == shift.id else each for each in problem.shifts)
    return replace(problem, shifts=shifts)


def _refused(place: str, code: str, **parameters: str | int) -> ChangeRefused:
    message = MESSAGES[code].format(**parameters)
    return ChangeRefused([Defect(place, code, message, parameters)])
