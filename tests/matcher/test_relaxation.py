"""Rows that make the relaxation stronger: they take no valid plan away, and prove what they should.

Every bound and every line left out of a search rests on them.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.instances import draw
from matcher.codec import read_problem
from matcher.columns import ints
from matcher.draft import compile_task
from matcher.plan import Score
from matcher.problem import Line, Problem, Role, TeamLine
from matcher.score import score
from matcher.solve import large, run, solve, worker
from matcher.solve.board import chosen_pairs
from matcher.solve.build import build
from matcher.solve.cuts import Cut, CutRefused, Growing, with_cuts
from matcher.solve.duals import TooLarge
from matcher.solve.levels import Program, all_levels_program, seats_program
from matcher.solve.model import Floats
from matcher.solve.relax import relaxed
from tests.matcher.factories import at, problem, shift, volunteer
from tests.matcher.solving import params
from tests.reference.cases import case
from tests.reference.plans import grown
from tests.reference.problems import TINY
from tests.reference.reading import Reading

CASES = 60
PLANS = 6


def _tightened(asked: Program, seed: int = 1) -> tuple[Program, int]:
    """With the cuts of its relaxation, and the bound that this proves."""
    growing = Growing(asked, 2**60, lambda longer: longer.request(None), seed)
    request = replace(asked.request(None), kind="relaxed")

    def after(x: Floats) -> worker.Request | None:
        longer = growing.after(x)
        return None if longer is None else replace(longer, kind="relaxed")

    found = relaxed(worker.run, request, np.ones(request.shape[1], bool), strengthened=after)
    assert found is not None
    return growing.program, asked.value(found.safe.value)


def _with_any_cuts(asked: Program, chance: np.random.Generator) -> Program:
    """With cuts that add up whatever rows there are, as no relaxation would ask for."""
    count = len(asked.least)
    cuts = []
    for _ in range(20):
        row = np.unique(chance.integers(0, count, 4))
        # A positive factor is for an upper limit, a negative one for a lower.
        sign = np.where(np.isfinite(asked.most[row]), 1, -1)
        column = np.unique(chance.integers(0, asked.rows.shape[1], 3))
        cuts.append(
            Cut(
                divisor=int(chance.integers(2, 7)),
                row=row,
                factor=sign * chance.integers(1, 6, len(row)),
                column=column,
                lift=chance.integers(1, 6, len(column)),
            )
        )
    return with_cuts(asked, cuts)


def _least_with(asked: Program, task_pairs: np.ndarray, pairs: int) -> int | None:
    """The program's value where exactly these lines are chosen; None if no solution has them."""
    request = asked.request(None)
    low, high = request.column_least.copy(), request.column_most.copy()
    low[:pairs] = high[:pairs] = task_pairs
    answer = worker.run(replace(request, column_least=low, column_most=high))
    return None if answer.x is None else asked.value(round(answer.bound))


def _plans(number: int) -> Iterator[tuple[Problem, tuple[Line, ...]]]:
    drawn, choices = case(number, TINY)
    reading, asked = Reading(drawn), read_problem(drawn)
    for turn in range(PLANS):
        lines = grown(reading, choices, share_percent=100 if turn % 2 else 50)
        yield asked, tuple(Line(*line) for line in lines)


def test_no_row_and_no_cut_takes_a_valid_plan_away() -> None:
    """Of every plan there is a solution in whole numbers that says of it what its score says."""
    chance = np.random.default_rng(7)
    asked_plans = found_cuts = 0
    for number in range(CASES):
        plans = list(_plans(number))
        task = compile_task(plans[0][0])
        model = build(task)
        if not model.pairs:
            continue
        whole, (minimum, seat) = all_levels_program(model)
        strong, _ = _tightened(whole)
        found_cuts += len(strong.cuts)
        strong = _with_any_cuts(strong, chance)
        for asked, lines in plans:
            reached = score(asked, lines)
            value = minimum * reached.shortfall + seat * reached.open + reached.cost
            chosen = chosen_pairs(task, lines).astype(float)
            assert _least_with(strong, chosen, model.pairs) == value, f"case {number}"
            asked_plans += 1

    assert asked_plans > 200
    assert found_cuts > 0


@pytest.mark.parametrize("seed", range(6))
def test_cuts_raise_the_bound_and_never_above_the_best_plan(seed: int) -> None:
    asked = draw(60, 15, seed=seed)
    best = solve(asked, params())
    assert best.status == "optimal"
    whole, (minimum, seat) = all_levels_program(build(compile_task(asked)))
    value = minimum * best.score.shortfall + seat * best.score.open + best.score.cost
    request = replace(whole.request(None), kind="relaxed")
    bare = relaxed(worker.run, request, np.ones(request.shape[1], bool))
    assert bare is not None

    _, bound = _tightened(whole)

    assert whole.value(bare.safe.value) <= bound <= value


