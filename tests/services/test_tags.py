"""Tags: owned by a level, given there or above, read below where granted, imported once."""

from typing import Any
from uuid import UUID

import pytest

from models.core import ImportKind, OrganisationKind, RoleName
from services import imports, scope, tags
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.organisations import Organisation
from services.paging import PageQuery
from services.rights import Actor, scope_of
from services.tags import Tag, TagEdit, TaggingIn, TagGrantIn, TagIn
from services.versions import etag_of
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    make_account,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_volunteer,
)

K = OrganisationKind


class Levels:
    """A city, two districts, a street in each; an organiser at every one of them."""

    city: Organisation
    district: Organisation
    street: Organisation
    other: Organisation
    at_city: Actor
    at_district: Actor
    at_street: Actor
    at_other: Actor


async def levels() -> Levels:
    found = Levels()
    found.city, found.at_city = await make_city()
    found.district = await make_organisation(found.at_city, K.DISTRICT)
    found.street = await make_organisation(found.at_city, K.STREET, found.district.id)
    beside = await make_organisation(found.at_city, K.DISTRICT)
    found.other = await make_organisation(found.at_city, K.STREET, beside.id)
    found.at_district = await make_organiser(found.district.id)
    found.at_street = await make_organiser(found.street.id)
    found.at_other = await make_organiser(found.other.id)
    return found


async def define(actor: Actor, owner: Organisation, name: str = "急救骨干") -> Tag:
    return await tags.define(actor, TagIn(organisation_id=owner.id, name=name))


async def read_by(actor: Actor, volunteer_id: UUID) -> list[str]:
    return [each.name for each in await tags.of_person(actor, volunteer_id, today=TODAY)]


async def test_only_the_owner_and_those_above_define_and_give(database: str) -> None:
    at = await levels()
    ada = await make_volunteer(at.at_street)
    tag = await define(at.at_district, at.district)
    await tags.grant(at.at_district, tag.id, TagGrantIn(organisation_id=at.street.id))
    given = await tags.assign(at.at_city, tag.id, TaggingIn(volunteer_id=ada.id), today=TODAY)
    again = await tags.assign(at.at_district, tag.id, TaggingIn(volunteer_id=ada.id), today=TODAY)
    assert given == again, "twice is once"
    lead = await make_account((RoleName.ORGANISER, at.district.id))
    for act in (
        lambda: tags.assign(at.at_street, tag.id, TaggingIn(volunteer_id=ada.id), today=TODAY),
        lambda: tags.remove(at.at_street, tag.id, ada.id),
        lambda: tags.edit(at.at_street, tag.id, TagEdit(name="x"), None),
        lambda: tags.retire(at.at_street, tag.id, NOW),
        lambda: tags.grant(at.at_street, tag.id, TagGrantIn(organisation_id=at.street.id)),
        lambda: tags.edit(lead, tag.id, TagEdit(name="x"), None),
        lambda: define(lead, at.district, "另一个"),
    ):
        with pytest.raises(Forbidden) as caught:
            await act()
        assert caught.value.reason in ("tag_of_other_level", "right_missing")
    with pytest.raises(NotFound):
        await define(at.at_street, at.district, "从下面来")
    with pytest.raises(NotFound):
        await tags.assign(at.at_other, tag.id, TaggingIn(volunteer_id=ada.id), today=TODAY)
    await tags.remove(at.at_district, tag.id, ada.id)
    assert await read_by(at.at_district, ada.id) == []
    acts = await rows(
        "SELECT facts ->> 'change' AS change FROM audit_event WHERE act = 'tag_changed' ORDER BY id"
    )
    assert [row["change"] for row in acts] == ["defined", "granted", "assigned", "removed"]


async def test_a_lower_level_reads_what_it_is_granted_and_nobody_else_does(database: str) -> None:
    at = await levels()
    team = await make_organisation(at.at_city, parent_id=at.street.id)
    at_team = await make_organiser(team.id)
    ada = await make_person(at.at_street, groups=[team.id])
    bob = await make_volunteer(at.at_other)
    assert ada.volunteer_id
    tag = await define(at.at_city, at.city, "市级骨干")
    for each in (ada.volunteer_id, bob.id):
        await tags.assign(at.at_city, tag.id, TaggingIn(volunteer_id=each), today=TODAY)
    for below in (at.at_district, at.at_street, at_team, at.at_other):
        with pytest.raises(NotFound):
            await tags.get(below, tag.id)
        assert (await tags.list_page(below, PageQuery())).items == []
    assert await read_by(at.at_street, ada.volunteer_id) == []

    await tags.grant(at.at_city, tag.id, TagGrantIn(organisation_id=at.street.id))

    for below in (at.at_street, at_team):
        assert await read_by(below, ada.volunteer_id) == ["市级骨干"]
        assert (await tags.get(below, tag.id)).people == 1, "only of their own people"
        page = await tags.people(below, tag.id, PageQuery())
        assert [each.volunteer_id for each in page.items] == [ada.volunteer_id]
        with pytest.raises(Forbidden):
            await tags.grants(below, tag.id)
    with pytest.raises(NotFound):
        await tags.get(at.at_district, tag.id), "a grant is for the node and below it, not above"
    with pytest.raises(NotFound):
        await tags.get(at.at_other, tag.id)
    assert (await tags.get(at.at_city, tag.id)).people == 2
    [own] = await tags.of_person(ada, ada.volunteer_id, today=TODAY)
    assert (own.name, own.organisation_name) == ("市级骨干", at.city.name)
    await tags.withdraw_grant(at.at_city, tag.id, at.street.id)
    assert await read_by(at.at_street, ada.volunteer_id) == []


