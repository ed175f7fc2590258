"""Two administrators of a street, one next door, and somebody who is to gain a role."""

from typing import NamedTuple
from uuid import UUID

from models.core import OrganisationKind
from services.rights import Actor, RoleName
from tests.support.factories import make_account, make_city, make_organisation


class Town(NamedTuple):
    """A city with two streets, two administrators of the first street, and who is to gain."""

    city: UUID
    street: UUID
    other_street: UUID
    one: Actor
    two: Actor
    other: Actor
    newcomer: Actor


async def make_town() -> Town:
    city, boss = await make_city()
    street = (await make_organisation(boss, OrganisationKind.STREET)).id
    other_street = (await make_organisation(boss, OrganisationKind.STREET)).id
    one, two = [await make_account((RoleName.NODE_ADMINISTRATOR, street)) for _ in range(2)]
    other = await make_account((RoleName.NODE_ADMINISTRATOR, other_street))
    return Town(city.id, street, other_street, one, two, other, await make_account())
