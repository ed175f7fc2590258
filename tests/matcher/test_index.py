"""The index answers as a slow reading of the rules does, on random problems and lines."""

from collections.abc import Iterable

import numpy as np
import pytest

from matcher import rules
from matcher.codec import read_problem
from matcher.explain import obstacles_of
from matcher.index.index import Index
from matcher.index.people import replacements
from matcher.index.shifts import best_shifts
from matcher.lookup import Lookup
from matcher.plan import REASONS
from matcher.problem import Line, Problem, Role, Shift, Volunteer
from matcher.ranking import (
    LIKES_FROM,
    NEAR_M,
    WORTH_ABOVE,
    WORTH_BELOW_MINIMUM,
    Ranking,
)
from matcher.score import fairness_base, liking, line_cost
from matcher.tables.lines import Numbering
from matcher.tables.of_problem import tables_of
from tests.matcher.factories import at, lines, problem, shift, volunteer
from tests.reference.cases import case, plans_of
from tests.reference.problems import MIDDLING, SMALL
from tests.reference.reading import Reading

CASES = 60


class Slow:
    """The same questions, asked of the rules one line after another."""

    def __init__(self, given: Problem, plan: Iterable[Line]) -> None:
        self.problem = given
        self.lookup = Lookup(given)
        self.plan = tuple(plan)
        self.seats = {role: row for row, role in enumerate(self.lookup.roles)}
        self.first = {
            person.id: obstacles_of(given, self.plan, person.id) for person in given.volunteers
        }

    def people_in(self, shift_id: str, role: str) -> int:
        return sum(1 for line in self.plan if (line.shift, line.role) == (shift_id, role))

    def worth(self, where: Shift, role: Role) -> int:
        is_below = self.people_in(where.id, role.id) < role.min
        return where.priority * (WORTH_BELOW_MINIMUM if is_below else WORTH_ABOVE)

    def score(self, person: Volunteer, where: Shift, role: Role) -> int:
        given = sum(1 for line in self.plan if line.volunteer == person.id)
        fairness = self.problem.weights.fairness * (fairness_base(person) + given)
        return self.worth(where, role) - line_cost(self.lookup, person, where) - fairness

    def way(self, person: Volunteer, where: Shift) -> int | None:
        if person.location is None or where.location is None:
            return None
        return rules.travel_m(person, where)

    def because(self, person: Volunteer, where: Shift, role: Role) -> set[str]:
        way = self.way(person, where)
        given = sum(1 for line in self.plan if line.volunteer == person.id)
        holds = {
            "asked_for": person.id in where.invited,
            "below_minimum": self.people_in(where.id, role.id) < role.min,
            "skill_needed": bool(role.skills),
            "likes_cause": where.cause is not None and liking(person, where) >= LIKES_FROM,
            "near": way is not None and way <= NEAR_M,
            "served_little": given + fairness_base(person) == 0,
        }
        return {reason for reason, is_so in holds.items() if is_so}

    def replacements(self, where: Shift, role: Role) -> list[tuple[int, int, int | None, set[str]]]:
        found = [
            (
                row,
                self.score(person, where, role),
                self.way(person, where),
                self.because(person, where, role),
            )
            for row, person in enumerate(self.problem.volunteers)
            if self.first[person.id][where.id, role.id] == "free"
        ]
        return sorted(found, key=lambda each: (-each[1], each[2] or 0, each[0]))

    def kept_away(self, where: Shift, role: Role) -> list[tuple[int, int, str]]:
        found = []
        for row, person in enumerate(self.problem.volunteers):
            way, why = self.way(person, where), self.first[person.id][where.id, role.id]
            if way is not None and way <= NEAR_M and why not in (None, "free"):
                found.append((way, row, str(why)))
        return sorted(found)

    def open_seats(self) -> list[tuple[Shift, Role]]:
        return [
            (self.lookup.shifts[shift_id], role)
            for (shift_id, _), role in self.lookup.roles.items()
            if self.people_in(shift_id, role.id) < role.max
        ]

    def offered(self, person: Volunteer) -> list[tuple[int, int]]:
        best: dict[str, tuple[int, int]] = {}
        for where, role in self.open_seats():
            if self.first[person.id][where.id, role.id] == "free":
                key = (-self.score(person, where, role), self.seats[where.id, role.id])
                best[where.id] = min(key, best.get(where.id, key))
        return [(row, -score) for score, row in sorted(best.values())]

    def barred(self, person: Volunteer) -> list[tuple[int, int, str]]:
        found: dict[str, tuple[int, int, int]] = {}
        for where, role in self.open_seats():
            way, why = self.way(person, where), self.first[person.id][where.id, role.id]
            if way is not None and way <= NEAR_M and why is not None:
                key = (REASONS.index(why), -self.seats[where.id, role.id], way)
                found[where.id] = max(key, found.get(where.id, key))
        ordered = sorted(
            (way, self.problem.shifts.index(self.lookup.shifts[name]), -row, REASONS[code])
            for name, (code, row, way) in found.items()
            if REASONS[code] != "free"
        )
        return [(row, way, why) for way, _, row, why in ordered]


