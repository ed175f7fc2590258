"""The page of a plan: its figures are those of its rows, and what it says of them agrees."""

import re
from uuid import UUID, uuid4

import msgspec

from models.core import Plan
from services import clock, offers, rounds
from services.paging import PageQuery
from services.planning.reasons import SeatPrice, TradeOff
from services.rounds import PlanView, PublishIn
from services.settings import Settings
from tests.pages.scene import ORGANISER, Scene, fill, person, plan_round
from tests.pages.visiting import Client, sign_in


async def view(scene: Scene, round_id: UUID) -> PlanView:
    return await rounds.plan(scene.organiser, round_id, PageQuery(limit=50))


def rows_said(page: str) -> list[tuple[int, int]]:
    """How many of how many each row says that it has."""
    return [(int(have), int(want)) for have, want in re.findall(r">(\d+)/(\d+) 人<", page)]


async def test_a_plan_counts_each_seat_once_and_a_no_as_an_empty_seat(
    client: Client, scene: Scene, settings: Settings
) -> None:
    await sign_in(client, ORGANISER)
    now = clock.now()
    await fill(scene, now, settings)
    round_id = await plan_round(scene, now, settings)
    page = (await client.get(f"/rounds/{round_id}")).text
    rows = rows_said(page)
    filled, seats = sum(min(row) for row in rows), sum(want for _, want in rows)
    assert f"{seats} 个名额，排上了 {filled} 个。" in page
    assert "超出 1 人" in page  # Five took the four seats of the library by themselves.

    await rounds.publish(scene.organiser, round_id, PublishIn(), now, settings)
    asked = (await offers.list_mine(person(scene, 3), PageQuery(), now)).items
    for offer in asked:
        await offers.decline(person(scene, 3), offer.id, now)
    page = (await client.get(f"/rounds/{round_id}")).text

    assert asked
    rows = rows_said(page)
    assert sum(min(row) for row in rows) == filled - len(asked)
    assert f"{seats} 个名额，现在有人的 {filled - len(asked)} 个。" in page
    assert page.count('<li class="no">') == len(asked)
    gaps = sum(have < want for have, want in rows)
    assert len(re.findall(r"空着 \d+ 个名额", page)) == gaps
    # Nobody stands in where nobody is.
    somebody = sum(have > 0 for have, _ in rows)
    assert page.count("/replacements") == somebody < len(rows)


async def test_what_was_proven_of_each_empty_seat_is_not_doubted_of_all(
    client: Client, scene: Scene, settings: Settings
) -> None:
    await sign_in(client, ORGANISER)
    round_id = await plan_round(scene, clock.now(), settings)
    assert "名额排满：现在" in (await client.get(f"/rounds/{round_id}")).text

    for is_whole in (True, False):
        seat = SeatPrice(shift_id=uuid4(), role_id=uuid4(), answer="no")
        found = msgspec.to_builtins(TradeOff(seats=[seat], is_whole=is_whole))
        await Plan.filter(round_id=round_id).update(trade_off=found)
        page = (await client.get(f"/rounds/{round_id}")).text
        assert ("名额也没有人能来" in page) is is_whole
        assert ("名额排满：现在" in page) is not is_whole
