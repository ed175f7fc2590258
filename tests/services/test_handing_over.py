"""A seat goes from one to another: by a link, to everybody, in exchange; never to two."""

import asyncio
from uuid import UUID

import pytest

from models.core import ClaimMode, ClaimState, HandOverState
from services import claims, shifts
from services.claims import ClaimIn
from services.database import rows
from services.errors import Conflict, Forbidden, NotFound
from services.my_shifts import answering, hand_over_reading, handing_over, reading
from services.my_shifts.types import (
    CodeQuery,
    HandOver,
    HandOverIn,
    MyShiftQuery,
    SwapIn,
    TakeIn,
)
from services.rights import Actor
from services.shifts import RoleIn
from services.volunteers import Skill
from tests.services.my_shifts_world import LATE, READ, a_shift, refused, seat, state_of, told
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_city,
    make_person,
)


async def handed(actor: Actor, claim_id: UUID, *, to_all: bool = False) -> HandOver:
    return await handing_over.offer(actor, claim_id, HandOverIn(is_open_to_all=to_all), NOW)


def by_code(given: HandOver) -> TakeIn:
    return TakeIn(risk_statement_version=1, code=given.code)


async def test_whoever_has_the_link_takes_the_seat_in_one_step(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    held = await seat(ada, await a_shift(boss))
    given = await handed(ada, held.id)
    assert await state_of(held.id) is ClaimState.CONFIRMED

    taken = await handing_over.take(ben, given.id, by_code(given), NOW, SETTINGS)
    again = await handing_over.take(ben, given.id, by_code(given), NOW, SETTINGS)

    assert (taken.state, taken.volunteer_id) == (ClaimState.CONFIRMED, ben.volunteer_id)
    assert again == taken
    assert await state_of(held.id) is ClaimState.HANDED_OVER
    assert (await shifts.get(None, held.shift.id)).roles[0].held == 1
    assert await told("hand_over_taken") == [ada.volunteer_id]


async def test_a_link_is_nothing_without_its_code(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    held = await seat(ada, await a_shift(boss))
    given = await handed(ada, held.id)

    assert (await hand_over_reading.list_open(ben, CodeQuery(), NOW, SETTINGS)).items == []
    with pytest.raises(NotFound):
        await hand_over_reading.get(ben, given.id)
    for command in (READ, TakeIn(risk_statement_version=1, code="guessed")):
        with pytest.raises(NotFound):
            await handing_over.take(ben, given.id, command, NOW, SETTINGS)
    [found] = (
        await hand_over_reading.list_open(ben, CodeQuery(code=given.code), NOW, SETTINGS)
    ).items
    assert (found.id, found.is_mine) == (given.id, False)


async def test_who_looks_for_anybody_is_not_named(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss, name="Ada Lin"), await make_person(boss)
    held = await seat(ada, await a_shift(boss))
    await handed(ada, held.id, to_all=True)
    [found] = (await hand_over_reading.list_open(ben, CodeQuery(), NOW, SETTINGS)).items
    assert found.giver_name == ""
    assert (await hand_over_reading.get(ada, found.id)).giver_name == "Ada Lin"


async def test_the_taker_passes_all_rules_or_the_giver_keeps_the_seat(database: str) -> None:
    _, boss = await make_city()
    roles = [RoleIn(key="aid", target=1, skills={"first aid": 2})]
    ada = await make_person(boss, skills=[Skill(skill="first aid", level=3)])
    unskilled = await make_person(boss)
    busy = await make_person(boss, skills=[Skill(skill="first aid", level=3)])
    shift = await a_shift(boss, roles=roles)
    held = await seat(ada, shift)
    await seat(busy, await a_shift(boss))
    given = await handed(ada, held.id, to_all=True)

    for taker, reason in ((unskilled, "skills"), (busy, "overlap"), (ada, "hand_over_own")):
        refusal = await refused(handing_over.take(taker, given.id, READ, NOW, SETTINGS))
        assert refusal.reason == reason
    other = TakeIn(risk_statement_version=2)
    refusal = await refused(handing_over.take(busy, given.id, other, NOW, SETTINGS))
    assert refusal.reason in ("risk_statement_changed", "overlap")

    assert await state_of(held.id) is ClaimState.CONFIRMED
    with pytest.raises(Forbidden):
        await handing_over.take(boss, given.id, READ, NOW, SETTINGS)


async def test_a_seat_that_the_organiser_gives_is_not_handed_on_past_them(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    shift = await a_shift(boss, claim_mode=ClaimMode.APPROVE)
    asked = await seat(ada, shift)
    await rows("UPDATE claim SET state = 'confirmed' WHERE id = $1", asked.id)
    given = await handed(ada, asked.id, to_all=True)

    refusal = await refused(handing_over.take(ben, given.id, READ, NOW, SETTINGS))

    assert refusal.reason == "hand_over_restricted"
    assert await state_of(asked.id) is ClaimState.CONFIRMED


async def test_somebody_who_waits_for_the_shift_may_step_in(database: str) -> None:
    _, boss = await make_city()
    ada, ben, cai = [await make_person(boss) for _ in range(3)]
    shift = await a_shift(boss)
    held = await seat(ada, shift)
    for waiter in (cai, ben):
        wish = ClaimIn(risk_statement_version=1, or_wait=True)
        waits = await claims.claim(waiter, shift.id, wish, NOW, SETTINGS)
        assert waits.state is ClaimState.WAITLISTED
    given = await handed(ada, held.id, to_all=True)

    # The seat was never free: who waits first is not asked first, whoever steps in has it.
    taken = await handing_over.take(ben, given.id, READ, NOW, SETTINGS)

    assert taken.state is ClaimState.CONFIRMED
    live = await rows("SELECT state FROM claim WHERE shift_id = $1 ORDER BY state", shift.id)
    assert [row["state"] for row in live].count("confirmed") == 1
    assert [row["state"] for row in live].count("waitlisted") == 1


async def test_only_who_could_take_a_seat_is_shown_it(database: str) -> None:
    _, boss = await make_city()
    roles = [RoleIn(key="aid", target=1, skills={"first aid": 2}), RoleIn(key="any", target=1)]
    able = {"skills": [Skill(skill="first aid", level=3)]}
    ada, fit, busy = [await make_person(boss, **able) for _ in range(3)]
    unskilled = await make_person(boss)
    shift = await a_shift(boss, roles=roles)
    held = await seat(ada, shift, "aid")
    await seat(busy, await a_shift(boss))
    given = await handed(ada, held.id, to_all=True)

    async def sees(who: Actor) -> bool:
        found = await hand_over_reading.list_open(who, CodeQuery(), NOW, SETTINGS)
        return [each.id for each in found.items] == [given.id]

    assert [await sees(each) for each in (fit, busy, unskilled, ada)] == [True, False, False, False]
    # What is shown is what can be taken.
    for who, may in ((busy, False), (unskilled, False), (fit, True)):
        try:
            await handing_over.take(who, given.id, READ, NOW, SETTINGS)
        except Conflict:
            assert not may
        else:
            assert may


async def test_of_many_who_step_in_at_once_one_has_the_seat(database: str) -> None:
    _, boss = await make_city()
    ada = await make_person(boss)
    others = [await make_person(boss) for _ in range(6)]
    held = await seat(ada, await a_shift(boss))
    given = await handed(ada, held.id, to_all=True)

    async def take(who: Actor) -> str:
        try:
            return (await handing_over.take(who, given.id, READ, NOW, SETTINGS)).state.value
        except Conflict as refusal:
            return refusal.reason

    answers = await asyncio.gather(*(take(each) for each in others))

    assert sorted(answers) == ["confirmed", *["hand_over_over"] * 5]
    [count] = await rows(
        "SELECT count(*) AS held FROM claim WHERE shift_id = $1 AND state = 'confirmed'",
        held.shift.id,
    )
    assert count["held"] == 1


async def test_the_owner_and_a_stand_in_who_come_at_once_share_one_seat_and_no_more(
    database: str,
) -> None:
    _, boss = await make_city()
    for _ in range(3):
        ada, ben = await make_person(boss), await make_person(boss)
        held = await seat(ada, await a_shift(boss))
        await answering.cannot_come(ada, held.id, LATE)
        [wanted] = [
            each
            for each in (await hand_over_reading.list_open(ben, CodeQuery(), LATE, SETTINGS)).items
            if each.claim_id == held.id
        ]

        async def comes(who: Actor = ada, claim_id: UUID = held.id) -> str:
            try:
                return (await answering.come_after_all(who, claim_id, LATE)).state.value
            except Conflict as refusal:
                return refusal.reason

        async def steps_in(who: Actor = ben, hand_over_id: UUID = wanted.id) -> str:
            try:
                command = await handing_over.take(who, hand_over_id, READ, LATE, SETTINGS)
                return command.state.value
            except Conflict as refusal:
                return refusal.reason

        answers = await asyncio.gather(comes(), steps_in())
        assert sorted(answers) in (
            ["confirmed", "hand_over_over"],
            ["confirmed", "state_change_refused"],
        )
        assert (await shifts.get(None, held.shift.id)).roles[0].held == 1


async def swap_world(boss: Actor) -> tuple[Actor, Actor, claims.Claim, claims.Claim]:
    """Two people, each with a seat; the two shifts overlap, so neither could have both."""
    ada, ben = await make_person(boss), await make_person(boss)
    one = await a_shift(boss)
    other = await a_shift(boss, starts_at=hours(49))
    return ada, ben, await seat(ada, one), await seat(ben, other)


async def proposed(giver: Actor, given: claims.Claim, other: Actor, wish: claims.Claim) -> HandOver:
    link = await handed(giver, given.id)
    command = SwapIn(claim_id=wish.id, risk_statement_version=1, code=link.code)
    return await handing_over.propose_swap(other, link.id, command, NOW)


async def test_two_people_swap_though_neither_could_hold_both(database: str) -> None:
    _, boss = await make_city()
    ada, ben, adas, bens = await swap_world(boss)
    swap = await proposed(ada, adas, ben, bens)
    assert await told("swap_proposed") == [ada.volunteer_id]
    [shown] = (await reading.get(ada, adas.id, NOW, SETTINGS)).swaps
    assert shown.id == swap.id

    got = await handing_over.accept_swap(ada, swap.id, READ, NOW, SETTINGS)

    assert (got.shift.id, got.volunteer_id) == (bens.shift.id, ada.volunteer_id)
    assert await state_of(adas.id) is await state_of(bens.id) is ClaimState.HANDED_OVER
    query = MyShiftQuery()
    [of_ben] = (await reading.list_mine(ben, query, NOW, SETTINGS)).items
    assert of_ben.claim.shift.id == adas.shift.id


async def test_a_swap_of_which_one_side_is_refused_changes_nothing(database: str) -> None:
    _, boss = await make_city()
    ada, ben, adas, bens = await swap_world(boss)
    # With this one Ben could not come to Ada's shift.
    swap = await proposed(ada, adas, ben, bens)
    blocked = await a_shift(boss, starts_at=hours(47))
    await seat(ben, blocked)

    refusal = await refused(handing_over.accept_swap(ada, swap.id, READ, NOW, SETTINGS))

    assert refusal.reason == "overlap"
    assert await state_of(adas.id) is await state_of(bens.id) is ClaimState.CONFIRMED


async def test_both_accept_the_same_swap_at_the_same_moment(database: str) -> None:
    _, boss = await make_city()
    for _ in range(3):
        ada, ben, adas, bens = await swap_world(boss)
        to_ada = await proposed(ada, adas, ben, bens)
        to_ben = await proposed(ben, bens, ada, adas)

        async def accept(who: Actor, swap: HandOver) -> str:
            try:
                await handing_over.accept_swap(who, swap.id, READ, NOW, SETTINGS)
            except Conflict as refusal:
                return refusal.reason
            return "swapped"

        answers = await asyncio.gather(accept(ada, to_ada), accept(ben, to_ben))

        assert sorted(answers) == ["hand_over_over", "swapped"]
        held = await rows(
            "SELECT volunteer_id, shift_id FROM claim WHERE volunteer_id = ANY($1::uuid[]) "
            "AND state = 'confirmed'",
            [ada.volunteer_id, ben.volunteer_id],
        )
        assert {(row["volunteer_id"], row["shift_id"]) for row in held} == {
            (ada.volunteer_id, bens.shift.id),
            (ben.volunteer_id, adas.shift.id),
        }


async def test_a_swap_is_declined_at_no_cost_and_only_by_whom_it_is_for(database: str) -> None:
    _, boss = await make_city()
    ada, ben, adas, bens = await swap_world(boss)
    swap = await proposed(ada, adas, ben, bens)
    with pytest.raises(NotFound):
        await handing_over.decline_swap(ben, swap.id, NOW)

    gone = await handing_over.decline_swap(ada, swap.id, NOW)

    assert gone.state is HandOverState.DECLINED
    assert await told("swap_declined") == [ben.volunteer_id]
    late = await refused(handing_over.accept_swap(ada, swap.id, READ, NOW, SETTINGS))
    assert late.reason == "hand_over_over"


async def test_a_kept_seat_is_kept_and_its_link_leads_nowhere(database: str) -> None:
    _, boss = await make_city()
    ada, ben = await make_person(boss), await make_person(boss)
    held = await seat(ada, await a_shift(boss))
    given = await handed(ada, held.id)
    with pytest.raises(NotFound):
        await handing_over.withdraw(ben, given.id, NOW)

    gone = await handing_over.withdraw(ada, given.id, NOW)

    assert gone.state is HandOverState.WITHDRAWN
    late = await refused(handing_over.take(ben, given.id, by_code(given), NOW, SETTINGS))
    assert late.reason == "hand_over_over"
