"""Is this plan valid and are its claims true? Written from `docs/format.md`, not the solver."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from matcher import rules
from matcher.claims import false_claims
from matcher.lookup import Lookup, by_volunteer
from matcher.plan import Plan
from matcher.problem import Line, Problem, Shift, Volunteer
from matcher.violation import Violation, violation

__all__ = ["Violation", "check", "check_assignments"]


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Every rule that the plan breaks and every claim of it that is false; empty when none.

    Lines that name nothing, or stand twice, are reported and then left out of the rest.
    """
    broken = check_assignments(problem, plan.assignments)
    lines = _readable(Lookup(problem), plan.assignments)
    return [*broken, *false_claims(problem, plan, lines, is_valid=not broken)]


def check_assignments(problem: Problem, assignments: Iterable[Line]) -> list[Violation]:
    """Every hard rule that these lines break, whatever else a plan says."""
    assignments = tuple(assignments)
    checker = _Checker(problem, assignments)
    return [
        *_unreadable(checker.lookup, assignments),
        *(broken for rule in checker.rules for broken in rule()),
    ]


def _readable(lookup: Lookup, assignments: Iterable[Line]) -> list[Line]:
    return [line for line in dict.fromkeys(assignments) if lookup.knows(line)]


def _unreadable(lookup: Lookup, assignments: Iterable[Line]) -> Iterator[Violation]:
    first: dict[Line, int] = {}
    for place, line in enumerate(assignments):
        at = f"assignments[{place}]"
        if line.volunteer not in lookup.volunteers:
            yield violation("format", at, "unknown_volunteer", volunteer=line.volunteer)
        if line.shift not in lookup.shifts:
            yield violation("format", at, "unknown_shift", shift=line.shift)
        elif (line.shift, line.role) not in lookup.roles:
            yield violation("format", at, "unknown_role", shift=line.shift, role=line.role)
        if first.setdefault(line, place) != place:
            yield violation("format", at, "duplicate_line", first=f"assignments[{first[line]}]")


