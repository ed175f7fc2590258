"""Things to test with, made through the services where they have a way, with quick passwords.

Each takes what matters to the test by name and makes up the rest.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from models.core import Account, OrganisationKind, RoleGrant, RoleName
from services import organisations, projects, shifts, volunteers
from services.organisations import Organisation, OrganisationIn
from services.projects import Project, ProjectIn
from services.rights import Actor, Grant
from services.scope import as_system
from services.settings import Settings
from services.shifts import RoleIn, Shift, ShiftIn
from services.volunteers import Volunteer, VolunteerIn

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)  # A Saturday, ten in the morning in Shanghai.
TODAY = date(2026, 11, 21)
SETTINGS = Settings()
PASSWORD = "correct horse battery staple"

_number = count(1)
# The parameters stand in the hash, so that checking it is quick as well.
_quick = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
_quick_hash = PasswordHash((_quick,)).hash(PASSWORD)


def hours(number: float) -> datetime:
    """So many hours after `NOW`."""
    return NOW + timedelta(hours=number)


@as_system
async def make_account(*grants: tuple[RoleName, UUID], volunteer_id: UUID | None = None) -> Actor:
    """A sign-in with the password `PASSWORD` and these roles at these nodes."""
    name = f"account-{next(_number)}"
    account = await Account.create(
        name=name, display_name=name, password_hash=_quick_hash, volunteer_id=volunteer_id
    )
    for role, node in grants:
        await RoleGrant.create(account_id=account.id, role=role, organisation_id=node)
    return Actor(
        account_id=account.id,
        name=name,
        volunteer_id=volunteer_id,
        grants=tuple(Grant(role=role, organisation_id=node) for role, node in grants),
    )


async def make_city(name: str | None = None) -> tuple[Organisation, Actor]:
    """A tree of one node, and its organiser."""
    city = await organisations.create_root(name or f"City {next(_number)}")
    return city, await make_organiser(city.id)


def organiser_at(organisation_id: UUID) -> tuple[tuple[RoleName, UUID], ...]:
    """The roles of somebody who organises at a node and administers it."""
    return (RoleName.ORGANISER, organisation_id), (RoleName.NODE_ADMINISTRATOR, organisation_id)


async def make_organiser(organisation_id: UUID) -> Actor:
    """Somebody who organises at the node and administers it."""
    return await make_account(*organiser_at(organisation_id))


def node_of(actor: Actor) -> UUID:
    """The only node at which the actor holds roles."""
    [node] = {grant.organisation_id for grant in actor.grants}
    return node


async def make_organisation(
    actor: Actor,
    kind: OrganisationKind = OrganisationKind.SERVICE_TEAM,
    parent_id: UUID | None = None,
    name: str | None = None,
) -> Organisation:
    command = OrganisationIn(
        kind=kind, parent_id=parent_id, name=name or f"{kind.value} {next(_number)}"
    )
    return await organisations.create(actor, command)


async def make_volunteer(actor: Actor, **given: Any) -> Volunteer:
    """A person of 26 whom the organiser's own organisation registers."""
    known: dict[str, Any] = {"name": f"Volunteer {next(_number)}", "birth_date": date(2000, 5, 1)}
    return await volunteers.create(actor, VolunteerIn(**{**known, **given}), today=TODAY)


async def make_person(actor: Actor, **given: Any) -> Actor:
    """A volunteer with a sign-in, as the actor that they are."""
    volunteer = await make_volunteer(actor, **given)
    return await make_account(volunteer_id=volunteer.id)


async def make_project(actor: Actor, *, is_published: bool = True, **given: Any) -> Project:
    known: dict[str, Any] = {
        "organisation_id": node_of(actor),
        "name": f"Project {next(_number)}",
        "risk_statement": "Wet floors.",
    }
    project = await projects.create(actor, ProjectIn(**{**known, **given}))
    return await projects.publish(actor, project.id) if is_published else project


async def make_shift(
    actor: Actor,
    *,
    project_id: UUID | None = None,
    roles: Sequence[RoleIn] | None = None,
    seats: int = 1,
    starts_at: datetime | None = None,
    hours_long: float = 2,
    **given: Any,
) -> Shift:
    """A shift that starts a day from `NOW`, of a new published project unless one is named."""
    start = starts_at or hours(24)
    known: dict[str, Any] = {
        "project_id": project_id or (await make_project(actor)).id,
        "starts_at": start,
        "ends_at": start + timedelta(hours=hours_long),
        "roles": list(roles or [RoleIn(key="helper", target=seats)]),
    }
    return await shifts.create(actor, ShiftIn(**{**known, **given}))
