"""Random walks through the life of rounds: organisers, workers, the sweeper and time, in any order.

Workers come late, twice or never; whatever they do, the promises of a round hold after every step,
and when everybody only does their duty again, every round comes to rest.
"""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from models.core import Offer, Plan, PlanLine, RoundState, Volunteer
from models.core import Round as RoundRow
from services import offers, outbox, planning, rounds
from services.errors import Conflict
from services.outbox import Message
from services.planning import Attempt, Loaded, LostLease, Progress
from services.rounds import PublishIn
from tests.services.rounds_world import NOW, SETTINGS, World, at

pytestmark = pytest.mark.usefixtures("database")

STEPS = 150
HAS_PLAN = {RoundState.PROPOSED, RoundState.STALE, RoundState.PUBLISHED, RoundState.DISCARDED}
NEVER_LEFT = {
    RoundState.PUBLISHED,
    RoundState.DISCARDED,
    RoundState.CANCELLED,
    RoundState.FAILED,
}


class Walk:
    """One city, some rounds, the messages that were ever sent and the hands that ever began."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)
        self.now = NOW
        self.messages: list[Message] = []
        self.hands: list[tuple[Attempt, Loaded]] = []
        self.ended: dict[UUID, tuple[str, int]] = {}
        self.fenced = 0

    async def step(self) -> None:
        """Somebody does something, perhaps at the wrong moment; then all promises are looked at."""
        self.now += timedelta(seconds=self.chance.choice((0, 1, 5, 12, 25, 40)))
        act = self.chance.choice(
            (
                self.ask,
                self.relay,
                self.deliver,
                self.deliver,
                self.deliver,
                self.beat,
                self.beat,
                self.beat,
                self.store,
                self.give_back,
                self.cancel,
                self.sweep,
                self.move_data,
                self.mark_stale,
                self.solve_again,
                self.publish,
                self.publish,
                self.publish,
                self.answer,
            )
        )
        await act()
        await self.look()

    async def ask(self) -> None:
        if await RoundRow.all().count() < 4:
            await self.world.request(now=self.now)

    async def relay(self) -> None:
        async def send(message: Message) -> None:
            self.messages.append(message)

        await outbox.relay(send, self.now)

    async def deliver(self) -> None:
        """Any message, for the first time or again."""
        if self.messages:
            message = self.chance.choice(self.messages)
            await self.begin(UUID(message.arguments["round_id"]))

    async def begin(self, round_id: UUID) -> None:
        before = await RoundRow.get(id=round_id)
        attempt = await planning.begin(round_id, self.now, SETTINGS)
        if attempt is not None:
            assert attempt.attempt == before.attempt + 1
            assert before.lease_until is None or before.lease_until <= self.now
            self.hands.append((attempt, await planning.load_problem(round_id)))

    async def beat(self) -> None:
        await self.with_any_hand(lambda hand, _: planning.heartbeat(hand, Progress(), self.now))

    async def store(self) -> None:
        await self.with_any_hand(
            lambda hand, loaded: planning.store(hand, loaded, self.world.plan_of(loaded), self.now)
        )

    async def give_back(self) -> None:
        await self.with_any_hand(lambda hand, _: planning.give_back(hand, self.now, SETTINGS))

    async def with_any_hand(self, act: Callable[[Attempt, Loaded], Awaitable[object]]) -> None:
        if not self.hands:
            return
        hand, loaded = self.chance.choice(self.hands[-5:])
        row = await RoundRow.get(id=hand.round_id)
        may_write = row.attempt == hand.attempt and row.state == RoundState.SOLVING
        try:
            await act(hand, loaded)
        except LostLease:
            assert not may_write
            self.fenced += 1
        else:
            assert may_write

    async def cancel(self) -> None:
        if self.chance.random() < 0.3:
            await self.with_any_round(
                lambda id_: rounds.cancel(self.world.organiser, id_, self.now)
            )

    async def solve_again(self) -> None:
        await self.with_any_round(
            lambda id_: rounds.solve_again(self.world.organiser, id_, self.now)
        )

    async def publish(self) -> None:
        command = PublishIn()
        await self.with_any_round(
            lambda id_: rounds.publish(self.world.organiser, id_, command, self.now, SETTINGS)
        )

    async def with_any_round(self, act: Callable[[UUID], Awaitable[object]]) -> None:
        ids = [row.id for row in await RoundRow.all().order_by("id")]
        if ids:
            try:
                await act(self.chance.choice(ids))
            except Conflict as refused:
                if not refused.reason.startswith("round_"):
                    raise

    async def sweep(self) -> None:
        await planning.sweep(self.now, SETTINGS)

    async def mark_stale(self) -> None:
        await planning.mark_stale(NOW)

    async def move_data(self) -> None:
        person = await Volunteer.all().order_by("id").first()
        assert person is not None
        await Volunteer.filter(id=person.id).update(max_shifts=person.max_shifts % 9 + 1)

    async def answer(self) -> None:
        opened = await Offer.filter(claim__state="offered").select_related("claim").order_by("id")
        if opened:
            offer = self.chance.choice(opened)
            person = await Volunteer.get(id=offer.claim.volunteer_id)
            actor = self.world.volunteer_actor(person)
            if self.chance.random() < 0.5:
                await offers.accept(actor, offer.id, NOW, SETTINGS)
            else:
                await offers.decline(actor, offer.id, NOW)

    async def look(self) -> None:
        """What holds after every step."""
        for row in await RoundRow.all():
            plans = await Plan.filter(round_id=row.id)
            assert len(plans) <= 1
            assert row.state not in HAS_PLAN or plans
            assert all(plan.attempt <= row.attempt for plan in plans)
            assert (row.lease_until is None) or row.state == RoundState.SOLVING
            sent = await Offer.filter(round_id=row.id).count()
            if row.state == RoundState.PUBLISHED:
                assert sent == await PlanLine.filter(plan_id=plans[0].id, fixed=False).count()
            else:
                assert sent == 0
            if row.state in NEVER_LEFT:
                seen = (row.state.value, row.attempt)
                assert self.ended.setdefault(row.id, seen) == seen

    async def come_to_rest(self) -> None:
        """Everybody does their duty: no round may stay behind."""
        for _ in range(SETTINGS.round_attempts_max + 2):
            self.now += timedelta(seconds=61)
            await self.sweep()
            await self.relay()
            for row in await RoundRow.filter(state=RoundState.SOLVING):
                if any(UUID(each.arguments["round_id"]) == row.id for each in self.messages):
                    await self.begin(row.id)
            for hand, loaded in list(self.hands):
                try:
                    await planning.store(hand, loaded, self.world.plan_of(loaded), self.now)
                except LostLease:
                    self.fenced += 1
            await self.look()


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_happens_in_whatever_order_the_promises_of_a_round_hold(seed: int) -> None:
    world = await World.make()
    for _ in range(2):
        await world.volunteer()
    for day in range(2):
        await world.shift(at(day, 9), seats=2)
    walk = Walk(world, seed)

    for _ in range(STEPS):
        await walk.step()
    await walk.come_to_rest()

    assert await RoundRow.filter(state=RoundState.SOLVING).count() == 0
    assert await RoundRow.all().count() > 0