class _Checker:
    """The rules H1 to H14, a method for each, over one set of lines."""

    def __init__(self, problem: Problem, assignments: tuple[Line, ...]) -> None:
        self.problem = problem
        self.lookup = Lookup(problem)
        self.lines = _readable(self.lookup, assignments)
        self.places = {line: place for place, line in reversed(list(enumerate(assignments)))}
        self.shift_places = {shift.id: place for place, shift in enumerate(problem.shifts)}
        self.people: dict[str, list[str]] = defaultdict(list)
        for line in self.lines:
            self.people[line.shift].append(line.volunteer)
        self.by_volunteer = by_volunteer(self.lines)
        self.rules = (
            self.suited,
            self.available,
            self.near_enough,
            self.one_place_at_a_time,
            self.rested,
            self.within_limits,
            self.seats_not_exceeded,
            self.called_off_below_minimum,
            self.team_complete,
            self.minors_accompanied,
            self.apart_kept,
            self.together_kept,
            self.promises_kept,
            self.never_forbidden,
        )

    def _decided_by_solver(self) -> Iterator[tuple[str, Line, Volunteer, Shift]]:
        """The lines that must meet H1 to H3, with their places."""
        for line in self.lines:
            if line not in self.lookup.fixed:
                volunteer = self.lookup.volunteers[line.volunteer]
                yield self._at(line), line, volunteer, self.lookup.shifts[line.shift]

    def _at(self, line: Line) -> str:
        return f"assignments[{self.places[line]}]"

    def _at_shift(self, shift_id: str) -> str:
        return f"shifts[{self.shift_places[shift_id]}]"

    def suited(self) -> Iterator[Violation]:
        """H1."""
        for at, line, volunteer, _ in self._decided_by_solver():
            role = self.lookup.roles[line.shift, line.role]
            lacking = rules.unsuited(volunteer, role)
            if lacking:
                yield violation(
                    "H1",
                    at,
                    lacking,
                    volunteer=line.volunteer,
                    shift=line.shift,
                    role=line.role,
                    age=volunteer.age,
                    least=role.min_age,
                    most=role.max_age,
                )

    def available(self) -> Iterator[Violation]:
        """H2."""
        for at, line, volunteer, shift in self._decided_by_solver():
            if not rules.is_available(volunteer, shift):
                who = {"volunteer": line.volunteer, "shift": line.shift}
                yield violation("H2", at, "unavailable", **who)

    def near_enough(self) -> Iterator[Violation]:
        """H3."""
        for at, line, volunteer, shift in self._decided_by_solver():
            if rules.is_too_far(volunteer, shift):
                yield violation(
                    "H3",
                    at,
                    "too_far",
                    volunteer=line.volunteer,
                    shift=line.shift,
                    metres=rules.travel_m(volunteer, shift),
                    most=volunteer.max_travel_m or 0,
                )

    def _pairs(self) -> Iterator[tuple[Line, rules.Stay, rules.Stay, str]]:
        """Two stays of one volunteer of which at least the first is in the plan."""
        for volunteer_id, lines in self.by_volunteer.items():
            engaged = self.lookup.volunteers[volunteer_id].engaged
            for line in lines:
                for place, engagement in enumerate(engaged):
                    yield line, self.lookup.shifts[line.shift], engagement, f"engaged[{place}]"
            for one, two in combinations(lines, 2):
                if one.shift != two.shift:  # Two roles on one shift are H7's.
                    shifts = self.lookup.shifts
                    yield one, shifts[one.shift], shifts[two.shift], two.shift

    def one_place_at_a_time(self) -> Iterator[Violation]:
        """H4."""
        for line, one, two, name in self._pairs():
            if rules.overlap_or_late(one, two, self.problem.horizon, self.problem.rules):
                gap = rules.gap_minutes(one, two)
                yield violation(
                    "H4",
                    self._at(line),
                    "overlap" if gap < 0 else "transfer",
                    volunteer=line.volunteer,
                    shift=line.shift,
                    other=name,
                    gap=gap,
                    needed=rules.transfer_minutes(one, two, self.problem.rules),
                )

    def rested(self) -> Iterator[Violation]:
        """H5."""
        for line, one, two, name in self._pairs():
            if rules.rests_too_little(one, two, self.problem.horizon, self.problem.rules):
                yield violation(
                    "H5",
                    self._at(line),
                    "rest",
                    volunteer=line.volunteer,
                    shift=line.shift,
                    other=name,
                    gap=rules.gap_minutes(one, two),
                    needed=self.problem.rules.min_rest_minutes,
                )

    def within_limits(self) -> Iterator[Violation]:
        """H6."""
        for volunteer_id, lines in self.by_volunteer.items():
            volunteer = self.lookup.volunteers[volunteer_id]
            # Two roles on one shift are H7's; its minutes pass once.
            shifts = [self.lookup.shifts[name] for name in {line.shift: None for line in lines}]
            for limit in rules.above_limits(volunteer, shifts, self.problem.horizon):
                most = getattr(volunteer, limit)
                yield violation("H6", self._at(lines[0]), limit, volunteer=volunteer_id, most=most)

    def seats_not_exceeded(self) -> Iterator[Violation]:
        """H7."""
        people = Counter((line.shift, line.role) for line in self.lines)
        for (shift_id, role_id), count in people.items():
            role = self.lookup.roles[shift_id, role_id]
            if rules.too_many(role, count):
                names = {"shift": shift_id, "role": role_id}
                at = self._at_shift(shift_id)
                yield violation("H7", at, "too_many", people=count, most=role.max, **names)
        seats = Counter((line.volunteer, line.shift) for line in self.lines)
        for (volunteer_id, shift_id), count in seats.items():
            if count > 1:
                names = {"volunteer": volunteer_id, "shift": shift_id}
                at = self._at_shift(shift_id)
                yield violation("H7", at, "two_roles", roles=count, **names)

    def _teams(self) -> Iterator[tuple[str, Shift, list[Volunteer]]]:
        """The shifts with anybody on them that H8 to H10 bind."""
        for shift_id, names in self.people.items():
            if not self.lookup.has_fixed(shift_id):
                people = [self.lookup.volunteers[name] for name in dict.fromkeys(names)]
                yield self._at_shift(shift_id), self.lookup.shifts[shift_id], people

    def called_off_below_minimum(self) -> Iterator[Violation]:
        """H8."""
        people = Counter((line.shift, line.role) for line in self.lines)
        for at, shift, _ in self._teams():
            by_role = {role.id: people[shift.id, role.id] for role in shift.roles}
            for role in rules.roles_below_minimum(shift, by_role):
                names = {"shift": shift.id, "role": role.id}
                count = by_role[role.id]
                yield violation("H8", at, "below_minimum", people=count, least=role.min, **names)

    def team_complete(self) -> Iterator[Violation]:
        """H9."""
        for at, shift, people in self._teams():
            for line in shift.team:
                missing = rules.team_missing(line, people)
                if missing:
                    wanted: dict[str, str | int] = {"skill": line.skill, "level": line.level}
                    yield violation("H9", at, "team", shift=shift.id, missing=missing, **wanted)

    def minors_accompanied(self) -> Iterator[Violation]:
        """H10."""
        for at, shift, people in self._teams():
            missing = rules.adults_missing(people, self.problem.rules)
            if missing:
                yield violation("H10", at, "adults", shift=shift.id, missing=missing)

    def apart_kept(self) -> Iterator[Violation]:
        """H11."""
        for shift_id, names in self.people.items():
            on_shift = set(names)
            for one in sorted(on_shift):
                for two in sorted(self.lookup.apart_from.get(one, set()) & on_shift):
                    if one < two:
                        at = self._at_shift(shift_id)
                        pair = {"volunteer": one, "other": two}
                        yield violation("H11", at, "apart", shift=shift_id, **pair)

    def together_kept(self) -> Iterator[Violation]:
        """H12."""
        for shift_id, names in self.people.items():
            on_shift = set(names)
            groups = {group for name in on_shift for group in self.lookup.groups_of.get(name, ())}
            for group in sorted(groups):
                if rules.is_split(group, on_shift) and self.lookup.is_bound(group, shift_id):
                    at, members = self._at_shift(shift_id), ", ".join(group)
                    yield violation("H12", at, "together", shift=shift_id, group=members)

    def promises_kept(self) -> Iterator[Violation]:
        """H13."""
        kept = set(self.lines)
        for place, line in enumerate(self.problem.fixed):
            if line not in kept:
                yield violation(
                    "H13",
                    f"fixed[{place}]",
                    "fixed",
                    volunteer=line.volunteer,
                    shift=line.shift,
                    role=line.role,
                )

    def never_forbidden(self) -> Iterator[Violation]:
        """H14."""
        promised = {(line.volunteer, line.shift) for line in self.lookup.fixed}
        for line in self.lines:
            pair = (line.volunteer, line.shift)
            if pair in self.lookup.forbidden and pair not in promised:
                names = {"volunteer": line.volunteer, "shift": line.shift}
                yield violation("H14", self._at(line), "forbidden", **names)
