"""What a certificate's prices prove of all valid plans, from the columns alone.

Give every person a price, at least what fairness asks for their next shift. Let each role take its
cheapest people on its own, or leave seats open at what these weigh; let each person take as many
shifts as pays them. Both sides together, less what the plan leaves open at that weight, are at most
what any valid plan costs that has the plan's shortfall and open level, whatever the prices
(Lagrange). All sums are of whole numbers, and numbers for which 64 bits could not hold them are
refused before anything is added up.
"""

import math
from dataclasses import fields

import numpy as np

from matcher.bounds.asked import asked_of, numbers_of, seats_beside_fixed
from matcher.bounds.crowd import crowd_of
from matcher.bounds.loops import line_cost, shifts_take, way_to
from matcher.bounds.prices import PriceCertificate, digest
from matcher.bounds.records import PRICE_UNITS, Asked
from matcher.bounds.refusals import CertificateRefused
from matcher.geometry import EARTH_RADIUS_M
from matcher.plan import BoundFrom, Score
from matcher.score import LIKING_MOST, SERVED_UNIT_MINUTES, SERVED_UNITS_MOST, TRAVEL_UNIT_M
from matcher.tables.score import weighted_sum
from matcher.tables.tables import Int64s, Tables
from matcher.violation import Violation, violation

_PRIORITY_MOST = 10
_SUM_MOST = 2**62


def proven_bounds(tables: Tables, score: Score, certificate: PriceCertificate) -> Score:
    """Bounds for a valid plan of this score: of shortfall and open level by counting who fits each
    role, of the cost by the prices. Raises CertificateRefused."""
    if certificate.problem != digest(tables):
        raise CertificateRefused("certificate_of_another_problem")
    if len(certificate.prices) != len(tables.people):
        raise CertificateRefused(
            "certificate_of_other_people",
            found=str(len(certificate.prices)),
            expected=str(len(tables.people)),
        )
    return _Count(tables, certificate).bounds(score)


def unproven(bound: Score, bound_from: BoundFrom, found: Score) -> list[Violation]:
    """The bounds that are above what was `found`, without those from a search."""
    return [
        violation(
            "bound",
            f"bound.{level}",
            "unproven_by_certificate",
            said=getattr(bound, level),
            true=getattr(found, level),
        )
        for level in (field.name for field in fields(Score))
        if getattr(bound_from, level) != "search" and getattr(bound, level) > getattr(found, level)
    ]


