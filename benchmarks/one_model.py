"""The model that most people would write: one CP-SAT model, three solves, a rule for each pair.

To be measured against. Every rule and level of the format is in it; nothing is clever. It searches
with eight workers, which on two cores finds more than two do.
"""

import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.lines import possible_lines
from matcher import rules
from matcher.lookup import Lookup
from matcher.plan import Score
from matcher.problem import Line, Problem, Shift
from matcher.score import fairness_base, line_cost

_WORKERS = 8


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it; `lines` is None when no plan was found in the time."""

    lines: tuple[Line, ...] | None
    bound: Score
    first_plan_seconds: float | None
    seats_proven_seconds: float | None


def one_model(problem: Problem, seconds: float) -> Found:
    """Solve level by level; each takes what time is left."""
    started = time.monotonic()
    model = _Model(problem)
    first = _FirstSolution()
    bounds: list[int] = []
    lines: tuple[Line, ...] | None = None
    seats_proven: float | None = None
    for objective in (model.shortfall(), model.open(), model.cost()):
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = _WORKERS
        solver.parameters.max_time_in_seconds = max(0.01, started + seconds - time.monotonic())
        model.cp.minimize(objective)
        status = solver.solve(model.cp, first)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        bounds.append(round(solver.best_objective_bound))
        lines = tuple(line for line, x in model.x.items() if solver.value(x))
        model.cp.add(objective <= round(solver.objective_value))
        model.cp.clear_hints()  # type: ignore[no-untyped-call]
        for x in model.x.values():
            model.cp.add_hint(x, solver.value(x))
        if status != cp_model.OPTIMAL:
            break
        if len(bounds) == 2:
            seats_proven = time.monotonic() - started
    bound = Score(*[*bounds, 0, 0, 0][:3])
    return Found(lines, bound, first.seconds(started), seats_proven)


class _FirstSolution(cp_model.CpSolverSolutionCallback):
    def __init__(self) -> None:
        super().__init__()
        self._at: float | None = None

    def on_solution_callback(self) -> None:
        if self._at is None:
            self._at = time.monotonic()

    def seconds(self, started: float) -> float | None:
        return None if self._at is None else self._at - started


class _Model:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.lookup = Lookup(problem)
        self.cp = cp_model.CpModel()
        self.possible = possible_lines(problem)
        # Beside a promised line of his a person has no other on that shift.
        self.x: dict[Line, Any] = {
            line: self.cp.new_bool_var("") for lines in self.possible.values() for line in lines
        }
        self.of_person: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for line, x in self.x.items():
            self.of_person[line.volunteer][line.shift].append(x)
        for line in problem.fixed:
            self.cp.add(self.x[line] == 1)
        for volunteer in problem.volunteers:
            self._one_place_at_a_time(volunteer.id)
            self._limits(volunteer.id)
        self.level_one: list[Any] = []
        for shift in problem.shifts:
            self._shift(shift)
            self._people_of(shift)

    def _one_place_at_a_time(self, volunteer_id: str) -> None:
        """H4, H5 and H7, for every pair of shifts."""
        horizon, numbers = self.problem.horizon, self.problem.rules
        own = self.of_person[volunteer_id]

        def clash(one: rules.Stay, two: rules.Stay) -> bool:
            return rules.overlap_or_late(one, two, horizon, numbers) or rules.rests_too_little(
                one, two, horizon, numbers
            )

        for shift_id, xs in own.items():
            self.cp.add_at_most_one(xs)
            for engagement in self.lookup.volunteers[volunteer_id].engaged:
                if clash(self.lookup.shifts[shift_id], engagement):
                    self.cp.add(sum(xs) == 0)
        for one, two in combinations(own, 2):
            if clash(self.lookup.shifts[one], self.lookup.shifts[two]):
                self.cp.add_at_most_one([*own[one], *own[two]])

    def _limits(self, volunteer_id: str) -> None:
        """H6."""
        horizon, volunteer = self.problem.horizon, self.lookup.volunteers[volunteer_id]
        own = self.of_person[volunteer_id]
        served = [(self.lookup.shifts[shift_id], sum(xs)) for shift_id, xs in own.items()]
        counted = rules.counted(volunteer, horizon)
        engaged = rules.minutes_by_day(counted, horizon)

        def at_most(terms: list[Any], most: int) -> None:
            if terms:
                self.cp.add(sum(terms) <= max(0, most))

        minutes = [shift.minutes * term for shift, term in served]
        at_most(minutes, volunteer.max_minutes - sum(engaged.values()))
        at_most([term for _, term in served], volunteer.max_shifts - len(counted))
        by_day: dict[int, list[Any]] = defaultdict(list)
        for shift, term in served:
            by_day[horizon.day(shift.start_minute)].append(shift.minutes * term)
        for day, terms in by_day.items():
            at_most(terms, volunteer.max_minutes_per_day - engaged.get(day, 0))

    def _shift(self, shift: Shift) -> None:
        """H7 to H10 and the first level."""
        lines = self.possible[shift.id]
        serves = self.cp.new_bool_var("")
        for line in lines:
            self.cp.add_implication(self.x[line], serves)
        has_fixed = self.lookup.has_fixed(shift.id)
        for role in shift.roles:
            people = sum(self.x[line] for line in lines if line.role == role.id)
            self.cp.add(people <= role.max)
            short = self.cp.new_int_var(0, role.min, "")
            self.cp.add(short >= role.min - people)
            self.level_one.append(shift.priority * short)
            if shift.cancel_below_minimum and not has_fixed:
                self.cp.add(people >= role.min).only_enforce_if(serves)
        for demand in shift.team:
            able = sum(
                self.x[line] for line in lines if self._has(line, demand.skill, demand.level)
            )
            self._demand(shift, able, demand.count, serves)
        minors = [self.x[line] for line in lines if not self._is_adult(line)]
        adults = sum(self.x[line] for line in lines if self._is_adult(line))
        per_adult = self.problem.rules.minors_per_adult
        missing = self.cp.new_int_var(0, len(minors) if has_fixed else 0, "")
        self.cp.add(sum(minors) <= per_adult * (adults + missing))
        self.level_one.append(shift.priority * missing)

    def _demand(self, shift: Shift, able: Any, count: int, serves: Any) -> None:
        if self.lookup.has_fixed(shift.id):
            missing = self.cp.new_int_var(0, count, "")
            self.cp.add(missing >= count - able)
            self.level_one.append(shift.priority * missing)
        else:
            self.cp.add(able >= count).only_enforce_if(serves)

    def _has(self, line: Line, skill: str, level: int) -> bool:
        return self.lookup.volunteers[line.volunteer].skills.get(skill, 0) >= level

    def _is_adult(self, line: Line) -> bool:
        return self.lookup.volunteers[line.volunteer].age >= self.problem.rules.adult_age

    def _people_of(self, shift: Shift) -> None:
        """H11 and H12."""

        def on(person: str) -> Any:
            return sum(self.of_person.get(person, {}).get(shift.id, []))

        for one, two in self.problem.apart:
            self.cp.add(on(one) + on(two) <= 1)
        for group in self.problem.together:
            if self.lookup.is_bound(group, shift.id):
                for member in group[1:]:
                    self.cp.add(on(member) == on(group[0]))

    def shortfall(self) -> Any:
        return sum(self.level_one)

    def open(self) -> Any:
        seats = sum(
            shift.priority * role.max for shift in self.problem.shifts for role in shift.roles
        )
        return seats - sum(
            self.lookup.shifts[line.shift].priority * x for line, x in self.x.items()
        )

    def cost(self) -> Any:
        """Lines, fairness in steps that cost more and more, and dropped lines of `current`."""
        weights, lookup = self.problem.weights, self.lookup
        terms = [
            line_cost(lookup, lookup.volunteers[line.volunteer], lookup.shifts[line.shift]) * x
            for line, x in self.x.items()
        ]
        for person, shifts in self.of_person.items():
            base = fairness_base(lookup.volunteers[person])
            steps = [self.cp.new_bool_var("") for _ in shifts]
            self.cp.add(sum(steps) == sum(x for xs in shifts.values() for x in xs))
            terms += [weights.fairness * (base + step) * y for step, y in enumerate(steps)]
        for line in self.problem.current:
            kept = self.of_person.get(line.volunteer, {}).get(line.shift, [])
            terms.append(weights.change * (1 - sum(kept)))
        return sum(terms)
