"""Volunteers: their age, who may see and change what of them."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core import DatumKind, PointsAccount
from services import personal, volunteers
from services.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed
from services.paging import PageQuery
from services.rights import Actor
from services.versions import etag_of
from services.volunteers import (
    AvailabilityChange,
    Liking,
    Skill,
    Volunteer,
    VolunteerIn,
    Window,
    age_on,
)
from tests.support.factories import (
    TODAY,
    hours,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_volunteer,
    node_of,
)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 11, 21), date(2026, 11, 21), 17),  # The birthday itself does not count yet.
        (date(2008, 11, 21), date(2026, 11, 22), 18),
        (date(2012, 12, 31), date(2026, 12, 31), 13),
        (date(2012, 12, 31), date(2027, 1, 1), 14),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 19),
        (date(2008, 2, 29), date(2028, 3, 1), 20),
        (date(2008, 2, 28), date(2026, 3, 1), 18),
        (date(2026, 11, 21), date(2026, 11, 21), 0),
        (date(2027, 1, 1), date(2026, 11, 21), 0),
    ],
)
def test_a_year_is_complete_on_the_day_after_the_birthday(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 40_000))
def test_an_age_grows_by_one_and_only_the_day_after_a_birthday(born: date, days: int) -> None:
    day = min(born + timedelta(days=days), date(2199, 1, 1))
    grown = age_on(born, day + timedelta(days=1)) - age_on(born, day)
    is_birthday = (day.month, day.day) == (born.month, born.day)
    is_last_of_february = (born.month, born.day) == (2, 29) and (
        (day + timedelta(days=1)).month,
        (day + timedelta(days=1)).day,
    ) == (3, 1)
    assert grown == int((is_birthday or is_last_of_february) and day > born)


async def whole(actor: Actor, **given: Any) -> Volunteer:
    return await make_volunteer(
        actor,
        home=(121.47, 31.23),
        max_travel_m=5000,
        skills=[Skill(skill="急救", level=3, evidence="card 7", expires_on=date(2027, 1, 1))],
        windows=[Window(weekday=5, start_minute=1320, end_minute=1500)],
        changes=[AvailabilityChange(kind="off", starts_at=hours(1), ends_at=hours(2))],  # type: ignore[arg-type]
        likes=[Liking(cause="elderly", liking=3)],
        served_minutes=240,
        **given,
    )


def as_command(view: Volunteer, **changes: Any) -> VolunteerIn:
    """What somebody sends back who changes only this."""
    told = {*VolunteerIn.__struct_fields__} & {*view.__struct_fields__}
    known = {name: getattr(view, name) for name in told}
    return VolunteerIn(**{**known, **changes})


async def test_what_is_written_is_read_and_written_again_unchanged(database: str) -> None:
    _, boss = await make_city()
    team = await make_organisation(boss)
    made = await whole(boss, groups=[team.id])
    assert await volunteers.get(boss, made.id, today=TODAY) == made
    assert (made.age, made.points, made.external_key) == (26, 0, str(made.id))
    again = await volunteers.replace(boss, made.id, as_command(made), etag_of(made), today=TODAY)
    assert again == made
    assert await PointsAccount.filter(volunteer_id=made.id).count() == 1


async def test_an_edit_of_something_else_than_was_read_is_refused(database: str) -> None:
    _, boss = await make_city()
    made = await whole(boss)
    await volunteers.replace(boss, made.id, as_command(made, max_shifts=3), None, today=TODAY)
    with pytest.raises(PreconditionFailed):
        await volunteers.replace(boss, made.id, as_command(made), etag_of(made), today=TODAY)
    assert (await volunteers.get(boss, made.id, today=TODAY)).max_shifts == 3


async def test_below_fourteen_nobody_registers_alone(database: str) -> None:
    _, boss = await make_city()
    fourteen_today = date(TODAY.year - 14, TODAY.month, TODAY.day)
    with pytest.raises(Conflict, match="guardian_consent_missing"):
        await make_volunteer(boss, birth_date=fourteen_today)
    made = await make_volunteer(boss, birth_date=fourteen_today - timedelta(days=1))
    assert made.age == 14


async def test_every_defect_is_named_with_its_place(database: str) -> None:
    _, boss = await make_city()
    unknown = uuid4()
    with pytest.raises(Invalid) as caught:
        await make_volunteer(
            boss,
            birth_date=date(2030, 1, 1),
            organisation_id=unknown,
            groups=[unknown],
            skills=[Skill(skill="a", level=1), Skill(skill="a", level=2)],
            likes=[Liking(cause="c", liking=1), Liking(cause="c", liking=1)],
            windows=[
                Window(weekday=1, start_minute=60, end_minute=120),
                Window(weekday=1, start_minute=60, end_minute=60),
            ],
            changes=[
                AvailabilityChange(kind="off", starts_at=hours(2), ends_at=hours(1)),  # type: ignore[arg-type]
                AvailabilityChange(kind="off", starts_at=hours(0.001), ends_at=hours(1)),  # type: ignore[arg-type]
            ],
        )
    assert sorted((each.place, each.code) for each in caught.value.defects) == [
        ("birth_date", "not_a_birth_date"),
        ("changes[0].ends_at", "end_not_after_start"),
        ("changes[1].starts_at", "not_whole_minutes"),
        ("groups[0]", "unknown_id"),
        ("likes[1]", "listed_twice"),
        ("organisation_id", "unknown_id"),
        ("skills[1]", "listed_twice"),
        ("windows[1]", "listed_twice"),
        ("windows[1].end_minute", "end_not_after_start"),
    ]


async def test_a_key_is_taken_once_at_one_organisation(database: str) -> None:
    _, boss = await make_city()
    team = await make_organisation(boss)
    await make_volunteer(boss, external_key="7")
    await make_volunteer(boss, external_key="7", organisation_id=team.id)
    with pytest.raises(Conflict, match="key_taken"):
        await make_volunteer(boss, external_key="7")


async def test_organisers_of_a_group_see_its_members_but_not_birth_date_and_home(
    database: str,
) -> None:
    _, boss = await make_city()
    team, other = await make_organisation(boss), await make_organisation(boss)
    lead, stranger = await make_organiser(team.id), await make_organiser(other.id)
    ada = await whole(boss, groups=[team.id])
    ben = await whole(boss)
    seen = await volunteers.get(lead, ada.id, today=TODAY)
    assert seen == msgspec.structs.replace(ada, home=None, served_minutes=None, points=None)
    assert (await volunteers.list_page(lead, PageQuery(), today=TODAY)).items == [seen]
    with pytest.raises(Forbidden, match="registered_elsewhere"):
        await volunteers.replace(lead, ada.id, as_command(ada), None, today=TODAY)
    for actor, hidden in ((lead, ben), (stranger, ada)):
        with pytest.raises(NotFound):
            await volunteers.get(actor, hidden.id, today=TODAY)
        with pytest.raises(NotFound):
            await volunteers.replace(actor, hidden.id, as_command(hidden), None, today=TODAY)
    assert await volunteers.visible_ids(lead, [ada.id, ben.id]) == {ada.id}


async def test_a_person_changes_their_own_time_and_limits_and_nobody_elses(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_volunteer(boss)
    assert ada.volunteer_id is not None
    before = await volunteers.get(ada, ada.volunteer_id, today=TODAY)
    wanted = as_command(
        before,
        home=(121.5, 31.2),
        max_shifts=2,
        likes=[Liking(cause="elderly", liking=3)],
        windows=[Window(weekday=6, start_minute=540, end_minute=720)],
    )
    after = await volunteers.replace(ada, before.id, wanted, etag_of(before), today=TODAY)
    assert (after.home, after.max_shifts, len(after.windows)) == ((121.5, 31.2), 2, 1)
    with pytest.raises(Forbidden):
        await volunteers.get(ada, ben.id, today=TODAY)
    with pytest.raises(Forbidden):
        await volunteers.replace(ada, ben.id, as_command(ben), None, today=TODAY)
    with pytest.raises(Forbidden):
        await volunteers.list_page(ada, PageQuery(), today=TODAY)
    for organisation_id in (None, node_of(boss)):
        friend = VolunteerIn(
            name="Friend", birth_date=before.birth_date or TODAY, organisation_id=organisation_id
        )
        with pytest.raises(Forbidden):
            await volunteers.create(ada, friend, today=TODAY)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Somebody else"),
        ("birth_date", date(1990, 1, 1)),
        ("external_key", "other"),
        ("organisation_id", uuid4()),
        ("groups", [uuid4()]),
        ("served_minutes", 60_000),
    ],
)
async def test_nobody_vouches_for_themselves(database: str, field: str, value: object) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    assert ada.volunteer_id is not None
    before = await volunteers.get(ada, ada.volunteer_id, today=TODAY)
    wanted = as_command(before, **{field: value})
    with pytest.raises(Forbidden) as caught:
        await volunteers.replace(ada, before.id, wanted, None, today=TODAY)
    assert (caught.value.reason, dict(caught.value.parameters)) == (
        "vouched_by_organiser",
        {"field": field},
    )


async def test_an_edit_leaves_the_groups_that_its_editor_does_not_see(database: str) -> None:
    _, boss = await make_city()
    street, school = await make_organisation(boss), await make_organisation(boss)
    clerk = await make_organiser(street.id)
    ada = await make_volunteer(boss, organisation_id=street.id, groups=[school.id])
    seen = await volunteers.get(clerk, ada.id, today=TODAY)
    assert seen.groups == []

    await volunteers.replace(clerk, ada.id, as_command(seen, max_shifts=3), None, today=TODAY)

    after = await volunteers.get(boss, ada.id, today=TODAY)
    assert (after.groups, after.max_shifts) == ([school.id], 3)
    wanted = as_command(seen, groups=[(await make_organisation(boss)).id])
    with pytest.raises(Invalid):
        await volunteers.replace(clerk, ada.id, wanted, None, today=TODAY)


async def test_an_edit_of_a_masked_view_erases_nothing(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss, phone="13800138000")
    assert ada.volunteer_id is not None
    seen = await volunteers.get(boss, ada.volunteer_id, today=TODAY)
    assert (seen.phone, seen.birth_date) == ("138****8000", None)

    for changes in ({}, {"phone": None}, {"phone": "+86 138 0013 8000"}):
        command = as_command(seen, **changes)
        await volunteers.replace(boss, seen.id, command, None, today=TODAY)
    own = await volunteers.get(ada, seen.id, today=TODAY)
    assert (own.phone, own.birth_date) == ("+8613800138000", date(2000, 5, 1))

    for command in (as_command(own), as_command(own, birth_date=None, phone=None)):
        assert await volunteers.replace(ada, own.id, command, None, today=TODAY) == own
    for phone, refusal in (("13900139000", Forbidden), ("139****9000", Invalid)):
        with pytest.raises((refusal, Forbidden)):
            await volunteers.replace(ada, own.id, as_command(own, phone=phone), None, today=TODAY)
    changed = as_command(seen, phone="13900139000", birth_date=date(2001, 5, 1))
    again = await volunteers.replace(boss, seen.id, changed, None, today=TODAY)
    assert (again.phone, again.age) == ("139****9000", 25)
    gone = await volunteers.replace(boss, seen.id, as_command(seen, phone=""), None, today=TODAY)
    assert gone.phone is None


async def test_a_number_that_its_owner_has_proven_is_theirs_to_change(database: str) -> None:
    _, boss = await make_city()
    ada = await make_volunteer(boss, phone="13800138000")
    await personal.put(DatumKind.PHONE, "+8613800138000", volunteer_id=ada.id, verified_at=hours(0))
    for phone in ("13900139000", ""):
        with pytest.raises(Forbidden, match="phone_changes_by_code"):
            await volunteers.replace(boss, ada.id, as_command(ada, phone=phone), None, today=TODAY)
    kept = await volunteers.replace(boss, ada.id, as_command(ada), None, today=TODAY)
    assert kept.phone == "138****8000"


async def test_a_list_goes_on_page_by_page(database: str) -> None:
    _, boss = await make_city()
    made = [await make_volunteer(boss) for _ in range(5)]
    first = await volunteers.list_page(boss, PageQuery(limit=3), today=TODAY)
    second = await volunteers.list_page(boss, PageQuery(limit=3, after=first.next), today=TODAY)
    assert [*first.items, *second.items] == made
    assert second.next is None
