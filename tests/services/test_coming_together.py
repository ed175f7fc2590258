"""Friends who come together, and people who come every week."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from models.core import BuddyState, ClaimMode
from services import claims, shifts
from services.claims import ClaimIn
from services.database import rows
from services.errors import Conflict, Invalid, NotFound
from services.my_shifts import buddies, reading, series, series_following
from services.my_shifts.types import (
    BuddyGroup,
    BuddyGroupIn,
    CodeQuery,
    DayIn,
    JoinIn,
    MyShiftQuery,
    SeriesIn,
)
from services.rights import Actor
from services.settings import Settings
from services.shifts import Shift
from tests.services.my_shifts_world import refused, told
from tests.services.planning_problem import problem_of
from tests.services.rounds_world import NOW as ROUNDS_NOW
from tests.services.rounds_world import World, at
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_account,
    make_city,
    make_person,
    make_project,
    make_shift,
)

WISH = ClaimIn(risk_statement_version=1)
THURSDAY = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai.


async def gathered(shift: Shift, first: Actor, *others: Actor, size: int = 8) -> BuddyGroup:
    command = BuddyGroupIn(size=size, risk_statement_version=1)
    group = await buddies.begin(first, shift.id, command, NOW)
    for each in others:
        join = JoinIn(code=group.code, risk_statement_version=1)
        await buddies.join(each, group.id, join, NOW)
    return await buddies.get(first, group.id)


async def seats_of(shift: Shift) -> int:
    return (await shifts.get(None, shift.id)).roles[0].held


async def together() -> set[UUID]:
    found = await rows(
        "SELECT m.volunteer_id FROM together_member m JOIN together_group g ON g.id = m.group_id "
        "WHERE g.buddy_group_id IS NOT NULL"
    )
    return {row["volunteer_id"] for row in found}


async def test_friends_have_seats_all_at_once_and_plans_keep_them_together_until_then(
    database: str,
) -> None:
    _, boss = await make_city()
    ada, ben, cai = [await make_person(boss) for _ in range(3)]
    shift = await make_shift(boss, seats=3)
    group = await gathered(shift, ada, ben, cai)
    assert await together() == {ada.volunteer_id, ben.volunteer_id, cai.volunteer_id}
    assert await seats_of(shift) == 0

    got = await buddies.claim_all(ben, group.id, NOW, SETTINGS)
    again = await buddies.claim_all(ada, group.id, NOW, SETTINGS)

    assert got.state is again.state is BuddyState.CLAIMED
    assert all(each.has_seat for each in got.members)
    assert await seats_of(shift) == 3
    assert await together() == set()


async def test_where_one_cannot_come_nobody_has_a_seat_and_only_they_are_told_why(
    database: str,
) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss, name="Ben Wu")
    shift = await make_shift(boss, seats=5)
    group = await gathered(shift, ada, ben)
    elsewhere = await make_shift(boss)
    await claims.claim(ben, elsewhere.id, WISH, NOW, SETTINGS)

    for_ada = await refused(buddies.claim_all(ada, group.id, NOW, SETTINGS))
    for_ben = await refused(buddies.claim_all(ben, group.id, NOW, SETTINGS))

    assert (for_ada.reason, for_ada.parameters) == ("buddy_cannot_come", {"name": "Ben Wu"})
    assert for_ben.reason == "overlap"
    assert await seats_of(shift) == 0
    assert await told("buddies_hindered") == [ben.volunteer_id]


async def test_too_few_seats_for_all_are_seats_for_none(database: str) -> None:
    _, boss = await make_city()
    ada, ben, cai = [await make_person(boss) for _ in range(3)]
    shift = await make_shift(boss, seats=2)
    group = await gathered(shift, ada, ben, cai)

    refusal = await refused(buddies.claim_all(ada, group.id, NOW, SETTINGS))

    assert refusal.reason == "full"
    assert await seats_of(shift) == 0


async def test_two_groups_at_once_for_seats_of_one(database: str) -> None:
    _, boss = await make_city()
    people = [await make_person(boss) for _ in range(6)]
    shift = await make_shift(boss, seats=4)
    one = await gathered(shift, *people[:3])
    other = await gathered(shift, *people[3:])

    async def claim(who: Actor, group: BuddyGroup) -> str:
        try:
            return (await buddies.claim_all(who, group.id, NOW, SETTINGS)).state.value
        except Conflict as refusal:
            return refusal.reason

    answers = await asyncio.gather(claim(people[0], one), claim(people[3], other))

    assert sorted(answers) == ["claimed", "full"]
    assert await seats_of(shift) == 3


async def test_one_who_leaves_drops_nobody_else(database: str) -> None:
    _, boss = await make_city()
    ada, ben, cai = [await make_person(boss) for _ in range(3)]
    shift = await make_shift(boss, seats=3)
    group = await gathered(shift, ada, ben, cai)
    await buddies.leave(ada, group.id, None, NOW)
    assert await together() == {ben.volunteer_id, cai.volunteer_id}
    with pytest.raises(NotFound):
        await buddies.get(ada, group.id)
    got = await buddies.claim_all(cai, group.id, NOW, SETTINGS)
    assert (len(got.members), await seats_of(shift)) == (2, 2)

    await buddies.leave(cai, group.id, None, NOW)

    assert await seats_of(shift) == 2  # Who leaves the group keeps the seat.


async def test_a_group_takes_no_more_than_its_size_and_only_with_its_code(database: str) -> None:
    _, boss = await make_city()
    ada, *others = [await make_person(boss) for _ in range(6)]
    shift = await make_shift(boss, seats=8)
    group = await gathered(shift, ada, size=3)

    async def join(who: Actor, code: str = group.code) -> str:
        try:
            command = JoinIn(code=code, risk_statement_version=1)
            await buddies.join(who, group.id, command, NOW)
        except Conflict as refusal:
            return refusal.reason
        return "joined"

    with pytest.raises(NotFound):
        await join(others[0], "guessed")
    answers = await asyncio.gather(*(join(each) for each in others))

    assert sorted(answers) == [*["buddies_full"] * 3, *["joined"] * 2]
    [seen] = (await buddies.list_mine(others[0], CodeQuery(code=group.code), NOW)).items
    assert seen.joined == 3


async def test_a_group_is_for_seats_that_are_had_at_once(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    chosen = await make_shift(boss, claim_mode=ClaimMode.APPROVE)
    command = BuddyGroupIn(size=2, risk_statement_version=1)
    assert (await refused(buddies.begin(ada, chosen.id, command, NOW))).reason == (
        "buddies_only_instant"
    )
    other = BuddyGroupIn(size=2, risk_statement_version=7)
    shift = await make_shift(boss)
    assert (await refused(buddies.begin(ada, shift.id, other, NOW))).reason == (
        "risk_statement_changed"
    )
    alone = await gathered(shift, ada)
    assert (await refused(buddies.claim_all(ada, alone.id, NOW, SETTINGS))).reason == (
        "buddies_too_few"
    )
    assert await buddies.end_over(shift.starts_at) == 1


def every_thursday(project_id: UUID, **given: object) -> SeriesIn:
    known: dict[str, object] = {
        "project_id": project_id,
        "weekday": 3,
        "start_minute": 14 * 60,
        "risk_statement_version": 1,
        "starts_on": date(2026, 11, 21),
    }
    return SeriesIn(**{**known, **given})  # type: ignore[arg-type]


async def thursdays(boss: Actor, project_id: UUID, weeks: int, **given: object) -> list[Shift]:
    return [
        await make_shift(
            boss,
            project_id=project_id,
            starts_at=THURSDAY + timedelta(weeks=week),
            **given,  # type: ignore[arg-type]
        )
        for week in range(weeks)
    ]


async def test_a_series_takes_each_shift_as_it_appears_and_skips_days(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    project = await make_project(boss)
    first, second, third = await thursdays(boss, project.id, 3)
    await make_shift(boss, project_id=project.id, starts_at=THURSDAY + timedelta(hours=20))
    made = await series.create(ada, every_thursday(project.id), NOW, SETTINGS)
    skipped = second.starts_at.astimezone(SETTINGS.zone).date()
    await series.skip(ada, made.id, DayIn(day=skipped), NOW, SETTINGS)

    assert await series_following.follow(NOW, SETTINGS) == 2
    assert await series_following.follow(NOW, SETTINGS) == 0

    held = await reading.list_mine(ada, MyShiftQuery(), NOW, SETTINGS)
    assert [each.claim.shift.id for each in held.items] == [first.id, third.id]
    assert await told("series_claimed") == [ada.volunteer_id] * 2
    # A day that is skipped later gives the seat back; a day that is not skipped any more has one.
    day = third.starts_at.astimezone(SETTINGS.zone).date()
    await series.skip(ada, made.id, DayIn(day=day), NOW, SETTINGS)
    await series.come(ada, made.id, DayIn(day=skipped), NOW, SETTINGS)
    await series_following.follow(NOW, SETTINGS)
    held = await reading.list_mine(ada, MyShiftQuery(), NOW, SETTINGS)
    assert [each.claim.shift.id for each in held.items] == [first.id, second.id]


async def test_a_series_is_refused_by_the_same_rules_and_says_so_once(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    project = await make_project(boss)
    [full] = await thursdays(boss, project.id, 1)
    await claims.claim(ben, full.id, WISH, NOW, SETTINGS)
    made = await series.create(ada, every_thursday(project.id), NOW, SETTINGS)

    for _ in range(3):
        await series_following.follow(NOW, SETTINGS)

    [day] = (await series.get(ada, made.id, NOW, SETTINGS)).days
    assert (day.reason, day.claim_id) == ("full", None)
    assert await told("series_refused") == [ada.volunteer_id]


async def test_a_series_waits_for_the_opening_and_for_no_other_risks(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    project = await make_project(boss)
    [later] = await thursdays(boss, project.id, 1, opens_at=hours(10))
    await series.create(ada, every_thursday(project.id), NOW, SETTINGS)
    assert await series_following.follow(NOW, SETTINGS) == 0
    assert await series_following.follow(hours(10), SETTINGS) == 1
    assert await seats_of(later) == 1

    await rows("UPDATE project SET risk_statement_version = 2 WHERE id = $1", project.id)
    [_, reworded] = await thursdays(boss, project.id, 2, seats=2)
    await series_following.follow(hours(11), SETTINGS)
    assert await seats_of(reworded) == 0
    assert (
        await refused(series.create(ada, every_thursday(project.id), NOW, SETTINGS))
    ).reason in (
        "series_already",
        "risk_statement_changed",
    )


async def test_whoever_signed_up_first_comes_first_and_an_ended_series_takes_nothing(
    database: str,
) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    project = await make_project(boss)
    await series.create(ben, every_thursday(project.id), NOW, SETTINGS)
    mine = await series.create(ada, every_thursday(project.id), hours(1), SETTINGS)
    [one] = await thursdays(boss, project.id, 1)
    await asyncio.gather(*(series_following.follow(hours(2), SETTINGS) for _ in range(3)))
    held = await rows(
        "SELECT volunteer_id FROM claim WHERE shift_id = $1 AND state = 'confirmed'", one.id
    )
    assert [row["volunteer_id"] for row in held] == [ben.volunteer_id]

    with pytest.raises(NotFound):
        await series.end(ben, mine.id, NOW, SETTINGS)
    await series.end(ada, mine.id, NOW, SETTINGS)
    assert (
        await refused(series.create(ben, every_thursday(project.id), NOW, SETTINGS))
    ).reason == ("series_already")
    bad = every_thursday(project.id, ends_on=date(2026, 11, 1))
    with pytest.raises(Invalid):
        await series.create(ada, bad, NOW, SETTINGS)


async def test_weekdays_are_those_of_the_service_and_no_clock_of_the_database(
    database: str,
) -> None:
    """Half past midnight on Thursday in Shanghai is Wednesday in UTC."""
    _, boss = await make_city()
    ada = await make_person(boss)
    project = await make_project(boss)
    early = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)
    await make_shift(boss, project_id=project.id, starts_at=early)
    await rows("SET LOCAL timezone = 'America/New_York'")
    command = every_thursday(project.id, start_minute=30)
    await series.create(ada, command, NOW, SETTINGS)
    assert await series_following.follow(NOW, Settings(utc_offset_minutes=0)) == 0
    assert await series_following.follow(NOW, SETTINGS) == 1


async def test_a_round_keeps_together_who_gathers_and_nobody_who_has_left(database: str) -> None:
    world = await World.make()
    shift = await world.shift(at(1, 9), seats=5)
    people = [await world.volunteer() for _ in range(3)]
    ada, ben, cai = [await make_account(volunteer_id=each.id) for each in people]
    command = BuddyGroupIn(size=3, risk_statement_version=1)
    group = await buddies.begin(ada, shift.id, command, ROUNDS_NOW)
    for each in (ben, cai):
        join = JoinIn(code=group.code, risk_statement_version=1)
        await buddies.join(each, group.id, join, ROUNDS_NOW)

    [bound] = (await problem_of(world)).together
    await buddies.leave(ben, group.id, None, ROUNDS_NOW)
    [left] = (await problem_of(world)).together
    await buddies.claim_all(ada, group.id, ROUNDS_NOW, SETTINGS)

    assert set(bound) == {str(each.id) for each in people}
    assert set(left) == {str(people[0].id), str(people[2].id)}
    assert (await problem_of(world)).together == ()
