"""Clear text: for whom, for what, and always with its line."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from models.core import AuditEvent, OrganisationKind, RoleName, Volunteer
from services import approvals, people, volunteers
from services.audit import Act
from services.errors import Forbidden, NotFound
from services.people import Datum, PeopleQuery, RevealIn, RevealPurpose
from services.rights import Actor
from tests.support.factories import (
    NOW,
    TODAY,
    hours,
    make_account,
    make_city,
    make_organisation,
    make_organiser,
    make_volunteer,
    node_of,
)

PHONE = "13800138000"
ALL = RevealIn(fields=[Datum.PHONE, Datum.BIRTH_DATE], purpose=RevealPurpose.CONTACT)


async def ada(boss: Actor, **given: Any) -> UUID:
    return (await make_volunteer(boss, phone=PHONE, **given)).id


async def test_what_is_asked_for_is_shown_and_logged_without_its_contents(database: str) -> None:
    _, boss = await make_city()
    volunteer_id = await ada(boss)

    shown = await people.reveal(boss, volunteer_id, ALL, NOW)

    assert (shown.phone, shown.birth_date) == ("+8613800138000", date(2000, 5, 1))
    [line] = await AuditEvent.filter(act=Act.PERSONAL_DATA_READ)
    assert (line.account_id, line.subject_id) == (boss.account_id, volunteer_id)
    assert line.facts == {"fields": ["birth_date", "phone"], "purpose": "contact"}


async def test_only_what_is_asked_for_is_shown(database: str) -> None:
    _, boss = await make_city()
    only = RevealIn(fields=[Datum.DOCUMENT], purpose=RevealPurpose.INSURANCE)
    shown = await people.reveal(boss, await ada(boss), only, NOW)
    assert (shown.phone, shown.birth_date, shown.document_number) == (None, None, None)


async def test_nobody_else_sees_it_and_nothing_is_logged_as_read(database: str) -> None:
    _, boss = await make_city()
    street = await make_organisation(boss, OrganisationKind.STREET)
    team = await make_organisation(boss)
    volunteer_id = await ada(boss, groups=[team.id])
    lead = await make_account((RoleName.COORDINATOR, node_of(boss)))
    of_team = await make_organiser(team.id)
    elsewhere = await make_organiser(street.id)
    for actor in (lead, of_team, elsewhere, await make_account()):
        with pytest.raises((Forbidden, NotFound)):
            await people.reveal(actor, volunteer_id, ALL, NOW)
    assert not await AuditEvent.filter(act=Act.PERSONAL_DATA_READ).exists()
    # Whoever counts the person as a member sees the age alone.
    seen = await volunteers.get(of_team, volunteer_id, today=TODAY)
    assert (seen.age, seen.phone, seen.birth_date) == (26, None, None)


async def test_of_a_child_a_second_person_has_to_agree_each_day(database: str) -> None:
    _, boss = await make_city()
    second = await make_organiser(node_of(boss))
    volunteer_id = await ada(boss)
    await Volunteer.filter(id=volunteer_id).update(age=12)

    with pytest.raises(Forbidden, match="approval_needed"):
        await people.reveal(boss, volunteer_id, ALL, NOW)
    asked = await people.ask_to_reveal(boss, volunteer_id, RevealPurpose.SAFETY, NOW)
    with pytest.raises(Forbidden):
        await approvals.approve(boss, asked.id, NOW)
    with pytest.raises(Forbidden, match="approval_needed"):
        await people.reveal(boss, volunteer_id, ALL, NOW)
    await approvals.approve(second, asked.id, hours(1))

    assert (await people.reveal(boss, volunteer_id, ALL, hours(24))).phone
    for actor, now in ((second, hours(2)), (boss, hours(1) + timedelta(hours=24, seconds=1))):
        with pytest.raises(Forbidden, match="approval_needed"):
            await people.reveal(actor, volunteer_id, ALL, now)


async def test_people_are_found_by_name_number_and_phone_and_shown_masked(database: str) -> None:
    _, boss = await make_city()
    team = await make_organisation(boss)
    lead = await make_organiser(team.id)
    found = await make_volunteer(
        boss, name="林晓", external_key="2026001", phone=PHONE, groups=[team.id]
    )
    await make_volunteer(boss, name="晓林")

    for words in ("林", "林晓", "2026001", "138 0013 8000", "+86 13800138000"):
        [line] = (await people.find(boss, PeopleQuery(q=words))).items
        assert (line.id, line.phone, line.name) == (found.id, "138****8000", "林晓")
    assert len((await people.find(boss, PeopleQuery())).items) == 2
    for words in ("138****8000", "1380013", "晓", "_", "%"):
        assert [each.name for each in (await people.find(boss, PeopleQuery(q=words))).items] in (
            [],
            ["晓林"],
        )
    [line] = (await people.find(lead, PeopleQuery(q="林晓"))).items
    assert line.phone is None
    assert (await people.find(lead, PeopleQuery(q=PHONE))).items == []
