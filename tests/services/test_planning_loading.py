"""The problem of a round is what the tables say, and nothing of what lies outside."""

from datetime import date, timedelta

import pytest

from matcher.problem import TeamLine
from matcher.problem import Volunteer as Person
from models.core import (
    ApartPair,
    AvailabilityException,
    AvailabilityExceptionKind,
    Exclusion,
    Invitation,
    Membership,
    MembershipKind,
    OrganisationKind,
    ProjectState,
    Role,
    RoleGroup,
    RoleSkill,
    Shift,
    ShiftState,
    TogetherGroup,
    TogetherMember,
    Volunteer,
    VolunteerLiking,
    VolunteerSkill,
)
from models.core import TeamLine as TeamRow
from services.errors import NotFound
from services.planning import load_problem
from services.planning.copying import load_tables
from services.rounds import RulesIn, WeightsIn
from tests.services.planning_problem import by_id, only_role, problem_of
from tests.services.rounds_world import MONDAY, SUNDAY_NIGHT, World, at, minute

pytestmark = pytest.mark.usefixtures("database")


async def test_a_round_that_is_not_there_has_no_problem() -> None:
    world = await World.make()

    with pytest.raises(NotFound):
        await load_problem(world.street.id)
    with pytest.raises(NotFound):
        await load_tables(world.street.id)


async def test_without_people_and_shifts_there_is_an_empty_problem() -> None:
    problem = await problem_of(await World.make())

    assert (problem.volunteers, problem.shifts) == ((), ())
    assert problem.horizon.start_minute == minute(MONDAY)
    assert problem.horizon.end_minute == minute(SUNDAY_NIGHT)
    assert problem.horizon.offset_minutes == 480


async def test_the_round_has_its_own_rules_and_weights() -> None:
    problem = await problem_of(
        await World.make(), rules=RulesIn(min_rest_minutes=600), weights=WeightsIn(change=7)
    )

    assert (problem.rules.min_rest_minutes, problem.rules.speed_kmh) == (600, 15)
    assert (problem.weights.change, problem.weights.travel) == (7, 1)


async def test_only_open_shifts_of_published_projects_of_the_subtree_inside_the_horizon() -> None:
    world = await World.make()
    neighbourhood = await world.organisation("N", OrganisationKind.NEIGHBOURHOOD, world.street)
    other_street = await world.organisation("Other", OrganisationKind.STREET, world.city)
    below = await world.published_project(neighbourhood)
    elsewhere = await world.published_project(other_street)
    above = await world.published_project(world.city)
    draft = await world.published_project(world.street, state=ProjectState.DRAFT)
    wanted = [
        await world.shift(MONDAY),
        await world.shift(SUNDAY_NIGHT - timedelta(hours=2), SUNDAY_NIGHT, project=below),
    ]
    await world.shift(MONDAY - timedelta(hours=1))
    await world.shift(SUNDAY_NIGHT - timedelta(hours=1))
    await world.shift(at(1, 9), state=ShiftState.CALLED_OFF)
    for project in (elsewhere, above, draft):
        await world.shift(at(1, 9), project=project)

    problem = await problem_of(world)

    assert {shift.id for shift in problem.shifts} == {str(shift.id) for shift in wanted}


async def test_a_shift_has_all_that_was_written_about_it() -> None:
    world = await World.make()
    project = await world.published_project(world.street, category="elderly")
    guest = await world.volunteer()
    team = await world.organisation("Team", OrganisationKind.SERVICE_TEAM, world.street)
    shift = await world.shift(
        at(0, 9),
        project=project,
        seats=3,
        minimum=2,
        priority=8,
        cancel_below_minimum=True,
        longitude=121.5,
        latitude=31.2,
    )
    role = await only_role(shift)
    await Role.filter(id=role.id).update(maximum=5, min_age=16, max_age=70)
    await RoleSkill.create(role_id=role.id, skill="first aid", level=3)
    await RoleGroup.create(role_id=role.id, organisation_id=team.id)
    await TeamRow.create(shift_id=shift.id, skill="first aid", level=4, count=1)
    await Invitation.create(shift_id=shift.id, volunteer_id=guest.id)

    [found] = (await problem_of(world)).shifts

    assert (found.project, found.cause) == (str(project.id), "elderly")
    assert (found.start_minute, found.end_minute) == (minute(at(0, 9)), minute(at(0, 11)))
    assert found.location == (121.5, 31.2)
    assert (found.priority, found.cancel_below_minimum) == (8, True)
    assert found.team == (TeamLine("first aid", 4, 1),)
    assert found.invited == (str(guest.id),)
    [seat] = found.roles
    assert (seat.id, seat.min, seat.max) == (str(role.id), 2, 3)
    assert (seat.skills, seat.groups) == ({"first aid": 3}, (str(team.id),))
    assert (seat.min_age, seat.max_age) == (16, 70)