def _bound_on_seats(asked: Problem) -> int:
    seats, _ = seats_program(build(compile_task(asked)))
    return _tightened(seats)[1]


def _bare_bound(asked: Problem) -> Score:
    """What the relaxation of all levels proves without any cut."""
    model = build(compile_task(asked))
    seats, factor = seats_program(model)
    request = replace(seats.request(None), kind="relaxed")
    found = relaxed(worker.run, request, np.ones(request.shape[1], bool))
    assert found is not None
    value = seats.value(found.safe.value)
    return Score(value // factor, value % factor, 0)


def test_minutes_are_filled_by_whole_shifts() -> None:
    """Within five hours: a shift of four or one of three, and no third of the other."""
    three = (Role("helper", max=3),)
    shifts = [shift("long", at(0, 8), 4, roles=three), shift("short", at(1, 8), 3, roles=three)]
    asked = problem([volunteer(name, max_minutes=300) for name in "abc"], shifts)

    assert _bare_bound(asked).open == 15


def test_a_day_s_minutes_are_filled_by_whole_shifts() -> None:
    three = (Role("helper", max=3),)
    shifts = [shift("long", at(0, 8), 4, roles=three), shift("short", at(0, 14), 3, roles=three)]
    asked = problem([volunteer(name, max_minutes_per_day=300) for name in "abc"], shifts)

    assert _bare_bound(asked).open == 15


def test_half_a_shift_does_not_need_half_a_team() -> None:
    """Three seats, of which one must be a driver's, and nobody drives enough."""
    people = [volunteer(name, max_shifts=1) for name in "abcdef"]
    people.append(volunteer("driver", max_shifts=1, skills={"driving": 3}))
    shifts = [
        replace(
            shift(name, at(0, 8), roles=(Role("helper", max=3),)),
            team=(TeamLine("driving", 3, 1),),
        )
        for name in ("one", "two")
    ]

    assert _bare_bound(problem(people, shifts)).open == 15


def test_a_minor_needs_a_whole_adult() -> None:
    """One adult for two shifts at once, each with two seats: only one of them can be held."""
    people = [volunteer(name, age=16) for name in "abcd"] + [volunteer("adult")]
    shifts = [shift(name, at(0, 8), roles=(Role("helper", max=2),)) for name in ("one", "two")]

    assert _bare_bound(problem(people, shifts)).open == 10


def test_two_pairs_of_friends_do_not_fill_three_seats() -> None:
    """Only cuts know that the third stays open."""
    people = [volunteer(name) for name in "abcd"]
    shifts = [shift("s", at(0, 8), roles=(Role("helper", max=3),))]
    asked = problem(people, shifts, together=(("a", "b"), ("c", "d")))

    assert _bare_bound(asked).open == 0
    assert _bound_on_seats(asked) == 5


# ---- what is left out of a search ------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_what_is_called_optimal_was_not_looked_for_among_too_few_lines(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search of nearly nothing first: only the last one can find the best plan."""
    asked = draw(60, 15, seed=seed)
    best = solve(asked, params())
    assert best.status == "optimal"

    monkeypatch.setattr(run, "LARGE_COLUMNS", 0)
    monkeypatch.setattr(large, "_FIRST_LINES", 0)
    monkeypatch.setattr(large, "_SEAT_LINES", 0)
    monkeypatch.setattr(large, "_LINES_LEAST", 0)
    monkeypatch.setattr(large, "_COST_LINES", ())
    found = solve(asked, params())

    assert found.status == "optimal"
    assert found.score == best.score


# ---- cuts that are none ----------------------------------------------------------------------


def _cut(**changed: object) -> Cut:
    fields = {"divisor": 2, "row": [0], "factor": [1], "column": [], "lift": [], **changed}
    return Cut(
        fields["divisor"],  # type: ignore[arg-type]
        *(ints(fields[name]) for name in ("row", "factor", "column", "lift")),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "cut",
    [
        _cut(row=[10**6]),
        _cut(row=[-1]),
        _cut(column=[10**6], lift=[1]),
        _cut(column=[-1], lift=[1]),
        # The first row is an upper limit and has no lower one.
        _cut(factor=[-1]),
    ],
    ids=str,
)
def test_cut_of_what_is_not_there_is_refused(cut: Cut) -> None:
    whole, _ = all_levels_program(build(compile_task(draw(60, 15, seed=3))))

    with pytest.raises(CutRefused):
        with_cuts(whole, [cut])


def test_cut_that_cannot_be_added_up_is_refused() -> None:
    whole, _ = all_levels_program(build(compile_task(draw(60, 15, seed=3))))

    with pytest.raises(TooLarge):
        with_cuts(whole, [_cut(factor=[2**61])])
