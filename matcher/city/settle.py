"""From everybody for himself to whole shifts: teams, adults, minima and groups. Loops for Numba.

Prices were found as if every person served alone. Then seats are told apart: some keep somebody
with a skill of the team, some an adult, and whoever sits there can only be outbid by their like.
What cannot be made whole is emptied, and its people are free for others.
"""

from matcher.city.arrays import NEVER, PRICE_UNITS, Array, Demand, Folk, Numbers, State, wide
from matcher.city.auction import release, take
from matcher.city.pairs import (
    goes_with,
    has_time,
    is_banned,
    is_free,
    is_suited,
    meets_foe,
    own_cost,
    special_of,
    travelled,
)
from matcher.tables.compiled import compiled

_WAITS, _TAKEN, _OPEN, _FIXED, _GROUPED = 0, 1, 2, 3, 4


@compiled
def evict_bound(folk: Folk, numbers: Numbers, state: State, queue: Array, waiting: int) -> int:
    """Whoever belongs to a group leaves; how many seats wait then."""
    for seat in range(len(state.seat)):
        if state.seat[seat].status == _TAKEN and folk.person[state.seat[seat].person].is_bound:
            waiting = _evict(folk, numbers, state, seat, queue, waiting)
    return waiting


@compiled
def _evict(
    folk: Folk, numbers: Numbers, state: State, seat: int, queue: Array, waiting: int
) -> int:
    release(folk, numbers, state, seat)
    state.seat[seat].status = _WAITS
    queue[waiting] = seat
    return waiting + 1


@compiled
def level_of(folk: Folk, person: int, skill: int) -> int:
    """The person's level, 0 without the skill."""
    for at in range(folk.person[person].skill_first, folk.person[person].skill_last):
        if folk.skill[at].name == skill:
            return int(folk.skill[at].level)
    return 0


@compiled
def _slot_asks(demand: Demand, slot: int, skill: int, level: int) -> bool:
    for at in range(demand.slot[slot].skill_first, demand.slot[slot].skill_last):
        if demand.skill[at].name == skill and demand.skill[at].level >= level:
            return True
    return False


@compiled
def is_held(state: State, seat: int) -> bool:
    """Whether whoever sits there stays, come what may."""
    return int(state.seat[seat].status) in (_FIXED, _GROUPED)


@compiled
def _has(folk: Folk, state: State, seat: int, skill: int, level: int) -> bool:
    person = wide(state.seat[seat].person)
    return person >= 0 and level_of(folk, person, skill) >= level


@compiled
def ask_team(
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    extra_first: Array,
    first: int,
    last: int,
    line: int,
    skill: int,
    level: int,
    count: int,
    queue: Array,
    waiting: int,
) -> int:
    """Let so many seats of the shift ask for the skill; who has it and sits there keeps the seat.

    `line` is the number of the team's line within its shift. How many seats wait then.
    """
    roles = extra_first[0]
    for seat in range(first, last):
        slot = wide(state.seat[seat].slot)
        stays = is_held(state, seat) and _has(folk, state, seat, skill, level)
        count -= stays or _slot_asks(demand, slot, skill, level)
    for seat in range(first, last):
        slot, is_taken = state.seat[seat].slot, state.seat[seat].status == _TAKEN
        if count > 0 and slot < roles and is_taken and _has(folk, state, seat, skill, level):
            state.seat[seat].slot = extra_first[slot] + 1 + line
            count -= 1
    while count > 0:
        seat = _dearest(state, roles, first, last)
        if seat < 0:
            break
        state.seat[seat].slot = extra_first[state.seat[seat].slot] + 1 + line
        waiting = _vacate(folk, numbers, state, seat, queue, waiting)
        count -= 1
    return waiting


