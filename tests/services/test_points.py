"""The points ledger: only added to, balanced, and as many effects as keys."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services import points
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.paging import PageQuery
from services.points import AwardIn, Transfer
from services.rights import Actor
from services.volunteers import Volunteer
from tests.support.factories import (
    NOW,
    make_account,
    make_city,
    make_organisation,
    make_organiser,
    make_volunteer,
)


def award_of(
    volunteer: Volunteer, points_: int = 10, key: str = "k", reason: str = "help"
) -> AwardIn:
    return AwardIn(volunteer_id=volunteer.id, points=points_, reason=reason, key=key)


async def test_an_award_is_in_the_balance_and_in_the_list(database: str) -> None:
    _, boss = await make_city()
    ada = await make_volunteer(boss)
    made = await points.award(boss, award_of(ada), NOW)
    listed = await points.list_transfers(boss, ada.id, PageQuery())
    assert await points.balance(ada.id) == 10
    assert listed.items == [made]


async def test_the_same_key_again_is_the_same_award(database: str) -> None:
    _, boss = await make_city()
    ada = await make_volunteer(boss)
    first = await points.award(boss, award_of(ada), NOW)
    assert await points.award(boss, award_of(ada), NOW) == first
    assert await points.balance(ada.id) == 10


@pytest.mark.parametrize("change", [{"points_": 11}, {"reason": "other"}])
async def test_the_same_key_for_something_else_is_refused(
    database: str, change: dict[str, object]
) -> None:
    _, boss = await make_city()
    ada = await make_volunteer(boss)
    await points.award(boss, award_of(ada), NOW)
    with pytest.raises(Conflict, match="key_reused"):
        await points.award(boss, award_of(ada, **change), NOW)  # type: ignore[arg-type]
    assert await points.balance(ada.id) == 10


async def test_ten_times_one_key_at_once_is_one_award(database: str) -> None:
    _, boss = await make_city()
    ada = await make_volunteer(boss)
    made = await asyncio.gather(*(points.award(boss, award_of(ada), NOW) for _ in range(10)))
    assert len({each.id for each in made}) == 1
    assert await points.balance(ada.id) == 10


async def test_a_reversal_takes_back_once_whoever_asks_how_often(database: str) -> None:
    _, boss = await make_city()
    ada = await make_volunteer(boss)
    award = await points.award(boss, award_of(ada), NOW)
    asked = [points.reverse(boss, award.id, f"r{n % 2}", NOW) for n in range(10)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    made = {each.id for each in answers if isinstance(each, Transfer)}
    refused = {each.reason for each in answers if isinstance(each, Conflict)}
    assert len(made) == 1
    assert refused == {"already_reversed"}
    assert await points.balance(ada.id) == 0


async def test_a_reversal_is_not_reversed(database: str) -> None:
    _, boss = await make_city()
    award = await points.award(boss, award_of(await make_volunteer(boss)), NOW)
    reversal = await points.reverse(boss, award.id, "r", NOW)
    with pytest.raises(Conflict, match="is_reversal"):
        await points.reverse(boss, reversal.id, "r2", NOW)


async def test_the_latest_lines_come_first_page_by_page(database: str) -> None:
    _, boss = await make_city()
    ada = await make_volunteer(boss)
    made = [await points.award(boss, award_of(ada, key=f"k{n}"), NOW) for n in range(5)]
    first = await points.list_transfers(boss, ada.id, PageQuery(limit=3))
    second = await points.list_transfers(boss, ada.id, PageQuery(limit=3, after=first.next))
    assert [*first.items, *second.items] == made[::-1]
    assert second.next is None


async def test_points_are_given_and_seen_only_where_the_person_is_registered(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_volunteer(boss), await make_volunteer(boss)
    other_team = await make_organisation(boss)
    stranger = await make_organiser(other_team.id)
    with pytest.raises(NotFound):
        await points.award(stranger, award_of(ada), NOW)
    award = await points.award(boss, award_of(ada), NOW)
    with pytest.raises(NotFound):
        await points.reverse(stranger, award.id, "r", NOW)
    bens_own = await make_account(volunteer_id=ben.id)
    with pytest.raises(Forbidden, match="right_missing"):
        await points.list_transfers(bens_own, ada.id, PageQuery())


@dataclass
class Ledger:
    """What the ledger must say, kept in plain sets and sums."""

    award_of_key: dict[str, tuple[int, int]] = field(default_factory=dict)
    reversed_by: dict[str, str] = field(default_factory=dict)
    balances: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def award(self, key: str, person: int, amount: int) -> bool:
        if key in self.reversed_by.values():
            return False
        known = self.award_of_key.setdefault(key, (person, amount))
        return known == (person, amount)

    def reverse(self, of_key: str, key: str) -> bool:
        if key in self.award_of_key:
            return False
        taken = {used: award for award, used in self.reversed_by.items()}
        if taken.get(key, of_key) != of_key:
            return False
        return self.reversed_by.setdefault(of_key, key) == key

    def balance(self, person: int) -> int:
        return sum(
            amount
            for key, (whose, amount) in self.award_of_key.items()
            if whose == person and key not in self.reversed_by
        )


KEYS = st.sampled_from(["a", "b", "c", "d"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("award"), KEYS, st.integers(0, 2), st.sampled_from([1, 7])),
        st.tuples(st.just("reverse"), KEYS, KEYS),
    ),
    max_size=14,
)


@pytest.fixture
async def people(database: str) -> tuple[Actor, list[Volunteer]]:
    _, boss = await make_city()
    return boss, [await make_volunteer(boss) for _ in range(3)]


async def test_any_sequence_leaves_what_plain_sums_say(
    people: tuple[Actor, list[Volunteer]],
) -> None:
    """Each example runs on volunteers and keys of its own in one ledger."""
    loop = asyncio.get_running_loop()
    boss, volunteers = people
    before = {each.id: 0 for each in volunteers}
    examples = 0

    async def run(steps: list[tuple[object, ...]]) -> None:
        nonlocal examples
        examples += 1
        ledger, made = Ledger(), {}
        for step in steps:
            key = f"{examples}-{step[1]}"
            try:
                if step[0] == "award":
                    person, amount = int(str(step[2])), int(str(step[3]))
                    expected = ledger.award(key, person, amount)
                    done = await points.award(boss, award_of(volunteers[person], amount, key), NOW)
                    made[key] = done.id
                elif key in ledger.award_of_key:
                    reversal_key = f"{examples}-{step[2]}"
                    expected = ledger.reverse(key, reversal_key)
                    await points.reverse(boss, made[key], reversal_key, NOW)
                else:
                    continue
            except Conflict:
                assert not expected, step
            else:
                assert expected, step
        await _same_as(ledger, volunteers, before)

    @settings(
        max_examples=80,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(STEPS)
    def every(steps: list[tuple[object, ...]]) -> None:
        asyncio.run_coroutine_threadsafe(run(steps), loop).result(60)

    await asyncio.to_thread(every)
    assert examples >= 60


async def _same_as(ledger: Ledger, volunteers: list[Volunteer], before: dict[object, int]) -> None:
    for person, volunteer in enumerate(volunteers):
        before[volunteer.id] += ledger.balance(person)
        assert await points.balance(volunteer.id) == before[volunteer.id]
    [sums] = await rows(
        "SELECT coalesce(sum(CASE WHEN t.credit_id = a.id THEN t.points ELSE -t.points END), 0) "
        "AS total, count(*) = 2 * (SELECT count(*) FROM points_transfer) AS is_double "
        "FROM points_account a JOIN points_transfer t ON a.id IN (t.credit_id, t.debit_id)"
    )
    assert sums["total"] == 0, "what left one account came to another"
    assert sums["is_double"]
