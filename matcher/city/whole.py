"""Shifts made whole: what `settle`'s loops do, called for every shift."""

from typing import TYPE_CHECKING, NamedTuple

from matcher.city.arrays import (
    NEVER,
    PRICE_UNITS,
    Array,
    Demand,
    Folk,
    Numbers,
    State,
    wide,
)
from matcher.city.auction import release, take
from matcher.city.settle import (
    ask_adults,
    ask_team,
    empty,
    has_team,
    is_accompanied,
    may_sit,
    meets_minima,
    seat_group,
    send_minors_home,
)
from matcher.tables.compiled import compiled

if TYPE_CHECKING:
    from matcher.city.prepare import City


class Wholes(NamedTuple):
    """What makes a shift whole. The seats of shift s are `seat_first[s]` to `seat_first[s + 1]`."""

    seat_first: Array
    seat_role: Array
    role_min: Array
    is_fixed: Array
    must_fill: Array
    team_first: Array
    team_skill: Array
    team_level: Array
    team_count: Array
    extra_first: Array
    adult_age: int
    per_adult: int


def wholes_of(city: "City") -> Wholes:
    """What makes each shift of the city whole."""
    tables = city.tables
    shifts, rules = tables.shifts, tables.rules
    return Wholes(
        seat_first=city.seat_first,
        seat_role=city.seat_role,
        role_min=tables.roles.min,
        is_fixed=city.is_fixed,
        must_fill=shifts.cancel_below_minimum,
        team_first=shifts.team.first,
        team_skill=shifts.team.name,
        team_level=shifts.team.level,
        team_count=shifts.team_count,
        extra_first=city.extra_first,
        adult_age=rules.adult_age,
        per_adult=rules.minors_per_adult,
    )


@compiled
def ask_everywhere(
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    wholes: Wholes,
    queue: Array,
    waiting: int,
) -> int:
    """Tell the seats of every shift apart by its team and adults; how many wait then."""
    for shift in range(len(wholes.is_fixed)):
        first, last = wholes.seat_first[shift], wholes.seat_first[shift + 1]
        begin = wholes.team_first[shift]
        for line in range(begin, wholes.team_first[shift + 1]):
            waiting = ask_team(
                folk, demand, numbers, state, wholes.extra_first, first, last, line - begin,
                wholes.team_skill[line], wholes.team_level[line], wholes.team_count[line],
                queue, waiting,
            )  # fmt: skip
        waiting = ask_adults(
            folk, demand, numbers, state, wholes.extra_first, first, last, wholes.adult_age,
            wholes.per_adult, queue, waiting,
        )  # fmt: skip
    return waiting


@compiled
def is_whole(folk: Folk, state: State, wholes: Wholes, shift: int) -> bool:
    """H8 to H10 for whoever sits on the shift; nobody at all is whole."""
    first, last = wholes.seat_first[shift], wholes.seat_first[shift + 1]
    people = 0
    for seat in range(first, last):
        people += state.seat[seat].person >= 0
    if people == 0:
        return True
    if not is_accompanied(folk, state, first, last, wholes.adult_age, wholes.per_adult):
        return False
    for line in range(wholes.team_first[shift], wholes.team_first[shift + 1]):
        if not has_team(
            folk, state, first, last, wholes.team_skill[line], wholes.team_level[line],
            wholes.team_count[line],
        ):  # fmt: skip
            return False
    if not wholes.must_fill[shift]:
        return True
    return meets_minima(state, wholes.seat_role, wholes.role_min, first, last)


@compiled
def empty_the_broken(
    folk: Folk, numbers: Numbers, state: State, wholes: Wholes, is_closed: Array
) -> int:
    """Empty every shift that is not whole, and mark it; how many people left.

    A shift with a fixed line may be as it is.
    """
    left = 0
    for shift in range(len(wholes.is_fixed)):
        if wholes.is_fixed[shift] or is_whole(folk, state, wholes, shift):
            continue
        first, last = wholes.seat_first[shift], wholes.seat_first[shift + 1]
        left += send_minors_home(
            folk, numbers, state, first, last, wholes.adult_age, wholes.per_adult
        )
        if not is_whole(folk, state, wholes, shift):
            left += empty(folk, numbers, state, first, last)
            is_closed[shift] = True
    return left


@compiled
def seat_groups(
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    unit_first: Array,
    unit: Array,
    is_bad: Array,
    wished_first: Array,
    wished: Array,
    seat_first: Array,
    seats: Array,
) -> int:
    """Offer each group the shifts that its members would have had alone; how many groups sit.

    Groups that are `is_bad` are left out: with a promised line, or with people kept apart.
    """
    done = 0
    for group in range(len(unit_first) - 1):
        members = unit[unit_first[group] : unit_first[group + 1]]
        at, last = wished_first[group], wished_first[group + 1]
        is_seated = False
        while at < last and not is_seated and not is_bad[group]:
            first_seat, last_seat = seat_first[wished[at]], seat_first[wished[at] + 1]
            is_seated = seat_group(
                folk, demand, numbers, state, members, first_seat, last_seat, seats
            )
            at += 1
        done += is_seated
    return done


@compiled
def _pays(folk: Folk, numbers: Numbers, state: State, person: int, paid: int) -> bool:
    """Whether the person's lines, with one more at this price, pay for every shift that fairness
    makes dearer: the n-th cheapest what the n-th shift costs."""
    lines = state.person[person].held + 1
    for number in range(lines):
        step = numbers.fairness * PRICE_UNITS * (folk.person[person].base + number)
        paying = int(paid >= step)
        seat = wide(state.person[person].head)
        while seat >= 0:
            paying += state.seat[seat].paid >= step
            seat = wide(state.seat[seat].next)
        if paying < lines - number:
            return False
    return True


@compiled
def seat_blocks(
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    state: State,
    seat: Array,
    person: Array,
    slot: Array,
    paid: Array,
    first: Array,
    size: Array,
) -> int:
    """Seat lines in their order; how many found their person taken or another rule broken.

    Those of one block, from `first[block]` on, are seated together or not at all; `size` is how
    many lines a block has to have.
    """
    lost = 0
    for block in range(len(first) - 1):
        begin, end = first[block], first[block + 1]
        is_group = size[begin] > 1
        at, fits = begin, end - begin == size[begin]
        while at < end and fits:
            fits = (
                state.seat[seat[at]].status == 0
                and (is_group or _pays(folk, numbers, state, person[at], paid[at]))
                and may_sit(folk, demand, numbers, state, person[at], slot[at])
            )
            if fits:
                state.seat[seat[at]].slot = slot[at]
                take(folk, numbers, state, seat[at], person[at], NEVER if is_group else paid[at])
                if is_group:
                    state.seat[seat[at]].status = 4
                at += 1
        if not fits:
            lost += end - begin
            for back in range(begin, at):
                release(folk, numbers, state, seat[back])
                state.seat[seat[back]].status = 0
    return lost
