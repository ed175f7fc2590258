"""Seats bid for people until nobody wants to change: assignments, and prices that prove them good.

Bertsekas's auction, with a person as an object of as many copies as they take shifts: the n-th
copy cannot be had below what fairness asks for it. A seat pays as much more than the others as its
best person is better to it than its second best, and a small step on top; who loses the person
bids again. A seat for which every person is dearer than it is worth stays open.
"""

from matcher.city.arrays import (
    NEVER,
    PRICE_UNITS,
    Array,
    Cache,
    Demand,
    Folk,
    Grid,
    Numbers,
    State,
    wide,
)
from matcher.city.pairs import goes_with, meets_foe
from matcher.city.search import Found, cheapest
from matcher.tables.compiled import compiled

# After so many losses a seat raises by steps that double, so that no war of prices lasts.
_PATIENCE = 12
_DOUBLINGS_MOST = 24
_LIST_FIRST, _WIDEN = 8, 2


@compiled
def run(
    grid: Grid,
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    cache: Cache,
    queue: Array,
    waiting: int,
    bids_most: int,
    step: int,
) -> tuple[int, int]:
    """Serve seats from the end of `queue` until none waits or so many bids are made.

    How many seats wait then, and how many bids were made. `queue` has room for every seat.
    """
    totals = cache.cost[0].copy()
    bids = 0
    while waiting > 0 and bids < bids_most:
        waiting -= 1
        seat = wide(queue[waiting])
        if state.seat[seat].status != 0:
            continue
        bids += 1
        evicted = _bid(grid, folk, demand, numbers, state, cache, totals, seat, step)
        if evicted >= 0:
            queue[waiting] = evicted
            waiting += 1
    return waiting, bids


@compiled
def _bid(
    grid: Grid,
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    cache: Cache,
    totals: Array,
    seat: int,
    step: int,
) -> int:
    """Take the best person for the seat, or leave it open; the seat that lost them, or -1."""
    slot, worth = wide(state.seat[seat].slot), wide(state.seat[seat].worth)
    if cache.wanted[slot] == 0:
        _look(grid, folk, demand, numbers, state, cache, totals, slot, worth)
    best, second, person, evicted = _choose(folk, demand, numbers, state, cache, slot)
    while best > cache.beyond[slot] and cache.beyond[slot] < worth:
        before = cache.beyond[slot]
        _look(grid, folk, demand, numbers, state, cache, totals, slot, worth)
        best, second, person, evicted = _choose(folk, demand, numbers, state, cache, slot)
        # People who cannot be had fill the list: nobody else is cheaper than its last.
        if cache.beyond[slot] <= before:
            break
    if person < 0 or best >= worth:
        state.seat[seat].status = 2
        return -1
    losses = state.seat[seat].evicted
    rise = step
    if losses > _PATIENCE:
        rise = step << min(_DOUBLINGS_MOST, (losses - _PATIENCE) // 4 + 1)
    other = min(second, cache.beyond[slot], worth)
    price = best - _cost_of(cache, slot, person) + max(0, other - best) + rise
    if evicted >= 0:
        release(folk, numbers, state, evicted)
        state.seat[evicted].status = 0
        state.seat[evicted].evicted += 1
    take(folk, numbers, state, seat, person, price)
    return int(evicted)


@compiled
def _look(
    grid: Grid,
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    cache: Cache,
    totals: Array,
    slot: int,
    worth: int,
) -> None:
    """Look for the slot's people anew, more of them each time."""
    wanted = wide(cache.wanted[slot])
    wanted = min(cache.person.shape[1], _LIST_FIRST if wanted == 0 else wanted * _WIDEN)
    cache.wanted[slot] = wanted
    found = Found(cache.person[slot], cache.cost[slot], totals)
    size, beyond = cheapest(grid, folk, demand, numbers, state.ask, slot, found, wanted, worth)
    cache.size[slot] = size
    cache.beyond[slot] = beyond


@compiled
def _choose(
    folk: Folk, demand: Demand, numbers: Numbers, state: State, cache: Cache, slot: int
) -> tuple[int, int, int, int]:
    """The least total, the second least, whose it is, and which seat would lose the person."""
    best, second, chosen, evicted = NEVER, NEVER, -1, -1
    shift = wide(demand.slot[slot].shift)
    for at in range(cache.size[slot]):
        person = wide(cache.person[slot, at])
        cost = cache.cost[slot, at]
        if cost + state.ask[person] >= second:
            continue
        price, seat = price_of(folk, demand, numbers, state, person, shift, slot)
        total = cost + price
        if price >= NEVER or total >= second:
            continue
        if total < best:
            best, second, chosen, evicted = total, best, person, seat
        else:
            second = total
    return best, second, chosen, evicted


@compiled
def price_of(
    folk: Folk, demand: Demand, numbers: Numbers, state: State, person: int, shift: int, slot: int
) -> tuple[int, int]:
    """What the person costs this shift now, and the seat that would lose them, or -1."""
    if meets_foe(folk, demand, state, person, shift):
        return NEVER, -1
    price, found = NEVER, -1
    if goes_with(folk, demand, numbers, state, person, shift, -1):
        price = (
            numbers.fairness * PRICE_UNITS * (folk.person[person].base + state.person[person].held)
        )
    seat = wide(state.person[person].head)
    while seat >= 0:
        paid = state.seat[seat].paid
        # Seats of one slot do not outbid each other: nothing would be won.
        if (
            state.seat[seat].status == 1
            and paid < price
            and state.seat[seat].slot != slot
            and goes_with(folk, demand, numbers, state, person, shift, seat)
        ):
            price, found = paid, seat
        seat = wide(state.seat[seat].next)
    return price, found


@compiled
def _cost_of(cache: Cache, slot: int, person: int) -> int:
    for at in range(cache.size[slot]):
        if cache.person[slot, at] == person:
            return int(cache.cost[slot, at])
    return 0


@compiled
def take(folk: Folk, numbers: Numbers, state: State, seat: int, person: int, price: int) -> None:
    """Give the seat this person at this price."""
    state.seat[seat].person, state.seat[seat].paid, state.seat[seat].status = person, price, 1
    state.seat[seat].next = state.person[person].head
    state.person[person].head = seat
    state.person[person].held += 1
    _ask(folk, numbers, state, person)


@compiled
def release(folk: Folk, numbers: Numbers, state: State, seat: int) -> None:
    """Take the person off the seat; its status is the caller's to set."""
    person = wide(state.seat[seat].person)
    before = -1
    here = state.person[person].head
    while here != seat:
        before, here = here, state.seat[here].next
    if before < 0:
        state.person[person].head = state.seat[seat].next
    else:
        state.seat[before].next = state.seat[seat].next
    state.seat[seat].next = -1
    state.seat[seat].person = -1
    state.person[person].held -= 1
    _ask(folk, numbers, state, person)


@compiled
def _ask(folk: Folk, numbers: Numbers, state: State, person: int) -> None:
    """The least that one more seat costs: a further copy, or the cheapest seat to be outbid."""
    least = numbers.fairness * PRICE_UNITS * (folk.person[person].base + state.person[person].held)
    if state.person[person].held >= folk.person[person].shifts:
        least = NEVER
    seat = wide(state.person[person].head)
    while seat >= 0:
        if state.seat[seat].status == 1 and state.seat[seat].paid < least:
            least = state.seat[seat].paid
        seat = wide(state.seat[seat].next)
    state.ask[person] = least
