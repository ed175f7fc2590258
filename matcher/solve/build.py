"""The problem's rows: one function for each hard rule, named as in `docs/matching.md`.

Built from arrays: no loop runs over pairs.
"""

import numpy as np

from matcher.columns import Bools, Ints, ints
from matcher.draft import Task
from matcher.pairs import WEIGHT_MOST
from matcher.solve.cliques import conflict_cliques
from matcher.solve.limit_rows import within_limits
from matcher.solve.model import Builder, Model
from matcher.solve.shift_rows import shift_rules

# How many neighbours in time a set of shifts is compared with.
_NEIGHBOURS = 12


def build(task: Task) -> Model:
    """All of H1 to H14 over the possible pairs, which meet H1 to H3 and H14 already."""
    builder = Builder(task)
    columns, pairs = task.columns, task.pairs
    priority = ints([shift.priority for shift in columns.problem.shifts])
    levels = np.zeros((3, len(pairs.role)), np.int64)
    levels[1] = -priority[pairs.shift]
    levels[2] = pairs.cost
    builder.add_columns(pairs.is_fixed.astype(float), np.ones(len(pairs.role)), levels, whole=True)
    one_place_at_a_time(builder)
    within_limits(builder)
    seats_not_exceeded(builder)
    minima(builder, priority)
    shift_rules(builder, priority)
    apart_kept(builder)
    together_kept(builder)
    builder.end_core()
    fairness(builder)
    dropped = min(columns.problem.weights.change, WEIGHT_MOST) * len(columns.problem.current)
    worth = priority[columns.role_shift]
    # In Python's own whole numbers: a role may ask for more people than 64 bits can add up.
    unreachable = _weighed(worth, columns.role_min - _reachable(builder, columns.role_min))
    constant = (unreachable, _weighed(worth, columns.role_max), dropped)
    possible = np.bincount(pairs.role, minlength=len(columns.role_max))
    return builder.done(constant, _weighed(worth, np.minimum(columns.role_max, possible)))


def _weighed(worth: Ints, seats: Ints) -> int:
    return sum(one * two for one, two in zip(worth.tolist(), seats.tolist(), strict=True))


def _reachable(builder: Builder, seats: Ints) -> Ints:
    """So many of these seats as there are people at all."""
    return np.minimum(seats, len(builder.columns.problem.volunteers))


def one_place_at_a_time(builder: Builder) -> None:
    """H4, H5 and the second half of H7: of shifts in conflict a person has one, in one role."""
    pairs, columns = builder.task.pairs, builder.columns
    cliques = conflict_cliques(columns)
    # Many people may be free for just the same shifts.
    known: dict[bytes, tuple[Ints, Ints, int]] = {}
    rows, at = [], []
    count = 0
    # Whoever may serve once at most is held to that by H6, which says more than any clique.
    several = columns.shifts_left > 1
    for person, mine in enumerate(by_volunteer(builder.task)):
        if len(mine) > 1 and several[person]:
            shifts = pairs.shift[mine]
            sets = known.get(shifts.tobytes())
            if sets is None:
                sets = known[shifts.tobytes()] = _exclusive(cliques, shifts)
            row, member, different = sets
            rows.append(row + count)
            at.append(mine[member])
            count += different
    if rows:
        builder.at_most(np.concatenate(rows), np.concatenate(at), 1, np.ones(count, np.int64))


def _exclusive(cliques: Bools, shifts: Ints) -> tuple[Ints, Ints, int]:
    """Sets of lines on these shifts of which one person can have only one: set, line; how many."""
    eligible, of_pair = np.unique(shifts, return_inverse=True)
    sets = _maximal(np.concatenate([cliques[:, eligible], _in_two_roles(of_pair)]))
    row, member = np.nonzero(sets[:, of_pair])
    return row, member, len(sets)


def _in_two_roles(of_pair: Ints) -> Bools:
    """A set of its own for each shift on which the person could have more than one role."""
    times = np.bincount(of_pair)
    several = np.nonzero(times > 1)[0]
    sets = np.zeros((len(several), len(times)), bool)
    sets[np.arange(len(several)), several] = True
    return sets


def _maximal(sets: Bools) -> Bools:
    """The sets worth a row: different, not in a neighbour, and of two at least or one in two roles.

    Cliques come in the order of time, so a set that lies in another nearly always lies in one near
    by; one that is missed costs a row and changes nothing.
    """
    size = sets.sum(axis=1)
    packed = np.packbits(sets[size > 0], axis=1)
    sets = sets[size > 0]
    kept = np.ones(len(sets), bool)
    for step in range(1, min(_NEIGHBOURS, len(sets) - 1) + 1):
        ahead, behind = packed[:-step], packed[step:]
        same = (ahead == behind).all(axis=1)
        kept[step:] &= ~(behind & ~ahead == 0).all(axis=1)
        kept[:-step] &= ~((ahead & ~behind == 0).all(axis=1) & ~same)
    maximal: Bools = sets[kept]
    return maximal


