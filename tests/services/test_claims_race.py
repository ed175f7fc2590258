"""Two guards keep a role from having more people than seats, and a person from being in two places:
the locks that `services.claims.claim` takes, and constraints of the database. Each holds alone;
without both, the same races overbook. `make prove` runs the long version.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID

import pytest

from services.claims import claiming
from tests.support.factories import make_city
from tests.support.owner import as_owner
from tests.support.races import Outcome, race_for_seats, race_for_two_places

RACES = 60
RACES_ON_ONE_GUARD = 10

# Without the counting triggers nothing but the lock knows how many seats are held.
SEAT_CONSTRAINTS = (
    "ALTER TABLE role DROP CONSTRAINT role_never_overfilled",
    "DROP TRIGGER claim_seat_new ON claim",
)
PLACE_CONSTRAINTS = ("ALTER TABLE claim DROP CONSTRAINT claim_one_place_at_a_time",)

Lock = Callable[[Iterable[UUID], Iterable[UUID]], Awaitable[None]]


def no_lock(runners: int) -> Lock:
    """In place of the locks: everybody waits until all have begun, then all look at once."""
    barrier = asyncio.Barrier(runners)

    async def lock_seats(shift_ids: Iterable[UUID], volunteer_ids: Iterable[UUID]) -> None:
        await barrier.wait()

    return lock_seats


def assert_seats_kept(outcome: Outcome, races: int) -> None:
    assert outcome.answers == {"confirmed": 2 * races, "full": 6 * races}
    assert outcome.held_most == 2


def assert_one_place(outcome: Outcome, races: int) -> None:
    assert outcome.answers == {"confirmed": races, "overlap": races}
    assert outcome.held_most == 1


async def test_eight_people_at_once_never_get_more_than_two_seats(database: str) -> None:
    _, boss = await make_city()
    assert_seats_kept(await race_for_seats(boss, RACES), RACES)


async def test_the_lock_alone_keeps_the_seats(database: str) -> None:
    _, boss = await make_city()
    await as_owner(database, *SEAT_CONSTRAINTS)
    assert_seats_kept(await race_for_seats(boss, RACES_ON_ONE_GUARD), RACES_ON_ONE_GUARD)


async def test_the_constraint_alone_keeps_the_seats(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, boss = await make_city()
    monkeypatch.setattr(claiming, "lock_seats", no_lock(8))
    assert_seats_kept(await race_for_seats(boss, RACES_ON_ONE_GUARD), RACES_ON_ONE_GUARD)


async def test_without_either_guard_the_seats_are_overbooked(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, boss = await make_city()
    await as_owner(database, *SEAT_CONSTRAINTS)
    monkeypatch.setattr(claiming, "lock_seats", no_lock(8))
    outcome = await race_for_seats(boss, RACES_ON_ONE_GUARD)
    assert outcome.overbooked > 0


async def test_one_person_at_once_is_never_in_two_places(database: str) -> None:
    _, boss = await make_city()
    assert_one_place(await race_for_two_places(boss, RACES), RACES)


async def test_the_lock_alone_keeps_a_person_in_one_place(database: str) -> None:
    _, boss = await make_city()
    await as_owner(database, *PLACE_CONSTRAINTS)
    outcome = await race_for_two_places(boss, RACES_ON_ONE_GUARD)
    assert_one_place(outcome, RACES_ON_ONE_GUARD)


async def test_the_constraint_alone_keeps_a_person_in_one_place(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, boss = await make_city()
    monkeypatch.setattr(claiming, "lock_seats", no_lock(2))
    outcome = await race_for_two_places(boss, RACES_ON_ONE_GUARD)
    assert_one_place(outcome, RACES_ON_ONE_GUARD)


async def test_without_either_guard_a_person_is_in_two_places(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, boss = await make_city()
    await as_owner(database, *PLACE_CONSTRAINTS)
    monkeypatch.setattr(claiming, "lock_seats", no_lock(2))
    outcome = await race_for_two_places(boss, RACES_ON_ONE_GUARD)
    assert outcome.overbooked > 0
