"""What a person changes of themselves, without asking anybody and of nobody else."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from models.core import AvailabilityExceptionKind
from services import claims, overview, profile, rights, skills, volunteers
from services.claims import ClaimIn
from services.errors import Forbidden, Invalid, NotFound, PreconditionFailed
from services.profile import AvailabilityIn, ProfileIn
from services.rights import Actor
from services.scope import as_system
from services.skills import SkillIn
from services.versions import etag_of
from services.volunteers import AvailabilityChange, Liking, Skill, Window
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    hours,
    make_city,
    make_person,
    make_shift,
)

EVENINGS = [Window(weekday=day, start_minute=1080, end_minute=1320) for day in range(5)]
OFF = AvailabilityExceptionKind.OFF


def id_of(person: Actor) -> UUID:
    assert person.volunteer_id is not None
    return person.volunteer_id


@as_system
async def whole(person: Actor) -> volunteers.Volunteer:
    return await volunteers.get(person, id_of(person), today=TODAY)


async def test_a_person_changes_what_is_theirs_and_nothing_else_moves(database: str) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser, skills=[Skill(skill="沪语", level=3)], served_minutes=90)
    before = await whole(ada)
    wanted = ProfileIn(
        home=(121.445, 31.216),
        max_travel_m=4000,
        likes=[Liking(cause="助老", liking=3), Liking(cause="环保", liking=0)],
        max_minutes=600,
        max_minutes_per_day=200,
        max_shifts=2,
    )

    seen = await profile.replace(ada, id_of(ada), wanted, None)
    times = AvailabilityIn(
        windows=EVENINGS,
        changes=[AvailabilityChange(kind=OFF, starts_at=hours(24), ends_at=hours(48))],
    )
    await profile.replace_availability(ada, id_of(ada), times, None)

    after = await whole(ada)
    told = {*ProfileIn.__struct_fields__} & {*seen.__struct_fields__}
    assert ProfileIn(**{name: getattr(seen, name) for name in told}) == (
        msgspec.structs.replace(wanted, likes=sorted(wanted.likes, key=lambda each: each.cause))
    )
    mine = ("home", "max_travel_m", "likes", "max_minutes", "max_minutes_per_day", "max_shifts")
    assert after.windows == EVENINGS
    assert after.changes == times.changes
    for name in after.__struct_fields__:
        if name not in (*mine, "windows", "changes"):
            assert getattr(after, name) == getattr(before, name), name


async def test_a_home_is_kept_only_to_a_hundred_metres(database: str) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser, home=(121.4453123, 31.2156999))
    assert (await profile.get(ada, id_of(ada))).home == (121.4453123, 31.2156999)

    wanted = ProfileIn(home=(121.4453123, 31.2156999))
    seen = await profile.replace(ada, id_of(ada), wanted, None)

    assert seen.home == (121.445, 31.216)
    assert (await whole(ada)).home == (121.445, 31.216)


async def test_nobody_changes_somebody_else_s_not_even_an_organiser(database: str) -> None:
    _, organiser = await make_city()
    ada, ben = await make_person(organiser), await make_person(organiser)
    as_guardian = msgspec.structs.replace(ben, wards=(id_of(ada),))

    for stranger in (ben, organiser):
        for call in (
            profile.get(stranger, id_of(ada)),
            profile.replace(stranger, id_of(ada), ProfileIn(), None),
            profile.availability(stranger, id_of(ada)),
            profile.replace_availability(stranger, id_of(ada), AvailabilityIn(), None),
            overview.overview(stranger, id_of(ada), NOW, SETTINGS),
        ):
            with pytest.raises(NotFound):
                await call
    await profile.replace_availability(
        as_guardian, id_of(ada), AvailabilityIn(windows=EVENINGS), None
    )
    assert (await profile.availability(ada, id_of(ada))).windows == EVENINGS


async def test_what_somebody_has_not_seen_is_not_written_over(database: str) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser)
    first = await profile.get(ada, id_of(ada))
    times = await profile.availability(ada, id_of(ada))

    await profile.replace(ada, id_of(ada), ProfileIn(max_shifts=1), etag_of(first))
    with pytest.raises(PreconditionFailed):
        await profile.replace(ada, id_of(ada), ProfileIn(max_shifts=2), etag_of(first))
    await profile.replace_availability(
        ada, id_of(ada), AvailabilityIn(windows=EVENINGS), etag_of(times)
    )
    with pytest.raises(PreconditionFailed):
        await profile.replace_availability(ada, id_of(ada), AvailabilityIn(), etag_of(times))

    assert (await profile.get(ada, id_of(ada))).max_shifts == 1


@pytest.mark.parametrize(
    ("times", "place"),
    [
        ({"windows": [Window(weekday=0, start_minute=60, end_minute=60)]}, "windows[0].end_minute"),
        ({"windows": [EVENINGS[0], EVENINGS[0]]}, "windows[1]"),
        (
            {"changes": [AvailabilityChange(kind=OFF, starts_at=hours(2), ends_at=hours(1))]},
            "changes[0].ends_at",
        ),
    ],
)
async def test_times_that_cannot_be_are_refused_by_their_place(
    times: dict[str, Any], place: str, database: str
) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser)

    with pytest.raises(Invalid) as refused:
        await profile.replace_availability(ada, id_of(ada), AvailabilityIn(**times), None)

    assert [each.place for each in refused.value.defects] == [place]
    assert (await profile.availability(ada, id_of(ada))).windows == []


async def test_a_promised_seat_stays_when_times_change(database: str) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser, windows=EVENINGS)
    shift = await make_shift(organiser, starts_at=hours(24))
    await claims.claim(ada, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)

    await profile.replace_availability(ada, id_of(ada), AvailabilityIn(), None)

    seen = await overview.overview(ada, id_of(ada), NOW, SETTINGS)
    assert seen.next_seat is not None
    assert (seen.next_seat.shift.id, seen.shifts_to_come) == (shift.id, 1)


async def test_at_a_glance_says_what_is_missing_the_most_pressing_first(database: str) -> None:
    _, organiser = await make_city()
    ada = await make_person(organiser)
    for name, last in (("沪语", 20), ("摄影", 200), ("急救", None)):
        day = None if last is None else TODAY + timedelta(days=last)
        command = SkillIn(skill=name, level=2, expires_on=day)
        await skills.declare(ada, id_of(ada), command, today=TODAY)

    bare = await overview.overview(ada, id_of(ada), NOW, SETTINGS)
    await profile.replace(ada, id_of(ada), ProfileIn(home=(121.4, 31.2)), None)
    await profile.replace_availability(ada, id_of(ada), AvailabilityIn(windows=EVENINGS), None)
    later = await overview.overview(ada, id_of(ada), NOW, SETTINGS)

    assert [(each.kind.value, each.skill) for each in bare.todo] == [
        ("skill_ends", "沪语"),
        ("skill_needs_evidence", "急救"),
        ("no_times", ""),
        ("no_home", ""),
    ]
    assert [each.kind.value for each in later.todo] == ["skill_ends", "skill_needs_evidence"]


async def test_staff_who_are_nobody_s_own_have_no_profile(database: str) -> None:
    _, organiser = await make_city()

    with pytest.raises(Forbidden):
        rights.require_person(organiser)
