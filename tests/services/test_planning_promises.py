"""What a round's problem keeps: seats, refusals, promises made elsewhere, the plan before."""

from datetime import timedelta

import pytest

from matcher.problem import Engagement as PromisedElsewhere
from matcher.problem import Forbidden
from models.core import (
    ClaimState,
    Engagement,
    Exclusion,
    OrganisationKind,
    Role,
    Volunteer,
)
from tests.services.planning_problem import by_id, line, problem_of
from tests.services.rounds_world import World, at, minute

pytestmark = pytest.mark.usefixtures("database")


async def test_seats_are_fixed_and_a_role_has_room_for_all_of_them() -> None:
    world = await World.make()
    ada, ben, kim, lee = [await world.volunteer() for _ in range(4)]
    shift = await world.shift(at(0, 9))
    await Role.filter(shift_id=shift.id).update(maximum=5)
    await world.claim(ada, shift)
    await world.claim(ben, shift, ClaimState.OFFERED)
    await world.claim(kim, shift, ClaimState.CONFIRMED, ClaimState.SEEKING_STANDIN)
    await world.claim(lee, shift, ClaimState.WAITLISTED)

    problem = await problem_of(world)

    assert set(problem.fixed) == {await line(each, shift) for each in (ada, ben, kim)}
    assert problem.shifts[0].roles[0].max == 3
    assert problem.forbidden == ()


@pytest.mark.parametrize(
    "states",
    [
        (ClaimState.OFFERED, ClaimState.DECLINED),
        (ClaimState.OFFERED, ClaimState.WITHDRAWN),
        (ClaimState.CONFIRMED, ClaimState.CANCELLED),
        (ClaimState.CONFIRMED, ClaimState.LATE_CANCELLED),
        (ClaimState.REQUESTED, ClaimState.REFUSED),
        (ClaimState.REQUESTED,),
        (ClaimState.ENTERED,),
    ],
    ids=lambda states: states[-1].value,
)
async def test_who_said_no_or_waits_for_an_organiser_is_not_proposed(
    states: tuple[ClaimState, ...],
) -> None:
    world = await World.make()
    ada, shift = await world.volunteer(), await world.shift(at(0, 9))
    await world.claim(ada, shift, *states)

    problem = await problem_of(world)

    assert problem.forbidden == (Forbidden(str(ada.id), str(shift.id), states[-1].value),)
    assert problem.fixed == ()


async def test_who_let_an_offer_expire_may_be_asked_again() -> None:
    world = await World.make()
    ada, shift = await world.volunteer(), await world.shift(at(0, 9))
    await world.claim(ada, shift, ClaimState.OFFERED, ClaimState.EXPIRED)

    assert (await problem_of(world)).forbidden == ()


async def test_an_exclusion_is_forbidden_for_its_reason() -> None:
    world = await World.make()
    ada, shift = await world.volunteer(), await world.shift(at(0, 9))
    await Exclusion.create(shift_id=shift.id, volunteer_id=ada.id, reason="not_insured")

    problem = await problem_of(world)

    assert problem.forbidden == (Forbidden(str(ada.id), str(shift.id), "not_insured"),)


async def test_who_comes_from_elsewhere_keeps_their_seat_and_is_asked_for_nothing_more() -> None:
    world = await World.make()
    guest = await world.volunteer(of=world.city)
    shift = await world.shift(at(0, 9))
    await world.shift(at(1, 9))
    await world.claim(guest, shift)

    problem = await problem_of(world)

    assert problem.fixed == (await line(guest, shift),)
    assert by_id(problem, guest).available == ()


async def test_promises_outside_the_problem_are_engagements_if_they_can_touch_it() -> None:
    world = await World.make()
    other_street = await world.organisation("Other", OrganisationKind.STREET, world.city)
    elsewhere = await world.published_project(other_street)
    ada = await world.volunteer()
    there = await world.shift(at(0, 9), project=elsewhere, longitude=121.0, latitude=31.0)
    await world.claim(ada, there)
    dropped = await world.shift(at(3, 9), project=elsewhere)
    await world.claim(ada, dropped, ClaimState.CONFIRMED, ClaimState.CANCELLED)
    for start in (at(-1, 22), at(-3, 22), at(8, 22)):
        await Engagement.create(
            volunteer_id=ada.id, starts_at=start, ends_at=start + timedelta(hours=1)
        )

    [found] = (await problem_of(world)).volunteers

    assert found.engaged == (
        PromisedElsewhere(minute(at(-1, 22)), minute(at(-1, 23))),
        PromisedElsewhere(minute(at(0, 9)), minute(at(0, 11)), (121.0, 31.0)),
    )


async def test_the_newest_published_plan_of_each_shift_is_the_current_one() -> None:
    world = await World.make()
    ada = await world.volunteer()
    first, second = await world.shift(at(0, 9)), await world.shift(at(3, 9))
    await world.published(horizon_end=at(2, 0))
    await world.published()

    problem = await problem_of(world)

    assert set(problem.current) == {await line(ada, first), await line(ada, second)}
    assert set(problem.fixed) == set(problem.current)


async def test_a_plan_of_another_tree_is_not_current() -> None:
    world = await World.make()
    other_street = await world.organisation("Other", OrganisationKind.STREET, world.city)
    elsewhere = await world.published_project(other_street)
    await world.volunteer(of=other_street)
    await world.shift(at(0, 9), project=elsewhere)
    world.organiser = await world.organiser_of(world.city)
    await world.published(organisation_id=other_street.id)

    assert (await problem_of(world)).current == ()
    assert len((await problem_of(world, organisation_id=world.city.id)).current) == 1


async def test_promises_beyond_the_limits_are_kept_and_nothing_more_is_asked() -> None:
    world = await World.make()
    ada, shift = await world.volunteer(), await world.shift(at(0, 9))
    other = await world.shift(at(1, 9))
    await world.claim(ada, shift)
    await world.claim(ada, other)
    await Volunteer.filter(id=ada.id).update(max_minutes=200, max_minutes_per_day=60, max_shifts=1)

    [found] = (await problem_of(world)).volunteers

    assert (found.max_minutes, found.max_minutes_per_day, found.max_shifts) == (240, 120, 2)
    assert found.available == ()
