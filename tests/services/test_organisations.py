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
    assert set(await organisations.subtree_ids([district.id])) == {
        district.id, street.id, school.id
    }  # fmt: skip
    assert await organisations.subtree_ids([uuid4()]) == []
    assert [each.id for each in await organisations.path(boss, school.id)] == [
        city.id, district.id, street.id, school.id
    ]  # fmt: skip
    assert await organisations.counts_below(boss, [city.id, street.id, school.id]) == {
        city.id: 1, street.id: 1
    }  # fmt: skip


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


async def test_the_database_itself_refuses_a_circle(database: str) -> None:
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
    assert await organisations.tops(lead) == [team]
    for hidden in (city, other):
        with pytest.raises(NotFound):
            await organisations.get(lead, hidden.id)
        with pytest.raises(NotFound):
            await organisations.path(lead, hidden.id)
        with pytest.raises(NotFound):
            await organisations.history(lead, hidden.id, PageQuery())
        with pytest.raises(Invalid):
            await make_organisation(lead, parent_id=hidden.id)


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


async def test_a_node_is_found_by_name_and_by_code_and_only_within_sight(database: str) -> None:
    _, boss = await make_city()
    district = await organisations.create(
        boss, OrganisationIn(kind=K.DISTRICT, name="静安区", code="310106000000")
    )
    street = await organisations.create(
        boss,
        OrganisationIn(kind=K.STREET, name="江宁路街道", code="310106012", parent_id=district.id),
    )
    unit = await organisations.create(
        boss,
        OrganisationIn(
            kind=K.EMPLOYER, name="100% Unit", credit_code="91110000600037341L",
            parent_id=street.id,
        ),
    )  # fmt: skip
    lead = await make_organiser(street.id)

    async def found(actor: object, text: str) -> list[str]:
        page = await organisations.list_page(actor, PageQuery(), text=text)  # type: ignore[arg-type]
        return [each.name for each in page.items]

    assert district.code == "310106"
    assert await found(boss, "310106") == ["静安区", "江宁路街道"]
    assert await found(lead, "310106") == ["江宁路街道"]
    assert await found(boss, "路") == ["江宁路街道"]
    assert await found(boss, "9111 0000") == ["100% Unit"]
    assert await found(boss, "%") == ["100% Unit"]
    assert await found(boss, "_") == []
    assert unit.credit_code == "91110000600037341L"


@pytest.mark.parametrize(
    ("kind", "given", "defect"),
    [
        (K.STREET, {"code": "310107012"}, "code_not_of_parent"),
        (K.STREET, {"code": "310106"}, "region_code_shape"),
        (K.STREET, {"code": "310106000"}, "region_code_of_other_level"),
        (K.SCHOOL, {"code": "310106012"}, "region_code_of_a_level"),
        (K.SCHOOL, {"credit_code": "91110000600037341N"}, "credit_code_check_digit"),
        (K.SCHOOL, {"credit_code": "9111"}, "credit_code_shape"),
    ],
)
async def test_a_code_that_is_none_is_refused_in_words(
    database: str, kind: K, given: dict[str, str], defect: str
) -> None:
    _, boss = await make_city()
    district = await organisations.create(
        boss, OrganisationIn(kind=K.DISTRICT, name="静安区", code="310106")
    )
    with pytest.raises(Invalid) as caught:
        await organisations.create(
            boss, OrganisationIn(kind=kind, name="X", parent_id=district.id, **given)
        )
    [found] = caught.value.defects
    assert (found.place, found.code) == (next(iter(given)), defect)


async def test_a_code_stands_for_one_node(database: str) -> None:
    _, boss = await make_city()
    for kind, given, reason in (
        (K.DISTRICT, {"code": "310106"}, "code_taken"),
        (K.EMPLOYER, {"credit_code": "91110000600037341L"}, "credit_code_taken"),
    ):
        await organisations.create(boss, OrganisationIn(kind=kind, name=f"{kind} 1", **given))
        with pytest.raises(Conflict, match=reason):
            await organisations.create(boss, OrganisationIn(kind=kind, name=f"{kind} 2", **given))
