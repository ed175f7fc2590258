"""A small city in which rounds are tested: one street, one project, people who are always free."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from matcher.check import check
from matcher.explain import unfilled
from matcher.greedy import greedy
from matcher.plan import BoundFrom, Plan, Score
from matcher.problem import Problem
from matcher.score import score
from models.core import (
    AvailabilityWindow,
    Claim,
    ClaimState,
    Organisation,
    OrganisationKind,
    Project,
    ProjectState,
    Role,
    Shift,
    Volunteer,
)
from services import planning, rounds
from services.planning import Attempt, Loaded
from services.rights import Actor
from services.rounds import Round, RoundIn
from services.settings import Settings
from tests.support.factories import make_organiser

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 12, 1, 8, 0, tzinfo=CHINA)
MONDAY = datetime(2026, 12, 7, 0, 0, tzinfo=CHINA)
SUNDAY_NIGHT = MONDAY + timedelta(days=7)
SETTINGS = Settings()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of the horizon: `day` 0 is its Monday."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


class World:
    """Organisations, an organiser, and makers of people and shifts with plain defaults."""

    def __init__(self) -> None:
        self.count = 0

    @classmethod
    async def make(cls) -> "World":
        world = cls()
        world.city = await world.organisation("City", OrganisationKind.CITY, None)
        world.street = await world.organisation("Street", OrganisationKind.STREET, world.city)
        world.project = await world.published_project(world.street)
        world.organiser = await world.organiser_of(world.street)
        return world

    async def organisation(
        self, name: str, kind: OrganisationKind, parent: Organisation | None
    ) -> Organisation:
        parent_id = None if parent is None else parent.id
        return await Organisation.create(name=name, kind=kind, parent_id=parent_id)

    async def published_project(self, of: Organisation, **columns: Any) -> Project:
        self.count += 1
        defaults: dict[str, Any] = {
            "external_key": f"project {self.count}",
            "name": "Library",
            "state": ProjectState.PUBLISHED,
            "risk_statement": "Stairs.",
            "risk_statement_version": 1,
        }
        return await Project.create(organisation_id=of.id, **(defaults | columns))

    async def organiser_of(self, organisation: Organisation) -> Actor:
        self.count += 1
        return await make_organiser(organisation.id)

    async def volunteer(
        self, *, of: Organisation | None = None, is_free: bool = True, **columns: Any
    ) -> Volunteer:
        self.count += 1
        defaults: dict[str, Any] = {
            "external_key": f"person {self.count}",
            "name": f"Person {self.count}",
            "age": 30,
        }
        person = await Volunteer.create(
            organisation_id=(of or self.street).id, **(defaults | columns)
        )
        if is_free:
            for weekday in range(7):
                await AvailabilityWindow.create(
                    volunteer_id=person.id, weekday=weekday, start_minute=0, end_minute=1440
                )
        return person

    async def shift(
        self,
        starts_at: datetime,
        ends_at: datetime | None = None,
        *,
        project: Project | None = None,
        seats: int = 1,
        minimum: int = 0,
        **columns: Any,
    ) -> Shift:
        self.count += 1
        shift = await Shift.create(
            project_id=(project or self.project).id,
            external_key=f"shift {self.count}",
            starts_at=starts_at,
            ends_at=ends_at or starts_at + timedelta(hours=2),
            **columns,
        )
        await self.role(shift, target=seats, maximum=seats, minimum=minimum)
        return shift

    async def role(self, shift: Shift, **columns: Any) -> Role:
        self.count += 1
        defaults: dict[str, Any] = {"key": f"role {self.count}", "name": "Helper", "maximum": 9}
        return await Role.create(shift_id=shift.id, **(defaults | columns))

    async def claim(
        self, person: Volunteer, shift: Shift, *states: ClaimState, role: Role | None = None
    ) -> Claim:
        """A claim that went through these states; confirmed if none is given."""
        role = role or await Role.filter(shift_id=shift.id).order_by("key").first()
        assert role is not None
        path = states or (ClaimState.CONFIRMED,)
        self.count += 1
        claim = await Claim.create(
            shift_id=shift.id,
            role_id=role.id,
            volunteer_id=person.id,
            state=path[0],
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            queue_place=self.count,
        )
        for state in path[1:]:
            await Claim.filter(id=claim.id).update(state=state)
        return claim

    def volunteer_actor(self, person: Volunteer) -> Actor:
        return Actor(
            account_id=person.id,
            name=person.name,
            volunteer_id=person.id,
        )

    async def request(self, *, now: datetime = NOW, **changes: Any) -> Round:
        """A round of the street over the week."""
        wanted: dict[str, Any] = {
            "organisation_id": self.street.id,
            "horizon_start": MONDAY,
            "horizon_end": SUNDAY_NIGHT,
        }
        return await rounds.request(self.organiser, RoundIn(**(wanted | changes)), now, SETTINGS)

    async def solve(self, round_id: UUID, *, now: datetime = NOW) -> Round:
        """Take the round, plan it greedily and store it, as the job would."""
        attempt = await planning.begin(round_id, now, SETTINGS)
        assert attempt is not None
        loaded = await planning.load_problem(round_id)
        await planning.store(attempt, loaded, self.plan_of(loaded), now)
        return await rounds.get(self.organiser, round_id)

    def plan_of(self, loaded: Loaded) -> Plan:
        """A plan for what was loaded, made at once."""
        return greedy_plan(loaded.problem)

    async def proposed(self, **changes: Any) -> Round:
        """A round with a plan to look at."""
        return await self.solve((await self.request(**changes)).id)

    async def published(self, **changes: Any) -> Round:
        """A round whose offers are out."""
        round_ = await self.proposed(**changes)
        return await rounds.publish(self.organiser, round_.id, rounds.PublishIn(), NOW, SETTINGS)

    async def begun(self, round_id: UUID, now: datetime = NOW) -> tuple[Attempt, Loaded]:
        """An attempt on the round, with the problem it read."""
        attempt = await planning.begin(round_id, now, SETTINGS)
        assert attempt is not None
        return attempt, await planning.load_problem(round_id)


def greedy_plan(problem: Problem) -> Plan:
    """A valid plan without a solver."""
    lines = greedy(problem)
    reached, nothing = score(problem, lines), Score(0, 0, 0)
    plan = Plan(
        assignments=lines,
        score=reached,
        bound=nothing,
        bound_from=BoundFrom(),
        status="optimal" if reached == nothing else "feasible",
        seconds=0.5,
        unfilled=unfilled(problem, lines, optimal=False),
    )
    assert check(problem, plan) == []
    return plan


def minute(moment: datetime) -> int:
    """Whole minutes since 1970, as the matcher counts."""
    return int(moment.astimezone(UTC).timestamp()) // 60
