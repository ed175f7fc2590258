"""An independent reading of the matching format: plain JSON in, rule names and numbers out.

Written from the text of the format alone and sharing nothing with the matcher, so that the two
can be held against each other. Slow and plain on purpose: a function for each rule, in its order.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from tests.reference.book import (
    Book,
    Json,
    Line,
    Score,
    Span,
    distance_m,
    lines_of,
    location_of,
    minute_of,
    rounded_up,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Reading(Book):
    """What each rule says about a list of lines, what they score and why seats stay empty."""

    # ---- H1 to H3: one line at a time ---------------------------------------------------------

    def skills_missing(self, line: Line) -> bool:
        wanted = self.roles[line.shift, line.role]["skills"]
        return any(self.lacks_skill(line.volunteer, name, wanted[name]) for name in wanted)

    def age_outside(self, line: Line) -> bool:
        role = self.roles[line.shift, line.role]
        age = self.volunteers[line.volunteer]["age"]
        return not role["min_age"] <= age <= role["max_age"]

    def group_missing(self, line: Line) -> bool:
        wanted = set(self.roles[line.shift, line.role]["groups"])
        return bool(wanted) and not wanted & set(self.volunteers[line.volunteer]["groups"])

    def unavailable(self, line: Line) -> bool:
        """Whether some minute of the shift lies in no interval: touching ones count as one."""
        shift = self.shift_spans[line.shift]
        covered_until = shift.start
        for start, end in sorted(
            (minute_of(start), minute_of(end))
            for start, end in self.volunteers[line.volunteer]["available"]
        ):
            if start <= covered_until < end:
                covered_until = end
        return covered_until < shift.end

    def home_distance_m(self, line: Line) -> int:
        home = location_of(self.volunteers[line.volunteer])
        place = self.shift_spans[line.shift].location
        return 0 if home is None or place is None else distance_m(home, place)

    def too_far(self, line: Line) -> bool:
        limit = self.volunteers[line.volunteer]["max_travel_m"]
        return limit is not None and self.home_distance_m(line) > limit

    def _not_fixed(self, lines: list[Line]) -> list[Line]:
        return [line for line in lines if line not in self.fixed]

    def h1(self, lines: list[Line]) -> bool:
        return any(
            self.skills_missing(line) or self.age_outside(line) or self.group_missing(line)
            for line in self._not_fixed(lines)
        )

    def h2(self, lines: list[Line]) -> bool:
        return any(self.unavailable(line) for line in self._not_fixed(lines))

    def h3(self, lines: list[Line]) -> bool:
        return any(self.too_far(line) for line in self._not_fixed(lines))

    # ---- H4 to H6: one volunteer at a time ----------------------------------------------------

    def travel_minutes(self, one: Span, other: Span) -> int:
        if one.location is None or other.location is None:
            return 0
        metres = distance_m(one.location, other.location)
        if metres <= 200:
            return 0
        ride = rounded_up(60 * metres, 1000 * self.rules["speed_kmh"])
        return int(self.rules["transfer_minutes"] + ride)

    def h4(self, lines: list[Line]) -> bool:
        for earlier, later in self.pairs_of(lines):
            if earlier.end > later.start:
                return True
            gap = later.start - earlier.end
            if earlier.day == later.day and gap < self.travel_minutes(earlier, later):
                return True
        return False

    def h5(self, lines: list[Line]) -> bool:
        return any(
            earlier.day != later.day and later.start - earlier.end < self.rules["min_rest_minutes"]
            for earlier, later in self.pairs_of(lines)
        )

    def h6(self, lines: list[Line]) -> bool:
        return any(
            self.over_a_limit(lines, volunteer) for volunteer in {line.volunteer for line in lines}
        )

    def over_a_limit(self, lines: list[Line], volunteer: str) -> bool:
        """For a volunteer with a line. A day without a line of the plan breaks nothing."""
        limits = self.volunteers[volunteer]
        counted = [
            span
            for span in self.spans_of(lines, volunteer)
            if self.horizon_start <= span.start < self.horizon_end
        ]
        minutes_by_day: Counter[int] = Counter()
        for span in counted:
            minutes_by_day[span.day] += span.end - span.start
        days_of_lines = {span.day for span in counted if not span.promised_elsewhere}
        return bool(
            len(counted) > limits["max_shifts"]
            or minutes_by_day.total() > limits["max_minutes"]
            or any(minutes_by_day[day] > limits["max_minutes_per_day"] for day in days_of_lines)
        )

    # ---- H7 to H12: one shift at a time -------------------------------------------------------

    def h7(self, lines: list[Line]) -> bool:
        people = Counter((line.shift, line.role) for line in lines)
        roles_held = Counter((line.volunteer, line.shift) for line in lines)
        return any(people[key] > self.roles[key]["max"] for key in people) or any(
            held > 1 for held in roles_held.values()
        )

    def unfixed_shifts(self, lines: list[Line]) -> set[str]:
        """Shifts with anybody on them and no fixed line."""
        return {line.shift for line in lines} - self.fixed_shifts

    def h8(self, lines: list[Line]) -> bool:
        people = Counter((line.shift, line.role) for line in lines)
        return any(
            self.shifts[shift]["cancel_below_minimum"]
            and any(
                people[shift, role["id"]] < self.roles[shift, role["id"]]["min"]
                for role in self.shifts[shift]["roles"]
            )
            for shift in self.unfixed_shifts(lines)
        )

    def team_missing(self, lines: list[Line], shift: str) -> int:
        """How many people the team lines of a shift lack, line by line."""
        people = self.people_on(lines, shift)
        missing = 0
        for wanted in self.shifts[shift]["team"]:
            skill, level = wanted["skill"], wanted["level"]
            having = [person for person in people if not self.lacks_skill(person, skill, level)]
            missing += max(0, wanted["count"] - len(having))
        return missing

    def adults_missing(self, lines: list[Line], shift: str) -> int:
        ages = [self.volunteers[person]["age"] for person in self.people_on(lines, shift)]
        minors = sum(1 for age in ages if age < self.rules["adult_age"])
        adults = len(ages) - minors
        needed = rounded_up(minors, self.rules["minors_per_adult"])
        return max(0, needed - adults)

    def h9(self, lines: list[Line]) -> bool:
        return any(self.team_missing(lines, shift) for shift in self.unfixed_shifts(lines))

    def h10(self, lines: list[Line]) -> bool:
        return any(self.adults_missing(lines, shift) for shift in self.unfixed_shifts(lines))

    def h11(self, lines: list[Line]) -> bool:
        return any(
            self.shifts_of(lines, one) & self.shifts_of(lines, other) for one, other in self.apart
        )

    def h12(self, lines: list[Line]) -> bool:
        for shift in {line.shift for line in lines}:
            people = self.people_on(lines, shift)
            for group in self.together:
                bound = not any((member, shift) in self.fixed_places for member in group)
                if bound and group & people and not group <= people:
                    return True
        return False

    # ---- H13 and H14 --------------------------------------------------------------------------

    def h13(self, lines: list[Line]) -> bool:
        return not set(self.fixed) <= set(lines)

    def h14(self, lines: list[Line]) -> bool:
        return any(
            place in self.forbidden and place not in self.fixed_places
            for place in ((line.volunteer, line.shift) for line in lines)
        )

    def broken(self, lines: list[Line]) -> set[str]:
        return {name for name, is_broken in RULES.items() if is_broken(self, lines)}

    # ---- the three levels ---------------------------------------------------------------------

    def score(self, lines: list[Line]) -> Score:
        return Score(self.shortfall(lines), self.open(lines), self.cost(lines))

    def shortfall(self, lines: list[Line]) -> int:
        people = Counter((line.shift, line.role) for line in lines)
        total = 0
        for shift, role in self.roles:
            lacking = max(0, self.roles[shift, role]["min"] - people[shift, role])
            total += self.shifts[shift]["priority"] * lacking
        for shift in self.fixed_shifts:
            lacking = self.team_missing(lines, shift) + self.adults_missing(lines, shift)
            total += self.shifts[shift]["priority"] * lacking
        return total

    def open(self, lines: list[Line]) -> int:
        people = Counter((line.shift, line.role) for line in lines)
        return sum(
            self.shifts[shift]["priority"] * (self.roles[shift, role]["max"] - people[shift, role])
            for shift, role in self.roles
        )

    def line_cost(self, line: Line) -> int:
        shift = self.shifts[line.shift]
        liking = self.volunteers[line.volunteer]["likes"].get(shift["cause"], 1)
        not_asked = bool(shift["invited"]) and line.volunteer not in shift["invited"]
        return int(
            self.weights["travel"] * (self.home_distance_m(line) // 100)
            + self.weights["cause"] * (3 - liking)
            + self.weights["invite"] * not_asked
        )

    def fairness_cost(self, lines: list[Line], volunteer: str) -> int:
        given = len(self.shifts_of(lines, volunteer))
        burden = min(10, self.volunteers[volunteer]["served_minutes"] // 240)
        return int(self.weights["fairness"] * (given * burden + given * (given - 1) // 2))

    def cost(self, lines: list[Line]) -> int:
        places = {(line.volunteer, line.shift) for line in lines}
        dropped = sum((line.volunteer, line.shift) not in places for line in self.current)
        return (
            sum(self.line_cost(line) for line in lines)
            + sum(self.fairness_cost(lines, volunteer) for volunteer in self.volunteers)
            + int(self.weights["change"]) * dropped
        )

    # ---- why a seat is empty ------------------------------------------------------------------

    def reason(self, lines: list[Line], line: Line) -> str:
        """What first keeps a volunteer who is not on the shift from a role of a valid plan."""
        own_with = [row for row in lines if row.volunteer == line.volunteer] + [line]
        shift_with = [row for row in lines if row.shift == line.shift] + [line]
        in_order: tuple[tuple[str, Callable[[], bool]], ...] = (
            ("forbidden", lambda: (line.volunteer, line.shift) in self.forbidden),
            ("skills", lambda: self.skills_missing(line)),
            ("age", lambda: self.age_outside(line)),
            ("group", lambda: self.group_missing(line)),
            ("unavailable", lambda: self.unavailable(line)),
            ("too_far", lambda: self.too_far(line)),
            ("busy", lambda: self.h4(own_with) or self.h5(own_with) or self.h6(own_with)),
            ("team", lambda: any(RULES[name](self, shift_with) for name in TEAM_RULES)),
        )
        return next((name for name, keeps_out in in_order if keeps_out()), "free")

    def unfilled(self, lines: list[Line]) -> dict[tuple[str, str], tuple[int, dict[str, int]]]:
        """(shift, role) → how many are missing, and how many volunteers each reason keeps away."""
        people = Counter((line.shift, line.role) for line in lines)
        answer = {}
        for shift, role in self.roles:
            missing = self.roles[shift, role]["max"] - people[shift, role]
            if missing <= 0:
                continue
            absent = set(self.volunteers) - self.people_on(lines, shift)
            reasons = Counter(self.reason(lines, Line(person, shift, role)) for person in absent)
            answer[shift, role] = (missing, dict(reasons))
        return answer

    # ---- fixed lines that clash ---------------------------------------------------------------

    def clashes(self, lines: list[Line]) -> bool:
        """Whether these fixed lines break H4 to H7 or H11, among themselves or with `engaged`."""
        return any(RULES[name](self, lines) for name in CLASH_RULES)

    def clash_size(self) -> int | None:
        """The size of a smallest set of fixed lines that clash; None when none do."""
        if not self.clashes(self.fixed):
            return None
        return next(
            size
            for size in range(1, len(self.fixed) + 1)
            if any(self.clashes(list(lines)) for lines in combinations(self.fixed, size))
        )


RULES: dict[str, Callable[[Reading, list[Line]], bool]] = {
    "H1": Reading.h1,
    "H2": Reading.h2,
    "H3": Reading.h3,
    "H4": Reading.h4,
    "H5": Reading.h5,
    "H6": Reading.h6,
    "H7": Reading.h7,
    "H8": Reading.h8,
    "H9": Reading.h9,
    "H10": Reading.h10,
    "H11": Reading.h11,
    "H12": Reading.h12,
    "H13": Reading.h13,
    "H14": Reading.h14,
}
TEAM_RULES = ("H8", "H9", "H10", "H11", "H12")
CLASH_RULES = ("H4", "H5", "H6", "H7", "H11")


def violations(problem: Json, plan: Json) -> set[str]:
    """The names of the rules that the plan breaks."""
    return Reading(problem).broken(lines_of(plan["assignments"]))


def score(problem: Json, assignments: Iterable[Mapping[str, str]]) -> Score:
    return Reading(problem).score(lines_of(assignments))


def unfilled_reasons(
    problem: Json, assignments: Iterable[Mapping[str, str]]
) -> dict[tuple[str, str], tuple[int, dict[str, int]]]:
    return Reading(problem).unfilled(lines_of(assignments))


def fixed_clash(problem: Json) -> int | None:
    return Reading(problem).clash_size()
