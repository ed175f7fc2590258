"""Minors' hours, day, and the grown-ups beside them, by every way to a seat."""

from datetime import timedelta

import pytest

from models.core import ClaimMode, ClaimState, InsurancePolicy, Project
from services import attendance, claims, offers
from services.attendance import LeadIn
from services.claims import Claim
from services.claims.draws import order_of
from services.my_shifts import answering, buddies, handing_over, moving, series, series_following
from services.my_shifts.types import (
    BuddyGroupIn,
    HandOver,
    HandOverIn,
    JoinIn,
    SeriesIn,
    ShiftMoveIn,
    SwapIn,
    TakeIn,
)
from services.paging import PageQuery
from services.rights import Actor
from services.settings import Settings
from services.shifts import Shift
from tests.services.claims.world import claim, refusal, state_of, wait
from tests.services.minors.world import look, looks, young
from tests.services.my_shifts_world import READ, refused, told
from tests.support.factories import (
    NOW,
    SETTINGS,
    TODAY,
    hours,
    make_city,
    make_person,
    make_shift,
)

pytestmark = pytest.mark.usefixtures("database")
NIGHT = hours(35)  # Nine in the evening in Shanghai: two hours from it end at eleven.


async def lead(boss: Actor, shift: Shift) -> attendance.ShiftLead:
    return await attendance.name_lead(boss, shift.id, LeadIn(account_name=boss.name), NOW)


async def test_the_hours_of_minors_are_a_setting_and_bind_nobody_else() -> None:
    _, boss = await make_city()
    late = await make_shift(boss, starts_at=NIGHT, seats=5)
    await lead(boss, late)
    teen, adult = await young(boss, late), await make_person(boss)
    said = await refusal(teen, late)
    hours_said = {"age": 18, "from_time": "06:00", "until_time": "22:00"}
    assert (said.reason, dict(said.parameters)) == ("minor_hours", hours_said)
    assert (await claim(adult, late)).state == "confirmed"
    later = Settings(minor_until_minute=1380)
    assert (await claim(teen, late, settings=later)).state == "confirmed"


async def test_a_minor_serves_no_longer_on_one_day_than_minors_do() -> None:
    _, boss = await make_city()
    both = [await make_shift(boss, starts_at=hours(at), hours_long=2.5, seats=5) for at in (22, 26)]
    for shift in both:
        await lead(boss, shift)
    teen = await young(boss, *both)
    await claim(teen, both[0])
    said = await refusal(teen, both[1])
    assert (said.reason, said.parameters["limit"]) == ("too_many_minutes_that_day", 240)
    assert (await claim(teen, both[1], settings=Settings(minor_minutes_per_day=300))).state


async def test_dangerous_work_is_for_nobody_under_18() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=5)
    await lead(boss, shift)
    teen = await young(boss, shift)
    await Project.filter(id=shift.project_id).update(is_dangerous=True)
    assert (await refusal(teen, shift)).reason == "insurance"
    await InsurancePolicy.create(
        project_id=shift.project_id,
        insurer="I",
        number="1",
        covers_from=NOW,
        covers_until=hours(99),
    )
    said = await refusal(teen, shift)
    assert (said.reason, said.parameters["min_age"]) == ("age", 18)
    assert (await claim(await make_person(boss), shift)).state == "confirmed"


async def test_minors_have_seats_only_beside_grown_ups() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=9)
    teens = [await young(boss, shift) for _ in range(4)]
    said = await refusal(teens[0], shift)
    facts = {"age": 18, "minors": 5, "missing": 1}
    assert (said.reason, dict(said.parameters)) == ("adult_missing", facts)
    two = Settings(minors_per_adult=2)
    adult = await make_person(boss)
    await claim(adult, shift)
    for teen in teens[:2]:
        assert (await claim(teen, shift, settings=two)).state == "confirmed"
    with pytest.raises(claims.SeatRefused, match="adult_missing"):
        await claim(teens[2], shift, settings=two)
    # A grown-up who leads the shift by name is there as well; one with a seat is there once.
    held = (await claims.list_mine(adult, PageQuery())).items[0]
    await attendance.name_lead(boss, shift.id, LeadIn(claim_id=held.id), NOW)
    with pytest.raises(claims.SeatRefused, match="adult_missing"):
        await claim(teens[2], shift, settings=two)
    await lead(boss, shift)
    assert (await claim(teens[2], shift, settings=two)).state == "confirmed"


