"""A plan too large to wait for is published by a job: once, whole, or not at all."""

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from models.core import Claim, ClaimState, Offer, OutboxMessage, RoundState, Volunteer
from models.core import Round as RoundRow
from services import planning, rounds
from services.errors import Conflict
from services.outbox import Job
from services.rounds import PublishIn, Round
from tests.services.rounds_world import NOW, SETTINGS, World, at

pytestmark = pytest.mark.usefixtures("database")

LATER = msgspec.structs.replace(SETTINGS, publish_at_once_lines=2)


async def proposed(people: int) -> tuple[World, UUID]:
    world = await World.make()
    for _ in range(people):
        await world.volunteer()
    await world.shift(at(0, 9), seats=people)
    return world, (await world.proposed()).id


async def publish(world: World, round_id: UUID) -> Round:
    return await rounds.publish(world.organiser, round_id, PublishIn(), NOW, LATER)


async def asked() -> int:
    return await OutboxMessage.filter(job=Job.PUBLISH_ROUND.value).count()


async def test_as_many_lines_as_are_allowed_at_once_are_published_at_once() -> None:
    world, round_id = await proposed(2)
    published = await publish(world, round_id)
    assert (published.state, published.publishing) == (RoundState.PUBLISHED, False)
    assert await asked() == 0


async def test_one_more_and_a_job_publishes_it() -> None:
    world, round_id = await proposed(3)

    waiting = await publish(world, round_id)

    assert (waiting.state, waiting.publishing) == (RoundState.PROPOSED, True)
    assert await Offer.all().count() == 0
    assert await rounds.publish_asked(round_id, NOW + timedelta(minutes=1), LATER)
    done = await rounds.get(world.organiser, round_id)
    assert (done.state, done.publishing) == (RoundState.PUBLISHED, False)
    offers = await Offer.all()
    # The deadline is the one that was promised when it was asked for.
    deadline = NOW + timedelta(hours=LATER.offer_hours)
    assert {offer.deadline_at for offer in offers} == {deadline}
    assert [claim.state for claim in await Claim.all()] == [ClaimState.OFFERED] * 3


async def test_asked_twice_and_delivered_to_many_it_is_published_once() -> None:
    world, round_id = await proposed(3)
    await asyncio.gather(*(publish(world, round_id) for _ in range(3)))
    assert await asked() == 1

    done = await asyncio.gather(*(rounds.publish_asked(round_id, NOW, LATER) for _ in range(4)))

    assert sum(done) == 1
    assert await Offer.all().count() == 3
    assert not await rounds.publish_asked(round_id, NOW, LATER)


async def test_while_people_are_asked_a_plan_is_neither_put_away_nor_marked_stale() -> None:
    world, round_id = await proposed(3)
    await publish(world, round_id)
    with pytest.raises(Conflict, match="round_publishing"):
        await rounds.discard(world.organiser, round_id, NOW)
    await Volunteer.all().update(max_shifts=1)
    assert await planning.mark_stale(NOW) == 0


async def test_data_that_moved_in_between_make_it_stale_and_nobody_is_asked() -> None:
    world, round_id = await proposed(3)
    await publish(world, round_id)
    await Volunteer.all().update(max_shifts=1)

    assert not await rounds.publish_asked(round_id, NOW, LATER)

    found = await rounds.get(world.organiser, round_id)
    assert (found.state, found.publishing) == (RoundState.STALE, False)
    assert await Offer.all().count() == 0


async def test_what_comes_after_the_answers_were_due_is_left_to_its_organiser() -> None:
    world, round_id = await proposed(3)
    await publish(world, round_id)

    late = NOW + timedelta(hours=LATER.offer_hours)
    assert not await rounds.publish_asked(round_id, late, LATER)

    found = await rounds.get(world.organiser, round_id)
    assert (found.state, found.publishing) == (RoundState.PROPOSED, False)


async def test_a_lost_message_is_sent_again_and_what_fails_too_often_is_proposed_again() -> None:
    world, round_id = await proposed(3)
    await publish(world, round_id)
    assert await rounds.ask_again_to_publish(NOW + timedelta(hours=1)) == 0, "it is on its way"
    for tries in range(1, 6):
        assert await asked() == tries
        await OutboxMessage.all().update(sent_at=NOW, created_at=NOW)
        assert await rounds.ask_again_to_publish(NOW + timedelta(seconds=59)) == 0
        assert await rounds.ask_again_to_publish(NOW + timedelta(seconds=61)) == 1
    assert await asked() == 5
    assert (await RoundRow.get(id=round_id)).publish_asked_at is None
    again = await rounds.get(world.organiser, round_id)
    assert (again.state, again.publishing) == (RoundState.PROPOSED, False)
