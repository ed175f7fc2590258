"""Offers: seen by one person, answered once, over at their deadline."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from models.core import (
    Claim,
    ClaimState,
    Invitation,
    Offer,
    Role,
    RoleSkill,
    Shift,
    Volunteer,
    VolunteerLiking,
    VolunteerSkill,
)
from services import claims, offers, shifts
from services.errors import Conflict, Forbidden, NotFound
from services.offers import OfferState, Why
from services.paging import PageQuery
from services.rights import Actor
from tests.services.rounds_world import NOW, SETTINGS, World, at

pytestmark = pytest.mark.usefixtures("database")

DEADLINE = NOW + timedelta(hours=SETTINGS.offer_hours)


async def offered(seats: int = 1) -> tuple[World, Actor, Offer]:
    """A world in which one person has one open offer."""
    world = await World.make()
    person = await world.volunteer()
    await world.shift(at(0, 9), seats=seats)
    await world.published()
    return world, world.volunteer_actor(person), await Offer.get()


async def state_of(offer: Offer) -> ClaimState:
    return (await Claim.get(id=offer.claim_id)).state


def accept(actor: Actor, offer_id: UUID, now: datetime) -> Awaitable[offers.Offer]:
    """Yes with the tests' settings, so that yes and no are called alike."""
    return offers.accept(actor, offer_id, now, SETTINGS)


async def held() -> int:
    return (await Role.get()).held


async def test_yes_confirms_the_seat_and_again_is_the_same_answer() -> None:
    _, person, offer = await offered()

    first = await offers.accept(person, offer.id, NOW, SETTINGS)
    again = await offers.accept(person, offer.id, DEADLINE + timedelta(days=1), SETTINGS)

    assert first == again
    assert (first.state, first.answered_at) == (OfferState.ACCEPTED, NOW)
    claim = await Claim.get(id=offer.claim_id)
    assert (claim.state, claim.changed_at, claim.version) == (ClaimState.CONFIRMED, NOW, 2)
    assert claim.risk_statement_version == 1
    assert await held() == 1


async def test_no_frees_the_seat_and_again_is_the_same_answer() -> None:
    _, person, offer = await offered()

    first = await offers.decline(person, offer.id, NOW)
    again = await offers.decline(person, offer.id, NOW)

    assert first == again
    assert (first.state, await state_of(offer)) == (OfferState.DECLINED, ClaimState.DECLINED)
    assert await held() == 0


async def test_an_answer_is_not_taken_back_by_the_other() -> None:
    _, person, offer = await offered()
    await offers.accept(person, offer.id, NOW, SETTINGS)

    with pytest.raises(Conflict, match="offer_accepted"):
        await offers.decline(person, offer.id, NOW)

    assert await state_of(offer) is ClaimState.CONFIRMED


async def test_of_yes_and_no_at_once_one_holds() -> None:
    _, person, offer = await offered()

    answers = await asyncio.gather(
        offers.accept(person, offer.id, NOW, SETTINGS),
        offers.decline(person, offer.id, NOW),
        offers.accept(person, offer.id, NOW, SETTINGS),
        return_exceptions=True,
    )

    [final] = {each.state for each in answers if not isinstance(each, BaseException)}
    assert all(isinstance(each, Conflict) for each in answers if isinstance(each, BaseException))
    holds = final is OfferState.ACCEPTED
    assert await state_of(offer) is (ClaimState.CONFIRMED if holds else ClaimState.DECLINED)
    assert await held() == holds


@pytest.mark.parametrize("is_swept", [True, False])
async def test_after_the_deadline_it_is_too_late_for_either(is_swept: bool) -> None:
    _, person, offer = await offered()
    if is_swept:
        assert await offers.expire_due(DEADLINE) == 1

    for answer in (accept, offers.decline):
        with pytest.raises(Conflict, match="offer_expired"):
            await answer(person, offer.id, DEADLINE)

    assert (await offers.get(person, offer.id, DEADLINE)).state is OfferState.EXPIRED
    assert await state_of(offer) is ClaimState.EXPIRED
    assert await held() == 0


async def test_until_the_deadline_nothing_expires_and_afterwards_only_once() -> None:
    _, person, offer = await offered()

    assert await offers.expire_due(DEADLINE - timedelta(seconds=1)) == 0
    assert (await offers.get(person, offer.id, DEADLINE)).state is OfferState.EXPIRED
    counts = await asyncio.gather(*(offers.expire_due(DEADLINE) for _ in range(3)))

    assert sum(counts) == 1
    assert await state_of(offer) is ClaimState.EXPIRED
    assert (await Claim.get(id=offer.claim_id)).version == 2


async def test_expiring_leaves_what_was_answered() -> None:
    _, person, offer = await offered()
    await offers.accept(person, offer.id, NOW, SETTINGS)

    assert await offers.expire_due(DEADLINE + timedelta(days=1)) == 0
    assert await state_of(offer) is ClaimState.CONFIRMED


async def test_yes_is_never_full_because_an_open_offer_holds_its_seat() -> None:
    world, person, offer = await offered()
    late = world.volunteer_actor(await world.volunteer())
    shift = await Shift.get()

    with pytest.raises(Conflict, match="full"):
        await claims.claim(late, shift.id, claims.ClaimIn(risk_statement_version=1), NOW, SETTINGS)

    assert (await offers.accept(person, offer.id, NOW, SETTINGS)).state is OfferState.ACCEPTED


async def test_a_declined_seat_is_free_for_others_at_once() -> None:
    world, person, offer = await offered()
    late = world.volunteer_actor(await world.volunteer())
    shift = await Shift.get()
    await offers.decline(person, offer.id, NOW)

    taken = await claims.claim(
        late, shift.id, claims.ClaimIn(risk_statement_version=1), NOW, SETTINGS
    )

    assert taken.state is ClaimState.CONFIRMED


