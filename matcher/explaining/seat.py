"""One open role of a plan, and what the plan says about everybody beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.columns import Bools, compile_columns, rows_of
from matcher.load import Load
from matcher.lookup import Lookup
from matcher.problem import Line, Problem, Role, Shift
from matcher.teams import Teams


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
