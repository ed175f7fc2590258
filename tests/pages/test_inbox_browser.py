"""The inbox in a real browser: answering there, and by the link of a message."""

import pytest
from playwright.sync_api import expect

from services import clock, offers, planning, rounds
from services.notifications import links, notify, offering
from services.paging import PageQuery
from services.rounds import PublishIn
from services.settings import Settings
from tests.pages.conftest import Open, Site
from tests.pages.said import Said, both_ways
from tests.pages.scene import (
    ANSWERER,
    CLAIMER,
    NAMES,
    SIGN_INS,
    UNSKILLED,
    VOLUNTEER,
    person,
    plan_round,
)

pytestmark = pytest.mark.browser
SIGNED_IN = (ANSWERER, CLAIMER)
"""Who answers in their inbox: one in each look."""


@pytest.fixture(scope="module")
def asked(site: Site) -> None:
    """The people of the scene have open offers and were told of them."""

    async def ask(settings: Settings) -> None:
        now = clock.now()
        await planning.mark_stale(now)
        round_id = await plan_round(site.scene, now, settings)
        await rounds.publish(site.scene.organiser, round_id, PublishIn(), now, settings)
        await offering.tell(now)

    site.do(ask)


async def a_question(site: Site) -> str:
    """A link to the open offer of somebody who has no other part in these tests."""
    now, others = clock.now(), set(range(len(NAMES))) - {SIGN_INS[name] for name in SIGNED_IN}
    for number in sorted(others):
        for offer in (await offers.list_mine(person(site.scene, number), PageQuery(), now)).items:
            if offer.state is offers.OfferState.OPEN:
                token = await links.make(offer.id, offer.volunteer_id, offer.deadline_at, now)
                return f"/answer/{token}"
    raise AssertionError("nobody else is asked anything")


@both_ways
def test_offers_are_answered_in_the_inbox_with_one_tap_each(
    said: Said, open_page: Open, asked: None
) -> None:
    page = open_page("/inbox", who=SIGNED_IN[said.is_phone], **said.how)
    no = page.get_by_role("button", name=said("Not this time"))
    before = no.count()
    assert before >= 2, "too few offers to answer each way"
    no.first.click()
    expect(no).to_have_count(before - 1)
    page.get_by_role("button", name=said("Yes, I'll come")).first.click()
    expect(page.get_by_text(said("Thank you! The seat is yours."))).to_be_visible()
    expect(no).to_have_count(before - 2)


@both_ways
def test_a_link_is_answered_without_signing_in_and_without_scripts(
    said: Said, site: Site, open_page: Open, asked: None
) -> None:
    address = site.do(lambda _: a_question(site))
    page = open_page(address, scripts=False, **said.how)
    expect(page.get_by_role("heading", name=said("Can you come?"))).to_be_visible()
    page.reload()  # Looking, once or twice, changes nothing.
    page.get_by_role("button", name=said("Yes, I'll come")).click()
    expect(page.get_by_role("heading", name=said("Thank you! The seat is yours."))).to_be_visible()
    expect(page.locator(".card.waiting")).to_have_count(0)
    again = open_page(address, scripts=False, **said.how)
    expect(again.locator("form[action*='/answer/']")).to_have_count(0)


@both_ways
def test_a_no_by_a_link_is_thanked_and_asks_nothing_more(
    said: Said, site: Site, open_page: Open, asked: None
) -> None:
    address = site.do(lambda _: a_question(site))
    page = open_page(address, scripts=False, **said.how)
    words = said("Say yes only if it suits you. A no changes nothing for you.")
    expect(page.get_by_text(words)).to_be_visible()
    page.get_by_role("button", name=said("Not this time")).click()
    heading = page.get_by_role("heading", name=said("You said no – that is fine."), exact=True)
    expect(heading).to_be_visible()
    thanks = page.get_by_text(said("Thank you for answering. Nothing else changes."), exact=True)
    expect(thanks).to_be_visible()
    expect(page.locator("main form")).to_have_count(0)
    again = open_page(address, scripts=False, **said.how)
    expect(again.locator("form[action*='/answer/']")).to_have_count(0)


@both_ways
def test_what_is_told_while_the_inbox_is_open_appears_by_itself(
    said: Said, site: Site, open_page: Open
) -> None:
    skill = "合唱" if said.is_phone else "书法"
    page = open_page("/inbox", who=VOLUNTEER, **said.how)
    expect(page.get_by_text(skill)).to_have_count(0)

    async def tell(settings: Settings) -> None:
        actor = person(site.scene, SIGN_INS[VOLUNTEER])
        assert actor.volunteer_id is not None
        await notify("skill_confirmed", actor.volunteer_id, skill=skill)

    site.do(tell)
    expect(page.get_by_text(skill)).to_be_visible(timeout=15_000)


@both_ways
def test_channels_language_and_quiet_hours_are_chosen_and_kept(said: Said, open_page: Open) -> None:
    who = UNSKILLED if said.is_phone else VOLUNTEER
    page = open_page("/me/notifications", who=who, scripts=False, **said.how)
    page.get_by_role("checkbox", name=said("Phone call")).uncheck()
    page.get_by_role("checkbox", name=said("E-mail")).check()
    page.get_by_label(said("Try first")).select_option("email")
    page.get_by_label(said("From"), exact=True).fill("22:30")
    page.get_by_label(said("Until"), exact=True).fill("07:15")
    page.get_by_role("button", name=said("Save"), exact=True).click()
    expect(page.get_by_text(said("Saved."), exact=True)).to_be_visible()

    page.goto("/me/notifications")
    expect(page.get_by_role("checkbox", name=said("Phone call"))).not_to_be_checked()
    expect(page.get_by_label(said("Try first"))).to_have_value("email")
    expect(page.get_by_label(said("From"), exact=True)).to_have_value("22:30")
    expect(page.get_by_label(said("Until"), exact=True)).to_have_value("07:15")