async def test_somebody_who_cannot_come_is_no_company() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=9, starts_at=hours(48))
    adult, teen = await make_person(boss), await young(boss, shift)
    held = await claim(adult, shift)
    await answering.cannot_come(adult, held.id, NOW)
    assert (await refusal(teen, shift)).reason == "adult_missing"
    await answering.come_after_all(adult, held.id, NOW)
    assert (await claim(teen, shift)).state == "confirmed"


async def test_alternatives_name_no_seat_that_a_minor_could_not_have() -> None:
    _, boss = await make_city()
    late = await make_shift(boss, starts_at=NIGHT, seats=5)
    alone = await make_shift(boss, starts_at=hours(28), seats=5)
    led = await make_shift(boss, starts_at=hours(28), seats=5)
    await lead(boss, led)
    teen = await young(boss, late)
    named = {each.shift_id for each in (await refusal(teen, late)).alternatives.items}
    assert named == {led.id}
    assert alone.id not in named


async def test_a_waiting_list_asks_a_minor_only_once_a_grown_up_is_there() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=2, starts_at=hours(72))
    first, second = await make_person(boss), await make_person(boss)
    holds = [await claim(each, shift) for each in (first, second)]
    teen = await young(boss, shift)
    await wait(teen, shift)
    for actor, held in zip((first, second), holds, strict=True):
        await claims.withdraw(actor, held.id, NOW, SETTINGS)
    assert await claims.offer_due(NOW, SETTINGS) == 0
    # The seat is kept for nobody who cannot have it.
    await claim(await make_person(boss), shift)
    assert await claims.offer_due(NOW, SETTINGS) == 1


async def only_offer(actor: Actor) -> offers.Offer:
    [found] = (await offers.list_mine(actor, PageQuery(), NOW)).items
    return found


async def test_an_offer_is_accepted_by_the_same_rules() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=2, starts_at=hours(72))
    adult, gone = await make_person(boss), await make_person(boss)
    held, other = await claim(adult, shift), await claim(gone, shift)
    teen = await young(boss, shift)
    await wait(teen, shift)
    await claims.withdraw(gone, other.id, NOW, SETTINGS)
    assert await claims.offer_due(NOW, SETTINGS) == 1
    await claims.withdraw(adult, held.id, NOW, SETTINGS)
    offer = await only_offer(teen)
    said = await refused(offers.accept(teen, offer.id, NOW, SETTINGS))
    assert said.reason == "adult_missing"
    at_night = Settings(minor_until_minute=600)
    assert (await refused(offers.accept(teen, offer.id, NOW, at_night))).reason == "minor_hours"
    await Project.filter(id=shift.project_id).update(is_dangerous=True)
    assert (await refused(offers.accept(teen, offer.id, NOW, SETTINGS))).reason == "age"
    await Project.filter(id=shift.project_id).update(is_dangerous=False)
    await claim(adult, shift)
    assert (await offers.accept(teen, offer.id, NOW, SETTINGS)).state == "accepted"


async def test_an_organiser_is_told_that_a_grown_up_is_missing() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=3, claim_mode=ClaimMode.APPROVE)
    teen, adult = await young(boss, shift), await make_person(boss)
    asked, other = await claim(teen, shift), await claim(adult, shift)
    assert asked.state == "requested"
    said = await refused(claims.approve(boss, asked.id, NOW, SETTINGS))
    assert said.reason == "adult_missing"
    await claims.approve(boss, other.id, NOW, SETTINGS)
    assert (await claims.approve(boss, asked.id, NOW, SETTINGS)).state == "confirmed"


