"""How the seats of a plan stand: as it was made, and after answers and withdrawals."""

from datetime import timedelta

import pytest

from models.core import ClaimState, Role, RoundState
from services import offers, rounds
from services.paging import PageQuery
from services.rounds import PlanNow, PlanView, Round
from tests.services.rounds_world import MONDAY, NOW, SETTINGS, World, at

pytestmark = pytest.mark.usefixtures("database")


async def view(world: World, round_: Round) -> PlanView:
    return await rounds.plan(world.organiser, round_.id, PageQuery())


async def test_what_is_beyond_the_target_of_a_role_fills_no_seat() -> None:
    world = await World.make()
    people = [await world.volunteer() for _ in range(5)]
    crowded = await world.shift(at(0, 9), seats=9)
    for person in people[:4]:
        await world.claim(person, crowded)
    await Role.filter(shift_id=crowded.id).update(target=3)
    await world.shift(at(1, 9), seats=7)

    round_ = await world.proposed()
    plan = await view(world, round_)

    assert round_.plan is not None
    # One of the five is asked to nothing on Monday: its role has more than it wants.
    assert (round_.plan.seats, round_.plan.filled, round_.plan.assignments) == (10, 8, 9)
    roles = [role for item in plan.items for role in item.roles]
    assert [(role.filled, role.target, role.missing) for role in roles] == [(4, 3, 0), (5, 7, 2)]
    assert plan.now == PlanNow(filled=8, promised=4, asked=0)
    assert sum(min(role.filled, role.target) for role in roles) == plan.now.filled


async def test_a_no_leaves_a_seat_that_is_counted_as_empty_at_once() -> None:
    world = await World.make()
    people = [await world.volunteer(name=name) for name in ("Ada", "Ben", "Cai")]
    shift = await world.shift(at(0, 9), seats=3)
    await world.claim(people[0], shift)
    round_ = await world.published()
    assert (await view(world, round_)).now == PlanNow(filled=3, promised=1, asked=0)

    actor = world.volunteer_actor(people[1])
    [offer] = (await offers.list_mine(actor, PageQuery(), NOW)).items
    await offers.decline(actor, offer.id, NOW)
    plan = await view(world, round_)

    assert plan.now == PlanNow(filled=2, promised=1, asked=0)
    [role] = plan.items[0].roles
    assert (role.filled, role.missing) == (2, 1)
    assert [(one.name, one.has_seat) for one in role.people] == [
        ("Ada", True),
        ("Ben", False),
        ("Cai", True),
    ]
    # What the plan filled when it was made stays said beside it.
    assert (plan.summary.filled, plan.summary.seats) == (3, 3)


async def test_a_seat_that_somebody_takes_by_themselves_is_no_longer_empty() -> None:
    world = await World.make()
    ada, ben = await world.volunteer(), await world.volunteer(is_free=False)
    shift = await world.shift(at(0, 9), seats=3)
    await world.claim(ada, shift)
    round_ = await world.published()

    await world.claim(ben, shift)
    plan = await view(world, round_)

    [role] = plan.items[0].roles
    assert (role.filled, role.others, role.missing) == (2, 1, 1)
    assert plan.now.filled == 2
    assert (plan.summary.filled, plan.summary.seats) == (1, 3)


async def test_who_was_asked_before_and_has_not_answered_has_promised_nothing() -> None:
    world = await World.make()
    ada, ben = await world.volunteer(), await world.volunteer()
    shift = await world.shift(at(0, 9), seats=2)
    await world.claim(ada, shift)
    await world.claim(ben, shift, ClaimState.OFFERED)

    plan = await view(world, await world.proposed())

    assert plan.summary.fixed == 2
    assert plan.now == PlanNow(filled=2, promised=1, asked=1)


async def test_who_could_not_be_asked_in_time_has_no_seat_once_it_is_published() -> None:
    world = await World.make()
    await world.volunteer()
    await world.shift(at(0, 9))
    round_ = await world.proposed()
    assert (await view(world, round_)).now.filled == 1

    late = MONDAY + timedelta(hours=8, minutes=59)
    round_ = await rounds.publish(world.organiser, round_.id, rounds.PublishIn(), late, SETTINGS)
    plan = await view(world, round_)

    assert (round_.state, plan.summary.not_offered) == (RoundState.PUBLISHED, 1)
    assert plan.now.filled == 0
    [role] = plan.items[0].roles
    assert [one.has_seat for one in role.people] == [False]
