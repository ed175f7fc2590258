"""Who may be there twice, and who is told."""

from datetime import date

import pytest

from models.core import OrganisationKind, RoleName
from services import documents, people, volunteers
from services.documents import DocumentIn, DocumentKind, NeedIn, NeedPurpose
from services.errors import Conflict, Forbidden, NotFound
from services.paging import PageQuery
from services.people import DuplicateReason, PairIn
from services.rights import Actor
from services.volunteers import VolunteerIn
from tests.support.factories import (
    NOW,
    TODAY,
    make_account,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_volunteer,
    node_of,
)

NAME, BORN, PHONE = "林晓", date(2001, 3, 4), "13800138000"


async def reasons(boss: Actor) -> list[tuple[str, str, list[DuplicateReason]]]:
    found = await people.list_duplicates(boss, PageQuery())
    return [(each.one.external_key, each.other.external_key, each.reasons) for each in found.items]


async def test_the_same_phone_document_or_name_and_birthday_are_found(database: str) -> None:
    _, boss = await make_city()
    given = {"name": NAME, "birth_date": BORN, "phone": PHONE}
    for key, changes in (
        ("1", {}),
        ("2", {"name": "林 晓", "phone": "+8613900139000"}),  # Spaces make no other name.
        ("3", {"birth_date": date(2001, 3, 5)}),
        ("4", {"name": "陈晨", "birth_date": date(1999, 1, 1), "phone": None}),
    ):
        await make_volunteer(boss, external_key=key, **{**given, **changes})
    for key in ("5", "6"):
        somebody = await make_person(boss, external_key=key, birth_date=date(1990, 1, int(key)))
        assert somebody.volunteer_id is not None
        need = NeedIn(purpose=NeedPurpose.INSURANCE, recipient="x")
        asked = await documents.open_need(boss, somebody.volunteer_id, need, NOW)
        number = DocumentIn(kind=DocumentKind.PASSPORT, number="E12345678")
        await documents.answer(somebody, asked.id, number, NOW)

    assert await reasons(boss) == [
        ("1", "2", [DuplicateReason.NAME_AND_BIRTH_DATE]),
        ("1", "3", [DuplicateReason.PHONE]),
        ("5", "6", [DuplicateReason.DOCUMENT]),
    ]
    assert await people.count_duplicates(boss, 2) == 2
    first = await people.list_duplicates(boss, PageQuery(limit=1))
    second = await people.list_duplicates(boss, PageQuery(limit=2, after=first.next))
    assert (len(first.items), len(second.items), second.next) == (1, 2, None)


async def test_a_name_put_right_is_found_under_the_new_one(database: str) -> None:
    _, boss = await make_city()
    one = await make_volunteer(boss, name=NAME, birth_date=BORN)
    other = await make_volunteer(boss, name="林小", birth_date=BORN)
    assert await reasons(boss) == []

    await volunteers.replace(boss, other.id, VolunteerIn(name=NAME), None, today=TODAY)

    [pair] = (await people.list_duplicates(boss, PageQuery())).items
    assert (pair.one.id, pair.other.id) == (one.id, other.id)


async def test_a_pair_is_for_whoever_may_merge_both(database: str) -> None:
    _, boss = await make_city()
    streets = [await make_organisation(boss, OrganisationKind.STREET) for _ in range(2)]
    clerks = [await make_organiser(street.id) for street in streets]
    pair = [
        await make_volunteer(boss, organisation_id=street.id, phone=PHONE) for street in streets
    ]
    only_organiser = await make_account((RoleName.ORGANISER, node_of(boss)))

    assert len((await people.list_duplicates(boss, PageQuery())).items) == 1
    for clerk in clerks:
        assert (await people.list_duplicates(clerk, PageQuery())).items == []
        with pytest.raises(NotFound):
            await people.compare(clerk, pair[0].id, pair[1].id, today=TODAY)
        with pytest.raises(NotFound):
            await people.mark_distinct(clerk, PairIn(one_id=pair[0].id, other_id=pair[1].id))
    with pytest.raises(Forbidden):
        await people.list_duplicates(only_organiser, PageQuery())
    with pytest.raises(Forbidden):
        await people.compare(only_organiser, pair[0].id, pair[1].id, today=TODAY)


async def test_two_who_are_two_are_not_listed_again(database: str) -> None:
    _, boss = await make_city()
    one = await make_volunteer(boss, phone=PHONE)
    other = await make_volunteer(boss, phone=PHONE)

    await people.mark_distinct(boss, PairIn(one_id=other.id, other_id=one.id))
    await people.mark_distinct(boss, PairIn(one_id=one.id, other_id=other.id))

    assert (await people.list_duplicates(boss, PageQuery())).items == []
    with pytest.raises(Conflict, match="same_person"):
        await people.mark_distinct(boss, PairIn(one_id=one.id, other_id=one.id))


async def test_two_are_compared_without_showing_more_than_a_list_does(database: str) -> None:
    _, boss = await make_city()
    one = await make_volunteer(boss, name=NAME, birth_date=BORN, phone=PHONE)
    other = await make_person(boss, name=NAME, birth_date=BORN, phone=PHONE)
    assert other.volunteer_id is not None

    found = await people.compare(boss, one.id, other.volunteer_id, today=TODAY)

    assert found.reasons == [DuplicateReason.NAME_AND_BIRTH_DATE, DuplicateReason.PHONE]
    assert (found.one.signs_in, found.other.signs_in) == (False, True)
    for side in (found.one, found.other):
        assert (side.volunteer.phone, side.volunteer.birth_date) == ("138****8000", None)
        assert (side.claims, side.has_roles, side.phone_proven) == (0, False, False)