class _Count:
    """One certificate held against one problem."""

    def __init__(self, tables: Tables, certificate: PriceCertificate) -> None:
        self._tables, self._certificate = tables, certificate
        relations = tables.relations
        self._fair = PRICE_UNITS * tables.weights.fairness
        self._fixed = np.bincount(relations.fixed.person, minlength=len(tables.people))
        self._refuse_what_overflows()
        served = np.minimum(SERVED_UNITS_MOST, tables.people.served_minutes // SERVED_UNIT_MINUTES)
        self._next = self._fair * (served + self._fixed)
        prices = np.maximum(certificate.prices, self._next)
        self._crowd, self._cells, order = crowd_of(tables, prices)
        self._place = np.empty(len(order), np.int64)
        self._place[order] = np.arange(len(order))
        self._prices = prices
        self._asked = asked_of(tables, self._place)

    def bounds(self, score: Score) -> Score:
        """The bounds of the three levels."""
        tables, asked, certificate = self._tables, self._asked, self._certificate
        found, fit = np.zeros((2, len(tables.roles)), np.int64)
        extra = np.zeros(len(tables.shifts), np.int64)
        shifts_take(
            self._crowd,
            self._cells,
            asked,
            numbers_of(tables),
            certificate.seat * PRICE_UNITS,
            certificate.below,
            found,
            fit,
            extra,
        )
        total = sum(found.tolist()) + sum(extra.tolist()) + self._people_take()
        total -= self._held(score) * certificate.seat * PRICE_UNITS
        cost = -(-total // PRICE_UNITS) + self._constant()
        return Score(*self._counted(fit), max(0, cost))

    def _counted(self, fit: Int64s) -> tuple[int, int]:
        """Shortfall and open level of everybody serving wherever they fit."""
        roles = self._tables.roles
        priority = self._tables.shifts.priority[roles.shift]
        fixed = np.bincount(self._tables.relations.fixed.role, minlength=len(roles))
        _, missing = seats_beside_fixed(self._tables)
        return (
            weighted_sum(priority, np.maximum(0, missing - fit)),
            weighted_sum(priority, roles.max - fixed - fit),
        )

    def _held(self, score: Score) -> int:
        """What the plan leaves open, as the roles weigh it, in seats of priority 1.

        Seats for which there are no people at all are left out on both sides. What a team lacks on
        a shift with a fixed line is counted as if roles lacked it: that only proves less.
        """
        roles = self._tables.roles
        priority = self._tables.shifts.priority[roles.shift]
        fixed = np.bincount(self._tables.relations.fixed.role, minlength=len(roles))
        seats, missing = seats_beside_fixed(self._tables)
        hidden = weighted_sum(priority, roles.max - fixed - seats)
        lacking = weighted_sum(priority, np.maximum(0, missing - seats))
        return (score.open - hidden) + (self._certificate.below - 1) * (score.shortfall - lacking)

    def _people_take(self) -> int:
        """The least over each person of fairness less price, for any number of further shifts.

        The price is at least that of the next shift; each one more is dearer by the fairness.
        """
        limit = np.empty(len(self._prices), np.int64)
        # Nobody serves more often than there are shifts.
        limit[:] = np.minimum(self._crowd.shifts[self._place], len(self._tables.shifts))
        limit = np.maximum(0, limit - self._fixed)
        gain = self._prices - self._next
        count = limit
        if self._fair:
            count = np.minimum(limit, -(-gain // self._fair))
        least = count * -gain + self._fair * (count * (count - 1) // 2)
        return sum(least.tolist())

    def _constant(self) -> int:
        """What is in every plan: the fixed lines, and the lines before as if none were kept."""
        tables, relations = self._tables, self._tables.relations
        numbers, crowd, asked = numbers_of(tables), self._crowd, self._asked
        shift = tables.roles.shift[relations.fixed.role].astype(np.int64)
        total = 0
        for one, where in zip(
            self._place[relations.fixed.person].tolist(), shift.tolist(), strict=True
        ):
            total += line_cost(
                crowd,
                asked,
                numbers,
                one,
                where,
                way_to(crowd, asked, one, where),
                _known_at(asked, one, where),
            )
        served = self._crowd.base[self._place]
        fair = self._fixed * served + self._fixed * (self._fixed - 1) // 2
        before = len(relations.current_person) + relations.current_dropped
        weights = tables.weights
        return total // PRICE_UNITS + weights.fairness * int(fair.sum()) + weights.change * before

    def _refuse_what_overflows(self) -> None:
        """No sum of the loops, nor of the people's side, leaves 64 bits."""
        tables, certificate = self._tables, self._certificate
        weights, relations = tables.weights, tables.relations
        around = math.ceil(math.pi * EARTH_RADIUS_M) // TRAVEL_UNIT_M + 1
        price = int(self._certificate.prices.max(initial=0))
        fixed = int(self._fixed.max(initial=0))
        next_ = self._fair * (SERVED_UNITS_MOST + fixed)
        line = PRICE_UNITS * (
            weights.travel * around
            + weights.cause * LIKING_MOST
            + weights.invite
            + weights.change * (len(relations.current_person) + 1)
        )
        seat = _PRIORITY_MOST * certificate.seat * PRICE_UNITS * certificate.below
        seats, _ = seats_beside_fixed(tables)
        by_roles = (int(seats.sum()) + 1) * max(line + max(price, next_), seat)
        shifts = len(tables.shifts) + 1
        by_people = shifts * (price + next_ + self._fair * shifts)
        if max(by_roles, by_people) >= _SUM_MOST:
            raise CertificateRefused("certificate_too_large")


def _known_at(asked: Asked, one: int, shift: int) -> int:
    first, last = asked.known_first[shift], asked.known_first[shift + 1]
    at = first + int(np.searchsorted(asked.known[first:last], one))
    return at if at < last and asked.known[at] == one else -1
