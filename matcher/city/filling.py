"""People for one shift at a time: whoever it needs most first, friends together. Loops for Numba.

What is put on a shift keeps every rule but H8 and H9, which ask for enough people: whether the
shift is whole is looked at when nobody more can be had.
"""

from matcher.city.arrays import PRICE_UNITS, State, wide
from matcher.city.gather import gather
from matcher.city.pairs import goes_with, meets_foe
from matcher.city.settle import level_of, may_sit, price_in
from matcher.city.town import (
    FIXED,
    Lists,
    Town,
    adults_missing,
    below_minimum,
    drawn,
    leave,
    open_seat_of,
    seat_on,
    sit,
    team_missing,
)
from matcher.tables.compiled import compiled

# With blurred prices one candidate in so many is passed over, whatever they would be good for.
_PASSED_OVER = 8


@compiled
def look(town: Town, state: State, lists: Lists, role: int) -> int:
    """How many candidates the role has; they are looked for the first time that anybody asks."""
    if lists.size[role] < 0:
        lists.size[role] = gather(
            town.grid, town.folk, town.demand, town.numbers, state, role,
            lists.person.shape[1], False, lists.person[role],
        )  # fmt: skip
    return int(lists.size[role])


@compiled
def fill(town: Town, state: State, lists: Lists, shift: int, noise: int, needed: bool) -> int:
    """Fill the shift as far as people can be had; what it costs. It may not be whole then.

    Prices are blurred by up to `noise`; if they are, minors may come without adults to a shift
    with a fixed line, where that is allowed and only counts. `needed`: no more people than its
    minima and its team ask for.
    """
    size = _candidates(town, state, lists, shift, noise)
    is_lax = noise > 0 and town.wholes.is_fixed[shift]
    cost = 0
    while size > 0:
        best, gain = _most_needed(town, state, lists, shift, size, is_lax)
        if best < 0 or (needed and gain <= 0):
            break
        cost += _join(town, state, lists, lists.chosen[best], lists.seat[best], is_lax)
        size = _still(town, state, lists, shift, size, best)
    return cost


@compiled
def _candidates(town: Town, state: State, lists: Lists, shift: int, noise: int) -> int:
    """Who has time for an open role of the shift, with the role and a price, into the lists."""
    size = 0
    for role in range(town.first_role[shift], town.first_role[shift + 1]):
        if open_seat_of(town, state, role) < 0:
            continue
        for at in range(look(town, state, lists, role)):
            person = wide(lists.person[role, at])
            if noise > 0 and drawn(lists.chance, _PASSED_OVER) == 0:
                continue
            if state.person[person].held < town.folk.person[person].shifts and goes_with(
                town.folk, town.demand, town.numbers, state, person, shift, -1
            ):
                fair = town.folk.person[person].base + wide(state.person[person].held)
                lists.chosen[size], lists.seat[size] = person, role
                lists.price[size] = (
                    price_in(town.folk, town.demand, town.numbers, person, shift) // PRICE_UNITS
                    + town.numbers.fairness * fair
                    + drawn(lists.chance, noise + 1)
                )
                size += 1
    return size


@compiled
def _most_needed(
    town: Town, state: State, lists: Lists, shift: int, size: int, is_lax: bool
) -> tuple[int, int]:
    """The candidate who meets most of what is missing, the cheapest of them; -1 if there is none.

    Beside it how much they meet, counted anew for every seat: each person changes what is missing.
    """
    wholes = town.wholes
    best, best_gain, best_price = -1, -1, 0
    lacks_adult = adults_missing(town, state, shift, 0, 0)
    joins_minor = is_lax or adults_missing(town, state, shift, 0, 1) <= lacks_adult
    first_line, last_line = wholes.team_first[shift], wholes.team_first[shift + 1]
    for line in range(first_line, last_line):
        lists.lacks[line - first_line] = team_missing(town, state, shift, line)
    for role in range(town.first_role[shift], town.first_role[shift + 1]):
        below = 2 * below_minimum(town, state, role)
        for at in range(size):
            if lists.seat[at] != role:
                continue
            person = wide(lists.chosen[at])
            is_adult = town.folk.person[person].age >= wholes.adult_age
            if not is_adult and not joins_minor and not town.folk.person[person].is_bound:
                continue
            gain = below + (is_adult and lacks_adult > 0)
            for line in range(first_line, last_line):
                if lists.lacks[line - first_line] > 0:
                    level = level_of(town.folk, person, wholes.team_skill[line])
                    gain += 2 * (level >= wholes.team_level[line])
            if gain > best_gain or (gain == best_gain and lists.price[at] < best_price):
                best, best_gain, best_price = at, gain, wide(lists.price[at])
    return best, best_gain


