"""Estimates: little data says little, the pool is found again, and each sees their own."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import estimates
from services.errors import NotFound
from services.estimates import STRENGTH_MAX, UNINFORMED, fitted, updated
from tests.support.factories import make_city, make_person

counts = st.integers(0, 40).flatmap(
    lambda out_of: st.tuples(st.integers(0, out_of), st.just(out_of))
)


@given(st.lists(counts, max_size=60), counts)
def test_a_rate_lies_between_the_pools_and_ones_own(
    pool: list[tuple[int, int]], own: tuple[int, int]
) -> None:
    belief = fitted(pool)
    assert 0 < belief.mean < 1
    times, out_of = own
    rate = updated(belief, times, out_of).mean
    if out_of:
        low, high = sorted((belief.mean, times / out_of))
        assert low - 1e-9 <= rate <= high + 1e-9
    else:
        assert rate == belief.mean


@pytest.mark.parametrize(("yes", "no"), [(8.0, 2.0), (3.0, 3.0), (40.0, 10.0)])
def test_the_pool_that_made_the_counts_is_found_again(yes: float, no: float) -> None:
    chance = random.Random(7)
    made = []
    for _ in range(3000):
        rate = chance.betavariate(yes, no)
        made.append((sum(chance.random() < rate for _ in range(12)), 12))
    found = fitted(made)
    assert found.mean == pytest.approx(yes / (yes + no), abs=0.02)
    assert found.yes + found.no == pytest.approx(yes + no, rel=0.25)


def test_too_few_people_are_no_pool_and_equal_ones_are_a_strong_one() -> None:
    assert fitted([(3, 4)] * 19) == UNINFORMED
    strong = fitted([(3, 4)] * 400)
    assert strong.yes + strong.no == pytest.approx(STRENGTH_MAX)


def test_one_missed_message_says_next_to_nothing() -> None:
    pool = fitted([(9, 10)] * 300)
    assert pool.mean - updated(pool, 0, 1).mean < 0.01


async def test_everybody_sees_their_own_and_a_no_counts_as_an_answer(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    assert ada.volunteer_id is not None
    found = await estimates.of_person(ada, ada.volunteer_id)
    assert (found.answering.times, found.answering.out_of, found.answering.rate) == (0, 0, 0.5)
    with pytest.raises(NotFound):
        await estimates.of_person(ben, ada.volunteer_id)
