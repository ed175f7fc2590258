"""Waiting lists: one is asked at a time, a yes is needed, silence costs nothing."""

from datetime import datetime, timedelta

import pytest

from models.core import Offer as OfferRow
from services import claims, offers, shifts
from services.claims import ClaimIn
from services.database import rows
from services.errors import Conflict
from services.paging import PageQuery
from services.rights import Actor
from services.settings import Settings
from services.shifts import Shift
from tests.services.claims.world import TIRELESS, claim, refusal, state_of, wait
from tests.support.factories import NOW, SETTINGS, hours, make_city, make_person, make_shift


async def give_free_seats(at: datetime) -> int:
    return await claims.offer_due(at, SETTINGS)


async def only_offer(actor: Actor, at: datetime = NOW) -> offers.Offer:
    [found] = (await offers.list_mine(actor, PageQuery(), at)).items
    return found


async def full_shift(boss: Actor, starts_at: datetime | None = None) -> tuple[Actor, Shift]:
    """A shift of one seat, and who has it."""
    holder = await make_person(boss, **TIRELESS)
    shift = await make_shift(boss, starts_at=starts_at or hours(72))
    await claim(holder, shift)
    return holder, shift


async def let_go(holder: Actor, shift: Shift, at: datetime = NOW) -> None:
    """Give the seat back, however late it is."""
    free = Settings(cancel_cutoff_minutes=0)
    [held] = [
        each
        for each in (await claims.list_mine(holder, PageQuery())).items
        if each.shift.id == shift.id
    ]
    await claims.withdraw(holder, held.id, at, free)


async def test_places_are_those_of_coming_and_move_up(database: str) -> None:
    _, boss = await make_city()
    _, shift = await full_shift(boss)
    people = [await make_person(boss) for _ in range(3)]
    full = await refusal(people[0], shift)
    assert (full.reason, full.parameters) == ("full", {"seats": 1, "waitlist_place": 1})
    waiting = [await wait(each, shift) for each in people]
    assert [each.waitlist_place for each in waiting] == [1, 2, 3]
    await claims.withdraw(people[0], waiting[0].id, NOW, SETTINGS)
    mine = [(await claims.list_mine(each, PageQuery())).items[0] for each in people]
    assert [(each.state, each.waitlist_place) for each in mine] == [
        ("withdrawn", None),
        ("waitlisted", 1),
        ("waitlisted", 2),
    ]
    assert (await refusal(await make_person(boss), shift)).parameters["waitlist_place"] == 3


async def test_who_could_not_have_a_free_seat_is_told_that_and_waits_for_nothing(
    database: str,
) -> None:
    _, boss = await make_city()
    _, shift = await full_shift(boss)
    busy = await make_person(boss)
    await claim(busy, await make_shift(boss, starts_at=hours(73)))
    refused = await refusal(busy, shift)
    assert (refused.reason, "waitlist_place" in refused.parameters) == ("full", False)
    with pytest.raises(Conflict, match="full"):
        await claim(busy, shift, or_wait=True)


async def test_a_free_seat_is_offered_to_one_until_the_deadline_then_to_the_next(
    database: str,
) -> None:
    _, boss = await make_city()
    holder, shift = await full_shift(boss)
    ada, ben = await make_person(boss), await make_person(boss)
    first, second = await wait(ada, shift), await wait(ben, shift)
    assert await give_free_seats(NOW) == 0
    await let_go(holder, shift)

    assert await give_free_seats(NOW) == 1
    assert await give_free_seats(NOW) == 0
    offer = await only_offer(ada)
    assert (offer.source, offer.round_id) == ("waitlist", None)
    assert offer.deadline_at == NOW + timedelta(minutes=30)
    assert await state_of(second) == "waitlisted"

    late = offer.deadline_at
    assert await offers.expire_due(late) == 1
    assert await give_free_seats(late) == 1
    assert (await only_offer(ben, late)).deadline_at == late + timedelta(minutes=30)
    assert await state_of(first) == "expired"
    assert (await offers.accept(ben, (await only_offer(ben, late)).id, late, SETTINGS)).state == (
        "accepted"
    )
    assert await state_of(second) == "confirmed"


async def test_silence_costs_nothing(database: str) -> None:
    """Whoever let an offer pass is not refused, and stands in line again like everybody else."""
    _, boss = await make_city()
    holder, shift = await full_shift(boss)
    ada = await make_person(boss)
    await wait(ada, shift)
    await let_go(holder, shift)
    await give_free_seats(NOW)
    late = NOW + timedelta(minutes=30)
    await offers.expire_due(late)
    before = await rows("SELECT row_to_json(v) FROM volunteer v WHERE id = $1", ada.volunteer_id)
    assert (await claim(ada, shift, at=late)).state == "confirmed"
    after = await rows("SELECT row_to_json(v) FROM volunteer v WHERE id = $1", ada.volunteer_id)
    assert before == after


