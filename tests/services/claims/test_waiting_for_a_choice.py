"""Waiting lists where the organiser chooses: without them nobody is asked and nobody has a seat."""

from datetime import datetime, timedelta

import pytest

from models.core import ClaimMode
from services import claims, offers, shifts
from services.claims import Claim
from services.database import rows
from services.errors import Conflict, NotFound
from services.paging import PageQuery
from services.rights import Actor
from services.settings import Settings
from services.shifts import Shift
from tests.services.claims.world import claim, plain_refusal, refusal, state_of, wait
from tests.support.factories import (
    NOW,
    SETTINGS,
    hours,
    make_city,
    make_organisation,
    make_organiser,
    make_person,
    make_shift,
)


async def full_shift(boss: Actor, starts_at: datetime | None = None) -> tuple[Actor, Claim, Shift]:
    """A shift of one seat, given to somebody who asked."""
    shift = await make_shift(boss, starts_at=starts_at or hours(72), claim_mode=ClaimMode.APPROVE)
    holder = await make_person(boss)
    held = await claim(holder, shift)
    await claims.approve(boss, held.id, NOW, SETTINGS)
    return holder, held, shift


async def let_go(holder: Actor, held: Claim, at: datetime = NOW) -> None:
    await claims.withdraw(holder, held.id, at, Settings(cancel_cutoff_minutes=0))


async def told_organisers() -> list[dict[str, object]]:
    return await rows("SELECT account_id, about FROM notification WHERE kind = 'seat_to_give'")


async def only_offer(actor: Actor, at: datetime = NOW) -> offers.Offer:
    [found] = (await offers.list_mine(actor, PageQuery(), at)).items
    return found


async def test_a_full_shift_is_waited_for_and_the_organiser_chooses_who_is_asked(
    database: str,
) -> None:
    _, boss = await make_city()
    holder, held, shift = await full_shift(boss)
    ada, ben = await make_person(boss), await make_person(boss)
    full = await refusal(ada, shift)
    assert (full.reason, full.parameters) == ("full", {"seats": 1, "waitlist_place": 1})
    first, second = await wait(ada, shift), await wait(ben, shift)
    with pytest.raises(Conflict, match="full") as caught:
        await claims.approve(boss, second.id, NOW, SETTINGS)
    assert caught.value.parameters == {"seats": 1}

    await let_go(holder, held)
    assert await claims.offer_due(NOW, SETTINGS) == 0
    assert await claims.offer_due(NOW, SETTINGS) == 0
    # Told once, though the job looks every few seconds.
    assert await told_organisers() == [{"account_id": boss.account_id, "about": shift.id}]
    assert [await state_of(each) for each in (first, second)] == ["waitlisted", "waitlisted"]

    # Not in the order of the list: the organiser chooses.
    assert (await claims.approve(boss, second.id, NOW, SETTINGS)).state == "offered"
    assert (await claims.approve(boss, second.id, NOW, SETTINGS)).state == "offered"
    offer = await only_offer(ben)
    assert (offer.source, offer.deadline_at) == ("waitlist", NOW + timedelta(minutes=30))
    with pytest.raises(Conflict, match="full"):
        await claims.approve(boss, first.id, NOW, SETTINGS)
    await offers.accept(ben, offer.id, NOW, SETTINGS)
    assert [await state_of(each) for each in (first, second)] == ["waitlisted", "confirmed"]


