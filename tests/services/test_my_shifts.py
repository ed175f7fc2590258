"""My shifts: saying yes and no, what can be done when, and who is told."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.core import ClaimState
from services import claims, shifts
from services.claims import ClaimIn
from services.database import rows
from services.errors import Conflict, NotFound
from services.my_shifts import answering, hand_over_reading, handing_over, reading
from services.my_shifts.types import (
    Act,
    CodeQuery,
    HandOverIn,
    MyShiftQuery,
    Phase,
)
from services.transactions import transaction
from tests.services.my_shifts_world import LATE, READ, a_shift, mine, refused, seat, state_of, told
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_city,
    make_person,
    make_project,
    make_shift,
)


async def test_a_seat_is_cancelled_freely_until_the_cutoff_and_not_a_minute_later(
    database: str,
) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    shift = await a_shift(boss, seats=2, cutoff_minutes=180)
    one, other = await seat(ada, shift), await seat(ben, shift)
    edge = shift.starts_at - timedelta(minutes=180)

    assert (await claims.withdraw(ada, one.id, edge, SETTINGS)).state is ClaimState.CANCELLED
    late = await refused(claims.withdraw(ben, other.id, edge + timedelta(microseconds=1), SETTINGS))
    assert (late.reason, late.parameters["cutoff_at"]) == ("cutoff_passed", edge)
    assert await state_of(other.id) is ClaimState.CONFIRMED


async def test_what_can_be_done_is_what_is_not_refused(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    held = await seat(ada, await a_shift(boss))

    assert await mine(ada, held.id) == [Act.CONFIRM, Act.CANCEL, Act.HAND_OVER]
    assert await mine(ada, held.id, LATE) == [Act.CONFIRM, Act.CANNOT_COME, Act.HAND_OVER]
    assert await mine(ada, held.id, hours(49)) == []
    assert (await refused(answering.cannot_come(ada, held.id, hours(48)))).reason == (
        "already_started"
    )
    await answering.cannot_come(ada, held.id, LATE)
    assert await mine(ada, held.id, LATE) == [Act.COME_AFTER_ALL, Act.HAND_OVER]


async def test_lists_are_by_where_a_claim_stands(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    past = await make_shift(boss, starts_at=hours(2))
    await seat(ada, past)
    soon, later = await a_shift(boss), await a_shift(boss, starts_at=hours(96))
    await seat(ada, later)
    await seat(ada, soon)

    async def listed(phase: Phase) -> list[UUID]:
        query = MyShiftQuery(phase=phase)
        found = await reading.list_mine(ada, query, hours(10), SETTINGS)
        return [each.claim.shift.id for each in found.items]

    assert await listed(Phase.COMING) == [soon.id, later.id]
    assert await listed(Phase.ASKED) == []
    assert await listed(Phase.PAST) == [past.id]


async def test_whoever_waits_sees_their_place(database: str) -> None:
    _, boss = await make_city()
    first, second, third = [await make_person(boss) for _ in range(3)]
    shift = await a_shift(boss)
    await seat(first, shift)
    wish = ClaimIn(risk_statement_version=1, or_wait=True)
    for place, actor in enumerate((second, third), 1):
        claim = await claims.claim(actor, shift.id, wish, NOW, SETTINGS)
        one = await reading.get(actor, claim.id, NOW, SETTINGS)
        [listed] = (
            await reading.list_mine(actor, MyShiftQuery(phase=Phase.ASKED), NOW, SETTINGS)
        ).items
        assert [one.claim.waitlist_place, listed.claim.waitlist_place] == [place, place]


async def test_who_cannot_come_keeps_the_seat_and_the_lead_is_told_at_once(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    project = await make_project(boss)
    earlier = await make_shift(boss, project_id=project.id, starts_at=hours(4))
    await seat(ben, earlier)
    held = await seat(ada, await a_shift(boss, project_id=project.id))

    gone = await answering.cannot_come(ada, held.id, LATE)
    again = await answering.cannot_come(ada, held.id, LATE)

    assert gone == again
    assert gone.state is ClaimState.SEEKING_STANDIN
    assert (await shifts.get(None, held.shift.id)).roles[0].held == 1
    assert await told("standin_sought") == [boss.account_id]
    assert await told("standin_wanted") == [ben.volunteer_id]


async def test_who_comes_after_all_has_the_seat_and_nobody_can_take_it(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    held = await seat(ada, await a_shift(boss))
    await answering.cannot_come(ada, held.id, LATE)
    [wanted] = (await hand_over_reading.list_open(ben, CodeQuery(), LATE, SETTINGS)).items

    assert (await answering.come_after_all(ada, held.id, LATE)).state is ClaimState.CONFIRMED

    assert (await hand_over_reading.list_open(ben, CodeQuery(), LATE, SETTINGS)).items == []
    late = await refused(handing_over.take(ben, wanted.id, READ, LATE, SETTINGS))
    assert late.reason == "hand_over_over"


async def test_a_search_that_found_nobody_ends_as_a_late_cancellation(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    shift = await a_shift(boss, seats=2)
    lost, kept = await seat(ada, shift), await seat(ben, shift)
    await answering.cannot_come(ada, lost.id, LATE)

    assert await answering.end_unfilled(shift.ends_at - timedelta(minutes=1)) == 0
    assert await answering.end_unfilled(shift.ends_at) == 1
    assert await answering.end_unfilled(shift.ends_at) == 0

    assert await state_of(lost.id) is ClaimState.LATE_CANCELLED
    assert await state_of(kept.id) is ClaimState.CONFIRMED


async def test_who_says_that_they_come_is_known_to_come(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    held = await seat(ada, await a_shift(boss))
    await answering.confirm(ada, held.id, hours(1))
    assert (await reading.get(ada, held.id, NOW, SETTINGS)).coming_at == hours(1)
    with pytest.raises(NotFound):
        await answering.confirm(ben, held.id, NOW)
    with pytest.raises(NotFound):
        await reading.get(ben, held.id, NOW, SETTINGS)


class Undone(Exception):
    """Takes back what was tried."""


async def is_taken(attempt: Awaitable[object]) -> bool:
    """Whether it would be done; whatever it did is undone."""
    try:
        async with transaction():
            await attempt
            raise Undone
    except Undone:
        return True
    except Conflict:
        return False


async def test_every_button_that_is_shown_works_whatever_the_hour(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    shift = await a_shift(boss, cutoff_minutes=600)
    held = await seat(ada, shift)
    link = HandOverIn()
    tries: dict[Act, Callable[[datetime], Awaitable[object]]] = {
        Act.CONFIRM: lambda now: answering.confirm(ada, held.id, now),
        Act.CANCEL: lambda now: claims.withdraw(ada, held.id, now, SETTINGS),
        Act.CANNOT_COME: lambda now: answering.cannot_come(ada, held.id, now),
        Act.COME_AFTER_ALL: lambda now: answering.come_after_all(ada, held.id, now),
        Act.HAND_OVER: lambda now: handing_over.offer(ada, held.id, link, now),
    }
    moments = [hours(0), hours(38), hours(38.5), hours(47), hours(48), hours(49), hours(50)]
    seen = set()
    for change in ("asked_until = NULL", "asked_until = now()", "state = 'seeking_standin'"):
        await rows(f"UPDATE claim SET {change} WHERE id = $1", held.id)
        for now in moments:
            shown = await mine(ada, held.id, now)
            seen |= set(shown)
            for act in shown:
                assert await is_taken(tries[act](now)), (change, now, act)
            # And the one that is most wished for is never kept back where it would work.
            if Act.CANCEL not in shown:
                assert not await is_taken(tries[Act.CANCEL](now)), (change, now)
    assert seen == set(tries)