@compiled
def _dearest(state: State, roles: int, first: int, last: int) -> int:
    """The seat that asks for its role alone and paid most; open ones last. -1 if there is none."""
    best, most = -1, -1
    for seat in range(first, last):
        if state.seat[seat].slot < roles and state.seat[seat].status <= _OPEN:
            paid = 1 + state.seat[seat].paid if state.seat[seat].status == _TAKEN else 0
            if paid > most:
                best, most = seat, paid
    return best


@compiled
def _vacate(
    folk: Folk, numbers: Numbers, state: State, seat: int, queue: Array, waiting: int
) -> int:
    """Let the seat bid anew, whatever it had."""
    if state.seat[seat].status == _TAKEN:
        return _evict(folk, numbers, state, seat, queue, waiting)
    if state.seat[seat].status == _OPEN:
        state.seat[seat].status = _WAITS
        queue[waiting] = seat
        waiting += 1
    return waiting


@compiled
def ask_adults(
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    extra_first: Array,
    first: int,
    last: int,
    adult_age: int,
    per_adult: int,
    queue: Array,
    waiting: int,
) -> int:
    """Let so many seats ask for an adult that whoever takes the others is accompanied."""
    needed = (last - first + per_adult) // (per_adult + 1)
    for seat in range(first, last):
        stays = is_held(state, seat) and folk.person[state.seat[seat].person].age >= adult_age
        needed -= stays or demand.slot[state.seat[seat].slot].min_age >= adult_age
    for sits_minor in (False, True):
        for seat in range(first, last):
            if needed > 0 and _could_ask(
                folk, demand, state, extra_first[0], seat, adult_age, sits_minor
            ):
                state.seat[seat].slot = extra_first[state.seat[seat].slot]
                needed -= 1
                if sits_minor:
                    waiting = _evict(folk, numbers, state, seat, queue, waiting)
    return waiting


@compiled
def _could_ask(
    folk: Folk,
    demand: Demand,
    state: State,
    roles: int,
    seat: int,
    adult_age: int,
    sits_minor: bool,
) -> bool:
    """Whether the seat asks for its role alone, and whether it is a minor who sits there."""
    slot, status = state.seat[seat].slot, state.seat[seat].status
    if slot >= roles or demand.slot[slot].min_age >= adult_age or status > _OPEN:
        return False
    is_minor = status == _TAKEN and folk.person[state.seat[seat].person].age < adult_age
    return bool(is_minor == sits_minor)


@compiled
def is_accompanied(
    folk: Folk, state: State, first: int, last: int, adult_age: int, per_adult: int
) -> bool:
    """H10."""
    adults = minors = 0
    for seat in range(first, last):
        person = wide(state.seat[seat].person)
        if person >= 0:
            adults += folk.person[person].age >= adult_age
            minors += folk.person[person].age < adult_age
    return (minors + per_adult - 1) // per_adult <= adults


@compiled
def has_team(
    folk: Folk, state: State, first: int, last: int, skill: int, level: int, count: int
) -> bool:
    """One line of H9."""
    for seat in range(first, last):
        count -= _has(folk, state, seat, skill, level)
    return count <= 0


@compiled
def meets_minima(state: State, seat_role: Array, role_min: Array, first: int, last: int) -> bool:
    """H8 for a shift that somebody serves on."""
    seat = first
    while seat < last:
        role, people = seat_role[seat], 0
        while seat < last and seat_role[seat] == role:
            people += state.seat[seat].person >= 0
            seat += 1
        if people < role_min[role]:
            return False
    return True


@compiled
def send_minors_home(
    folk: Folk,
    numbers: Numbers,
    state: State,
    first: int,
    last: int,
    adult_age: int,
    per_adult: int,
) -> int:
    """Open seats of minors until those who stay are accompanied; how many left."""
    adults = minors = left = 0
    for seat in range(first, last):
        person = wide(state.seat[seat].person)
        if person >= 0:
            adults += folk.person[person].age >= adult_age
            minors += folk.person[person].age < adult_age
    for seat in range(first, last):
        if minors <= adults * per_adult:
            break
        person = wide(state.seat[seat].person)
        if state.seat[seat].status == _TAKEN and folk.person[person].age < adult_age:
            release(folk, numbers, state, seat)
            state.seat[seat].status = _OPEN
            minors -= 1
            left += 1
    return left


