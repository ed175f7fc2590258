"""What prices of people prove of all valid plans, read over all pairs in plain Python.

The same bound as the one that is counted in compiled loops, from the plain reading of the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference.book import Line, Score
from tests.reference.reading import RULES, Reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.reference.book import Json

_PAIR_RULES = ("H1", "H2", "H3", "H4", "H5", "H6", "H14")
_UNITS = 8


class Pricing:
    """A problem whose people have prices, in eighths of a unit of cost."""

    def __init__(self, problem: Json) -> None:
        self.reading = Reading(problem)
        # What a promised line may break (H13) no further line may.
        self.unfixed = Reading({**problem, "fixed": []})
        self.fixed = list(self.reading.fixed)
        self.current = [(line.volunteer, line.shift) for line in self.reading.current]
        self.roles = [(shift, role) for (shift, _), role in self.reading.roles.items()]
        self.fits = {
            (shift, role["id"]): [
                volunteer
                for volunteer in self.reading.volunteers
                if self._fits(Line(volunteer, shift, role["id"]))
            ]
            for shift, role in self.roles
        }

    def _fits(self, line: Line) -> bool:
        return not any(RULES[name](self.unfixed, [line]) for name in _PAIR_RULES)

    def proven(self, prices: Mapping[str, int], seat: int, below: int, given: Score) -> Score:
        """Bounds for the valid plans that equal `given` on the upper levels."""
        total = self._constant()
        shortfall = open_ = 0
        for shift in self.reading.shifts:
            total += self._shift(shift, prices, seat, below)
        for shift, role in self.roles:
            priority, fixed = self._priority(shift), self._fixed_in(shift, role["id"])
            fit = min(len(self.fits[shift, role["id"]]), self._seats(shift, role))
            shortfall += priority * max(0, role["min"] - fixed - fit)
            open_ += priority * (role["max"] - fixed - fit)
            # Open in every plan, as there are not so many people.
            hidden = role["max"] - fixed - self._seats(shift, role)
            lacking = max(0, role["min"] - fixed - self._seats(shift, role))
            total += (hidden + (below - 1) * lacking) * priority * seat * _UNITS
        total -= (given.open + (below - 1) * given.shortfall) * seat * _UNITS
        total += sum(self._person(each, prices[each]) for each in self.reading.volunteers)
        return Score(shortfall, open_, max(0, -(-total // _UNITS)))

    def _priority(self, shift: str) -> int:
        return int(self.reading.shifts[shift]["priority"])

    def _fixed_in(self, shift: str, role: str) -> int:
        return sum((line.shift, line.role) == (shift, role) for line in self.fixed)

    def _seats(self, shift: str, role: Json) -> int:
        most = min(role["max"], len(self.reading.volunteers))
        return max(0, most - self._fixed_in(shift, role["id"]))

    def _line(self, line: Line) -> int:
        weights = self.reading.weights
        kept = self.current.count((line.volunteer, line.shift))
        return int(self.reading.line_cost(line)) - int(weights["change"]) * kept

    def _base(self, volunteer: str) -> int:
        return min(10, int(self.reading.volunteers[volunteer]["served_minutes"]) // 240)

    def _constant(self) -> int:
        weights = self.reading.weights
        total = int(weights["change"]) * len(self.current)
        total += sum(self._line(line) for line in self.fixed)
        for each in self.reading.volunteers:
            held = sum(line.volunteer == each for line in self.fixed)
            fair = held * self._base(each) + held * (held - 1) // 2
            total += int(weights["fairness"]) * fair
        return total * _UNITS

    def _person(self, volunteer: str, price: int) -> int:
        """The best number of further shifts for somebody who is paid their price for each."""
        row, reading = self.reading.volunteers[volunteer], self.reading
        held = sum(line.volunteer == volunteer for line in self.fixed)
        elsewhere = sum(
            reading.horizon_start <= span.start < reading.horizon_end
            for span in reading.engaged_spans[volunteer]
        )
        most = min(row["max_shifts"] - elsewhere, len(self.reading.shifts)) - held
        fair = _UNITS * int(self.reading.weights["fairness"])
        base = self._base(volunteer)
        least = value = 0
        for number in range(max(0, most)):
            value += fair * (base + held + number) - max(price, fair * (base + held))
            least = min(least, value)
        return least

    def _totals(self, shift: str, role: str, prices: Mapping[str, int]) -> list[tuple[int, str]]:
        fair = _UNITS * int(self.reading.weights["fairness"])
        found = []
        for each in self.fits[shift, role]:
            held = sum(line.volunteer == each for line in self.fixed)
            price = max(prices[each], fair * (self._base(each) + held))
            found.append((_UNITS * self._line(Line(each, shift, role)) + price, each))
        return sorted(found)

    def _shift(self, shift: str, prices: Mapping[str, int], seat: int, below: int) -> int:
        row = self.reading.shifts[shift]
        unit = self._priority(shift) * seat * _UNITS
        weights, totals, least, taken = {}, {}, {}, {}
        for role in (role for place, role in self.roles if place == shift):
            name, seats = role["id"], self._seats(shift, role)
            missing = max(0, role["min"] - self._fixed_in(shift, name))
            weights[name] = [unit * (below if at < missing else 1) for at in range(seats)]
            totals[name] = self._totals(shift, name, prices)
            least[name] = min(
                sum(one for one, _ in totals[name][:size]) + sum(weights[name][size:])
                for size in range(min(seats, len(totals[name])) + 1)
            )
            taken[name] = [
                person
                for (one, person), weight in zip(totals[name], weights[name], strict=False)
                if one < weight
            ]
        alone = sum(least.values())
        is_fixed = any(line.shift == shift for line in self.fixed)
        is_full = all(len(taken[name]) == len(weights[name]) for name in weights)
        if is_fixed or not is_full:
            return alone
        best = alone
        for line in row["team"]:
            has = {
                each
                for each, person in self.reading.volunteers.items()
                if person["skills"].get(line["skill"], 0) >= line["level"]
            }
            if line["count"] and not has & {one for own in taken.values() for one in own}:
                nobody = sum(sum(own) for own in weights.values())
                best = max(best, min([nobody, *self._with_one(totals, weights, least, has)]))
        return best

    def _with_one(
        self,
        totals: Mapping[str, list[tuple[int, str]]],
        weights: Mapping[str, list[int]],
        least: Mapping[str, int],
        has: set[str],
    ) -> list[int]:
        """What the shift comes to with each who has the skill, in each role."""
        found = []
        for name, own in totals.items():
            others = sum(least.values()) - least[name]
            for one, person in own:
                if person not in has or not weights[name]:
                    continue
                rest = [each for each, other in own if other != person]
                found += [
                    others + one + sum(rest[:size]) + sum(weights[name][size + 1 :])
                    for size in range(min(len(weights[name]) - 1, len(rest)) + 1)
                ]
        return found