async def test_nobody_else_sees_or_answers_an_offer() -> None:
    world, _, offer = await offered()
    stranger = world.volunteer_actor(await world.volunteer())

    for call in (offers.get, accept, offers.decline):
        with pytest.raises(NotFound):
            await call(stranger, offer.id, NOW)
        with pytest.raises(Forbidden):
            await call(world.organiser, offer.id, NOW)
    assert (await offers.list_mine(stranger, PageQuery(), NOW)).items == []
    assert await state_of(offer) is ClaimState.OFFERED


async def test_calling_the_shift_off_ends_its_offers() -> None:
    world, person, offer = await offered()
    shift = await Shift.get()

    await shifts.call_off(world.organiser, shift.id, NOW)

    assert (await offers.get(person, offer.id, NOW)).state is OfferState.CALLED_OFF
    for answer in (accept, offers.decline):
        with pytest.raises(Conflict, match="offer_called_off"):
            await answer(person, offer.id, NOW)


async def test_answering_while_the_shift_is_called_off_waits_in_no_circle() -> None:
    world = await World.make()
    people = [await world.volunteer() for _ in range(6)]
    shift = await world.shift(at(0, 9), seats=6)
    await world.published()
    given = {offer.claim.volunteer_id: offer for offer in await Offer.all().select_related("claim")}

    answers = await asyncio.gather(
        *(
            offers.accept(world.volunteer_actor(each), given[each.id].id, NOW, SETTINGS)
            for each in people
        ),
        shifts.call_off(world.organiser, shift.id, NOW),
        *(offers.decline(world.volunteer_actor(each), given[each.id].id, NOW) for each in people),
        offers.expire_due(DEADLINE),
        return_exceptions=True,
    )

    assert all(isinstance(each, Conflict) for each in answers if isinstance(each, BaseException))
    assert await held() == 0
    ends = {ClaimState.CALLED_OFF, ClaimState.DECLINED, ClaimState.EXPIRED}
    assert {claim.state for claim in await Claim.all()} <= ends


async def test_a_seat_that_is_given_back_later_was_accepted_all_the_same() -> None:
    _, person, offer = await offered()
    await offers.accept(person, offer.id, NOW, SETTINGS)

    await claims.withdraw(person, offer.claim_id, NOW, SETTINGS)

    assert (await offers.get(person, offer.id, NOW)).state is OfferState.ACCEPTED
    assert await held() == 0


async def test_open_offers_come_first_then_by_the_time_of_their_shift() -> None:
    world = await World.make()
    person = await world.volunteer()
    starts = [at(day, 9) for day in (4, 1, 3, 0, 2)]
    for start in starts:
        await world.shift(start)
    await world.published()
    actor = world.volunteer_actor(person)
    early = await Offer.get(claim__shift__starts_at=at(0, 9))
    await offers.decline(actor, early.id, NOW)

    seen: list[datetime] = []
    after: str | None = None
    for _ in range(3):
        page = await offers.list_mine(actor, PageQuery(limit=2, after=after), NOW)
        seen += [offer.shift.starts_at for offer in page.items]
        after = page.next

    assert after is None
    assert seen == [at(1, 9), at(2, 9), at(3, 9), at(4, 9), at(0, 9)]


async def test_an_offer_says_what_speaks_for_the_person() -> None:
    world = await World.make()
    project = await world.published_project(world.street, category="elderly")
    ada = await world.volunteer(home_longitude=121.47, home_latitude=31.23)
    plain = await world.shift(at(1, 9))
    special = await world.shift(at(0, 9), project=project, longitude=121.47, latitude=31.24)
    role = await Role.get(shift_id=special.id)
    await RoleSkill.create(role_id=role.id, skill="first aid", level=2)
    await VolunteerSkill.create(volunteer_id=ada.id, skill="first aid", level=3)
    await VolunteerLiking.create(volunteer_id=ada.id, cause="elderly", liking=3)
    await Invitation.create(shift_id=special.id, volunteer_id=ada.id)
    await world.published()

    page = await offers.list_mine(world.volunteer_actor(ada), PageQuery(), NOW)

    why = {offer.shift.id: offer.why for offer in page.items}
    assert why == {
        special.id: [Why.INVITED, Why.SKILLS, Why.LIKED_CAUSE, Why.NEAR_HOME, Why.AVAILABLE],
        plain.id: [Why.AVAILABLE],
    }
    assert {offer.role_name for offer in page.items} == {"Helper"}


async def test_far_from_home_is_not_near() -> None:
    world = await World.make()
    ada = await world.volunteer(home_longitude=121.47, home_latitude=31.23)
    await world.shift(at(0, 9), longitude=121.47, latitude=31.26)
    await world.published()

    [offer] = (await offers.list_mine(world.volunteer_actor(ada), PageQuery(), NOW)).items

    assert offer.why == [Why.AVAILABLE]


async def test_many_that_expire_together_are_all_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await World.make()
    people = [await world.volunteer() for _ in range(3)]
    for day in range(6):
        await world.shift(at(day, 9), seats=3)
    await Volunteer.all().update(max_shifts=20)
    await world.published()
    first = await Offer.filter(claim__volunteer_id=people[0].id).first()
    assert first is not None
    await offers.accept(world.volunteer_actor(people[0]), first.id, NOW, SETTINGS)
    monkeypatch.setattr(offers, "SHIFTS_PER_TRANSACTION", 2)

    counts = await asyncio.gather(offers.expire_due(DEADLINE), offers.expire_due(DEADLINE))

    assert sum(counts) == 17
    assert sorted(role.held for role in await Role.all()) == [0, 0, 0, 0, 0, 1]
