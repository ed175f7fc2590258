"""The arrays say of everybody what the rules say of one person."""

import numpy as np
import pytest

from benchmarks.instances import draw
from matcher import rules
from matcher.check import check_assignments
from matcher.columns import compile_columns
from matcher.draft import compile_task
from matcher.geometry import distance_m, distances_m
from matcher.lookup import Lookup
from matcher.obstacles import NOTHING, Obstacles
from matcher.plan import REASONS
from matcher.problem import Line, Problem
from matcher.score import fairness_units, line_cost, score
from matcher.solve.cliques import conflict_cliques

SEEDS = (1, 2, 3)


def _scalar_obstacle(asked: Problem, lookup: Lookup, who: int, where: int, seat: int) -> str | None:
    person, shift = asked.volunteers[who], asked.shifts[where]
    promised = {(line.volunteer, line.shift) for line in asked.fixed}
    pair = (person.id, shift.id)
    if pair in lookup.forbidden and pair not in promised:
        return "forbidden"
    lacking = rules.unsuited(person, shift.roles[seat])
    if lacking:
        return lacking
    if not rules.is_available(person, shift):
        return "unavailable"
    return "too_far" if rules.is_too_far(person, shift) else None


@pytest.mark.parametrize("seed", SEEDS)
def test_obstacles_agree_with_the_rules(seed: int) -> None:
    asked = draw(40, 15, seed=seed)
    columns, lookup = compile_columns(asked), Lookup(asked)

    codes = Obstacles(columns).first(slice(0, 40), np.arange(len(columns.role_max)))

    found = set()
    for who in range(40):
        for role in range(len(columns.role_max)):
            where = int(columns.role_shift[role])
            seat = role - int(columns.first_role[where])
            code = codes[who, role]
            word = None if code == NOTHING else REASONS[code]
            found.add(word)
            assert word == _scalar_obstacle(asked, lookup, who, where, seat)
    assert {None, "skills", "unavailable", "too_far"} <= found


@pytest.mark.parametrize("seed", SEEDS)
def test_conflicts_agree_with_the_rules(seed: int) -> None:
    asked = draw(40, 40, seed=seed)
    columns = compile_columns(asked)

    for one, first in enumerate(asked.shifts):
        for two, second in enumerate(asked.shifts):
            if one != two:
                clash = rules.overlap_or_late(
                    first, second, asked.horizon, asked.rules
                ) or rules.rests_too_little(first, second, asked.horizon, asked.rules)
                assert columns.conflict[one, two] == clash


@pytest.mark.parametrize("seed", SEEDS)
def test_cliques_cover_every_conflict_and_nothing_else(seed: int) -> None:
    columns = compile_columns(draw(60, 60, seed=seed))

    cliques = conflict_cliques(columns).astype(int)

    together = cliques.T @ cliques > 0
    conflict = columns.conflict.copy()
    np.fill_diagonal(conflict, val=False)
    np.fill_diagonal(together, val=False)
    assert (together == conflict).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_possible_pairs_are_the_lines_that_the_fixed_ones_leave(seed: int) -> None:
    """Alone beside the fixed lines, a line that is not possible breaks a rule of one person."""
    asked = draw(30, 8, seed=seed)
    task = compile_task(asked)
    keys = list(task.columns.role_at)
    possible = {
        Line(asked.volunteers[who].id, *keys[role])
        for who, role in zip(task.pairs.volunteer.tolist(), task.pairs.role.tolist(), strict=True)
    }
    fixed = set(asked.fixed)
    assert fixed <= possible

    for person in asked.volunteers:
        for key in keys:
            line = Line(person.id, *key)
            if line not in fixed:
                broken = {each.rule for each in check_assignments(asked, (*asked.fixed, line))}
                of_person = broken - {"H8", "H9", "H10", "H12"}
                assert (line in possible) <= (not of_person)
                if not broken - {"H8", "H9", "H10"}:
                    assert line in possible


@pytest.mark.parametrize("seed", SEEDS)
def test_pair_costs_add_up_to_the_score(seed: int) -> None:
    asked = draw(30, 8, seed=seed)
    task, lookup = compile_task(asked), Lookup(asked)
    weights = asked.weights
    keys = list(task.columns.role_at)
    nothing = score(asked, ()).cost
    for row in range(0, len(task.pairs.role), 7):
        person = asked.volunteers[task.pairs.volunteer[row]]
        key = keys[task.pairs.role[row]]
        alone = score(asked, (Line(person.id, *key),)).cost - nothing
        fairness = weights.fairness * fairness_units(person, 1)

        assert int(task.pairs.cost[row]) + fairness == alone
        assert line_cost(lookup, person, lookup.shifts[key[0]]) >= 0


def test_distances_agree_to_the_metre() -> None:
    chance = np.random.default_rng(7)
    places = chance.uniform((-180, -90), (180, 90), (120, 2))
    near = places + chance.uniform(-1e-3, 1e-3, places.shape)
    places = np.concatenate([places, near.clip((-180, -90), (180, 90))])

    found = distances_m(places, places)

    for one in range(0, len(places), 3):
        for two in range(len(places)):
            pair = tuple(map(float, places[one])), tuple(map(float, places[two]))
            assert found[one, two] == distance_m(*pair)  # type: ignore[arg-type]
