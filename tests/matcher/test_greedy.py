"""The greedy plan is valid whatever the rules, and takes whole teams and groups."""

import pytest

from benchmarks.instances import draw
from matcher.check import check_assignments
from matcher.draft import Draft, compile_task
from matcher.greedy import greedy, seed
from matcher.problem import Role, TeamLine
from matcher.score import score
from matcher.solve.chains import fill_by_chains
from tests.matcher.factories import at, lines, problem, shift, volunteer


@pytest.mark.parametrize("number", range(12))
def test_greedy_and_chains_are_valid_on_drawn_problems(number: int) -> None:
    asked = draw(80, 20, seed=number)
    draft = seed(compile_task(asked))
    before = score(asked, draft.lines())
    assert check_assignments(asked, draft.lines()) == []

    filled = fill_by_chains(draft, stop=lambda: False)

    after = score(asked, draft.lines())
    assert check_assignments(asked, draft.lines()) == []
    assert (after.shortfall, after.open) <= (before.shortfall, before.open)
    assert (after.open < before.open) == (filled > 0)


def test_a_shift_that_needs_a_team_gets_the_whole_team() -> None:
    people = [volunteer("a"), volunteer("nurse", skills={"aid": 3}), volunteer("kid", age=12)]
    roles = (Role("helper", max=3, min=2),)
    team = (TeamLine("aid", 2, 1),)
    asked = problem(
        people, [shift("s", at(0, 8), roles=roles, team=team, cancel_below_minimum=True)]
    )

    assert len(greedy(asked)) == 3


def test_a_shift_that_cannot_be_staffed_stays_empty() -> None:
    roles = (Role("helper", max=3, min=3),)
    asked = problem(
        [volunteer("a"), volunteer("b")],
        [shift("s", at(0, 8), roles=roles, cancel_below_minimum=True)],
    )

    assert greedy(asked) == ()


def test_a_group_serves_whole_in_different_roles() -> None:
    people = [volunteer("a"), volunteer("b", skills={"aid": 5}), volunteer("c")]
    roles = (Role("lead", max=1, skills={"aid": 1}), Role("helper", max=1))
    asked = problem(people, [shift("s", at(0, 8), roles=roles)], together=(("a", "b"),))

    assert set(greedy(asked)) == set(lines("b s lead", "a s helper"))


def test_a_chain_moves_somebody_to_let_another_in() -> None:
    """Only `a` can do both and sits in the wrong one: he moves, `b` takes his seat."""
    skilled = (Role("helper", max=1, skills={"aid": 1}),)
    people = [volunteer("a", skills={"aid": 1}, max_shifts=1), volunteer("b", max_shifts=1)]
    shifts = [
        shift("s", at(0, 8), roles=(Role("helper", max=1),)),
        shift("t", at(1, 8), roles=skilled),
    ]
    draft = Draft(compile_task(problem(people, shifts)))
    draft.put(0, 0)

    assert fill_by_chains(draft, stop=lambda: False) == 1
    assert set(draft.lines()) == set(lines("b s", "a t"))


def test_a_fixed_line_is_never_moved() -> None:
    skilled = (Role("helper", max=1, skills={"aid": 1}),)
    people = [volunteer("a", skills={"aid": 1}, max_shifts=1), volunteer("b", max_shifts=1)]
    shifts = [
        shift("s", at(0, 8), roles=(Role("helper", max=1),)),
        shift("t", at(1, 8), roles=skilled),
    ]
    draft = Draft(compile_task(problem(people, shifts, fixed=lines("a s"))))

    assert fill_by_chains(draft, stop=lambda: False) == 0
    assert set(draft.lines()) == set(lines("a s"))
