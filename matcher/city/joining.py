"""Puts the plans of a city's parts together: whoever was wanted in several serves as one person.

Who paid most for somebody keeps them, as one price for the whole city would have it; the other
seats bid again, against the prices that were found.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from matcher.city.arrays import Array
from matcher.city.bidding import Bidding, groups_that_never_sit
from matcher.city.dividing import Part
from matcher.city.part import PartPlan
from matcher.city.prepare import City
from matcher.city.whole import seat_blocks

_FIXED, _GROUPED = 3, 4


class Joined:
    """Lines of all parts, gathered one part after another; `prices` by row of the whole."""

    def __init__(self, city: City, parts: Sequence[Part]) -> None:
        self._city, self._parts = city, parts
        self._role_seat = np.searchsorted(city.seat_role, np.arange(len(city.tables.roles) + 1))
        self._lines: list[tuple[Array, ...]] = []
        self.prices = np.zeros(len(city.order), np.int64)

    def add(self, number: int, plan: PartPlan) -> None:
        """Take in the plan of part `number`."""
        part, city = self._parts[number], self._city
        self.prices[part.people] = np.maximum(self.prices[part.people], plan.prices)
        role = _roles_of(city, part)
        most = np.minimum(city.tables.roles.max[role], len(part.people))
        seat_role = np.repeat(role, most)
        begin = np.repeat(np.cumsum(most) - most, most)
        seat = self._role_seat[seat_role] + np.arange(len(seat_role)) - begin
        extra = city.extra_first[seat_role] + plan.kind - 1
        slot = np.where(plan.kind > 0, extra, seat_role)
        is_line = (plan.person >= 0) & (plan.status != _FIXED)
        person = city.place[part.people[plan.person[is_line]]]
        self._lines.append(
            (seat[is_line], person, slot[is_line], plan.paid[is_line], plan.status[is_line])
        )

    def put_into(self, bidding: Bidding) -> int:
        """Seat them all, as far as they go together; how many lines did not."""
        if not self._lines:
            return 0
        seat, person, slot, paid, status = (
            np.concatenate(column) for column in zip(*self._lines, strict=True)
        )
        unit, person_of = _unit_of(self._city), person
        stays = np.where(status == _GROUPED, unit[person] >= 0, unit[person] == -1)
        # A group that came together goes before everybody, all of it or none.
        block = np.where(status == _GROUPED, unit[person], np.iinfo(np.int64).max)
        shift = self._city.demand.slot["shift"][slot]
        order = np.lexsort((seat, np.where(status == _GROUPED, shift, 0), -paid, block))
        order = order[stays[order]]
        seat, person, slot, paid = (
            column[order].astype(np.int64) for column in (seat, person, slot, paid)
        )
        lost = seat_blocks(
            self._city.folk,
            self._city.demand,
            self._city.numbers,
            bidding.state,
            seat,
            person,
            slot,
            paid,
            _first_of_blocks(block[order], shift[order]),
            _sizes(self._city)[np.where(status == _GROUPED, unit[person_of], -1)[order]],
        )
        return int(lost) + int(len(stays) - stays.sum())


def _roles_of(city: City, part: Part) -> Array:
    """The whole's rows of the part's roles, in the part's order."""
    first = city.tables.shifts.first_role
    counts = np.diff(first)[part.shifts]
    begin = np.cumsum(counts) - counts
    rows: Array = np.arange(counts.sum()) + np.repeat(first[:-1][part.shifts] - begin, counts)
    return rows


def _unit_of(city: City) -> Array:
    """The group of each person in the grid's order; -1 without one, -2 where it never sits."""
    groups = len(city.unit_first) - 1
    found = np.full(len(city.order), -1, np.int64)
    owner = np.repeat(np.arange(groups), np.diff(city.unit_first))
    found[city.unit] = np.where(groups_that_never_sit(city)[owner], -2, owner)
    return found


def _sizes(city: City) -> Array:
    """How many lines belong together: the size of each group, and 1 at the end for the others."""
    return np.append(np.diff(city.unit_first), 1)


def _first_of_blocks(block: Array, shift: Array) -> Array:
    """Where lines begin that are taken together or not at all, and the end."""
    alone = block == np.iinfo(np.int64).max
    starts = np.ones(len(block), bool)
    starts[1:] = alone[1:] | (block[1:] != block[:-1]) | (shift[1:] != shift[:-1])
    return np.append(np.nonzero(starts)[0], len(block)).astype(np.int64)


def join(bidding: Bidding, parts: Sequence[Part], found: Iterable[tuple[int, PartPlan]]) -> Array:
    """Seat the parts' plans as they come in; the prices of people by row."""
    joined = Joined(bidding.city, parts)
    for number, plan in found:
        joined.add(number, plan)
        bidding.bids += plan.bids
    joined.put_into(bidding)
    return joined.prices
