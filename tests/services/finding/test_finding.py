"""Finding a shift: by words, place, time, category and skill, in the order that is asked for."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from models.core import (
    AvailabilityException,
    AvailabilityExceptionKind,
    AvailabilityWindow,
    ClaimState,
    Engagement,
    Organisation,
    Recommendation,
    RoleSkill,
    Shift,
)
from models.core import Role as RoleRow
from services import finding, projects, search_words, shifts
from services.errors import Conflict, Forbidden, Invalid, NotSignedIn
from services.finding import Box, FindIn, Order
from services.projects import ProjectIn
from services.rights import Actor
from services.shifts import RoleIn, ShiftIn
from tests.services.rounds_world import NOW, SETTINGS, World, at

pytestmark = pytest.mark.usefixtures("database")

HOME, NEAR, FAR = (121.47, 31.23), (121.48, 31.23), (121.55, 31.23)


def place(of: tuple[float, float], prefix: str = "") -> dict[str, float]:
    return {f"{prefix}longitude": of[0], f"{prefix}latitude": of[1]}


async def found(actor: Actor | None = None, **asked: Any) -> list[UUID]:
    page = await finding.find(actor, FindIn(**asked), NOW, SETTINGS)
    return [each.shift.id for each in page.items]


async def named(world: World, name: str, day: int, **columns: Any) -> Shift:
    """A shift of a project of its own, with its words cut."""
    project = await world.published_project(world.street, name=name, **columns)
    shift = await world.shift(at(day, 9), project=project)
    await search_words.fill()
    return shift


async def test_a_word_finds_the_shift_in_whose_name_it_stands() -> None:
    world = await World.make()
    care = await named(world, "关爱长者", 0)
    books = await named(world, "社区图书角整理", 1)

    assert await found(text="长者") == [care.id]
    assert await found(text="图书") == [books.id]
    assert await found(text="书") == [books.id]
    assert await found(text="长者 图书") == []
    assert await found(text="？！") == []
    assert await found(text=" ") == [care.id, books.id]


async def test_place_organisation_role_and_skill_are_words_of_a_shift() -> None:
    world = await World.make()
    command = ShiftIn(
        project_id=world.project.id,
        starts_at=at(0, 9),
        ends_at=at(0, 11),
        place="延安新村活动室",
        roles=[RoleIn(key="aid", name="救护员", target=1, skills={"急救": 2})],
    )
    made = await shifts.create(world.organiser, command)

    for text in ("延安", "救护员", "急救", "library", "street"):
        assert await found(text=text) == [made.id], text


async def test_what_is_renamed_is_found_by_its_new_name_and_not_by_the_old() -> None:
    world = await World.make()
    shift = await named(world, "关爱长者", 0)
    project = await projects.get(world.organiser, shift.project_id)
    command = ProjectIn(organisation_id=world.street.id, name="夜跑", risk_statement="Stairs.")

    await projects.replace(world.organiser, project.id, command, None, NOW)

    assert await found(text="夜跑") == [shift.id]
    assert await found(text="长者") == []


async def test_a_new_name_of_the_organisation_and_a_new_role_are_noticed_by_the_tick() -> None:
    world = await World.make()
    shift = await named(world, "夜跑", 0)
    await Organisation.filter(id=world.street.id).update(name="梧桐街道")
    await world.role(shift, name="领跑", target=1)

    assert await found(text="梧桐") == []
    assert await search_words.fill_all() == 1
    assert await found(text="梧桐") == [shift.id]
    assert await found(text="领跑") == [shift.id]
    await RoleRow.filter(shift_id=shift.id, name="领跑").delete()
    await search_words.fill_all()
    assert await found(text="领跑") == []


async def test_by_category_skill_day_seats_and_piece_of_the_map() -> None:
    world = await World.make()
    books = await named(world, "图书", 0, category="文化")
    aid = await world.shift(at(1, 9), **place(NEAR))
    role = await RoleRow.get(shift_id=aid.id)
    await RoleSkill.create(role_id=role.id, skill="急救", level=2)
    full = await world.shift(at(2, 9), **place(FAR))
    await world.claim(await world.volunteer(), full)

    assert await found(category="文化") == [books.id]
    assert await found(skill="急救") == [aid.id]
    assert await found(starts_after=at(1, 0), starts_before=at(2, 0)) == [aid.id]
    assert await found(with_seats=True) == [books.id, aid.id]
    box = Box(west=121.4, south=31.2, east=121.5, north=31.3)
    assert await found(box=box) == [aid.id]
    pins = await finding.located(None, FindIn(), NOW, SETTINGS)
    assert [(pin.id, pin.location) for pin in pins] == [(aid.id, NEAR), (full.id, FAR)]
    offered = await finding.choices(NOW)
    assert (offered.categories, offered.skills) == (["文化"], ["急救"])


async def test_by_distance_from_home_or_from_where_the_phone_is() -> None:
    world = await World.make()
    near, far = (
        await world.shift(at(1, 9), **place(NEAR)),
        await world.shift(at(0, 9), **place(FAR)),
    )
    nowhere = await world.shift(at(0, 10))
    person = world.volunteer_actor(await world.volunteer(**place(HOME, "home_")))

    assert await found(person, order=Order.DISTANCE) == [near.id, far.id, nowhere.id]
    assert await found(person, within_m=2_000) == [near.id]
    assert await found(person, within_m=2_000, position=FAR) == [far.id]
    assert await found(position=FAR, order=Order.DISTANCE) == [far.id, near.id, nowhere.id]
    page = await finding.find(person, FindIn(within_m=2_000), NOW, SETTINGS)
    assert page.items[0].way_m == 950
    pins = await finding.located(person, FindIn(within_m=2_000), NOW, SETTINGS)
    assert [pin.id for pin in pins] == [near.id]
    assert len(await finding.located(person, FindIn(), NOW, SETTINGS)) == 2
    for asked in ({"within_m": 500}, {"order": Order.DISTANCE}):
        with pytest.raises(Invalid) as refused:
            await found(None, **asked)
        assert refused.value.defects[0].code == "position_missing"


async def test_where_most_are_missing_below_the_minimum_comes_first() -> None:
    world = await World.make()
    calm = await world.shift(at(0, 9), seats=3)
    some = await world.shift(at(2, 9), seats=3, minimum=1)
    many = await world.shift(at(1, 9), seats=3, minimum=3)
    await world.claim(await world.volunteer(), many)

    assert await found(order=Order.URGENCY) == [many.id, some.id, calm.id]
    await world.claim(await world.volunteer(), some)
    assert await found(order=Order.URGENCY) == [many.id, calm.id, some.id]


async def test_when_i_can_is_inside_my_week_and_beside_what_i_promised() -> None:
    world = await World.make()
    row = await world.volunteer(is_free=False)
    person = world.volunteer_actor(row)
    for weekday in (0, 2):
        await AvailabilityWindow.create(
            volunteer_id=row.id, weekday=weekday, start_minute=8 * 60, end_minute=12 * 60
        )
    off = AvailabilityExceptionKind.OFF
    await AvailabilityException.create(
        volunteer_id=row.id, kind=off, starts_at=at(9, 0), ends_at=at(10, 0)
    )
    monday, _late, _tuesday = [await world.shift(at(*when)) for when in ((0, 9), (0, 11), (1, 9))]
    wednesday, _day_off = await world.shift(at(2, 9)), await world.shift(at(9, 9))

    assert await found(person, when_free=True) == [monday.id, wednesday.id]
    promised = await world.shift(at(0, 8, 30))
    await world.claim(row, promised)
    await Engagement.create(volunteer_id=row.id, starts_at=at(2, 10), ends_at=at(2, 11))
    assert await found(person, when_free=True) == []


async def test_what_is_asked_about_oneself_is_asked_by_a_person() -> None:
    world = await World.make()
    await world.shift(at(0, 9))

    with pytest.raises(NotSignedIn):
        await found(None, when_free=True)
    with pytest.raises(Forbidden):
        await found(world.organiser, order=Order.FIT)


async def test_pages_hold_every_shift_once_in_each_order() -> None:
    world = await World.make()
    row = await world.volunteer(**place(HOME, "home_"))
    person = world.volunteer_actor(row)
    everything = {
        (await world.shift(at(day, 9), minimum=day % 2, **place((121.47 + day / 100, 31.23)))).id
        for day in range(5)
    }

    for order in Order:
        seen: list[UUID] = []
        after = None
        while True:
            query = FindIn(limit=2, after=after, order=order)
            page = await finding.find(person, query, NOW, SETTINGS)
            seen += [each.shift.id for each in page.items]
            if (after := page.next) is None:
                break
        assert sorted(seen) == sorted(everything), order


async def test_the_best_come_first_with_reasons_that_are_written_down() -> None:
    world = await World.make()
    row = await world.volunteer(**place(HOME, "home_"))
    person = world.volunteer_actor(row)
    plain, wanted = await world.shift(at(0, 9)), await world.shift(at(1, 9), minimum=1)
    told = await finding.recommend(person, finding.RecommendationQuery(), NOW, SETTINGS)

    assert [each.shift.id for each in told.items] == [wanted.id, plain.id]
    assert await found(person, order=Order.FIT) == [wanted.id, plain.id]
    kept = await Recommendation.filter(volunteer_id=row.id, shift_id=wanted.id).get()
    assert kept.because == told.items[0].because == ["below_minimum", "served_little"]
    assert kept.score == told.items[0].score
    # Shown again as it was, it is not written again.
    later = NOW + timedelta(minutes=1)
    await finding.recommend(person, finding.RecommendationQuery(), later, SETTINGS)
    assert (await Recommendation.get(id=kept.id)).shown_at == NOW


async def test_what_fits_equally_well_comes_by_its_start() -> None:
    world = await World.make()
    person = world.volunteer_actor(await world.volunteer(**place(HOME, "home_")))
    late, early, between = [await world.shift(at(day, 9)) for day in (4, 1, 2)]
    told = await finding.recommend(person, finding.RecommendationQuery(), NOW, SETTINGS)

    assert len({each.score for each in told.items}) == 1
    assert [each.shift.id for each in told.items] == [early.id, between.id, late.id]


async def test_what_was_declined_does_not_come_back() -> None:
    world = await World.make()
    row = await world.volunteer()
    person = world.volunteer_actor(row)
    one, other, third = [await world.shift(at(day, 9)) for day in range(3)]
    await world.claim(row, one, ClaimState.OFFERED, ClaimState.DECLINED)

    await finding.decline(person, other.id, NOW)
    await finding.decline(person, other.id, NOW)

    assert await found(person) == [third.id]
    assert await found(person, order=Order.FIT) == [third.id]
    assert await found(person, with_declined=True) == [one.id, other.id, third.id]
    assert await found(None) == [one.id, other.id, third.id]
    await finding.take_back(person, other.id)
    assert await found(person) == [other.id, third.id]


async def test_whoever_refuses_to_be_matched_gets_the_plain_list_alone() -> None:
    world = await World.make()
    row = await world.volunteer(is_matched=False)
    person = world.volunteer_actor(row)
    shift = await world.shift(at(0, 9))
    told = await finding.recommend(person, finding.RecommendationQuery(), NOW, SETTINGS)

    assert (told.is_refused, told.items, told.near_but) == (True, [], [])
    assert await Recommendation.all().count() == 0
    assert await found(person) == [shift.id]
    with pytest.raises(Conflict) as refused:
        await found(person, order=Order.FIT)
    assert refused.value.reason == "matching_refused"


async def test_recommendations_of_long_ago_are_forgotten() -> None:
    world = await World.make()
    row = await world.volunteer()
    await world.shift(at(0, 9))
    person = world.volunteer_actor(row)
    await finding.recommend(person, finding.RecommendationQuery(), NOW, SETTINGS)
    await finding.purge(at(90, 10))
    assert await Recommendation.all().count() == 1
    await finding.purge(at(90, 12))
    assert await Recommendation.all().count() == 0
