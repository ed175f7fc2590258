"""What one more filled seat would cost a plan: the price of each open seat, held full in turn."""

from collections.abc import Callable, Sequence

from matcher.explaining.answers import Difference, Effort, Key, SeatPrice, TradeOff
from matcher.explaining.instead import with_one_more
from matcher.problem import Line, Problem

SEATS_MOST = 12


def trade_off(
    problem: Problem,
    assignments: Sequence[Line],
    effort: Effort,
    *,
    seats_most: int = SEATS_MOST,
    cancelled: Callable[[], bool] = lambda: False,
) -> TradeOff:
    """What one more seat costs a valid plan: those below their minimum first, then by priority."""
    started = effort.clock()
    open_ = _open_seats(problem, assignments)
    prices = []
    for key in open_[:seats_most]:
        left = effort.seconds - (effort.clock() - started)
        if left <= 0 or cancelled():
            break
        bounded = Effort(left, effort.clock, effort.nodes)
        found = with_one_more(problem, assignments, key, bounded, cancelled)
        prices.append(SeatPrice(key, found))
    return TradeOff(tuple(sorted(prices, key=_order)), is_whole=len(prices) == len(open_))


def _order(price: SeatPrice) -> tuple[bool, tuple[int, int, int], Key]:
    if isinstance(price.difference, Difference):
        return False, price.difference.levels, price.key
    return True, (0, 0, 0), price.key


def _open_seats(problem: Problem, assignments: Sequence[Line]) -> list[Key]:
    people: dict[Key, int] = {}
    for line in assignments:
        people[line.shift, line.role] = people.get((line.shift, line.role), 0) + 1
    order = []
    for place, shift in enumerate(problem.shifts):
        for role in shift.roles:
            have = people.get((shift.id, role.id), 0)
            if have < role.max:
                order.append((have >= role.min, -shift.priority, place, (shift.id, role.id)))
    return [key for *_, key in sorted(order)]
