"""A call-up's roster is the best there is, which a general assignment and its prices confirm."""

import random

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from matcher.index import Call, Index, Roster, Wanted, roster
from matcher.problem import Engagement, Volunteer
from matcher.tables import Assignments
from matcher.tables.of_problem import tables_of
from tests.matcher.factories import HERE, at, lines, problem, shift, volunteer
from tests.matcher.test_index import index_of

SKILLS = ("first aid", "driving", "boats")
NEVER = 1_000_000


def call(*wanted: Wanted, **changed: object) -> Call:
    values = {"start_minute": at(0, 9), "end_minute": at(0, 12), **changed}
    return Call(longitude=HERE[0], latitude=HERE[1], wanted=wanted, **values)  # type: ignore[arg-type]


def asked(people: list[Volunteer], wanted: Call, opted_in: list[bool] | None = None) -> Roster:
    index = Index(tables_of(problem(people, [])), Assignments(*np.empty((2, 0), np.int32)))
    return roster(index, wanted, np.array(opted_in or [True] * len(people)))


def north(name: str, steps: int, *skills: str, **changed: object) -> Volunteer:
    home = (HERE[0], HERE[1] + 0.01 * steps)
    return volunteer(name, location=home, skills=dict.fromkeys(skills, 2), **changed)


def test_the_nearest_come_first_and_nobody_twice() -> None:
    found = asked([north("far", 3), north("near", 1), north("mid", 2)], call(Wanted(None, 1, 2)))

    assert [(each.person, each.wanted) for each in found.people] == [(1, 0), (2, 0)]
    assert [each.minutes for each in found.people] == [15, 19]
    assert found.missing == (0,)
    assert found.bound == found.minutes == 34


def test_somebody_with_a_rare_skill_is_kept_for_it() -> None:
    people = [north("both", 1, "boats", "driving"), north("driver", 5, "driving")]

    found = asked(people, call(Wanted("driving", 1, 1), Wanted("boats", 1, 1)))

    assert {each.person: each.wanted for each in found.people} == {0: 1, 1: 0}
    assert found.missing == (0, 0)


def test_what_nobody_can_do_is_missing() -> None:
    found = asked(
        [north("one", 1, "driving")], call(Wanted("boats", 1, 2), Wanted("driving", 3, 1))
    )

    assert found.people == ()
    assert found.missing == (2, 1)
    assert found.bound == 0


def test_only_who_opted_in_is_grown_up_free_and_at_home_somewhere_is_called() -> None:
    people = [
        north("asleep", 1),
        north("young", 1, age=17),
        north("engaged", 1, engaged=(Engagement(at(0, 10), at(0, 11)),)),
        volunteer("nowhere"),
        north("tired", 1, max_minutes=60),
        north("good", 9, available=(), max_travel_m=0),
    ]

    found = asked(people, call(Wanted(None, 1, 5)), [False, True, True, True, True, True])

    assert [each.person for each in found.people] == [5]
    assert found.able == 1


def test_what_was_promised_in_the_plan_comes_first() -> None:
    given = problem([north("one", 1), north("two", 2)], [shift("now", at(0, 10))])

    found = roster(index_of(given, lines("one now")), call(Wanted(None, 1, 2)), np.ones(2, bool))

    assert [each.person for each in found.people] == [1]


@pytest.mark.parametrize("seed", range(150))
def test_no_other_assignment_fills_more_seats_or_comes_sooner(seed: int) -> None:
    chance = random.Random(seed)
    people = [
        north(f"v{row}", chance.randrange(6), *chance.sample(SKILLS, chance.randrange(4)))
        for row in range(chance.randrange(1, 14))
    ]
    choices = [*SKILLS, None]
    chance.shuffle(choices)
    wanted = [
        Wanted(name, chance.choice((1, 2, 2, 3)), chance.randrange(4))
        for name in choices[: chance.randrange(1, 5)]
    ]

    found = asked(people, call(*wanted))

    seats = [line for line in wanted for _ in range(line.count)]
    price = np.full((len(people), max(1, len(seats))), NEVER)
    way = {each.person: each.minutes for each in asked(people, call(Wanted(None, 1, 99))).people}
    for row, person in enumerate(people):
        for seat, line in enumerate(seats):
            if line.skill is None or person.skills.get(line.skill, 0) >= line.level:
                price[row, seat] = way[row]
    rows, columns = linear_sum_assignment(price)
    best = [int(price[row, seat]) for row, seat in zip(rows, columns, strict=True)]
    reached = [each for each in best if each < NEVER]
    assert (len(found.people), found.minutes) == (len(reached), sum(reached))
    assert found.bound == found.minutes
    assert sum(found.missing) == len(seats) - len(reached)
    for each in found.people:
        line = wanted[each.wanted]
        assert line.skill is None or people[each.person].skills[line.skill] >= line.level
    assert len({each.person for each in found.people}) == len(found.people)