async def test_people_are_those_registered_in_the_subtree_and_its_members() -> None:
    world = await World.make()
    neighbourhood = await world.organisation("N", OrganisationKind.NEIGHBOURHOOD, world.street)
    member = await world.volunteer(of=world.city)
    await Membership.create(
        volunteer_id=member.id,
        organisation_id=neighbourhood.id,
        kind=MembershipKind.TEAM,
        starts_on=date(2026, 1, 1),
    )
    registered = await world.volunteer(of=neighbourhood)
    await world.volunteer(of=world.city)

    problem = await problem_of(world)

    assert {each.id for each in problem.volunteers} == {str(member.id), str(registered.id)}
    assert by_id(problem, member).groups == (str(neighbourhood.id),)
    assert by_id(problem, registered).groups == ()


async def test_a_volunteer_has_all_that_was_written_about_them() -> None:
    world = await World.make()
    person = await world.volunteer(
        is_free=False,
        age=18,
        home_longitude=121.4,
        home_latitude=31.1,
        max_travel_m=3000,
        max_minutes=600,
        max_minutes_per_day=240,
        max_shifts=3,
        served_minutes=480,
    )
    last_day = at(6, 0).date()
    for skill, expires_on in (
        ("cooking", None),
        ("first aid", last_day),
        ("driving", last_day - timedelta(days=1)),
    ):
        await VolunteerSkill.create(
            volunteer_id=person.id, skill=skill, level=2, expires_on=expires_on
        )
    await VolunteerLiking.create(volunteer_id=person.id, cause="elderly", liking=3)

    [found] = (await problem_of(world)).volunteers

    assert found == Person(
        id=str(person.id),
        location=(121.4, 31.1),
        max_travel_m=3000,
        age=18,  # Complete on the day after the birthday, which is the horizon's first.
        skills={"cooking": 2, "first aid": 2},
        max_minutes=600,
        max_minutes_per_day=240,
        max_shifts=3,
        served_minutes=480,
        likes={"elderly": 3},
    )


async def test_availability_is_windows_without_days_off_and_with_extras() -> None:
    world = await World.make()
    person = await world.volunteer()
    for kind, start, end in (
        (AvailabilityExceptionKind.OFF, at(0, 0), at(6, 0)),
        (AvailabilityExceptionKind.EXTRA, at(2, 9), at(2, 10) + timedelta(seconds=30)),
    ):
        await AvailabilityException.create(
            volunteer_id=person.id, kind=kind, starts_at=start, ends_at=end
        )

    [found] = (await problem_of(world)).volunteers

    assert found.available == (
        (minute(at(2, 9)), minute(at(2, 10))),
        (minute(at(6, 0)), minute(at(7, 0))),
    )


async def test_groups_and_pairs_hold_for_the_people_of_the_problem() -> None:
    world = await World.make()
    ada, ben, kim = [await world.volunteer() for _ in range(3)]
    far = await world.volunteer(of=world.city)
    for members in ((ada, ben), (ben, ada), (kim, far)):
        group = await TogetherGroup.create(organisation_id=world.street.id)
        for member in members:
            await TogetherMember.create(group_id=group.id, volunteer_id=member.id)
    of_others = await TogetherGroup.create(organisation_id=world.city.id)
    await TogetherMember.create(group_id=of_others.id, volunteer_id=ada.id)
    outside = await world.volunteer(of=world.city)
    for one, other in ((ada, kim), (ada, outside)):
        first, second = sorted((one.id, other.id))
        await ApartPair.create(one_id=first, other_id=second)

    problem = await problem_of(world)

    assert {frozenset(group) for group in problem.together} == {
        frozenset((str(ada.id), str(ben.id))),
        frozenset((str(kim.id), str(far.id))),
    }
    assert len(problem.together) == 2
    assert [frozenset(pair) for pair in problem.apart] == [frozenset((str(ada.id), str(kim.id)))]
    # A group of which one member cannot be planned here serves nowhere here: all or none.
    assert by_id(problem, far).available == ()


async def test_the_same_rows_have_the_same_digest_and_any_change_another() -> None:
    world = await World.make()
    ada, shift = await world.volunteer(), await world.shift(at(0, 9))
    round_ = await world.request()
    before = await load_problem(round_.id)

    assert await load_problem(round_.id) == before

    digests, copied_digests = {before.digest}, {(await load_tables(round_.id)).digest}
    for change in (
        Volunteer.filter(id=ada.id).update(max_shifts=6),
        Shift.filter(id=shift.id).update(priority=6),
        Role.filter(shift_id=shift.id).update(min_age=20),
        Exclusion.create(shift_id=shift.id, volunteer_id=ada.id, reason="by hand"),
    ):
        await change
        digests.add((await load_problem(round_.id)).digest)
        copied_digests.add((await load_tables(round_.id)).digest)
    assert len(digests) == 5
    assert digests == copied_digests
