"""Who could stand in on a round, and where a volunteer is wanted: what is told, and to whom."""

from datetime import timedelta
from uuid import uuid4

import pytest

from models.core import (
    ApartPair,
    ClaimState,
    Exclusion,
    Invitation,
    Shift,
)
from models.core import Role as RoleRow
from services import standing_in
from services.errors import Forbidden, Invalid, NotFound
from services.standing_in import BestShiftsQuery, ReplacementsQuery
from tests.services.rounds_world import NOW, SETTINGS, World, at

pytestmark = pytest.mark.usefixtures("database")

HERE, THERE = (121.47, 31.23), (121.47, 31.26)


async def role_of(shift: Shift) -> RoleRow:
    role = await RoleRow.filter(shift_id=shift.id).first()
    assert role is not None
    return role


def place(of: tuple[float, float], prefix: str = "") -> dict[str, float]:
    return {f"{prefix}longitude": of[0], f"{prefix}latitude": of[1]}


async def test_whoever_could_take_the_seat_of_a_sick_person_is_named_with_reasons() -> None:
    world = await World.make()
    sick = await world.volunteer(name="Sick")
    near = await world.volunteer(name="Near", **place(HERE, "home_"))
    far = await world.volunteer(name="Far", served_minutes=480, **place(THERE, "home_"))
    no = await world.volunteer(name="No", **place(HERE, "home_"))
    away = await world.volunteer(name="Away", is_free=False, **place(HERE, "home_"))
    shift = await world.shift(at(0, 9), seats=1, minimum=1, **place(HERE))
    await world.claim(no, shift, ClaimState.OFFERED, ClaimState.DECLINED)
    await world.claim(sick, shift)
    asked = await world.proposed()
    role = await role_of(shift)

    found = await standing_in.replacements(
        world.organiser, asked.id, role.id, ReplacementsQuery(instead_of=sick.id)
    )

    assert [(each.volunteer_id, each.about_km) for each in found.items] == [
        (near.id, 1),
        (far.id, 4),
    ]
    assert found.items[0].because == ["below_minimum", "near", "served_little"]
    assert {(each.volunteer_id, each.obstacle) for each in found.away} == {
        (no.id, "forbidden"),
        (away.id, "unavailable"),
    }
    assert (found.shift.id, found.role_id, found.instead_of) == (shift.id, role.id, sick.id)


async def test_the_seat_must_be_of_the_round_and_the_person_on_it() -> None:
    world = await World.make()
    somebody = await world.volunteer()
    inside, outside = await world.shift(at(0, 9)), await world.shift(at(30, 9))
    asked = await world.proposed()
    idle = await world.volunteer()

    with pytest.raises(NotFound):
        await standing_in.replacements(
            world.organiser, asked.id, (await role_of(outside)).id, ReplacementsQuery()
        )
    with pytest.raises(NotFound):
        await standing_in.replacements(world.organiser, asked.id, uuid4(), ReplacementsQuery())
    with pytest.raises(Invalid) as refused:
        await standing_in.replacements(
            world.organiser,
            asked.id,
            (await role_of(inside)).id,
            ReplacementsQuery(instead_of=idle.id),
        )
    assert [each.place for each in refused.value.defects] == ["instead_of"]
    assert somebody.id


async def test_only_who_may_see_people_is_told() -> None:
    world = await World.make()
    person = await world.volunteer()
    shift = await world.shift(at(0, 9))
    asked = await world.proposed()
    stranger = await world.organiser_of(
        await world.organisation("Other", world.street.kind, world.city)
    )

    with pytest.raises(NotFound):
        await standing_in.replacements(
            stranger, asked.id, (await role_of(shift)).id, ReplacementsQuery()
        )
    with pytest.raises(Forbidden):
        await standing_in.replacements(
            world.volunteer_actor(person), asked.id, (await role_of(shift)).id, ReplacementsQuery()
        )


async def test_a_volunteer_is_told_the_best_shifts_and_why_not_others() -> None:
    world = await World.make()
    person = await world.volunteer(max_travel_m=2_000, **place(HERE, "home_"))
    other = await world.volunteer()
    plain = await world.shift(at(0, 9), **place(HERE))
    wanted = await world.shift(at(1, 9), minimum=1, **place(HERE))
    await Invitation.create(shift_id=wanted.id, volunteer_id=person.id)
    full = await world.shift(at(2, 9), **place(HERE))
    await world.claim(other, full)
    far = await world.shift(at(3, 9), **place(THERE))
    skilled = await world.shift(at(4, 9), **place(HERE))
    await Exclusion.create(shift_id=skilled.id, volunteer_id=person.id, reason="not_insured")
    apart = await world.shift(at(5, 9), seats=2, **place(HERE))
    await world.claim(other, apart)
    await ApartPair.create(one_id=min(person.id, other.id), other_id=max(person.id, other.id))

    found = await standing_in.best_shifts(
        world.volunteer_actor(person), BestShiftsQuery(), NOW, SETTINGS
    )

    assert [each.shift.id for each in found.items] == [wanted.id, plain.id]
    assert found.items[0].because == ["asked_for", "below_minimum", "near", "served_little"]
    assert {(each.shift.id, each.obstacle) for each in found.near_but} == {
        (skilled.id, "forbidden"),
        (apart.id, "team"),
    }
    assert far.id not in {each.shift.id for each in found.near_but}


async def test_what_is_over_or_beyond_the_days_asked_for_is_not_offered() -> None:
    world = await World.make()
    person = await world.volunteer()
    soon, late = await world.shift(at(0, 9)), await world.shift(at(6, 9))
    actor = world.volunteer_actor(person)

    later = await standing_in.best_shifts(
        actor, BestShiftsQuery(), soon.starts_at + timedelta(minutes=1), SETTINGS
    )
    short = await standing_in.best_shifts(actor, BestShiftsQuery(days=7), NOW, SETTINGS)

    assert [each.shift.id for each in later.items] == [late.id]
    assert [each.shift.id for each in short.items] == [soon.id]


async def test_nobody_asks_for_somebody_else() -> None:
    world = await World.make()
    one, other = await world.volunteer(), await world.volunteer()

    with pytest.raises(NotFound):
        await standing_in.best_shifts(
            world.volunteer_actor(one), BestShiftsQuery(volunteer_id=other.id), NOW, SETTINGS
        )