@pytest.mark.parametrize(
    ("before_start", "minutes"),
    [
        (timedelta(hours=6, seconds=1), 30),
        (timedelta(hours=6), 10),
        (timedelta(minutes=91), 10),
    ],
)
async def test_the_offer_is_shorter_when_the_shift_is_near(
    database: str, before_start: timedelta, minutes: int
) -> None:
    _, boss = await make_city()
    holder, shift = await full_shift(boss)
    ada = await make_person(boss)
    await wait(ada, shift)
    await let_go(holder, shift)
    now = shift.starts_at - before_start
    await give_free_seats(now)
    assert (await only_offer(ada, now)).deadline_at == now + timedelta(minutes=minutes)


async def test_shortly_before_the_shift_all_are_told_and_the_first_has_the_seat(
    database: str,
) -> None:
    _, boss = await make_city()
    holder, shift = await full_shift(boss)
    ada, ben, busy = [await make_person(boss) for _ in range(3)]
    waiting = [await wait(each, shift) for each in (ada, ben, busy)]
    await claim(busy, await make_shift(boss, starts_at=hours(73)))
    now = shift.starts_at - timedelta(minutes=90)
    await let_go(holder, shift, now)

    assert await give_free_seats(now) == 0
    assert await give_free_seats(now + timedelta(seconds=5)) == 0
    told = await rows("SELECT volunteer_id FROM notification WHERE kind = 'seat_free'")
    assert sorted(row["volunteer_id"] for row in told) == sorted(
        [ada.volunteer_id, ben.volunteer_id]
    )
    taken = await claim(ben, shift, at=now)
    assert (taken.id, taken.state) == (waiting[1].id, "confirmed")
    assert (await OfferRow.get(claim_id=taken.id)).answered_at == now
    assert (await refusal(ada, shift, at=now)).reason == "full"

    # Free once more: told once more.
    await let_go(ben, shift, now + timedelta(minutes=1))
    await give_free_seats(now + timedelta(minutes=1))
    again = await rows("SELECT volunteer_id FROM notification WHERE kind = 'seat_free'")
    assert [row["volunteer_id"] for row in again].count(ada.volunteer_id) == 2


async def test_a_newcomer_does_not_pass_by_whoever_waits(database: str) -> None:
    """A seat that is free for a moment is offered by whoever comes first, not taken by them."""
    _, boss = await make_city()
    holder, shift = await full_shift(boss)
    ada, newcomer = await make_person(boss), await make_person(boss)
    await wait(ada, shift)
    await let_go(holder, shift)
    full = await refusal(newcomer, shift)
    assert (full.reason, full.parameters["waitlist_place"]) == ("full", 1)
    # What the refused request offered was rolled back with it; the next look offers it.
    assert await give_free_seats(NOW) == 1
    assert (await only_offer(ada)).state == "open"


async def test_a_seat_that_nobody_in_line_could_take_is_for_who_comes(database: str) -> None:
    _, boss = await make_city()
    holder, shift = await full_shift(boss)
    busy, newcomer = await make_person(boss), await make_person(boss)
    waiting = await wait(busy, shift)
    await claim(busy, await make_shift(boss, starts_at=hours(73)))
    await let_go(holder, shift)
    assert await give_free_seats(NOW) == 0
    assert (await claim(newcomer, shift)).state == "confirmed"
    assert await state_of(waiting) == "waitlisted"  # Their place is kept.


async def test_several_free_seats_are_offered_to_as_many(database: str) -> None:
    _, boss = await make_city()
    holders = [await make_person(boss, **TIRELESS) for _ in range(2)]
    shift = await make_shift(boss, seats=2, starts_at=hours(72))
    for each in holders:
        await claim(each, shift)
    people = [await make_person(boss) for _ in range(3)]
    waiting = [await wait(each, shift) for each in people]
    for each in holders:
        await let_go(each, shift)
    assert await give_free_seats(NOW) == 2
    assert [await state_of(each) for each in waiting] == ["offered", "offered", "waitlisted"]


async def test_a_seat_handed_on_goes_to_its_taker_and_not_to_the_line(database: str) -> None:
    _, boss = await make_city()
    holder, shift = await full_shift(boss)
    ada, taker = await make_person(boss), await make_person(boss)
    await wait(ada, shift)
    await let_go(holder, shift)
    wish = ClaimIn(risk_statement_version=1)
    taken = await claims.take_over(taker, shift.id, wish, NOW, SETTINGS)
    assert taken.state == "confirmed"
    assert await give_free_seats(NOW) == 0


async def test_a_shift_called_off_or_begun_offers_nothing(database: str) -> None:
    _, boss = await make_city()
    for is_called_off in (True, False):
        holder, shift = await full_shift(boss)
        waiting = await wait(await make_person(boss), shift)
        await let_go(holder, shift)
        if is_called_off:
            await shifts.call_off(boss, shift.id, NOW)
            assert await state_of(waiting) == "called_off"
        assert await give_free_seats(NOW if is_called_off else shift.starts_at) == 0
