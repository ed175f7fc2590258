"""A shift is moved: nobody is taken along who did not say yes to it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core import ClaimState
from services import claims
from services.claims import ClaimIn
from services.database import rows
from services.errors import Invalid, NotFound
from services.my_shifts import answering, moving, reading
from services.my_shifts.types import (
    Act,
    ShiftMoveIn,
)
from services.rights import Actor
from services.shifts import RoleIn, Shift
from tests.services.my_shifts_world import refused, state_of, told
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_city,
    make_person,
    make_shift,
)
from tests.support.families import accompany

WISH = ClaimIn(risk_statement_version=1)


async def moved(boss: Actor, shift: Shift, by_hours: float, now: datetime = NOW) -> moving.Moved:
    delta = timedelta(hours=by_hours)
    command = ShiftMoveIn(starts_at=shift.starts_at + delta, ends_at=shift.ends_at + delta)
    return await moving.move(boss, shift.id, command, None, now, SETTINGS)


async def test_who_holds_a_moved_shift_is_asked_again_and_silence_costs_nothing(
    database: str,
) -> None:
    _, boss = await make_city()
    stays, leaves, silent = [await make_person(boss) for _ in range(3)]
    shift = await make_shift(boss, seats=3, starts_at=hours(30))
    held = [
        await claims.claim(each, shift.id, WISH, NOW, SETTINGS) for each in (stays, leaves, silent)
    ]

    done = await moved(boss, shift, 13)  # Across midnight, into the next day.

    assert (done.asked_again, done.called_off) == (3, 0)
    assert await told("shift_moved") == [
        stays.volunteer_id,
        leaves.volunteer_id,
        silent.volunteer_id,
    ]
    asked = await reading.get(stays, held[0].id, NOW, SETTINGS)
    assert asked.asked_until == NOW + moving.ANSWER_WITHIN
    # Far inside the cut-off a no is free, because they never said yes to this time.
    late = hours(23)
    assert Act.CANCEL in (await reading.get(leaves, held[1].id, late, SETTINGS)).acts
    await answering.confirm(stays, held[0].id, late)
    await claims.withdraw(leaves, held[1].id, late, SETTINGS)
    assert await answering.end_unanswered(late) == 0
    assert await answering.end_unanswered(hours(24)) == 1

    assert [await state_of(each.id) for each in held] == [
        ClaimState.CONFIRMED,
        ClaimState.CANCELLED,
        ClaimState.CANCELLED,
    ]
    assert await told("move_unanswered") == [silent.volunteer_id]
    [span] = await rows("SELECT starts_at, ends_at FROM claim WHERE id = $1", held[0].id)
    assert span["starts_at"] == shift.starts_at + timedelta(hours=13)


async def test_who_would_be_in_two_places_is_called_off_and_told(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    shift = await make_shift(boss, seats=2)
    other = await make_shift(boss, starts_at=hours(30))
    mine = await claims.claim(ada, shift.id, WISH, NOW, SETTINGS)
    his = await claims.claim(ben, shift.id, WISH, NOW, SETTINGS)
    await claims.claim(ada, other.id, WISH, NOW, SETTINGS)

    done = await moved(boss, shift, 6)

    assert (done.asked_again, done.called_off) == (1, 1)
    assert await state_of(mine.id) is ClaimState.CALLED_OFF
    assert await state_of(his.id) is ClaimState.CONFIRMED
    assert await told("shift_moved_apart") == [ada.volunteer_id]


async def test_moved_over_midnight_it_is_part_of_both_days(database: str) -> None:
    """From the afternoon to 22:30 until 00:30: whoever serves early the next morning would not
    rest enough and is let go, whoever serves at noon is asked again; the shift is one, and its
    reminders and its cut-off follow it."""
    _, boss = await make_city()
    early, noon = await make_person(boss), await make_person(boss)
    shift = await make_shift(boss, seats=2, starts_at=hours(30))  # Sunday, 16:00 in Shanghai.
    held = [await claims.claim(each, shift.id, WISH, NOW, SETTINGS) for each in (early, noon)]
    for who, start in ((early, 45.5), (noon, 50)):  # Monday, 07:30 and 12:00.
        other = await make_shift(boss, starts_at=hours(start))
        await claims.claim(who, other.id, WISH, NOW, SETTINGS)

    done = await moved(boss, shift, 6.5)

    assert (done.asked_again, done.called_off) == (1, 1)
    assert [await state_of(each.id) for each in held] == [
        ClaimState.CALLED_OFF,
        ClaimState.CONFIRMED,
    ]
    now_at = await reading.get(noon, held[1].id, NOW, SETTINGS)
    days = [
        each.astimezone(SETTINGS.zone).date()
        for each in (now_at.claim.shift.starts_at, now_at.claim.shift.ends_at)
    ]
    assert days[1] - days[0] == timedelta(days=1)
    assert now_at.cutoff_at == hours(36.5) - timedelta(minutes=SETTINGS.cancel_cutoff_minutes)
    ends_over_midnight = await make_shift(boss, starts_at=hours(37.5), hours_long=1)
    refusal = await refused(claims.claim(noon, ends_over_midnight.id, WISH, NOW, SETTINGS))
    assert refusal.reason == "overlap"


async def test_a_shift_is_moved_by_its_organiser_and_only_into_the_future(database: str) -> None:
    _, boss = await make_city()
    _, stranger = await make_city("Other")
    shift = await make_shift(boss)
    with pytest.raises(NotFound):
        await moved(stranger, shift, 1)
    with pytest.raises(Invalid):
        await moved(boss, shift, -30)
    assert (await refused(moved(boss, shift, 5, now=shift.starts_at))).reason == "already_started"


@given(
    starts_in=st.integers(1, 10_000),
)
def test_there_is_always_time_to_answer_and_never_more_than_a_day(starts_in: int) -> None:
    until = moving.answer_until(NOW + timedelta(minutes=starts_in), NOW)
    assert NOW + moving.ANSWER_AT_LEAST <= until <= NOW + moving.ANSWER_WITHIN


async def test_minors_come_to_the_new_time_with_a_guardians_new_yes(database: str) -> None:
    _, boss = await make_city()
    kid = await make_person(boss)
    shift = await make_shift(boss, roles=[RoleIn(key="helper", target=1)])
    await accompany(shift.id)
    await rows("UPDATE volunteer SET age = 15 WHERE id = $1", kid.volunteer_id)
    await rows(
        "INSERT INTO activity_consent (id, created_at, volunteer_id, shift_id, guardian_id, state, "
        "risk_statement_version, answered_at) SELECT gen_random_uuid(), $3, $1, $2, $4, 'given', "
        "1, $3",
        kid.volunteer_id,
        shift.id,
        NOW,
        boss.account_id,
    )
    held = await claims.claim(kid, shift.id, WISH, NOW, SETTINGS)
    await moved(boss, shift, 3)

    assert (await refused(answering.confirm(kid, held.id, NOW))).reason == (
        "guardian_consent_missing"
    )

    await rows(
        "UPDATE activity_consent SET state = 'given', guardian_id = $2, answered_at = $3 "
        "WHERE volunteer_id = $1",
        kid.volunteer_id,
        boss.account_id,
        NOW,
    )
    await answering.confirm(kid, held.id, NOW)
    assert (await reading.get(kid, held.id, NOW, SETTINGS)).asked_until is None
