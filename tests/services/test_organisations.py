"""The organisation tree: what lies under what, and who may see it."""

from uuid import uuid4

import pytest

from models.core import OrganisationKind
from services import organisations
from services.database import rows
from services.errors import Conflict, Forbidden, Invalid, NotFound
from services.organisations import OrganisationIn
from services.paging import PageQuery
from services.transactions import transaction
from tests.support.factories import make_city, make_organisation, make_organiser, make_person

K = OrganisationKind


async def test_a_tree_grows_downwards(database: str) -> None:
    city, boss = await make_city()
    district = await make_organisation(boss, K.DISTRICT)
    street = await make_organisation(boss, K.STREET, district.id)
    school = await make_organisation(boss, K.SCHOOL, street.id)
    assert (city.parent_id, district.parent_id, street.parent_id) == (None, city.id, district.id)
    assert await organisations.subtree_ids(district.id) == [district.id, street.id, school.id]
    assert await organisations.subtree_ids(uuid4()) == []


@pytest.mark.parametrize(
    ("kind", "parent"),
    [(K.DISTRICT, K.STREET), (K.STREET, K.STREET), (K.NEIGHBOURHOOD, K.SCHOOL), (K.CITY, K.STREET)],
)
async def test_no_level_lies_under_a_lower_one_or_a_body(database: str, kind: K, parent: K) -> None:
    _, boss = await make_city()
    above = await make_organisation(boss, parent)
    with pytest.raises(Conflict) as caught:
        await make_organisation(boss, kind, above.id)
    assert caught.value.reason == "wrong_parent"


async def test_names_are_taken_once_beside_each_other(database: str) -> None:
    city, boss = await make_city("Haishi")
    team = await make_organisation(boss, name="Team")
    with pytest.raises(Conflict, match="name_taken"):
        await make_organisation(boss, name="Team")
    await make_organisation(boss, parent_id=team.id, name="Team")
    with pytest.raises(Conflict, match="name_taken"):
        await organisations.create_root(city.name)


async def test_a_circle_is_refused_in_words(database: str) -> None:
    _, boss = await make_city()
    team = await make_organisation(boss)
    below = await make_organisation(boss, parent_id=team.id)
    with pytest.raises(Conflict, match="organisation_cycle"):
        async with transaction():
            await rows("UPDATE organisation SET parent_id = $1 WHERE id = $2", below.id, team.id)


async def test_an_organiser_sees_and_writes_the_own_subtree_only(database: str) -> None:
    city, boss = await make_city()
    team = await make_organisation(boss)
    other = await make_organisation(boss)
    lead = await make_organiser(team.id)
    below = await make_organisation(lead)
    assert below.parent_id == team.id
    assert (await organisations.list_page(lead, PageQuery())).items == [team, below]
    for hidden in (city, other):
        with pytest.raises(NotFound):
            await organisations.get(lead, hidden.id)
        with pytest.raises(Invalid):
            await make_organisation(lead, parent_id=hidden.id)
        with pytest.raises(NotFound):
            await organisations.require_in_subtree(lead, hidden.id)


async def test_a_volunteer_sees_where_they_belong_and_writes_nothing(database: str) -> None:
    city, boss = await make_city()
    team = await make_organisation(boss)
    other = await make_organisation(boss)
    ada = await make_person(boss, groups=[team.id])
    assert (await organisations.list_page(ada, PageQuery())).items == [city, team]
    assert await organisations.get(ada, team.id) == team
    with pytest.raises(NotFound):
        await organisations.get(ada, other.id)
    with pytest.raises(Forbidden):
        await organisations.create(ada, OrganisationIn(kind=K.SCHOOL, name="School"))
    with pytest.raises(Forbidden):
        await organisations.require_in_subtree(ada, city.id)


async def test_lists_are_filtered_and_go_on_page_by_page(database: str) -> None:
    _, boss = await make_city()
    made = [await make_organisation(boss, K.DISTRICT) for _ in range(3)]
    street = await make_organisation(boss, K.STREET, made[0].id)
    first = await organisations.list_page(boss, PageQuery(limit=2), kind=K.DISTRICT)
    second = await organisations.list_page(
        boss, PageQuery(limit=2, after=first.next), kind=K.DISTRICT
    )
    assert [*first.items, *second.items] == made
    assert second.next is None
    below = await organisations.list_page(boss, PageQuery(), parent_id=made[0].id)
    assert below.items == [street]


async def test_names_are_told_of_what_one_may_see(database: str) -> None:
    city, boss = await make_city("Haishi")
    team, other = [await make_organisation(boss, name=name) for name in ("Team", "Other")]
    organiser = await make_organiser(team.id)
    ids = [city.id, team.id, other.id, uuid4()]
    assert await organisations.names(boss, ids) == {
        city.id: "Haishi", team.id: "Team", other.id: "Other"
    }  # fmt: skip
    assert await organisations.names(organiser, ids) == {team.id: "Team"}
    person = await make_person(boss, groups=[other.id])
    assert other.id in await organisations.names(person, ids)
    assert team.id not in await organisations.names(person, ids)
