"""A round with everything in it, drawn at random, says the same as columns and as objects."""

import random
from datetime import datetime, timedelta

import pytest

from matcher.tables.of_problem import tables_of
from models.core import (
    ApartPair,
    AvailabilityException,
    AvailabilityExceptionKind,
    AvailabilityWindow,
    Engagement,
    Exclusion,
    Invitation,
    Membership,
    MembershipKind,
    OrganisationKind,
    RoleGroup,
    RoleSkill,
    Shift,
    TeamLine,
    TogetherGroup,
    TogetherMember,
    Volunteer,
    VolunteerLiking,
    VolunteerSkill,
)
from services.planning import load_problem
from services.planning.copying import load_tables
from tests.services.rounds_world import World, at
from tests.tables.same import unlike

pytestmark = pytest.mark.usefixtures("database")

# A comma, a quotation mark and a line break are what a copy must carry through.
SKILLS = ("driving", 'sign, "language"', "手语\n2", "zither")
CAUSES = ("elderly", "green", "traffic", "alleys, old")


class Town:
    """A world filled at random."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def moment(self) -> datetime:
        """Some time about the horizon, not always a whole minute."""
        odd = timedelta(seconds=self.random.choice((0, 0, 1, 59)))
        return at(self.random.randrange(-1, 8), self.random.randrange(24)) + odd

    async def fill(self) -> None:
        team = await self.world.organisation(
            "Team", OrganisationKind.SERVICE_TEAM, self.world.street
        )
        people = [await self.person(team.id) for _ in range(14)]
        shifts = [await self.shift(people, team.id) for _ in range(8)]
        for person in people:
            if self.chance(40):
                shift = self.random.choice(shifts)
                await self.world.claim(person, shift)
            if self.chance(40):
                shift = self.random.choice(shifts)
                await Exclusion.create(shift_id=shift.id, volunteer_id=person.id, reason="by hand")
        group = await TogetherGroup.create(organisation_id=self.world.street.id)
        for person in self.random.sample(people, 3):
            await TogetherMember.create(group_id=group.id, volunteer_id=person.id)
        one, other = sorted(person.id for person in self.random.sample(people, 2))
        await ApartPair.create(one_id=one, other_id=other)

    async def person(self, team: object) -> Volunteer:
        columns: dict[str, object] = {"age": self.random.randrange(14, 80)}
        if self.chance(70):
            columns |= {"home_longitude": 121 + self.random.random(), "home_latitude": 31.0}
        if self.chance(50):
            columns["max_travel_m"] = self.random.randrange(9000)
        if self.chance(15):
            columns["is_matched"] = False
        if self.chance(40):
            columns["max_minutes"] = self.random.choice((60, 120, 600))
        of = self.world.city if self.chance(15) else None
        person = await self.world.volunteer(of=of, is_free=False, **columns)
        for weekday in self.random.sample(range(7), self.random.randrange(6)):
            start = self.random.randrange(0, 1200)
            await AvailabilityWindow.create(
                volunteer_id=person.id, weekday=weekday, start_minute=start, end_minute=start + 240
            )
        await self.moments(person)
        for skill in self.random.sample(SKILLS, self.random.randrange(3)):
            await VolunteerSkill.create(volunteer_id=person.id, skill=skill, level=2)
        for cause in self.random.sample(CAUSES, self.random.randrange(3)):
            liking = self.random.randrange(4)
            await VolunteerLiking.create(volunteer_id=person.id, cause=cause, liking=liking)
        if self.chance(50):
            await Membership.create(
                volunteer_id=person.id,
                organisation_id=team,
                kind=MembershipKind.TEAM,
                starts_on=at(-9, 0).date(),
            )
        return person

    async def moments(self, person: Volunteer) -> None:
        """Exceptions of both kinds, and service promised elsewhere."""
        for _ in range(self.random.randrange(4)):
            start = self.moment()
            length = timedelta(
                minutes=self.random.choice((45, 300)), seconds=self.random.choice((0, 30))
            )
            await AvailabilityException.create(
                volunteer_id=person.id,
                kind=self.random.choice(list(AvailabilityExceptionKind)),
                starts_at=start,
                ends_at=start + length,
            )
        for _ in range(self.random.randrange(3)):
            start = self.moment()
            place = {"longitude": 121.4, "latitude": 31.1} if self.chance(50) else {}
            await Engagement.create(
                volunteer_id=person.id,
                starts_at=start,
                ends_at=start + timedelta(minutes=60, seconds=20),
                **place,
            )

    async def shift(self, people: list[Volunteer], team: object) -> Shift:
        project = await self.world.published_project(
            self.world.street, category=self.random.choice(CAUSES)
        )
        shift = await self.world.shift(
            at(self.random.randrange(7), self.random.randrange(22)), project=project, seats=9
        )
        role = await self.world.role(shift, target=2, min_age=16)
        await RoleSkill.create(role_id=role.id, skill=self.random.choice(SKILLS), level=1)
        if self.chance(50):
            await RoleGroup.create(role_id=role.id, organisation_id=team)
        for skill in self.random.sample(SKILLS, self.random.randrange(3)):
            await TeamLine.create(shift_id=shift.id, skill=skill, level=2, count=1)
        for person in self.random.sample(people, 3):
            await Invitation.create(shift_id=shift.id, volunteer_id=person.id)
        return shift


@pytest.mark.parametrize("seed", range(3))
async def test_columns_say_what_objects_say(seed: int) -> None:
    world = await World.make()
    await Town(world, seed).fill()
    round_ = await world.request()

    problem = (await load_problem(round_.id)).problem
    tables = (await load_tables(round_.id)).tables

    assert len(problem.fixed) >= 2
    assert len(problem.shifts) == 8
    assert any(each.engaged for each in problem.volunteers)
    assert unlike(tables, tables_of(problem)) == []
