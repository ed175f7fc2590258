"""The inbox, the page behind a link in a message, and how one is told."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from api.pages.notice_titles import notice_title
from models.core import DatumKind
from services import clock, offers, personal, rounds
from services.database import rows
from services.notifications import links, notify, offering
from services.notifications.texts import TEXTS
from services.offers import Offer, OfferState
from services.paging import PageQuery
from services.rounds import PublishIn
from services.settings import Settings
from tests.pages.scene import CLAIMER, ORGANISER, VOLUNTEER, Scene, plan_round
from tests.pages.visiting import Client, sign_in
from tests.support.inbox import Inbox


@pytest.fixture
async def open_offers(scene: Scene, settings: Settings) -> list[Offer]:
    """What the volunteer is asked, and was told of."""
    now = clock.now()
    round_id = await plan_round(scene, now, settings)
    await rounds.publish(scene.organiser, round_id, PublishIn(), now, settings)
    assert await offering.tell(now) > 0
    assert await offering.tell(now) == 0
    return list((await offers.list_mine(scene.volunteer, PageQuery(), now)).items)


async def state_of(scene: Scene, offer_id: UUID) -> OfferState:
    return (await offers.get(scene.volunteer, offer_id, clock.now())).state


async def link_to(offer: Offer) -> str:
    token = await links.make(offer.id, offer.volunteer_id, offer.deadline_at, clock.now())
    return f"/answer/{token}"


async def test_the_inbox_has_questions_and_news_and_a_tap_leads_on(
    client: Client, scene: Scene, open_offers: list[Offer]
) -> None:
    assert scene.volunteer.volunteer_id is not None
    other = await notify("skill_confirmed", scene.volunteer.volunteer_id, skill="急救")
    await sign_in(client, VOLUNTEER)
    page = (await client.get("/inbox")).text
    assert page.count('class="card waiting"') == len(open_offers)
    assert "你的技能“急救”已确认" in page
    assert "有个班次想请你来" in page

    answer = await client.post(f"/inbox/{other}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/profile")
    assert 'class="new"' in (await client.get("/inbox")).text
    assert (await client.post("/inbox/open")).status_code == 303
    assert 'class="new"' not in (await client.get("/inbox")).text


async def test_nobody_reads_or_opens_anothers_notice(
    client: Client, scene: Scene, open_offers: list[Offer]
) -> None:
    [notice, *_] = await rows(
        "SELECT id FROM notification WHERE volunteer_id = $1", scene.volunteer.volunteer_id
    )
    await sign_in(client, CLAIMER)
    assert (await client.post(f"/inbox/{notice['id']}")).status_code == 404
    assert f"/inbox/{notice['id']}" not in (await client.get("/inbox")).text


def test_every_notice_has_a_heading_in_both_languages() -> None:
    for kind in TEXTS:
        assert notice_title("en", kind) != notice_title("zh", kind)


async def test_an_organiser_has_an_inbox_too(client: Client, scene: Scene) -> None:
    await sign_in(client, ORGANISER)
    page = await client.get("/inbox")
    assert page.status_code == 200
    assert "没有新消息" in page.text


async def test_a_link_answers_once_without_signing_in_and_looking_changes_nothing(
    client: Client, scene: Scene, open_offers: list[Offer]
) -> None:
    offer = open_offers[0]
    address = await link_to(offer)
    for _ in range(2):
        page = await client.get(address)
        assert page.status_code == 200
        assert page.text.count(f'action="{address}/') == 2
    assert await state_of(scene, offer.id) is OfferState.OPEN
    assert page.headers["referrer-policy"] == "no-referrer"

    done = await client.post(f"{address}/accept")
    assert (done.status_code, done.headers["location"]) == (303, address)
    assert "谢谢！" in (await client.get(address)).text
    assert await state_of(scene, offer.id) is OfferState.ACCEPTED
    again = await client.post(f"{address}/decline")
    assert again.status_code == 409
    assert "已经用过一次" in again.text
    assert await state_of(scene, offer.id) is OfferState.ACCEPTED
    later = await client.get(address)
    assert f'action="{address}/' not in later.text


async def test_a_no_by_link_costs_nothing(
    client: Client, scene: Scene, open_offers: list[Offer]
) -> None:
    address = await link_to(open_offers[0])
    assert (await client.post(f"{address}/decline")).status_code == 303
    assert await state_of(scene, open_offers[0].id) is OfferState.DECLINED


async def test_a_link_that_is_wrong_or_too_late_says_so_kindly(
    client: Client, scene: Scene, open_offers: list[Offer], monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = await client.get("/answer/" + "A" * 22)
    assert (unknown.status_code, "链接无效" in unknown.text) == (404, True)
    assert (await client.get("/answer/short")).status_code == 404

    offer = open_offers[0]
    address = await link_to(offer)
    late = offer.deadline_at + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    page = await client.get(address)
    assert "这次询问已经结束" in page.text
    refused = await client.post(f"{address}/accept")
    assert refused.status_code == 409
    assert await state_of(scene, offer.id) is OfferState.EXPIRED


async def test_the_message_carries_the_link_that_answers(
    client: Client, scene: Scene, open_offers: list[Offer]
) -> None:
    inbox, now = Inbox(), clock.now()
    await personal.put(DatumKind.PHONE, "+8615400000001", volunteer_id=scene.volunteer.volunteer_id)
    await rows("UPDATE offer SET told_at = NULL")
    await rows("DELETE FROM notification")
    await offering.tell(now)
    await inbox.collect()
    mine = [each for each in inbox.messages if each.kind == "offer_round" and each.link]
    assert mine
    assert all(re.fullmatch(r"http://[^/]+/answer/[A-Za-z0-9_-]{22}", m.link or "") for m in mine)
    kept = await rows("SELECT token_digest FROM answer_link")
    assert not {message.token for message in mine} & {row["token_digest"] for row in kept}


async def test_how_one_is_told_is_chosen_and_kept(client: Client, scene: Scene) -> None:
    await sign_in(client, VOLUNTEER)
    form = {
        "channel": ["sms", "email"],
        "first": "email",
        "language": "en",
        "from": "22:00",
        "until": "07:30",
    }
    answer = await client.post("/me/notifications", data=form)
    assert answer.headers["location"] == "/me/notifications?said=saved"
    [kept] = await rows("SELECT * FROM notification_choice")
    assert (kept["channels"], kept["language"]) == ("email,sms", "en")
    assert (kept["quiet_from_minute"], kept["quiet_until_minute"]) == (1320, 450)
    for wrong in ({"from": "22:00"}, {"from": "22:00", "until": "22:00"}, {"from": "x"}):
        refused = await client.post("/me/notifications", data={**form, "until": "", **wrong})
        assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)


async def test_an_address_is_ones_own_once_its_code_came_back(client: Client, scene: Scene) -> None:
    await sign_in(client, VOLUNTEER)
    code = "/me/notifications/email/code"
    assert (await client.post(code, data={"address": "no mail"})).status_code == 422
    asked = await client.post(code, data={"address": " Ada@Example.org "})
    assert "我们把六位数字发到了" in asked.text
    inbox = Inbox()
    await inbox.collect()
    [message] = [each for each in inbox.messages if each.kind == "code_confirm_email"]
    assert message.address == "ada@example.org"
    confirm = {"address": "ada@example.org", "code": "000000"}
    assert (await client.post("/me/notifications/email", data=confirm)).status_code == 422
    confirm["code"] = message.facts["code"]
    assert (await client.post("/me/notifications/email", data=confirm)).status_code == 303
    assert "a***@example.org" in (await client.get("/me/notifications")).text
    assert (await client.post("/me/notifications/email/forget")).status_code == 303
    assert "a***@example.org" not in (await client.get("/me/notifications")).text