@compiled
def empty(folk: Folk, numbers: Numbers, state: State, first: int, last: int) -> int:
    """Nobody serves on the shift, and its seats stay open; how many left."""
    left = 0
    for seat in range(first, last):
        if state.seat[seat].person >= 0 and state.seat[seat].status != _FIXED:
            release(folk, numbers, state, seat)
            left += 1
        if state.seat[seat].status != _FIXED:
            state.seat[seat].status = _OPEN
    return left


@compiled
def may_sit(
    folk: Folk, demand: Demand, numbers: Numbers, state: State, person: int, slot: int
) -> bool:
    """H1 to H7, H11 and H14 for one person more in a slot."""
    shift = wide(demand.slot[slot].shift)
    if not is_free(folk, person, demand.shift[shift].start, demand.shift[shift].end):
        return False
    if not is_suited(folk, demand, person, slot) or is_banned(demand, person, shift):
        return False
    limit = folk.person[person].limit_m
    if limit >= 0 and travelled(folk, demand, person, shift) > limit:
        return False
    return (
        has_time(folk, demand, numbers, person, shift)
        and goes_with(folk, demand, numbers, state, person, shift, -1)
        and not meets_foe(folk, demand, state, person, shift)
    )


@compiled
def price_in(folk: Folk, demand: Demand, numbers: Numbers, person: int, shift: int) -> int:
    """What the line costs by itself, in units of price."""
    way = travelled(folk, demand, person, shift)
    special = special_of(demand, person, shift)
    return PRICE_UNITS * own_cost(folk, demand, numbers, person, shift, way, special)


@compiled
def seat_group(
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    members: Array,
    first: int,
    last: int,
    seats: Array,
) -> bool:
    """Give a group seats of this shift if that costs less than who sits there now.

    Whether it was done. Who made room is free again. `seats` has room for every member.
    """
    gain = 0
    for number in range(len(members)):
        person = wide(members[number])
        best, most = -1, -NEVER
        for seat in range(first, last):
            if state.seat[seat].status > _OPEN or _is_among(seats, number, seat):
                continue
            if not may_sit(folk, demand, numbers, state, person, state.seat[seat].slot):
                continue
            worth = _held_at(folk, demand, numbers, state, seat)
            if worth > most:
                best, most = seat, worth
        if best < 0:
            return False
        shift = wide(demand.slot[state.seat[best].slot].shift)
        fair = (
            numbers.fairness * PRICE_UNITS * (folk.person[person].base + state.person[person].held)
        )
        gain += most - fair - price_in(folk, demand, numbers, person, shift)
        seats[number] = best
    if gain <= 0:
        return False
    for number in range(len(members)):
        seat = seats[number]
        if state.seat[seat].status == _TAKEN:
            release(folk, numbers, state, seat)
        take(folk, numbers, state, seat, members[number], NEVER)
        state.seat[seat].status = _GROUPED
    return True


@compiled
def _is_among(seats: Array, count: int, seat: int) -> bool:
    found = False
    for at in range(count):
        found = found or seats[at] == seat
    return found


@compiled
def _held_at(folk: Folk, demand: Demand, numbers: Numbers, state: State, seat: int) -> int:
    """What the seat has cost so far; what it is worth where it is open."""
    worth: int = wide(state.seat[seat].worth)
    if state.seat[seat].status != _TAKEN:
        return worth
    shift = wide(demand.slot[state.seat[seat].slot].shift)
    own = price_in(folk, demand, numbers, state.seat[seat].person, shift)
    return min(worth, int(state.seat[seat].paid) + own)