@compiled
def _still(town: Town, state: State, lists: Lists, shift: int, size: int, tried: int) -> int:
    """Leave out who was tried, who sits now and whose role is full; how many are left."""
    kept, before, is_open = 0, -1, False
    for at in range(size):
        person, role = lists.chosen[at], lists.seat[at]
        if role != before:
            before, is_open = role, open_seat_of(town, state, role) >= 0
        if at == tried or not is_open or seat_on(town, state, person, shift) >= 0:
            continue
        lists.chosen[kept], lists.seat[kept] = person, role
        lists.price[kept] = lists.price[at]
        kept += 1
    return kept


@compiled
def _join(town: Town, state: State, lists: Lists, person: int, role: int, is_lax: bool) -> int:
    """Let the person sit in the role, with everybody who must come along; what it costs.

    Nobody sits, for nothing, if some of them cannot or if minors were alone and it is not lax.
    """
    shift = wide(town.demand.slot[role].shift)
    lacked = adults_missing(town, state, shift, 0, 0)
    size = _unit(town, state, lists, person, shift)
    cost, seated = 0, 0
    for at in range(size):
        member = lists.unit[0, at]
        seat = _seat_for(town, state, lists, member, role if at == 0 else -1, shift)
        if seat < 0:
            break
        cost += sit(town, state, seat, member)
        lists.unit[1, at] = seat
        seated += 1
    if seated == size and (is_lax or adults_missing(town, state, shift, 0, 0) <= lacked):
        return cost
    while seated > 0:
        seated -= 1
        leave(town, state, lists.unit[1, seated])
    return 0


@compiled
def _unit(town: Town, state: State, lists: Lists, person: int, shift: int) -> int:
    """Everybody who serves on the shift if this person does, into the lists; how many."""
    ties, size, done = town.ties, 1, 0
    lists.unit[0, 0] = person
    while done < size:
        member = lists.unit[0, done]
        for own in range(ties.of_first[member], ties.of_first[member + 1]):
            first, last = ties.first[ties.of[own]], ties.first[ties.of[own] + 1]
            if _has_fixed(town, state, first, last, shift):
                continue
            for at in range(first, last):
                is_new = True
                for before in range(size):
                    is_new = is_new and lists.unit[0, before] != ties.member[at]
                if is_new:
                    lists.unit[0, size] = ties.member[at]
                    size += 1
        done += 1
    return size


@compiled
def _has_fixed(town: Town, state: State, first: int, last: int, shift: int) -> bool:
    """Whether a member of the group is promised to the shift: then H12 does not bind it there."""
    for at in range(first, last):
        seat = seat_on(town, state, town.ties.member[at], shift)
        if seat >= 0 and state.seat[seat].status == FIXED:
            return True
    return False


@compiled
def _seat_for(town: Town, state: State, lists: Lists, person: int, role: int, shift: int) -> int:
    """An open seat that the person may take: of this role, or of any if it is -1; -1 if none."""
    if role >= 0:
        return (
            -1
            if meets_foe(town.folk, town.demand, state, person, shift)
            else open_seat_of(town, state, role)
        )
    first, last = town.first_role[shift], town.first_role[shift + 1]
    turn = drawn(lists.chance, last - first)
    found = -1
    for step in range(last - first):
        other = first + (turn + step) % (last - first)
        seat = open_seat_of(town, state, other)
        if seat < 0 or not may_sit(town.folk, town.demand, town.numbers, state, person, other):
            continue
        if found < 0 or below_minimum(town, state, other):
            found = seat
    return found
