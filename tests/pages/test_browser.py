"""People at work in a real browser: with and without scripts, with keys alone."""

from uuid import UUID

import pytest
from playwright.sync_api import expect

from services import clock, offers, planning, rounds
from services.paging import PageQuery
from services.planning.progress import Progress
from services.rounds import PublishIn
from services.settings import Settings
from tests.pages.conftest import Open, Site
from tests.pages.phoning import enter_code, enter_number, give_number
from tests.pages.scene import (
    ANSWERER,
    CLAIMER,
    ORGANISER,
    SIGN_INS,
    UNSKILLED,
    begin_round,
    person,
    plan_attempt,
    plan_round,
    request_round,
)


@pytest.mark.parametrize(("scripts", "who"), [(True, CLAIMER), (False, UNSKILLED)])
def test_volunteer_finds_a_shift_joins_and_leaves(
    scripts: bool, who: str, site: Site, open_page: Open
) -> None:
    number = f"+8615400009{scripts:03}"
    give_number(site, site.scene.people[SIGN_INS[who]], number)
    page = open_page("/?category=体育", scripts=scripts)
    page.get_by_role("link", name="街区运动会").click()
    page.get_by_role("link", name="登录后报名").last.click()
    enter_number(page, number)
    enter_code(page, site)

    expect(page.get_by_role("heading", level=1)).to_have_text("确认报名")
    expect(page.get_by_role("region", name="风险告知")).to_contain_text("防滑鞋")
    page.get_by_role("button", name="确定，我要报名").click()
    expect(page.get_by_text("你已报名，做引导员")).to_be_visible()

    expect(page.get_by_role("region", name="接下来")).to_contain_text("加入日历")
    page.get_by_role("button", name="我来不了了").click()
    expect(page.get_by_text("你的位置已让给别人")).to_be_visible()


def test_volunteer_says_yes_with_one_tap_and_no_scripts(site: Site, open_page: Open) -> None:
    site.do(lambda settings: _publish_for(site, settings))
    page = open_page("/inbox", who=ANSWERER, scripts=False, language="en")
    offers = page.get_by_role("button", name="Yes, I'll come")
    before = offers.count()

    offers.first.click()

    expect(page.get_by_text("Thank you! The seat is yours.")).to_be_visible()
    expect(offers).to_have_count(before - 1)
    page.get_by_role("link", name="My shifts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My shifts")
    held = page.get_by_role("main").locator("article")
    expect(held).to_have_count(1)
    expect(held).to_contain_text("Signed up")


def test_progress_moves_by_itself_and_turns_into_the_plan(site: Site, open_page: Open) -> None:
    now = clock.now()
    round_id = site.do(lambda settings: request_round(site.scene, now, settings))
    attempt = site.do(lambda settings: _begin(round_id, settings))
    page = open_page(f"/rounds/{round_id}", who=ORGANISER, width=1280)
    expect(page.get_by_text("正在了解谁有空")).to_be_visible()

    heard = Progress(stage="open", fraction=0.7, assignments=12, score=None)
    site.do(lambda _: planning.heartbeat(attempt, heard, clock.now()))
    expect(page.get_by_text("正在尽量排满名额")).to_be_visible()
    expect(page.locator("progress")).to_have_js_property("value", 70)

    site.do(lambda settings: plan_attempt(attempt, clock.now()))
    expect(page.get_by_role("heading", name="这份方案怎么样")).to_be_visible()
    expect(page.get_by_role("button", name="发布并发出邀约")).to_be_visible()


def test_progress_can_be_read_and_stopped_without_scripts(site: Site, open_page: Open) -> None:
    round_id = site.do(lambda settings: begin_round(site.scene, clock.now(), settings))
    page = open_page(f"/rounds/{round_id}", who=ORGANISER, scripts=False)
    expect(page.get_by_text("目前排了 31 人次")).to_be_visible()
    expect(page.get_by_role("link", name="看看进展")).to_be_visible()

    page.get_by_role("button", name="停止").click()

    expect(page.get_by_role("heading", name="正在停止…")).to_be_visible()


def test_keys_alone_reach_the_content_and_show_where_they_are(open_page: Open) -> None:
    page = open_page("/", width=1280)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    focused = page.locator(":focus")
    assert focused.evaluate("node => node.closest('main') !== null")
    assert focused.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"


def test_nothing_moves_for_those_who_ask_for_rest(site: Site, open_page: Open) -> None:
    round_id = site.do(lambda settings: begin_round(site.scene, clock.now(), settings))
    page = open_page("/", who=ORGANISER)
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/rounds/{round_id}")

    moving = "nodes => nodes.filter(n => getComputedStyle(n).transitionDuration !== '0s').length"
    assert page.locator("body *").evaluate_all(moving) == 0


async def _begin(round_id: UUID, settings: Settings) -> planning.Attempt:
    attempt = await planning.begin(round_id, clock.now(), settings)
    assert attempt is not None
    return attempt


async def _publish_for(site: Site, settings: Settings) -> None:
    """Publish a plan in which the answerer has offers."""
    now = clock.now()
    round_id = await plan_round(site.scene, now, settings)
    await rounds.publish(site.scene.organiser, round_id, PublishIn(), now, settings)
    mine = await offers.list_mine(person(site.scene, SIGN_INS[ANSWERER]), PageQuery(), now)
    assert mine.items