async def test_a_draw_seats_a_minor_as_soon_as_a_grown_up_is_drawn() -> None:
    _, boss = await make_city()
    shift = await make_shift(
        boss, seats=2, claim_mode=ClaimMode.DRAW, draw_at=hours(1), starts_at=hours(72)
    )
    teen, adult, other = await young(boss, shift), await make_person(boss), await make_person(boss)
    entered = [await claim(each, shift) for each in (teen, adult, other)]
    assert {each.state for each in entered} == {"entered"}

    def order() -> str:
        """A seed that draws the minor first, before either of the two who are grown up."""
        ids = [each.id for each in entered]
        seeds = (f"{number:032x}" for number in range(10_000))
        return next(seed for seed in seeds if order_of(seed, ids)[:2] == ids[:2])

    assert await claims.draw_due(hours(1), SETTINGS, order) == 1
    states = [await state_of(each) for each in entered]
    assert states == ["confirmed", "confirmed", "waitlisted"]


async def test_minors_alone_are_drawn_into_no_seat() -> None:
    _, boss = await make_city()
    shift = await make_shift(
        boss, seats=2, claim_mode=ClaimMode.DRAW, draw_at=hours(1), starts_at=hours(72)
    )
    entered = await claim(await young(boss, shift), shift)
    assert await claims.draw_due(hours(1), SETTINGS) == 1
    assert await state_of(entered) == "waitlisted"


async def handed(actor: Actor, held: Claim) -> HandOver:
    return await handing_over.offer(actor, held.id, HandOverIn(is_open_to_all=False), NOW)


async def test_the_last_grown_up_hands_on_to_no_minor() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=3, starts_at=hours(48))
    teen, adult, other = await young(boss, shift), await make_person(boss), await make_person(boss)
    given = await handed(adult, await claim(adult, shift))
    command = TakeIn(risk_statement_version=1, code=given.code)
    said = await refused(handing_over.take(teen, given.id, command, NOW, SETTINGS))
    assert said.reason == "adult_missing"
    await claim(other, shift)
    taken = await handing_over.take(teen, given.id, command, NOW, SETTINGS)
    assert taken.state is ClaimState.CONFIRMED


async def test_a_swap_leaves_no_minor_alone() -> None:
    _, boss = await make_city()
    one, two = [await make_shift(boss, seats=3, starts_at=hours(at)) for at in (48, 96)]
    teen, adult, other = (
        await young(boss, one, two),
        await make_person(boss),
        await make_person(boss),
    )
    await claim(other, one)
    teens, adults = await claim(teen, one), await claim(adult, two)
    given = await handed(adult, adults)
    wish = SwapIn(claim_id=teens.id, risk_statement_version=1, code=given.code)
    swap = await handing_over.propose_swap(teen, given.id, wish, NOW)
    said = await refused(handing_over.accept_swap(adult, swap.id, READ, NOW, SETTINGS))
    assert said.reason == "adult_missing"
    assert [await state_of(each) for each in (teens, adults)] == ["confirmed"] * 2
    await claim(await make_person(boss), two)
    await handing_over.accept_swap(adult, swap.id, READ, NOW, SETTINGS)


async def test_a_group_is_taken_with_its_grown_up() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=9, starts_at=hours(48))
    teens = [await young(boss, shift) for _ in range(2)]
    group = await buddies.begin(
        teens[0], shift.id, BuddyGroupIn(size=3, risk_statement_version=1), NOW
    )
    join = JoinIn(code=group.code, risk_statement_version=1)
    await buddies.join(teens[1], group.id, join, NOW)
    said = await refused(buddies.claim_all(teens[0], group.id, NOW, SETTINGS))
    assert said.reason == "adult_missing"
    # Whoever was made last comes last among the ids, and is asked first all the same.
    await buddies.join(await make_person(boss), group.id, join, NOW)
    found = await buddies.claim_all(teens[0], group.id, NOW, SETTINGS)
    assert [each.has_seat for each in found.members] == [True] * 3


