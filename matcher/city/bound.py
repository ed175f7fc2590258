"""What no plan can undercut, from any prices at all: a dual solution over all pairs that fit.

Every person is priced. Each role then takes its seats' cheapest people on its own, or leaves a
seat open at what that weighs; each person takes as many shifts as pays; and the two sides together
are at most what any plan of these levels costs, whatever the prices (Lagrange's relaxation of
"whom a role takes serves there"). H4, H5, H8 to H12 are left out, which only lowers the bound.
"""

import numpy as np
from numba import prange

from matcher.city.arrays import NEVER, PRICE_UNITS, Array, Demand, Folk, Grid, Numbers, wide
from matcher.city.search import Found, cheapest
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
        found[role] = total
        least[role] = size


@compiled
def people_give(folk: Folk, numbers: Numbers, price: Array, fixed: Array) -> int:
    """The least over each person of fairness less price, for any number of further shifts."""
    total = 0
    for person in range(len(price)):
        least, value = 0, 0
        for number in range(folk.person[person].shifts - fixed[person]):
            value += (
                numbers.fairness * PRICE_UNITS * (folk.person[person].base + fixed[person] + number)
                - price[person]
            )
            if value >= least:
                break
            least = value
        total += least
    return total
