"""Who could stand in is what the whole round says, though only a little of it is read."""

import random
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from benchmarks.columns import SEED
from matcher.problem import Line, Problem
from matcher.ranking import Ranking
from matcher.repair.changes import DropOut, apply
from models.core import (
    ApartPair,
    AvailabilityException,
    AvailabilityExceptionKind,
    AvailabilityWindow,
    ClaimState,
    Engagement,
    Exclusion,
    Invitation,
    Membership,
    MembershipKind,
    OrganisationKind,
    Plan,
    PlanLine,
    Role,
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
from services import database, standing_in
from services.planning.lines import lines_of
from services.planning.loading import read_problem
from services.rights import Actor
from services.rounds import Round
from services.rounds.types import WeightsIn
from services.standing_in import ReplacementsQuery, ReplacementsView, looking, ranking, replacing
from services.standing_in.ranking import as_things_stand
from tests.services.rounds_world import World, at
from tests.support.owner import as_owner

pytestmark = pytest.mark.usefixtures("database")

SKILLS, CAUSES = ("driving", "dialect"), ("green", "elderly")
HERE = (121.47, 31.23)
PEOPLE, SHIFTS, EVERYBODY = 26, 6, 50
AGAINST = (ClaimState.DECLINED, ClaimState.WITHDRAWN)


class Town:
    """A street with a round whose plan says anything, right or wrong."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.people: list[Volunteer] = []
        self.shifts: list[Shift] = []

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def place(self, prefix: str = "") -> dict[str, float]:
        """Somewhere within some kilometres, or, now and then, nowhere."""
        if self.chance(15):
            return {}
        east, north = (self.random.choice((0, 0, 1, 2, 4, 9)) * 0.006 for _ in range(2))
        return {f"{prefix}longitude": HERE[0] + east, f"{prefix}latitude": HERE[1] - north}

    async def fill(self) -> Round:
        """The round, which was proposed before anybody was there."""
        street = self.world.street
        weights = WeightsIn(fairness=self.random.choice((0, 15)), invite=10)
        round_ = await self.world.proposed(weights=weights)
        self.team = await self.world.organisation("Team", OrganisationKind.SERVICE_TEAM, street)
        self.beyond = await self.world.published_project(self.world.city)
        self.people = [await self.person() for _ in range(PEOPLE)]
        self.shifts = [await self.shift(number) for number in range(SHIFTS)]
        for _ in range(3):
            group = await TogetherGroup.create(organisation_id=street.id)
            for person in self.random.sample(self.people, self.random.randrange(1, 4)):
                await TogetherMember.create(group_id=group.id, volunteer_id=person.id)
        for _ in range(3):
            one, other = sorted(person.id for person in self.random.sample(self.people, 2))
            await ApartPair.get_or_create(one_id=one, other_id=other)
        plan = await Plan.get(round_id=round_.id)
        for person in self.people:
            await self.lines(person, plan)
            # No child's seat is promised without a guardian, which is not what is asked here.
            age = self.random.choice((14, 17, 18, 30, 70))
            await Volunteer.filter(id=person.id).update(age=age)
        return round_

    async def person(self) -> Volunteer:
        columns: dict[str, Any] = {
            "is_matched": not self.chance(10),
            "served_minutes": self.random.choice((0, 0, 500, 9000)),
            "max_travel_m": self.random.choice((None, 1_200, 2_500, 9_000)),
            "max_minutes_per_day": self.random.choice((120, 480)),
            "max_shifts": self.random.choice((1, 2, 7)),
            **self.place("home_"),
        }
        of = self.world.city if self.chance(15) else None
        person = await self.world.volunteer(of=of, is_free=self.chance(50), **columns)
        if self.chance(40):
            await self.hours(person)
        if self.chance(60):
            skill, level = self.random.choice(SKILLS), self.random.randrange(1, 4)
            await VolunteerSkill.create(volunteer_id=person.id, skill=skill, level=level)
        if self.chance(60):
            cause, liking = self.random.choice(CAUSES), self.random.randrange(4)
            await VolunteerLiking.create(volunteer_id=person.id, cause=cause, liking=liking)
        if self.chance(50):
            await self.joins(person)
        return person

    async def joins(self, person: Volunteer) -> None:
        """A membership that may end too soon to count."""
        await Membership.create(
            volunteer_id=person.id,
            organisation_id=self.team.id,
            kind=MembershipKind.TEAM,
            starts_on=at(-9, 0).date(),
            ends_on=at(3, 0).date() if self.chance(20) else None,
        )

    async def hours(self, person: Volunteer) -> None:
        """Hours of some days, also over midnight, spans off and extra, and service elsewhere."""
        for weekday in self.random.sample(range(7), 4):
            start = self.random.choice((0, 480, 1080, 1320))
            await AvailabilityWindow.get_or_create(
                volunteer_id=person.id,
                weekday=weekday,
                start_minute=start,
                defaults={"end_minute": start + self.random.choice((180, 600))},
            )
        for kind in self.random.choices(list(AvailabilityExceptionKind), k=2):
            start = at(self.random.randrange(3), self.random.choice((0, 8, 20)))
            length = timedelta(hours=self.random.choice((3, 6)))
            await AvailabilityException.create(
                volunteer_id=person.id, kind=kind, starts_at=start, ends_at=start + length
            )
        start = at(self.random.randrange(3), self.random.randrange(22))
        await Engagement.create(
            volunteer_id=person.id,
            starts_at=start,
            ends_at=start + timedelta(hours=2),
            **self.place(),
        )

    async def shift(self, number: int) -> Shift:
        """One of three days and nights; the last is no part of the round."""
        project = self.beyond
        if number < SHIFTS - 1:
            category = self.random.choice((*CAUSES, None))
            project = await self.world.published_project(self.world.street, category=category)
        start = at(self.random.randrange(3), self.random.choice((9, 10, 12, 19, 23)))
        columns = {"cancel_below_minimum": self.chance(20), **self.place()}
        shift = await self.world.shift(
            start, project=project, seats=PEOPLE, minimum=self.random.randrange(3), **columns
        )
        role = await self.world.role(shift, target=2, min_age=self.random.choice((0, 16, 18)))
        if self.chance(60):
            level = self.random.randrange(1, 3)
            for skill in self.random.sample(SKILLS, self.random.choice((1, 1, 2))):
                await RoleSkill.create(role_id=role.id, skill=skill, level=level)
        if self.chance(40):
            await RoleGroup.create(role_id=role.id, organisation_id=self.team.id)
        if self.chance(20):
            await TeamLine.create(shift_id=shift.id, skill=SKILLS[0], level=1, count=1)
        for person in self.random.sample(self.people, self.random.choice((0, 1, 4))):
            await Invitation.create(shift_id=shift.id, volunteer_id=person.id)
        return shift

    async def lines(self, person: Volunteer, plan: Plan) -> None:
        """Promised to one, planned on another, excluded from a third; some said no."""
        shifts = self.random.sample(self.shifts, 4)
        if self.chance(15):
            state = self.random.choice(AGAINST)
            path = (ClaimState.OFFERED, state)
            if state is ClaimState.WITHDRAWN:
                path = (ClaimState.REQUESTED, state)
            await self.world.claim(person, shifts[1], *path)
        if self.chance(25):
            await self.world.claim(person, shifts[0])
        for shift in (shifts[0], shifts[1], shifts[2])[: self.random.choice((0, 0, 1, 2, 3))]:
            role = self.random.choice(await Role.filter(shift_id=shift.id).order_by("key"))
            await PlanLine.create(
                plan_id=plan.id, volunteer_id=person.id, shift_id=shift.id, role_id=role.id
            )
        if self.chance(15):
            where = self.random.choice((shifts[2], shifts[3]))
            await Exclusion.create(shift_id=where.id, volunteer_id=person.id, reason="by hand")


def told(view: ReplacementsView) -> tuple[list[Any], list[Any], list[UUID]]:
    """What the service answers, without names."""
    return (
        [(each.volunteer_id, each.score, each.about_km, each.because) for each in view.items],
        [(each.volunteer_id, each.about_km, each.obstacle) for each in view.away],
        [each.volunteer_id for each in view.seated],
    )


def of_everybody(
    problem: Problem, planned: tuple[Line, ...], role: Role, instead_of: UUID | None
) -> tuple[list[Any], list[Any], list[UUID]]:
    """The same from the whole round."""
    standing = as_things_stand(problem, planned)
    seated = [UUID(line.volunteer) for line in standing if line.role == str(role.id)]
    if instead_of is not None:
        problem = apply(problem, [DropOut(str(instead_of), str(role.shift_id))])
        standing = as_things_stand(problem, planned)
    whole = Ranking(problem, standing)
    row = whole.role_at[str(role.shift_id), str(role.id)]
    found = whole.replacements(row, EVERYBODY, EVERYBODY)

    def who(person: int) -> UUID:
        return UUID(problem.volunteers[person].id)

    return (
        [
            (who(each.person), each.score, replacing.about_km(each.way_m), list(each.because))
            for each in found.candidates
        ],
        [
            (who(each.person), replacing.whole_km(each.way_m), each.obstacle)
            for each in found.kept_away
            if who(each.person) != instead_of
        ],
        seated,
    )


async def whole_round(round_: Round) -> tuple[Problem, tuple[Line, ...]]:
    """Everything that there is of a round, and of its plan."""
    rows = await PlanLine.filter(plan__round_id=round_.id).order_by(
        "volunteer_id", "shift_id", "role_id"
    )
    found = [
        {"volunteer_id": each.volunteer_id, "shift_id": each.shift_id, "role_id": each.role_id}
        for each in rows
    ]
    return (await read_problem(round_.id)).problem, lines_of(found)


Asked = tuple[ReplacementsView, tuple[list[Any], list[Any], list[UUID]]]


async def of_every_seat(actor: Actor, round_: Round) -> list[Asked]:
    """What is told and what should be, of every seat: as it is, and without who sits there."""
    problem, planned = await whole_round(round_)
    found = []
    for shift in problem.shifts:
        for role in await Role.filter(shift_id=UUID(shift.id)):
            seated = of_everybody(problem, planned, role, None)[2]
            for instead_of in (None, *seated[:1]):
                query = ReplacementsQuery(limit=EVERYBODY, instead_of=instead_of)
                view = await standing_in.replacements(actor, round_.id, role.id, query)
                found.append((view, of_everybody(problem, planned, role, instead_of)))
    return found


@pytest.fixture(autouse=True)
def whole_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody who is kept away is named, and people are ranked a few at a time."""
    monkeypatch.setattr(replacing, "AWAY_MOST", EVERYBODY)
    monkeypatch.setattr(ranking, "PART_PEOPLE", 7)


@pytest.mark.parametrize("seed", range(3))
async def test_the_answer_is_that_of_the_whole_round(seed: int) -> None:
    world = await World.make()
    round_ = await Town(world, seed).fill()

    found = await of_every_seat(await world.organiser_of(world.city), round_)

    for view, whole in found:
        assert told(view) == whole
    assert sum(len(view.items) for view, _ in found) > 2
    assert sum(view.instead_of is not None for view, _ in found) > 1
    assert len({each.obstacle for view, _ in found for each in view.away}) > 3


@pytest.mark.parametrize("seed", range(3, 6))
async def test_nobody_who_could_take_a_seat_is_left_out_by_the_database(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "NEAREST_MOST", 0)  # They would be read whatever they can.
    world = await World.make()
    round_ = await Town(world, seed).fill()

    found = await of_every_seat(await world.organiser_of(world.city), round_)

    for view, whole in found:
        assert told(view)[0] == whole[0]
    assert sum(len(view.items) for view, _ in found) > 2


async def test_beyond_as_many_as_are_looked_at_the_best_are_named_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(looking, "CANDIDATES_MOST", 4)
    monkeypatch.setattr(looking, "NEAREST_MOST", 3)
    world = await World.make()
    chance = random.Random(1)
    shift = await world.shift(at(0, 9), longitude=HERE[0], latitude=HERE[1])
    for _ in range(12):
        await world.volunteer(
            is_free=chance.random() < 0.7,
            served_minutes=chance.randrange(2_000),
            home_longitude=HERE[0] + chance.random() / 50,
            home_latitude=HERE[1],
        )
    round_ = await world.proposed()
    await PlanLine.all().delete()
    role = await Role.get(shift_id=shift.id)

    view = await standing_in.replacements(
        world.organiser, round_.id, role.id, ReplacementsQuery(limit=4)
    )

    items, away, _ = of_everybody(*await whole_round(round_), role, None)
    assert len(items) > 4
    assert told(view)[0] == items[:4]
    assert told(view)[1] == away[: len(view.away)]


@pytest.fixture
def rows_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each statement of the services gave."""
    counts: list[int] = []
    read = database.rows

    async def counted(sql: str, *arguments: object) -> list[dict[str, Any]]:
        found = await read(sql, *arguments)
        counts.append(len(found))
        return found

    for module in list(sys.modules.values()):
        if getattr(module, "rows", None) is read:
            monkeypatch.setattr(module, "rows", counted)
    return counts


async def test_of_a_large_round_little_is_read(database: str, rows_read: list[int]) -> None:
    people, hours = 12_000, 4
    world = await World.make()
    shift = await world.shift(at(0, 9), longitude=HERE[0], latitude=HERE[1])
    round_ = await world.proposed()
    await as_owner(database, SEED.format(street=world.street.id, people=people))
    role = await Role.get(shift_id=shift.id)
    rows_read.clear()

    view = await standing_in.replacements(world.organiser, round_.id, role.id, ReplacementsQuery())

    looked_at = looking.CANDIDATES_MOST + looking.NEAREST_MOST
    assert len(view.items) == ReplacementsQuery().limit
    assert len(view.away) > 0
    assert max(rows_read) <= looked_at * hours < people


async def test_hours_of_the_night_before_and_spans_of_their_own_are_known() -> None:
    world = await World.make()
    night = await world.shift(at(1, 1))
    asleep, awake, early, extra, short = [await world.volunteer(is_free=False) for _ in range(5)]
    for person, weekday, start, end in (
        (asleep, 0, 1200, 1440),
        (awake, 0, 1200, 1440 + 180),
        (early, 1, 0, 180),
        (short, 0, 1200, 1440 + 120),
    ):
        await AvailabilityWindow.create(
            volunteer_id=person.id, weekday=weekday, start_minute=start, end_minute=end
        )
    await AvailabilityException.create(
        volunteer_id=extra.id,
        kind=AvailabilityExceptionKind.EXTRA,
        starts_at=night.starts_at,
        ends_at=night.ends_at,
    )
    round_ = await world.proposed()
    await PlanLine.all().delete()

    [(view, whole)] = await of_every_seat(world.organiser, round_)

    assert told(view) == whole
    assert {each.volunteer_id for each in view.items} == {awake.id, early.id, extra.id}
