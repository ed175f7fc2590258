"""The inbox in a real browser: answering there, and by the link of a message."""

from typing import Any

import pytest
from playwright.sync_api import expect

from services import clock, offers, planning, rounds
from services.notifications import links, notify, offering
from services.paging import PageQuery
from services.rounds import PublishIn
from services.settings import Settings
from tests.pages.conftest import Open, Site
from tests.pages.scene import ANSWERER, SIGN_INS, person, plan_round

pytestmark = pytest.mark.browser
WHO = ANSWERER
LOOKS = (
    {"width": 375, "language": "zh-CN"},
    {"width": 1280, "language": "en"},
)


@pytest.fixture(scope="module")
def asked(site: Site) -> list[str]:
    """The person of this file has open offers and was told of them; links to each."""

    async def ask(settings: Settings) -> list[str]:
        now = clock.now()
        await planning.mark_stale(now)
        round_id = await plan_round(site.scene, now, settings)
        await rounds.publish(site.scene.organiser, round_id, PublishIn(), now, settings)
        await offering.tell(now)
        actor = person(site.scene, SIGN_INS[WHO])
        assert actor.volunteer_id is not None
        await notify("skill_confirmed", actor.volunteer_id, skill="急救")
        mine = (await offers.list_mine(actor, PageQuery(), now)).items
        return [
            await links.make(each.id, each.volunteer_id, each.deadline_at, now)
            for each in mine
            if each.state is offers.OfferState.OPEN
        ]

    return site.do(ask)


@pytest.mark.parametrize("look", LOOKS, ids=["phone in Chinese", "desk in English"])
def test_an_offer_is_answered_in_the_inbox(
    site: Site, open_page: Open, asked: list[str], look: dict[str, Any]
) -> None:
    page = open_page("/inbox", who=WHO, **look)
    words = ("这次不了", "Not this time")[look["language"] == "en"]
    buttons = page.get_by_role("button", name=words)
    before = buttons.count()
    assert before > 0
    buttons.first.click()
    expect(page.get_by_role("button", name=words)).to_have_count(before - 1)


def test_a_link_is_answered_without_signing_in_and_without_scripts(
    site: Site, open_page: Open, asked: list[str]
) -> None:
    phone, desk = LOOKS
    address = f"/answer/{asked[-1]}"
    page = open_page(address, scripts=False, **phone)
    page.locator(".card.waiting button").first.click()
    expect(page.locator(".card.waiting")).to_have_count(0)
    later = open_page(address, scripts=False, **desk)
    expect(later.get_by_role("heading", name="Thank you!")).to_be_visible()


def test_what_is_told_while_the_inbox_is_open_appears_by_itself(
    site: Site, open_page: Open, asked: list[str]
) -> None:
    page = open_page("/inbox", who=WHO)
    expect(page.get_by_text("合唱")).to_have_count(0)

    async def tell(settings: Settings) -> None:
        actor = person(site.scene, SIGN_INS[WHO])
        assert actor.volunteer_id is not None
        await notify("skill_confirmed", actor.volunteer_id, skill="合唱")

    site.do(tell)
    expect(page.get_by_text("合唱")).to_be_visible(timeout=15_000)
