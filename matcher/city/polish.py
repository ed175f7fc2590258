"""A plan made better: a few shifts emptied and filled anew, kept where that is no worse.

One shift that wants people and those that hold people whom it could have: all of them are emptied
but for fixed lines and filled one after another, at prices blurred by chance. So people move along
chains, shifts with minima and teams come and go as a whole, and friends with them. Every step
leaves a valid plan.
"""

from typing import NamedTuple

from matcher.city.arrays import Array, Folk, Numbers, State, wide
from matcher.city.auction import take
from matcher.city.filling import fill, look
from matcher.city.town import (
    FIXED,
    Lists,
    Town,
    drawn,
    leave,
    levels_of,
    open_seat_of,
    sit,
)
from matcher.city.whole import is_whole
from matcher.tables.compiled import compiled

SHIFTS_MOST = 6
"""So many shifts are emptied at once, at most."""
SEATS_MOST = 64  # Shifts with more seats than these are not emptied.


class Bench(NamedTuple):
    """One step's work: the shifts that were emptied, who sat there, in which order they are filled.

    `wanting` are the shifts that want people, `noise` by how much prices are blurred, one of these.
    """

    shift: Array
    before: Array
    order: Array
    wanting: Array
    noise: Array


@compiled
def seat_them(folk: Folk, numbers: Numbers, state: State, seat: Array, person: Array) -> None:
    """Give each of these seats the person beside it."""
    for line in range(len(seat)):
        take(folk, numbers, state, wide(seat[line]), wide(person[line]), 0)


@compiled
def note_wanting(town: Town, state: State, bench: Bench) -> int:
    """Which shifts have an open seat; how many."""
    wholes, size = town.wholes, 0
    for shift in range(len(wholes.is_fixed)):
        first, last = wholes.seat_first[shift], wholes.seat_first[shift + 1]
        is_open = False
        for seat in range(first, last):
            is_open = is_open or state.seat[seat].person < 0
        if is_open and last - first <= SEATS_MOST:
            bench.wanting[size] = shift
            size += 1
    return size


@compiled
def polish(town: Town, state: State, lists: Lists, bench: Bench, wanting: int, steps: int) -> int:
    """So many steps; how many of them lowered shortfall or open level."""
    filled = 0
    for _ in range(steps):
        size = _choose(town, state, lists, bench, wanting)
        if size > 0:
            filled += _step(town, state, lists, bench, size)
    return filled


@compiled
def _choose(town: Town, state: State, lists: Lists, bench: Bench, wanting: int) -> int:
    """Shifts to be emptied: one, mostly of those that want people, and some that hold people who
    could serve there. How many."""
    shifts = len(town.wholes.is_fixed)
    if wanting > 0 and drawn(lists.chance, 4) > 0:
        first = wide(bench.wanting[drawn(lists.chance, wanting)])
    else:
        first = drawn(lists.chance, shifts)
    if not _may_empty(town, first):
        return 0
    bench.shift[0] = first
    size, most = 1, 1 + drawn(lists.chance, SHIFTS_MOST)
    for _ in range(3 * most):
        if size >= most:
            break
        shift = wide(bench.shift[drawn(lists.chance, size)])
        person = _candidate(town, state, lists, shift)
        if person >= 0:
            size = _note_held(town, state, lists, bench, person, size)
    return size


@compiled
def _may_empty(town: Town, shift: int) -> bool:
    seats = town.wholes.seat_first[shift + 1] - town.wholes.seat_first[shift]
    return bool(0 < seats <= SEATS_MOST)


@compiled
def _candidate(town: Town, state: State, lists: Lists, shift: int) -> int:
    """Somebody who could serve on the shift, or one of their group; -1 if nobody was drawn."""
    first, last = town.first_role[shift], town.first_role[shift + 1]
    role = first + drawn(lists.chance, last - first)
    if open_seat_of(town, state, role) < 0:
        role = first + drawn(lists.chance, last - first)
    size = look(town, state, lists, role)
    if size == 0:
        return -1
    person = wide(lists.person[role, drawn(lists.chance, size)])
    ties = town.ties
    own = ties.of_first[person + 1] - ties.of_first[person]
    if own > 0:
        group = wide(ties.of[ties.of_first[person] + drawn(lists.chance, own)])
        members = ties.first[group + 1] - ties.first[group]
        person = wide(ties.member[ties.first[group] + drawn(lists.chance, members)])
    return int(person)


