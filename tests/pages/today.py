"""A day at which somebody serves: a shift with its door open and people on their way."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from models.core import RoleName
from services import accounts, claims, clock, projects, shifts, volunteers
from services.claims import ClaimIn
from services.database import rows
from services.projects import ProjectIn
from services.rights import Actor
from services.scope import as_system
from services.settings import Settings
from services.shifts import RoleIn, ShiftIn
from services.volunteers import VolunteerIn
from tests.pages.conftest import Site
from tests.pages.scene import PASSWORD, easy_passwords

READER = "jiedao"
DOOR = (121.4453, 31.2156)
FIRST, SECOND, THIRD = NAMES = ("朱清和", "陈雨桐", "林知夏")


@dataclass(frozen=True)
class Comer:
    """Somebody with a seat: the name they sign in with, and their claim."""

    name: str
    actor: Actor
    claim_id: UUID


@dataclass(frozen=True)
class Today:
    """A shift that has its door open, and who has a seat on it: new people each time, because
    nobody is in two places at once."""

    shift_id: UUID
    people: dict[str, Comer]

    @property
    def first(self) -> Comer:
        return self.people[FIRST]

    @property
    def second(self) -> Comer:
        return self.people[SECOND]

    @property
    def third(self) -> Comer:
        return self.people[THIRD]

    def path(self, page: str) -> str:
        return page.format(shift=self.shift_id, claim=self.first.claim_id)


async def make_today(site: Site, settings: Settings) -> Today:
    """A shift of this hour with three people on it, of whom none has come yet."""
    now = clock.now().replace(second=0, microsecond=0)
    organiser = site.scene.organiser
    project = await projects.create(
        organiser,
        ProjectIn(
            organisation_id=site.scene.street_id,
            name="周末社区食堂",
            category="助老",
            risk_statement="厨房地滑，请穿防滑鞋。",
        ),
    )
    await projects.publish(organiser, project.id)
    shift = await shifts.create(
        organiser,
        ShiftIn(
            project_id=project.id,
            starts_at=now + timedelta(minutes=10),
            ends_at=now + timedelta(minutes=90),
            place="梧桐街道社区食堂",
            location=DOOR,
            roles=[RoleIn(key="serve", name="帮厨", target=3)],
        ),
    )
    people = {}
    for number, name in enumerate(NAMES):
        volunteer = await volunteers.create(
            organiser,
            VolunteerIn(name=name, birth_date=date(2000, 3, 1 + number)),
            today=now.date(),
        )
        called = f"{shift.id}-{number}"
        with easy_passwords():
            who = await accounts.create_account(called, PASSWORD, volunteer_id=volunteer.id)
        await show_name(who, name)
        taken = await claims.claim(
            who, shift.id, ClaimIn(risk_statement_version=1), clock.now(), settings
        )
        people[name] = Comer(called, who, taken.id)
    return Today(shift.id, people)


@as_system
async def show_name(who: Actor, name: str) -> None:
    """The account says this name of itself, as those do that people made: not what it signs in
    with."""
    await rows("UPDATE account SET display_name = $2 WHERE id = $1", who.account_id, name)


@as_system
async def reader_at_the_top(site: Site) -> None:
    """An administrator of the district who runs no project."""
    if await rows("SELECT 1 FROM account WHERE name = $1", READER):
        return
    [above] = await rows("SELECT parent_id FROM organisation WHERE id = $1", site.scene.street_id)
    with easy_passwords():
        reader = await accounts.create_account(
            READER, PASSWORD, (RoleName.NODE_ADMINISTRATOR, above["parent_id"])
        )
    await show_name(reader, "陆明远")