async def test_a_series_claims_for_a_minor_by_the_same_rules() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=3, starts_at=hours(48))
    teen = await young(boss, shift)
    start = shift.starts_at.astimezone(SETTINGS.zone)
    wish = SeriesIn(
        project_id=shift.project_id,
        weekday=start.weekday(),
        start_minute=start.hour * 60 + start.minute,
        risk_statement_version=1,
        starts_on=TODAY,
    )
    made = await series.create(teen, wish, NOW, SETTINGS)
    await series_following.follow(NOW, SETTINGS)
    found = await series.get(teen, made.id, NOW, SETTINGS)
    assert "adult_missing" in repr(found)


async def test_a_shift_moved_into_the_night_lets_go_of_its_minors() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=3, starts_at=hours(24))
    await lead(boss, shift)
    teen, adult = await young(boss, shift), await make_person(boss)
    held, other = await claim(teen, shift), await claim(adult, shift)
    later = timedelta(hours=11)
    command = ShiftMoveIn(starts_at=shift.starts_at + later, ends_at=shift.ends_at + later)
    await moving.move(boss, shift.id, command, None, NOW, SETTINGS)
    assert [await state_of(each) for each in (held, other)] == ["called_off", "confirmed"]
    assert await told("shift_moved_apart") == [teen.volunteer_id]


async def test_whoever_leads_is_told_at_once_when_minors_are_left_alone() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=3, starts_at=hours(48))
    one, two = await make_person(boss), await make_person(boss)
    holds = [await claim(each, shift) for each in (one, two)]
    await claim(await young(boss, shift), shift)
    assert await looks() == 0

    await claims.withdraw(one, holds[0].id, NOW, SETTINGS)
    assert (await looks(), await look(shift)) == (1, False)
    assert await told("adult_missing") == []

    await answering.cannot_come(two, holds[1].id, NOW)
    assert (await looks(), await look(shift), await look(shift)) == (2, True, True)
    assert await told("adult_missing") == [boss.account_id]
    # The same again is told again, as it is another time.
    await answering.come_after_all(two, holds[1].id, hours(1))
    assert not await look(shift)
    await answering.cannot_come(two, holds[1].id, hours(2))
    assert await look(shift)
    assert len(await told("adult_missing")) == 2
    # Nobody needs to hear of a shift that is over.
    assert not await look(shift, hours(51))


async def test_a_lead_who_leads_no_longer_is_missed_like_a_seat() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=3, starts_at=hours(48))
    named = await lead(boss, shift)
    await claim(await young(boss, shift), shift)
    await attendance.end_lead(boss, shift.id, named.id, NOW)
    assert (await looks(), await look(shift)) == (1, True)


async def test_an_offer_that_a_grown_up_lets_pass_is_looked_at() -> None:
    _, boss = await make_city()
    shift = await make_shift(boss, seats=2, starts_at=hours(72))
    named = await lead(boss, shift)
    adult, gone = await make_person(boss), await make_person(boss)
    await claim(await young(boss, shift), shift)
    held = await claim(gone, shift)
    await wait(adult, shift)
    await claims.withdraw(gone, held.id, NOW, SETTINGS)
    await claims.offer_due(NOW, SETTINGS)
    await attendance.end_lead(boss, shift.id, named.id, NOW)
    # An open offer holds a seat, and so does whoever has it.
    assert not await look(shift)
    before = await looks()
    assert await offers.expire_due(hours(1)) == 1
    assert (await looks() - before, await look(shift, hours(1))) == (1, True)