async def test_the_wall_hides_tags_that_were_not_granted(database: str) -> None:
    at = await levels()
    ada = await make_volunteer(at.at_street)
    tag = await define(at.at_city, at.city)
    await tags.assign(at.at_city, tag.id, TaggingIn(volunteer_id=ada.id), today=TODAY)

    async def seen(actor: Actor) -> tuple[int, int]:
        async with scope.entered(scope_of(actor)):
            return len(await rows("SELECT 1 FROM tag")), len(
                await rows("SELECT 1 FROM volunteer_tag")
            )

    assert await seen(at.at_city) == (1, 1)
    assert await seen(at.at_street) == (0, 0)
    await tags.grant(at.at_city, tag.id, TagGrantIn(organisation_id=at.district.id))
    assert await seen(at.at_street) == (1, 1)
    assert await seen(at.at_other) == (0, 0)


async def test_what_cannot_be_a_tag(database: str) -> None:
    at = await levels()
    team = await make_organisation(at.at_city, parent_id=at.street.id)
    with pytest.raises(Conflict, match="tag_owner_not_a_level"):
        await define(at.at_city, team)
    tag = await define(at.at_street, at.street)
    with pytest.raises(Conflict, match="tag_name_taken"):
        await define(at.at_street, at.street)
    for not_below in (at.street, at.district, at.other):
        with pytest.raises(Conflict, match="tag_grant_not_below"):
            await tags.grant(at.at_city, tag.id, TagGrantIn(organisation_id=not_below.id))
    edited = await tags.edit(
        at.at_street, tag.id, TagEdit(name="应急", meaning="可夜间"), etag_of(tag)
    )
    assert (edited.name, edited.meaning) == ("应急", "可夜间")
    retired = await tags.retire(at.at_street, tag.id, NOW)
    assert retired.retired_at == NOW
    ada = await make_volunteer(at.at_street)
    with pytest.raises(Conflict, match="tag_retired"):
        await tags.assign(at.at_street, tag.id, TaggingIn(volunteer_id=ada.id), today=TODAY)


async def imported(actor: Actor, owner: UUID, sheet: str) -> Any:
    content = sheet.encode()
    return await imports.check(actor, owner, ImportKind.TAGS, content, NOW, SETTINGS)


async def test_a_sheet_gives_tags_once(database: str) -> None:
    at = await levels()
    ada = await make_volunteer(at.at_street, external_key="A1", name="陈雨桐")
    bob = await make_volunteer(at.at_street, external_key="B2", name="李沐阳")
    await make_volunteer(at.at_other, external_key="C3", name="外区人")
    await define(at.at_district, at.district, "急救骨干")
    await define(at.at_district, at.district, "夜间可用")
    sheet = "编号,姓名,标签\nA1,陈雨桐,急救骨干；夜间可用\n,李沐阳,急救骨干\nA1,,急救骨干\n"
    found = await imported(at.at_district, at.district.id, sheet)
    assert [row.outcome for row in found.report.rows] == ["new", "new", "same"]
    assert await read_by(at.at_district, ada.id) == [], "nothing is stored yet"

    stored = await imports.apply(at.at_district, found.id, NOW, SETTINGS)

    assert stored.state == "applied"
    assert set(await read_by(at.at_district, ada.id)) == {"急救骨干", "夜间可用"}
    assert await read_by(at.at_district, bob.id) == ["急救骨干"]
    again = await imported(at.at_district, at.district.id, sheet)
    assert {row.outcome for row in again.report.rows} == {"same"}
    more = await imported(at.at_district, at.district.id, "编号,标签\nB2,急救骨干;夜间可用\n")
    assert [row.outcome for row in more.report.rows] == ["changed"]
    [line] = await rows(
        "SELECT facts FROM audit_event WHERE act = 'tag_changed' "
        "AND facts ->> 'change' = 'imported'"
    )
    assert "陈雨桐" not in str(line["facts"])
    with pytest.raises((Forbidden, NotFound)):
        await imported(at.at_street, at.district.id, sheet)


async def test_each_row_that_cannot_be_says_why(database: str) -> None:
    at = await levels()
    await make_volunteer(at.at_street, external_key="A1", name="陈雨桐")
    await make_volunteer(at.at_street, external_key="A2", name="陈雨桐")
    await make_volunteer(at.at_other, external_key="C3", name="外区人")
    await define(at.at_district, at.district, "急救骨干")
    old = await define(at.at_district, at.district, "旧标签")
    await tags.retire(at.at_district, old.id, NOW)
    sheet = (
        "编号,姓名,标签\nA1,李沐阳,急救骨干\n,陈雨桐,急救骨干\nC3,,急救骨干\nA1,,没有的\nA1,,旧标签\n"
        ",,急救骨干\nA1,,\n"
    )
    found = await imported(at.at_district, at.district.id, sheet)
    reasons = [row.defects[0].code for row in found.report.rows]
    assert reasons == [
        "name_differs",
        "ambiguous_person",
        "unknown_person",
        "unknown_tag",
        "retired_tag",
        "nobody_named",
        "blank",
    ]
    assert [row.defects[0].place for row in found.report.rows][:4] == ["B2", "B3", "A4", "C5"]
    assert found.state == "refused"