def index_of(given: Problem, plan: Iterable[Line]) -> Index:
    tables = tables_of(given)
    return Index(tables, Numbering(tables).rows_of(plan))


def assert_agrees(index: Index, slow: Slow) -> None:
    plain = Ranking(slow.problem, slow.plan)
    everybody, every = len(slow.problem.volunteers), len(slow.problem.shifts)
    for (shift_id, _), row in slow.seats.items():
        where = slow.lookup.shifts[shift_id]
        role = list(slow.lookup.roles.values())[row]
        found = replacements(index, row, everybody, everybody)
        assert plain.replacements(row, everybody, everybody) == found
        assert [
            (each.person, each.score, each.way_m, set(each.because)) for each in found.candidates
        ] == slow.replacements(where, role)
        assert [
            (each.way_m, each.person, each.obstacle) for each in found.kept_away
        ] == slow.kept_away(where, role)
    for row, person in enumerate(slow.problem.volunteers):
        best = best_shifts(index, row, every, from_minute=0, barred_most=every)
        assert plain.best_shifts(row, every, from_minute=0, barred_most=every) == best
        assert [(each.role, each.score) for each in best.offered] == slow.offered(person)
        assert [(each.role, each.way_m, each.obstacle) for each in best.barred] == slow.barred(
            person
        )


@pytest.mark.parametrize("size", [SMALL, MIDDLING], ids=["small", "middling"])
def test_answers_equal_a_slow_reading(size: object) -> None:
    for number in range(CASES if size is SMALL else CASES // 6):
        drawn, choices = case(number, size)  # type: ignore[arg-type]
        given = read_problem(drawn)
        _, plan = next(plans_of(number, Reading(drawn), choices))
        mine = [Line(*line) for line in plan]
        index, slow = index_of(given, mine), Slow(given, mine)
        assert_agrees(index, slow)


def test_lines_that_come_and_go_leave_the_index_as_if_it_were_built_anew() -> None:
    for number in range(CASES // 2):
        drawn, choices = case(number)
        given = read_problem(drawn)
        whole, thin, *_ = (plan for _, plan in plans_of(number, Reading(drawn), choices))
        before, after = ({Line(*line) for line in plan} for plan in (whole, thin))
        index = index_of(given, before)
        rows = Numbering(index.tables).rows_of
        gone, come = rows(sorted(before - after)), rows(sorted(after - before))
        for person, role in zip(gone.person.tolist(), gone.role.tolist(), strict=True):
            index.take(person, role)
        for person, role in zip(come.person.tolist(), come.role.tolist(), strict=True):
            index.give(person, role)
        assert_agrees(index, Slow(given, after))


def test_only_the_best_are_named_and_equal_ones_in_the_order_of_the_problem() -> None:
    given = problem(
        [volunteer(f"v{row}", served_minutes=240 * (row % 3)) for row in range(30)],
        [shift("one", at(0, 9))],
    )

    found = replacements(index_of(given, ()), 0, 4)

    assert [each.person for each in found.candidates] == [0, 3, 6, 9]


def test_shifts_that_have_begun_are_not_offered() -> None:
    given = problem([volunteer("ann")], [shift("one", at(0, 9)), shift("two", at(1, 9))])

    found = best_shifts(index_of(given, ()), 0, 5, from_minute=at(0, 10))

    assert [each.role for each in found.offered] == [1]


def test_a_line_that_is_not_there_cannot_go() -> None:
    given = problem([volunteer("ann")], [shift("one", at(0, 9))])
    index = index_of(given, lines("ann one"))
    index.take(0, 0)

    with pytest.raises(KeyError):
        index.take(0, 0)


def test_more_lines_than_there_was_room_for_find_room() -> None:
    given = problem(
        [volunteer(f"v{row}") for row in range(1_500)],
        [shift("one", at(0, 9), roles=(Role("helper", max=2_000),))],
    )
    index = index_of(given, ())

    for person in range(1_500):
        index.give(person, 0)

    assert index.people_in(0) == 1_500
    assert len(index.crew(0)) == 1_500
    assert np.array_equal(np.sort([person for person, _ in index.crew(0)]), np.arange(1_500))


def test_nobody_and_no_shift_are_no_trouble() -> None:
    alone = problem([volunteer("ann")], [])
    empty = problem([], [shift("one", at(0, 9))])

    assert best_shifts(index_of(alone, ()), 0, 5, from_minute=0).offered == ()
    assert replacements(index_of(empty, ()), 0, 5).candidates == ()