def seats_not_exceeded(builder: Builder) -> None:
    """H7."""
    pairs = builder.task.pairs
    builder.at_most(pairs.role, np.arange(len(pairs.role)), 1, builder.columns.role_max)


def minima(builder: Builder, priority: Ints) -> None:
    """Level 1: what each role lacks of its minimum."""
    columns, pairs = builder.columns, builder.task.pairs
    role_min = _reachable(builder, columns.role_min)
    wanted = np.nonzero(role_min > 0)[0]
    least = role_min[wanted].astype(float)
    levels = np.zeros((3, len(wanted)), np.int64)
    levels[0] = priority[columns.role_shift[wanted]]
    short = builder.add_columns(np.zeros(len(wanted)), least, levels, whole=False)
    number = np.full(len(role_min), -1)
    number[wanted] = np.arange(len(wanted))
    rows = number[pairs.role]
    inside = rows >= 0
    row = np.concatenate([rows[inside], np.arange(len(wanted))])
    column = np.concatenate([np.nonzero(inside)[0], short])
    builder.add_rows(row, column, ints([1]), least, np.full(len(wanted), np.inf))


def apart_kept(builder: Builder) -> None:
    """H11."""
    columns, pairs = builder.columns, builder.task.pairs
    own = by_volunteer(builder.task)
    shifts = len(columns.problem.shifts)
    for one, two in columns.problem.apart:
        ones, twos = own[columns.volunteer_at[one]], own[columns.volunteer_at[two]]
        both = np.intersect1d(pairs.shift[ones], pairs.shift[twos])
        members = np.concatenate([ones, twos])
        members = members[np.isin(pairs.shift[members], both)]
        builder.at_most(pairs.shift[members], members, 1, np.ones(shifts, np.int64))


def together_kept(builder: Builder) -> None:
    """H12: each member of a bound group is on the shift as often as the first."""
    pairs, teams = builder.task.pairs, builder.task.teams
    own = by_volunteer(builder.task)
    for group in teams.groups:
        leader = own[group[0]]
        shifts, leader_row = np.unique(pairs.shift[leader], return_inverse=True)
        bound = np.array([teams.is_bound(group, shift) for shift in shifts.tolist()], bool)
        for follower in group[1:]:
            others = own[follower]
            others = others[np.isin(pairs.shift[others], shifts)]
            row = np.concatenate([leader_row, np.searchsorted(shifts, pairs.shift[others])])
            column = np.concatenate([leader, others])
            sign = np.concatenate([np.ones(len(leader)), -np.ones(len(others))])
            kept = bound[row]
            number = np.cumsum(bound) - 1
            zero = np.zeros(int(bound.sum()))
            builder.add_rows(
                number[row[kept]], column[kept], sign[kept].astype(np.int64), zero, zero
            )


def by_volunteer(task: Task) -> list[Ints]:
    """The possible lines of each volunteer."""
    people = task.pairs.volunteer
    order = np.argsort(people, kind="stable")
    ends = np.cumsum(np.bincount(people, minlength=len(task.columns.problem.volunteers)))
    return np.split(order, ends[:-1]) if len(ends) else []


def fairness(builder: Builder) -> None:
    """Level 3: each further shift of one person costs one unit more than the last."""
    columns, pairs = builder.columns, builder.task.pairs
    people = len(columns.problem.volunteers)
    weight = min(columns.problem.weights.fairness, WEIGHT_MOST)
    if not weight or not people:
        return
    key = np.unique(pairs.volunteer * len(columns.problem.shifts) + pairs.shift)
    different = np.bincount(key // max(1, len(columns.problem.shifts)), minlength=people)
    steps = np.clip(columns.shifts_left, 0, different)
    owner = np.repeat(np.arange(people), steps)
    step = np.arange(len(owner)) - np.repeat(np.cumsum(steps) - steps, steps)
    levels = np.zeros((3, len(owner)), np.int64)
    levels[2] = weight * (columns.fairness_base[owner] + step)
    arcs = builder.add_columns(np.zeros(len(owner)), np.ones(len(owner)), levels, whole=False)
    row = np.concatenate([pairs.volunteer, owner])
    column = np.concatenate([np.arange(len(pairs.role)), arcs])
    value = np.concatenate([np.ones(len(pairs.role)), -np.ones(len(arcs))]).astype(np.int64)
    builder.add_rows(row, column, value, np.zeros(people), np.zeros(people))
