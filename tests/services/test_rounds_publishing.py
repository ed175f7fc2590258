"""Publishing a plan: each new line becomes an offer, once, and only of a plan that still holds."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from models.core import Claim, ClaimState, Offer, Role, RoundState, Shift, Volunteer
from services import claims, offers, planning, rounds
from services.claims import ClaimIn
from services.errors import Conflict, Invalid
from services.paging import PageQuery
from services.rounds import PublishIn, Round
from services.settings import Settings
from tests.services.rounds_world import MONDAY, NOW, SETTINGS, World, at

pytestmark = pytest.mark.usefixtures("database")


async def publish(world: World, round_id: UUID, command: PublishIn | None = None) -> Round:
    return await rounds.publish(world.organiser, round_id, command or PublishIn(), NOW, SETTINGS)


async def test_every_new_line_becomes_an_offer_and_what_was_promised_stays_as_it_is() -> None:
    world = await World.make()
    ada, ben = await world.volunteer(), await world.volunteer()
    shift = await world.shift(at(0, 9), seats=2)
    promised = await world.claim(ada, shift)
    round_ = await world.proposed()

    published = await publish(world, round_.id)

    assert (published.state, published.published_at) == (RoundState.PUBLISHED, NOW)
    assert published.plan is not None
    assert published.plan.offers == {"open": 1}
    new = await Claim.get(volunteer_id=ben.id)
    assert (new.state, new.starts_at, new.ends_at) == (
        ClaimState.OFFERED,
        shift.starts_at,
        shift.ends_at,
    )
    assert await Claim.get(volunteer_id=ada.id) == promised
    assert (await Role.get(shift_id=shift.id)).held == 2
    [offer] = await Offer.all()
    assert (offer.claim_id, offer.round_id) == (new.id, round_.id)
    assert offer.deadline_at == NOW + timedelta(hours=SETTINGS.offer_hours)
    plan = await rounds.plan(world.organiser, round_.id, PageQuery())
    states = {person.volunteer_id: person.state for person in plan.items[0].roles[0].people}
    assert states == {ada.id: ClaimState.CONFIRMED, ben.id: ClaimState.OFFERED}


async def test_publishing_again_changes_nothing() -> None:
    world = await World.make()
    await world.volunteer()
    await world.shift(at(0, 9))
    round_ = await world.proposed()

    first = await publish(world, round_.id)
    second = await rounds.publish(
        world.organiser, round_.id, PublishIn(), NOW + timedelta(hours=1), SETTINGS
    )

    assert first == second
    assert await Offer.all().count() == 1


async def test_two_who_publish_at_once_send_the_offers_once() -> None:
    world = await World.make()
    for _ in range(3):
        await world.volunteer()
    await world.shift(at(0, 9), seats=3)
    round_ = await world.proposed()

    seen = await asyncio.gather(*(publish(world, round_.id) for _ in range(4)))

    assert {each.state for each in seen} == {RoundState.PUBLISHED}
    assert await Offer.all().count() == await Claim.all().count() == 3


async def test_a_plan_under_which_the_data_moved_is_refused_and_nothing_is_offered() -> None:
    world = await World.make()
    ada = await world.volunteer()
    await world.shift(at(0, 9))
    round_ = await world.proposed()
    await Volunteer.filter(id=ada.id).update(max_shifts=3)

    for _ in range(2):
        with pytest.raises(Conflict, match="round_stale"):
            await publish(world, round_.id)

    seen = await rounds.get(world.organiser, round_.id)
    assert (seen.state, seen.published_at) == (RoundState.STALE, None)
    assert await Offer.all().count() == await Claim.all().count() == 0


async def test_of_two_rounds_over_the_same_seats_one_is_published() -> None:
    world = await World.make()
    await world.volunteer()
    await world.shift(at(0, 9))
    one, two = await world.proposed(), await world.proposed()

    answers = await asyncio.gather(
        publish(world, one.id), publish(world, two.id), return_exceptions=True
    )

    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]
    assert await Offer.all().count() == 1


async def test_publishing_and_claiming_by_hand_at_once_never_break_a_rule() -> None:
    world = await World.make()
    people = [await world.volunteer() for _ in range(4)]
    shift = await world.shift(at(0, 9), seats=2)
    other = await world.shift(at(0, 10))
    round_ = await world.proposed()

    async def claim(person: Volunteer) -> object:
        actor = world.volunteer_actor(person)
        return await claims.claim(actor, shift.id, ClaimIn(risk_statement_version=1), NOW, SETTINGS)

    answers = await asyncio.gather(
        publish(world, round_.id),
        *(claim(person) for person in people),
        return_exceptions=True,
    )

    assert all(isinstance(each, Conflict) for each in answers if isinstance(each, Exception))
    for role in await Role.filter(shift_id__in=[shift.id, other.id]):
        assert role.held == await Claim.filter(role_id=role.id).count() <= role.maximum
    seen = await rounds.get(world.organiser, round_.id)
    offered = await Offer.all().count()
    assert (seen.state, offered) in (
        (RoundState.PUBLISHED, 3),  # Two on the first shift, one on the second.
        (RoundState.STALE, 0),
    )


async def test_the_deadline_is_never_later_than_shortly_before_the_shift() -> None:
    world = await World.make()
    await world.volunteer()
    soon = await world.shift(NOW + timedelta(hours=2))
    late = await world.shift(at(2, 9))
    round_ = await world.proposed(horizon_start=NOW)

    await publish(world, round_.id, PublishIn(deadline_at=at(1, 0)))

    deadlines = {
        offer.claim.shift_id: offer.deadline_at
        for offer in await Offer.all().select_related("claim")
    }
    lead = timedelta(minutes=SETTINGS.offer_lead_minutes)
    assert deadlines == {soon.id: soon.starts_at - lead, late.id: at(1, 0)}


async def test_a_deadline_in_the_past_is_refused() -> None:
    world = await World.make()
    round_ = await world.proposed()

    with pytest.raises(Invalid) as refused:
        await publish(world, round_.id, PublishIn(deadline_at=NOW))

    [defect] = refused.value.defects
    assert (defect.place, defect.code) == ("deadline_at", "deadline_in_past")


async def test_what_can_no_longer_be_answered_in_time_is_not_offered() -> None:
    world = await World.make()
    await world.volunteer()
    await world.shift(NOW + timedelta(minutes=SETTINGS.offer_lead_minutes))
    await world.shift(at(2, 9))
    round_ = await world.proposed(horizon_start=NOW - timedelta(hours=1))

    published = await publish(world, round_.id)

    assert published.plan is not None
    assert (published.plan.offers, published.plan.not_offered) == ({"open": 1}, 1)


async def test_a_round_over_a_past_event_is_a_rehearsal_and_offers_everything() -> None:
    world = await World.make()
    await world.volunteer()
    await world.shift(at(0, 9))
    round_ = await world.proposed()
    afterwards = MONDAY + timedelta(days=400)

    await rounds.publish(world.organiser, round_.id, PublishIn(), afterwards, SETTINGS)

    [offer] = await Offer.all()
    assert offer.deadline_at == afterwards + timedelta(hours=SETTINGS.offer_hours)


async def test_whoever_waits_for_a_seat_is_offered_it_through_the_claim_that_waits() -> None:
    world = await World.make()
    ada, shift = await world.volunteer(), await world.shift(at(0, 9))
    waiting = await world.claim(ada, shift, ClaimState.WAITLISTED)
    round_ = await world.proposed()

    await publish(world, round_.id)

    [claim] = await Claim.all()
    assert (claim.id, claim.state, claim.version) == (waiting.id, ClaimState.OFFERED, 2)
    assert (await Offer.get()).claim_id == waiting.id


async def test_the_next_round_keeps_what_was_accepted_and_does_not_ask_again_who_declined() -> None:
    world = await World.make()
    ada, ben, kim = [await world.volunteer() for _ in range(3)]
    shift = await world.shift(at(0, 9), seats=2)
    first = await world.published()
    offered = {
        claim.volunteer_id: offer
        for offer in await Offer.all().select_related("claim")
        for claim in [offer.claim]
    }
    yes, no = sorted(offered)
    spare = ({ada.id, ben.id, kim.id} - {yes, no}).pop()
    people = {each.id: world.volunteer_actor(each) for each in (ada, ben, kim)}
    await offers.accept(people[yes], offered[yes].id, NOW, SETTINGS)
    await offers.decline(people[no], offered[no].id, NOW)

    second = await world.published()

    assert second.plan is not None
    assert (second.plan.fixed, second.plan.offers) == (1, {"open": 1})
    new = await Offer.get(round_id=second.id).select_related("claim")
    assert new.claim.volunteer_id == spare
    assert (await rounds.get(world.organiser, first.id)).plan.offers == {  # type: ignore[union-attr]
        "accepted": 1,
        "declined": 1,
    }
    assert await Claim.filter(shift_id=shift.id, state=ClaimState.CONFIRMED).count() == 1


async def test_a_stale_round_planned_anew_can_be_published() -> None:
    world = await World.make()
    await world.volunteer()
    shift = await world.shift(at(0, 9))
    round_ = await world.proposed()
    await Shift.filter(id=shift.id).update(priority=9)
    await planning.mark_stale(NOW)

    await rounds.solve_again(world.organiser, round_.id, NOW)
    await world.solve(round_.id)

    assert (await publish(world, round_.id)).state is RoundState.PUBLISHED


async def test_how_long_an_offer_is_open_is_a_setting() -> None:
    world = await World.make()
    await world.volunteer()
    await world.shift(at(0, 9))
    round_ = await world.proposed()

    await rounds.publish(world.organiser, round_.id, PublishIn(), NOW, Settings(offer_hours=3))

    assert (await Offer.get()).deadline_at == NOW + timedelta(hours=3)
