"""What no plan can undercut, from any prices at all: a dual solution over all pairs that fit.

Every person is priced. Each role then takes its seats' cheapest people on its own, or leaves a
seat open at what that weighs; each person takes as many shifts as pays; and the two sides together
are at most what any plan of these levels costs, whatever the prices (Lagrange's relaxation of
"whom a role takes serves there"). Of H9 one person for each line is asked for; H4, H5, H8 and H10
to H12 are left out, which only lowers the bound.
"""

import numpy as np
from numba import prange

from matcher.city.arrays import NEVER, PRICE_UNITS, Array, Demand, Folk, Grid, Numbers, wide
from matcher.city.search import Found, cheapest
from matcher.city.settle import level_of
from matcher.city.whole import Wholes
from matcher.tables.compiled import compiled, compiled_parallel


@compiled_parallel
def roles_take(
    grid: Grid,
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    price: Array,
    seats: Array,
    below: Array,
    weight_below: Array,
    weight_above: Array,
    found: Array,
    least: Array,
    first_seat: Array,
    taken: Array,
    worst: Array,
) -> None:
    """For each role the least that its open seats come to, into `found`, in units of price.

    Of a role's `seats` so many as `below` weigh `weight_below` when open, the others
    `weight_above`. `least` gets how many people fit at all, up to the number of seats.
    """
    for role in prange(len(seats)):
        wanted = wide(seats[role])
        if wanted == 0:
            continue
        best = Found(
            np.empty(wanted, np.int32), np.empty(wanted, np.int64), np.empty(wanted, np.int64)
        )
        most = wide(max(weight_below[role], weight_above[role]))
        size, _ = cheapest(grid, folk, demand, numbers, price, wide(role), best, wanted, most)
        total = 0
        for seat in range(wanted):
            weight = weight_below[role] if seat < below[role] else weight_above[role]
            here = best.total[seat] if seat < size else NEVER
            total += min(weight, here)
            taken[first_seat[role] + seat] = best.person[seat] if here < weight else -1
            worst[role] = here
        found[role] = total
        least[role] = size


@compiled
def _lacks(folk: Folk, taken: Array, first: int, last: int, skill: int, level: int) -> bool:
    """Whether every seat is taken, and by nobody who has the skill."""
    for seat in range(first, last):
        person = taken[seat]
        if person < 0 or level_of(folk, person, skill) >= level:
            return False
    return True


@compiled_parallel
def teams_take(
    grid: Grid,
    folk: Folk,
    demand: Demand,
    numbers: Numbers,
    price: Array,
    wholes: Wholes,
    first_role: Array,
    weight_below: Array,
    weight_above: Array,
    below: Array,
    found: Array,
    first_seat: Array,
    taken: Array,
    worst: Array,
) -> None:
    """Add to `found` what each shift's team costs beyond the cheapest people of its roles (H9).

    Where all seats are taken by people of whom none has a skill that the team asks for, somebody
    who has it sits in some role instead of its dearest, or nobody serves at all. Of several lines
    the dearest counts. Shifts with a fixed line ask for nothing, nor do lines for nobody.
    """
    for shift in prange(len(wholes.is_fixed)):
        roles, end = first_role[shift], first_role[shift + 1]
        first, last = first_seat[roles], first_seat[end]
        dearest = 0
        for line in range(wholes.team_first[shift], wholes.team_first[shift + 1]):
            skill, level = wholes.team_skill[line], wholes.team_level[line]
            if wholes.is_fixed[shift] or wholes.team_count[line] == 0:
                continue
            if not _lacks(folk, taken, first, last, skill, level):
                continue
            least = 0
            for role in range(roles, end):
                seats = first_seat[role + 1] - first_seat[role]
                empty = (
                    below[role] * weight_below[role] + (seats - below[role]) * weight_above[role]
                )
                least += empty - found[role]
            for role in range(roles, end):
                if first_seat[role + 1] == first_seat[role]:
                    continue
                best = Found(np.empty(1, np.int32), np.empty(1, np.int64), np.empty(1, np.int64))
                slot = wide(wholes.extra_first[role] + 1 + line - wholes.team_first[shift])
                size, _ = cheapest(
                    grid, folk, demand, numbers, price, slot, best, 1, worst[role] + least
                )
                if size == 1 and best.total[0] - worst[role] < least:
                    least = max(0, best.total[0] - worst[role])
            dearest = max(dearest, least)
        found[roles] += dearest


@compiled
def people_give(folk: Folk, numbers: Numbers, price: Array, fixed: Array, shifts: int) -> int:
    """The least over each person of fairness less price, for any number of further shifts.

    Nobody serves more often than there are `shifts`.
    """
    total = 0
    for person in range(len(price)):
        least, value = 0, 0
        for number in range(min(folk.person[person].shifts, shifts) - fixed[person]):
            value += (
                numbers.fairness * PRICE_UNITS * (folk.person[person].base + fixed[person] + number)
                - price[person]
            )
            if value >= least:
                break
            least = value
        total += least
    return total