async def test_silence_ends_the_offer_and_the_organiser_is_told_of_the_seat_again(
    database: str,
) -> None:
    _, boss = await make_city()
    holder, held, shift = await full_shift(boss)
    ada, ben = await make_person(boss), await make_person(boss)
    first, second = await wait(ada, shift), await wait(ben, shift)
    await let_go(holder, held)
    await claims.offer_due(NOW, SETTINGS)
    await claims.approve(boss, first.id, NOW, SETTINGS)
    # Somebody who asks meanwhile, and takes it back, frees no seat: nobody is told anything.
    late = NOW + timedelta(minutes=30)
    assert await offers.expire_due(late) == 1
    await claims.offer_due(late, SETTINGS)
    assert len(await told_organisers()) == 2
    cai = await make_person(boss)
    asked = await claim(cai, shift, at=late)
    await claims.withdraw(cai, asked.id, late + timedelta(minutes=1), SETTINGS)
    await claims.offer_due(late + timedelta(minutes=2), SETTINGS)
    assert len(await told_organisers()) == 2
    assert [await state_of(each) for each in (first, second)] == ["expired", "waitlisted"]
    # It cost nothing: whoever let it pass asks like everybody else.
    assert (await claim(ada, shift, at=late)).state == "requested"


async def test_who_comes_while_a_seat_is_free_asks_for_it_and_passes_nobody_by(
    database: str,
) -> None:
    _, boss = await make_city()
    holder, held, shift = await full_shift(boss)
    ada, ben = await make_person(boss), await make_person(boss)
    waiting = await wait(ada, shift)
    await let_go(holder, held)
    asked = await claim(ben, shift)
    assert asked.state == "requested"
    assert (await shifts.get(boss, shift.id)).roles[0].held == 0
    assert await state_of(waiting) == "waitlisted"
    assert (await claims.approve(boss, waiting.id, NOW, SETTINGS)).state == "offered"
    with pytest.raises(Conflict, match="full"):
        await claims.approve(boss, asked.id, NOW, SETTINGS)


async def test_shortly_before_the_start_there_is_no_first_come_either(database: str) -> None:
    _, boss = await make_city()
    holder, held, shift = await full_shift(boss, hours(3))
    ada, ben = await make_person(boss), await make_person(boss)
    waiting, also = await wait(ada, shift), await wait(ben, shift)
    late = hours(2)
    await let_go(holder, held, late)
    await claims.offer_due(late, SETTINGS)
    assert len(await told_organisers()) == 1
    assert await rows("SELECT 1 FROM notification WHERE kind = 'seat_free'") == []
    assert (await plain_refusal(ada, shift, at=late)).reason == "already_claimed"
    await claims.approve(boss, waiting.id, late, SETTINGS)
    assert (await only_offer(ada, late)).deadline_at == late + timedelta(minutes=10)
    await offers.decline(ada, (await only_offer(ada, late)).id, late)
    with pytest.raises(Conflict, match="waiting_over"):
        await claims.approve(boss, also.id, hours(3), SETTINGS)


async def test_who_could_not_come_is_not_asked_and_why_stays_theirs(database: str) -> None:
    _, boss = await make_city()
    holder, held, shift = await full_shift(boss)
    ada = await make_person(boss)
    waiting = await wait(ada, shift)
    await claim(ada, await make_shift(boss, starts_at=hours(73)))
    await let_go(holder, held)
    # Nobody who waits could come, so there is nothing to choose and nobody is told.
    await claims.offer_due(NOW, SETTINGS)
    assert await told_organisers() == []
    with pytest.raises(Conflict) as caught:
        await claims.approve(boss, waiting.id, NOW, SETTINGS)
    assert (caught.value.reason, caught.value.parameters) == ("cannot_be_taken", {})


async def test_only_who_runs_the_work_chooses_and_elsewhere_the_list_chooses_itself(
    database: str,
) -> None:
    _, boss = await make_city()
    holder, held, shift = await full_shift(boss)
    waiting = await wait(await make_person(boss), shift)
    await let_go(holder, held)
    stranger = await make_organiser((await make_organisation(boss)).id)
    with pytest.raises(NotFound):
        await claims.approve(stranger, waiting.id, NOW, SETTINGS)
    instant = await make_shift(boss, starts_at=hours(100))
    await claim(await make_person(boss), instant)
    queued = await wait(await make_person(boss), instant)
    with pytest.raises(Conflict, match="not_requested"):
        await claims.approve(boss, queued.id, NOW, SETTINGS)
