"""The three levels of the objective over tables, counted from lines. No solver is asked."""

import numpy as np

from matcher.plan import Score
from matcher.score import (
    LIKING_DEFAULT,
    LIKING_MOST,
    SERVED_UNIT_MINUTES,
    SERVED_UNITS_MOST,
    TRAVEL_UNIT_M,
)
from matcher.tables.loops import liking_of
from matcher.tables.seating import Seating, is_among, owners
from matcher.tables.tables import Assignments, Int64s, Tables

_HALF_BITS = 32


def score_of(tables: Tables, assignments: Assignments) -> Score:
    """How good these lines are, in exact whole numbers; whether they are valid is not asked.

    Somebody with two roles on one shift, which H7 forbids, is one person on one shift.
    """
    return score_of_seating(Seating(tables, assignments))


def score_of_seating(seating: Seating) -> Score:
    """`score_of` for lines that are laid out already."""
    return Score(shortfall=_shortfall(seating), open=_open(seating), cost=_cost(seating))


def _shortfall(seating: Seating) -> int:
    tables = seating.tables
    missing = np.maximum(0, tables.roles.min - seating.role_people)
    priority = tables.shifts.priority
    total = weighted_sum(priority[tables.roles.shift], missing)
    fixed = seating.fixed_shifts()
    team_shift = owners(tables.shifts.team.first)
    bound = fixed[team_shift]
    total += weighted_sum(priority[team_shift[bound]], seating.team_missing()[bound])
    return total + weighted_sum(priority[fixed], seating.adults_missing()[fixed])


def _open(seating: Seating) -> int:
    tables = seating.tables
    left = tables.roles.max - seating.role_people
    return weighted_sum(tables.shifts.priority[tables.roles.shift], left)


def _cost(seating: Seating) -> int:
    tables = seating.tables
    weights, people, relations = tables.weights, tables.people, tables.relations
    liking = liking_of(
        seating.person,
        tables.shifts.cause[seating.shift],
        people.likes.first,
        people.likes.name,
        people.likes.level,
        LIKING_DEFAULT,
    )
    kept = seating.has_pairs(relations.current_person, relations.current_shift)
    # Units are small and weights may be large: only the last step leaves 64 bits.
    return (
        weights.travel * int((seating.travel_m() // TRAVEL_UNIT_M).sum())
        + weights.cause * int((LIKING_MOST - liking).sum())
        + weights.invite * _uninvited(seating)
        + weights.fairness * _fairness_units(seating)
        + weights.change * (int((~kept).sum()) + relations.current_dropped)
    )


def _uninvited(seating: Seating) -> int:
    """Lines on shifts that asked for somebody, of people whom they did not ask for."""
    invited = seating.tables.shifts.invited
    asks = np.diff(invited.first) > 0
    asked = np.sort(seating.pair_keys(invited.item, owners(invited.first)))
    here = asks[seating.shift]
    own = seating.pair_keys(seating.person[here], seating.shift[here])
    return int((~is_among(own, asked)).sum())


def _fairness_units(seating: Seating) -> int:
    served = seating.tables.people.served_minutes
    given = np.bincount(seating.pair_person, minlength=len(served)).astype(np.int64)
    base = np.minimum(SERVED_UNITS_MOST, served // SERVED_UNIT_MINUTES)
    return int((given * base + given * (given - 1) // 2).sum())


def weighted_sum(weights: Int64s, values: Int64s) -> int:
    """The exact sum of the products; `weights` are small, `values` may fill 63 bits.

    In two halves, so that millions of large numbers cannot run over.
    """
    high = int((weights * (values >> _HALF_BITS)).sum())
    low = int((weights * (values & ((1 << _HALF_BITS) - 1))).sum())
    return (high << _HALF_BITS) + low
