"""Totals and what was reported: whoever gave it reads it back; few people are never told of."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core import ImportKind, OrganisationKind, RoleName
from services import anonymity, claims, imports, points, tags, totals
from services.claims import ClaimIn
from services.database import rows
from services.errors import Forbidden, NotFound
from services.paging import PageQuery
from services.points import AwardIn
from services.rights import Actor
from services.tags import TaggingIn, TagIn
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    make_account,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_shift,
    make_volunteer,
)

K = OrganisationKind


async def of(actor: Actor, node: UUID) -> totals.Totals:
    return await totals.of(actor, node, NOW, TODAY)


async def served(organiser: Actor, person: Actor, hours_long: float) -> None:
    shift = await make_shift(organiser, hours_long=hours_long)
    claim = await claims.claim(person, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)
    for state in ("checked_in", "served"):
        await rows("UPDATE claim SET state = $2 WHERE id = $1", claim.id, state)


async def test_figures_are_of_the_node_and_everything_below_it(database: str) -> None:
    city, boss = await make_city()
    one = await make_organisation(boss, K.STREET, name="一街")
    other = await make_organisation(boss, K.STREET, name="二街")
    at_one, at_other = await make_organiser(one.id), await make_organiser(other.id)
    ada = await make_person(at_one, groups=[one.id], birth_date=date(2010, 3, 1))
    bob = await make_person(at_other)
    await served(at_one, bob, 2.5)
    await points.award(
        at_one,
        AwardIn(volunteer_id=ada.volunteer_id or one.id, points=30, reason="谢", key="k"),
        NOW,
    )
    at_city, at_street = await of(boss, city.id), await of(at_one, one.id)
    assert at_city.is_exact
    assert (at_city.registered, at_street.registered) == (2, 1)
    assert (at_city.ages.from_14, at_city.ages.from_26) == (1, 1)
    assert (at_city.members.team, at_street.members.team) == (1, 1)
    assert (at_city.served_minutes, at_street.served_minutes) == (150, 150)
    assert (at_city.points, at_street.points) == (30, 30)
    assert (at_city.organisations, at_city.projects, at_city.shifts_to_come) == (2, 1, 1)
    assert [(each.state, each.count) for each in at_city.claims] == [("served", 1)]
    parts = [
        (each.organisation.name, each.registered, each.served_minutes) for each in at_city.parts
    ]
    assert parts == [(city.name, 0, 0), ("一街", 1, 150), ("二街", 1, 0)]
    with pytest.raises(NotFound):
        await of(at_one, other.id)
    with pytest.raises(Forbidden):
        await of(await make_account((RoleName.SHIFT_LEAD, one.id)), one.id)


async def test_who_may_not_see_people_is_told_of_no_few_of_them(database: str) -> None:
    city, boss = await make_city()
    street = await make_organisation(boss, K.STREET, name="街")
    for number in range(7):
        await make_volunteer(boss, organisation_id=(street if number < 3 else city).id)
    reporter = await make_account((RoleName.REPORTER, city.id))
    told = await of(reporter, city.id)
    assert not told.is_exact
    assert told.registered == 5, "seven, to the nearest five"
    assert [(each.organisation.name, each.registered) for each in told.parts] == [
        (city.name, None), ("街", None)
    ]  # fmt: skip
    assert (told.ages.from_18, told.ages.from_26, told.members.home) == (0, 5, 0)
    assert (await of(reporter, street.id)).registered is None
    assert (await of(boss, street.id)).registered == 3


@given(st.integers(0, 10_000), st.integers(0, 4))
def test_no_difference_of_two_figures_singles_out_a_few(people: int, few: int) -> None:
    """With a few more people a figure is the same or five more, never the exact number more."""
    before = anonymity.count(people, is_exact=False)
    after = anonymity.count(people + few, is_exact=False)
    if before is not None and after is not None and people >= anonymity.PEOPLE_LEAST:
        assert after - before in (0, anonymity.PEOPLE_LEAST)
    assert anonymity.count(people, is_exact=True) == people
    assert (before is None) == (1 <= people < anonymity.PEOPLE_LEAST)


async def test_what_was_reported_is_read_back_at_once(database: str) -> None:
    _, boss = await make_city()
    street = await make_organisation(boss, K.STREET)
    organiser = await make_organiser(street.id)
    ada = await make_person(organiser, external_key="A1", groups=[street.id])
    assert ada.volunteer_id
    tag = await tags.define(organiser, TagIn(organisation_id=street.id, name="骨干"))
    await tags.assign(organiser, tag.id, TaggingIn(volunteer_id=ada.volunteer_id), today=TODAY)
    award = await points.award(
        organiser, AwardIn(volunteer_id=ada.volunteer_id, points=5, reason="谢", key="a"), NOW
    )
    sheet = await imports.check(
        organiser, street.id, ImportKind.TAGS, "编号,标签\nA1,骨干\n".encode(), NOW, SETTINGS
    )
    await served(organiser, ada, 1)
    await make_volunteer(boss)  # Of the city, not of the street.

    async def kinds(actor: Actor) -> list[str]:
        page = await totals.contributions(actor, street.id, PageQuery())
        return sorted(each.kind for each in page.items)

    everything = [
        "award", "import", "membership", "person", "project", "record", "shift", "tag", "tagging"
    ]  # fmt: skip
    assert await kinds(organiser) == everything
    assert await kinds(boss) == everything
    reporter = await make_account((RoleName.REPORTER, street.id))
    assert await kinds(reporter) == ["import", "project", "record", "shift"]
    [line] = (await totals.contributions(organiser, street.id, PageQuery(), kind="import")).items
    assert (line.id, line.title) == (sheet.id, "tags")
    [line] = (await totals.contributions(organiser, street.id, PageQuery(), kind="award")).items
    assert line.id == award.id
    first = await totals.contributions(organiser, street.id, PageQuery(limit=4))
    rest = await totals.contributions(organiser, street.id, PageQuery(limit=20, after=first.next))
    assert sorted(each.kind for each in [*first.items, *rest.items]) == everything
    long_ago = NOW - timedelta(days=900)
    await rows("UPDATE tag SET created_at = $2 WHERE id = $1", tag.id, long_ago)
    told: list[totals.Contribution] = []
    following: str | None = None
    while not told or following:
        page = await totals.contributions(organiser, street.id, PageQuery(limit=2, after=following))
        told, following = [*told, *page.items], page.next
    assert told == sorted(told, key=lambda each: (each.made_at, each.id), reverse=True)
    assert (len(told), told[-1].kind) == (len(everything), "tag")
    stranger = await make_organiser((await make_organisation(boss)).id)
    with pytest.raises(NotFound):
        await totals.contributions(stranger, street.id, PageQuery())