@compiled
def _note_held(town: Town, state: State, lists: Lists, bench: Bench, person: int, size: int) -> int:
    """One of the shifts that the person is on, if it may be emptied and is not yet noted."""
    held = wide(state.person[person].held)
    if held == 0:
        return size
    skip = drawn(lists.chance, held)
    seat = wide(state.person[person].head)
    for _ in range(skip):
        seat = wide(state.seat[seat].next)
    if state.seat[seat].status == FIXED:
        return size
    shift = wide(town.demand.slot[state.seat[seat].slot].shift)
    if not _may_empty(town, shift):
        return size
    for at in range(size):
        if bench.shift[at] == shift:
            return size
    bench.shift[size] = shift
    return size + 1


@compiled
def _step(town: Town, state: State, lists: Lists, bench: Bench, size: int) -> bool:
    """Empty these shifts and fill them anew; undone if that is worse.

    Whether shortfall or open level are lower.
    """
    short, open_, cost = 0, 0, 0
    for at in range(size):
        one, two = levels_of(town, state, wide(bench.shift[at]))
        short, open_ = short - one, open_ - two
        cost += _empty(town, state, wide(bench.shift[at]), bench.before[at])
    _shuffle(lists, bench, size)
    noise = wide(bench.noise[drawn(lists.chance, len(bench.noise))])
    # Often the minima of all come before the further seats of any.
    if drawn(lists.chance, 2) == 0:
        for at in range(size):
            shift = wide(bench.shift[bench.order[at]])
            cost += fill(town, state, lists, shift, noise, True)
    for at in range(size):
        cost += _fill_whole(town, state, lists, wide(bench.shift[bench.order[at]]), noise)
    for at in range(size):
        one, two = levels_of(town, state, wide(bench.shift[at]))
        short, open_ = short + one, open_ + two
    if short > 0 or (short == 0 and (open_ > 0 or (open_ == 0 and cost > 0))):
        _undo(town, state, bench, size)
        return False
    return short < 0 or open_ < 0


@compiled
def _shuffle(lists: Lists, bench: Bench, size: int) -> None:
    """In which order the shifts are filled: as they were chosen, or any."""
    for at in range(size):
        bench.order[at] = at
    if drawn(lists.chance, 2) == 0:
        return
    for at in range(size - 1, 0, -1):
        other = drawn(lists.chance, at + 1)
        kept = bench.order[at]
        bench.order[at] = bench.order[other]
        bench.order[other] = kept


@compiled
def _empty(town: Town, state: State, shift: int, before: Array) -> int:
    """Free everybody but fixed lines, and note who sat where; what that adds to the cost."""
    first, cost = wide(town.wholes.seat_first[shift]), 0
    for seat in range(first, town.wholes.seat_first[shift + 1]):
        before[seat - first] = -1
        if state.seat[seat].person >= 0 and state.seat[seat].status != FIXED:
            before[seat - first] = state.seat[seat].person
            cost += leave(town, state, seat)
    return cost


@compiled
def _fill_whole(town: Town, state: State, lists: Lists, shift: int, noise: int) -> int:
    """Fill the shift, or leave it empty if it would not be whole; what it costs."""
    cost = fill(town, state, lists, shift, noise, False)
    if town.wholes.is_fixed[shift] or is_whole(town.folk, state, town.wholes, shift):
        return cost
    for seat in range(town.wholes.seat_first[shift], town.wholes.seat_first[shift + 1]):
        if state.seat[seat].person >= 0:
            cost += leave(town, state, seat)
    return cost


@compiled
def _undo(town: Town, state: State, bench: Bench, size: int) -> None:
    """Everybody where they were."""
    for at in range(size):
        shift = wide(bench.shift[at])
        for seat in range(town.wholes.seat_first[shift], town.wholes.seat_first[shift + 1]):
            if state.seat[seat].person >= 0 and state.seat[seat].status != FIXED:
                leave(town, state, seat)
    for at in range(size):
        shift = wide(bench.shift[at])
        first = wide(town.wholes.seat_first[shift])
        for seat in range(first, town.wholes.seat_first[shift + 1]):
            if bench.before[at, seat - first] >= 0:
                sit(town, state, seat, wide(bench.before[at, seat - first]))
